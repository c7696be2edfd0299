"""AdaDelta."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["AdaDelta"]


class AdaDelta(Optimizer):
    """AdaDelta: each step is as long as the last ones were, in units of the last gradients.

    ``s = rho s + (1 - rho) g**2``, ``d = sqrt(a + eps) / sqrt(s + eps) g``,
    ``a = rho a + (1 - rho) d**2``, ``p = p - lr d``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate, 1 in the paper.
    rho : float
        How much of the averages of the squares is kept, within [0, 1].
    eps : float
        Keeps the divisor from 0, and gets the first steps going.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701, algorithm 1.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.AdaDelta([x], eps=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(3)
    array([-0.155])
    """

    state_names = ("square_average", "step_average")

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1.0,
        rho: float = 0.95,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.rho = checked_number(self, "rho", rho, at_most=1)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.lr, self.rho, 1 - self.rho, self.eps

    def update(
        self, out: Any, g: Any, scratch: Any, s: Any, a: Any, lr: Any, rho: Any, new: Any, eps: Any
    ) -> None:
        np.multiply(s, rho, out=s)
        np.multiply(g, g, out=out)
        np.multiply(out, new, out=out)
        np.add(s, out, out=s)

        np.add(s, eps, out=scratch)
        np.sqrt(scratch, out=scratch)
        np.add(a, eps, out=out)
        np.sqrt(out, out=out)
        np.divide(out, scratch, out=out)
        np.multiply(out, g, out=out)

        np.multiply(a, rho, out=a)
        np.multiply(out, out, out=scratch)
        np.multiply(scratch, new, out=scratch)
        np.add(a, scratch, out=a)
        np.multiply(out, lr, out=out)
