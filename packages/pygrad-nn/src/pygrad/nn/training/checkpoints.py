"""Checkpoints: everything that a training run needs to go on as if it had never stopped."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pygrad.exceptions import ArgumentError, PyGradError, WeightsError
from pygrad.files import replacing
from pygrad.nn.state import as_file_name, refuse
from pygrad.nn.training import tree_file
from pygrad.nn.training.random_states import load_random_states, random_states

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["checkpoint_file", "load_checkpoint", "save_checkpoint"]

_VERSION = 1


def save_checkpoint(
    path: str | os.PathLike[str],
    model: Module,
    optimizer: Any = None,
    schedule: Any = None,
    loader: Any = None,
    **extra: Any,
) -> None:
    """Write the whole state of a training run to one file.

    It holds the weights, what the optimizer and the schedule remember, the position of the loader,
    and the state of every random generator: PyGrad's, NumPy's, Python's, and those that layers and
    the loader were given as ``rng=``. It is an ``.npz`` file without pickle, and is replaced all at
    once: a kill at any moment leaves the old one or the new one.

    Save between steps, when gradients have been used: they are not in it.

    Parameters
    ----------
    path : str or path
        The file; ``.npz`` is added if it is not there.
    model : Module
    optimizer, schedule : optional
        Anything with ``weight_dict()`` and ``load_weight_dict(weights)``.
    loader : optional
        Anything with ``state()`` and ``load_state(state)``, as `pygrad.data.DataLoader` has them.
    **extra
        What else is to be kept, such as ``epoch=3``: numbers, strings, arrays, and dicts, lists and
        tuples of them.

    Raises
    ------
    WeightsFileError
        If the file cannot be written.
    ArgumentError
        If a part has no such methods, or something in `extra` cannot be stored.

    Examples
    --------
    >>> from pygrad import nn
    >>> model = nn.Linear(2, 1)
    >>> nn.save_checkpoint("run", model, epoch=3)
    >>> nn.load_checkpoint("run", model)
    {'epoch': 3}
    """
    target = checkpoint_file(path, "save_checkpoint")
    tree: dict[str, Any] = {"version": _VERSION, "model": model.weight_dict()}
    for name, part in (("optimizer", optimizer), ("schedule", schedule)):
        if part is not None:
            tree[name] = _method(part, name, "weight_dict")()
    if loader is not None:
        tree["loader"] = _method(loader, "loader", "state")()
    tree["random"] = random_states(model, loader)
    tree["extra"] = extra
    try:
        with replacing(target) as file:
            tree_file.write(file, tree)
    except OSError as error:
        refuse(f"save_checkpoint: {target!r}", target, error)


def load_checkpoint(
    path: str | os.PathLike[str],
    model: Module,
    optimizer: Any = None,
    schedule: Any = None,
    loader: Any = None,
) -> dict[str, Any]:
    """Have a training run go on where `save_checkpoint` left it, to the bit.

    The next loop over `loader` begins at the very batch that was to come. What is not handed in
    stays as it is. Nothing in the file is ever executed.

    Parameters
    ----------
    path : str or path
        The file; ``.npz`` is added if it is not there.
    model, optimizer, schedule, loader
        As for `save_checkpoint`, made in the same way as those that were saved.

    Returns
    -------
    dict
        What was saved as `extra`.

    Raises
    ------
    MissingWeightsError
        If there is no such file. It is a FileNotFoundError.
    WeightsError
        If the file is damaged, or a part is missing in it or does not fit. Then everything is as it
        was before.
    """
    source = checkpoint_file(path, "load_checkpoint")
    where = f"load_checkpoint: {source!r}"
    try:
        with open(source, "rb") as file:
            tree = tree_file.read(file)
        parts = [("model", model), ("optimizer", optimizer), ("schedule", schedule)]
        with _back_on_error(model, loader, [part for _, part in parts if part is not None]):
            for name, part in parts:
                if part is not None:
                    weights = _part(tree, name)
                    _method(part, name, "load_weight_dict")(weights)
            random = _part(tree, "random")
            if loader is not None:
                _method(loader, "loader", "load_state")(_part(tree, "loader"))
            load_random_states(random, model, loader)
    except OSError as error:
        if isinstance(error, PyGradError):
            raise
        refuse(where, source, error)
    except PyGradError as error:
        raise WeightsError(f"{where}: {error}") from error
    extra: dict[str, Any] = tree.get("extra", {})
    return extra


def checkpoint_file(path: str | os.PathLike[str], where: str) -> str:
    """The name of a checkpoint's file, with its suffix."""
    name = as_file_name(path, where)
    return name if name.endswith(".npz") else f"{name}.npz"


def _method(part: Any, name: str, method: str) -> Any:
    found = getattr(part, method, None)
    if found is None:
        raise ArgumentError(
            f"checkpoint: {name} is a {type(part).__name__}, which has no {method}(); a checkpoint "
            f"needs it to go on from where it is"
        )
    return found


def _part(tree: dict[str, Any], name: str) -> Any:
    if tree.get("version") != _VERSION:
        raise WeightsError("it is no checkpoint, or one of a later version of PyGrad")
    if name not in tree:
        raise WeightsError(f"there is no {name} in it, for none was given when it was saved")
    return tree[name]


@contextlib.contextmanager
def _back_on_error(model: Module, loader: Any, parts: list[Any]) -> Iterator[None]:
    random = random_states(model, loader)
    before = [(part, part.weight_dict()) for part in parts if hasattr(part, "weight_dict")]
    try:
        yield
    except PyGradError:
        for part, weights in before:
            part.load_weight_dict(weights)
        load_random_states(random, model, loader)
        raise
