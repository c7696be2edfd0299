"""Linear recurrences along the first axis."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["recurrence"]


def recurrence(a: Any, b: Any) -> Any:
    """The y with ``y[0] = b[0]`` and ``y[i] = a[i] * y[i - 1] + b[i]``.

    It doubles the reach of every value in each round, so that n steps take log2(n) rounds, and it
    divides by nothing, so that zeros in `a` do no harm.
    """
    y = np.array(b, np.result_type(a, b))
    a = np.array(a)
    step = 1
    while step < len(y):
        # a[i] is by now the product of the `step` factors up to i
        y[step:] += a[step:] * y[:-step]
        a[2 * step :] = a[2 * step :] * a[step:-step]
        step *= 2
    return y
