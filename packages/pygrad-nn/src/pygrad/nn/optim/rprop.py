"""Rprop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.optim.optimizer import Optimizer, checked_number, checked_numbers

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Rprop: steps whose length depends on the signs of the gradients alone, for whole batches.

    Where the gradient has the sign of the last one, the step grows by the second of `etas`; where
    it has the other sign, the step shrinks by the first, and this time nothing moves.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        As ``model.params()``, or groups with settings of their own.
    lr : float
        The length of the first step.
    etas : (float, float)
        By what a step shrinks, below 1, and by what it grows, above 1.
    step_sizes : (float, float)
        The shortest and the longest step.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP
    algorithm", ICNN 1993; in the form of Igel and Hüsken, 2000, without weight backtracking.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([1.0])
    >>> optimizer = nn.optim.Rprop([x], lr=0.1)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (x * x).sum().backward()
    ...     optimizer.step()
    >>> x.data.round(4)
    array([0.78])
    """

    state_names = ("last", "length")

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
    ) -> None:
        super().__init__(params)
        self.lr = checked_number(self, "lr", lr)
        self.etas = checked_numbers(self, "etas", etas, 2)
        self.step_sizes = checked_numbers(self, "step_sizes", step_sizes, 2)
        if not 0 < self.etas[0] < 1 < self.etas[1]:
            raise ArgumentError(f"Rprop: etas is {etas}; they must be below 1 and above 1")

    def start(self, name: str) -> float:
        return self.lr if name == "length" else 0.0

    def numbers(self, step: int) -> tuple[float, ...]:
        return (*self.etas, *self.step_sizes)

    def update(
        self, out: Any, g: Any, scratch: Any, last: Any, length: Any,
        shrink: Any, grow: Any, shortest: Any, longest: Any,
    ) -> None:  # fmt: skip
        np.sign(g, out=scratch)
        np.sign(last, out=out)
        np.multiply(out, scratch, out=out)  # 1, 0 or -1, with no overflow
        np.copyto(last, g)
        chosen = scratch.view(np.bool_)[: out.size]  # a mask needs no memory of its own
        np.less(out, 0, out=chosen)
        np.copyto(last, 0, where=chosen)
        np.multiply(length, shrink, out=length, where=chosen)
        np.greater(out, 0, out=chosen)
        np.multiply(length, grow, out=length, where=chosen)
        np.clip(length, shortest, longest, out=length)
        np.sign(last, out=out)
        np.multiply(out, length, out=out)
