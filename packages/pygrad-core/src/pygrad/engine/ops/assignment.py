"""Assignment: ``x[index] = value`` inside a computation that is differentiated.

A graph knows no change in place. So the Variable is given a new node, that of the array after the
write, and the old node keeps its meaning for whoever used it before.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.checks import NUMBERS, as_operand
from pygrad.engine.function import Function, apply
from pygrad.engine.kernels.scatter import names_places_once
from pygrad.engine.masking import note_masking
from pygrad.engine.mode import is_recording
from pygrad.engine.ops.indexing import frozen
from pygrad.exceptions import DtypeError, GraphError, UnsupportedError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["set_item", "target"]


class SetItem(Function):
    """y = x but for y[index] = value; there x has the gradient 0, and value has that of y."""

    saves = ()
    requires = "the value must broadcast to the shape of what it is assigned to"

    def __init__(self, index: Any, in_place: bool = False) -> None:
        self.index = index
        self.in_place = in_place

    def forward(self, x, value):
        y = x if self.in_place else np.array(x)
        y[self.index] = value
        return y

    def backward(self, gy):
        gx = gv = None
        note_masking()
        if self.wants(0):
            gx = SetItem(self.index).on(gy, np.zeros((), gy.dtype))
        if self.wants(1):
            gv = gy[self.index]
            if not names_places_once(self.index):
                gv = gv * _last_written(self.index, self.shape)
            gv = sum_to_shape(gv, self.edges[1].shape)
        return gx, gv


def set_item(variable: Variable, index: Any, value: ArrayLike) -> None:
    """What ``variable[index] = value`` means (see `Variable.__setitem__`)."""
    index = frozen(index)
    new: Any = value if isinstance(value, binding.Variable) else as_operand(value, "assignment")
    _refuse_lossy(variable, new)
    if not is_recording() or (variable._node is None and getattr(new, "_node", None) is None):
        # `data` first: of a single number it makes an array that can be written to
        SetItem(index, in_place=True).forward(variable.data, getattr(new, "_data", new))
        return
    alone = _is_alone(variable)
    if not alone:
        _refuse_view(variable)
    name = variable.name
    written = apply(SetItem(index, in_place=alone), variable, new)
    variable._data, variable._node = written._data, written._node
    variable.name = name


def target(x: Any, where: str) -> Variable:
    """`x`, which is to be written to; an array cannot hold what a Variable knows."""
    if not isinstance(x, binding.Variable):
        raise UnsupportedError(
            f"{where}: an array cannot be updated in place by a Variable, whose gradients it could "
            f"not hold; write a = a + x for a += x, or make the array a Variable first: "
            f"a = as_variable(a)"
        )
    variable: Variable = x
    return variable


def _last_written(index: Any, shape: tuple[int, ...]) -> Any:
    """Where an index names a place several times, only what was written there last counts."""
    order = np.empty(shape, np.intp)
    written = order[index]
    turns = np.arange(written.size).reshape(written.shape)
    order[index] = turns
    return order[index] == turns


def _is_alone(variable: Any) -> bool:
    """Whether nobody but the Variable holds its array, so that it may be written to."""
    array = variable._data
    return array.__class__ is np.ndarray and array.base is None and _references(variable) <= _ALONE


def _references(variable: Any) -> int:
    return sys.getrefcount(variable._data)


class _Holder:
    __slots__ = ("_data",)
    _data: Any


def _references_of_one_held_alone() -> int:
    holder = _Holder()
    holder._data = np.empty(1)
    array = holder._data
    return _references(holder) if array is not None else 0


# measured, for how many references a call makes of its own differs from one Python to the next
_ALONE = _references_of_one_held_alone()


def _refuse_view(variable: Any) -> None:
    node = variable._node
    base = getattr(variable._data, "base", None)
    if base is not None and isinstance(node, Function) and not node.begins:
        raise GraphError(
            "assignment: this Variable is a view of another, which would not see what is "
            "written; assign to the other one, x[0, 1] = a instead of x[0][1] = a, or to a copy of "
            "the view, +v"
        )


def _refuse_lossy(variable: Any, value: Any) -> None:
    if value.__class__ in NUMBERS:
        value = np.asarray(value)
    if not np.can_cast(value.dtype, variable.dtype, "same_kind"):
        raise DtypeError(
            f"assignment: the Variable holds {variable.dtype} and the value {value.dtype}, which "
            f"would lose a part of it; convert the Variable first: x = x.astype({value.dtype})"
        )
