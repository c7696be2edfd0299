"""What the convolution layers share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from pygrad import Parameter
from pygrad.exceptions import ArgumentError
from pygrad.nn.checks import whole_number
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.initializers import parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from pygrad.nn.initializers import Initializer

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
        self.in_channels = whole_number(where, "in_channels", in_channels)
        self.out_channels = whole_number(where, "out_channels", out_channels)
        self.groups = whole_number(where, "groups", groups)
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
        self, channels: tuple[int, int], bias: bool, init: Initializer, dtype: Any, rng: Any
    ) -> None:
        """Make W and b; `channels` are the first two axes of W."""
        shape = (*channels, *self.kernel_size)
        n, m = (k * math.prod(self.kernel_size) for k in channels)
        settings: dict[str, Any] = {
            "fans": (m, n), "dtype": dtype, "rng": rng, "where": type(self).__name__,
        }  # fmt: skip
        self.W = parameter(shape, init, **settings)
        self.b = parameter((self.out_channels,), "fan_in_uniform", **settings) if bias else None

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
