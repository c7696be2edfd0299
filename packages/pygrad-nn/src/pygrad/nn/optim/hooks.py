"""Hooks for `Optimizer.add_hook`: what is done to the gradients before each update."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.optim.clipping import clip_grad_norm, clip_grad_value

if TYPE_CHECKING:
    from pygrad.nn.optim.optimizer import Optimizer

__all__ = ["ClipGradNorm", "ClipGradValue", "Freeze", "WeightDecay"]

_BLOCK = 65536


class WeightDecay:
    """Add `rate` times the values of the parameters to their gradients.

    Parameters
    ----------
    rate : float
    params : iterable of Parameter or Variable, optional
        Those that decay; by default all that the optimizer has.

    Raises
    ------
    ArgumentError
        If `rate` is negative.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([4.0])
    >>> optimizer = nn.optim.SGD([x], lr=1.0)
    >>> hook = optimizer.add_hook(nn.optim.hooks.WeightDecay(0.25))
    >>> (2 * x).sum().backward()
    >>> optimizer.step()
    >>> x
    Variable([1.])
    """

    def __init__(self, rate: float, params: Iterable[Variable] | None = None) -> None:
        if not rate >= 0:
            raise ArgumentError(f"WeightDecay: rate is {rate}; it must be at least 0")
        self.rate = rate
        self.params = None if params is None else list(params)

    def __call__(self, optimizer: Optimizer) -> None:
        for p in optimizer.params if self.params is None else self.params:
            if p.grad is not None:
                g = p.grad.data
                if not g.flags.writeable:
                    p.grad = g = g.copy()
                _add_scaled(g, p.data, p.dtype.type(self.rate))


class ClipGradNorm:
    """Scale the gradients so that the norm of all of them is at most `max_norm`.

    See `clip_grad_norm`. The last norm, as it was before, is in `norm`.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([3.0, 4.0])
    >>> optimizer = nn.optim.SGD([x], lr=1.0)
    >>> hook = optimizer.add_hook(nn.optim.hooks.ClipGradNorm(1.0))
    >>> (x * x / 2).sum().backward()
    >>> optimizer.step()
    >>> x.data.round(3), hook.norm
    (array([2.4, 3.2]), 5.0)
    """

    def __init__(self, max_norm: float, norm_type: float = 2.0) -> None:
        clip_grad_norm([], max_norm, norm_type)  # which refuses what makes no sense
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.norm: float | None = None

    def __call__(self, optimizer: Optimizer) -> None:
        self.norm = clip_grad_norm(optimizer.params, self.max_norm, self.norm_type)


class ClipGradValue:
    """Limit each value of the gradients to [-clip_value, clip_value]; see `clip_grad_value`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.optim.hooks.ClipGradValue(0.5).clip_value
    0.5
    """

    def __init__(self, clip_value: float) -> None:
        clip_grad_value([], clip_value)
        self.clip_value = clip_value

    def __call__(self, optimizer: Optimizer) -> None:
        clip_grad_value(optimizer.params, self.clip_value)


class Freeze:
    """Leave some parameters as they are, for as long as the hook is there: no step, no decay.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x, y = Variable([1.0]), Variable([1.0])
    >>> optimizer = nn.optim.SGD([x, y], lr=0.25)
    >>> hook = optimizer.add_hook(nn.optim.hooks.Freeze([x]))
    >>> (x * y).sum().backward()
    >>> optimizer.step()
    >>> x, y
    (Variable([1.]), Variable([0.75]))
    >>> optimizer.remove_hook(hook)
    """

    def __init__(self, params: Iterable[Variable]) -> None:
        self.params = list(params)

    def __call__(self, optimizer: Optimizer) -> None:
        for p in self.params:
            if p.requires_grad:
                p.grad = None


def _add_scaled(g: Any, value: Any, rate: Any) -> None:
    if not (g.flags.c_contiguous and value.flags.c_contiguous):
        g += value * rate
        return
    # in blocks, for a product of the size of a large parameter would be a large array
    g, value = g.reshape(-1), value.reshape(-1)
    for start in range(0, g.size, _BLOCK):
        cut = slice(start, start + _BLOCK)
        g[cut] += value[cut] * rate
