"""Pooling: maxima and means of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, Function, apply
from pygrad.engine.masking import note_masking
from pygrad.engine.operands import operand
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.functions import expand_dims, squeeze
from pygrad.nn.functional.geometry import Geometry, Sizes, lengths
from pygrad.nn.functional.kernels import pooling as kernels

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = [
    "AvgPool", "MaxPool", "avg_pool1d", "avg_pool2d", "images", "max_pool1d", "max_pool2d",
]  # fmt: skip


class _Pool(Function):
    requires = "x must be an array of numbers"

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry


class MaxPool(_Pool):
    """y = the largest value of each window; the first that has it takes the gradient."""

    saves = (0, OUTPUT)

    def forward(self, x):
        return kernels.maxima(x, self.geometry)

    def backward(self, gy):
        note_masking()
        return _Unpick(self.geometry).on(gy, *self.saved)


class _Unpick(_Pool):
    """Each gradient at the place of its window's maximum. The place has no derivative."""

    saves = (1, 2)

    def forward(self, g, x, y):
        return kernels.unpick(g, x, y, self.geometry)

    def backward(self, u):
        return _Pick(self.geometry).on(u, *self.saved), None, None


class _Pick(_Pool):
    """The transpose of `_Unpick`: the values at the places of the maxima."""

    saves = (1, 2)

    def forward(self, u, x, y):
        return kernels.pick(u, x, y, self.geometry)

    def backward(self, g):
        return _Unpick(self.geometry).on(g, *self.saved), None, None


class AvgPool(_Pool):
    """y = the sum of each window, times a weight."""

    saves = ()

    def __init__(self, geometry: Geometry, weight: Any) -> None:
        self.geometry = geometry
        self.weight = weight

    def forward(self, x):
        y = kernels.window_sums(x, self.geometry)
        return np.multiply(y, self.weight.astype(y.dtype), out=y)

    def backward(self, gy):
        return _Spread(self.geometry, self.weight).on(gy)


class _Spread(AvgPool):
    """The transpose of `AvgPool`."""

    def forward(self, g):
        return kernels.spread_sums(g * self.weight.astype(g.dtype), self.geometry)

    def backward(self, u):
        return AvgPool(self.geometry, self.weight).on(u)


def max_pool1d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Variable:
    """The largest value of each window of a sequence: `max_pool2d` with one axis in place of two.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.max_pool1d([[1.0, 5.0, 2.0, 3.0]], 2)
    Variable([[5. 3.]])
    """
    return _max_pool("max_pool1d", 1, x, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Variable:
    """The largest value of each window of an image. NaN if there is one in it.

    Of equal values the first takes the gradient, as in PyTorch.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    kernel_size : int or pair
        The size of a window.
    stride : int or pair, optional
        How far apart the windows lie; by default they touch.
    padding : int or pair
        What is put around the image counts as less than any value. At most half of the kernel.
    dilation : int or pair
        How far apart the pixels of a window lie.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.

    Returns
    -------
    Variable, shape (N, C, H', W') or (C, H', W')

    Raises
    ------
    ShapeError
        If the window does not fit into the image.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.max_pool2d(np.arange(16.0).reshape(1, 4, 4), 2)
    Variable([[[ 5.  7.]
               [13. 15.]]])
    """
    return _max_pool("max_pool2d", 2, x, kernel_size, stride, padding, dilation, ceil_mode)


def avg_pool1d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Variable:
    """The mean of each window of a sequence: `avg_pool2d` with one axis in place of two.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.avg_pool1d([[1.0, 5.0, 2.0, 4.0]], 2)
    Variable([[3. 3.]])
    """
    return _avg_pool("avg_pool1d", 1, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Variable:
    """The mean of each window of an image.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    kernel_size : int or pair
        The size of a window.
    stride : int or pair, optional
        How far apart the windows lie; by default they touch.
    padding : int or pair
        How many zeros are put around the image. At most half of the kernel.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.
    count_include_pad : bool
        Whether the zeros of the padding count in the mean.

    Returns
    -------
    Variable, shape (N, C, H', W') or (C, H', W')

    Raises
    ------
    ShapeError
        If the window does not fit into the image.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.avg_pool2d(np.arange(16.0).reshape(1, 4, 4), 2)
    Variable([[[ 2.5  4.5]
               [10.5 12.5]]])
    """
    return _avg_pool("avg_pool2d", 2, x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _max_pool(where, n, x, kernel_size, stride, padding, dilation, ceil_mode):
    x, single = images(where, n, x)
    if x.dtype.kind == "c":
        raise DtypeError(f"{where}: x is complex; complex numbers have no order")
    dilation = lengths(where, "dilation", dilation, n)
    geometry = _geometry(where, x, kernel_size, stride, padding, dilation, ceil_mode)[0]
    y = apply(MaxPool(geometry), x)
    return squeeze(y, 0) if single else y


def _avg_pool(where, n, x, kernel_size, stride, padding, ceil_mode, count_include_pad):
    x, single = images(where, n, x)
    if x.dtype.kind in "biu":
        x = x.astype(np.float64)
    geometry, around = _geometry(where, x, kernel_size, stride, padding, (1,) * n, ceil_mode)
    weight = np.ones(())
    for size, k, s, p, m in zip(
        geometry.size, geometry.kernel, geometry.stride, around, geometry.out, strict=True
    ):
        first = np.arange(m) * s - p
        # what lies beyond the padding never counts: a last window may reach out that far
        low, high = (-p, size + p) if count_include_pad else (0, size)
        counts = np.minimum(first + k, high) - np.maximum(first, low)
        weight = weight[..., None] / counts
    y = apply(AvgPool(geometry, weight if np.ptp(weight) else weight.flat[0]), x)
    return squeeze(y, 0) if single else y


def images(where, n, x):
    """`x` with an axis of samples, and whether it had none."""
    x = operand(x, where)
    if x.ndim not in (n + 1, n + 2):
        axes = ("length", "height and width")[n - 1]
        raise ShapeError(
            f"{where}: x has shape {x.shape}; it must have the axes samples (or none), channels, "
            f"{axes}"
        )
    single = x.ndim == n + 1
    return (expand_dims(x, 0) if single else x), single


def _geometry(where, x, kernel_size, stride, padding, dilation, ceil_mode):
    """The windows, with padding enough for the last one, and the padding asked for."""
    n = x.ndim - 2
    size = x.shape[2:]
    kernel = lengths(where, "kernel_size", kernel_size, n)
    stride = kernel if stride is None else lengths(where, "stride", stride, n)
    around = lengths(where, "padding", padding, n, 0)
    if any(2 * p > k for p, k in zip(around, kernel, strict=True)):
        raise ArgumentError(
            f"{where}: padding is {padding!r}; it must be at most half of the kernel {kernel}"
        )
    out, pairs = [], []
    for length, k, s, p, d in zip(size, kernel, stride, around, dilation, strict=True):
        reach = d * (k - 1) + 1
        room = length + 2 * p - reach
        m = room // s + 1
        if ceil_mode and room % s and m * s < length + p:
            m += 1
        if room < 0 and m < 1:
            raise ShapeError(
                f"{where}: a window of {kernel} with dilation {dilation} does not fit into an "
                f"image of {size} with padding {around}"
            )
        out.append(m)
        pairs.append((p, max(p and p, (m - 1) * s + reach - length - p)))
    geometry = Geometry(kernel, stride, tuple(pairs), dilation, 1, size, tuple(out))
    return geometry, around
