"""Adamax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_betas, checked_number

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adamax: Adam with the largest gradient of late in place of their mean square.

    ``m = beta_1 m + (1 - beta_1) g``, ``u = max(beta_2 u, abs(g) + eps)``; in step number t,
    ``p = p - lr m / (1 - beta_1**t) / u``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate.
    beta_1, beta_2 : float
        How much of `m` and of `u` is kept, within [0, 1).
    eps : float
        Keeps the divisor from 0.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.
    betas : (float, float), optional
        Both at once, as PyTorch has them.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.Adamax([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4)
    array([0.9])
    """

    state_names = ("m", "u")

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 2e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1, self.beta_2 = checked_betas(self, beta_1, beta_2, betas)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)

    def numbers(self, step: int) -> tuple[float, ...]:
        beta_1 = self.beta_1
        return beta_1, 1 - beta_1, self.beta_2, self.eps, self.lr / (1 - beta_1**step)

    def update(
        self, out: Any, g: Any, scratch: Any, m: Any, u: Any,
        beta_1: Any, new: Any, beta_2: Any, eps: Any, rate: Any,
    ) -> None:  # fmt: skip
        np.multiply(m, beta_1, out=m)
        np.multiply(g, new, out=out)
        np.add(m, out, out=m)
        np.multiply(u, beta_2, out=u)
        np.absolute(g, out=out)
        np.add(out, eps, out=out)
        np.maximum(u, out, out=u)
        np.divide(m, u, out=out)
        np.multiply(out, rate, out=out)
