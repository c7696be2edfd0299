"""Fourier transforms: what `numpy.fft` has, with derivatives.

``from pygrad import fft``, or ``F.fft``; and `numpy.fft`'s own functions, called on Variables, come
here. The frequencies that belong to them, `np.fft.fftfreq` and `np.fft.rfftfreq`, are plain arrays.
"""

from __future__ import annotations

from pygrad.engine.ops.fourier import Fft, Hfft, Ifft, Ihfft, Irfft, Rfft
from pygrad.engine.ops.fourier_1d import (
    fft,
    fftshift,
    hfft,
    ifft,
    ifftshift,
    ihfft,
    irfft,
    rfft,
)  # fmt: skip
from pygrad.engine.ops.fourier_nd import (
    fft2,
    fftn,
    ifft2,
    ifftn,
    irfft2,
    irfftn,
    rfft2,
    rfftn,
)  # fmt: skip

__all__ = [
    "Fft", "Hfft", "Ifft", "Ihfft", "Irfft", "Rfft",
    "fft", "fft2", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft",
    "irfft", "irfft2", "irfftn", "rfft", "rfft2", "rfftn",
]  # fmt: skip
