"""Losses of classification: likelihoods of classes, and margins between their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pygrad import functions as F
from pygrad.engine.operands import value_of
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.loss_reduction import (
    alike,
    constant,
    floats,
    labels_of,
    mean_of,
    reduced,
)  # fmt: skip

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["cross_entropy", "multi_margin_loss", "nll_loss", "soft_margin_loss"]


def cross_entropy(
    x: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Literal["mean", "sum", "none"] = "mean",
    label_smoothing: float = 0.0,
) -> Variable:
    """Cross entropy of the softmax of `x` over its second axis: `softmax_cross_entropy`, elsewhere.

    This is PyTorch's layout, ``(n, classes, height, width)``; `softmax_cross_entropy` has the
    classes last. For ``(n, classes)`` they are the same.

    Parameters
    ----------
    x : array_like, shape (n_classes,), (n, n_classes) or (n, n_classes, ...)
        Scores (logits).
    target : array_like of int, shape (), (n,) or (n, ...); or of float, of the shape of `x`
        The right classes, or a probability for each class.
    weight, ignore_index, reduction, label_smoothing
        As in `softmax_cross_entropy`.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If a label is no class, or an argument is out of its range.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cross_entropy([[0.0, 0.0], [1000.0, 0.0]], [1, 0])
    Variable(0.34657359027997264)
    """
    scores = floats(x, "cross_entropy")
    plain: Any = value_of(target)
    if scores.ndim > 2:
        if np.shape(plain) == scores.shape:  # probabilities
            target = F.moveaxis(target, 1, -1)
        scores = F.moveaxis(scores, 1, -1)
    return F.softmax_cross_entropy(
        scores, target, weight, ignore_index=ignore_index, label_smoothing=label_smoothing,
        reduction=reduction,
    )  # fmt: skip


def nll_loss(
    x: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Negative logarithm of the likelihood of classes: the mean of ``-x[target]``.

    Parameters
    ----------
    x : array_like, shape (n_classes,), (n, n_classes) or (n, n_classes, ...)
        Logarithms of probabilities, as `log_softmax` gives them.
    target : array_like of int, shape (), (n,) or (n, ...)
        The right classes.
    weight : array_like, shape (n_classes,), optional
        A factor for each class; the mean divides by the sum of those of the targets.
    ignore_index : int
        What has this target counts nowhere. If all has it, the mean is NaN.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    DtypeError
        If the target does not consist of integers.
    ArgumentError
        If a target is no class.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.nll_loss([[-0.5, -2.0], [-3.0, -0.25]], [0, 1])
    Variable(0.375)
    """
    where = "nll_loss"
    scores, labels = _rows(x, target, where)
    n_classes = scores.shape[-1]
    counted = labels != ignore_index
    chosen = np.where(counted, labels, 0)
    _check_labels(chosen, n_classes, where)
    weights = constant(weight, scores, where)
    if weights is not None and weights.shape != (n_classes,):
        raise ShapeError(f"{where}: weight has shape {weights.shape}, for {n_classes} classes")
    factors = counted.astype(scores.dtype) if weights is None else counted * weights[chosen]
    picked = F.take_along_axis(scores, chosen[..., None], -1)[..., 0]
    y = F.where(counted, -picked, 0.0) * factors
    if reduction != "mean":
        return reduced(y, reduction, where)
    return mean_of(y, factors.sum() or np.nan, where)


def multi_margin_loss(
    x: ArrayLike,
    target: ArrayLike,
    p: Literal[1, 2] = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Hinge loss of several classes: by how much the others come near the right one.

    For each row, the sum over the other classes i of ``max(0, margin - x[target] + x[i])**p``,
    over the number of classes.

    Parameters
    ----------
    x : array_like, shape (n_classes,) or (n, n_classes)
        Scores.
    target : array_like of int, shape () or (n,)
        The right classes.
    p : {1, 2}
    margin : float
    weight : array_like, shape (n_classes,), optional
        A factor for each class.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If `p` is neither 1 nor 2, or a target is no class.

    References
    ----------
    Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines", JMLR 2 (2001), with the sum in place of the maximum, as Weston and Watkins, 1999.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.multi_margin_loss([[1.0, 0.5, 3.0]], [2])
    Variable(0.0)
    """
    where = "multi_margin_loss"
    if p not in (1, 2):
        raise ArgumentError(f"{where}: p is {p!r}; it must be 1 or 2")
    scores, labels = _rows(x, target, where)
    n_classes = scores.shape[-1]
    _check_labels(labels, n_classes, where)
    right = F.take_along_axis(scores, labels[..., None], -1)
    terms = F.relu(margin - right + scores)
    terms = F.where(np.arange(n_classes) == labels[..., None], 0.0, terms)
    y = (F.square(terms) if p == 2 else terms).sum(axis=-1) / n_classes
    weights = constant(weight, scores, where)
    return reduced(y if weights is None else y * weights[labels], reduction, where)


def soft_margin_loss(
    x: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Logistic loss of scores against the signs 1 and -1: ``log(1 + exp(-target * x))``.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.soft_margin_loss([0.0, 10000.0], [1.0, -1.0], reduction="none")
    Variable([6.93147181e-01 1.00000000e+04])
    """
    a, t = alike("soft_margin_loss", x=x, target=target)
    return reduced(F.softplus(-t * a), reduction, "soft_margin_loss")


def _rows(x: ArrayLike, target: ArrayLike, where: str) -> tuple[Variable, Any]:
    """The scores with the classes last, and the labels."""
    scores, labels = floats(x, where), labels_of(target, where)
    if scores.ndim > 2:
        scores = F.moveaxis(scores, 1, -1)
    if not scores.ndim or labels.shape != scores.shape[:-1]:
        raise ShapeError(
            f"{where}: x has shape {np.shape(value_of(x))} but target has {labels.shape}; target "
            f"must have the shape of x without the axis of the classes, which is the second"
        )
    return scores, labels


def _check_labels(labels: Any, n_classes: int, where: str) -> None:
    wrong = labels[(labels < 0) | (labels >= n_classes)]
    if wrong.size:
        raise ArgumentError(
            f"{where}: there is a target {wrong.flat[0]}, but x has {n_classes} classes; targets "
            f"must lie within 0..{n_classes - 1}"
        )
