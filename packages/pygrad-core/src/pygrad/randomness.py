"""The random numbers that PyGrad draws when it is not handed a generator.

`numpy.random` is imported at the first draw: it would double the time of ``import pygrad``.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["default_rng", "seed"]

_lock = threading.Lock()
_generator: np.random.Generator | None = None


def seed(value: int | None = None) -> None:
    """Restart the default generator, so that a run can be repeated.

    Parameters
    ----------
    value : int, optional
        The seed; without one, fresh entropy from the operating system.

    Examples
    --------
    >>> import pygrad
    >>> pygrad.seed(0)
    >>> a = pygrad.default_rng().random()
    >>> pygrad.seed(0)
    >>> a == pygrad.default_rng().random()
    True
    """
    global _generator
    fresh = _new_generator(value)
    with _lock:
        _generator = fresh


def default_rng() -> np.random.Generator:
    """The generator that everything without an ``rng=`` of its own draws from.

    Examples
    --------
    >>> import pygrad
    >>> 0.0 <= pygrad.default_rng().random() < 1.0
    True
    """
    global _generator
    if _generator is None:
        fresh = _new_generator(None)
        with _lock:
            if _generator is None:
                _generator = fresh
    return _generator


def _new_generator(value: int | None) -> np.random.Generator:
    import numpy as np

    # SFC64 is the quickest source of raw bits that NumPy has, and dropout lives on raw bits
    return np.random.Generator(np.random.SFC64(value))
