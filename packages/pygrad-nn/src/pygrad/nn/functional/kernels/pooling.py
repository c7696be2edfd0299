"""Maxima and sums over windows, and their ways back.

A few samples are handled at a time, so that what one step wrote is in the cache for the next.

A window of several axes is taken one axis after the other: its maximum is the maximum of the
maxima of its rows, and so for sums. That takes kh + kw steps in place of kh kw.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels.layout import empty_channels_last, is_channels_last

__all__ = ["maxima", "pick", "spread_sums", "unpick", "window_sums"]

_LITTLE = sys.byteorder == "little"
_BLOCK = 65_536  # numbers that are worked on at a time


def maxima(x: Any, geometry: Geometry) -> Any:
    """y = the maximum of each window of x, of shape (N, C, ...); NaN if there is one in it."""
    return _combined(np.maximum, _padded(x, geometry, _lowest(x.dtype)), geometry)


def window_sums(x: Any, geometry: Geometry) -> Any:
    """y = the sum of each window of x, of shape (N, C, ...), zeros around it."""
    return _combined(np.add, _padded(x, geometry, 0), geometry)


def unpick(g: Any, x: Any, y: Any, geometry: Geometry) -> Any:
    """Each gradient of a maximum at the first place in its window that has it, and zeros."""
    xp = _padded(x, geometry, _lowest(x.dtype))
    gx = _like(x, xp.shape, g.dtype)
    # every place belongs to one window
    exact = geometry.stride == geometry.kernel and xp.shape[2:] == tuple(
        s * o for s, o in zip(geometry.stride, geometry.out, strict=True)
    )
    has_nan = bool(np.isnan(y).any())
    if exact and geometry.kernel == (2, 2) and xp.flags.c_contiguous and not has_nan and _LITTLE:
        for block in _blocks(x):
            _unpick_pairs(g[block], xp[block], y[block], gx[block])
        return _cut(gx, geometry) if xp is not x else gx
    if not exact:
        gx[...] = 0
    for block in _blocks(x):
        free = None
        part = g[block]
        if part.strides != y[block].strides:  # the same order as the others: mixed ones are slow
            part = y[block].copy("K").astype(g.dtype)
            part[...] = g[block]
        for index in _offsets(geometry):
            here = _here(xp[block][index], y[block], free, has_nan)
            free = ~here if free is None else free ^ here
            place = gx[block][index]
            if exact:
                np.multiply(part, here.astype(g.dtype), out=place)
            else:
                place += part * here.astype(g.dtype)
    return _cut(gx, geometry) if xp is not x else gx


def pick(u: Any, x: Any, y: Any, geometry: Geometry) -> Any:
    """The values of `u` at the places that `unpick` puts gradients."""
    xp = _padded(x, geometry, _lowest(x.dtype))
    up = _padded(u, geometry, 0)
    g = _like(x, y.shape, u.dtype)
    g[...] = 0
    free, has_nan = None, bool(np.isnan(y).any())
    for index in _offsets(geometry):
        here = _here(xp[index], y, free, has_nan)
        free = ~here if free is None else free ^ here
        np.copyto(g, up[index], where=here)
    return g


def spread_sums(g: Any, geometry: Geometry) -> Any:
    """The transpose of `window_sums`: every value of `g` is added to its whole window."""
    full = [n + a + b for n, (a, b) in zip(geometry.size, geometry.padding, strict=True)]
    gx = _like(g, (*g.shape[:2], *full))
    for block in _blocks(gx):
        part = g[block]
        for axis in reversed(range(len(full))):
            shape = list(part.shape)
            shape[2 + axis] = full[axis]
            target = np.empty_like(part, shape=shape) if axis else gx[block]
            _spread_axis(target, part, geometry, axis)
            part = target
    return _cut(gx, geometry) if any(map(any, geometry.padding)) else gx


def _combined(combine: Any, xp: Any, geometry: Geometry) -> Any:
    y = _like(xp, (*xp.shape[:2], *geometry.out))
    last = len(geometry.out) - 1
    for block in _blocks(xp):
        part = xp[block]
        for axis in range(last + 1):
            part = _over_slices(combine, part, geometry, axis, y[block] if axis == last else None)
    return y


def _unpick_pairs(g: Any, x: Any, y: Any, gx: Any) -> None:
    """Windows of 2 x 2 in planes: comparisons of whole rows, and pairs of them as 16-bit numbers.

    The lowest bit that is set in a pair of booleans is that of the first.
    """
    wide = (*y.shape[:-1], 2 * y.shape[-1])
    ys, gs = np.empty(wide, y.dtype), np.empty(wide, g.dtype)
    for i in (0, 1):
        ys[..., i::2], gs[..., i::2] = y, g
    upper = (x[:, :, 0::2] == ys).view(np.uint16)
    lower = (x[:, :, 1::2] == ys).view(np.uint16)
    lower &= -lower
    lower *= upper == 0
    upper &= -upper
    np.multiply(gs, upper.view(np.uint8), out=gx[:, :, 0::2])
    np.multiply(gs, lower.view(np.uint8), out=gx[:, :, 1::2])


def _blocks(x: Any) -> list[slice]:
    size = x.size // max(len(x), 1)
    step = max(1, _BLOCK // max(size, 1))
    return [slice(i, i + step) for i in range(0, len(x), step)]


def _spread_axis(target: Any, part: Any, geometry: Geometry, axis: int) -> None:
    before = (slice(None),) * (2 + axis)
    s, m = geometry.stride[axis], geometry.out[axis]
    apart = geometry.kernel[axis] == s and target.shape[2 + axis] == s * m
    if not apart:
        target[...] = 0
    for i in range(geometry.kernel[axis]):
        place = target[(*before, slice(i, i + s * (m - 1) + 1, s))]
        if apart:
            place[...] = part
        else:
            place += part


def _over_slices(combine: Any, x: Any, geometry: Geometry, axis: int, out: Any) -> Any:
    """Combine the windows of one axis of `x`, of shape (N, C, ...): slice after slice."""
    before = (slice(None),) * (2 + axis)
    s, d, m = geometry.stride[axis], geometry.dilation[axis], geometry.out[axis]
    slices = [
        x[(*before, slice(i * d, i * d + s * (m - 1) + 1, s))] for i in range(geometry.kernel[axis])
    ]
    if len(slices) == 1:
        if out is None:
            return slices[0]
        out[...] = slices[0]
        return out
    y = combine(slices[0], slices[1], out=out)
    for part in slices[2:]:
        combine(y, part, out=y)
    return y


def _here(x: Any, y: Any, free: Any, has_nan: bool) -> Any:
    """Where a value is its window's maximum, and none before it was."""
    here = x == y
    if has_nan:
        here |= x != x  # it is the maximum that it makes
    if free is not None:
        here &= free
    return here


def _offsets(geometry: Geometry) -> list[tuple[slice, ...]]:
    """For each place in a window, where it lies in padded images."""
    axes = [
        [slice(i * d, i * d + s * (m - 1) + 1, s) for i in range(k)]
        for k, s, d, m in zip(
            geometry.kernel, geometry.stride, geometry.dilation, geometry.out, strict=True
        )
    ]
    return [(slice(None), slice(None), *index) for index in itertools.product(*axes)]


def _padded(x: Any, geometry: Geometry, value: Any) -> Any:
    if not any(map(any, geometry.padding)):
        return x
    full = [n + a + b for n, (a, b) in zip(x.shape[2:], geometry.padding, strict=True)]
    xp = _like(x, (*x.shape[:2], *full))
    xp[...] = value
    _cut(xp, geometry)[...] = x
    return xp


def _cut(xp: Any, geometry: Geometry) -> Any:
    """The image inside its padding."""
    inner = (slice(a, a + n) for n, (a, _) in zip(geometry.size, geometry.padding, strict=True))
    return xp[(slice(None), slice(None), *inner)]


def _like(x: Any, shape: tuple[int, ...], dtype: Any = None) -> Any:
    """An array with its memory in the order of that of `x`."""
    dtype = x.dtype if dtype is None else dtype
    if is_channels_last(x) and not x.flags.c_contiguous:
        return empty_channels_last(shape, dtype)
    return np.empty(shape, dtype)


def _lowest(dtype: Any) -> Any:
    if dtype.kind == "f":
        return -np.inf
    return np.iinfo(dtype).min if dtype.kind in "iu" else False
