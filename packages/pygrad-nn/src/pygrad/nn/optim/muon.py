"""Muon."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.optim.optimizer import Optimizer, checked_number

__all__ = ["Muon"]


class Muon(Optimizer):
    """Muon: momentum whose matrix is made orthogonal before it is subtracted, for hidden layers.

    ``m = momentum m + (1 - momentum) g``, ``p = (1 - lr weight_decay) p - rate O(m)``, where O
    takes the singular values of a matrix to about 1. Other parameters (vectors, embeddings, the
    last layer) are left to another optimizer, such as `AdamW`.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        Matrices alone, or groups of them with settings of their own.
    lr : float
        The learning rate.
    weight_decay : float
        By which share of themselves, times `lr`, the parameters shrink in a step.
    momentum : float
        How much of `m` is kept.
    nesterov : bool
        Whether ``momentum m + (1 - momentum) g`` takes the place of `m` in the step.
    ns_coefficients : (float, float, float)
        Of the polynomial ``a x + b x**3 + c x**5`` that takes the singular values to about 1.
    eps : float
        Keeps the divisor of the norm from 0.
    ns_steps : int
        How often the polynomial is applied.
    adjust_lr_fn : {"original", "match_rms_adamw"}
        The rate for a matrix of shape (n, m): ``lr * sqrt(max(1, n / m))``, the default; or
        ``0.2 * lr * sqrt(max(n, m))``, which suits the learning rate of AdamW.

    Notes
    -----
    The iteration is carried out in the parameters' own precision; PyTorch does it in bfloat16. The
    shape is taken as it stands: `W` of `Linear` is (in, out), and PyTorch's weight (out, in).

    Raises
    ------
    ArgumentError
        If a parameter is no matrix, or a setting is outside its range.

    References
    ----------
    Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; Liu et al.,
    "Muon is scalable for LLM training", arXiv:2502.16982, for ``"match_rms_adamw"``.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Variable, nn
    >>> W = Variable(np.eye(2))
    >>> optimizer = nn.optim.Muon([W], lr=0.1, weight_decay=0.0)
    >>> (W * W).sum().backward()
    >>> optimizer.step()
    >>> bool(abs(W.data - 0.9 * np.eye(2)).max() < 0.05)
    True
    """

    state_names = ("m",)
    decoupled_weight_decay = True
    whole = True

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: Literal["original", "match_rms_adamw"] | None = None,
    ) -> None:
        super().__init__(params)
        _check_matrices(self.params)
        self.lr = checked_number(self, "lr", lr)
        self.weight_decay = checked_number(self, "weight_decay", weight_decay)
        self.momentum = checked_number(self, "momentum", momentum, at_most=1)
        self.nesterov = bool(nesterov)
        a, b, c = (float(x) for x in ns_coefficients)
        self.ns_coefficients = a, b, c
        self.eps = checked_number(self, "eps", eps)
        self.ns_steps = int(checked_number(self, "ns_steps", ns_steps))
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ArgumentError(
                f"Muon: adjust_lr_fn is {adjust_lr_fn!r}; it must be 'original' or "
                f"'match_rms_adamw'"
            )
        self.adjust_lr_fn = adjust_lr_fn
        self._squares: dict[Any, Any] = {}

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        if isinstance(group, Mapping) and isinstance(group.get("params"), (list, tuple)):
            _check_matrices(group["params"])
        super().add_param_group(group)

    def numbers(self, step: int) -> tuple[float, ...]:
        return self.momentum, 1 - self.momentum

    def update(self, out: Any, g: Any, scratch: Any, m: Any, momentum: Any, new: Any) -> None:
        np.multiply(m, momentum, out=m)
        np.multiply(g, new, out=out)
        np.add(m, out, out=m)
        if self.nesterov:
            np.multiply(m, momentum, out=scratch)
            np.add(out, scratch, out=out)
        else:
            np.copyto(out, m)

    def finish(self, out: Any, p: Any, scratch: Any) -> None:
        if not out.size:
            return
        rows, columns = out.shape
        a, b, c = self.ns_coefficients
        # the product of the matrix with itself is taken on its shorter side
        n = min(rows, columns)
        x, y = scratch.reshape(n, -1), out.reshape(n, -1)
        np.copyto(x, out if rows <= columns else out.T)
        x /= max(math.sqrt(np.vdot(x, x)), self.eps)
        square, fourth = self._square_buffers(n, out.dtype)
        for _ in range(self.ns_steps):
            np.matmul(x, x.T, out=square)
            np.matmul(square, square, out=fourth)
            fourth *= c
            square *= b
            square += fourth
            np.matmul(square, x, out=y)
            x *= a
            x += y
        np.copyto(out, x if rows <= columns else x.T)
        if self.adjust_lr_fn == "match_rms_adamw":
            out *= self.lr * 0.2 * math.sqrt(max(rows, columns))
        else:
            out *= self.lr * math.sqrt(max(1, rows / columns))

    def _square_buffers(self, n: int, dtype: Any) -> Any:
        if (n, dtype) not in self._squares:
            self._squares[n, dtype] = np.empty((2, n, n), dtype)
        return self._squares[n, dtype]


def _check_matrices(params: Iterable[Any]) -> None:
    for i, p in enumerate(params):
        if isinstance(p, Variable) and p.ndim != 2:
            raise ArgumentError(
                f"Muon: item {i} of params has shape {p.shape}; it trains matrices alone, so give "
                f"the others to another optimizer: [p for p in model.params() if p.ndim == 2]"
            )
