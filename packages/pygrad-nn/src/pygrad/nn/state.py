"""Weights in and out: a module's parameters and buffers as nested dicts, and as files.

Loading is all or nothing, and saving leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from pygrad import Variable
from pygrad.engine.checks import as_operand
from pygrad.exceptions import (
    ArgumentError,
    DtypeError,
    MissingWeightsError,
    PyGradError,
    WeightsError,
    WeightsFileError,
)
from pygrad.files import replacing
from pygrad.nn import formats
from pygrad.nn.formats import legacy as legacy_npy
from pygrad.nn.formats.joined import leaves
from pygrad.nn.tree import Path, walk

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = [
    "as_file_name",
    "load",
    "load_weight_dict",
    "load_weights",
    "named_weights",
    "refuse",
    "save",
    "weight_dict",
]

_LISTED = 20  # problems that a message lists before it says how many more there are


def weight_dict(module: Module) -> dict[str, Any]:
    """See `Module.weight_dict`."""
    return _nested((path, weight.data.copy()) for path, weight in named_weights(module))


def load_weight_dict(
    module: Module, weights: Mapping[str, Any], strict: bool = True
) -> list[str] | None:
    """See `Module.load_weight_dict`."""
    name = f"{type(module).__name__}.load_weight_dict"
    if not isinstance(weights, Mapping):
        raise WeightsError(
            f"{name}: expected the nested dict of weight_dict(), got a {type(weights).__name__}"
        )
    return load_weights(module, weights, name, strict)


def save(module: Module, path: str | os.PathLike[str]) -> None:
    """See `Module.save`."""
    target, kind = _format_of(path, f"{type(module).__name__}.save")
    where = f"{type(module).__name__}.save: {target!r}"
    try:
        weights = _nested((way, weight.data) for way, weight in named_weights(module))
        with replacing(target) as file:
            kind.write(file, weights)
    except WeightsError as error:
        raise WeightsError(f"{where}: {error}") from error
    except OSError as error:
        refuse(where, target, error)


def load(
    module: Module, path: str | os.PathLike[str], strict: bool = True, legacy: bool = False
) -> list[str] | None:
    """See `Module.load`."""
    source, kind = _format_of(path, f"{type(module).__name__}.load")
    where = f"{type(module).__name__}.load: {source!r}"
    if legacy and not source.endswith(".npy"):
        raise ArgumentError(f"{where}: legacy=True is for the .npy files of PyGrad 0.1")
    try:
        with open(source, "rb") as file:
            weights = legacy_npy.read(file) if legacy else kind.read(file)
    except WeightsError as error:
        raise WeightsError(f"{where}: {error}") from error
    except OSError as error:
        refuse(where, source, error)
    return load_weights(module, weights, where, strict)


def named_weights(module: Module) -> Iterator[tuple[Path, Variable]]:
    """Every parameter and buffer with the names on the way to it, in the order of definition."""
    return ((path, thing) for path, thing in walk(module) if isinstance(thing, Variable))


def _nested(items: Iterator[tuple[Path, Any]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, array in items:
        inside = root
        for name in path[:-1]:
            inside = inside.setdefault(name, {})
        if path[-1] in inside:
            raise WeightsError(
                f"two weights are called {'.'.join(path)}, as the keys 1 and '1' of a dict are; "
                f"give them names that differ as text"
            )
        inside[path[-1]] = array
    return root


def load_weights(
    module: Module, weights: Mapping[str, Any], where: str, strict: bool
) -> list[str] | None:
    """Write to the module what fits; where it is strict, everything or nothing."""
    own = dict(named_weights(module))
    given, problems = _by_path(weights, own)
    problems = [f"missing: {'.'.join(path)}" for path in own if path not in given] + problems
    problems += [f"unexpected: {'.'.join(path)}" for path in given if path not in own]
    fitting = []
    for path, weight in own.items():
        if path in given:
            try:
                new = _fitted(given[path], weight.data, ".".join(path))
            except PyGradError as error:
                problems.append(str(error))
            else:
                fitting.append((weight.data, new))
    if problems and strict:
        more = len(problems) - _LISTED
        lines = [*problems[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
        if where != "from_torch_state_dict" and any(p[-1] == "weight" for p in given.keys() - own):
            lines.append("PyTorch's names, it seems: nn.interop.from_torch_state_dict takes them")
        raise WeightsError(
            f"{where}: these weights do not fit {type(module).__name__}, which stays as it was:"
            + "".join(f"\n  {line}" for line in lines)
        )
    # nothing can fail from here on
    for there, new in fitting:
        there[...] = new
    return None if strict else problems


def _by_path(
    weights: Mapping[str, Any], own: Mapping[Path, Any]
) -> tuple[dict[Path, Any], list[str]]:
    """The given arrays by the paths of the module's own, and what was given twice.

    A name may be whole, as a file without nesting has it: ``{"fc1.W": ...}``.
    """
    paths = {".".join(path): path for path in own}
    given: dict[Path, Any] = {}
    twice = []
    for path, value in leaves(weights):
        meant = path if path in own else paths.get(".".join(path), path)
        if meant in given:
            twice.append(f"given twice: {'.'.join(path)}")
        given[meant] = value
    return given, twice


def _fitted(value: Any, there: np.ndarray[Any, Any], name: str) -> Any:
    """A copy of `value` that can be written to `there`."""
    array = np.asarray(as_operand(value.data if isinstance(value, Variable) else value, name))
    if array.shape != there.shape:
        raise WeightsError(f"{name}: shape {array.shape}, expected {there.shape}")
    if not np.can_cast(array.dtype, there.dtype, "same_kind"):
        raise DtypeError(f"{name}: dtype {array.dtype}, which {there.dtype} cannot hold")
    if not there.flags.writeable:
        raise WeightsError(f"{name}: the array in the model is read-only")
    # a copy, for the given arrays may be the model's own
    return array.astype(there.dtype)


def as_file_name(path: str | os.PathLike[str], where: str) -> str:
    """The path as text, if it names a file."""
    try:
        name = os.fspath(path)
    except TypeError:
        name = None
    if not isinstance(name, str):
        raise DtypeError(f"{where}: expected a str or a path, got {path!r}")
    if not os.path.basename(name):
        raise WeightsFileError(f"{where}: {name!r} names no file; give the name of a file")
    return name


def _format_of(path: str | os.PathLike[str], where: str) -> tuple[str, formats.WeightFormat]:
    name = as_file_name(path, where)
    found = formats.for_file(name)
    return (name + ".npy", formats.get("npy")) if found is None else (name, found)


def refuse(where: str, path: str, error: OSError) -> NoReturn:
    """Raise the system's refusal as an error that says what to do."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        advice = f"the folder {folder!r} is not there; make it first"
    elif isinstance(error, FileNotFoundError):
        ending = os.path.splitext(path)[1]
        advice = f"there is no such file; in {folder!r} there are: {_files_like(ending, folder)}"
    else:
        advice = (error.strerror or str(error)).lower()
    missing = isinstance(error, FileNotFoundError)
    refused = (MissingWeightsError if missing else WeightsFileError)(f"{where}: {advice}")
    refused.errno, refused.filename = error.errno, path
    raise refused from error


def _files_like(ending: str, folder: str) -> str:
    try:
        found = sorted(name for name in os.listdir(folder) if name.endswith(ending))
    except OSError:
        found = []
    return ", ".join(found[:10]) or f"no {ending} files"
