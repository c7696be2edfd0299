"""Trees: arguments and results that are nested in dicts, lists and tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["leaves_of", "map_tree"]


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
