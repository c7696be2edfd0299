"""Losses of pairs and triples as modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad.nn import functional
from pygrad.nn.losses.loss import Loss

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.nn.losses.loss import Reduction

__all__ = ["CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "TripletMarginLoss"]


class HingeEmbeddingLoss(Loss):
    """Loss of distances: `functional.hinge_embedding_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.HingeEmbeddingLoss()([0.5, 0.25], [1, -1])
    Variable(0.625)
    """

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.hinge_embedding_loss(x, target, self.margin, self.reduction)


class MarginRankingLoss(Loss):
    """Loss of an order: `functional.margin_ranking_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.MarginRankingLoss(margin=0.5)([1.0], [3.0], [1])
    Variable(2.5)
    """

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x1: Variable, x2: Variable, target: Variable) -> Variable:
        return functional.margin_ranking_loss(x1, x2, target, self.margin, self.reduction)


class CosineEmbeddingLoss(Loss):
    """Loss of angles: `functional.cosine_embedding_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.CosineEmbeddingLoss()([[1.0, 0.0]], [[0.0, 1.0]], [1])
    Variable(1.0)
    """

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x1: Variable, x2: Variable, target: Variable) -> Variable:
        return functional.cosine_embedding_loss(x1, x2, target, self.margin, self.reduction)


class TripletMarginLoss(Loss):
    """Loss of distances in triples: `functional.triplet_margin_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.TripletMarginLoss(margin=4.0, eps=0.0)([[0.0]], [[1.0]], [[3.0]])
    Variable(2.0)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Variable, positive: Variable, negative: Variable) -> Variable:
        return functional.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )
