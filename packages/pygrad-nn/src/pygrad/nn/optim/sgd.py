"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent with momentum: ``v = momentum v + g``, ``p = p - lr v``.

    Parameters
    ----------
    params : iterable of Parameter or Variable
        As ``model.params()``.
    lr : float
        The learning rate.
    momentum : float
        The share of the last step that goes on in this one; 0 for plain gradient descent.

    Raises
    ------
    ArgumentError
        If a setting is negative or no finite number.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
    learning", ICML 2013; in PyTorch's form, where `lr` stands outside of `v`.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.SGD([x], lr=0.1)
    >>> for _ in range(2):
    ...     (x * x).sum().backward()
    ...     optimizer.step()
    ...     optimizer.zero_grad()
    >>> x
    Variable([0.46])
    """

    def __init__(self, params: Iterable[Variable], lr: float = 1e-2, momentum: float = 0.9) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.momentum = checked_number(self, "momentum", momentum)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Without momentum there is nothing to remember."""
        return ("velocity",) if self.momentum else ()

    def numbers(self, step: int) -> tuple[float, ...]:
        return (self.lr, self.momentum)

    def update(self, out: Any, g: Any, scratch: Any, *rest: Any) -> None:
        *velocity, lr, momentum = rest
        for v in velocity:  # one, or without momentum none
            np.multiply(v, momentum, out=v)
            g = np.add(v, g, out=v)
        np.multiply(g, lr, out=out)
