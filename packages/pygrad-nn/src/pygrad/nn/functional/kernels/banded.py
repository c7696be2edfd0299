"""The transpose of a small convolution, a row of pixels at a time.

A row of gradients, all its channels side by side, times a matrix with the kernel's row along its
diagonal is a row of the image: nothing is gathered, and what is added are whole rows. Most of the
matrix is zeros, so this is for few channels and short rows; there it takes a third of the time of
adding windows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry
from pygrad.nn.functional.kernels.layout import channels_last, empty_channels_last, last

__all__ = ["applies", "spread"]


def applies(geometry: Geometry, c: int, o: int) -> bool:
    """Whether there are few channels and short rows."""
    return (
        len(geometry.size) == 2
        and geometry.groups == 1
        and geometry.stride == geometry.dilation == (1, 1)
        and geometry.kernel[1] > 1
        and c * o <= 100
        and geometry.size[1] <= 32
        # so many times more products than of windows, which are added slowly
        and o * geometry.size[1] <= 64 * geometry.kernel[1]
    )


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """Each value of `g` adds its multiple of W to its window."""
    (n, o), c = g.shape[:2], W.shape[1]
    kh, kw = geometry.kernel
    (oh, ow), (h, w) = geometry.out, geometry.size
    (top, bottom), (left, right) = geometry.padding
    full = w + left + right
    dtype = np.result_type(g, W)
    band = np.zeros((ow, o, kh, full, c), dtype)
    along = W.transpose(0, 2, 3, 1)
    for j in range(ow):
        band[j, :, :, j : j + kw] = along
    # one product for all rows of the kernel, only as wide as the image
    inner = np.ascontiguousarray(band[:, :, :, left : left + w]).reshape(ow * o, kh * w * c)
    rows = np.dot(channels_last(g).reshape(n * oh, ow * o), inner).reshape(n, oh, kh, w * c)
    x = np.zeros((n, h + top + bottom, w * c), dtype)
    for i in range(kh):
        place = x[:, i : i + oh]
        place += rows[:, :, i]
    if not top and not bottom:
        return x.reshape(n, h, w, c).transpose(0, 3, 1, 2)
    y = empty_channels_last((n, c, h, w), dtype)
    last(y)[...] = x[:, top : top + h].reshape(n, h, w, c)
    return y
