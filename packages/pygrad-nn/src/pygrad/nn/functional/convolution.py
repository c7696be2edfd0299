"""Convolution in one, two and three dimensions, and the functions that are its derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.engine.mode import is_recording
from pygrad.engine.operands import operand
from pygrad.exceptions import ShapeError
from pygrad.functions import expand_dims, pad, squeeze
from pygrad.nn.checks import one_of
from pygrad.nn.functional.geometry import Geometry, Sizes, lengths, paddings, window_count
from pygrad.nn.functional.kernels import convolution as kernels
from pygrad.nn.functional.kernels.channels import channel_sums
from pygrad.nn.functional.methods import allows_winograd

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = [
    "ConvolutionTranspose",
    "applied",
    "checked",
    "conv1d",
    "conv2d",
    "conv3d",
    "group_count",
]

PADDING_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class Convolution(Function):
    """y = W over every window of x, plus b. Its derivatives are `Gradients`, and a sum."""

    saves = (0, 1)
    requires = "x and W must be arrays of numbers"

    kept: Any = None

    def __init__(self, geometry: Geometry, keep: bool = False) -> None:
        self.geometry = geometry
        self.keep = keep

    def forward(self, x, W, b=None):
        # what is kept goes with the value of x that is saved, and spares the gradient work
        y, self.kept = kernels.convolve(x, W, b, self.geometry, self.keep)
        return y

    def backward(self, gy):
        x, W = self.saved
        gx = gW = None
        if self.wants(0) and self.wants(1):
            gx, gW = ConvolutionGradients(self.geometry, self.kept).on(x, W, gy)
        elif self.wants(0):
            gx = ConvolutionTranspose(self.geometry).on(gy, W)
        elif self.wants(1):
            gW = ConvolutionWeight(self.geometry, self.kept).on(x, gy)
        if len(self.edges) == 2:
            return gx, gW
        return gx, gW, (ChannelSum().on(gy) if self.wants(2) else None)


class ConvolutionTranspose(Function):
    """x = W added to its window, times each value of g, plus b: `Convolution`'s transpose in x."""

    saves = (0, 1)
    requires = "x and W must be arrays of numbers"

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry

    def forward(self, g, W, b=None):
        x = kernels.spread(g, W, self.geometry)
        if b is not None:
            x = x + b.reshape(-1, *(1,) * (x.ndim - 2))
        return x

    def backward(self, u):
        g, W = self.saved
        gg = Convolution(self.geometry).on(u, W) if self.wants(0) else None
        gW = ConvolutionWeight(self.geometry).on(u, g) if self.wants(1) else None
        if len(self.edges) == 2:
            return gg, gW
        return gg, gW, (ChannelSum().on(u) if self.wants(2) else None)


class ConvolutionWeight(Function):
    """W = for each weight the sum of x times g where it meets them: the transpose in W."""

    saves = (0, 1)
    requires = "x and g must be arrays of numbers"

    def __init__(self, geometry: Geometry, kept: Any = None) -> None:
        self.geometry = geometry
        self.kept = kept

    def forward(self, x, g):
        return kernels.weight_gradient(x, g, self.geometry, self.kept)

    def backward(self, v):
        x, g = self.saved
        return (
            ConvolutionTranspose(self.geometry).on(g, v) if self.wants(0) else None,
            Convolution(self.geometry).on(x, v) if self.wants(1) else None,
        )


class ConvolutionGradients(Function):
    """Both gradients of a convolution at once, for they share work."""

    requires = "x, W and g must be arrays of numbers"

    def __init__(self, geometry: Geometry, kept: Any = None) -> None:
        self.geometry = geometry
        self.kept = kept

    def forward(self, x, W, g):
        return kernels.gradients(x, W, g, self.geometry, self.kept)

    def backward(self, u, v):
        x, W, g = self.saved
        gx = gW = gg = None
        if self.wants(0):
            gx = ConvolutionTranspose(self.geometry).on(g, v)
        if self.wants(1):
            gW = ConvolutionWeight(self.geometry).on(u, g)
        if self.wants(2):
            again = Convolution(self.geometry)
            gg = again.on(u, W) + Convolution(self.geometry).on(x, v)
        return gx, gW, gg


class ChannelSum(Function):
    """y[c] = sum of x[n, c, ...] over all but the channels."""

    saves = ()
    requires = "x must be an array of numbers"

    def forward(self, x):
        return channel_sums(x)

    def backward(self, gy):
        shape = self.edges[0].shape
        return np.broadcast_to(gy.reshape(-1, *(1,) * (len(shape) - 2)), shape)


def conv1d(
    x: ArrayLike,
    W: ArrayLike,
    b: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Variable:
    """Convolution of sequences: `conv2d` with one axis in place of two.

    Parameters
    ----------
    x : array_like, shape (N, C, L) or (C, L)
    W : array_like, shape (O, C / groups, k)
    b : array_like, shape (O,), optional
    stride, padding, dilation, groups, padding_mode
        As for `conv2d`.

    Raises
    ------
    ShapeError
        If the shapes do not fit one another.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.conv1d([[1.0, 2.0, 4.0, 8.0]], [[[-1.0, 1.0]]])
    Variable([[1. 2. 4.]])
    """
    return _convolution("conv1d", 1, x, W, b, stride, padding, dilation, groups, padding_mode)


def conv2d(
    x: ArrayLike,
    W: ArrayLike,
    b: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Variable:
    """Convolution of images, in the sense of networks: the kernel is not reversed.

    ``y[n, o, i, j] = b[o] + sum(x[n, c, s i + d k, s j + d l] * W[o, c, k, l])`` over c, k and l,
    with stride s and dilation d.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    W : array_like, shape (O, C / groups, kh, kw)
        PyTorch's layout.
    b : array_like, shape (O,), optional
    stride : int or pair
        How far apart the windows lie.
    padding : int, pair, 'valid' or 'same'
        How much is put around the image: nothing ('valid'), or so much that the output has the
        size of the image ('same', with a stride of 1).
    dilation : int or pair
        How far apart the pixels of a window lie.
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    padding_mode : {'zeros', 'reflect', 'replicate', 'circular'}
        What is put around the image.

    Returns
    -------
    Variable, shape (N, O, H', W') or (O, H', W')
        With ``H' = (H + 2 padding - dilation (kh - 1) - 1) // stride + 1``. Its memory may be in
        the order (N, H', W', O).

    Raises
    ------
    ShapeError
        If the shapes do not fit one another.
    ArgumentError
        If a setting is none of those allowed.

    Notes
    -----
    Of float32 images, a kernel of 3 x 3 with stride 1 on 32 channels or more is computed by
    Winograd's method, in less time and with an error of some 3e-6 of the largest value in place of
    4e-7: see `winograd`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.conv2d(np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)))
    Variable([[[4. 4.]
               [4. 4.]]])
    >>> F.conv2d(np.ones((8, 3, 28, 28)), np.ones((6, 3, 5, 5)), padding="same").shape
    (8, 6, 28, 28)
    """
    return _convolution("conv2d", 2, x, W, b, stride, padding, dilation, groups, padding_mode)


def conv3d(
    x: ArrayLike,
    W: ArrayLike,
    b: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Variable:
    """Convolution of volumes: `conv2d` with three axes in place of two.

    Parameters
    ----------
    x : array_like, shape (N, C, D, H, W) or (C, D, H, W)
    W : array_like, shape (O, C / groups, kd, kh, kw)
    b : array_like, shape (O,), optional
    stride, padding, dilation, groups, padding_mode
        As for `conv2d`.

    Raises
    ------
    ShapeError
        If the shapes do not fit one another.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.nn import functional as F
    >>> F.conv3d(np.ones((1, 4, 4, 4)), np.ones((5, 1, 2, 2, 2)), stride=2).shape
    (5, 2, 2, 2)
    """
    return _convolution("conv3d", 3, x, W, b, stride, padding, dilation, groups, padding_mode)


def _convolution(where, n, x, W, b, stride, padding, dilation, groups, padding_mode):
    x, W = operand(x, where), operand(W, where)
    single = checked(where, n, x, W)
    kernel = W.shape[2:]
    stride = lengths(where, "stride", stride, n)
    dilation = lengths(where, "dilation", dilation, n)
    padding = paddings(where, padding, kernel, stride, dilation)
    mode = PADDING_MODES[one_of(where, "padding_mode", padding_mode, PADDING_MODES)]
    if single:
        x = expand_dims(x, 0)
    if mode != "constant" and any(map(any, padding)):
        _check_margins(where, padding_mode, padding, x.shape[2:])
        x = pad(x, ((0, 0), (0, 0), *padding), mode)
        padding = ((0, 0),) * n
    size = x.shape[2:]
    out = window_count(where, size, kernel, stride, padding, dilation)
    groups = group_count(where, groups, W.shape[0], "W.shape[0]")
    if x.shape[1] != W.shape[1] * groups:
        expected = f"{W.shape[1]}" + (f" in each of {groups} groups" if groups > 1 else "")
        raise ShapeError(
            f"{where}: x has {x.shape[1]} channels but W expects {expected}; x of shape {x.shape} "
            f"must have W.shape[1] * groups of them"
        )
    geometry = Geometry(kernel, stride, padding, dilation, groups, size, out, allows_winograd())
    keep = W.requires_grad and is_recording()
    y = applied(where, Convolution(geometry, keep), x, W, b, W.shape[0])
    return squeeze(y, 0) if single else y


def checked(where, n, x, W) -> bool:
    """Whether `x` is a single image."""
    if W.ndim != n + 2 or x.ndim not in (n + 1, n + 2):
        axes = ("length", "height and width", "depth, height and width")[n - 1]
        raise ShapeError(
            f"{where}: x has shape {x.shape} and W {W.shape}; x must have the axes samples (or "
            f"none), channels, {axes}, and W two axes of channels, then the kernel's"
        )
    single: bool = x.ndim == n + 1
    return single


def group_count(where: str, groups: Any, channels: int, name: str) -> int:
    (count,) = lengths(where, "groups", groups, 1)
    if channels % count:
        raise ShapeError(f"{where}: {name} is {channels}; it must be a multiple of groups={count}")
    return count


def applied(where, function, x, W, b, channels):
    if b is None:
        return apply(function, x, W)
    b = operand(b, where)
    if b.shape != (channels,):
        raise ShapeError(
            f"{where}: b has shape {b.shape} but there are {channels} channels of output; b.shape "
            f"must be ({channels},)"
        )
    return apply(function, x, W, b)


def _check_margins(where, mode, padding, size):
    """Margins are copied from the image, and it must be large enough to give them."""
    room = {"reflect": 1, "circular": 0}.get(mode)
    if room is None:
        return
    if any(max(pair) > length - room for pair, length in zip(padding, size, strict=True)):
        raise ShapeError(
            f"{where}: padding {padding} with padding_mode={mode!r} is more than an image of "
            f"{size} can give; each must be at most its length" + (" less 1" if room else "")
        )
