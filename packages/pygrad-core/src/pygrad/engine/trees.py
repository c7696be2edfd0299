"""Trees: arguments and results that are nested in dicts, lists and tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import as_operand

__all__ = ["leaves_of", "map_tree", "with_arrays"]


def leaves_of(tree: Any) -> Iterator[Any]:
    """What is in the tree and is no container, in order; the keys of a dict keep theirs."""
    if isinstance(tree, dict):
        for item in tree.values():
            yield from leaves_of(item)
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            yield from leaves_of(item)
    elif tree is not None:
        yield tree


def map_tree(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same containers, with `function` of each leaf; None stays None."""
    if isinstance(tree, dict):
        return type(tree)((key, map_tree(function, item)) for key, item in tree.items())
    if isinstance(tree, (list, tuple)):
        items = [map_tree(function, item) for item in tree]
        # a named tuple takes its fields one by one
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return None if tree is None else function(tree)


def with_arrays(tree: Any, where: str) -> Any:
    """The same tree with arrays for its leaves; a list of numbers is an array, and no container."""
    if isinstance(tree, dict):
        return type(tree)((key, with_arrays(item, where)) for key, item in tree.items())
    if isinstance(tree, (list, tuple)) and _holds_arrays(tree):
        items = [with_arrays(item, where) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    if tree is None:
        return None
    value = tree._data if isinstance(tree, binding.Variable) else tree
    return np.asarray(as_operand(value, where))


def _holds_arrays(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_holds_arrays, x))
    return x is None or isinstance(x, (np.ndarray, binding.Variable, dict))
