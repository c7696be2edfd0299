"""Where an epoch's random numbers come from: its order's, and each of its batches'.

The numbers of a batch follow from the epoch and from the number of the batch alone. So it does not
matter who makes the batch, when, or what was made before it: that is what lets workers share the
work and a run go on in the middle of an epoch, random transforms included.
"""

from __future__ import annotations

import random
import threading
from contextvars import ContextVar, Token
from typing import Any

import numpy as np

from pygrad import randomness
from pygrad.data.shuffling import generator_from, seeded

__all__ = ["Draws", "batch_rng", "drawing_for", "seed_everything"]

# one for all epochs: an epoch with a lock of its own could not be sent to a worker
_drawing = threading.Lock()


class Draws:
    """The random numbers of one epoch.

    Parameters
    ----------
    root : int or None
        What they all follow from; drawn from `rng` at the first need where it is None.
    key : tuple of int
        The number of the epoch, where the root is the same for all of them.
    """

    def __init__(
        self, root: int | None, key: tuple[int, ...], rng: np.random.Generator | None
    ) -> None:
        self.root = root
        self.key = key
        self._rng = rng

    def settled(self) -> int:
        """The root, drawn now if it was not before: one integer an epoch, whatever the data."""
        with _drawing:
            if self.root is None:
                self.root = int(generator_from(None, self._rng).integers(2**63))
            self._rng = None  # a generator in a worker would be a copy
            return self.root

    def for_order(self) -> np.random.Generator:
        return seeded(self.settled(), *self.key)

    def for_batch(self, number: int) -> np.random.Generator:
        return seeded(self.settled(), *self.key, number)


class _Batch:
    """The batch that is being made, and its generator once somebody has asked for it."""

    __slots__ = ("draws", "generator", "number")

    def __init__(self, draws: Draws, number: int) -> None:
        self.draws = draws
        self.number = number
        self.generator: np.random.Generator | None = None


_current: ContextVar[_Batch | None] = ContextVar("pygrad_data_batch", default=None)


class drawing_for:  # noqa: N801  (used like a function: `with drawing_for(...)`)
    """``with drawing_for(draws, 3):`` what is drawn inside is drawn for batch number 3."""

    __slots__ = ("_batch", "_token")

    def __init__(self, draws: Draws, number: int) -> None:
        self._batch = _Batch(draws, number)

    def __enter__(self) -> None:
        self._token: Token[_Batch | None] = _current.set(self._batch)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def batch_rng() -> np.random.Generator:
    """The generator to draw from in a transform, a dataset or a ``collate_fn`` of your own.

    While a `DataLoader` makes a batch it is a generator of that batch, which depends on the
    loader's seed, the epoch and the number of the batch alone: the same numbers are drawn with
    any number of workers, and by a run that was resumed. At any other time it is PyGrad's own
    generator, which `pygrad.seed` restarts.

    Examples
    --------
    >>> from pygrad.data import DataLoader, Dataset, batch_rng
    >>> noisy = Dataset([0.0] * 100, transform=lambda x: x + batch_rng().normal())
    >>> one, three = (DataLoader(noisy, 50, seed=0, num_workers=w) for w in (1, 3))
    >>> all((x == y).all() for x, y in zip(one, three))
    True
    """
    batch = _current.get()
    if batch is None:
        return randomness.default_rng()
    if batch.generator is None:
        batch.generator = batch.draws.for_batch(batch.number)
    return batch.generator


def seed_everything(draws: Draws, number: int) -> None:
    """Restart the generators that this process shares with nobody, for one batch.

    For worker processes: a forked one starts as a copy of its parent, so that what draws from a
    global generator would draw the same numbers in every worker.
    """
    drawn: Any = seeded(draws.settled(), *draws.key, number, 1).integers(2**32, size=3)
    randomness.seed(int(drawn[0]))
    random.seed(int(drawn[1]))
    np.random.seed(int(drawn[2]))
