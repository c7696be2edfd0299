"""What the convolution layers share."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from pygrad import Parameter, default_rng
from pygrad.exceptions import ArgumentError
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.layers.checks import float_dtype, size
from pygrad.nn.module import Module

__all__ = ["ConvolutionBase", "short"]


class ConvolutionBase(Module):
    """What all of them have: W and b, and settings with an entry for each axis."""

    axes: ClassVar[int]
    W: Parameter
    b: Parameter | None

    def _take(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        dilation: Sizes,
        groups: int,
    ) -> None:
        where, n = type(self).__name__, self.axes
        self.in_channels = size(where, "in_channels", in_channels)
        self.out_channels = size(where, "out_channels", out_channels)
        self.groups = size(where, "groups", groups)
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                raise ArgumentError(
                    f"{where}: {name} is {getattr(self, name)}; it must be a multiple of "
                    f"groups={groups}"
                )
        self.kernel_size = lengths(where, "kernel_size", kernel_size, n)
        self.stride = lengths(where, "stride", stride, n)
        self.dilation = lengths(where, "dilation", dilation, n)

    def _start(
        self, channels: tuple[int, int], bias: bool, dtype: Any, rng: np.random.Generator | None
    ) -> None:
        """Make W and b, uniform within one over the root of what goes into a value."""
        dtype = float_dtype(type(self).__name__, dtype)
        rng = default_rng() if rng is None else rng
        bound = 1 / math.sqrt(channels[1] * math.prod(self.kernel_size))
        shape = (*channels, *self.kernel_size)
        self.W = Parameter(rng.uniform(-bound, bound, shape).astype(dtype))
        values = rng.uniform(-bound, bound, self.out_channels) if bias else None
        self.b = None if values is None else Parameter(values.astype(dtype))

    def extra_repr(self) -> str:
        n = self.axes
        text = f"{self.in_channels}, {self.out_channels}, {short(self.kernel_size)}"
        for name, default in (
            ("stride", (1,) * n), ("padding", (0,) * n), ("output_padding", (0,) * n),
            ("dilation", (1,) * n), ("groups", 1), ("padding_mode", "zeros"),
        ):  # fmt: skip
            value = getattr(self, name, default)
            if value != default:
                text += f", {name}={short(value)}"
        return text + ("" if self.b is not None else ", bias=False")


def short(value: Any) -> Any:
    """One number for several that are equal, and a string as it is written."""
    if isinstance(value, tuple):
        return value[0] if len(set(value)) == 1 else value
    return repr(value) if isinstance(value, str) else value
