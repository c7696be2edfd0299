"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import OUTPUT, Unary, apply, apply_unary
from pygrad.engine.kernels.blocks import in_blocks

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "cos", "cosh", "sin", "sinh", "tan", "tanh",
]  # fmt: skip


class Sin(Unary, ufunc=np.sin):
    """y = sin(x); dy/dx = cos(x)."""

    __slots__ = ()

    def forward(self, x):
        return np.sin(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * np.cos(x)


class Cos(Unary, ufunc=np.cos):
    """y = cos(x); dy/dx = -sin(x)."""

    __slots__ = ()

    def forward(self, x):
        return np.cos(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * -np.sin(x)


class Tan(Unary, ufunc=np.tan):
    """y = tan(x); dy/dx = 1 + y**2."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.tan(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy * (1 + y * y)


class Arcsin(Unary, ufunc=np.arcsin):
    """y = arcsin(x); dy/dx = 1 / sqrt(1 - x**2)."""

    __slots__ = ()

    def forward(self, x):
        return np.arcsin(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / _cosine_of_arcsin(x)


class Arccos(Unary, ufunc=np.arccos):
    """y = arccos(x); dy/dx = -1 / sqrt(1 - x**2)."""

    __slots__ = ()

    def forward(self, x):
        return np.arccos(x)

    def backward(self, gy):
        (x,) = self.saved
        return -gy / _cosine_of_arcsin(x)


class Arctan(Unary, ufunc=np.arctan):
    """y = arctan(x); dy/dx = 1 / (1 + x**2)."""

    __slots__ = ()

    def forward(self, x):
        return np.arctan(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / (1 + x * x)


class Arctan2(Elementwise, ufunc=np.arctan2):
    """The angle of the point (x, y); d/dy = x / (x**2 + y**2), d/dx = -y / (x**2 + y**2)."""

    __slots__ = ()

    def forward(self, y, x):
        return np.arctan2(y, x)

    def backward(self, gy):
        y, x = self.saved
        scaled = gy / (x * x + y * y)
        return scaled * x, -scaled * y


class Sinh(Unary, ufunc=np.sinh):
    """y = sinh(x); dy/dx = cosh(x)."""

    __slots__ = ()

    def forward(self, x):
        return np.sinh(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * np.cosh(x)


class Cosh(Unary, ufunc=np.cosh):
    """y = cosh(x); dy/dx = sinh(x)."""

    __slots__ = ()

    def forward(self, x):
        return np.cosh(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * np.sinh(x)


class Tanh(Unary, ufunc=np.tanh):
    """y = tanh(x); dy/dx = 1 - y**2."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.tanh(x)

    def backward(self, gy):
        (y,) = self.saved
        return in_blocks(_tanh_gradient, gy, y, into=_tanh_gradient_into)


def _tanh_gradient(gy, y):
    return gy * (1 - y * y)


def _tanh_gradient_into(gy, y, out):
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)
    np.multiply(out, gy, out=out)


class Arcsinh(Unary, ufunc=np.arcsinh):
    """y = arcsinh(x); dy/dx = 1 / sqrt(1 + x**2)."""

    __slots__ = ()

    def forward(self, x):
        return np.arcsinh(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / _cosh_of_arcsinh(x)


class Arccosh(Unary, ufunc=np.arccosh):
    """y = arccosh(x); dy/dx = 1 / sqrt(x**2 - 1)."""

    __slots__ = ()

    def forward(self, x):
        return np.arccosh(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / _sinh_of_arccosh(x)


class Arctanh(Unary, ufunc=np.arctanh):
    """y = arctanh(x); dy/dx = 1 / (1 - x**2)."""

    __slots__ = ()

    def forward(self, x):
        return np.arctanh(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / ((1 - x) * (1 + x))


# These have the branch cuts of the inverse function. Of complex numbers the root of a product is
# not always the product of the roots; and on a cut the sign of a zero says which side is meant:
# x - -1 keeps that of the imaginary part, where x + 1 makes 0.0 of -0.0.


def _cosine_of_arcsin(x):
    """sqrt(1 - x**2)."""
    if x.dtype.kind == "c":
        return np.sqrt(-(x - 1)) * np.sqrt(x - -1)
    # (1 - x)(1 + x) keeps its digits near the ends, where 1 - x**2 cancels
    return np.sqrt((1 - x) * (1 + x))


def _cosh_of_arcsinh(x):
    """sqrt(1 + x**2)."""
    if x.dtype.kind == "c":
        return np.sqrt((x - 1j) * (x - complex(0, -1)))  # not + 1j, for the same reason
    return np.sqrt(1 + x * x)


def _sinh_of_arccosh(x):
    """sqrt(x**2 - 1)."""
    if x.dtype.kind == "c":
        return np.sqrt(x - 1) * np.sqrt(x - -1)
    return np.sqrt((x - 1) * (x + 1))


def sin(x: ArrayLike) -> Variable:
    """Sine, elementwise; `x` in radians.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sin([0.0, 1.0])
    Variable([0.         0.84147098])
    """
    return apply(Sin(), x)


def cos(x: ArrayLike) -> Variable:
    """Cosine, elementwise; `x` in radians.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cos([0.0, 1.0])
    Variable([1.         0.54030231])
    """
    return apply(Cos(), x)


def tan(x: ArrayLike) -> Variable:
    """Tangent, elementwise; `x` in radians.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.tan([0.0, 1.0])
    Variable([0.         1.55740772])
    """
    return apply(Tan(), x)


def arcsin(x: ArrayLike) -> Variable:
    """Inverse sine, elementwise, in radians; NaN outside [-1, 1].

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arcsin([0.0, 1.0])
    Variable([0.         1.57079633])
    """
    return apply(Arcsin(), x)


def arccos(x: ArrayLike) -> Variable:
    """Inverse cosine, elementwise, in radians; NaN outside [-1, 1].

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arccos([0.0, 1.0])
    Variable([1.57079633 0.        ])
    """
    return apply(Arccos(), x)


def arctan(x: ArrayLike) -> Variable:
    """Inverse tangent, elementwise, in radians.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arctan([0.0, 1.0])
    Variable([0.         0.78539816])
    """
    return apply(Arctan(), x)


def arctan2(y: ArrayLike, x: ArrayLike) -> Variable:
    """The angle in radians, within [-pi, pi], of the point with ordinate `y` and abscissa `x`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arctan2([1.0, -1.0], [1.0, 1.0])
    Variable([ 0.78539816 -0.78539816])
    """
    return apply(Arctan2(), y, x)


def sinh(x: ArrayLike) -> Variable:
    """Hyperbolic sine, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sinh([0.0, 1.0])
    Variable([0.         1.17520119])
    """
    return apply(Sinh(), x)


def cosh(x: ArrayLike) -> Variable:
    """Hyperbolic cosine, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cosh([0.0, 1.0])
    Variable([1.         1.54308063])
    """
    return apply(Cosh(), x)


def tanh(x: ArrayLike) -> Variable:
    """Hyperbolic tangent, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.tanh([0.0, 1.0])
    Variable([0.         0.76159416])
    """
    return apply_unary(Tanh(), x)


def arcsinh(x: ArrayLike) -> Variable:
    """Inverse hyperbolic sine, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arcsinh([0.0, 1.0])
    Variable([0.         0.88137359])
    """
    return apply(Arcsinh(), x)


def arccosh(x: ArrayLike) -> Variable:
    """Inverse hyperbolic cosine, elementwise; NaN below 1.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arccosh([1.0, 2.0])
    Variable([0.        1.3169579])
    """
    return apply(Arccosh(), x)


def arctanh(x: ArrayLike) -> Variable:
    """Inverse hyperbolic tangent, elementwise; NaN outside [-1, 1].

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.arctanh([0.0, 0.5])
    Variable([0.         0.54930614])
    """
    return apply(Arctanh(), x)
