"""Derivatives of sin(x) / x, of any order, at 0 too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["sinc_derivative_of"]


def sinc_derivative_of(x: Any, n: int) -> Any:
    """The n-th derivative of sin(x) / x in double precision; its error is 1e-15 for small n.

    With s_n the derivatives, x s_n + n s_(n-1) is the n-th derivative of sin(x). Going up in n
    that way divides errors by x each time, so near 0 the power series is summed instead.
    """
    x = np.asarray(x, np.complex128 if np.iscomplexobj(x) else np.float64)
    y = np.empty_like(x)
    near = np.abs(x) < 2 + 0.5 * n
    y[near] = _near(x[near], n)
    y[~near] = _far(x[~near], n)
    return y


def _near(x: Any, n: int) -> Any:
    """The sum over k of (-1)**k x**(2 k - n) / ((2 k - n)! (2 k + 1))."""
    total = np.zeros_like(x)
    for k in range((n + 1) // 2, n + 20):
        power = 2 * k - n
        total += (-1) ** k * x**power / (math.factorial(power) * (2 * k + 1))
    return total


def _far(x: Any, n: int) -> Any:
    y = np.sin(x) / x
    for k in range(1, n + 1):
        derivative = (np.sin, np.cos, np.sin, np.cos)[k % 4](x) * (1, 1, -1, -1)[k % 4]
        y = (derivative - k * y) / x
    return y
