"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["SGD"]


class SGD(Optimizer):
    """Stochastic gradient descent with momentum: ``v = momentum v + g``, ``p = p - lr v``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate.
    momentum : float
        The share of the last step that goes on in this one; 0 for plain gradient descent.
    dampening : float
        How much less than its whole a gradient counts in `v`, after the first one.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.
    nesterov : bool
        Whether the step is ``g + momentum v``: the gradient as if the step had been taken.

    Raises
    ------
    ArgumentError
        If a setting is negative or no finite number, or Nesterov momentum has none or is dampened.

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

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-2,
        momentum: float = 0.9,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.momentum = checked_number(self, "momentum", momentum)
        self.dampening = checked_number(self, "dampening", dampening)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.nesterov = bool(nesterov)
        if nesterov and (dampening or not momentum):
            raise ArgumentError(
                f"SGD: nesterov needs a momentum, which is {momentum}, and no dampening, which is "
                f"{dampening}"
            )

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Without momentum there is nothing to remember."""
        return ("velocity",) if self.momentum else ()

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.lr, self.momentum, 1.0 if step == 1 else 1 - self.dampening

    def update(self, out: Any, g: Any, scratch: Any, *rest: Any) -> None:
        *velocity, lr, momentum, new = rest
        for v in velocity:  # one, or without momentum none
            np.multiply(v, momentum, out=v)
            np.add(v, np.multiply(g, new, out=out) if self.dampening else g, out=v)
            if self.nesterov:
                np.multiply(v, momentum, out=scratch)
                g = np.add(scratch, g, out=scratch)
            else:
                g = v
        np.multiply(g, lr, out=out)
