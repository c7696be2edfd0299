"""Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["Adam"]


class Adam(Optimizer):
    """Adam: the average gradient, in units of the average size of the gradients.

    ``m = beta_1 m + (1 - beta_1) g``, ``v = beta_2 v + (1 - beta_2) g**2``; in step number t,
    ``p = p - lr m / (1 - beta_1**t) / (sqrt(v / (1 - beta_2**t)) + eps)``.

    Parameters
    ----------
    params : iterable of Parameter or Variable
        As ``model.params()``.
    lr : float
        The learning rate.
    beta_1, beta_2 : float
        How much of the averages of the gradient and of its square is kept, within [0, 1).
    eps : float
        Keeps the divisor from 0.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; the
    corrections are in the step's length, as at the end of section 2, with `eps` scaled to match.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.Adam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4)
    array([0.9])
    """

    state_names = ("m", "v")

    def __init__(
        self,
        params: Iterable[Variable],
        lr: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-7,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1 = checked_number(self, "beta_1", beta_1, below=1)
        self.beta_2 = checked_number(self, "beta_2", beta_2, below=1)
        self.eps = checked_number(self, "eps", eps)

    def numbers(self, step: int) -> tuple[float, ...]:
        beta_1, beta_2 = self.beta_1, self.beta_2
        root = math.sqrt(1 - beta_2**step)
        rate = self.lr * root / (1 - beta_1**step)
        return beta_1, 1 - beta_1, beta_2, 1 - beta_2, self.eps * root, rate

    def update(
        self, out: Any, g: Any, scratch: Any, m: Any, v: Any,
        beta_1: Any, new_1: Any, beta_2: Any, new_2: Any, eps: Any, rate: Any,
    ) -> None:  # fmt: skip
        np.multiply(m, beta_1, out=m)
        np.multiply(g, new_1, out=out)
        np.add(m, out, out=m)
        np.multiply(v, beta_2, out=v)
        np.multiply(g, g, out=out)
        np.multiply(out, new_2, out=out)
        np.add(v, out, out=v)
        np.sqrt(v, out=out)
        np.add(out, eps, out=out)
        np.divide(m, out, out=out)
        np.multiply(out, rate, out=out)
