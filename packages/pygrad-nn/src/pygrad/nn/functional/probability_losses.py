"""Losses of probabilities: of "yes", and of whole distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pygrad import functions as F
from pygrad.engine.function import Function, apply
from pygrad.engine.ops.activation import Sigmoid
from pygrad.engine.ops.smooth_activation import Softplus
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.loss_reduction import alike, constant, mean_of, reduced

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div"]


class BinaryCrossEntropy(Function):
    """y = -t log(p) - (1 - t) log(1 - p); dy/dp = (p - t) / (p (1 - p)).

    A logarithm is at least -100, and the divisor at least 1e-12, as in PyTorch.
    """

    __slots__ = ()
    requires = "both must have the same shape"

    def forward(self, p, t):
        with np.errstate(divide="ignore"):
            yes, no = np.log(p), np.log1p(-p)
        return (t - 1) * np.maximum(no, -100) - t * np.maximum(yes, -100)

    def backward(self, gy):
        p, t = self.saved
        gp = gy * (p - t) / np.maximum(p * (1 - p), 1e-12) if self.wants(0) else None
        if not self.wants(1):
            return gp, None
        with np.errstate(divide="ignore"):
            yes, no = np.log(p), np.log1p(-p)
        return gp, gy * (np.maximum(no, -100) - np.maximum(yes, -100))


class BinaryCrossEntropyWithLogits(Function):
    """y = w t log(1 + exp(-x)) + (1 - t) log(1 + exp(x)); dy/dx = (1 + (w - 1) t) s(x) - w t."""

    __slots__ = ("weight",)
    requires = "x and target must have the same shape, and pos_weight must broadcast with them"

    def __init__(self, weight: Any = None) -> None:
        self.weight = weight

    def forward(self, x, t):
        tail = np.log1p(np.exp(-np.absolute(x)))
        if self.weight is None:
            return np.maximum(x, 0) - x * t + tail
        of_yes = tail + np.maximum(-x, 0)
        return self.weight * t * of_yes + (1 - t) * (tail + np.maximum(x, 0))

    def backward(self, gy):
        x, t = self.saved
        w = 1 if self.weight is None else self.weight
        gx = gy * ((1 + (w - 1) * t) * Sigmoid().on(x) - w * t) if self.wants(0) else None
        if not self.wants(1):
            return gx, None
        return gx, gy * (w * Softplus().on(-x) - Softplus().on(x))


class KlDiv(Function):
    """y = t (log(t) - x), 0 where t = 0; dy/dx = -t, dy/dt = log(t) + 1 - x."""

    __slots__ = ()
    requires = "both must have the same shape"

    def forward(self, x, t):
        with np.errstate(divide="ignore", invalid="ignore"):
            y = t * (np.log(t) - x)
        return np.where(t == 0, 0, y)

    def backward(self, gy):
        x, t = self.saved
        gx = -gy * t if self.wants(0) else None
        return gx, (gy * (np.log(t) + 1 - x) if self.wants(1) else None)


def binary_cross_entropy(
    p: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Cross entropy of probabilities of "yes": ``-target log(p) - (1 - target) log(1 - p)``.

    `binary_cross_entropy_with_logits`, of the scores before the sigmoid, is more accurate. Here
    each logarithm is at least -100, so that the loss is finite.

    Parameters
    ----------
    p, target : array_like
        Of the same shape, within [0, 1]; both are differentiable.
    weight : array_like, optional
        A factor for each loss; it broadcasts.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If `p` is no probability.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.binary_cross_entropy([0.5, 1.0], [1.0, 0.0], reduction="none")
    Variable([  0.69314718 100.        ])
    """
    where = "binary_cross_entropy"
    p, t = alike(where, p=p, target=target)
    if ((p.data < 0) | (p.data > 1)).any():
        raise ArgumentError(
            f"{where}: p has values outside of [0, 1]; is a sigmoid missing? "
            f"binary_cross_entropy_with_logits takes the scores as they are"
        )
    return _weighted(apply(BinaryCrossEntropy(), p, t), weight, reduction, where)


def binary_cross_entropy_with_logits(
    x: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
    pos_weight: ArrayLike | None = None,
) -> Variable:
    """Cross entropy of the sigmoid of `x`, without overflow.

    ``pos_weight * target * log(1 + exp(-x)) + (1 - target) * log(1 + exp(x))``.

    Parameters
    ----------
    x : array_like
        Scores (logits), as the last layer gives them.
    target : array_like
        Of the same shape, within [0, 1]; both are differentiable.
    weight : array_like, optional
        A factor for each loss; it broadcasts.
    reduction : {"mean", "sum", "none"}
    pos_weight : array_like, optional
        A factor for the "yes" part, as one for each class; it broadcasts.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.binary_cross_entropy_with_logits([0.0, 10000.0], [1.0, 0.0], reduction="none")
    Variable([6.93147181e-01 1.00000000e+04])
    """
    where = "binary_cross_entropy_with_logits"
    a, t = alike(where, x=x, target=target)
    rule = BinaryCrossEntropyWithLogits(constant(pos_weight, a, where))
    return _weighted(apply(rule, a, t), weight, reduction, where)


def kl_div(
    x: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "batchmean", "sum", "none"] = "mean",
    log_target: bool = False,
) -> Variable:
    """Kullback-Leibler divergence: ``target * (log(target) - x)``, where `x` is a logarithm, too.

    Parameters
    ----------
    x : array_like
        Logarithms of probabilities.
    target : array_like
        Probabilities, of the same shape; both are differentiable.
    reduction : {"mean", "batchmean", "sum", "none"}
        ``"batchmean"``, the sum over the first axis' length, is what the name of the loss means.
    log_target : bool
        Whether the target is logarithms: ``exp(target) * (target - x)``.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.kl_div(np.log([[0.5, 0.5]]), [[1.0, 0.0]], reduction="batchmean")
    Variable(0.6931471805599453)
    """
    where = "kl_div"
    a, t = alike(where, x=x, target=target)
    y = F.exp(t) * (t - a) if log_target else apply(KlDiv(), a, t)
    if reduction == "batchmean":
        return mean_of(y, y.shape[0] if y.ndim else 1, where)
    return reduced(y, reduction, where)


def _weighted(y: Variable, weight: ArrayLike | None, reduction: str, where: str) -> Variable:
    factors = constant(weight, y, where)
    if factors is None:
        return reduced(y, reduction, where)
    try:
        same = np.broadcast_shapes(factors.shape, y.shape) == y.shape
    except ValueError:
        same = False
    if not same:
        raise ShapeError(
            f"{where}: weight has shape {factors.shape} but the losses {y.shape}; it must broadcast"
        )
    return reduced(y * factors, reduction, where)
