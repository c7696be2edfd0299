"""NAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.adam import average
from pygrad.nn.optim.optimizer import Optimizer, checked_betas, checked_number

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """NAdam: Adam with Nesterov momentum, which grows to `beta_1` as training goes on.

    With ``mu[t] = beta_1 (1 - 0.96**(t momentum_decay) / 2)`` and P[t] the product of the first t
    of them, the step is ``lr (mu[t + 1] m / (1 - P[t + 1]) + (1 - mu[t]) g / (1 - P[t]))`` over
    ``sqrt(v / (1 - beta_2**t)) + eps``, with Adam's averages `m` and `v`.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate.
    beta_1, beta_2 : float
        How much of the averages of the gradient and of its square is kept, within [0, 1).
    eps : float
        Keeps the divisor from 0.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.
    momentum_decay : float
        How fast the momentum grows.
    decoupled_weight_decay : bool
        Whether the parameters shrink by ``lr * weight_decay`` of themselves instead, as in AdamW.
    betas : (float, float), optional
        Both at once, as PyTorch has them.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.NAdam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> bool(x.data < 1)
    True
    """

    state_names = ("m", "v")

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 2e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1, self.beta_2 = checked_betas(self, beta_1, beta_2, betas)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.momentum_decay = checked_number(self, "momentum_decay", momentum_decay)
        self.decoupled_weight_decay = bool(decoupled_weight_decay)
        self._products: dict[tuple[float, float, int], float] = {}

    def numbers(self, step: int) -> tuple[float, ...]:
        beta_1, beta_2 = self.beta_1, self.beta_2
        root = math.sqrt(1 - beta_2**step)
        mu, following = self._momentum(step), self._momentum(step + 1)
        product = self._product(step)
        of_g = (1 - mu) / (1 - product) * root
        of_m = following / (1 - product * following) * root
        return beta_1, 1 - beta_1, beta_2, 1 - beta_2, self.eps * root, of_m / of_g, of_g * self.lr

    def update(
        self, out: Any, g: Any, scratch: Any, m: Any, v: Any,
        beta_1: Any, new_1: Any, beta_2: Any, new_2: Any, eps: Any, ratio: Any, rate: Any,
    ) -> None:  # fmt: skip
        average(out, g, m, v, beta_1, new_1, beta_2, new_2)
        np.sqrt(v, out=scratch)
        np.add(scratch, eps, out=scratch)
        np.multiply(m, ratio, out=out)
        np.add(out, g, out=out)
        np.multiply(out, rate, out=out)
        np.divide(out, scratch, out=out)

    def _momentum(self, step: int) -> float:
        return self.beta_1 * float(1 - 0.5 * 0.96 ** (step * self.momentum_decay))

    def _product(self, step: int) -> float:
        # found from the last step's, or anew after a load: it follows from the settings alone
        settings = self.beta_1, self.momentum_decay
        before = self._products.get((*settings, step - 1))
        if before is None:
            before = math.prod(map(self._momentum, range(1, step)))
        product = before * self._momentum(step)
        if len(self._products) > 100:
            self._products.clear()
        self._products[(*settings, step)] = product
        return product
