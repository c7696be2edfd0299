"""Losses of regression: absolute and Huber, and the likelihoods of Poisson and of Gauss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from pygrad import functions as F
from pygrad.engine.function import Function, apply
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.loss_reduction import alike, floats, reduced

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["gaussian_nll_loss", "huber_loss", "l1_loss", "poisson_nll_loss", "smooth_l1_loss"]


class L1Loss(Function):
    """y = |a - b|; dy/da = sign(a - b) = -dy/db."""

    __slots__ = ()
    requires = "both must have the same shape"

    def forward(self, a, b):
        return np.absolute(a - b)

    def backward(self, gy):
        a, b = self.saved
        ga = gy * np.sign(a - b)
        return ga, (-ga if self.wants(1) else None)


class HuberLoss(Function):
    """y = d**2 / 2 with d = a - b, from |d| = delta on a line; dy/da = min(max(d, -delta), delta).

    All of it times `scale`.
    """

    __slots__ = ("delta", "scale")
    requires = "both must have the same shape"

    def __init__(self, delta: float, scale: float = 1.0) -> None:
        self.delta = delta
        self.scale = scale

    def forward(self, a, b):
        d = np.absolute(a - b)
        inner = np.minimum(d, self.delta)
        # d**2 / 2 inside, delta (d - delta / 2) outside, and no square of what is large
        return inner * (d - inner / 2) * self.scale

    def backward(self, gy):
        a, b = self.saved
        d = np.minimum(np.maximum(a - b, -self.delta), self.delta)
        ga = gy * (d if self.scale == 1 else d * self.scale)
        return ga, (-ga if self.wants(1) else None)


def l1_loss(
    prediction: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Mean of the absolute differences: ``mean(abs(prediction - target))``.

    Parameters
    ----------
    prediction, target : array_like
        Of the same shape; both are differentiable.
    reduction : {"mean", "sum", "none"}
        With ``"sum"``, the sum of the losses; with ``"none"``, each of them.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If `reduction` is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.l1_loss([1.0, 2.0], [1.0, 4.0])
    Variable(1.0)
    """
    a, b = alike("l1_loss", prediction=prediction, target=target)
    return reduced(apply(L1Loss(), a, b), reduction, "l1_loss")


def huber_loss(
    prediction: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "sum", "none"] = "mean",
    delta: float = 1.0,
) -> Variable:
    """Squared where the difference is small, absolute where it is large, so outliers count less.

    With ``d = prediction - target``: ``d**2 / 2`` up to ``abs(d) = delta``, from there
    ``delta * (abs(d) - delta / 2)``.

    Parameters
    ----------
    prediction, target, reduction
        As in `l1_loss`.
    delta : float

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If `delta` is not positive.

    References
    ----------
    Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.huber_loss([1.0, 2.0], [1.5, 5.0], reduction="none")
    Variable([0.125 2.5  ])
    """
    if not delta > 0:
        raise ArgumentError(f"huber_loss: delta is {delta}; it must be positive")
    a, b = alike("huber_loss", prediction=prediction, target=target)
    return reduced(apply(HuberLoss(delta), a, b), reduction, "huber_loss")


def smooth_l1_loss(
    prediction: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "sum", "none"] = "mean",
    beta: float = 1.0,
) -> Variable:
    """The Huber loss over `beta`: absolute differences, with a round bottom.

    With ``d = prediction - target``: ``d**2 / (2 beta)`` up to ``abs(d) = beta``, from there
    ``abs(d) - beta / 2``.

    Parameters
    ----------
    prediction, target, reduction
        As in `l1_loss`.
    beta : float
        With 0 it is the `l1_loss`.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If `beta` is negative.

    References
    ----------
    Girshick, "Fast R-CNN", ICCV 2015, equation 3.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.smooth_l1_loss([1.0, 2.0], [1.5, 5.0], reduction="none", beta=2.0)
    Variable([0.0625 2.    ])
    """
    if not beta >= 0:
        raise ArgumentError(f"smooth_l1_loss: beta is {beta}; it must be at least 0")
    a, b = alike("smooth_l1_loss", prediction=prediction, target=target)
    rule = HuberLoss(beta, 1 / beta) if beta else L1Loss()
    return reduced(apply(rule, a, b), reduction, "smooth_l1_loss")


def poisson_nll_loss(
    x: ArrayLike,
    target: ArrayLike,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Negative logarithm of the likelihood of counts that follow Poisson distributions.

    ``exp(x) - target * x``, where `x` is the logarithm of the expected count; without `log_input`,
    ``x - target * log(x + eps)``.

    Parameters
    ----------
    x, target : array_like
        Of the same shape; both are differentiable.
    log_input : bool
        Whether `x` is a logarithm. Its exponential is infinite above some 709 (88 in float32).
    full : bool
        Whether to add ``log(target!)``, in Stirling's approximation, where the target is above 1.
    eps : float
        Keeps the logarithm from 0.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.poisson_nll_loss([0.0, 1.0], [1.0, 2.0], reduction="none")
    Variable([1.         0.71828183])
    """
    where = "poisson_nll_loss"
    a, t = alike(where, x=x, target=target)
    if log_input:
        with np.errstate(over="ignore"):
            y = F.exp(a) - t * a
    else:
        y = a - t * F.log(a + eps)
    if full:
        large = t.data > 1
        safe = F.where(large, t, 2.0)
        stirling = safe * F.log(safe) - safe + 0.5 * F.log(2 * math.pi * safe)
        y = y + F.where(large, stirling, 0.0)
    return reduced(y, reduction, where)


def gaussian_nll_loss(
    prediction: ArrayLike,
    target: ArrayLike,
    var: ArrayLike,
    full: bool = False,
    eps: float = 1e-6,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Negative logarithm of the likelihood of values that follow Gauss distributions.

    ``(log(v) + (prediction - target)**2 / v) / 2`` with ``v = max(var, eps)``.

    Parameters
    ----------
    prediction, target : array_like
        Of the same shape; both are differentiable.
    var : array_like
        The variances: of the same shape, or one for each row, as ``(..., 1)`` or ``(...)``, or a
        single one. Where `eps` takes their place the gradient goes to them all the same.
    full : bool
        Whether to add ``log(2 pi) / 2``.
    eps : float
        The smallest variance.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If a variance is negative.

    References
    ----------
    Nix and Weigend, "Estimating the mean and variance of the target probability distribution",
    ICNN 1994.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.gaussian_nll_loss([1.0, 2.0], [1.0, 4.0], [1.0, 4.0], reduction="none")
    Variable([0.         1.19314718])
    """
    where = "gaussian_nll_loss"
    a, t = alike(where, prediction=prediction, target=target)
    v = floats(var, where)
    if v.shape == a.shape[:-1] and v.shape != a.shape:
        v = F.expand_dims(v, -1)
    elif v.ndim and v.shape != a.shape and v.shape != (*a.shape[:-1], 1):
        raise ShapeError(
            f"{where}: var has shape {v.shape} but prediction has {a.shape}; it must be the same, "
            f"or one for each row, or a single number"
        )
    if (v.data < 0).any():
        raise ArgumentError(f"{where}: a variance is negative; a network may give its logarithm")
    # the gradient passes by the limit
    v = v + (np.maximum(v.data, eps) - v.data)
    y = 0.5 * (F.log(v) + F.square(a - t) / v)
    if full:
        y = y + 0.5 * math.log(2 * math.pi)
    return reduced(y, reduction, where)
