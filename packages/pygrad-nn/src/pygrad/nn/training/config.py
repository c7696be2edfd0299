"""A training run as a TOML file: every thing in it is found by its name in a registry.

Nothing in the file is ever executed. A name is one that PyGrad or a plugin registered, and what
stands beside it are its arguments: numbers, strings, and lists and tables of them.
"""

from __future__ import annotations

import difflib
import inspect
import os
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pygrad
from pygrad.exceptions import ArgumentError, PyGradError, UnknownNameError
from pygrad.nn.checks import whole_number
from pygrad.nn.containers import Sequential
from pygrad.nn.module import Module
from pygrad.nn.training.callbacks import BestWeights, EarlyStopping
from pygrad.nn.training.trainer import Trainer
from pygrad.plugins import registry

__all__ = ["Run", "read", "run_from"]

_KEYS = ("seed", "epochs", "data", "model", "loss", "optimizer", "schedule", "metrics", "training",
         "early_stopping", "output")  # fmt: skip
_TRAINING = ("accumulate", "clip_norm", "clip_value", "schedule_each", "checkpoint_every")
_OUTPUT = ("checkpoint", "weights", "best", "history")


class Run(NamedTuple):
    """What a file describes, made and ready to be trained."""

    trainer: Trainer
    train: Any
    validation: Any
    test: Any
    epochs: int
    weights: str | None
    history: str | None


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises
    ------
    ArgumentError
        If it cannot be read, or is no TOML.
    """
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ArgumentError(f"it cannot be read: {reason}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"it is no TOML: {error}") from error


def run_from(config: Mapping[str, Any], progress: bool = True) -> Run:
    """Make everything that the tables name.

    Raises
    ------
    ArgumentError
        If a key is missing, unknown or of the wrong type; the message names it.
    UnknownNameError
        If nobody registered a name; the message says what is near.
    """
    _check_keys(config, "", _KEYS)
    output = _table(config, "output", _OUTPUT)
    training = _table(config, "training", _TRAINING)
    epochs = _number(config, "epochs")
    seed = _number(config, "seed", 0)
    pygrad.seed(seed)
    loaders = _loaders(config, seed)
    model = _model(config)
    optimizer = _made("optimizer", _kind("optimizers"), config, model.params())
    schedule = None
    if "schedule" in config:
        schedule = _made("schedule", _kind("schedulers"), config, optimizer)
    callbacks: list[Any] = []
    if "early_stopping" in config:
        callbacks.append(_called(EarlyStopping, "early_stopping", _table(config, "early_stopping")))
    if "best" in output:
        callbacks.append(BestWeights(output["best"]))
    settings = {**training, "progress": progress, "checkpoint": output.get("checkpoint")}
    metrics = [_metric(item, i) for i, item in enumerate(config.get("metrics", []))]
    parts = (model, _loss(config), optimizer, schedule, metrics, callbacks)
    trainer = _in("training", lambda: Trainer(*parts, **settings))
    train, validation, test = [*loaders, None, None][:3]
    weights, history = output.get("weights"), output.get("history")
    return Run(trainer, train, validation, test, epochs, weights, history)


# ------------------------------------------------------------------------------ the parts


def _loaders(config: Mapping[str, Any], seed: int) -> list[Any]:
    table = _table(config, "data")
    batches = _table(table, "batches", where="data.")
    arguments = {k: v for k, v in table.items() if k != "batches"}
    if ("name" in arguments) == ("file" in arguments):
        raise ArgumentError(
            "data: it must have either a name, that of a registered data set, or a file"
        )
    if "name" in arguments:
        make = _found("datasets", arguments.pop("name"), "data.name")
        dataset = _called(make, "data", arguments)
    else:
        dataset = _dataset_of_file(arguments)
    in_batches = _found("batchers", batches.pop("name", "in_batches"), "data.batches.name")
    batches.setdefault("seed", seed)
    loaders = _called(in_batches, "data.batches", batches, dataset)
    if not 1 <= len(loaders) <= 3:
        raise ArgumentError(
            f"data.batches.split: it has {len(loaders)} parts; there may be three: for training, "
            f"validation and a test"
        )
    return list(loaders)


def _dataset_of_file(arguments: dict[str, Any]) -> Any:
    """The data set in a file, by one of the loaders that are registered for formats."""
    path, label = str(arguments.pop("file")), arguments.pop("label", None)
    known = registry("loaders")
    name = arguments.pop("format", None)
    if name is None:
        fitting = [n for n in known.names() if path.lower().endswith(known.get(n).suffixes or "/")]
        if len(fitting) != 1:
            raise ArgumentError(
                f"data.file: {path!r} may be of these formats: {', '.join(fitting) or 'none'}; say "
                f"which with data.format, one of {', '.join(known.names())}"
            )
        (name,) = fitting
    found = _called(_found("loaders", name, "data.format"), "data", arguments, path)
    if hasattr(found, "dataset"):  # of a table, whose columns are told apart
        return _called(found.dataset, "data", {} if label is None else {"label": label})
    return found


def _model(config: Mapping[str, Any]) -> Module:
    table = _table(config, "model")
    if "layers" in table and "name" not in table:
        _check_keys(table, "model.", ("layers",))
        return Sequential(*_layers(table["layers"], "model.layers"))
    return _layer(table, "model")


def _layers(items: Any, key: str) -> list[Module]:
    if not isinstance(items, list):
        raise ArgumentError(f"{key}: it must be a list of tables, each with the name of a layer")
    return [_layer(item, f"{key}[{i}]") for i, item in enumerate(items)]


def _layer(table: Any, key: str) -> Module:
    """A registered layer, or a registered function as one."""
    arguments = _checked_table(table, key)
    name = _name(arguments, key)
    if name[:1].islower():
        return _Applied(name, _partial(_found("functions", name, f"{key}.name"), key, arguments))
    made = _found("layers", name, f"{key}.name")
    inside = _layers(arguments.pop("layers"), f"{key}.layers") if "layers" in arguments else ()
    layer = _called(made, key, arguments, *inside)
    if not isinstance(layer, Module):
        raise ArgumentError(f"{key}.name: {name} is no module")
    return layer


class _Applied(Module):
    """A function as a layer."""

    def __init__(self, name: str, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.name = name
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)

    def extra_repr(self) -> str:
        return self.name


def _loss(config: Mapping[str, Any]) -> Any:
    """A registered loss, or a function of outputs and targets."""
    arguments = _table(config, "loss")
    name = _name(arguments, "loss")
    if name[:1].islower():
        return _partial(_found("functions", name, "loss.name"), "loss", arguments)
    return _called(_found("losses", name, "loss.name"), "loss", arguments)


def _metric(item: Any, i: int) -> Any:
    key = f"metrics[{i}]"
    arguments = {"name": item} if isinstance(item, str) else _checked_table(item, key)
    name = _name(arguments, key)
    return _called(_found("metrics", name, f"{key}.name"), key, arguments)


def _kind(kind: str) -> Callable[[str, str], Any]:
    return lambda name, key: _found(kind, name, key)


def _made(key: str, find: Callable[[str, str], Any], config: Mapping[str, Any], first: Any) -> Any:
    arguments = _table(config, key)
    return _called(find(_name(arguments, key), f"{key}.name"), key, arguments, first)


# ------------------------------------------------------------------ names and arguments


def _found(kind: str, name: Any, key: str) -> Any:
    if not isinstance(name, str):
        raise ArgumentError(f"{key}: it is {name!r}; it must be a name, a string")
    return _in(key, lambda: registry(kind).get(name))


def _called(thing: Any, key: str, arguments: Mapping[str, Any], *first: Any) -> Any:
    """Call a thing that a registry gave, with arguments that it has."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        signature = None
    if signature is not None:
        _check_arguments(signature, key, arguments, first)
    return _in(key, lambda: thing(*first, **arguments))


def _partial(function: Any, key: str, arguments: Mapping[str, Any]) -> Callable[..., Any]:
    settings = dict(arguments)
    known = list(inspect.signature(function).parameters)[1:]
    for name in settings:
        if name not in known:
            raise _unknown_key(f"{key}.{name}", name, known)
    return lambda *inputs: function(*inputs, **settings)


def _check_arguments(
    signature: inspect.Signature, key: str, arguments: Mapping[str, Any], first: tuple[Any, ...]
) -> None:
    parameters = signature.parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        open_to = [p.name for p in named[len(first) :]]
        for name in arguments:
            if name not in open_to:
                raise _unknown_key(f"{key}.{name}", name, open_to)
    for p in named[len(first) :]:
        if p.default is p.empty and p.name not in arguments:
            raise ArgumentError(f"{key}.{p.name}: it is missing")


def _in(key: str, make: Callable[[], Any]) -> Any:
    """What `make` makes; where it fails, the error names the key."""
    try:
        return make()
    except UnknownNameError as error:
        raise UnknownNameError(f"{key}: {error}") from error
    except PyGradError as error:
        if isinstance(error, ArgumentError) and str(error).startswith(key):
            raise
        raise ArgumentError(f"{key}: {error}") from error
    except (TypeError, ValueError, OSError) as error:
        raise ArgumentError(f"{key}: {type(error).__name__}: {error}") from error


# ------------------------------------------------------------------------- the tables


def _table(
    config: Mapping[str, Any], key: str, known: tuple[str, ...] = (), where: str = ""
) -> dict[str, Any]:
    if key not in config and (known or key in ("batches", "early_stopping")):
        return {}
    if key not in config:
        raise ArgumentError(f"{where}{key}: it is missing; there must be a table [{where}{key}]")
    table = _checked_table(config[key], f"{where}{key}")
    if known:
        _check_keys(table, f"{where}{key}.", known)
    return table


def _checked_table(table: Any, key: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ArgumentError(f"{key}: it is {table!r}; it must be a table")
    return dict(table)


def _name(arguments: dict[str, Any], key: str) -> str:
    if "name" not in arguments:
        raise ArgumentError(f"{key}.name: it is missing")
    name = arguments.pop("name")
    if not isinstance(name, str):
        raise ArgumentError(f"{key}.name: it is {name!r}; it must be a string")
    return name


def _number(config: Mapping[str, Any], key: str, usual: int | None = None) -> int:
    value = config.get(key, usual)
    if value is None:
        raise ArgumentError(f"{key}: it is missing")
    return whole_number(key, "it", value, 0)


def _check_keys(table: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise _unknown_key(f"{where}{key}", key, known)


def _unknown_key(path: str, key: str, known: Any) -> ArgumentError:
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(known) or "nothing"
    return ArgumentError(f"{path}: there is no such key; {hint}known are {listed}")
