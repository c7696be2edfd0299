"""Powers beside ``**``: cube roots, reciprocals, powers of floats, and scaling by powers of 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.checks import as_operand
from pygrad.engine.function import OUTPUT, Unary, apply
from pygrad.engine.numpy_protocols import UFUNCS
from pygrad.engine.ops.arithmetic import Power
from pygrad.engine.ops.elementwise import astype

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["cbrt", "float_power", "frexp", "ldexp", "reciprocal"]


class Cbrt(Unary, ufunc=np.cbrt):
    """y = x**(1/3); dy/dx = 1 / (3 y**2), which is infinite at 0."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.cbrt(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy / (3 * y * y)


class Reciprocal(Unary, ufunc=np.reciprocal):
    """y = 1 / x; dy/dx = -y**2."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.reciprocal(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy * -(y * y)


class Ldexp(Elementwise, ufunc=np.ldexp):
    """y = x 2**n; dy/dx = 2**n."""

    __slots__ = ()
    saves = (1,)
    requires = "n must hold whole numbers, and the shapes must broadcast together"

    def forward(self, x, n):
        return np.ldexp(x, n)

    def backward(self, gy):
        (n,) = self.saved
        return np.ldexp(gy.real, n), None


class Frexp(Unary):
    """Two outputs, m and n with x = m * 2**n; dm/dx = 2**-n, dn/dx = 0."""

    __slots__ = ()
    saves = (OUTPUT - 1,)

    def forward(self, x):
        return np.frexp(x)

    def backward(self, gm, gn):
        (n,) = self.saved
        return Ldexp().on(gm.real, -n)  # what goes on into complex numbers comes back as one


def cbrt(x: ArrayLike) -> Variable:
    """Cube root, elementwise, of negative numbers too. Its derivative at 0 is infinite.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cbrt([-8.0, 27.0])
    Variable([-2.  3.])
    """
    return apply(Cbrt(), x)


def reciprocal(x: ArrayLike) -> Variable:
    """Reciprocal, elementwise: ``y = 1 / x``; of integers it is an integer, as in NumPy.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.reciprocal([2.0, -4.0])
    Variable([ 0.5  -0.25])
    """
    return apply(Reciprocal(), x)


def float_power(a: ArrayLike, b: ArrayLike) -> Variable:
    """Raise to a power in float64 at least: ``y = a ** b``, for integers and float32 too.

    It is differentiable in both, as `power` is.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.float_power([2, 4], -1)
    Variable([0.5  0.25])
    """
    return Power.operate(_widened(a), _widened(b))


UFUNCS[np.float_power] = float_power


def ldexp(x: ArrayLike, n: ArrayLike) -> Variable:
    """Scale by powers of two: ``y = x * 2**n``, exactly.

    Parameters
    ----------
    x : array_like
    n : array_like of int
        The exponents; they are constants, and have no gradient.

    Raises
    ------
    DtypeError
        If `n` holds something else than whole numbers.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.ldexp([1.5, -1.0], [2, -1])
    Variable([ 6.  -0.5])
    """
    return apply(Ldexp(), x, n)


def frexp(x: ArrayLike) -> tuple[Variable, Variable]:
    """Take apart into ``x = m * 2**n`` with 0.5 <= abs(m) < 1 and whole numbers `n`.

    The gradient of `n` is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.frexp([6.0, -0.5])
    (Variable([ 0.75 -0.5 ]), Variable([3 0]))
    """
    parts: tuple[Variable, Variable] = apply(Frexp(), x)
    return parts


UFUNCS[np.frexp] = frexp


def _widened(x: ArrayLike) -> Any:
    operand: Any = x
    if not isinstance(operand, binding.Variable):
        operand = np.asarray(as_operand(operand, "float_power"))
        return operand.astype(np.result_type(operand, np.float64))
    wide = np.result_type(operand.dtype, np.float64)
    return operand if operand.dtype == wide else astype(operand, wide)
