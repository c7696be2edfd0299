"""Fourier transforms: what `numpy.fft` has, with derivatives.

``from pygrad import fft``, or ``F.fft``; and `numpy.fft`'s own functions, called on Variables, come
here.
"""

from __future__ import annotations

__all__: list[str] = []
