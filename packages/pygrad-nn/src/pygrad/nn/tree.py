"""A module's tree: what it owns, under which names, in the order of definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from pygrad import Parameter
from pygrad.exceptions import ArgumentError
from pygrad.nn.buffer import Buffer

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Owner", "Path", "float_dtype", "members", "walk"]

Path: TypeAlias = tuple[str, ...]
"""The names on the way to a thing: ``("layers", "0", "W")`` for ``self.layers[0].W``."""


class Owner:
    """What may own parameters: the walks know `Module` by this base."""

    __slots__ = ("__dict__", "__weakref__")


_PARTS = (Parameter, Buffer, Owner)
_PARTS_AND_CONTAINERS = (*_PARTS, list, tuple, dict)


def members(owner: Owner) -> Iterator[tuple[Path, Any]]:
    """What the module holds itself: modules, parameters and buffers, in containers as well."""
    # __dict__ keeps the order of definition, in which no hash of a string has a part
    for name, value in vars(owner).items():
        yield from _found(value, (name,), owner)


def walk(owner: Owner) -> Iterator[tuple[Path, Any]]:
    """All that the module owns, depth first in the order of definition, each thing once.

    A module comes before its contents; the one that the walk starts from does not come.
    """
    seen = {id(owner)}

    def below(owner: Owner, path: Path) -> Iterator[tuple[Path, Any]]:
        for way, thing in members(owner):
            if id(thing) not in seen:
                seen.add(id(thing))
                yield path + way, thing
                if isinstance(thing, Owner):
                    yield from below(thing, path + way)

    return below(owner, ())


def float_dtype(owner: Owner) -> np.dtype[Any] | None:
    """The dtype of the first float parameter, if there is one."""
    # Every call of a model on plain data asks. Where the first parameter is near, a look finds it
    # in a third of the time that the walk takes.
    first: Any = owner
    for _ in range(6):
        if isinstance(first, Owner):
            first = _first_part(first)
        elif isinstance(first, (list, tuple)) and first:
            first = first[0]
        else:
            break
    if _is_float(first):
        return first.dtype  # type: ignore[no-any-return]
    return next((p.dtype for _, p in walk(owner) if _is_float(p)), None)


def _first_part(owner: Owner) -> Any:
    for value in vars(owner).values():
        if isinstance(value, _PARTS_AND_CONTAINERS):
            return value
    return None


def _is_float(thing: Any) -> bool:
    return isinstance(thing, Parameter) and thing.dtype.kind == "f"


def _found(value: Any, path: Path, owner: Owner) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, _PARTS):
        yield path, value
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _found(item, (*path, str(i)), owner)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _found(item, (*path, str(key)), owner)
    elif isinstance(value, (set, frozenset)) and any(isinstance(item, _PARTS) for item in value):
        raise ArgumentError(
            f"{type(owner).__name__}: {'.'.join(path)} is a set of layers or parameters, whose "
            f"order changes from run to run; make it a list"
        )
