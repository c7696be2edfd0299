"""Fourier transforms along several axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.ops.fourier import Fft, Ifft, Irfft, Rfft, along_several

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Norm
    from pygrad.variable import Variable

__all__ = ["fft2", "fftn", "ifft2", "ifftn", "irfft2", "irfftn", "rfft2", "rfftn"]


@implements(np.fft.fftn)
def fftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Variable:
    """`fft` along several axes, or all.

    Parameters
    ----------
    a : array_like
        Real or complex.
    s : sequence of int, optional
        The lengths of the result along the axes: `a` is cut to them, or padded with zeros. -1
        stands for the length that `a` has.
    axes : sequence of int, optional
        By default all, or as many as `s` has lengths, the last ones. One that stands there twice is
        transformed twice.
    norm : {None, 'backward', 'ortho', 'forward'}
        As for `fft`.

    Raises
    ------
    AxisError
        If `a` does not have such an axis.
    ArgumentError
        If a length is not positive, there are not as many as axes, or `norm` is something else.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.fftn([[1.0, 2.0], [3.0, 4.0]])
    Variable([[10.+0.j -2.+0.j]
              [-4.+0.j  0.+0.j]])
    """
    return along_several(Fft, a, s, axes, norm, "fftn")


@implements(np.fft.ifftn)
def ifftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Variable:
    """Inverse of `fftn`, whose arguments it takes.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.ifftn([[10.0, -2.0], [-4.0, 0.0]])
    Variable([[1.+0.j 2.+0.j]
              [3.+0.j 4.+0.j]])
    """
    return along_several(Ifft, a, s, axes, norm, "ifftn")


@implements(np.fft.rfftn)
def rfftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Variable:
    """`rfft` along the last of several axes, and `fft` along the others.

    The arguments are those of `fftn`, and `a` must be real.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.rfftn([[1.0, 2.0], [3.0, 4.0]])
    Variable([[10.+0.j -2.+0.j]
              [-4.+0.j  0.+0.j]])
    """
    return along_several(Rfft, a, s, axes, norm, "rfftn")


@implements(np.fft.irfftn)
def irfftn(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] | None = None,
    norm: Norm = None,
) -> Variable:
    """Inverse of `rfftn`: `ifft` along all axes but the last, and `irfft` along that.

    The arguments are those of `fftn`; the last axis is ``2 * (m - 1)`` long by default, for m given
    values.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.irfftn([[10.0, -2.0], [-4.0, 0.0]])
    Variable([[1. 2.]
              [3. 4.]])
    """
    return along_several(Irfft, a, s, axes, norm, "irfftn", from_half=True)


@implements(np.fft.fft2)
def fft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: Norm = None,
) -> Variable:
    """`fftn` along the last two axes, of a picture for example.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.fft2([[1.0, 2.0], [3.0, 4.0]])
    Variable([[10.+0.j -2.+0.j]
              [-4.+0.j  0.+0.j]])
    """
    return along_several(Fft, a, s, axes, norm, "fft2")


@implements(np.fft.ifft2)
def ifft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: Norm = None,
) -> Variable:
    """Inverse of `fft2`.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.ifft2([[10.0, -2.0], [-4.0, 0.0]])
    Variable([[1.+0.j 2.+0.j]
              [3.+0.j 4.+0.j]])
    """
    return along_several(Ifft, a, s, axes, norm, "ifft2")


@implements(np.fft.rfft2)
def rfft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: Norm = None,
) -> Variable:
    """`rfftn` along the last two axes.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.rfft2([[1.0, 2.0, 3.0]]).shape
    (1, 2)
    """
    return along_several(Rfft, a, s, axes, norm, "rfft2")


@implements(np.fft.irfft2)
def irfft2(
    a: ArrayLike,
    s: Sequence[int] | None = None,
    axes: Sequence[int] = (-2, -1),
    norm: Norm = None,
) -> Variable:
    """Inverse of `rfft2`.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.irfft2(fft.rfft2([[1.0, 2.0, 3.0]]), s=(1, 3))
    Variable([[1. 2. 3.]])
    """
    return along_several(Irfft, a, s, axes, norm, "irfft2", from_half=True)
