"""Lengths of vectors, without overflow."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

__all__ = ["euclidean", "power_mean"]


def euclidean(x: Any, axes: Any) -> Any:
    """The square root of the sum of the squares, with the reduced axes kept."""
    if len(axes) == x.ndim:
        flat = x.ravel()
        squares = np.vdot(flat, flat).real.reshape((1,) * x.ndim)  # BLAS: quick, and never warns
    else:
        with np.errstate(over="ignore", under="ignore"):
            squares = np.sum(_squared(x), axis=axes, keepdims=True)
    least, most = _limits(squares.dtype)
    if squares.size and least < squares.min() and squares.max() < most:
        return np.sqrt(squares)
    unit = _unit(x, axes)
    return unit * np.sqrt(np.sum(_squared(x / unit), axis=axes, keepdims=True))


def power_mean(x: Any, p: float, axis: Any) -> Any:
    """The p-th root of the sum of the p-th powers of magnitudes, with the reduced axes kept."""
    unit = _unit(x, axis)
    with np.errstate(divide="ignore", under="ignore"):  # of 0, for negative p
        powers = np.power(np.abs(x) / unit, p)
        return unit * np.power(np.sum(powers, axis=axis, keepdims=True), 1 / p)


@functools.cache
def _limits(dtype: Any) -> tuple[float, float]:
    """Between which sums of squares have all their digits."""
    info = np.finfo(dtype)
    return float(info.tiny / info.eps), float(info.max)


def _squared(x: Any) -> Any:
    return x.real**2 + x.imag**2 if x.dtype.kind == "c" else x * x


def _unit(x: Any, axis: Any) -> Any:
    """A power of 2 near the largest magnitude, to measure by without rounding."""
    largest = np.max(np.abs(x), axis=axis, keepdims=True, initial=0)
    one = np.ones((), largest.dtype)
    exponent = np.frexp(largest)[1] - 1
    return np.where((largest > 0) & (largest < np.inf), np.ldexp(one, exponent), one)
