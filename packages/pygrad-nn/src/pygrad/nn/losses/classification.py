"""Losses of classification as modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pygrad.nn import functional
from pygrad.nn.losses.loss import Loss, kept

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike
    from pygrad.nn.losses.loss import Reduction

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CrossEntropyLoss",
    "KLDivLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "SoftMarginLoss",
]


class CrossEntropyLoss(Loss):
    """Cross entropy of the softmax of scores: `functional.cross_entropy`, classes as axis 1.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.CrossEntropyLoss()([[0.0, 0.0]], [1])
    Variable(0.69314718...)
    """

    def __init__(
        self,
        weight: ArrayLike | None = None,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.cross_entropy(
            x, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss(Loss):
    """Negative logarithm of the likelihood of classes: `functional.nll_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.NLLLoss()([[-0.5, -2.0]], [0])
    Variable(0.5)
    """

    def __init__(
        self,
        weight: ArrayLike | None = None,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.ignore_index = ignore_index

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.nll_loss(x, target, self.weight, self.ignore_index, self.reduction)


class BCELoss(Loss):
    """Cross entropy of probabilities of "yes": `functional.binary_cross_entropy`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.BCELoss()([0.5], [1.0])
    Variable(0.69314718...)
    """

    def __init__(self, weight: ArrayLike | None = None, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.weight = kept(weight)

    def forward(self, p: Variable, target: Variable) -> Variable:
        return functional.binary_cross_entropy(p, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Loss):
    """Cross entropy of the sigmoid of scores: `functional.binary_cross_entropy_with_logits`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.BCEWithLogitsLoss(pos_weight=[2.0])([0.0], [1.0])
    Variable(1.38629436...)
    """

    def __init__(
        self,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
        pos_weight: ArrayLike | None = None,
    ) -> None:
        super().__init__(reduction)
        self.weight = kept(weight)
        self.pos_weight = kept(pos_weight)

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.binary_cross_entropy_with_logits(
            x, target, self.weight, self.reduction, self.pos_weight
        )


class KLDivLoss(Loss):
    """Kullback-Leibler divergence: `functional.kl_div`; the `reduction` may be ``"batchmean"``.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.KLDivLoss(reduction="batchmean")([[-0.5, -1.0]], [[0.0, 1.0]])
    Variable(1.0)
    """

    def __init__(
        self,
        reduction: Literal["mean", "batchmean", "sum", "none"] = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__("mean" if reduction == "batchmean" else reduction)
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.kl_div(x, target, self.reduction, self.log_target)


class MultiMarginLoss(Loss):
    """Hinge loss of several classes: `functional.multi_margin_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.MultiMarginLoss()([[1.0, 0.5, 2.5]], [0])
    Variable(1.0)
    """

    def __init__(
        self,
        p: Literal[1, 2] = 1,
        margin: float = 1.0,
        weight: ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.p: Any = p
        self.margin = margin
        self.weight = kept(weight)

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.multi_margin_loss(
            x, target, self.p, self.margin, self.weight, self.reduction
        )


class SoftMarginLoss(Loss):
    """Logistic loss of scores against signs: `functional.soft_margin_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.SoftMarginLoss()([0.0], [1.0])
    Variable(0.69314718...)
    """

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.soft_margin_loss(x, target, self.reduction)


class CTCLoss(Loss):
    """Loss of a sequence of unknown alignment: `functional.ctc_loss`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> loss = nn.CTCLoss()(np.log(np.full((2, 1, 2), 0.5)), [[1]], [2], [1])
    >>> float(np.exp(-loss.data).round(6))
    0.75
    """

    def __init__(
        self, blank: int = 0, reduction: Reduction = "mean", zero_infinity: bool = False
    ) -> None:
        super().__init__(reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(
        self, log_probs: Variable, targets: Any, input_lengths: Any, target_lengths: Any
    ) -> Variable:
        return functional.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
            self.zero_infinity,
        )  # fmt: skip
