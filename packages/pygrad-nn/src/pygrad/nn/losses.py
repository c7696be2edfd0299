"""Losses as modules, by name: for those who like to hand a loss over, and for configurations.

Each calls the function of its name; the functions say what they compute.

Examples
--------
>>> from pygrad import nn
>>> loss = nn.losses.get("CrossEntropyLoss")(label_smoothing=0.1)
>>> loss
CrossEntropyLoss(label_smoothing=0.1)
>>> round(loss([[2.0, 0.0]], [0]).item(), 4)
0.2269
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pygrad import functions as F
from pygrad.engine.ops.loss import check_reduction
from pygrad.nn import functional
from pygrad.nn.buffer import Buffer
from pygrad.nn.module import Module
from pygrad.plugins import registry as _registry

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "CTCLoss", "CosineEmbeddingLoss", "CrossEntropyLoss",
    "GaussianNLLLoss", "HingeEmbeddingLoss", "HuberLoss", "KLDivLoss", "L1Loss", "Loss",
    "MSELoss", "MarginRankingLoss", "MultiMarginLoss", "NLLLoss", "PoissonNLLLoss",
    "SmoothL1Loss", "SoftMarginLoss", "TripletMarginLoss", "get", "names",
]  # fmt: skip

Reduction: TypeAlias = Literal["mean", "sum", "none"]


class Loss(Module):
    """The base of losses: a module with a `reduction`, the mean, the sum or none.

    Raises
    ------
    ArgumentError
        If `reduction` is something else.

    Examples
    --------
    >>> from pygrad import functions as F, nn
    >>> class Quartic(nn.losses.Loss):
    ...     def forward(self, prediction, target):
    ...         return ((prediction - target) ** 4).mean()
    >>> Quartic()([1.0, 3.0], [1.0, 1.0])
    Variable(8.0)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        super().__init__()
        check_reduction(reduction, type(self).__name__)
        self.reduction: Any = reduction

    def extra_repr(self) -> str:
        import inspect

        shown = []
        for name, parameter in inspect.signature(type(self)).parameters.items():
            value = getattr(self, name)
            if isinstance(value, Buffer):
                shown.append(f"{name}={value.tolist()}")
            elif value != parameter.default:
                shown.append(f"{name}={value!r}")
        return ", ".join(shown)


def _kept(weight: ArrayLike | None) -> Buffer | None:
    # saved and loaded with the weights of a model that holds the loss
    return None if weight is None else Buffer(weight)


class MSELoss(Loss):
    """Mean squared error: `functional.mean_squared_error`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.MSELoss()([1.0, 2.0], [1.0, 4.0])
    Variable(2.0)
    """

    def forward(self, prediction: Variable, target: Variable) -> Variable:
        return F.mean_squared_error(prediction, target, self.reduction)


class L1Loss(Loss):
    """Mean absolute error: `functional.l1_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.L1Loss(reduction="sum")([1.0, 2.0], [1.0, 4.0])
    Variable(2.0)
    """

    def forward(self, prediction: Variable, target: Variable) -> Variable:
        return functional.l1_loss(prediction, target, self.reduction)


class SmoothL1Loss(Loss):
    """Absolute error with a round bottom: `functional.smooth_l1_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.SmoothL1Loss()([1.0, 2.0], [1.5, 4.0])
    Variable(0.8125)
    """

    def __init__(self, reduction: Reduction = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, prediction: Variable, target: Variable) -> Variable:
        return functional.smooth_l1_loss(prediction, target, self.reduction, self.beta)


class HuberLoss(Loss):
    """Squared error that outliers do not rule: `functional.huber_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.HuberLoss(delta=2.0)([1.0, 2.0], [1.5, 6.0])
    Variable(3.0625)
    """

    def __init__(self, reduction: Reduction = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, prediction: Variable, target: Variable) -> Variable:
        return functional.huber_loss(prediction, target, self.reduction, self.delta)


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
        self.weight = _kept(weight)
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
        self.weight = _kept(weight)
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
        self.weight = _kept(weight)

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
        self.weight = _kept(weight)
        self.pos_weight = _kept(pos_weight)

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
        self.weight = _kept(weight)

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


class PoissonNLLLoss(Loss):
    """Likelihood of counts: `functional.poisson_nll_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.PoissonNLLLoss()([0.0], [1.0])
    Variable(1.0)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        eps: float = 1e-8,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, x: Variable, target: Variable) -> Variable:
        return functional.poisson_nll_loss(
            x, target, self.log_input, self.full, self.eps, self.reduction
        )


class GaussianNLLLoss(Loss):
    """Likelihood of values with variances: `functional.gaussian_nll_loss`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.GaussianNLLLoss()([1.0], [3.0], [1.0])
    Variable(2.0)
    """

    def __init__(
        self, *, full: bool = False, eps: float = 1e-6, reduction: Reduction = "mean"
    ) -> None:
        super().__init__(reduction)
        self.full, self.eps = full, eps

    def forward(self, prediction: Variable, target: Variable, var: Variable) -> Variable:
        return functional.gaussian_nll_loss(
            prediction, target, var, self.full, self.eps, self.reduction
        )


def get(name: str) -> type[Module]:
    """The loss registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.losses.get("MSELoss").__name__
    'MSELoss'
    """
    found: type[Module] = _registry("losses").get(name)
    return found


def names() -> list[str]:
    """The names of all losses, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "CTCLoss" in nn.losses.names()
    True
    """
    return _registry("losses").names()


def __getattr__(name: str) -> Any:
    return _registry("losses").attribute(name)
