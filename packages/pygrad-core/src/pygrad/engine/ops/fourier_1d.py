"""Fourier transforms along one axis, and the order of their frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.fourier import Fft, Hfft, Ifft, Ihfft, Irfft, Rfft, along_one
from pygrad.engine.ops.rearranging import roll

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Norm
    from pygrad.variable import Variable

__all__ = ["fft", "fftshift", "hfft", "ifft", "ifftshift", "ihfft", "irfft", "rfft"]


@implements(np.fft.fft)
def fft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """Discrete Fourier transform along an axis: ``y[k] = sum(a[j] * exp(-2j * pi * j * k / n))``.

    Parameters
    ----------
    a : array_like
        Real or complex; float32 gives complex64.
    n : int, optional
        The length of the result along the axis: `a` is cut to it, or padded with zeros. By default
        that of `a`.
    axis : int
    norm : {None, 'backward', 'ortho', 'forward'}
        Where the factor 1/n is: in the inverse (the same as None), its root in both, or here.

    Raises
    ------
    AxisError
        If `a` does not have such an axis.
    ArgumentError
        If `n` is not positive, or `norm` is something else.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.fft([1.0, 0.0, -1.0, 0.0])
    Variable([0.+0.j 2.+0.j 0.+0.j 2.+0.j])
    """
    return along_one(Fft, a, n, axis, norm, "fft")


@implements(np.fft.ifft)
def ifft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """Inverse of `fft`, whose arguments it takes: ``y[j] = mean(a[k] * exp(2j * pi * j * k / n))``.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.ifft([0.0, 2.0, 0.0, 2.0])
    Variable([ 1.+0.j  0.+0.j -1.+0.j  0.+0.j])
    """
    return along_one(Ifft, a, n, axis, norm, "ifft")


@implements(np.fft.rfft)
def rfft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """The ``n // 2 + 1`` first values of `fft` for a real signal; the others mirror them.

    The arguments are those of `fft`.

    Raises
    ------
    DtypeError
        If `a` is complex.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.rfft([1.0, 0.0, -1.0, 0.0])
    Variable([0.+0.j 2.+0.j 0.+0.j])
    """
    return along_one(Rfft, a, n, axis, norm, "rfft")


@implements(np.fft.irfft)
def irfft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """Inverse of `rfft`: the real signal of which half a spectrum is given.

    The arguments are those of `fft`; `n` is the length of the result, ``2 * (m - 1)`` by default
    for m given values. The imaginary part of the first value has no effect and no gradient, and for
    even `n` neither has that of the last.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.irfft([0.0, 2.0, 0.0])
    Variable([ 1.  0. -1.  0.])
    """
    return along_one(Irfft, a, n, axis, norm, "irfft", from_half=True)


@implements(np.fft.hfft)
def hfft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """The real spectrum of a signal whose second half mirrors the first, conjugated; that is given.

    The arguments are those of `irfft`.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.hfft([1.0, 1.0, 0.0])
    Variable([ 3.  1. -1.  1.])
    """
    return along_one(Hfft, a, n, axis, norm, "hfft", from_half=True)


@implements(np.fft.ihfft)
def ihfft(a: ArrayLike, n: int | None = None, axis: int = -1, norm: Norm = None) -> Variable:
    """Inverse of `hfft`: the first half of the signal that has a real spectrum.

    The arguments are those of `rfft`.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.ihfft([4.0, 0.0, 0.0, 0.0])
    Variable([1.-0.j 1.-0.j 1.-0.j])
    """
    return along_one(Ihfft, a, n, axis, norm, "ihfft")


@implements(np.fft.fftshift)
def fftshift(x: ArrayLike, axes: int | Sequence[int] | None = None) -> Variable:
    """Move the frequency 0 to the middle of an axis, of several, or of all.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.fftshift([0, 1, 2, -2, -1])
    Variable([-2 -1  0  1  2])
    """
    return _shifted(x, axes, 1, "fftshift")


@implements(np.fft.ifftshift)
def ifftshift(x: ArrayLike, axes: int | Sequence[int] | None = None) -> Variable:
    """Inverse of `fftshift`; of an axis of odd length it is not the same.

    Examples
    --------
    >>> from pygrad import fft
    >>> fft.ifftshift([-2, -1, 0, 1, 2])
    Variable([ 0  1  2 -2 -1])
    """
    return _shifted(x, axes, -1, "ifftshift")


def _shifted(x, axes, sign, where):
    x = operand(x, where)
    axes = as_axes(axes, x.ndim, where)
    shifts = tuple(x.shape[axis] // 2 * sign for axis in axes)
    return roll(x, shifts, axes)
