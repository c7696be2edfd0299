"""A dataset that is read from beginning to end: no length, no sample number i."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pygrad.data.dataset import Transform
from pygrad.exceptions import DataError

__all__ = ["IterableDataset"]


class IterableDataset:
    """Samples that come one after the other: from a large file, a database, a sensor.

    Each ``iter()`` starts from the beginning. A subclass may write its own ``__iter__`` instead.

    Parameters
    ----------
    source : callable or iterable, optional
        A function without arguments that opens the stream and returns an iterator of samples
        (a generator function will do), called for each epoch. Or something that can be iterated
        over many times, such as a list.
    transform, target_transform : callable, optional
        Called with the data (the label) of each sample: of one that is a pair, with its first
        (second) entry; of any other, `transform` with the whole.

    Raises
    ------
    DataError
        If `source` is an iterator, which gives its samples only once, or cannot be iterated
        over; when it is used, if there is no source.

    Examples
    --------
    >>> from pygrad.data import IterableDataset
    >>> def squares():
    ...     for x in range(3):
    ...         yield x, x**2
    >>> stream = IterableDataset(squares, target_transform=lambda y: -y)
    >>> list(stream)
    [(0, 0), (1, -1), (2, -4)]
    >>> next(iter(stream))
    (0, 0)
    """

    # on the class, so that a subclass that does not call super().__init__() works too
    source: Callable[[], Iterable[Any]] | Iterable[Any] | None = None
    transform: Transform | None = None
    target_transform: Transform | None = None

    def __init__(
        self,
        source: Callable[[], Iterable[Any]] | Iterable[Any] | None = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        if isinstance(source, Iterator):
            raise DataError(
                f"IterableDataset: source is a {type(source).__name__}, whose samples come only "
                f"once; pass the function that makes it, without calling it"
            )
        if source is not None and not callable(source) and not isinstance(source, Iterable):
            raise DataError(
                f"IterableDataset: source is a {type(source).__name__}; it must be a function "
                f"that returns an iterator, or something that can be iterated over"
            )
        # only what was passed: a subclass may have `transform` as a method
        if source is not None:
            self.source = source
        if transform is not None:
            self.transform = transform
        if target_transform is not None:
            self.target_transform = target_transform

    def __iter__(self) -> Iterator[Any]:
        source = self.source
        if source is None:
            raise DataError(
                f"{type(self).__name__}: there is no source; pass a function that opens the "
                f"stream, or write __iter__"
            )
        samples = source() if callable(source) else source
        if not isinstance(samples, Iterable):
            raise DataError(
                f"{type(self).__name__}: source() returned a {type(samples).__name__}; it must "
                f"return an iterator (does it `return` where it should `yield`?)"
            )
        return self._transformed(samples)

    def _transformed(self, samples: Iterable[Any]) -> Iterator[Any]:
        data, target = self.transform, self.target_transform
        for sample in samples:
            if data is None and target is None:
                yield sample
            elif isinstance(sample, tuple) and len(sample) == 2:
                x, y = sample
                yield x if data is None else data(x), y if target is None else target(y)
            else:
                yield sample if data is None else data(sample)
