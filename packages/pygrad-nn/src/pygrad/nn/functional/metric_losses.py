"""Losses of pairs and triples: what belongs together comes near, what does not moves apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pygrad import functions as F
from pygrad.engine.operands import value_of
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.loss_reduction import alike, reduced

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "cosine_embedding_loss", "hinge_embedding_loss", "margin_ranking_loss", "triplet_margin_loss",
]  # fmt: skip


def hinge_embedding_loss(
    x: ArrayLike,
    target: ArrayLike,
    margin: float = 1.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Loss of distances: ``x`` where the target is 1, ``max(0, margin - x)`` where it is -1.

    Parameters
    ----------
    x : array_like
        Distances.
    target : array_like
        Of the same shape: 1 or -1.
    margin : float
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If a target is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.hinge_embedding_loss([0.5, 0.25, 3.0], [1, -1, -1], reduction="none")
    Variable([0.5  0.75 0.  ])
    """
    where = "hinge_embedding_loss"
    a, _ = alike(where, x=x, target=target)
    signs = _signs(target, where)
    return reduced(F.where(signs == 1, a, F.relu(margin - a)), reduction, where)


def margin_ranking_loss(
    x1: ArrayLike,
    x2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Loss of an order: ``max(0, margin - target * (x1 - x2))``; target 1 wants `x1` higher.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If a target is neither 1 nor -1.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.margin_ranking_loss([1.0, 2.0], [3.0, 0.0], [1, 1], reduction="none")
    Variable([2. 0.])
    """
    where = "margin_ranking_loss"
    a, b, _ = alike(where, x1=x1, x2=x2, target=target)
    signs = _signs(target, where).astype(a.dtype)
    return reduced(F.relu(margin - signs * (a - b)), reduction, where)


def cosine_embedding_loss(
    x1: ArrayLike,
    x2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Loss of angles: ``1 - cos(x1, x2)`` where the target is 1, else ``max(0, cos - margin)``.

    Parameters
    ----------
    x1, x2 : array_like, shape (d,) or (n, d)
    target : array_like, shape () or (n,)
        1 or -1.
    margin : float
        Within [-1, 1].
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    ArgumentError
        If a target is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cosine_embedding_loss([[3.0, 4.0], [1.0, 0.0]], [[4.0, 3.0], [0.0, 1.0]], [1, -1])
    Variable(0.02...)
    """
    where = "cosine_embedding_loss"
    a, b = alike(where, x1=x1, x2=x2)
    signs = _signs(target, where)
    if not a.ndim or signs.shape != a.shape[:-1]:
        raise ShapeError(
            f"{where}: x1 has shape {a.shape} but target has {signs.shape}; target.shape must "
            f"equal x1.shape[:-1]"
        )
    # two roots, for the product of the two sums may overflow
    lengths = F.sqrt(F.square(a).sum(-1) + 1e-12) * F.sqrt(F.square(b).sum(-1) + 1e-12)
    cosine = (a * b).sum(-1) / lengths
    return reduced(F.where(signs == 1, 1 - cosine, F.relu(cosine - margin)), reduction, where)


def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Loss of distances: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``.

    Parameters
    ----------
    anchor, positive, negative : array_like, shape (d,) or (n, d)
    margin : float
        By how much the negative one should be farther away.
    p : float
        The distance is the p-norm of the difference.
    eps : float
        Is added to each difference, so that the distance has a gradient everywhere.
    swap : bool
        Whether the distance from the positive to the negative counts where it is the shorter one.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        If the shapes differ.
    ArgumentError
        If `margin` or `p` is not positive.

    References
    ----------
    Balntas, Riba, Ponsa and Mikolajczyk, "Learning local feature descriptors with triplets and
    shallow convolutional neural networks", BMVC 2016.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.triplet_margin_loss([[0.0]], [[1.0]], [[3.0]], margin=4.0, eps=0.0)
    Variable(2.0)
    """
    where = "triplet_margin_loss"
    if not (margin > 0 and p > 0):
        raise ArgumentError(f"{where}: margin is {margin} and p {p}; they must be positive")
    a, b, c = alike(where, anchor=anchor, positive=positive, negative=negative)
    far = _distance(a, c, p, eps)
    if swap:
        far = F.minimum(far, _distance(b, c, p, eps))
    return reduced(F.relu(_distance(a, b, p, eps) - far + margin), reduction, where)


def _distance(a: Variable, b: Variable, p: float, eps: float) -> Variable:
    d = a - b + eps
    if p == 2:
        return F.sqrt(F.square(d).sum(-1))
    if p == math.inf:
        return F.abs(d).max(axis=-1)
    return F.abs(d).sum(-1) if p == 1 else (F.abs(d) ** p).sum(-1) ** (1 / p)


def _signs(target: Any, where: str) -> Any:
    signs = np.asarray(value_of(target))
    if not (np.absolute(signs) == 1).all():
        raise ArgumentError(f"{where}: the target holds something else than 1 and -1")
    return signs
