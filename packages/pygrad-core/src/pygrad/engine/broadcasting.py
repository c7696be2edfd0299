"""Elementwise functions of several operands, and the way back from a broadcast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from pygrad.engine.checks import as_operand
from pygrad.engine.function import Function, Node

__all__ = ["Elementwise", "sum_to_shape"]


class Elementwise(Function):
    """A function of several operands that broadcast against one another.

    Python numbers stay Python numbers, so that they never widen a float32 operand. Whether an
    operand was broadcast is decided once, in the forward pass, by choosing the node's class:
    `rule` itself, or the twin `rule.broadcast` that sums each gradient back to its operand's shape.
    """

    __slots__ = ("shapes",)
    shapes: Sequence[tuple[int, ...]]
    requires = "the shapes must broadcast together"
    broadcast: ClassVar[type[Elementwise]]

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(ufunc=ufunc, **kwargs)
        if "broadcast" not in cls.__dict__ and _Broadcasting not in cls.__mro__:
            twin = {"__slots__": (), "__doc__": cls.__doc__, "__module__": cls.__module__}
            cls.broadcast = type(cls.__name__, (_Broadcasting, cls), twin)

    def _record(
        self, edges: tuple[Node | None, ...], shape: Any, arrays: list[Any], y: tuple[Any, ...]
    ) -> None:
        super()._record(edges, shape, arrays, y)
        for edge, array in zip(edges, arrays, strict=True):
            if edge is not None and array.shape != shape:
                self.__class__ = self.broadcast
        if self.__class__ is self.broadcast:  # now, or in an earlier call of this object
            self.shapes = [np.shape(array) for array in arrays]

    def _constant(self, x: Any) -> Any:
        return as_operand(x, self)


class _Broadcasting(Function):
    """What `Elementwise.broadcast` puts in front of a rule."""

    __slots__ = ()
    requires = ""

    def backward(self, gy: Any) -> Any:
        gradients = super().backward(gy)
        return tuple(
            None if g is None or edge is None else sum_to_shape(g, shape)
            for g, edge, shape in zip(gradients, self.edges, self.shapes, strict=True)  # type: ignore[attr-defined]
        )


def sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` over the axes along which an operand of `shape` was broadcast."""
    if g.shape == shape:
        return g
    added = g.ndim - len(shape)
    axes = tuple(i for i in range(g.ndim) if i < added or (shape[i - added] == 1 != g.shape[i]))
    return g.sum(axis=axes, keepdims=True).reshape(shape)
