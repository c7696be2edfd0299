"""Losses of regression as modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad import functions as F
from pygrad.nn import functional
from pygrad.nn.losses.loss import Loss

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.nn.losses.loss import Reduction

__all__ = ["GaussianNLLLoss", "HuberLoss", "L1Loss", "MSELoss", "PoissonNLLLoss", "SmoothL1Loss"]


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
