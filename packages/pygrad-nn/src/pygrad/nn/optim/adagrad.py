"""AdaGrad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["AdaGrad"]


class AdaGrad(Optimizer):
    """AdaGrad: ``s = s + g**2``, ``p = p - lr g / (sqrt(s) + eps)``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate.
    eps : float
        Keeps the divisor from 0.
    lr_decay : float
        In step number t, counted from 0, the learning rate is ``lr / (1 + t lr_decay)``.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.
    initial_accumulator_value : float
        What `s` starts from.

    Raises
    ------
    ArgumentError
        If a setting is negative or no finite number.

    References
    ----------
    Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
    optimization", JMLR 12 (2011), with the diagonal matrix of figure 1.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.AdaGrad([x], lr=0.5)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    Variable([0.5])
    """

    state_names = ("sum",)

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-2,
        eps: float = 1e-10,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.eps = checked_number(self, "eps", eps)
        self.lr_decay = checked_number(self, "lr_decay", lr_decay)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.initial_accumulator_value = checked_number(
            self, "initial_accumulator_value", initial_accumulator_value
        )

    def start(self, name: str) -> float:
        return self.initial_accumulator_value

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.lr / (1 + (step - 1) * self.lr_decay), self.eps

    def update(self, out: Any, g: Any, scratch: Any, s: Any, lr: Any, eps: Any) -> None:
        np.multiply(g, g, out=out)
        np.add(s, out, out=s)
        np.sqrt(s, out=out)
        np.add(out, eps, out=out)
        np.divide(g, out, out=out)
        np.multiply(out, lr, out=out)
