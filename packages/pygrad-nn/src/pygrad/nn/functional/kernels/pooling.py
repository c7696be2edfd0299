"""Maxima and sums over windows, and their ways back.

Each sample is handled by itself, so that what one step wrote is in the cache for the next.

A window of several axes is taken one axis after the other: its maximum is the maximum of the
maxima of its rows, and so for sums. That takes kh + kw steps in place of kh kw.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels.layout import empty_channels_last, is_channels_last

__all__ = ["maxima", "pick", "spread_sums", "unpick", "window_sums"]


def maxima(x: Any, geometry: Geometry) -> Any:
    """y = the maximum of each window of x, of shape (N, C, ...); NaN if there is one in it."""
    xp = _padded(x, geometry, _lowest(x.dtype))
    y = _like(x, (*x.shape[:2], *geometry.out))
    for n in range(len(x)):
        part = xp[n]
        for axis in range(len(geometry.out)):
            last = axis == len(geometry.out) - 1
            part = _over_slices(np.maximum, part, geometry, axis, y[n] if last else None)
    return y


def unpick(g: Any, x: Any, y: Any, geometry: Geometry) -> Any:
    """Each gradient of a maximum at the first place in its window that has it, and zeros."""
    xp = _padded(x, geometry, _lowest(x.dtype))
    padded = xp is not x
    gx = _like(x, xp.shape, g.dtype)
    exact = geometry.stride == geometry.kernel and xp.shape[2:] == tuple(
        s * o for s, o in zip(geometry.stride, geometry.out, strict=True)
    )
    if not exact:
        gx[...] = 0
    for n in range(len(x)):
        free = None
        for index in _offsets(geometry):
            here = _here(xp[n][index], y[n], free)
            free = ~here if free is None else free ^ here
            if exact:  # every place belongs to one window
                np.multiply(g[n], here.astype(g.dtype), out=gx[n][index])
            else:
                gx[n][index] += g[n] * here.astype(g.dtype)
    return _cut(gx, geometry) if padded else gx


def pick(u: Any, x: Any, y: Any, geometry: Geometry) -> Any:
    """The values of `u` at the places that `unpick` puts gradients."""
    xp = _padded(x, geometry, _lowest(x.dtype))
    up = _padded(u, geometry, 0)
    g = _like(x, y.shape, u.dtype)
    g[...] = 0
    for n in range(len(x)):
        free = None
        for index in _offsets(geometry):
            here = _here(xp[n][index], y[n], free)
            free = ~here if free is None else free ^ here
            np.copyto(g[n], up[n][index], where=here)
    return g


def window_sums(x: Any, geometry: Geometry) -> Any:
    """y = the sum of each window of x, of shape (N, C, ...), zeros around it."""
    xp = _padded(x, geometry, 0)
    y = _like(x, (*x.shape[:2], *geometry.out))
    for n in range(len(x)):
        part = xp[n]
        for axis in range(len(geometry.out)):
            last = axis == len(geometry.out) - 1
            part = _over_slices(np.add, part, geometry, axis, y[n] if last else None)
    return y


def spread_sums(g: Any, geometry: Geometry) -> Any:
    """The transpose of `window_sums`: every value of `g` is added to its whole window."""
    full = [n + a + b for n, (a, b) in zip(geometry.size, geometry.padding, strict=True)]
    gx = _like(g, (*g.shape[:2], *full))
    for n in range(len(g)):
        part = g[n]
        for axis in reversed(range(len(full))):
            shape = list(part.shape)
            shape[1 + axis] = full[axis]
            target = gx[n] if not axis else np.empty_like(part, shape=shape)
            _spread_axis(target, part, geometry, axis)
            part = target
    return _cut(gx, geometry) if any(map(any, geometry.padding)) else gx


def _spread_axis(target: Any, part: Any, geometry: Geometry, axis: int) -> None:
    before = (slice(None),) * (1 + axis)
    s, m = geometry.stride[axis], geometry.out[axis]
    apart = geometry.kernel[axis] == s and target.shape[1 + axis] == s * m
    if not apart:
        target[...] = 0
    for i in range(geometry.kernel[axis]):
        place = target[(*before, slice(i, i + s * (m - 1) + 1, s))]
        if apart:
            place[...] = part
        else:
            place += part


def _over_slices(combine: Any, x: Any, geometry: Geometry, axis: int, out: Any) -> Any:
    """Combine the windows of one axis of `x`, of shape (C, ...): slice after slice."""
    before = (slice(None),) * (1 + axis)
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


def _here(x: Any, y: Any, free: Any) -> Any:
    """Where a value is its window's maximum, and none before it was."""
    here = x == y
    here |= x != x  # a NaN is the maximum that it makes
    if free is not None:
        here &= free
    return here


def _offsets(geometry: Geometry) -> list[tuple[slice, ...]]:
    """For each place in a window, where it lies in a padded image of shape (C, ...)."""
    axes = [
        [slice(i * d, i * d + s * (m - 1) + 1, s) for i in range(k)]
        for k, s, d, m in zip(
            geometry.kernel, geometry.stride, geometry.dilation, geometry.out, strict=True
        )
    ]
    return [(slice(None), *index) for index in itertools.product(*axes)]


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
