"""What goes into a module's call, what comes out, and what is remembered of it.

A module takes plain data and gives Variables. Of its last call it remembers enough to repeat it
with other data, which is how pictures are drawn: no array, and nothing that keeps a graph alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad import Variable, as_variable
from pygrad.engine.checks import as_operand
from pygrad.engine.function import result
from pygrad.exceptions import DtypeError
from pygrad.nn.tree import float_dtype

if TYPE_CHECKING:
    from pygrad.nn.tree import Owner

__all__ = ["Call", "Spec", "as_input", "as_inputs", "as_outputs", "remembered"]

_PLAIN = (type(None), bool, int, float, complex, str)


class Spec(NamedTuple):
    """The shape and the dtype of a Variable that was there."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def zeros(self) -> Variable:
        """A constant like it."""
        return Variable(np.zeros(self.shape, self.dtype), requires_grad=False)


class Call(NamedTuple):
    """The arguments of a call (see `Module.last_call`).

    Attributes
    ----------
    args : tuple
        The positional ones: a `Spec` for a Variable; None, a number or a string as it was; ``...``
        for anything else.
    kwargs : dict
        Those by name, likewise.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def inputs(self) -> tuple[Spec, ...]:
        """The Variables that went in, in order."""
        given = (*self.args, *self.kwargs.values())
        return tuple(arg for arg in given if isinstance(arg, Spec))

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shape of each Variable that went in."""
        return tuple(spec.shape for spec in self.inputs)

    @property
    def input_dtypes(self) -> tuple[np.dtype[Any], ...]:
        """The dtype of each Variable that went in."""
        return tuple(spec.dtype for spec in self.inputs)


def remembered(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """What is remembered of a call with these arguments."""
    return Call(tuple(map(_spec, args)), {name: _spec(x) for name, x in kwargs.items()})


def as_inputs(
    owner: Owner, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, plain data among them as constant Variables.

    The first argument is data whatever it is. Of the others, arrays and lists of numbers are; what
    else a forward pass may want, such as None or the name of a mode, is handed on as it is.
    """
    first = tuple([as_input(x, owner) for x in args[:1]])
    others = tuple([_maybe_data(x, owner) for x in args[1:]])
    return first + others, {name: _maybe_data(x, owner) for name, x in kwargs.items()}


def as_input(x: Any, owner: Owner) -> Any:
    """The first argument of a call: data whatever it is, as a constant Variable."""
    if x.__class__ is np.ndarray and x.dtype.kind in "biuf":
        return _constant(x, owner)
    if isinstance(x, Variable) or (isinstance(x, (tuple, list)) and _holds_variables(x)):
        return x
    where = type(owner).__name__
    if isinstance(x, dict):
        raise DtypeError(
            f"{where}: expected numbers, got a dict; hand its values over one by one: "
            f"model(x, mask=mask)"
        )
    return _constant(np.asarray(as_operand(x, where)), owner)


def as_outputs(y: Any, where: str) -> Any:
    """What `forward` returned, every array in it as a Variable; one of several may be None."""
    if isinstance(y, Variable):
        return y
    if isinstance(y, (np.ndarray, np.generic, int, float, complex)):
        return as_variable(y)
    if isinstance(y, dict):
        return {name: _as_output(item, where) for name, item in y.items()}
    if isinstance(y, (tuple, list)):
        items = [_as_output(item, where) for item in y]
        return type(y)(*items) if hasattr(y, "_fields") else type(y)(items)
    hint = "; is a `return` missing?" if y is None else ""
    raise DtypeError(
        f"{where}.forward returned {'None' if y is None else f'a {type(y).__name__}'}; it must "
        f"return a Variable, an array, or a tuple, list or dict of them{hint}"
    )


def _as_output(item: Any, where: str) -> Any:
    return None if item is None else as_outputs(item, where)


def _maybe_data(x: Any, owner: Owner) -> Any:
    if isinstance(x, np.ndarray):
        return _constant(as_operand(x, type(owner).__name__), owner)
    if isinstance(x, list) and x and not _holds_variables(x):
        try:
            array = np.asarray(x)
        except (ValueError, TypeError):
            return x
        if array.dtype.kind in "biufc":
            return _constant(array, owner)
    return x


def _constant(array: Any, owner: Owner) -> Variable:
    # float data take the weights' dtype, or a float64 batch would turn the whole net to float64
    if array.dtype.kind == "f":
        wanted = float_dtype(owner)
        if wanted is not None and array.dtype != wanted:
            array = array.astype(wanted)
    return result(array, None)  # type: ignore[no-any-return]


def _holds_variables(items: Any) -> bool:
    return any(isinstance(item, Variable) for item in items)


def _spec(x: Any) -> Any:
    if isinstance(x, Variable):
        return Spec(x.shape, x.dtype)
    return x if isinstance(x, _PLAIN) else ...
