"""Lion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_betas, checked_number

__all__ = ["Lion"]


class Lion(Optimizer):
    """Lion: steps of one length, in the direction of the sign of the average gradient.

    ``p = p - lr (sign(beta_1 m + (1 - beta_1) g) + weight_decay p)``, then
    ``m = beta_2 m + (1 - beta_2) g``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate: a third to a tenth of what suits Adam.
    beta_1, beta_2 : float
        How much of `m` counts in the step, and how much of it is kept, within [0, 1).
    weight_decay : float
        By which share of themselves, times `lr`, the parameters shrink in a step.
    betas : (float, float), optional
        Both at once, as PyTorch has them.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, program 1.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.Lion([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    Variable([0.9])
    """

    state_names = ("m",)
    decoupled_weight_decay = True

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-4,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float = 0.0,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1, self.beta_2 = checked_betas(self, beta_1, beta_2, betas)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.beta_1, 1 - self.beta_1, self.beta_2, 1 - self.beta_2, self.lr

    def update(
        self, out: Any, g: Any, scratch: Any, m: Any,
        beta_1: Any, new_1: Any, beta_2: Any, new_2: Any, lr: Any,
    ) -> None:  # fmt: skip
        np.multiply(m, beta_1, out=out)
        np.multiply(g, new_1, out=scratch)
        np.add(out, scratch, out=out)
        np.sign(out, out=out)
        np.multiply(out, lr, out=out)
        np.multiply(m, beta_2, out=m)
        np.multiply(g, new_2, out=scratch)
        np.add(m, scratch, out=m)
