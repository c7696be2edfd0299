"""The operators of arithmetic: + - * / // % ** and the signs, and the short way they go.

`short_way` does for two operands what `apply` does for any number of them, in less than half of the
time: no argument tuples, no `__init__`, and 0-d values stay NumPy scalars.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pygrad.engine import binding
from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.checks import as_operand
from pygrad.engine.function import Unary, apply_unary, next_serial
from pygrad.engine.guarding import Guarded
from pygrad.engine.mode import is_recording
from pygrad.engine.numpy_protocols import UFUNCS
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "add", "divide", "floor_divide", "multiply", "negative", "positive", "power",
    "remainder", "subtract",
]  # fmt: skip

_new = object.__new__
ndarray = np.ndarray
# operands that need no look: all else, arrays included, may hold text or objects
_CONSTANTS = frozenset({float, int, bool, complex, np.float64, np.float32, np.int64})


def short_way(rule: type[Operator]) -> Callable[[ArrayLike, ArrayLike], Variable]:
    """What applies the rule to two operands, at least one of them a Variable.

    It returns NotImplemented for an operand that keeps NumPy's hands off, by having None for an
    `__array_ufunc__`, so that Python asks it instead.
    """
    symbol, kept = rule.symbol, rule.kept  # looked up once: it takes as long as a multiplication

    def operate(a: Any, b: Any) -> Any:
        Variable = binding.Variable
        if isinstance(a, Variable):
            for_a = a._node
            a = a._data
        else:
            for_a = None
            if a.__class__ not in _CONSTANTS:
                if getattr(a, "__array_ufunc__", True) is None:
                    return NotImplemented
                a = as_operand(a, rule.__name__.lower())
        if isinstance(b, Variable):
            for_b = b._node
            b = b._data
        else:
            for_b = None
            if b.__class__ not in _CONSTANTS:
                if getattr(b, "__array_ufunc__", True) is None:
                    return NotImplemented
                b = as_operand(b, rule.__name__.lower())
        try:
            y = symbol(a, b)
        except Exception as error:
            raise rule()._explained(error, (a, b)) from error
        variable: Any = _new(Variable)
        variable._data = y
        if (for_a is None and for_b is None) or not (recording := is_recording()):
            variable._node = None
            return variable
        if y.__class__ is not ndarray and y.__class__ is not Guarded:
            shape = ()
            node: Elementwise = rule()
        elif a.__class__ is b.__class__ and (shape := a.shape) == b.shape:
            node = rule()
        else:
            shape = y.shape
            # what has a node has a shape; asking a number for one would take as long as the rest
            fits_a = for_a is None or a.shape == shape
            if fits_a and (for_b is None or b.shape == shape):
                node = rule()
            else:
                node = rule.broadcast()
                node.shapes = np.shape(a), np.shape(b)
        node.edges = (for_a, for_b)
        node.saved = () if kept is None else kept(a, b, y, for_a, for_b)
        node.serial = next_serial()
        node.shape = shape
        variable._node = node
        if recording is not True:
            recording.saw(node, (a, b), (y,))
        return variable

    return operate


class Operator(Elementwise):
    """A function of two operands that Python has an operator for."""

    __slots__ = ()
    saves: ClassVar[tuple[int, ...]] = ()
    symbol: ClassVar[Any]
    # kept(a, b, y, for_a, for_b) -> what the rule needs, in the order of `saves`; `for_a` and
    # `for_b` are None where nobody wants that gradient
    kept: ClassVar[Any] = None
    operate: ClassVar[Callable[[ArrayLike, ArrayLike], Variable]]

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if ufunc is not None:
            UFUNCS[ufunc] = cls.operate = short_way(cls)

    def forward(self, a, b):
        return self.symbol(a, b)


class Add(Operator, ufunc=np.add):
    """y = a + b."""

    __slots__ = ()
    symbol = operator.add

    def backward(self, gy):
        return gy, gy


class Subtract(Operator, ufunc=np.subtract):
    """y = a - b."""

    __slots__ = ()
    symbol = operator.sub

    def backward(self, gy):
        return gy, (-gy if self.edges[1] is not None else None)


class Multiply(Operator, ufunc=np.multiply):
    """y = a b; dy/da = b, dy/db = a."""

    __slots__ = ()
    saves = (0, 1)
    symbol = operator.mul

    @staticmethod
    def kept(a, b, y, for_a, for_b):
        return (None if for_b is None else a), (None if for_a is None else b)

    def backward(self, gy):
        a, b = self.saved
        return (None if b is None else gy * b), (None if a is None else gy * a)


class Divide(Operator, ufunc=np.divide):
    """y = a / b; dy/da = 1 / b, dy/db = -y / b."""

    __slots__ = ()
    saves = (1, -1)
    symbol = operator.truediv

    @staticmethod
    def kept(a, b, y, for_a, for_b):
        return b, (None if for_b is None else y)

    def backward(self, gy):
        b, y = self.saved
        ga = gy / b
        return ga, (None if y is None else -ga * y)


class Power(Operator, ufunc=np.power):
    """y = a ** b; dy/da = b a**(b - 1), dy/db = y log(a), and 0 where a = 0 < b."""

    __slots__ = ()
    saves = (0, 1, -1)
    symbol = operator.pow

    @staticmethod
    def kept(a, b, y, for_a, for_b):
        return a, b, (None if for_b is None else y)

    def backward(self, gy):
        a, b, y = self.saved
        ga = gb = None
        if self.edges[0] is not None:
            ga = gy * _power_slope(a, b)
        if self.edges[1] is not None:
            # y log(a) tends to 0 at a = 0, where the product of its factors is NaN
            zero = (a == 0) & (b >= 0)
            if y.dtype.kind == "c" and not np.iscomplexobj(a):
                a = a + 0j  # whose logarithm is complex, too
            gb = gy * y * np.log(a + zero) if np.any(zero) else gy * y * np.log(a)
        return ga, gb

    def _explained(self, error, arrays):
        if "integer powers" in str(error):
            return ArgumentError(f"power: {error}; use floats: x.astype(float)")
        return super()._explained(error, arrays)


def _power_slope(a: Any, b: Any) -> Any:
    """b a**(b - 1), which is 0 at b = 0 even for a = 0."""
    if isinstance(b, (int, float)):
        if b == 2:
            return a * 2
        return a * 0 if b == 0 else b * a ** (b - 1)
    zero = b == 0
    return b * a ** (b - 1 + zero) if np.any(zero) else b * a ** (b - 1)


class FloorDivide(Operator, ufunc=np.floor_divide):
    """y = floor(a / b), constant but for its jumps; the derivative is 0."""

    __slots__ = ()
    symbol = operator.floordiv

    def backward(self, gy):
        return gy * 0, gy * 0


class Remainder(Operator, ufunc=np.remainder):
    """y = a - b floor(a / b); dy/da = 1, dy/db = -floor(a / b)."""

    __slots__ = ()
    saves = (0, 1)
    symbol = operator.mod

    @staticmethod
    def kept(a, b, y, for_a, for_b):
        return (None, None) if for_b is None else (a, b)

    def backward(self, gy):
        a, b = self.saved
        return gy, (None if b is None else -gy * (a // b))


class Negative(Unary, ufunc=np.negative):
    """y = -x."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return -x

    def backward(self, gy):
        return -gy


class Positive(Unary, ufunc=np.positive):
    """y = x."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return +x

    def backward(self, gy):
        return gy


def add(a: ArrayLike, b: ArrayLike) -> Variable:
    """Add: ``y = a + b``, with NumPy's broadcasting.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.add([1, 2], 3)
    Variable([4 5])
    """
    return Add.operate(a, b)


def subtract(a: ArrayLike, b: ArrayLike) -> Variable:
    """Subtract: ``y = a - b``, with NumPy's broadcasting.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.subtract([1, 2], 3)
    Variable([-2 -1])
    """
    return Subtract.operate(a, b)


def multiply(a: ArrayLike, b: ArrayLike) -> Variable:
    """Multiply elementwise: ``y = a * b``, with NumPy's broadcasting.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.multiply([1, 2], 3)
    Variable([3 6])
    """
    return Multiply.operate(a, b)


def divide(a: ArrayLike, b: ArrayLike) -> Variable:
    """Divide elementwise: ``y = a / b``, with NumPy's broadcasting.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.divide([1, 3], 2)
    Variable([0.5 1.5])
    """
    return Divide.operate(a, b)


def power(a: ArrayLike, b: ArrayLike) -> Variable:
    """Raise to a power: ``y = a ** b``, differentiable in both.

    The gradient with respect to `b` is 0 where ``a == 0 <= b``, as in PyTorch; where ``a < 0`` it
    is NaN, since ``a ** b`` is not real around it, unless an operand is complex. Integers to a
    negative power are refused, as by NumPy.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable(3.0)
    >>> F.power(x, 2).backward()
    >>> x.grad
    Variable(6.0)
    """
    return Power.operate(a, b)


def floor_divide(a: ArrayLike, b: ArrayLike) -> Variable:
    """Divide and round down: ``y = a // b``. Its gradient is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.floor_divide([7, -7], 2)
    Variable([ 3 -4])
    """
    return FloorDivide.operate(a, b)


def remainder(a: ArrayLike, b: ArrayLike) -> Variable:
    """What is left by `floor_divide`, with the sign of `b`: ``y = a % b``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.remainder([7, -7], 2)
    Variable([1 1])
    """
    return Remainder.operate(a, b)


def negative(x: ArrayLike) -> Variable:
    """Change the sign: ``y = -x``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.negative([1, -2])
    Variable([-1  2])
    """
    return apply_unary(Negative(), x)


def positive(x: ArrayLike) -> Variable:
    """Leave as it is: ``y = +x``, a copy.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.positive([1, -2])
    Variable([ 1 -2])
    """
    return apply_unary(Positive(), x)
