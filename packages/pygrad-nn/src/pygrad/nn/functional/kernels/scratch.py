"""Memory that is used again, for matrices of windows.

The system takes back a few megabytes that a step frees and hands them out anew, page by page, in
the next one: half of the time of a small network's step. These arrays never leave the kernels,
so it is certain when they are free: when the Windows that made them is gone.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np

__all__ = ["Windows"]

_LARGEST = 4_000_000  # bytes: above this the copying takes longer than the pages
# the latest few; `append` and `remove` of a deque are safe in threads
_free: deque[Any] = deque(maxlen=6)


class Windows:
    """Arrays made in the forward pass, and perhaps kept for the gradient."""

    __slots__ = ("_memory", "arrays")

    def __init__(self) -> None:
        self.arrays: list[Any] = []
        self._memory: list[Any] = []

    def copy(self, view: Any, shape: tuple[int, ...]) -> Any:
        """A view of overlapping windows, copied to an array of another shape."""
        size = math.prod(shape) * view.itemsize
        memory = _taken(size) if size <= _LARGEST else np.empty(size, np.uint8)
        if size <= _LARGEST:
            self._memory.append(memory)
        y = memory.view(view.dtype)
        y.reshape(view.shape)[...] = view
        y = y.reshape(shape)
        self.arrays.append(y)
        return y

    def __del__(self, free: deque[Any] = _free) -> None:  # bound, for when the program ends
        free.extend(self._memory)


def _taken(size: int) -> Any:
    """Free memory of just this size, or new."""
    for _ in range(len(_free)):
        try:
            memory = _free.pop()
        except IndexError:  # another thread took the last
            break
        if memory.size == size:
            return memory
        _free.appendleft(memory)
    return np.empty(size, np.uint8)
