"""Adding rows into a table where row numbers repeat: the gradient of an embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["add_rows"]

_SMALL = 10_000  # values, below which the sort costs more than it saves
_BLOCK = 65_536  # values that are moved at a time: they stay in cache


def add_rows(g: Any, rows: Any, n: int) -> Any:
    """Zeros of shape (n, D) with ``g[i]`` added to row ``rows[i]``; `g` is (m, D), `rows` (m,).

    Where most numbers come once, all rows are written where they belong, and those that come more
    often are put right afterwards. Their numbers are sorted, so that those of one row form a run,
    and the runs are added up side by side. `np.add.at` on rows takes fifteen times as long.
    """
    m, width = g.shape
    if g.size < _SMALL:
        flat = np.zeros(n * width, g.dtype)
        places = rows[:, None] * width + np.arange(width)
        np.add.at(flat, places.ravel(), g.ravel())  # which is quick where everything is 1-d
        return flat.reshape(n, width)
    y, g = np.zeros((n, width), g.dtype), np.ascontiguousarray(g)
    # a row as one item: NumPy moves it at once, and not by an inner loop over its values
    item = np.dtype((np.void, width * g.itemsize))
    often = np.bincount(rows, minlength=n)
    again = np.flatnonzero(often[rows] > 1)
    if 2 * again.size <= m:
        np.put(y.view(item), rows, g.view(item))  # of several any: the sum comes later
        if not again.size:
            return y
        rows = rows[again]
        order = _sorting(rows, n)
        rows, order = rows[order], again[order]
    else:
        order = _sorting(rows, n)
        rows = rows[order]
    first = np.ones(rows.size, bool)
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    starts = starts[_sorting(m - often[rows[starts]], m)]  # the longest run first
    to = rows[starts]
    counts = often[to]
    many = max(1, _BLOCK // width)
    for i in range(0, len(starts), many):
        block = slice(i, i + many)
        sums = _sums_of_runs(g, order, starts[block], counts[block])
        np.put(y.view(item), to[block], sums.view(item))
    return y


def _sorting(numbers: Any, n: int) -> Any:
    """The order that sorts numbers below `n`."""
    # NumPy sorts 16 bits by radix, in a sixth of the time
    return np.argsort(numbers.astype(np.uint16) if n <= 65536 else numbers, kind="stable")


def _sums_of_runs(g: Any, order: Any, starts: Any, counts: Any) -> Any:
    """The sum of each run, the longest run first.

    In rounds: everybody's first, then the second of those that have one, and so on, while it takes
    fewer calls than to add up one by one what is left of each run.
    """
    total = g.take(order[starts], axis=0)
    lengths = np.arange(1, counts[0] + 1)
    longer = np.searchsorted(-counts, -lengths)  # so many runs are longer than each length
    rounds = np.argmin(lengths + longer)
    for i, k in enumerate(longer[:rounds].tolist(), 1):
        total[:k] += g.take(order[starts[:k] + i], axis=0)
    for j in range(longer[rounds]):
        run = order[starts[j] + rounds + 1 : starts[j] + counts[j]]
        total[j] += np.add.reduce(g.take(run, axis=0), axis=0)
    return total
