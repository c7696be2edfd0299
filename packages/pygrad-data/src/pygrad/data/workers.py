"""Batches made ahead by worker threads, handed over in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any

from pygrad.data.making import End

__all__ = ["in_threads", "in_turn", "numbers"]


def numbers(first: int, stop: int | None) -> Iterator[int]:
    """The numbers of the batches to make; without `stop` they end where the stream does."""
    return count(first) if stop is None else iter(range(first, stop))


def in_turn(make: Callable[[int], Any], first: int, stop: int | None) -> Iterator[Any]:
    """Every batch made when it is asked for."""
    for number in numbers(first, stop):
        batch = make(number)
        if type(batch) is End:
            return
        yield batch


def in_threads(
    make: Callable[[int], Any], first: int, stop: int | None, workers: int, ahead: int
) -> Iterator[Any]:
    """Batches made by threads, at most `ahead` of them before they are asked for.

    An error is raised when its batch is due, as without workers, with the traceback of the thread.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pygrad-data")
    waiting: deque[Future[Any]] = deque()
    to_make = numbers(first, stop)
    try:
        while True:
            for number in to_make:
                waiting.append(pool.submit(make, number))
                if len(waiting) >= ahead:
                    break
            if not waiting:
                return
            batch = waiting.popleft().result()
            if type(batch) is End:
                return
            yield batch
            del batch  # not kept alive while the next one is made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
