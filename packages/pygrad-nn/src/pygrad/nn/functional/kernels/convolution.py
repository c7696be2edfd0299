"""Convolution, its transpose and its weights' gradient, for any geometry: products of windows.

The three are one trilinear form, of the image x, the weights W and the output y, in which each
takes the place of what is asked for. Images are handled channels last, so that a window's row of
pixels is one run of memory: `_columns` copies all windows of a few samples into the rows of a
matrix, and the rest is a product with the weights.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels.layout import (
    channels_last,
    empty_channels_last,
    last,
    padded,
)  # fmt: skip

__all__ = ["by_rows", "convolve", "spread", "weight_gradient"]

# The matrix of windows should fit the cache: more samples at a time only while it has fewer
# numbers than this. A small image needs several, or its products are too short for BLAS.
_ENOUGH = 600_000


def convolve(x: Any, W: Any, geometry: Geometry) -> Any:
    """y[n, o] = sum over c, k of x[n, c, stride * i + dilation * k] W[o, c, k]."""
    xp = padded(x, geometry.padding)
    y = empty_channels_last((len(x), len(W), *geometry.out), np.result_type(x, W))
    rows = last(y)
    g = geometry.groups
    matrix = by_rows(W, g)
    for block in _blocks(xp, geometry):
        columns = _columns(xp[block], geometry)
        target = rows[block].reshape(-1, g, len(W) // g)
        if g == 1:
            np.matmul(columns[0], matrix[0], out=target[:, 0])
        else:
            np.matmul(columns, matrix, out=target.transpose(1, 0, 2))
    return y


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """The transpose of `convolve` in x: each value of `g` adds its multiple of W to its window."""
    groups = geometry.groups
    shape = (len(g), W.shape[1] * groups, *geometry.size)
    dtype = np.result_type(g, W)
    if set(geometry.stride) == {1}:
        return convolve(g, _turned(W, groups), _opposite(geometry))
    g = channels_last(g)
    matrix = by_rows(W, groups).swapaxes(1, 2)
    padding = geometry.padding
    full = [n + a + b for n, (a, b) in zip(geometry.size, padding, strict=True)]
    xp = np.zeros((len(g), *full, shape[1]), dtype)
    for block in _blocks(xp, geometry):
        values = g[block].reshape(-1, groups, len(W) // groups).transpose(1, 0, 2)
        columns = np.matmul(values, matrix)  # of each group: windows x (kernel, channels)
        target = xp[block]
        columns = columns.reshape(groups, *_window_shape(target, geometry)[:-1], -1)
        target = target.reshape(*target.shape[:-1], groups, -1)
        space = len(geometry.out)
        for offset in itertools.product(*map(range, geometry.kernel)):
            part = columns[(slice(None),) * (2 + space) + offset]
            target[_shifted(geometry, offset)] += np.moveaxis(part, 0, -2)
    inner = tuple(slice(a, a + n) for n, (a, _) in zip(geometry.size, padding, strict=True))
    if not any(map(any, padding)):
        return xp.transpose(0, -1, *range(1, xp.ndim - 1))
    x = empty_channels_last(shape, dtype)
    last(x)[...] = xp[(slice(None), *inner)]
    return x


def weight_gradient(x: Any, g: Any, geometry: Geometry) -> Any:
    """The transpose of `convolve` in W: for each weight the sum of what it is multiplied with."""
    xp = padded(x, geometry.padding)
    rows = channels_last(g)
    groups, o, c = geometry.groups, g.shape[1], x.shape[1]
    total: Any = 0
    for block in _blocks(xp, geometry):
        columns = _columns(xp[block], geometry)
        values = rows[block].reshape(-1, groups, o // groups).transpose(1, 2, 0)
        total = total + np.matmul(values, columns)
    W = np.zeros((o, c // groups, *geometry.kernel), np.result_type(x, g))
    if len(x):
        # total: groups x (channels out of a group) x (kernel, channels)
        last(W)[...] = total.reshape(o, *geometry.kernel, c // groups)
    return W


def by_rows(W: Any, groups: int) -> Any:
    """The weights as a matrix for each group, (kernel, channels in) x channels out."""
    o = len(W)
    apart = last(W).reshape(groups, o // groups, -1)
    return np.ascontiguousarray(apart.swapaxes(1, 2)) if apart.size else apart.swapaxes(1, 2)


def _blocks(xp: Any, geometry: Geometry) -> list[slice]:
    """The samples, in pieces whose windows make a matrix of bearable size."""
    window = np.prod(geometry.out) * np.prod(geometry.kernel) * xp.shape[-1]
    step = int(max(1, _ENOUGH // max(window, 1)))
    return [slice(i, i + step) for i in range(0, len(xp), step)]


def _window_shape(xp: Any, geometry: Geometry) -> tuple[int, ...]:
    return (len(xp), *geometry.out, *geometry.kernel, xp.shape[-1])


def _columns(xp: Any, geometry: Geometry) -> Any:
    """Every window of `xp`, for each group, as a row: groups x windows x (kernel, channels)."""
    step = xp.strides
    strides = (
        step[0],
        *(a * s for a, s in zip(step[1:-1], geometry.stride, strict=True)),
        *(a * d for a, d in zip(step[1:-1], geometry.dilation, strict=True)),
        step[-1],
    )
    windows = np.ndarray(_window_shape(xp, geometry), xp.dtype, xp, 0, strides)
    g = geometry.groups
    if g == 1:
        rows = int(np.prod(windows.shape[: 1 + len(geometry.out)]))
        return windows.reshape(1, rows, -1) if windows.size else np.zeros((1, rows, 0), xp.dtype)
    apart = windows.reshape(*windows.shape[:-1], g, windows.shape[-1] // g)
    apart = np.moveaxis(apart, -2, 0)
    return apart.reshape(g, int(np.prod(apart.shape[1 : 2 + len(geometry.out)])), -1)


def _shifted(geometry: Geometry, offset: tuple[int, ...]) -> tuple[slice, ...]:
    """Where the value at `offset` in every window lies in the padded image."""
    index = [slice(None)]
    for i, s, d, n in zip(offset, geometry.stride, geometry.dilation, geometry.out, strict=True):
        index.append(slice(i * d, i * d + s * (n - 1) + 1, s))
    return tuple(index)


def _turned(W: Any, groups: int) -> Any:
    """The weights that lead back: input and output channels exchanged, kernel reversed."""
    o, c = W.shape[:2]
    apart = W.reshape(groups, o // groups, c, *W.shape[2:]).swapaxes(1, 2)
    back = (slice(None), slice(None), *(slice(None, None, -1),) * (W.ndim - 2))
    return apart.reshape(groups * c, o // groups, *W.shape[2:])[back]


def _opposite(geometry: Geometry) -> Geometry:
    """The geometry of the convolution that is the transpose of one with stride 1."""
    padding = []
    for k, d, (a, _), n, m in zip(
        geometry.kernel, geometry.dilation, geometry.padding, geometry.size, geometry.out,
        strict=True,
    ):  # fmt: skip
        before = d * (k - 1) - a
        # window i of the result begins at i - before, and the last of n must end inside
        padding.append((before, n - 1 + d * (k - 1) - before - (m - 1)))
    return geometry._replace(padding=tuple(padding), size=geometry.out, out=geometry.size)
