"""Averages with weights, ranges, covariances, and the logarithm of a sum of exponentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand, precision_of, setting
from pygrad.engine.ops.arithmetic import divide
from pygrad.engine.ops.complex_parts import conj, imag, real
from pygrad.engine.ops.diagonal import diagonal
from pygrad.engine.ops.elementwise import Where, astype, clip, sqrt
from pygrad.engine.ops.linalg import matmul
from pygrad.engine.ops.reduction import Reduction, max, mean, min, sum
from pygrad.engine.ops.shape import broadcast_to, reshape, squeeze, transpose
from pygrad.engine.ops.stacking import vstack
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["average", "corrcoef", "cov", "logsumexp", "ptp"]


class Logsumexp(Reduction):
    """y = log(sum of exp(x)); dy/dx = exp(x - y), and 0 where all x are -inf."""

    saves = (0, OUTPUT)

    def forward(self, x):
        top = np.max(x.real, axis=self.axis, keepdims=True, initial=-np.inf)
        top = np.where(np.isfinite(top), top, np.zeros((), top.dtype))
        total = np.sum(np.exp(x - top), axis=self.axis, keepdims=self.keepdims)
        with np.errstate(divide="ignore"):
            return np.log(total) + top.reshape(total.shape)

    def backward(self, gy):
        x, y = self.saved
        finite = np.not_equal(y, -np.inf)
        if not np.all(finite):
            y = Where().on(finite, y, 0)
        return self.kept(gy) * np.exp(x - self.kept(y))


def logsumexp(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:
    """``log(sum(exp(x)))`` over an axis, several, or all, without overflow.

    Its gradient is `softmax`. Where all values are -inf, it is -inf and its gradient 0.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
    keepdims : bool
        Keep each reduced axis, with length 1.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.logsumexp([1000.0, 1000.0])
    Variable(1000.6931471805599)
    """
    x = operand(x, "logsumexp")
    return apply(Logsumexp(axis, keepdims), x if x.dtype.kind in "fc" else astype(x, float))


@implements(np.ptp)
def ptp(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:
    """The range of the values, largest less smallest; the arguments are those of `max`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.ptp([3, 1, 7])
    Variable(6)
    """
    return max(x, axis, keepdims) - min(x, axis, keepdims)


@implements(np.average)
def average(
    x: ArrayLike,
    axis: Axis = None,
    weights: ArrayLike | None = None,
    returned: bool = False,
    *,
    keepdims: bool = False,
) -> Any:
    """Mean with weights: ``sum(w * x) / sum(w)``.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
    weights : array_like, optional
        Of the shape of `x`, or one for each place along the axes.
    returned : bool
        Return the sum of the weights as well.
    keepdims : bool
        Keep each reduced axis, with length 1.

    Raises
    ------
    ArgumentError
        If weights sum to zero.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.average([1.0, 2.0], weights=[3.0, 1.0])
    Variable(1.25)
    """
    x = operand(x, "average")
    if weights is None:
        y = mean(x, axis, keepdims)
        total: Any = broadcast_to(np.asarray(x.size / (y.size or 1), y.dtype), y.shape)
    else:
        w = _aligned(operand(weights, "average"), x, axis)
        w = broadcast_to(w, x.shape)
        total = sum(w, axis, keepdims)
        if np.any(total.data == 0):
            raise ArgumentError("average: weights sum to zero; their sum must not be zero")
        y = divide(sum(x * w, axis, keepdims), total)
    return (y, total) if returned else y


@implements(np.cov)
def cov(
    m: ArrayLike,
    y: ArrayLike | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: ArrayLike | None = None,
    aweights: ArrayLike | None = None,
    *,
    dtype: npt.DTypeLike | None = None,
) -> Variable:
    """Covariances of the rows of a matrix: ``(x - mean) (x - mean)^H / (n - ddof)``.

    Complex variables give a complex matrix, whose diagonal is real; the ``^H`` is their conjugate.

    Parameters
    ----------
    m : array_like, shape (variables, samples) or (samples,)
    y : array_like, optional
        More variables, in the form of `m`.
    rowvar : bool
        False if the variables are the columns.
    bias : bool
        Divide by n and not by n - 1, if `ddof` does not say otherwise.
    ddof : int, optional
    fweights, aweights : array_like, optional
        How often each sample came, and its importance. `fweights` are whole numbers and have no
        gradient.
    dtype : dtype, optional
        Calculate in this dtype.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cov([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    Variable([[ 1. -1.]
              [-1.  1.]])
    """
    x = _variables(m, rowvar)
    if y is not None:
        x = vstack([x, _variables(y, rowvar or operand(y, "cov").ndim < 2)])
    if dtype is not None or x.dtype.kind not in "fc":
        x = astype(x, float if dtype is None else dtype)
    ddof = (0 if bias else 1) if ddof is None else ddof
    if ddof != int(ddof):
        raise ArgumentError(f"cov: ddof is {ddof}; it must be a whole number")
    n = x.shape[1]
    w: Any = None
    if fweights is not None:
        f = np.asarray(setting(fweights, "cov", "fweights"))
        _check_weights(f, n, "fweights")
        if np.any(f != np.round(f)):
            raise ArgumentError("cov: fweights must be whole numbers")
        w = f.astype(precision_of(x.dtype))
    if aweights is not None:
        a = operand(aweights, "cov")
        refuse_complex(a, "cov")
        _check_weights(a.data, n, "aweights")
        w = a if w is None else w * a
    if w is None:
        degrees: Any = n - ddof
        weighted = centred = x - mean(x, 1, True)
    else:
        total = sum(w)
        centred = x - sum(x * w, 1, True) / total
        weighted = centred * w
        if aweights is None or ddof == 0:
            degrees = total - ddof
        else:
            degrees = total - ddof * sum(w * aweights) / total
    if float(degrees) <= 0:
        raise ArgumentError(
            f"cov: there are {float(degrees):g} degrees of freedom; they must be positive: give "
            f"more samples, or a smaller ddof"
        )
    if x.dtype.kind == "c":
        weighted = conj(weighted)
    return squeeze(matmul(centred, transpose(weighted)) / degrees)


@implements(np.corrcoef)
def corrcoef(
    x: ArrayLike,
    y: ArrayLike | None = None,
    rowvar: bool = True,
    *,
    dtype: npt.DTypeLike | None = None,
) -> Variable:
    """Correlations of the rows of a matrix, within [-1, 1]; the arguments are those of `cov`.

    Of complex variables, that holds for real and imaginary part.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.corrcoef([[1.0, 2.0, 4.0], [-2.0, -4.0, -8.0]])
    Variable([[ 1. -1.]
              [-1.  1.]])
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = sqrt(real(diagonal(c)))
    c = c / reshape(deviations, (-1, 1)) / deviations
    if c.dtype.kind == "c":
        return clip(real(c), -1, 1) + clip(imag(c), -1, 1) * 1j
    return clip(c, -1, 1)


def _variables(m: ArrayLike, rowvar: bool) -> Variable:
    """The samples of each variable in a row."""
    x = operand(m, "cov")
    if x.ndim > 2:
        raise ShapeError(f"cov: m has shape {x.shape}; it must have one axis or two")
    if x.ndim < 2:
        return reshape(x, (1, x.size))
    return x if rowvar else transpose(x)


def _check_weights(w, n, name):
    if w.shape != (n,):
        raise ShapeError(f"cov: {name} has shape {w.shape}; it must be ({n},), one a sample")
    if np.any(w < 0):
        raise ArgumentError(f"cov: {name} holds negative numbers; weights must not be negative")


def _aligned(w, x, axis):
    """The weights with an axis for each of `x`."""
    if w.shape == x.shape:
        return w
    if axis is None:
        raise ShapeError(
            f"average: x has shape {x.shape} and weights {w.shape}; they must be equal, or say "
            f"which axis the weights are for"
        )
    axes = as_axes(axis, x.ndim, "average")
    if w.shape != tuple(x.shape[i] for i in axes):
        raise ShapeError(
            f"average: x has shape {x.shape} and weights {w.shape}; along axis {axis} they must be "
            f"as long as x"
        )
    w = transpose(w, np.argsort(axes).tolist())
    return reshape(w, tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))
