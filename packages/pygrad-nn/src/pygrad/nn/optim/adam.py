"""Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_betas, checked_number

__all__ = ["Adam", "average"]


class Adam(Optimizer):
    """Adam: the average gradient, in units of the average size of the gradients.

    ``m = beta_1 m + (1 - beta_1) g``, ``v = beta_2 v + (1 - beta_2) g**2``; in step number t,
    ``p = p - lr m / (1 - beta_1**t) / (sqrt(v / (1 - beta_2**t)) + eps)``.

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
    amsgrad : bool
        Whether the largest `v` so far takes the place of `v` in the step.
    decoupled_weight_decay : bool
        Whether the parameters shrink by ``lr * weight_decay`` of themselves instead, as in `AdamW`.
    betas : (float, float), optional
        Both at once, as PyTorch has them.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; the
    corrections are in the step's length, as at the end of section 2, with `eps` scaled to match.
    Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018, for `amsgrad`.

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

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-7,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        decoupled_weight_decay: bool = False,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.beta_1, self.beta_2 = checked_betas(self, beta_1, beta_2, betas)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.amsgrad = bool(amsgrad)
        self.decoupled_weight_decay = bool(decoupled_weight_decay)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The averages, and with `amsgrad` the largest of the second."""
        return ("m", "v", "v_max") if self.amsgrad else ("m", "v")

    def numbers(self, step: int) -> tuple[float, ...]:
        beta_1, beta_2 = self.beta_1, self.beta_2
        root = math.sqrt(1 - beta_2**step)
        rate = self.lr * root / (1 - beta_1**step)
        return beta_1, 1 - beta_1, beta_2, 1 - beta_2, self.eps * root, rate

    def update(self, out: Any, g: Any, scratch: Any, m: Any, v: Any, *rest: Any) -> None:
        *v_max, beta_1, new_1, beta_2, new_2, eps, rate = rest
        average(out, g, m, v, beta_1, new_1, beta_2, new_2)
        for largest in v_max:  # one, or none
            v = np.maximum(largest, v, out=largest)
        np.sqrt(v, out=out)
        np.add(out, eps, out=out)
        np.divide(m, out, out=out)
        np.multiply(out, rate, out=out)


def average(
    out: Any, g: Any, m: Any, v: Any, beta_1: Any, new_1: Any, beta_2: Any, new_2: Any
) -> None:
    """Take a gradient into the averages of Adam and its kin; `out` is free to use."""
    np.multiply(m, beta_1, out=m)
    np.multiply(g, new_1, out=out)
    np.add(m, out, out=m)
    np.multiply(v, beta_2, out=v)
    np.multiply(g, g, out=out)
    np.multiply(out, new_2, out=out)
    np.add(v, out, out=v)
