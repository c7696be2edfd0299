"""Pooling layers."""

from __future__ import annotations

from typing import Any, ClassVar

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn import functional
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.layers.convolution_base import short
from pygrad.nn.module import Module

__all__ = [
    "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d", "GlobalAvgPool",
    "MaxPool1d", "MaxPool2d",
]  # fmt: skip


class _Pool(Module):
    axes: ClassVar[int]

    def _take(self, kernel_size: Sizes, stride: Sizes | None, padding: Sizes) -> None:
        where, n = type(self).__name__, self.axes
        self.kernel_size = lengths(where, "kernel_size", kernel_size, n)
        self.stride = self.kernel_size if stride is None else lengths(where, "stride", stride, n)
        self.padding = lengths(where, "padding", padding, n, 0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ArgumentError(
                f"{where}: padding is {padding!r}; it must be at most half of the kernel "
                f"{self.kernel_size}"
            )

    def extra_repr(self) -> str:
        text = f"{short(self.kernel_size)}"
        n = self.axes
        for name, default in (
            ("stride", self.kernel_size), ("padding", (0,) * n), ("dilation", (1,) * n),
            ("ceil_mode", False), ("count_include_pad", True),
        ):  # fmt: skip
            value = getattr(self, name, default)
            if value != default:
                text += f", {name}={short(value)}"
        return text


class _MaxPool(_Pool):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self._take(kernel_size, stride, padding)
        self.dilation = lengths(type(self).__name__, "dilation", dilation, self.axes)
        self.ceil_mode = bool(ceil_mode)

    def forward(self, x: Variable) -> Variable:
        """Take the maxima of `x` of shape (N, C, ...), or of a single sample."""
        function = getattr(functional, f"max_pool{self.axes}d")
        y: Variable = function(
            x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        )
        return y


class _AvgPool(_Pool):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self._take(kernel_size, stride, padding)
        self.ceil_mode = bool(ceil_mode)
        self.count_include_pad = bool(count_include_pad)

    def forward(self, x: Variable) -> Variable:
        """Take the means of `x` of shape (N, C, ...), or of a single sample."""
        function = getattr(functional, f"avg_pool{self.axes}d")
        y: Variable = function(
            x, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )
        return y


class MaxPool1d(_MaxPool):
    """The largest value of each window of a sequence, and NaN if there is one in it.

    Parameters
    ----------
    kernel_size : int
        The size of a window.
    stride : int, optional
        How far apart the windows lie; by default they touch.
    padding : int
        What is put around a sequence counts as less than any value. At most half of the kernel.
    dilation : int
        How far apart the values of a window lie.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.

    Raises
    ------
    ArgumentError
        If a size is none, or the padding more than half of the kernel.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.MaxPool1d(2)([[1.0, 5.0, 2.0, 3.0]])
    Variable([[5. 3.]])
    """

    axes = 1


class MaxPool2d(_MaxPool):
    """The largest value of each window of an image, and NaN if there is one in it.

    Parameters
    ----------
    kernel_size : int or pair
        The size of a window.
    stride : int or pair, optional
        How far apart the windows lie; by default they touch.
    padding : int or pair
        What is put around an image counts as less than any value. At most half of the kernel.
    dilation : int or pair
        How far apart the values of a window lie.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.

    Raises
    ------
    ArgumentError
        If a size is none, or the padding more than half of the kernel.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.MaxPool2d(2)([[[1.0, 5.0], [2.0, 3.0]]])
    Variable([[[5.]]])
    """

    axes = 2


class AvgPool1d(_AvgPool):
    """The mean of each window of a sequence.

    Parameters
    ----------
    kernel_size : int
        The size of a window.
    stride : int, optional
        How far apart the windows lie; by default they touch.
    padding : int
        How many zeros are put around a sequence. At most half of the kernel.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.
    count_include_pad : bool
        Whether the zeros of the padding count in the mean.

    Raises
    ------
    ArgumentError
        If a size is none, or the padding more than half of the kernel.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.AvgPool1d(2)([[1.0, 5.0, 2.0, 4.0]])
    Variable([[3. 3.]])
    """

    axes = 1


class AvgPool2d(_AvgPool):
    """The mean of each window of an image.

    Parameters
    ----------
    kernel_size : int or pair
        The size of a window.
    stride : int or pair, optional
        How far apart the windows lie; by default they touch.
    padding : int or pair
        How many zeros are put around an image. At most half of the kernel.
    ceil_mode : bool
        Whether a last window that only begins inside counts as well.
    count_include_pad : bool
        Whether the zeros of the padding count in the mean.

    Raises
    ------
    ArgumentError
        If a size is none, or the padding more than half of the kernel.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.AvgPool2d(2)([[[1.0, 5.0], [2.0, 4.0]]])
    Variable([[[3.]]])
    """

    axes = 2


class _AdaptivePool(Module):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * 2
        lengths(type(self).__name__, "output_size", tuple(1 if m is None else m for m in given), 2)
        self.output_size = tuple(given)

    def extra_repr(self) -> str:
        return str(short(self.output_size))


class AdaptiveAvgPool2d(_AdaptivePool):
    """The means of windows that cover an image evenly, as many as are asked for.

    Parameters
    ----------
    output_size : int or pair
        The size of the output. None leaves an axis its length.

    Raises
    ------
    ArgumentError
        If the size is none.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> nn.AdaptiveAvgPool2d(1)(np.ones((8, 16, 7, 9))).shape
    (8, 16, 1, 1)
    """

    def forward(self, x: Variable) -> Variable:
        """Take the means of `x` of shape (N, C, H, W) or (C, H, W)."""
        return functional.adaptive_avg_pool2d(x, self.output_size)


class AdaptiveMaxPool2d(_AdaptivePool):
    """The maxima of windows that cover an image evenly, as many as are asked for.

    Parameters
    ----------
    output_size : int or pair
        The size of the output. None leaves an axis its length.

    Raises
    ------
    ArgumentError
        If the size is none.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> nn.AdaptiveMaxPool2d((2, None))(np.ones((8, 16, 7, 9))).shape
    (8, 16, 2, 9)
    """

    def forward(self, x: Variable) -> Variable:
        """Take the maxima of `x` of shape (N, C, H, W) or (C, H, W)."""
        return functional.adaptive_max_pool2d(x, self.output_size)


class GlobalAvgPool(Module):
    """The mean of each channel over all its pixels: from (N, C, ...) to (N, C).

    Parameters
    ----------
    keepdims : bool
        Keep the axes behind the channels, with length 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> nn.GlobalAvgPool()(np.ones((8, 16, 7, 9))).shape
    (8, 16)
    """

    def __init__(self, keepdims: bool = False) -> None:
        super().__init__()
        self.keepdims = bool(keepdims)

    def forward(self, x: Variable) -> Variable:
        """Take the mean of each channel of `x`, of shape (N, C, ...)."""
        return functional.global_avg_pool(x, self.keepdims)

    def extra_repr(self) -> str:
        return "keepdims=True" if self.keepdims else ""
