"""Convolution, its transpose and its weights' gradient, for any geometry: products of windows.

The three are one trilinear form, of the image x, the weights W and the output y, in which each
takes the place of what is asked for. Images are handled channels last, so that a window's row of
pixels is one run of memory: `_columns` copies all windows of a few samples into the rows of a
matrix, and the rest is a product with the weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry, places
from pygrad.nn.functional.kernels.layout import (
    channels_last,
    empty_channels_last,
    last,
    padded,
)  # fmt: skip
from pygrad.nn.functional.kernels.scratch import Windows

__all__ = ["convolve", "opposite", "spread", "turned", "weight_gradient"]

# The matrix of windows should fit the cache: more samples at a time only while it has fewer
# numbers than this. A small image needs several, or its products are too short for BLAS.
_ENOUGH = 600_000
# windows of the forward pass are kept for the gradient where they are fewer numbers than this
_KEPT = 1_000_000


def convolve(x: Any, W: Any, geometry: Geometry, keep: bool) -> tuple[Any, Any]:
    """The convolution, and the windows if they are to be kept and are few."""
    xp = padded(x, geometry.padding)
    y = empty_channels_last((len(x), len(W), *geometry.out), np.result_type(x, W))
    rows = last(y)
    g = geometry.groups
    matrix = _by_rows(W, g)
    few = len(x) * _window(xp, geometry) <= _KEPT
    kept = Windows() if keep and few and g == 1 and x.size else None
    for block in _blocks(xp, geometry):
        columns = _columns(xp[block], geometry, kept)
        target = rows[block].reshape(-1, g, len(W) // g)
        if g == 1:
            np.matmul(columns[0], matrix[0], out=target[:, 0])
        else:
            np.matmul(columns, matrix, out=target.transpose(1, 0, 2))
    return y, kept


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """The transpose of `convolve` in x: each value of `g` adds its multiple of W to its window."""
    groups = geometry.groups
    shape = (len(g), W.shape[1] * groups, *geometry.size)
    dtype = np.result_type(g, W)
    g = channels_last(g)
    matrix = _by_rows(W, groups).swapaxes(1, 2)
    padding = geometry.padding
    full = [n + a + b for n, (a, b) in zip(geometry.size, padding, strict=True)]
    xp = np.zeros((len(g), *full, shape[1]), dtype)
    for block in _blocks(xp, geometry):
        values = g[block].reshape(-1, groups, len(W) // groups).transpose(1, 0, 2)
        columns = np.matmul(values, matrix)  # of each group: windows x (kernel, channels)
        target = xp[block]
        kernel = math.prod(geometry.kernel)
        columns = columns.reshape(groups, len(target), *geometry.out, kernel, -1)
        target = target.reshape(*target.shape[:-1], groups, -1)
        for i, place in enumerate(places(geometry)):
            target[(slice(None), *place)] += np.moveaxis(columns[..., i, :], 0, -2)
    inner = tuple(slice(a, a + n) for n, (a, _) in zip(geometry.size, padding, strict=True))
    if not any(map(any, padding)):
        return xp.transpose(0, -1, *range(1, xp.ndim - 1))
    x = empty_channels_last(shape, dtype)
    last(x)[...] = xp[(slice(None), *inner)]
    return x


def weight_gradient(x: Any, g: Any, geometry: Geometry, kept: Any) -> Any:
    """The transpose of `convolve` in W: for each weight the sum of what it is multiplied with."""
    groups, o, c = geometry.groups, g.shape[1], x.shape[1]
    rows = channels_last(g).reshape(-1, groups, o // groups).transpose(1, 2, 0)
    total: Any = 0
    first = 0
    for columns in _all_columns(x, geometry) if kept is None else kept.arrays:
        end = first + columns.shape[1]
        total = total + np.matmul(rows[:, :, first:end], columns)
        first = end
    W = np.zeros((o, c // groups, *geometry.kernel), np.result_type(x, g))
    if len(x):
        # total: groups x (channels out of a group) x (kernel, channels)
        last(W)[...] = total.reshape(o, *geometry.kernel, c // groups)
    return W


def _all_columns(x: Any, geometry: Geometry) -> Iterator[Any]:
    xp = padded(x, geometry.padding)
    return (_columns(xp[block], geometry) for block in _blocks(xp, geometry))


def _by_rows(W: Any, groups: int) -> Any:
    """The weights as a matrix for each group, (kernel, channels in) x channels out."""
    o = len(W)
    apart = last(W).reshape(groups, o // groups, -1)
    return np.ascontiguousarray(apart.swapaxes(1, 2)) if apart.size else apart.swapaxes(1, 2)


def _blocks(xp: Any, geometry: Geometry) -> list[slice]:
    """The samples, in pieces whose windows make a matrix of bearable size."""
    step = max(1, _ENOUGH // max(_window(xp, geometry), 1))
    return [slice(i, i + step) for i in range(0, len(xp), step)]


def _window(xp: Any, geometry: Geometry) -> int:
    """How many numbers the windows of one sample have."""
    return math.prod(geometry.out) * math.prod(geometry.kernel) * xp.shape[-1]


def _window_shape(xp: Any, geometry: Geometry) -> tuple[int, ...]:
    return (len(xp), *geometry.out, *geometry.kernel, xp.shape[-1])


def _columns(xp: Any, geometry: Geometry, kept: Windows | None = None) -> Any:
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
        rows = math.prod(windows.shape[: 1 + len(geometry.out)])
        if kept is not None:
            return kept.copy(windows, (1, rows, windows.size // rows))
        return windows.reshape(1, rows, -1) if windows.size else np.zeros((1, rows, 0), xp.dtype)
    apart = windows.reshape(*windows.shape[:-1], g, windows.shape[-1] // g)
    apart = np.moveaxis(apart, -2, 0)
    return apart.reshape(g, math.prod(apart.shape[1 : 2 + len(geometry.out)]), -1)


def turned(W: Any, groups: int) -> Any:
    """The weights that lead back: input and output channels exchanged, kernel reversed."""
    o, c = W.shape[:2]
    apart = W.reshape(groups, o // groups, c, *W.shape[2:]).swapaxes(1, 2)
    back = (slice(None), slice(None), *(slice(None, None, -1),) * (W.ndim - 2))
    return apart.reshape(groups * c, o // groups, *W.shape[2:])[back]


def opposite(geometry: Geometry) -> Geometry:
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
