"""A progress bar, for work that turns out to be long and where somebody is looking."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

__all__ = ["PATIENCE", "with_progress"]

T = TypeVar("T")

PATIENCE = 2.0  # seconds of work before a bar appears
INTERVAL = 0.1  # seconds between two drawings
WIDTH = 30


def with_progress(
    items: Iterable[T], total: int | None, what: str, file: TextIO | None = None
) -> Iterator[T]:
    """The items, with a bar on standard error once they take longer than `PATIENCE` seconds.

    Nothing is written where standard error is no terminal. The bar is wiped away at the end.
    """
    out = sys.stderr if file is None else file
    if out is None or not out.isatty():
        yield from items
        return
    start = time.monotonic()
    due = start + PATIENCE
    drawn = 0
    try:
        for done, item in enumerate(items):
            now = time.monotonic()
            if now >= due:
                due = now + INTERVAL
                text = _bar(what, done, total, now - start)
                out.write("\r" + text.ljust(drawn))
                out.flush()
                drawn = len(text)
            yield item
    finally:
        if drawn:
            out.write("\r" + " " * drawn + "\r")
            out.flush()


def _bar(what: str, done: int, total: int | None, seconds: float) -> str:
    speed = done / seconds
    if not total:
        return f"{what}: {done} batches, {speed:.1f} a second"
    filled = min(WIDTH, WIDTH * done // total)
    left = (total - done) / speed if speed else 0.0
    bar = "#" * filled + "." * (WIDTH - filled)
    return f"{what} [{bar}] {done}/{total}, {speed:.1f} a second, {_clock(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
