"""Transposed convolution, in one and two dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad.engine.operands import operand
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.functions import expand_dims, squeeze
from pygrad.nn.functional.convolution import ConvolutionTranspose, applied, checked, group_count
from pygrad.nn.functional.geometry import Geometry, Sizes, lengths
from pygrad.nn.functional.methods import allows_winograd

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["conv_transpose1d", "conv_transpose2d"]


def conv_transpose1d(
    x: ArrayLike,
    W: ArrayLike,
    b: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Variable:
    """Transposed convolution of sequences: `conv_transpose2d` with one axis in place of two.

    Parameters
    ----------
    x : array_like, shape (N, C, L) or (C, L)
    W : array_like, shape (C, O / groups, k)
    b : array_like, shape (O,), optional
    stride, padding, output_padding, groups, dilation
        As for `conv_transpose2d`.

    Raises
    ------
    ShapeError
        If the shapes do not fit one another.
    ArgumentError
        If a setting is none of those allowed.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.conv_transpose1d([[1.0, 2.0]], [[[1.0, 10.0]]], stride=2)
    Variable([[ 1. 10.  2. 20.]])
    """
    return _transposed(
        "conv_transpose1d", 1, x, W, b, stride, padding, output_padding, groups, dilation
    )


def conv_transpose2d(
    x: ArrayLike,
    W: ArrayLike,
    b: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Variable:
    """Transposed convolution of images: each pixel adds its multiple of the kernel to the output.

    It is the derivative of `conv2d` with respect to its input: with a stride it makes images
    larger.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W) or (C, H, W)
    W : array_like, shape (C, O / groups, kh, kw)
        PyTorch's layout: that of the convolution from O to C channels.
    b : array_like, shape (O,), optional
    stride : int or pair
        How far apart the kernels of neighbours land.
    padding : int or pair
        How much is cut off all around.
    output_padding : int or pair
        How much is added at the end of each axis; less than the stride, or than the dilation.
    groups : int
        Divides the channels: group i of the output sees group i of the input alone.
    dilation : int or pair
        How far apart the values of a kernel land.

    Returns
    -------
    Variable, shape (N, O, H', W') or (O, H', W')
        With ``H' = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1``.

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
    >>> F.conv_transpose2d(np.ones((1, 2, 2)), np.ones((1, 1, 2, 2)))
    Variable([[[1. 2. 1.]
               [2. 4. 2.]
               [1. 2. 1.]]])
    """
    return _transposed(
        "conv_transpose2d", 2, x, W, b, stride, padding, output_padding, groups, dilation
    )


def _transposed(where, n, x, W, b, stride, padding, output_padding, groups, dilation):
    x, W = operand(x, where), operand(W, where)
    single = checked(where, n, x, W)
    kernel = W.shape[2:]
    stride = lengths(where, "stride", stride, n)
    dilation = lengths(where, "dilation", dilation, n)
    padding = lengths(where, "padding", padding, n, 0)
    more = lengths(where, "output_padding", output_padding, n, 0)
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        raise ArgumentError(
            f"{where}: output_padding is {output_padding!r}; it must be less than the stride "
            f"{stride} or the dilation {dilation}"
        )
    groups = group_count(where, groups, W.shape[0], "W.shape[0]")
    if single:
        x = expand_dims(x, 0)
    if x.shape[1] != W.shape[0]:
        raise ShapeError(
            f"{where}: x has {x.shape[1]} channels but W expects {W.shape[0]}; x.shape[1] must "
            f"equal W.shape[0]"
        )
    size = tuple(
        (i - 1) * s - 2 * p + d * (k - 1) + m + 1
        for i, s, p, d, k, m in zip(
            x.shape[2:], stride, padding, dilation, kernel, more, strict=True
        )
    )
    if min(size) < 1:
        raise ShapeError(
            f"{where}: an image of {x.shape[2:]} gives one of {size}: padding {padding} cuts off "
            f"all of it; make the padding smaller"
        )
    geometry = Geometry(
        kernel,
        stride,
        tuple((p, p) for p in padding),
        dilation,
        groups,
        size,
        x.shape[2:],
        allows_winograd(),
    )
    y = applied(where, ConvolutionTranspose(geometry), x, W, b, W.shape[1] * groups)
    return squeeze(y, 0) if single else y
