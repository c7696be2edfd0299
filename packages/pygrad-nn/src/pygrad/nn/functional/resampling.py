"""Images made larger or smaller."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.engine.operands import operand
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.functions import broadcast_to, reshape, take, transpose
from pygrad.nn.checks import one_of
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.functional.kernels.resampling import Weights, resampled, transposed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["Resample", "pixel_shuffle", "upsample"]

AXES_OF_MODE = {"nearest": (1, 2, 3), "linear": (1,), "bilinear": (2,)}


class Resample(Function):
    """y = weighted sums of runs of x along an axis."""

    saves = ()
    requires = "x must be an array of numbers"

    def __init__(self, axis: int, weights: Weights) -> None:
        self.axis = axis
        self.weights = weights

    def forward(self, x):
        return resampled(x, self.axis, self.weights)

    def backward(self, gy):
        return _ResampleTransposed(self.axis, self.weights).on(gy)


class _ResampleTransposed(Resample):
    def forward(self, g):
        return transposed(g, self.axis, self.weights)

    def backward(self, u):
        return Resample(self.axis, self.weights).on(u)


def upsample(
    x: ArrayLike,
    size: Sizes | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Variable:
    """Resample images to another size, by PyTorch's rules.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
        With one, two or three axes behind the channels.
    size : int or tuple of int
        The new size.
    scale_factor : float or tuple of float
        How many times larger the new size is; rounded down. Give this or `size`.
    mode : {'nearest', 'linear', 'bilinear'}
        'nearest' copies the pixel at or before each place. The others put the line between
        neighbours: 'linear' for one axis, 'bilinear' for two.
    align_corners : bool, optional
        With it, the centres of the first and last pixels stay where they are; without (the
        default), their outer edges. Only with 'linear' and 'bilinear'.

    Returns
    -------
    Variable, shape (N, C, ...)

    Raises
    ------
    ShapeError
        If `x` has not the axes that the mode is for.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.upsample([[[1.0, 2.0]]], scale_factor=2)
    Variable([[[1. 1. 2. 2.]]])
    >>> F.upsample([[[1.0, 2.0]]], size=3, mode="linear", align_corners=True)
    Variable([[[1.  1.5 2. ]]])
    """
    pixels = operand(x, "upsample")
    one_of("upsample", "mode", mode, AXES_OF_MODE)
    n = pixels.ndim - 2
    if n not in AXES_OF_MODE[mode] or 0 in pixels.shape[2:]:
        axes = " or ".join(map(str, AXES_OF_MODE[mode]))
        raise ShapeError(
            f"upsample: x has shape {pixels.shape}; mode={mode!r} is for samples, channels, and "
            f"then {axes} axes with pixels"
        )
    if align_corners is not None and mode == "nearest":
        raise ArgumentError(
            "upsample: align_corners has no meaning with mode='nearest'; leave it out"
        )
    new, scales = _new_size(pixels.shape[2:], size, scale_factor)
    if mode == "nearest":
        return _nearest(pixels, new, scales)
    if pixels.dtype.kind in "biu":
        pixels = pixels.astype(np.float64)
    for axis, (m, scale) in enumerate(zip(new, scales, strict=True), 2):
        if m != pixels.shape[axis] or scale not in (None, 1):
            weights = _line(pixels.shape[axis], m, scale, bool(align_corners))
            pixels = apply(Resample(axis, weights), pixels)
    return pixels


def pixel_shuffle(x: ArrayLike, upscale_factor: int) -> Variable:
    """Lay out channels as pixels: from (N, C r**2, H, W) to (N, C, H r, W r).

    Parameters
    ----------
    x : array_like, shape (N, C r**2, H, W) or (C r**2, H, W)
    upscale_factor : int
        r.

    Raises
    ------
    ShapeError
        If the number of channels is no multiple of r**2.

    References
    ----------
    Shi and others, "Real-time single image and video super-resolution using an efficient sub-pixel
    convolutional neural network", CVPR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.pixel_shuffle(np.arange(4.0).reshape(4, 1, 1), 2)
    Variable([[[0. 1.]
               [2. 3.]]])
    """
    pixels = operand(x, "pixel_shuffle")
    (r,) = lengths("pixel_shuffle", "upscale_factor", upscale_factor, 1)
    if pixels.ndim < 3 or pixels.shape[-3] % r**2:
        raise ShapeError(
            f"pixel_shuffle: x has shape {pixels.shape}; x.shape[-3], the channels, must be a "
            f"multiple of upscale_factor**2 = {r**2}"
        )
    *samples, c, h, w = pixels.shape
    n = len(samples)
    pixels = reshape(pixels, (*samples, c // r**2, r, r, h, w))
    pixels = transpose(pixels, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape(pixels, (*samples, c // r**2, h * r, w * r))


def _new_size(old, size, scale_factor):
    n = len(old)
    if (size is None) == (scale_factor is None):
        raise ArgumentError("upsample: give size or scale_factor, one of the two")
    if size is not None:
        return lengths("upsample", "size", size, n), (None,) * n
    scales = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * n
    try:
        scales = tuple(map(float, scales))
        new = tuple(math.floor(m * s) for m, s in zip(old, scales, strict=True))
    except (TypeError, ValueError, OverflowError):
        new = ()
    if not new or min(new) < 1:
        raise ArgumentError(
            f"upsample: scale_factor is {scale_factor!r} for an image of {old}; it must be a "
            f"number, or one for each axis, that leaves at least one pixel"
        )
    return new, scales


def _nearest(x, new, scales):
    old = x.shape[2:]
    # with more than one axis, PyTorch takes a size that is doubled for a factor of 2
    twice = len(old) > 1
    if all(
        m % n == 0 and (s in (None, m // n) or (twice and m in (n, 2 * n)))
        for n, m, s in zip(old, new, scales, strict=True)
    ):
        # whole blocks of copies: their derivative is a sum over axes
        apart, blocks = [*x.shape[:2]], [*x.shape[:2]]
        for n, m in zip(old, new, strict=True):
            apart += [n, 1]
            blocks += [n, m // n]
        return reshape(broadcast_to(reshape(x, apart), blocks), (*x.shape[:2], *new))
    for axis, (n, m, scale) in enumerate(zip(old, new, scales, strict=True), 2):
        # float32, as PyTorch does it: a place on the edge of two pixels falls where it does there
        exact = scale is None or (twice and m in (n, 2 * n))
        step = np.float32(n / m if exact else 1 / scale)
        index = np.floor(np.arange(m, dtype=np.float32) * step).astype(np.intp)
        x = take(x, np.minimum(index, n - 1), axis)
    return x


def _line(n: int, m: int, scale: float | None, align_corners: bool) -> Weights:
    """Each new value between its two neighbours."""
    if align_corners:
        place = np.arange(m) * ((n - 1) / (m - 1) if m > 1 else 0.0)
    else:
        step = n / m if scale is None else 1 / scale
        place = np.maximum((np.arange(m) + 0.5) * step - 0.5, 0)
    low = np.minimum(place.astype(np.intp), n - 1)
    share = np.where(low < n - 1, place - low, 0.0)
    rows = [np.array([1 - t, t]) if t else np.ones(1) for t in share.tolist()]
    return Weights(tuple(low.tolist()), tuple(rows), n)
