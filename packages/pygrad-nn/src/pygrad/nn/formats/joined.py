"""Nested weights as one dict, for the formats that know no nesting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pygrad.exceptions import WeightsError

__all__ = ["joined", "leaves"]


def joined(weights: Mapping[str, Any]) -> dict[str, Any]:
    """One dict, with the names joined by dots: ``{"fc1.W": ...}``.

    Raises
    ------
    WeightsError
        If two names are the same once joined, or one is empty.
    """
    found: dict[str, Any] = {}
    for path, array in leaves(weights):
        name = ".".join(path)
        if name in found:
            raise WeightsError(
                f"two weights are called {name} once their names are joined by dots; give them "
                f"names without dots, or save them as .npy, which knows nested names"
            )
        if not all(path):
            raise WeightsError("there is an array without a name; it must have one")
        found[name] = array
    return found


def leaves(
    weights: Mapping[Any, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every array in nested dicts, with the names on the way to it."""
    for name, value in weights.items():
        path = (*above, str(name))
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value
