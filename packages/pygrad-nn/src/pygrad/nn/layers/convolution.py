"""Convolution layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pygrad import Variable
from pygrad.nn import functional
from pygrad.nn.checks import as_floats, one_of
from pygrad.nn.functional.convolution import PADDING_MODES
from pygrad.nn.functional.geometry import Sizes, paddings
from pygrad.nn.layers.convolution_base import ConvolutionBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["Conv1d", "Conv2d", "Conv3d"]


class _Conv(ConvolutionBase):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "fan_in_uniform",
    ) -> None:
        super().__init__()
        self._take(in_channels, out_channels, kernel_size, stride, dilation, groups)
        where = type(self).__name__
        pairs = paddings(where, padding, self.kernel_size, self.stride, self.dilation)
        self.padding = padding if isinstance(padding, str) else tuple(a for a, _ in pairs)
        self.padding_mode = one_of(where, "padding_mode", padding_mode, PADDING_MODES)
        self._start((self.out_channels, self.in_channels // self.groups), bias, init, dtype, rng)

    def forward(self, x: Variable) -> Variable:
        """Convolve `x` of shape (N, in_channels, ...), or a single one, without the first axis."""
        function = getattr(functional, f"conv{self.axes}d")
        y: Variable = function(
            as_floats(x, self.W), self.W, self.b, self.stride, self.padding, self.dilation,
            self.groups, self.padding_mode,
        )  # fmt: skip
        return y

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return math.prod(output) * math.prod(self.W.shape[1:])  # each output sums over a window


class Conv1d(_Conv):
    """Convolution of sequences: each output is the weighted sum of a window of the input, plus b.

    Parameters
    ----------
    in_channels, out_channels : int
        How many channels a sequence has before and after.
    kernel_size, stride, dilation : int
        The size of a window, how far apart the windows lie, and how far apart the values in one.
    padding : int, 'valid' or 'same'
        How much is put around a sequence: nothing ('valid'), or so much that its size stays
        ('same', with a stride of 1).
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    bias : bool
        Whether there is a `b`.
    padding_mode : {'zeros', 'reflect', 'replicate', 'circular'}
        What is put around a sequence.
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
    W : Parameter, shape (out_channels, in_channels / groups, k)
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
    >>> layer = nn.Conv1d(3, 16, 5)
    >>> layer.W.shape, layer.b.shape
    ((16, 3, 5), (16,))
    >>> layer(np.ones((8, 3, 20))).shape
    (8, 16, 16)
    """

    axes = 1


class Conv2d(_Conv):
    """Convolution of images: each output is the weighted sum of a window of the input, plus b.

    Parameters
    ----------
    in_channels, out_channels : int
        How many channels an image has before and after.
    kernel_size, stride, dilation : int or pair
        The size of a window, how far apart the windows lie, and how far apart the values in one.
    padding : int or pair, 'valid' or 'same'
        How much is put around an image: nothing ('valid'), or so much that its size stays
        ('same', with a stride of 1).
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    bias : bool
        Whether there is a `b`.
    padding_mode : {'zeros', 'reflect', 'replicate', 'circular'}
        What is put around an image.
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
    W : Parameter, shape (out_channels, in_channels / groups, kh, kw)
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
    >>> layer = nn.Conv2d(3, 16, 3, padding="same")
    >>> layer.W.shape, layer.b.shape
    ((16, 3, 3, 3), (16,))
    >>> layer(np.ones((8, 3, 32, 32))).shape
    (8, 16, 32, 32)
    """

    axes = 2


class Conv3d(_Conv):
    """Convolution of volumes: each output is the weighted sum of a window of the input, plus b.

    Parameters
    ----------
    in_channels, out_channels : int
        How many channels a volume has before and after.
    kernel_size, stride, dilation : int or three of them
        The size of a window, how far apart the windows lie, and how far apart the values in one.
    padding : int or three of them, 'valid' or 'same'
        How much is put around a volume: nothing ('valid'), or so much that its size stays
        ('same', with a stride of 1).
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    bias : bool
        Whether there is a `b`.
    padding_mode : {'zeros', 'reflect', 'replicate', 'circular'}
        What is put around a volume.
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
    W : Parameter, shape (out_channels, in_channels / groups, kd, kh, kw)
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
    >>> layer = nn.Conv3d(1, 16, 2, stride=2)
    >>> layer.W.shape, layer.b.shape
    ((16, 1, 2, 2, 2), (16,))
    >>> layer(np.ones((4, 1, 6, 6, 6))).shape
    (4, 16, 3, 3, 3)
    """

    axes = 3
