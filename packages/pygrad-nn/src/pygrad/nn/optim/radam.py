"""RAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.adam import average
from pygrad.nn.optim.optimizer import Optimizer, checked_betas, checked_number

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """RAdam: Adam, after some steps of plain momentum, while the average of the squares is young.

    With ``r = 2 / (1 - beta_2) - 1`` and ``r[t] = r - 2 t beta_2**t / (1 - beta_2**t)``: where
    ``r[t] > 5``, Adam's step times ``sqrt((r[t] - 4) (r[t] - 2) r / ((r - 4) (r - 2) r[t]))``,
    before that ``lr m / (1 - beta_1**t)``.

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
    Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020, algorithm 2.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.RAdam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4)
    array([0.8])
    """

    state_names = ("m", "v")

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1, self.beta_2 = checked_betas(self, beta_1, beta_2, betas)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.decoupled_weight_decay = bool(decoupled_weight_decay)

    def numbers(self, step: int) -> tuple[float, ...]:
        beta_1, beta_2 = self.beta_1, self.beta_2
        rate = self.lr / (1 - beta_1**step)
        kept = beta_2**step
        r = 2 / (1 - beta_2) - 1
        now = r - 2 * step * kept / (1 - kept)
        trusted = now > 5
        if trusted:
            share = (now - 4) * (now - 2) * r / ((r - 4) * (r - 2) * now)
            rate *= math.sqrt(share * (1 - kept))
        return beta_1, 1 - beta_1, beta_2, 1 - beta_2, self.eps, rate, trusted

    def update(
        self, out: Any, g: Any, scratch: Any, m: Any, v: Any,
        beta_1: Any, new_1: Any, beta_2: Any, new_2: Any, eps: Any, rate: Any, trusted: Any,
    ) -> None:  # fmt: skip
        average(out, g, m, v, beta_1, new_1, beta_2, new_2)
        np.multiply(m, rate, out=out)
        if trusted:
            np.sqrt(v, out=scratch)
            np.add(scratch, eps, out=scratch)
            np.divide(out, scratch, out=out)
