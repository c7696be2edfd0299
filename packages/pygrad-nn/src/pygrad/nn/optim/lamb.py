"""LAMB."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.nn.optim.adam import Adam

__all__ = ["LAMB"]


class LAMB(Adam):
    """LAMB: Adam's step, for each parameter as long as the parameter itself, for large batches.

    With Adam's averages, ``r = m / (1 - beta_1**t) / (sqrt(v / (1 - beta_2**t)) + eps) +
    weight_decay p``, and ``p = p - lr norm(p) / norm(r) r``. Where a norm is 0, the ratio is 1.

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
        Times the values of the parameters, it is added to the step.
    betas : (float, float), optional
        Both at once, as PyTorch has them.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    References
    ----------
    You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR
    2020, algorithm 2, with the identity as the function phi.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([3.0, 4.0])
    >>> optimizer = nn.optim.LAMB([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(4)
    array([2.6464, 3.6464])
    """

    whole = True

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        betas: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(params, lr, beta_1, beta_2, eps, weight_decay, betas=betas)

    def decay(self) -> tuple[float, float]:
        return 0.0, 1.0  # it is part of the step, see finish

    def numbers(self, step: int) -> tuple[float, ...]:
        *others, rate = super().numbers(step)
        return *others, rate / self.lr if self.lr else 0.0

    def finish(self, out: Any, p: Any, scratch: Any) -> None:
        if self.weight_decay:
            np.multiply(p, self.weight_decay, out=scratch)
            np.add(out, scratch, out=out)
        size, length = math.sqrt(np.vdot(p, p)), math.sqrt(np.vdot(out, out))
        out *= self.lr * size / length if size and length else self.lr
