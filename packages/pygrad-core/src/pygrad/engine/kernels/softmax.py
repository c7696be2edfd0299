"""Softmax and what is made of it, without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["log_softmax_of", "softmax_of"]


def softmax_of(x: Any, axis: int) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""
    _, e, total = _shifted_exp(x, axis)
    e /= total
    return e


def log_softmax_of(x: Any, axis: int) -> Any:
    """x - log(sum(exp(x))) along an axis."""
    shifted, _, total = _shifted_exp(x, axis)
    return shifted - np.log(total)


def _shifted_exp(x: Any, axis: int) -> tuple[Any, Any, Any]:
    """x less its maximum along the axis, the exponential of that, and the sum of that."""
    # the ufuncs' own reductions: np.max and np.sum cost as much again in Python on small arrays
    shifted = np.subtract(x, np.maximum.reduce(x, axis=axis, keepdims=True))
    e = np.exp(shifted)
    return shifted, e, np.add.reduce(e, axis=axis, keepdims=True)
