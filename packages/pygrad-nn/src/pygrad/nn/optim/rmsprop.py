"""RMSprop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop: the gradient, in units of the average size of the gradients.

    ``s = alpha s + (1 - alpha) g**2``, ``p = p - lr g / (sqrt(s) + eps)``.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The learning rate.
    alpha : float
        How much of the average of the squares is kept, within [0, 1].
    eps : float
        Keeps the divisor from 0.
    weight_decay : float
        Times the values of the parameters, it is added to their gradients.
    momentum : float
        The share of the last step that goes on in this one.
    centered : bool
        Whether the variance of the gradients takes the place of their mean square.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Tieleman and Hinton, "Lecture 6.5 - RMSprop", Coursera 2012; centered as in Graves, "Generating
    sequences with recurrent neural networks", arXiv:1308.0850, equations 38 to 41.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.RMSprop([x], lr=0.01)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4)
    array([0.9])
    """

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.alpha = checked_number(self, "alpha", alpha, at_most=1)
        self.eps = checked_number(self, "eps", eps)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.momentum = checked_number(self, "momentum", momentum)
        self.centered = bool(centered)

    @property
    def state_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The average of the squares, and what the settings ask for."""
        average = ("average",) if self.centered else ()
        return ("square_average", *average, *(("velocity",) if self.momentum else ()))

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.alpha, 1 - self.alpha, self.eps, self.momentum, self.lr

    def update(self, out: Any, g: Any, scratch: Any, s: Any, *rest: Any) -> None:
        *others, alpha, new, eps, momentum, lr = rest
        np.multiply(s, alpha, out=s)
        np.multiply(g, g, out=out)
        np.multiply(out, new, out=out)
        np.add(s, out, out=s)
        if self.centered:
            average = others[0]
            np.multiply(average, alpha, out=average)
            np.multiply(g, new, out=out)
            np.add(average, out, out=average)
            np.multiply(average, average, out=out)
            np.subtract(s, out, out=out)
            # a variance, which rounding may make negative: then the gradients were all alike
            np.maximum(out, 0, out=out)
            np.sqrt(out, out=out)
        else:
            np.sqrt(s, out=out)
        np.add(out, eps, out=out)
        np.divide(g, out, out=out)
        if self.momentum:
            velocity = others[-1]
            np.multiply(velocity, momentum, out=velocity)
            np.add(velocity, out, out=velocity)
            np.multiply(velocity, lr, out=out)
        else:
            np.multiply(out, lr, out=out)
