"""What a training run shows of itself: a bar on a terminal, and a line for each epoch."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from numbers import Real
from typing import Any

__all__ = ["Bar", "bar", "line"]


class Bar:
    """A bar that is not shown; the one of tqdm does the same, and shows it."""

    def update(self, n: int = 1) -> object:
        """Count `n` batches."""
        return None

    def set_postfix_str(self, s: str = "", refresh: bool = True) -> object:
        """Show a text behind the bar."""
        return None


@contextlib.contextmanager
def bar(shown: bool, title: str, loader: Any, done: int) -> Iterator[Bar]:
    """The bar of one epoch; it goes away with the epoch. Without tqdm there is none."""
    if not shown or not sys.stderr.isatty():
        yield Bar()
        return
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError:  # the lines are there all the same
        yield Bar()
        return
    try:
        total = len(loader)
    except TypeError:
        total = None
    with tqdm(total=total, initial=done, desc=title, unit="batch", leave=False) as real:
        yield real


def line(record: dict[str, Any], epochs: int) -> str:
    """An epoch in one line: ``epoch 3/10  loss 0.1234  accuracy 0.97``."""
    numbers = {k: v for k, v in record.items() if k not in ("epoch", "lr")}
    width = len(str(epochs))
    parts = [f"epoch {record['epoch']:{width}}/{epochs}"]
    parts += [f"{name} {value:.4g}" for name, value in numbers.items() if isinstance(value, Real)]
    return "  ".join(parts)
