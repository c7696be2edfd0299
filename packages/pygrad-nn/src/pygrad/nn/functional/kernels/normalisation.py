"""Normalising by mean and variance: of every channel over a batch, or of every row by itself.

Sums are products with ones and `vecdot`, which BLAS does two to six times faster than `sum`, and
work goes block by block, so that what one step wrote is still in the cache for the next. The
variance is that of centred values, or of values about one near the mean: that of the values as they
are would lose all digits where the mean is large.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pygrad.nn.functional.kernels.layout import (
    empty_channels_last,
    is_channels_last,
    last,
    ones,
    repeated,
)  # fmt: skip

__all__ = ["gradients", "normalised"]

_BLOCK = 65_536  # numbers that are worked on at a time
# Moments about 0 lose two bits at most where the mean is at most so many standard deviations, so
# half as many root mean squares.
_NEAR_0 = 3**0.5


def normalised(
    x: Any, w: Any, b: Any, axes: tuple[int, ...], eps: float, centred: bool
) -> tuple[Any, Any, Any]:
    """(x - mean) / sqrt(var + eps) * w + b, the mean and the variance over the axes.

    `w` and `b` broadcast to `x`. Not centred, the mean counts as 0. Mean and variance keep their
    axes.
    """
    if not _is_blas(x, w, b):
        return _plainly(x, w, b, axes, eps, centred)
    if x.ndim > 1 and axes[0] == 0 and 1 not in axes:
        if is_channels_last(x):
            return _channels_last_forward(x, w, b, eps)
        return _channels_forward(np.ascontiguousarray(x), w, b, eps)
    return _rows_forward(np.ascontiguousarray(x), w, b, axes, eps, centred)


def gradients(
    x: Any, w: Any, g: Any, mean: Any, var: Any, axes: tuple[int, ...], eps: float, centred: bool
) -> tuple[Any, Any, Any]:
    """The gradients of x, w and b; `w` has as many axes as `x`, and so have those of w and b."""
    r = 1 / np.sqrt(var + var.dtype.type(eps))
    if not _is_blas(x, w, g):
        return _gradients_plainly(x, w, g, mean, r, axes, centred)
    if x.ndim > 1 and axes[0] == 0 and 1 not in axes:
        if is_channels_last(x) and is_channels_last(g):
            return _channels_last_backward(x, w, g, mean, r)
        x, g = np.ascontiguousarray(x), np.ascontiguousarray(g)
        shifted = not (np.abs(mean) <= _NEAR_0 * np.sqrt(var)).all()
        return _channels_backward(x, w, g, mean, r, shifted)
    x, g = np.ascontiguousarray(x), np.ascontiguousarray(g)
    return _rows_backward(x, w, g, mean, r, axes, centred)


# ------------------------------------------------------------- channels, one plane a channel


def _channels_forward(x: Any, w: Any, b: Any, eps: float) -> tuple[Any, Any, Any]:
    n, c = x.shape[:2]
    flat, y = x.reshape(n, c, -1), np.empty(x.shape, x.dtype)
    out, d = y.reshape(flat.shape), np.empty_like(flat[0])
    one, length = ones(flat.shape[2], x.dtype), x.dtype.type(flat.shape[2])
    size = n * length
    # Both moments in one reading, about 0, or where that would cancel, about the mean of the first
    # sample. It is near enough: how far it is from the mean of all is a part of their variance.
    about = np.dot(flat[0], one) / length
    with np.errstate(over="ignore"):
        square = np.vecdot(flat[0], flat[0]) / length
    shifted = not (np.isfinite(square) & (np.abs(about) <= _NEAR_0 / 2 * np.sqrt(square))).all()
    near: Any = _filled(about[:, None], flat[0]) if shifted else None
    first, second = np.zeros(c, x.dtype), np.zeros(c, x.dtype)
    for a in flat:
        if shifted:
            a = np.subtract(a, near, out=d)
        second += np.vecdot(a, a)
        first += np.dot(a, one)
    first /= size
    mean = (about + first if shifted else first)[:, None]
    var = np.maximum(second / size - first * first, 0)[:, None]
    scale = w.reshape(-1, 1) / np.sqrt(var + x.dtype.type(eps))
    shift = _filled(b.reshape(-1, 1) - mean * scale, flat[0])
    scale = _filled(scale, flat[0])
    for i in reversed(range(n)):  # the last ones are still in the cache
        y_i = np.multiply(flat[i], scale, out=out[i])
        y_i += shift
    shape = (1, c, *(1,) * (x.ndim - 2))
    return y, mean.reshape(shape), var.reshape(shape)


def _channels_backward(
    x: Any, w: Any, g: Any, mean: Any, r: Any, shifted: bool
) -> tuple[Any, Any, Any]:
    n, c = x.shape[:2]
    flat, g, gx = x.reshape(n, c, -1), g.reshape(n, c, -1), np.empty(x.shape, x.dtype)
    out, d = gx.reshape(flat.shape), np.empty_like(flat[0])
    one, size = ones(flat.shape[2], x.dtype), x.dtype.type(n * flat.shape[2])
    kept = mean.shape
    mean, r = mean.reshape(c, 1), r.reshape(c, 1)
    gw, gb = np.zeros(c, x.dtype), np.zeros(c, x.dtype)
    means: Any = _filled(mean, flat[0]) if shifted else None
    for a, g_i in zip(flat, g, strict=True):
        if shifted:
            a = np.subtract(a, means, out=d)
        gw += np.vecdot(g_i, a)
        gb += np.dot(g_i, one)
    if not shifted:
        gw -= gb * mean[:, 0]
    gw, gb = gw[:, None] * r, gb[:, None]
    scale = w.reshape(c, 1) * r
    slope = -scale * r * gw / size
    shift = _filled(-scale * gb / size - slope * mean, flat[0])
    scale, slope = _filled(scale, flat[0]), _filled(slope, flat[0])
    for i in reversed(range(n)):
        np.multiply(flat[i], slope, out=d)
        d += shift
        gx_i = np.multiply(g[i], scale, out=out[i])
        gx_i += d
    return gx, gw.reshape(kept), gb.reshape(kept)


def _filled(column: Any, rows: Any) -> Any:
    """A number a row as an array like `rows`, if these are short: a broadcast starts anew at each.

    Sums of whole arrays take 0.07 where those with a column take 0.15 (rows of 784).
    """
    if rows.shape[1] > 2048 or rows.size > 131_072:
        return column
    return np.repeat(column, rows.shape[1], axis=1)


# ----------------------------------------------------------- channels, those of a pixel together


def _channels_last_forward(x: Any, w: Any, b: Any, eps: float) -> tuple[Any, Any, Any]:
    c = x.shape[1]
    y = empty_channels_last(x.shape, x.dtype)
    rows, out = _wide(last(x)), _wide(last(y))
    repeats = rows.shape[1] // c
    size = x.dtype.type(rows.size // c)
    mean = np.dot(ones(len(rows), x.dtype), rows).reshape(repeats, c).sum(0) / size
    wide = repeated(mean, repeats)
    total = np.zeros(rows.shape[1], x.dtype)
    for block in _blocks(rows):
        np.subtract(rows[block], wide, out=out[block])
        d = out[block]
        total += np.dot(ones(len(d), x.dtype), d * d)
    var = total.reshape(repeats, c).sum(0) / size
    scale = repeated(w.reshape(-1) / np.sqrt(var + x.dtype.type(eps)), repeats)
    shift = repeated(b.reshape(-1), repeats)
    for block in _blocks(rows):
        part = out[block]
        part *= scale
        part += shift
    shape = (1, c, *(1,) * (x.ndim - 2))
    return y, mean.reshape(shape), var.reshape(shape)


def _channels_last_backward(x: Any, w: Any, g: Any, mean: Any, r: Any) -> tuple[Any, Any, Any]:
    c = x.shape[1]
    gx = empty_channels_last(x.shape, x.dtype)
    rows, gs, out = _wide(last(x)), _wide(last(g)), _wide(last(gx))
    repeats = rows.shape[1] // c
    size = x.dtype.type(rows.size // c)
    kept = mean.shape
    mean, r = mean.reshape(-1), r.reshape(-1)
    wide = repeated(mean, repeats)
    gb = np.dot(ones(len(gs), g.dtype), gs).reshape(repeats, c).sum(0)
    total = np.zeros(rows.shape[1], x.dtype)
    for block in _blocks(rows):
        d = rows[block] - wide
        d *= gs[block]
        total += np.dot(ones(len(d), x.dtype), d)
    gw = total.reshape(repeats, c).sum(0) * r
    scale = w.reshape(-1) * r
    slope = -scale * r * gw / size
    shift = repeated(-scale * gb / size - slope * mean, repeats)
    scale, slope = repeated(scale, repeats), repeated(slope, repeats)
    for block in _blocks(rows):
        part = np.multiply(gs[block], scale, out=out[block])
        d = rows[block] * slope
        d += shift
        part += d
    return gx, gw.reshape(kept), gb.reshape(kept)


def _wide(seen: Any) -> Any:
    """(N, ..., W, C) as rows of W C numbers: short rows would make slow broadcasts."""
    n = seen.shape[0] if seen.ndim == 2 else seen.size // (seen.shape[-1] * seen.shape[-2])
    return seen.reshape(n, -1)


# -------------------------------------------------------------------------------------- rows


def _rows_forward(
    x: Any, w: Any, b: Any, axes: tuple[int, ...], eps: float, centred: bool
) -> tuple[Any, Any, Any]:
    kept = _kept(x.shape, axes)
    rows = x.reshape(-1, math.prod(x.shape[axes[0] :]))
    one = ones(rows.shape[1], x.dtype)
    size, small = x.dtype.type(rows.shape[1]), x.dtype.type(eps)
    y = np.empty(x.shape, x.dtype)
    out = y.reshape(rows.shape)
    mean, var = np.zeros(len(rows), x.dtype), np.empty(len(rows), x.dtype)
    alike = _alike(x, w, axes)
    if alike:
        w, b = w.reshape(-1), b.reshape(-1)
    for block in _blocks(rows):
        d, part, m, v = rows[block], out[block], mean[block], var[block]
        if centred:
            np.dot(d, one, out=m)
            m /= size
            d = np.subtract(d, m[:, None], out=part)
        np.vecdot(d, d, out=v)
        v /= size
        np.multiply(d, (1 / np.sqrt(v + small))[:, None], out=part)
        if alike:
            part *= w
            part += b
    if not alike:
        y *= w
        y += b
    return y, mean.reshape(kept), var.reshape(kept)


def _rows_backward(
    x: Any, w: Any, g: Any, mean: Any, r: Any, axes: tuple[int, ...], centred: bool
) -> tuple[Any, Any, Any]:
    rows = x.reshape(-1, math.prod(x.shape[axes[0] :]))
    shape = rows.shape
    mean, r = mean.reshape(-1, 1), r.reshape(-1, 1)
    if _alike(x, w, axes):
        gx, gw, gb = _rows_backward_alike(rows, w, g.reshape(shape), mean, r, centred)
        return gx.reshape(x.shape), gw.reshape(w.shape), gb.reshape(w.shape)
    one = ones(rows.shape[1], x.dtype)
    size = x.dtype.type(rows.shape[1])
    h = np.multiply(g, w).reshape(shape)
    xhat = np.empty_like(rows)
    gx = np.empty(x.shape, x.dtype)
    out = gx.reshape(rows.shape)
    for block in _blocks(rows):
        y = np.subtract(rows[block], mean[block], out=xhat[block]) if centred else rows[block]
        y = np.multiply(y, r[block], out=xhat[block])
        part = np.multiply(y, -np.vecdot(y, h[block])[:, None] / size, out=out[block])
        part += h[block]
        if centred:
            part -= np.dot(h[block], one)[:, None] / size
        part *= r[block]
    xhat = np.multiply(xhat.reshape(x.shape), g, out=xhat.reshape(x.shape))
    return gx, _sum_like(xhat, w), _sum_like(g, w)


def _rows_backward_alike(
    rows: Any, w: Any, g: Any, mean: Any, r: Any, centred: bool
) -> tuple[Any, Any, Any]:
    """The same where every row has the same weights, as in a layer norm, with four sums by BLAS.

    With d = x - mean: gw = r^T (g d), gx = r (g w - mean(g w) - d r^2 mean(g w d)), the means those
    of a row. Of the size of `x`, only `gx` is written.
    """
    gx = np.empty(rows.shape, rows.dtype)
    gw, gb = np.zeros((2, w.size), rows.dtype)
    size, w = rows.dtype.type(w.size), w.reshape(-1)
    blocks = list(_blocks(rows))
    room = np.empty((2, *rows[blocks[0]].shape), rows.dtype)
    for block in blocks:
        now, scale, part = g[block], r[block], gx[block]
        d, along = room[:, : len(part)]
        d = np.subtract(rows[block], mean[block], out=d) if centred else rows[block]
        np.multiply(now, d, out=along)
        gw += np.dot(scale[:, 0], along)
        gb += np.dot(ones(len(part), rows.dtype), now)
        slope = np.dot(along, w)[:, None]
        slope *= scale
        slope *= scale
        slope /= size
        np.multiply(now, w, out=part)
        part -= np.multiply(d, slope, out=along)
        if centred:
            part -= (np.dot(now, w) / size)[:, None]
        part *= scale
    return gx, gw, gb


def _alike(x: Any, w: Any, axes: tuple[int, ...]) -> bool:
    """Whether `w` has a weight for each value of a row, the same for all rows."""
    row = x.shape[axes[0] :]
    return bool(w.shape[-len(row) :] == row and w.size == math.prod(row))


def _sum_like(z: Any, w: Any) -> Any:
    """The sum of `z` over the axes along which `w`, of as many axes, has length 1."""
    k = w.ndim
    while k and w.shape[k - 1] == z.shape[k - 1]:
        k -= 1
    if all(length == 1 for length in w.shape[:k]):  # rows of weights
        rows = z.reshape(-1, w.size)
        return np.dot(ones(len(rows), z.dtype), rows).reshape(w.shape)
    return z.sum(axis=tuple(i for i, n in enumerate(w.shape) if n == 1), keepdims=True)


def _blocks(rows: Any) -> Iterator[slice]:
    step = max(1, _BLOCK // max(rows.shape[1], 1))
    return (slice(i, i + step) for i in range(0, len(rows), step))


# --------------------------------------------------------------------- whatever BLAS is not for


def _is_blas(*arrays: Any) -> bool:
    """Whether all are float32, or all float64, with numbers in them."""
    first = arrays[0]
    return (
        first.size > 0 and first.dtype.char in "fd" and all(a.dtype == first.dtype for a in arrays)
    )


def _plainly(
    x: Any, w: Any, b: Any, axes: tuple[int, ...], eps: float, centred: bool
) -> tuple[Any, Any, Any]:
    wide = x.astype(np.float32) if x.dtype.char == "e" else x
    mean = wide.mean(axis=axes, keepdims=True) if centred and x.size else _zeros(wide, axes)
    d = wide - mean
    var = (d * d).mean(axis=axes, keepdims=True) if x.size else _zeros(wide, axes)
    y = d / np.sqrt(var + var.dtype.type(eps)) * w + b
    return y.astype(np.result_type(x, w, b)), mean, var


def _gradients_plainly(
    x: Any, w: Any, g: Any, mean: Any, r: Any, axes: tuple[int, ...], centred: bool
) -> tuple[Any, Any, Any]:
    if not x.size:
        return np.zeros_like(x), np.zeros_like(w), np.zeros_like(w)
    xhat = (x - mean) * r
    h = (g * w).astype(xhat.dtype)
    gx = h - xhat * (h * xhat).mean(axis=axes, keepdims=True)
    if centred:
        gx -= h.mean(axis=axes, keepdims=True)
    gx *= r
    others = tuple(i for i, n in enumerate(w.shape) if n == 1)
    gw = (g * xhat).sum(axis=others, keepdims=True)
    return gx.astype(x.dtype), gw.astype(w.dtype), g.sum(axis=others, keepdims=True)


def _zeros(x: Any, axes: tuple[int, ...]) -> Any:
    return np.zeros(_kept(x.shape, axes), x.dtype)


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if i in axes else n for i, n in enumerate(shape))
