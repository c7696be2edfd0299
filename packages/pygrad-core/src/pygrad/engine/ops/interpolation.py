"""Values between given points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand
from pygrad.engine.ops.elementwise import astype, where
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.taking import take
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["interp"]


@implements(np.interp)
def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: ArrayLike,
    left: ArrayLike | None = None,
    right: ArrayLike | None = None,
    period: float | None = None,
) -> Variable:
    """Linear interpolation: the values at `x` of the polyline through the points ``(xp, fp)``.

    The values may be complex; `x` and `xp` must be real.

    There are gradients with respect to `x`, `xp`, `fp`, `left` and `right`. At a point of the
    polyline the slope is that of the segment after it. Unlike NumPy's, float32 stays float32.

    Parameters
    ----------
    x : array_like
    xp : array_like, shape (n,)
        In ascending order, unless there is a period.
    fp : array_like, shape (n,)
    left, right : float, optional
        The values before the first point and after the last; by default those of the points.
    period : float, optional
        The polyline repeats itself; `left` and `right` then have no meaning.

    Raises
    ------
    ShapeError
        If `xp` and `fp` are not vectors of one length, or empty.
    DtypeError
        If `x` or `xp` is complex.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.interp([0.5, 1.5, 9.0], [0.0, 1.0, 2.0], [0.0, 10.0, 30.0])
    Variable([ 5. 20. 30.])
    """
    x, xp, fp = _floats(x), _floats(xp), _floats(fp)
    if x.dtype.kind == "c" or xp.dtype.kind == "c":
        raise DtypeError(
            f"interp: x is {x.dtype} and xp {xp.dtype}; points must be real, only their values may "
            f"be complex"
        )
    if xp.ndim != 1 or fp.shape != xp.shape or not xp.size:
        raise ShapeError(
            f"interp: xp has shape {xp.shape} and fp {fp.shape}; they must be vectors of one "
            f"length, with one point at least"
        )
    if period is not None:
        x, xp, fp = _unrolled(x, xp, fp, period)  # and then no x lies outside
    first, last = fp[0], fp[-1]
    if xp.size > 1:
        i = np.clip(np.searchsorted(xp.data, x.data, side="right") - 1, 0, xp.size - 2)
        x0, x1, y0, y1 = take(xp, i), take(xp, i + 1), take(fp, i), take(fp, i + 1)
        outside = (x.data < xp.data[0]) | (x.data >= xp.data[-1])
        # outside the segment is not used: its length may then be 0
        length = where(outside, 1.0, x1 - x0)
        y: Any = y0 + (y1 - y0) / length * (x - x0)
    else:
        y = first + (x - x) * 0
    y = where(x.data < xp.data[0], first if left is None else left, y)
    at_end = where(x.data == xp.data[-1], last, y)
    return where(x.data > xp.data[-1], last if right is None else right, at_end)


def _floats(x: ArrayLike) -> Variable:
    y = operand(x, "interp")
    return y if y.dtype.kind in "fc" else astype(y, float)


def _unrolled(
    x: Variable, xp: Variable, fp: Variable, period: float
) -> tuple[Variable, Variable, Variable]:
    """One period of the polyline, with a point more at either end."""
    if period == 0:
        raise ArgumentError("interp: period is 0; it must not be")
    period = abs(period)
    x, xp = x % period, xp % period
    order = np.argsort(xp.data, kind="stable")
    xp, fp = take(xp, order), take(fp, order)
    xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, concatenate([fp[-1:], fp, fp[:1]])
