"""Activations, the softmax family, and dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.checks import as_operand, refuse_complex, refused_complex
from pygrad.engine.function import OUTPUT, Unary, apply, apply_unary, result
from pygrad.engine.kernels.blocks import in_blocks, rectified
from pygrad.engine.kernels.dropout import keep_mask
from pygrad.engine.kernels.softmax import log_softmax_of, softmax_of
from pygrad.exceptions import ArgumentError
from pygrad.randomness import default_rng

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["dropout", "leaky_relu", "log_softmax", "relu", "sigmoid", "softmax"]


# arrays against a 0-d array of their own dtype take less time than against a Python number
class _Zeros(dict[Any, Any]):
    """The zero of a dtype; of integers a Python number, of complex numbers none."""

    def __missing__(self, dtype: Any) -> int:
        if dtype.kind == "c":
            raise refused_complex("relu")
        return 0


_ZERO = _Zeros({np.dtype(t): np.zeros((), t) for t in (np.float32, np.float64)})
_ZERO_64 = np.float64(0)


class Relu(Unary):
    """y = max(x, 0); dy/dx = 1 where y > 0, else 0."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        if x.__class__ is np.float64:  # a comparison takes a fifth of the time of a ufunc
            return _ZERO_64 if x <= 0 else x
        return rectified(x, _ZERO[x.dtype])

    def backward(self, gy):
        (y,) = self.saved
        if y.__class__ is np.float64:
            return gy if y > 0 else gy * 0
        # a mask of the gradient's dtype: NumPy multiplies by it faster than by booleans
        return gy * (y > _ZERO[y.dtype]).astype(gy.dtype)


class LeakyRelu(Unary):
    """y = x where x > 0, else slope x."""

    def __init__(self, negative_slope: float) -> None:
        self.negative_slope = negative_slope

    def forward(self, x):
        refuse_complex(x, self)
        return np.where(x > 0, x, x * self.negative_slope)

    def backward(self, gy):
        (x,) = self.saved
        return np.where(x > 0, gy, gy * self.negative_slope)


class Sigmoid(Unary):
    """y = 1 / (1 + exp(-x)); dy/dx = y (1 - y)."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        # where exp overflows to infinity, its reciprocal 0 is right to the last bit that matters
        with np.errstate(over="ignore"):
            return in_blocks(_sigmoid, x, into=_sigmoid_into)

    def backward(self, gy):
        (y,) = self.saved
        return in_blocks(_sigmoid_gradient, gy, y, into=_sigmoid_gradient_into)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _sigmoid_into(x, out):
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)


def _sigmoid_gradient(gy, y):
    return gy * (y * (1 - y))


def _sigmoid_gradient_into(gy, y, out):
    np.subtract(1, y, out=out)
    np.multiply(out, y, out=out)
    np.multiply(out, gy, out=out)


class Softmax(Unary):
    """y = exp(x) / sum(exp(x)); gx = y (gy - sum(y gy))."""

    saves = (OUTPUT,)
    requires = "axis must be an axis of x"

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def forward(self, x):
        return softmax_of(x, self.axis)

    def backward(self, gy):
        (y,) = self.saved
        gx = y * gy
        return gx - y * gx.sum(axis=self.axis, keepdims=True)


class LogSoftmax(Unary):
    """y = x - log(sum(exp(x))); gx = gy - exp(y) sum(gy)."""

    saves = (OUTPUT,)
    requires = "axis must be an axis of x"

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def forward(self, x):
        return log_softmax_of(x, self.axis)

    def backward(self, gy):
        (y,) = self.saved
        return gy - np.exp(y) * gy.sum(axis=self.axis, keepdims=True)


class Dropout(Elementwise):
    """y = x times a mask of zeros and one number, the reciprocal of the share that is kept."""

    __slots__ = ()
    saves = (1,)

    def forward(self, x, mask):
        return x * mask

    def backward(self, gy):
        (mask,) = self.saved
        return gy * mask, None


def relu(x: ArrayLike) -> Variable:
    """Rectified linear unit, elementwise: ``y = max(x, 0)``. Its derivative at 0 is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.relu([-1.0, 0.0, 2.0])
    Variable([0. 0. 2.])
    """
    return apply_unary(Relu(), x)


def leaky_relu(x: ArrayLike, negative_slope: float = 0.01) -> Variable:
    """Leaky ReLU, elementwise: `x` where it is positive, ``negative_slope * x`` elsewhere.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.leaky_relu([-1.0, 2.0], 0.1)
    Variable([-0.1  2. ])
    """
    return apply(LeakyRelu(negative_slope), x)


def sigmoid(x: ArrayLike) -> Variable:
    """Logistic function, elementwise: ``y = 1 / (1 + exp(-x))``, without overflow.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sigmoid([-10000.0, 0.0, 10000.0])
    Variable([0.  0.5 1. ])
    """
    return apply_unary(Sigmoid(), x)


def softmax(x: ArrayLike, axis: int = -1) -> Variable:
    """Softmax along an axis: ``y = exp(x) / sum(exp(x))``, without overflow.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.softmax([10000.0, 10000.0])
    Variable([0.5 0.5])
    """
    return apply(Softmax(axis), x)


def log_softmax(x: ArrayLike, axis: int = -1) -> Variable:
    """Logarithm of the softmax along an axis, without overflow: ``y = x - log(sum(exp(x)))``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log_softmax([10000.0, 0.0])
    Variable([     0. -10000.])
    """
    return apply(LogSoftmax(axis), x)


def dropout(
    x: ArrayLike,
    p: float = 0.5,
    training: bool = True,
    rng: np.random.Generator | None = None,
) -> Variable:
    """Set a random share of the values to 0 and scale up the others, so that the mean stays.

    Parameters
    ----------
    x : array_like
    p : float
        The probability, within [0, 1], that a value is dropped. It is rounded to 1 / 65536.
    training : bool
        Without it, nothing is dropped.
    rng : numpy.random.Generator, optional
        Where the random numbers come from; by default the generator that `pygrad.seed` restarts.

    Raises
    ------
    ArgumentError
        If `p` is not a probability.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way to prevent
    neural networks from overfitting", JMLR 15 (2014).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> y = F.dropout(np.ones(1000), 0.2, rng=np.random.default_rng(0))
    >>> sorted(set(y.data.round(2).tolist()))
    [0.0, 1.25]
    >>> F.dropout([1.0, 2.0], 0.5, training=False)
    Variable([1. 2.])
    """
    p = float(p)
    if not 0 <= p <= 1:
        raise ArgumentError(f"dropout: p is {p}; a probability lies within [0, 1]")
    variable: Variable = (
        x if isinstance(x, binding.Variable) else result(np.asarray(as_operand(x, "dropout")), None)
    )
    if not training or p == 0:
        return variable
    dtype = variable.dtype if variable.dtype.kind in "fc" else np.dtype(np.float64)
    mask = keep_mask(variable.shape, p, dtype, rng or default_rng())
    return apply(Dropout(), variable, mask)
