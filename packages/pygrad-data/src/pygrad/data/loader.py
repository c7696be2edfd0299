"""The loader: a dataset, batch by batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from pygrad.data import ordering
from pygrad.data.drawing import Draws
from pygrad.data.indexing import length
from pygrad.data.making import BatchMaker, Finish, StreamMaker
from pygrad.data.position import Position, read_state
from pygrad.data.processes import in_processes
from pygrad.data.progress import with_progress
from pygrad.data.samplers import whole_number
from pygrad.data.shuffling import check_source
from pygrad.data.workers import in_threads, in_turn
from pygrad.exceptions import ArgumentError, DataError, DtypeError

__all__ = ["DataLoader"]

# one for all loaders: a loader with a lock of its own could be neither copied nor pickled
_counting = threading.Lock()


class DataLoader:
    """The batches of a dataset; each ``for`` loop over it is one epoch.

    A batch is what one sample is, with a new first axis: ``(data, labels)`` for a dataset with
    labels, the bare data for one without. Arrays, numbers and lists of numbers are stacked into
    an array of their own dtype (Python ints into int64), text comes as a list, and tuples and
    dicts are batched entry by entry.

    Several loops over one loader, nested or in several threads, do not disturb each other: every
    ``iter(loader)`` is an epoch of its own.

    Parameters
    ----------
    dataset : Dataset, array, sequence or iterable
        Anything with ``__len__`` and ``__getitem__``. What has ``__iter__`` alone is a stream,
        which is read in its own order.
    batch_size : int
        Samples in a batch. The last batch holds what is left, which may be fewer.
    shuffle : bool
        Whether each epoch has a new random order, where no sampler decides.
    drop_last : bool
        Leave out a last batch that is not full. A dataset smaller than one batch then gives none.
    sampler : Sampler or iterable of int, optional
        Says which samples an epoch has, and in which order.
    batch_sampler : BatchSampler or iterable of sequences of int, optional
        Says which samples come together in which batch; takes the place of `batch_size`,
        `drop_last` and `sampler`.
    collate_fn : callable, optional
        Makes a batch of a list of samples: `PadCollate` for instance.
    batch_transform : callable or list of callables, optional
        What is done to each batch. A transform of `pygrad.data.transforms` is given the data; any
        other callable is given the whole batch.
    num_workers : int
        How many threads or processes make batches ahead; 0: they are made when asked for.
    worker : {"thread", "process"}
        Threads share everything and start at once. They are of use where the time goes into
        reading files, decompressing and NumPy; where it goes into Python, take processes.
    prefetch : int
        How many batches each worker is ahead at most.
    seed : int, optional
        Makes the order of epoch 0, 1, 2, ... depend on the seed and the number of the epoch
        alone: not on the batch size or the workers, nor on what else draws random numbers.
    rng : numpy.random.Generator, optional
        Draws one integer an epoch, from which its order follows. By default PyGrad's own
        generator does, which `pygrad.seed` restarts.
    pin_dtype : dtype, optional
        Floating-point arrays in a batch are converted to this dtype; everything else stays.
    progress : bool
        Show a progress bar, once an epoch takes longer than two seconds and on a terminal.

    Raises
    ------
    ArgumentError
        If a setting is none of those above, or if two exclude each other.
    DataError
        If the dataset is empty, or has no length. It is raised here and not by the loop, since
        the mistake is here. By the loop: samples that make no batch, or a worker that died.

    Notes
    -----
    A dataset made of arrays (a `Dataset` without transforms, a `Subset` of one, or a bare array)
    is read with one indexing operation a batch. Without shuffling that is a slice: a read-only
    view of the dataset's own array, not a copy; ``batch.copy()`` can be written to.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import DataLoader, Dataset
    >>> dataset = Dataset(np.arange(10.0).reshape(5, 2), label=[0, 1, 0, 1, 0])
    >>> loader = DataLoader(dataset, batch_size=2, shuffle=False)
    >>> len(loader)
    3
    >>> for data, labels in loader:
    ...     print(data.shape, labels)
    (2, 2) [0 1]
    (2, 2) [0 1]
    (1, 2) [0]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = True,
        *,
        drop_last: bool = False,
        sampler: Any = None,
        batch_sampler: Any = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        batch_transform: Callable[..., Any] | Sequence[Callable[..., Any]] | None = None,
        num_workers: int = 0,
        worker: str = "thread",
        prefetch: int = 2,
        seed: int | None = None,
        rng: np.random.Generator | None = None,
        pin_dtype: DTypeLike | None = None,
        progress: bool = False,
    ) -> None:
        check_source("DataLoader", seed, rng)
        self.dataset = dataset
        self.batch_size = whole_number("DataLoader: batch_size", batch_size, 1)
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = _checked_callable("collate_fn", collate_fn)
        self.num_workers = whole_number("DataLoader: num_workers", num_workers, 0)
        self.worker = worker
        self.prefetch = whole_number("DataLoader: prefetch", prefetch, 1)
        self.seed = seed
        self.rng = rng
        self.progress = progress
        self._finish = _finish(batch_transform, pin_dtype)
        self._stream = _is_stream(dataset)
        self._epoch = 0
        self._position = Position()
        self._resume: Position | None = None
        self._check_settings()
        if not self._stream:
            self._samples()

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        if self.batch_sampler is not None:
            return len(self.batch_sampler)
        if self._stream and not hasattr(type(self.dataset), "__len__"):
            name = type(self.dataset).__name__
            raise TypeError(f"DataLoader: a stream without a length ({name}) has no len()")
        if self.sampler is not None:
            n = len(self.sampler)
        else:
            n = len(self.dataset) if self._stream else self._samples()
        whole, rest = divmod(n, self.batch_size)
        return whole if self.drop_last or not rest else whole + 1

    def __iter__(self) -> Iterator[Any]:
        # no generator function: the order is drawn now, not when the first batch is asked for
        n = 0 if self._stream else self._samples()
        with _counting:
            position, self._resume = self._resume or Position(self._epoch), None
            self._epoch = position.epoch + 1
        draws = Draws(position.root, (), self.rng)
        if self.seed is not None:
            draws = Draws(self.seed, (position.epoch,), None)
        # this loop's own: a state may be loaded into several loaders
        position = Position(position.epoch, position.batch)
        if self._stream:
            return self._batches(self._stream_batches(draws, position), position, draws)
        parts = ordering.parts(self, draws, n)
        make = BatchMaker(self.dataset, parts, self.collate_fn, self._finish, draws)
        return self._batches(self._made(make, position.batch, len(parts)), position, draws)

    def __repr__(self) -> str:
        count = "a stream" if self._stream else f"{self._samples()} samples"
        text = f"DataLoader({count}, "
        if self.batch_sampler is not None:
            text += f"batch_sampler={type(self.batch_sampler).__name__}"
        else:
            text += f"batch_size={self.batch_size}, "
            if self.sampler is not None:
                text += f"sampler={type(self.sampler).__name__}, "
            else:
                text += f"shuffle={self.shuffle}, "
            text += f"drop_last={self.drop_last}"
        if self.num_workers:
            text += f", num_workers={self.num_workers}, worker={self.worker!r}"
        return text + ")"

    def state(self) -> dict[str, int]:
        """Where the loop stands that was last given a batch: what `load_state` takes.

        Returns
        -------
        dict of int
            May be written as JSON. Without a `seed` it fixes the rest of this epoch; those
            after it are drawn from the generator, whose own state is then to be kept too.

        Examples
        --------
        >>> from pygrad.data import DataLoader
        >>> loader = DataLoader(list(range(6)), 2, seed=0)
        >>> first = next(iter(loader))
        >>> state = loader.state()
        >>> state
        {'epoch': 0, 'batch': 1, 'samples': 6, 'batch_size': 2, 'shuffle': 1, 'seed': 0}
        >>> resumed = DataLoader(list(range(6)), 2, seed=0)
        >>> resumed.load_state(state)
        >>> len(list(resumed)), len(list(resumed))  # the rest of this epoch, and the next
        (2, 3)
        """
        position = self._position
        state = {"epoch": position.epoch, "batch": position.batch, **self._settings()}
        if position.root is not None:
            state["root"] = position.root
        return state

    def load_state(self, state: dict[str, int]) -> None:
        """Have the next loop go on at the very batch where `state` was taken.

        Raises
        ------
        ArgumentError
            If that is no state, or one of a loader whose batches are others.
        """
        position = read_state(state, self._settings())
        with _counting:
            self._resume = self._position = position
            self._epoch = position.epoch

    def _batches(self, batches: Iterator[Any], position: Position, draws: Draws) -> Iterator[Any]:
        """What the loop sees: the batches, with a count of them for `state`."""
        if self.progress:
            total = None if self._stream else len(self) - position.batch
            batches = with_progress(batches, total, f"epoch {position.epoch}")
        try:
            for batch in batches:
                position.batch += 1
                position.root = None if draws.key else draws.root
                self._position = position
                yield batch
                del batch
        finally:
            batches.close()  # type: ignore[attr-defined]  # ends the workers, at once
        self._position = Position(position.epoch + 1)

    def _made(self, make: Any, first: int, stop: int | None) -> Iterator[Any]:
        if not self.num_workers:
            return in_turn(make, first, stop)
        make.draws.settled()  # a worker could not draw it for the others
        # a stream can be read in one place only, if its order is to stay
        workers = 1 if self._stream else self.num_workers
        ahead = self.num_workers * self.prefetch
        start = in_processes if self.worker == "process" else in_threads
        return start(make, first, stop, workers, ahead)

    def _stream_batches(self, draws: Draws, position: Position) -> Iterator[Any]:
        make = StreamMaker(
            self.dataset,
            self.batch_size,
            self.drop_last,
            self.collate_fn,
            self._finish,
            draws,
            position.batch,
        )
        return self._made(make, position.batch, None)

    def _settings(self) -> dict[str, int]:
        """What must be the same for the batches to be the same, as far as integers can say."""
        settings = {} if self._stream else {"samples": self._samples()}
        if self.batch_sampler is None:
            settings["batch_size"] = self.batch_size
            if self.sampler is None and not self._stream:
                settings["shuffle"] = int(self.shuffle)
        if self.seed is not None:
            settings["seed"] = int(self.seed)
        return settings

    def _samples(self) -> int:
        n = length("DataLoader", self.dataset)
        if n == 0:
            raise DataError(
                "DataLoader: the dataset is empty; it needs at least one sample (was the file "
                "found, or did a split leave nothing for this part?)"
            )
        return n

    def _check_settings(self) -> None:
        if self.worker not in ("thread", "process"):
            raise ArgumentError(
                f"DataLoader: worker is {self.worker!r}; it must be 'thread' or 'process'"
            )
        chosen = self.sampler if self.batch_sampler is None else self.batch_sampler
        if self.batch_sampler is not None and (
            self.sampler is not None or self.batch_size != 1 or self.drop_last
        ):
            raise ArgumentError(
                "DataLoader: batch_sampler stands beside batch_size, drop_last or sampler; it says "
                "itself what each batch holds: leave the others out"
            )
        if chosen is not None and self._stream:
            raise ArgumentError(
                "DataLoader: a sampler and a stream; a stream comes in its own order: leave the "
                "sampler out, or make the data a list"
            )
        if getattr(chosen, "needs_seed", False) and self.seed is None:
            raise ArgumentError(
                f"DataLoader: {type(chosen).__name__} without a seed; all ranks must draw the "
                f"same order: give each of their loaders the same seed=..."
            )


def _is_stream(dataset: Any) -> bool:
    # not an iterator, which gives one epoch and is then empty; nor a set, which has no order
    kind = type(dataset)
    iterable = hasattr(kind, "__iter__") and not hasattr(kind, "__getitem__")
    return iterable and not hasattr(kind, "__next__") and not isinstance(dataset, Set)


def _checked_callable(name: str, thing: Any) -> Any:
    if thing is not None and not callable(thing):
        raise ArgumentError(
            f"DataLoader: {name} is a {type(thing).__name__}; it must be something to call"
        )
    return thing


def _finish(transform: Any, pin_dtype: DTypeLike | None) -> Finish | None:
    given: Iterable[Any] = transform if isinstance(transform, list | tuple) else [transform]
    transforms = [_checked_callable("batch_transform", t) for t in given if t is not None]
    dtype = None if pin_dtype is None else np.dtype(pin_dtype)
    if dtype is not None and dtype.kind != "f":
        raise DtypeError(
            f"DataLoader: pin_dtype is {dtype}; it must be a floating-point dtype, such as float32"
        )
    return Finish(transforms, dtype) if transforms or dtype is not None else None
