"""Clipping of gradients: by the norm of all of them, or value by value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ArgumentError, GradientError

__all__ = ["clip_grad_norm", "clip_grad_value"]


def clip_grad_norm(
    params: Iterable[Variable] | Variable,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale the gradients, in place, so that the norm of all their values is at most `max_norm`.

    Parameters
    ----------
    params : iterable of Parameter or Variable
        Those without a gradient count as 0.
    max_norm : float
    norm_type : float
        2 for the usual norm, ``math.inf`` for the largest value.
    error_if_nonfinite : bool
        Whether to refuse gradients with NaN or infinities in them.

    Returns
    -------
    norm : float
        As it was before.

    Raises
    ------
    ArgumentError
        If `max_norm` is negative, or `norm_type` is not positive.
    GradientError
        If the norm is not finite, and `error_if_nonfinite` is set.

    References
    ----------
    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML
    2013, algorithm 1; with 1e-6 in the divisor, as in PyTorch.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([3.0, 4.0])
    >>> (x * x / 2).sum().backward()
    >>> nn.optim.clip_grad_norm([x], 1.0)
    5.0
    >>> x.grad.data.round(3)
    array([0.6, 0.8])
    """
    if not max_norm >= 0 or not norm_type > 0:
        raise ArgumentError(
            f"clip_grad_norm: max_norm is {max_norm} and norm_type {norm_type}; they must be "
            f"positive"
        )
    gradients = _gradients(params)
    norm = _norm(gradients, float(norm_type))
    if error_if_nonfinite and not math.isfinite(norm):
        raise GradientError(
            f"clip_grad_norm: the norm of the gradients is {norm}; a value is NaN or infinite, "
            f"so there is nothing to scale to"
        )
    factor = max_norm / (norm + 1e-6)
    if not factor >= 1:  # NaN goes on to the parameters, as it would without clipping
        for g in gradients:
            g *= factor
    return norm


def clip_grad_value(params: Iterable[Variable] | Variable, clip_value: float) -> None:
    """Limit each value of the gradients to [-clip_value, clip_value], in place.

    Raises
    ------
    ArgumentError
        If `clip_value` is negative.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([3.0, -0.25])
    >>> (x * x / 2).sum().backward()
    >>> nn.optim.clip_grad_value([x], 0.5)
    >>> x.grad
    Variable([ 0.5  -0.25])
    """
    if not clip_value >= 0:
        raise ArgumentError(f"clip_grad_value: clip_value is {clip_value}; it must be positive")
    for g in _gradients(params):
        np.clip(g, -clip_value, clip_value, out=g)


def _gradients(params: Iterable[Variable] | Variable) -> list[Any]:
    several = [params] if isinstance(params, Variable) else params
    gradients = []
    for p in several:
        if p.grad is not None:
            g = p.grad.data
            if not g.flags.writeable:
                p.grad = g = g.copy()
            gradients.append(g)
    return gradients


def _norm(gradients: list[Any], kind: float) -> float:
    gradients = [g for g in gradients if g.size]
    if not gradients:
        return 0.0
    if kind == math.inf:
        # np.max over the numbers, for Python's max loses NaN
        return float(np.max([np.max(np.abs(g)) for g in gradients]))
    if kind == 2:
        norm = math.sqrt(sum(float(np.vdot(g, g).real) for g in gradients))
        if norm and math.isfinite(norm):
            return norm
    largest = float(np.max([np.max(np.abs(g)) for g in gradients]))
    if not largest or not math.isfinite(largest):
        return largest
    # in units of the largest, whose power cannot overflow
    total = sum(float((np.abs(g / largest) ** kind).sum()) for g in gradients)
    return largest * float(total ** (1 / kind))
