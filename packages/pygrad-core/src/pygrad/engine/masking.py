"""Masks: walks that send zeros down a branch not taken, and know it.

`where(x > 0, sqrt(x), 0)` sends a zero to the square root where it was not taken, and there the
local derivative may be infinite: 0 * inf is NaN, and the NaN would spoil the gradient of x.

So a rule that masks its gradient says so, by `note_masking`. When such a rule was in a walk and NaN
is at its end, the walk is repeated with care (see guarding.py). All other walks pay nothing.
"""

from __future__ import annotations

from contextvars import ContextVar

import numpy as np

__all__ = ["Masks", "note_masking"]

# what the walk that runs now has met; None outside of walks
_masks: ContextVar[Masks | None] = ContextVar("pygrad_masks", default=None)


class Masks:
    """Around a walk: whether a rule in it has masked its gradient; from then on NaN is expected."""

    __slots__ = ("_outside", "_quiet")

    def __init__(self) -> None:
        self._quiet: np.errstate | None = None
        self._outside = _masks.get()
        _masks.set(self)

    def __bool__(self) -> bool:
        return self._quiet is not None

    def note(self) -> None:
        """A gradient has been masked."""
        if self._quiet is None:
            self._quiet = np.errstate(divide="ignore", invalid="ignore")
            self._quiet.__enter__()

    def close(self) -> None:
        """The walk is over. The zeros of a walk inside another go on into that one."""
        _masks.set(self._outside)
        if self._quiet is not None:
            self._quiet.__exit__(None, None, None)
            if self._outside is not None:
                self._outside.note()


def note_masking() -> None:
    """Say that a gradient was set to zero where its branch was not taken."""
    masks = _masks.get()
    if masks is not None:
        masks.note()
