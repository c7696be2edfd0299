"""Layers that change the size of images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn import functional
from pygrad.nn.checks import one_of, whole_number
from pygrad.nn.functional.geometry import Sizes
from pygrad.nn.functional.resampling import AXES_OF_MODE
from pygrad.nn.module import Module

__all__ = ["PixelShuffle", "Upsample"]


class Upsample(Module):
    """Resample images to another size.

    Parameters
    ----------
    size : int or tuple of int
        The new size.
    scale_factor : float or tuple of float
        How many times larger the new size is; rounded down. Give this or `size`.
    mode : {'nearest', 'linear', 'bilinear'}
        'nearest' copies pixels, for one to three axes. 'linear', for one axis, and 'bilinear', for
        two, put the line between neighbours.
    align_corners : bool, optional
        With it, the centres of the first and last pixels stay where they are; without (the
        default), their outer edges. Only with 'linear' and 'bilinear'.

    Raises
    ------
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Upsample(scale_factor=2)([[[[1.0, 2.0]]]])
    Variable([[[[1. 1. 2. 2.]
                [1. 1. 2. 2.]]]])
    """

    def __init__(
        self,
        size: Sizes | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
    ) -> None:
        super().__init__()
        if (size is None) == (scale_factor is None):
            raise ArgumentError("Upsample: give size or scale_factor, one of the two")
        self.size = size
        self.scale_factor = scale_factor
        self.mode = one_of("Upsample", "mode", mode, AXES_OF_MODE)
        self.align_corners = align_corners

    def forward(self, x: Variable) -> Variable:
        """Resample `x` of shape (N, C, ...)."""
        return functional.upsample(x, self.size, self.scale_factor, self.mode, self.align_corners)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        if self.mode == "nearest":
            return 0
        neighbours = 2 if self.mode == "linear" else 4  # two on each axis
        return math.prod(output) * neighbours

    def extra_repr(self) -> str:
        shown: dict[str, Any] = {"size": self.size, "scale_factor": self.scale_factor}
        shown |= {"mode": self.mode, "align_corners": self.align_corners}
        return ", ".join(f"{name}={value!r}" for name, value in shown.items() if value is not None)


class PixelShuffle(Module):
    """Lay out channels as pixels: from (N, C r**2, H, W) to (N, C, H r, W r).

    Parameters
    ----------
    upscale_factor : int
        r.

    Raises
    ------
    ArgumentError
        If the factor is no whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> nn.PixelShuffle(2)(np.ones((1, 12, 5, 6))).shape
    (1, 3, 10, 12)
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = whole_number("PixelShuffle", "upscale_factor", upscale_factor)

    def forward(self, x: Variable) -> Variable:
        """Rearrange `x` of shape (..., C r**2, H, W)."""
        return functional.pixel_shuffle(x, self.upscale_factor)

    def extra_repr(self) -> str:
        return str(self.upscale_factor)
