"""Convolution of every channel by itself: multiply-adds of shifted images, channels last.

A product of matrices would have one column for each channel; the multiply-adds run along whole
rows of pixels, for which the weights are repeated once a row.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry, places
from pygrad.nn.functional.kernels.layout import (
    channels_last,
    empty_channels_last,
    last,
    ones,
    padded,
)  # fmt: skip

__all__ = ["applies", "convolve", "spread", "weight_gradient"]


def applies(geometry: Geometry, c: int, o: int) -> bool:
    """Whether each channel of the output has one of the input to itself."""
    return geometry.groups == c == o > 1


def convolve(x: Any, W: Any, geometry: Geometry) -> Any:
    """For each place in the kernel, the image shifted so much, times its weights."""
    xp = padded(x, geometry.padding)
    y = empty_channels_last((*x.shape[:2], *geometry.out), np.result_type(x, W))
    rows = last(y)
    weights = _weights(W, geometry)
    scratch = np.empty(rows.shape[1:], y.dtype)
    for n in range(len(x)):
        for k, index in enumerate(places(geometry)):
            place = xp[n][index]
            if k:
                product = np.multiply(place, weights[k], out=scratch)
                total = rows[n]
                total += product
            else:
                np.multiply(place, weights[k], out=rows[n])
    return y


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """The transpose in x: each shifted image takes its share of `g`."""
    gs = channels_last(g)
    padding = geometry.padding
    full = [n + a + b for n, (a, b) in zip(geometry.size, padding, strict=True)]
    x = empty_channels_last((*g.shape[:2], *geometry.size), np.result_type(g, W))
    weights = _weights(W, geometry)
    inner = tuple(slice(a, a + n) for n, (a, _) in zip(geometry.size, padding, strict=True))
    for n in range(len(g)):
        target = np.zeros((*full, g.shape[1]), x.dtype)
        for k, index in enumerate(places(geometry)):
            place = target[index]
            place += gs[n] * weights[k]
        last(x)[n] = target[inner]
    return x


def weight_gradient(x: Any, g: Any, geometry: Geometry) -> Any:
    """The sum of each shifted image times `g`."""
    xp, gs = padded(x, geometry.padding), channels_last(g)
    c = x.shape[1]
    total = np.zeros((math.prod(geometry.kernel), c), np.result_type(x, g))
    for k, index in enumerate(places(geometry)):
        # einsum adds one after the other, so along rows of pixels alone: long sums lose digits
        rows = np.einsum("...ac,...ac->...c", xp[(slice(None), *index)], gs).reshape(-1, c)
        total[k] = np.dot(ones(len(rows), rows.dtype), rows)
    return np.ascontiguousarray(total.T).reshape(c, 1, *geometry.kernel)


def _weights(W: Any, geometry: Geometry) -> Any:
    """For each place in the kernel, the weights of a row of pixels."""
    apart = W.reshape(len(W), -1).T
    wide = np.tile(apart, (1, geometry.out[-1]))
    return wide.reshape(len(wide), geometry.out[-1], len(W))
