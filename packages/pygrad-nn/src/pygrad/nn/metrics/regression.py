"""Metrics of predicted numbers, with the definitions of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from pygrad.exceptions import ShapeError
from pygrad.nn.metrics.metric import Metric

__all__ = ["MAE", "R2", "RMSE"]


class MAE(Metric):
    """The mean absolute error: ``mean(|y - target|)``.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.MAE()([1.0, 2.0], [1.5, 2.0])
    0.25
    """

    name = "mae"
    better = "min"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.total = 0.0
        self.values = 0

    def update(self, y: Any, target: Any) -> None:
        y, target = _same_shape(y, target, "MAE")
        self.total += float(np.abs(y - target).sum())
        self.values += y.size

    def compute(self) -> float:
        return self.total / self.values if self.values else float("nan")


class RMSE(Metric):
    """The root of the mean squared error: ``sqrt(mean((y - target)**2))``.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.RMSE()([3.0, 2.0], [0.0, 2.0]).__round__(4)
    2.1213
    """

    name = "rmse"
    better = "min"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.total = 0.0
        self.values = 0

    def update(self, y: Any, target: Any) -> None:
        y, target = _same_shape(y, target, "RMSE")
        self.total += float(((y - target) ** 2).sum())
        self.values += y.size

    def compute(self) -> float:
        return float(np.sqrt(self.total / self.values)) if self.values else float("nan")


class R2(Metric):
    """The coefficient of determination: ``1 - sum((y - target)**2) / sum((target - mean)**2)``.

    It is 1 for perfect predictions and 0 for those no better than the mean. Where the targets are
    all the same it is 1 if they are met exactly, and 0 otherwise. Of several outputs a sample it is
    the mean of theirs.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.R2()([1.0, 2.0, 3.5], [1.0, 2.0, 3.0])
    0.875
    """

    name = "r2"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.samples = 0
        # each of an output's column: of the targets the mean and the squares around it
        self.mean = self.spread = self.error = np.zeros(1)

    def update(self, y: Any, target: Any) -> None:
        y, target = _same_shape(y, target, "R2")
        y, target = y.reshape(len(y), -1), target.reshape(len(target), -1)
        n = len(y)
        if not n:
            return
        # sums of squares merged around their means, which sums of plain squares would lose
        mean = target.mean(axis=0)
        apart, both = mean - self.mean, self.samples + n
        self.spread = self.spread + ((target - mean) ** 2).sum(axis=0)
        self.spread = self.spread + apart**2 * (self.samples * n / both)
        self.mean = self.mean + apart * (n / both)
        self.error = self.error + ((y - target) ** 2).sum(axis=0)
        self.samples = both

    def compute(self) -> float:
        if self.samples < 2:
            return float("nan")
        # without any spread: 1 if there is no error either, else 0
        flat = np.where(self.error == 0, 0.0, 1.0)
        share = np.divide(self.error, self.spread, out=flat, where=self.spread != 0)
        return float(np.mean(1 - share))


def _same_shape(y: Any, target: Any, where: str) -> tuple[Any, Any]:
    """Both as float64, of one shape: (N, 1) and (N,) would broadcast to (N, N)."""
    y, target = np.asarray(y, np.float64), np.asarray(target, np.float64)
    if y.shape != target.shape:
        if y.size != target.size or y.shape[:1] != target.shape[:1]:
            raise ShapeError(
                f"{where}: outputs of shape {y.shape} for targets of shape {target.shape}; they "
                f"must be the same"
            )
        y = y.reshape(target.shape)
    return np.atleast_1d(y), np.atleast_1d(target)
