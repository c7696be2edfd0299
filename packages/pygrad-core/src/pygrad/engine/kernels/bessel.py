"""Modified Bessel functions of the first kind, divided by the power that they begin with.

With g_n(x) = I_n(x) / x**n the derivative is g_n'(x) = x g_(n+1)(x): a family of even functions
without a pole, so that derivatives of I_0 of any order need no limit at 0.
Abramowitz and Stegun, "Handbook of Mathematical Functions", 9.6.10, 9.6.28 and 9.7.1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["scaled_bessel_of"]


def scaled_bessel_of(x: Any, n: int) -> Any:
    """I_n(x) / x**n, to 1e-14 for n up to 6; of the dtype of x, if that is one of floats."""
    x = np.asarray(x)
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    x = np.abs(x.astype(np.float64))
    y = np.empty_like(x)
    far = x > 30 + n * n  # from here on the terms of `_far` fall below the last digit
    near = ~far
    y[near] = _near(x[near], n)
    y[far] = _far(x[far], n)
    return y.astype(dtype)


def _near(x: Any, n: int) -> Any:
    """The power series; its terms are positive, so nothing cancels."""
    quarter = x * x / 4
    term = np.full_like(x, 1 / (2**n * math.factorial(n)))
    total = term.copy()
    k = 0
    while np.any(term > total * 1e-17):
        k += 1
        term *= quarter / (k * (n + k))
        total += term
    return total


def _far(x: Any, n: int) -> Any:
    """The asymptotic series, in 1 / x."""
    term = np.ones_like(x)
    total = term.copy()
    for k in range(1, 30 + n):
        term *= -(4 * n * n - (2 * k - 1) ** 2) / (8 * k * x)
        total += term
    # half of the exponential at a time: it overflows where the function does not yet
    half = np.exp(x / 2)
    finite = np.isfinite(x)
    shrunk = half / np.sqrt(2 * np.pi * np.where(finite, x, 1)) / np.where(finite, x, 1.0) ** n
    return np.where(finite, total * shrunk * half, x)
