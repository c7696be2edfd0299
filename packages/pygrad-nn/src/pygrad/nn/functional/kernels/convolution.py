"""Convolution, its transpose and its weights' gradient: which kernel serves which shape."""

from __future__ import annotations

import math
from typing import Any

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels import banded, columns, depthwise, planes, winograd
from pygrad.nn.functional.kernels.channels import add_to_channels

__all__ = ["convolve", "gradients", "spread", "weight_gradient"]


def convolve(x: Any, W: Any, b: Any, geometry: Geometry, keep: bool = False) -> tuple[Any, Any]:
    """y[n, o] = b[o] + sum over c, k of x[n, c, stride * i + dilation * k] W[o, c, k].

    With it comes what the gradient of W can use again, if it is to be kept.
    """
    c, o = x.shape[1], len(W)
    if winograd.applies(geometry, len(x), c, o, x, W, b):
        return winograd.convolve(x, W, b, geometry, keep)
    kept = None
    if planes.applies(geometry, x):
        y, kept = planes.convolve(x, W, geometry, keep)
    elif depthwise.applies(geometry, c, o):
        y = depthwise.convolve(x, W, geometry)
    else:
        y, kept = columns.convolve(x, W, geometry, keep)
    return y if b is None else add_to_channels(y, b), kept


def gradients(x: Any, W: Any, g: Any, geometry: Geometry, kept: Any) -> tuple[Any, Any]:
    """`spread` and `weight_gradient` at once, for they share work."""
    if winograd.applies(geometry, len(x), x.shape[1], len(W), x, W, g):
        return winograd.gradients(x, W, g, geometry, kept)
    return spread(g, W, geometry), weight_gradient(x, g, geometry, kept)


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """The transpose of `convolve` in x: each value of `g` adds its multiple of W to its window."""
    o, c = len(W), W.shape[1] * geometry.groups
    if banded.applies(geometry, c, o):
        return banded.spread(g, W, geometry)
    # with a stride of 1 the way back is a convolution; where the output has many more channels
    # than the input, adding windows moves less memory than gathering them; a kernel of a single
    # pixel does neither
    few = 2 * c * math.prod(geometry.out) <= o * math.prod(geometry.size)
    alone = math.prod(geometry.kernel) == 1
    if set(geometry.stride) == {1} and (not few or alone or geometry.groups > 1):
        back = columns.opposite(geometry)
        return convolve(g, columns.turned(W, geometry.groups), None, back)[0]
    if depthwise.applies(geometry, c, o):
        return depthwise.spread(g, W, geometry)
    # what is added are runs of a row's windows, or of a pixel's channels: the longer take less time
    if geometry.groups == 1 and c <= min(16, geometry.out[-1]):
        return planes.spread(g, W, geometry)
    return columns.spread(g, W, geometry)


def weight_gradient(x: Any, g: Any, geometry: Geometry, kept: Any = None) -> Any:
    """The transpose of `convolve` in W: for each weight the sum of what it is multiplied with."""
    c, o = x.shape[1], g.shape[1]
    if winograd.applies(geometry, len(x), c, o, x, g):
        return winograd.gradients(x, None, g, geometry, kept)[1]
    if planes.applies(geometry, x):
        return planes.weight_gradient(x, g, geometry, kept)
    if depthwise.applies(geometry, c, o):
        return depthwise.weight_gradient(x, g, geometry)
    return columns.weight_gradient(x, g, geometry, kept)
