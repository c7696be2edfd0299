"""Losses: what a network is trained to make small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import as_operand
from pygrad.engine.function import Function, apply
from pygrad.engine.ops.activation import Softmax
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["mean_squared_error", "softmax_cross_entropy"]


class MeanSquaredError(Function):
    """y = mean of (a - b)**2; dy/da = 2 (a - b) / n = -dy/db."""

    __slots__ = ()
    requires = "both must have the same shape"

    def forward(self, a, b):
        if a.shape != b.shape:
            raise ShapeError(
                f"mean_squared_error: the prediction has shape {a.shape} but the target has "
                f"{b.shape}; {self.requires}"
            )
        difference = a - b
        return np.vdot(difference, difference) / difference.size

    def backward(self, gy):
        a, b = self.saved
        ga = (a - b) * (gy * (2 / a.size))
        return ga, (-ga if self.wants(1) else None)


class SoftmaxCrossEntropy(Function):
    """y = mean over the rows of log(sum(exp(row))) - row[label]; gx = (softmax(x) - onehot) / n."""

    saves = (0,)
    requires = "x must have one more axis than labels, for the classes, as its last"

    def __init__(self, labels: Any) -> None:
        self.labels = labels

    def forward(self, x):
        labels = self.labels
        if x.ndim != labels.ndim + 1 or x.shape[:-1] != labels.shape:
            raise ShapeError(
                f"softmax_cross_entropy: x has shape {x.shape} but labels has {labels.shape}; "
                f"labels.shape must equal x.shape[:-1]"
            )
        x = x.reshape(-1, x.shape[-1])
        labels = labels.reshape(-1)
        n = len(labels)
        if not n:
            raise ShapeError(
                "softmax_cross_entropy: there are no rows, so there is no mean of them"
            )
        # as unsigned numbers, negative labels are large: one look finds both kinds of wrong label
        if np.maximum.reduce(labels.view(f"u{labels.itemsize}")) >= x.shape[1]:
            raise ArgumentError(_wrong_label(labels, x.shape[1]))
        rows = np.arange(n)
        top = x[rows, x.argmax(axis=1)]  # which is quicker than x.max(axis=1)
        shifted = x - top[:, None]
        e = np.exp(shifted)
        total = np.add.reduce(e, axis=1)
        # for the first-order rule; a differentiable pass computes the softmax anew
        self.exponentials = e, total, rows
        return np.add.reduce(np.log(total) - shifted[rows, labels]) / n

    def backward(self, gy):
        (x,) = self.saved
        labels = self.labels.reshape(-1)
        e, total, rows = self.exponentials
        scale = gy / len(labels)
        if isinstance(x, binding.Variable):
            p = Softmax(-1)(x.reshape(-1, x.shape[-1]))
            onehot = np.zeros(p.shape, p.dtype)
            onehot[rows, labels] = 1
            return ((p - onehot) * scale).reshape(x.shape)
        gx = e * (scale / total)[:, None]
        gx[rows, labels] -= scale
        return gx if x.ndim == 2 else gx.reshape(x.shape)


def mean_squared_error(prediction: ArrayLike, target: ArrayLike) -> Variable:
    """Mean of the squared differences, over all values: ``mean((prediction - target)**2)``.

    Parameters
    ----------
    prediction, target : array_like
        Of the same shape; both are differentiable.

    Raises
    ------
    ShapeError
        If the shapes differ: broadcasting here is nearly always a mistake.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.mean_squared_error([1.0, 2.0], [1.0, 4.0])
    Variable(2.0)
    """
    return apply(MeanSquaredError(), prediction, target)


def softmax_cross_entropy(x: ArrayLike, labels: ArrayLike) -> Variable:
    """Cross entropy of the softmax of `x` against class labels, the mean over all rows.

    ``y = mean(log(sum(exp(row))) - row[label])``, without overflow.

    Parameters
    ----------
    x : array_like, shape (..., n_classes)
        Scores (logits), as the last layer gives them: without a softmax of its own.
    labels : array_like of int, shape (...)
        The right class of each row, from 0 to ``n_classes - 1``.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DtypeError
        If the labels are no integers.
    ArgumentError
        If a label is no class.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.softmax_cross_entropy([[0.0, 0.0], [1000.0, 0.0]], [1, 0])
    Variable(0.34657359027997264)
    """
    where = "softmax_cross_entropy"
    labels = np.asarray(as_operand(getattr(labels, "_data", labels), where))
    if labels.dtype.kind not in "iu":
        raise DtypeError(
            f"{where}: labels have dtype {labels.dtype}; they must be integers, the numbers of the "
            f"classes: labels.astype(int)"
        )
    return apply(SoftmaxCrossEntropy(labels), x)


def _wrong_label(labels: Any, n_classes: int) -> str:
    wrong = labels[(labels < 0) | (labels >= n_classes)][0]
    return (
        f"softmax_cross_entropy: there is a label {wrong}, but x has {n_classes} classes; labels "
        f"must lie within 0..{n_classes - 1}"
    )
