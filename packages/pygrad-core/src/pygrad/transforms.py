"""Transforms: functions that take a function and give its derivative."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from pygrad.engine.backward import gradients
from pygrad.engine.checks import as_operand
from pygrad.engine.function import Function, Node, next_serial, result
from pygrad.engine.mode import enable_grad, is_recording
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.variable import Variable

__all__ = ["grad", "value_and_grad"]

# how many transforms are running the user's function: inside one, a derivative may itself be
# differentiated, through a closure even where no argument shows it
_depth: ContextVar[int] = ContextVar("pygrad_transform_depth", default=0)


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Turn `f` into a function that returns its gradient.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a single number, as a Variable of one value.
    argnums : int or sequence of int
        Which positional arguments to differentiate with respect to.

    Returns
    -------
    callable
        It takes what `f` takes, and returns the gradient with respect to the argument, or a tuple
        of them if `argnums` is a sequence: arrays for arrays, Variables for Variables. An argument
        that `f` ignores has zeros. Nothing is stored in anybody's `grad`.

    Raises
    ------
    ShapeError
        If `f` returns more than one value.
    DtypeError
        If `f` does not return a Variable.

    Examples
    --------
    >>> from pygrad import grad
    >>> float(grad(lambda x: x**3)(2.0))
    12.0
    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0
    """
    both = value_and_grad(f, argnums)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0
) -> Callable[..., tuple[Any, Any]]:
    """Turn `f` into a function that returns its value and its gradient; otherwise as `grad`.

    Examples
    --------
    >>> from pygrad import value_and_grad
    >>> value, slope = value_and_grad(lambda x: x * x)(3.0)
    >>> float(value), float(slope)
    (9.0, 6.0)
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @functools.wraps(f)
    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        chosen = [_checked_position(p, args) for p in positions]
        inside = _depth.get() > 0
        nested = inside or (is_recording() and any(map(_in_a_graph, (*args, *kwargs.values()))))
        inputs = {p: _Input.of(args[p]) for p in chosen}
        given = [inputs[i][0] if i in inputs else arg for i, arg in enumerate(args)]
        _depth.set(_depth.get() + 1)
        try:
            with enable_grad():
                y = _checked_value(f(*given, **kwargs), f)
        finally:
            _depth.set(_depth.get() - 1)
        nodes = [node for _, node, _ in inputs.values()]
        found = dict(zip(inputs, gradients(y, nodes, create_graph=nested), strict=True))
        for _, node, outer in inputs.values():
            node.edges = (outer,)
        slopes = tuple(_delivered(found[p], args[p]) for p in chosen)
        value = y if nested else y._data
        return value, slopes[0] if isinstance(argnums, int) else slopes

    return both


class _Input(Function):
    """Where the graph of one transform ends, and later joins the graph around it.

    While the transform walks, the node has no edges, like a leaf. Afterwards it is the identity,
    from the caller's Variable to the one that the user's function was given.
    """

    __slots__ = ()
    saves = ()
    requires = ""

    def backward(self, gy: Any) -> Any:
        return gy

    @classmethod
    def of(cls, x: Any) -> tuple[Variable, _Input, Node | None]:
        """The Variable for the user's function, its node, and the node of `x`."""
        outer = x._node if isinstance(x, Variable) else None
        value = x._data if outer is not None else Variable(x)._data
        node = cls()
        node.edges = ()
        node.saved = ()
        node.serial = next_serial()
        node.shape = value.shape
        return result(value, node), node, outer


def _delivered(g: Any, x: Any) -> Any:
    """The gradient in the shape, dtype and kind of the argument."""
    value = x if isinstance(x, Variable) else np.asarray(as_operand(x, "grad"))
    if g is None:
        g = np.zeros(value.shape, value.dtype)[()]
    if g.dtype != value.dtype and value.dtype.kind == "f":
        g = g.astype(value.dtype)
    if isinstance(g, Variable):
        return g if g.requires_grad or isinstance(x, Variable) else g._data
    return result(g, None) if isinstance(x, Variable) else g


def _in_a_graph(x: Any) -> bool:
    return isinstance(x, Variable) and x.requires_grad


def _checked_position(position: int, args: tuple[Any, ...]) -> int:
    if not -len(args) <= position < len(args):
        raise ArgumentError(
            f"grad: argnums names argument {position}, but the function was called with "
            f"{len(args)} positional arguments"
        )
    return position % len(args)


def _checked_value(y: Any, f: Callable[..., Any]) -> Variable:
    name = getattr(f, "__name__", "the function")
    if not isinstance(y, Variable):
        raise DtypeError(
            f"grad: {name} returned a {type(y).__name__}; it must return a Variable, computed from "
            f"its arguments with operators, pygrad.functions or NumPy's own calls"
        )
    if y.size != 1:
        raise ShapeError(
            f"grad: {name} returned a result of shape {y.shape}; it must return a single number, "
            f"for example its sum()"
        )
    return y
