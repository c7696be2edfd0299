"""Transposed convolution layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pygrad import Variable
from pygrad.nn import functional
from pygrad.nn.checks import as_floats
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.layers.convolution_base import ConvolutionBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["ConvTranspose1d", "ConvTranspose2d"]


class _ConvTranspose(ConvolutionBase):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "fan_in_uniform",
    ) -> None:
        super().__init__()
        self._take(in_channels, out_channels, kernel_size, stride, dilation, groups)
        where, n = type(self).__name__, self.axes
        self.padding = lengths(where, "padding", padding, n, 0)
        self.output_padding = lengths(where, "output_padding", output_padding, n, 0)
        self._start((self.in_channels, self.out_channels // self.groups), bias, init, dtype, rng)

    def forward(self, x: Variable) -> Variable:
        """Map `x` of shape (N, in_channels, ...), or a single one, without the first axis."""
        function = getattr(functional, f"conv_transpose{self.axes}d")
        y: Variable = function(
            as_floats(x, self.W), self.W, self.b, self.stride, self.padding, self.output_padding,
            self.groups, self.dilation,
        )  # fmt: skip
        return y

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return math.prod(inputs[0]) * math.prod(self.W.shape[1:])  # each input adds a kernel


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of sequences: each value adds its multiple of the kernel.

    With a stride it makes sequences larger: it is the way back from a convolution's shapes.

    Parameters
    ----------
    in_channels, out_channels : int
        How many channels a sequence has before and after.
    kernel_size, stride, dilation : int
        The size of a kernel, how far apart the kernels of neighbours land, and how far apart the
        values of one.
    padding : int
        How much is cut off all around.
    output_padding : int
        How much is added at the end of each axis; less than the stride, or than the dilation.
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    bias : bool
        Whether there is a `b`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`. Whole numbers as input
        are converted to it.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``.

    Attributes
    ----------
    W : Parameter, shape (in_channels, out_channels / groups, k)
    b : Parameter, shape (out_channels,), or None
        Both start uniform within ``1 / sqrt(n)`` of 0 as in PyTorch, where n is the size of
        ``W[0]``, if `init` does not say otherwise of `W`.

    Raises
    ------
    ArgumentError
        If a size or a setting is none of those allowed.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.ConvTranspose1d(16, 3, 2, stride=2)
    >>> layer.W.shape
    (16, 3, 2)
    >>> layer(np.ones((8, 16, 10))).shape
    (8, 3, 20)
    """

    axes = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of images: each value adds its multiple of the kernel.

    With a stride it makes images larger: it is the way back from a convolution's shapes.

    Parameters
    ----------
    in_channels, out_channels : int
        How many channels an image has before and after.
    kernel_size, stride, dilation : int or pair
        The size of a kernel, how far apart the kernels of neighbours land, and how far apart the
        values of one.
    padding : int or pair
        How much is cut off all around.
    output_padding : int or pair
        How much is added at the end of each axis; less than the stride, or than the dilation.
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    bias : bool
        Whether there is a `b`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`. Whole numbers as input
        are converted to it.
    rng : numpy.random.Generator, optional
        Draws the initial values; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``.

    Attributes
    ----------
    W : Parameter, shape (in_channels, out_channels / groups, kh, kw)
    b : Parameter, shape (out_channels,), or None
        Both start uniform within ``1 / sqrt(n)`` of 0 as in PyTorch, where n is the size of
        ``W[0]``, if `init` does not say otherwise of `W`.

    Raises
    ------
    ArgumentError
        If a size or a setting is none of those allowed.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.ConvTranspose2d(16, 3, 2, stride=2)
    >>> layer.W.shape
    (16, 3, 2, 2)
    >>> layer(np.ones((8, 16, 7, 7))).shape
    (8, 3, 14, 14)
    """

    axes = 2
