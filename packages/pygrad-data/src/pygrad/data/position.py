"""How far a loop has come, as a plain dict of integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pygrad.exceptions import ArgumentError

__all__ = ["Position", "read_state"]


@dataclass
class Position:
    """The next batch of a loop. `root` is what its order follows from, without a seed."""

    epoch: int = 0
    batch: int = 0
    root: int | None = None


def read_state(state: Any, settings: dict[str, int]) -> Position:
    """The position in a state; an ArgumentError where it is of a loader with other settings."""
    if not isinstance(state, dict) or not {"epoch", "batch"} <= state.keys():
        raise ArgumentError(
            f"load_state: got {_short(state)}; it must be the dict that DataLoader.state() gave"
        )
    for name, value in state.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ArgumentError(
                f"load_state: {name} is {value!r}; it must be an integer of at least 0"
            )
    theirs = {name: state[name] for name in state.keys() - {"epoch", "batch", "root"}}
    for name in sorted(settings.keys() | theirs.keys()):
        mine, saved = settings.get(name), theirs.get(name)
        if mine != saved:
            raise ArgumentError(
                f"load_state: the state is of a loader with {name}={saved}, but this one has "
                f"{name}={mine}; the batches would not be the same: give it the same {name}"
            )
    return Position(state["epoch"], state["batch"], state.get("root"))


def _short(thing: object) -> str:
    text = repr(thing)
    return text if len(text) <= 80 else f"{text[:77]}..."
