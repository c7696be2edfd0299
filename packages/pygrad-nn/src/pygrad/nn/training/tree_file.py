"""Nested dicts and lists of arrays, numbers and text as one ``.npz`` file, without pickle.

The arrays are members of the zip file; everything around them is its member ``state.json``. Equal
trees give equal files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from pygrad.exceptions import ArgumentError, WeightsError

__all__ = ["read", "write"]

_STATE = "state.json"
_ARRAY, _TUPLE, _ITEMS = "__array__", "__tuple__", "__items__"
_PLAIN = (type(None), bool, int, float, str)


def write(file: IO[bytes], tree: Mapping[str, Any]) -> None:
    """Write dicts, lists and tuples of arrays, numbers, strings, booleans and None.

    Raises
    ------
    ArgumentError
        If there is anything else in them; the message says where.
    """
    from pygrad.nn.formats import npz  # the zip module takes longer to import than all of this

    arrays: dict[str, Any] = {}
    text = json.dumps(_encoded(tree, (), arrays), ensure_ascii=True)
    members = {f"{name}.npy": array for name, array in arrays.items()}
    npz.write_members(file, {_STATE: text, **members})


def read(file: IO[bytes]) -> dict[str, Any]:
    """Read what `write` wrote.

    Raises
    ------
    WeightsError
        If the file is damaged or of another kind.
    """
    from pygrad.nn.formats import npz

    members = npz.read_members(file)
    text = members.get(_STATE)
    if not isinstance(text, str):
        raise WeightsError(f"it has no {_STATE} in it, so it is no checkpoint")
    try:
        tree = _decoded(json.loads(text), members)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WeightsError(f"its {_STATE} is damaged: {error}") from error
    if not isinstance(tree, dict):
        raise WeightsError(f"its {_STATE} holds a {type(tree).__name__}, not the parts of a run")
    return tree


def _encoded(value: Any, path: tuple[str, ...], arrays: dict[str, Any]) -> Any:
    if isinstance(value, np.ndarray | np.generic) and np.asarray(value).dtype.kind in "biufc":
        name = ".".join(path)
        while name in arrays:  # as for the names "a.b" and "a" of "b"
            name += "_"
        arrays[name] = np.asarray(value)
        return {_ARRAY: name}
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("__") for key in value):
            return {key: _encoded(item, (*path, key), arrays) for key, item in value.items()}
        pairs = [[key, item] for key, item in value.items()]
        return {_ITEMS: _encoded(pairs, path, arrays)}
    if isinstance(value, list | tuple):
        items = [_encoded(item, (*path, str(i)), arrays) for i, item in enumerate(value)]
        return items if isinstance(value, list) else {_TUPLE: items}
    raise ArgumentError(
        f"checkpoint: {'.'.join(path)} is a {type(value).__name__}; arrays, numbers, strings, None "
        f"and dicts, lists and tuples of them can be saved"
    )


def _decoded(value: Any, members: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_decoded(item, members) for item in value]
    if not isinstance(value, dict):
        return value
    if _ARRAY in value:
        # of its own: what was read is a view of the file's bytes
        return np.array(members[f"{value[_ARRAY]}.npy"])
    if _TUPLE in value:
        return tuple(_decoded(value[_TUPLE], members))
    if _ITEMS in value:
        return dict(_decoded(value[_ITEMS], members))
    return {key: _decoded(item, members) for key, item in value.items()}
