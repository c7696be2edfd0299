"""Pooling to a size that is given, whatever the size of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import apply
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.functions import mean, reshape, squeeze, take_along_axis
from pygrad.nn.functional.geometry import Geometry, Sizes, lengths
from pygrad.nn.functional.kernels.resampling import Weights
from pygrad.nn.functional.pooling import AvgPool, MaxPool, images
from pygrad.nn.functional.resampling import Resample

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["adaptive_avg_pool2d", "adaptive_max_pool2d", "global_avg_pool"]


def adaptive_avg_pool2d(x: ArrayLike, output_size: Sizes) -> Variable:
    """The means of H' x W' windows that cover an image evenly.

    Window i along an axis of n pixels begins at ``floor(i n / m)`` and ends before
    ``ceil((i + 1) n / m)``; neighbours overlap where m does not divide n.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    output_size : int or pair
        H' and W'. None leaves an axis its length.

    Raises
    ------
    ShapeError
        If `x` is no image.
    ArgumentError
        If the size is none.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.adaptive_avg_pool2d(np.arange(12.0).reshape(1, 3, 4), (1, 2))
    Variable([[[4.5 6.5]]])
    """
    pixels, single = images("adaptive_avg_pool2d", 2, x)
    out = _sizes("adaptive_avg_pool2d", pixels, output_size)
    if pixels.dtype.kind in "biu":
        pixels = pixels.astype(np.float64)
    geometry = _even(pixels.shape[2:], out)
    if geometry is not None:
        y = apply(AvgPool(geometry, np.float64(1 / np.prod(geometry.kernel))), pixels)
    else:
        y = pixels
        for axis, m in enumerate(out, 2):
            y = apply(Resample(axis, _means(y.shape[axis], m)), y)
    return squeeze(y, 0) if single else y


def adaptive_max_pool2d(x: ArrayLike, output_size: Sizes) -> Variable:
    """The maxima of H' x W' windows that cover an image evenly, as in `adaptive_avg_pool2d`.

    Of equal values the first takes the gradient.

    Raises
    ------
    ShapeError
        If `x` is no image.
    ArgumentError
        If the size is none.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.adaptive_max_pool2d(np.arange(12.0).reshape(1, 3, 4), (1, 2))
    Variable([[[ 9. 11.]]])
    """
    pixels, single = images("adaptive_max_pool2d", 2, x)
    if pixels.dtype.kind == "c":
        raise DtypeError("adaptive_max_pool2d: x is complex; complex numbers have no order")
    out = _sizes("adaptive_max_pool2d", pixels, output_size)
    geometry = _even(pixels.shape[2:], out)
    if geometry is not None:
        y = apply(MaxPool(geometry), pixels)
    else:
        flat = reshape(pixels, (*pixels.shape[:2], pixels.shape[2] * pixels.shape[3]))
        places = _places(pixels.data, out)
        y = reshape(take_along_axis(flat, places, 2), (*pixels.shape[:2], *out))
    return squeeze(y, 0) if single else y


def global_avg_pool(x: ArrayLike, keepdims: bool = False) -> Variable:
    """The mean of each channel: ``y[n, c] = mean(x[n, c])``.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
        Samples with any number of axes behind the channels.
    keepdims : bool
        Keep those axes, with length 1.

    Raises
    ------
    ShapeError
        If `x` has no axis behind the channels.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.global_avg_pool(np.arange(8.0).reshape(1, 2, 2, 2))
    Variable([[1.5 5.5]])
    """
    ndim = np.ndim(x) if not hasattr(x, "ndim") else x.ndim
    if ndim < 3:
        raise ShapeError(
            f"global_avg_pool: x has {ndim} axes; it must have samples, channels, and one or more "
            f"axes to take the mean of"
        )
    return mean(x, tuple(range(2, ndim)), keepdims)


def _sizes(where, x, output_size):
    given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * 2
    if len(given) != 2:
        raise ArgumentError(
            f"{where}: output_size is {output_size!r}; it must be a whole number or a pair"
        )
    filled = tuple(n if m is None else m for m, n in zip(given, x.shape[2:], strict=True))
    return lengths(where, "output_size", filled, 2)


def _even(size, out) -> Geometry | None:
    """The windows where they do not overlap, and all have one size."""
    if any(n % m or not n for n, m in zip(size, out, strict=True)):
        return None
    kernel = tuple(n // m for n, m in zip(size, out, strict=True))
    return Geometry(kernel, kernel, ((0, 0),) * 2, (1, 1), 1, size, out)


def _bounds(n: int, m: int) -> tuple[Any, Any]:
    i = np.arange(m)
    return i * n // m, -(-(i + 1) * n // m)


def _means(n: int, m: int) -> Weights:
    """Each output as the mean of the inputs in its window."""
    starts, ends = _bounds(n, m)
    rows = [np.full(b - a, 1 / (b - a)) for a, b in zip(starts, ends, strict=True)]
    return Weights(tuple(starts.tolist()), tuple(rows), n)


def _places(x: Any, out: tuple[int, ...]) -> Any:
    """Where in a flat image each window has its first maximum."""
    height, width = x.shape[2:]
    places = np.empty((*x.shape[:2], *out), np.intp)
    for i, (top, bottom) in enumerate(zip(*_bounds(height, out[0]), strict=True)):
        for j, (left, right) in enumerate(zip(*_bounds(width, out[1]), strict=True)):
            window = x[:, :, top:bottom, left:right]
            window = window.reshape(*x.shape[:2], window.shape[2] * window.shape[3])
            down, right_of = np.divmod(window.argmax(axis=2), right - left)
            places[:, :, i, j] = (top + down) * width + left + right_of
    return places.reshape(*x.shape[:2], out[0] * out[1])
