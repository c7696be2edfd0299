"""Weights in and out: a module's parameters and buffers as nested dicts, and as files.

Loading is all or nothing, and saving leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from pygrad import Variable
from pygrad.engine.checks import as_operand
from pygrad.exceptions import DtypeError, PyGradError, WeightsError
from pygrad.nn.formats import npy
from pygrad.nn.tree import Path, walk

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = [
    "MissingWeightsError",
    "WeightsFileError",
    "load",
    "load_weight_dict",
    "save",
    "weight_dict",
]

_LISTED = 20  # problems that a message lists before it says how many more there are


class WeightsFileError(WeightsError, OSError):
    """A weight file that the system does not let us read or write."""

    def __str__(self) -> str:
        return str(self.args[0])  # an OSError would show its errno instead


class MissingWeightsError(WeightsFileError, FileNotFoundError):
    """The weight file, or the folder it is to lie in, is not there."""


def weight_dict(module: Module) -> dict[str, Any]:
    """See `Module.weight_dict`."""
    return _nested((path, weight.data.copy()) for path, weight in _weights(module))


def load_weight_dict(module: Module, weights: Mapping[str, Any]) -> None:
    """See `Module.load_weight_dict`."""
    name = f"{type(module).__name__}.load_weight_dict"
    if not isinstance(weights, Mapping):
        raise WeightsError(
            f"{name}: expected the nested dict of weight_dict(), got a {type(weights).__name__}"
        )
    _load_weights(module, weights, name)


def save(module: Module, path: str | os.PathLike[str]) -> None:
    """See `Module.save`."""
    target = _with_suffix(path, f"{type(module).__name__}.save")
    where = f"{type(module).__name__}.save: {target!r}"
    try:
        weights = _nested((way, weight.data) for way, weight in _weights(module))
        with _replacing(os.path.realpath(target)) as file:
            npy.write(file, weights)
    except WeightsError as error:
        raise WeightsError(f"{where}: {error}") from error
    except OSError as error:
        _refuse(where, target, error)


def load(module: Module, path: str | os.PathLike[str]) -> None:
    """See `Module.load`."""
    source = _with_suffix(path, f"{type(module).__name__}.load")
    where = f"{type(module).__name__}.load: {source!r}"
    try:
        with open(source, "rb") as file:
            weights = npy.read(file)
    except WeightsError as error:
        raise WeightsError(f"{where}: {error}") from error
    except OSError as error:
        _refuse(where, source, error)
    _load_weights(module, weights, where)


def _weights(module: Module) -> Iterator[tuple[Path, Variable]]:
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


def _flat(weights: Mapping[Any, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in weights.items():
        path = (*above, str(name))
        if isinstance(value, Mapping):
            yield from _flat(value, path)
        else:
            yield path, value


def _load_weights(module: Module, weights: Mapping[str, Any], where: str) -> None:
    own = dict(_weights(module))
    given = dict(_flat(weights))
    problems = [f"missing: {'.'.join(path)}" for path in own if path not in given]
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
    if problems:
        more = len(problems) - _LISTED
        lines = [*problems[:_LISTED], *([f"and {more} more"] if more > 0 else [])]
        raise WeightsError(
            f"{where}: these weights do not fit {type(module).__name__}, which stays as it was:"
            + "".join(f"\n  {line}" for line in lines)
        )
    # nothing can fail from here on
    for there, new in fitting:
        there[...] = new


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


def _with_suffix(path: str | os.PathLike[str], where: str) -> str:
    try:
        name = os.fspath(path)
    except TypeError:
        name = None
    if not isinstance(name, str):
        raise DtypeError(f"{where}: expected a str or a path, got {path!r}")
    if not os.path.basename(name):
        raise WeightsFileError(f"{where}: {name!r} names no file; give the name of a file")
    return name if name.endswith(".npy") else name + ".npy"


@contextlib.contextmanager
def _replacing(path: str) -> Iterator[Any]:
    """A file to write; on success it takes the place of `path`, else it vanishes."""
    folder = os.path.dirname(path)
    # in the same folder, for only within one file system is a move all or nothing
    beside = os.path.join(folder, f".pygrad-{secrets.token_hex(8)}.tmp")
    try:
        with open(beside, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, beside)  # a private file stays private
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    # the move itself must reach the disk as well; Windows cannot open a folder, and needs not
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refuse(where: str, path: str, error: OSError) -> NoReturn:
    """Raise the system's refusal as an error that says what to do."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        advice = f"the folder {folder!r} is not there; make it first"
    elif isinstance(error, FileNotFoundError):
        advice = f"there is no such file; in {folder!r} there are: {_weight_files(folder)}"
    else:
        advice = (error.strerror or str(error)).lower()
    missing = isinstance(error, FileNotFoundError)
    refused = (MissingWeightsError if missing else WeightsFileError)(f"{where}: {advice}")
    refused.errno, refused.filename = error.errno, path
    raise refused from error


def _weight_files(folder: str) -> str:
    try:
        found = sorted(name for name in os.listdir(folder) if name.endswith(".npy"))
    except OSError:
        found = []
    return ", ".join(found[:10]) or "no .npy files"
