"""Guarded gradients: those for which 0 * inf is 0, in a walk that passes a mask (see masking.py).

Only what is 0 * inf or 0 * NaN becomes 0. A zero that meets a finite derivative is an ordinary
number, with derivatives of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.function import Function, next_serial, result
from pygrad.engine.masking import note_masking

__all__ = ["Guarded", "Guarding", "any_nan", "guarded", "masked", "unguarded"]


class Guarded(np.ndarray[Any, Any]):
    """A gradient for which 0 * inf, 0 * NaN, 0 / 0 and 0 / NaN are 0, in products of matrices too.

    The zero has to be the gradient's: an infinite gradient times a derivative of 0 is NaN. Nothing
    is ever a NumPy scalar here, for a scalar would lose the kind.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, binding.Variable) for x in inputs):
            return NotImplemented
        out = kwargs.get("out")
        if out is not None:
            kwargs["out"] = tuple(map(_bare, out))
        with np.errstate(divide="ignore", invalid="ignore"):
            y = getattr(ufunc, method)(*map(_bare, inputs), **kwargs)
            if method == "__call__" and ufunc in _PRODUCTS:
                a, b = inputs
                mended = _PRODUCTS[ufunc](a, b, y)
                if out is not None and mended is not y:
                    y[...] = mended
                y = mended
        return out[0] if out is not None else _as_guarded(y)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if func not in _SUMS_OF_PRODUCTS:
            return super().__array_function__(func, types, args, kwargs)
        bare = tuple(map(_bare, args))
        with np.errstate(invalid="ignore"):
            y = func(*bare, **kwargs)
            return _as_guarded(_sums_of_products(func, args, bare, kwargs, y))


def _products(a: Any, b: Any, y: Any) -> Any:
    zero = np.isnan(y) & (_zeros(a) | _zeros(b))
    return np.where(zero, y.dtype.type(0), y) if zero.any() else y


def _quotients(a: Any, b: Any, y: Any) -> Any:
    zero = np.isnan(y) & _zeros(a)
    return np.where(zero, y.dtype.type(0), y) if zero.any() else y


def _matrix_products(a: Any, b: Any, y: Any) -> Any:
    """A result is NaN because of guarded zeros if it is a number without what they meet."""
    if not np.isnan(y).any():
        return y
    finite = [np.where(np.isfinite(x), x, 0) for x in (a, b)]
    # whether anything that is not finite meets something that is not a guarded zero
    odd = [~np.isfinite(x) for x in (a, b)]
    alive = [~_zeros(x) & np.ones(np.shape(x), bool) for x in (a, b)]
    spoilt = (odd[0] @ alive[1]) | (alive[0] @ odd[1])
    return np.where(spoilt, y, finite[0] @ finite[1])


def _sums_of_products(func: Any, args: Any, bare: Any, kwargs: Any, y: Any) -> Any:
    """The same of any number of operands, for a function that is linear in each of them."""
    if not np.isnan(y).any():
        return y
    operands = [i for i, x in enumerate(bare) if isinstance(x, np.ndarray)]
    finite, alive = list(bare), list(bare)
    for i in operands:
        finite[i] = np.where(np.isfinite(bare[i]), bare[i], 0)
        alive[i] = np.where(_zeros(args[i]), 0.0, np.ones(bare[i].shape))
    spoilt = np.zeros(y.shape)
    for i in operands:
        odd = np.where(np.isfinite(bare[i]), 0.0, 1.0)
        spoilt = spoilt + func(*alive[:i], odd, *alive[i + 1 :], **kwargs)
    return np.where(spoilt > 0, y, func(*finite, **kwargs))


_SUMS_OF_PRODUCTS = frozenset({np.einsum, np.tensordot})

_PRODUCTS: dict[Any, Callable[[Any, Any, Any], Any]] = {
    np.multiply: _products,
    np.divide: _quotients,
    np.matmul: _matrix_products,
}


def _zeros(x: Any) -> Any:
    return _bare(x) == 0 if isinstance(x, Guarded) else np.False_


def _bare(x: Any) -> Any:
    return x.view(np.ndarray) if isinstance(x, Guarded) else x


def _as_guarded(y: Any) -> Any:
    if isinstance(y, tuple):
        return tuple(map(_as_guarded, y))
    if y is None:
        return None  # of ufunc.at
    y = np.asarray(y)
    return y.view(Guarded) if y.dtype.kind in "fc" else y


def guarded(g: Any) -> Any:
    """The gradient as a guarded one; in a Variable if it is one."""
    if isinstance(g, binding.Variable):
        return result(_as_guarded(g._data), g._node)
    return _as_guarded(g) if isinstance(g, (np.ndarray, np.generic)) else g


def unguarded(g: Any) -> Any:
    """The gradient as a plain one, for those outside of the walk."""
    if isinstance(g, binding.Variable):
        g._data = unguarded(g._data)
        return g
    # a copy, for the walk does not know which guarded arrays are somebody else's
    return np.array(_bare(g))[()] if isinstance(g, Guarded) else g


class Guarding:
    """A rule that is given guarded gradients and gives such."""

    __slots__ = ("_rule",)

    def __init__(self, rule: Any) -> None:
        self._rule = rule

    def backward(self, gy: Any) -> tuple[Any, ...]:
        """The rule's gradients."""
        gxs = self._rule.backward(guarded(gy))
        return tuple(map(guarded, gxs if gxs.__class__ is tuple else (gxs,)))


def any_nan(gradients: Iterable[Any]) -> bool:
    """Whether NaN is among the gradients."""
    for g in gradients:
        value = g._data if isinstance(g, binding.Variable) else g
        if isinstance(value, (np.ndarray, np.generic)) and np.isnan(value).any():
            return True
    return False


class Masked(Function):
    """y = x, the gradient from a walk that passed a mask: a walk back through it is such, too."""

    __slots__ = ()
    saves = ()
    requires = ""

    def backward(self, gy: Any) -> Any:
        """The gradient as it is, and the warning that goes before it."""
        note_masking()
        return gy


def masked(g: Any) -> Any:
    """A gradient that will be differentiated, behind a node that says where it comes from."""
    if not isinstance(g, binding.Variable) or g._node is None:
        return g
    node = Masked()
    node.edges = (g._node,)
    node.saved = ()
    node.serial = next_serial()
    node.shape = g.shape
    return result(g._data, node)
