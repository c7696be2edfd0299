"""Rows of the table of cases: Fourier transforms."""

from __future__ import annotations

import numpy as np
from rows import points, row

from pygrad import fft

BOX = points(3, 4, 5)
Z = BOX + 1j * points(3, 4, 5, seed=1)
SMALL = Z[:2, :3, :4]


def _rows(name, *inputs, **kwargs):
    """A row for each input: real and complex signals."""
    kind = ", ".join(f"{key}={value}" for key, value in kwargs.items())
    for x in inputs:
        title = f"fft.{name}, {kind}, {x.dtype.kind}{x.ndim}"
        yield title, row(getattr(fft, name), getattr(np.fft, name), x, **kwargs)


ROWS = {
    name: case
    for rows in (
        *(_rows(name, BOX, Z) for name in ("fft", "ifft", "fft2", "ifft2", "fftn", "ifftn")),
        *(_rows(name, BOX) for name in ("rfft", "ihfft", "rfft2", "rfftn")),
        *(_rows(name, BOX, Z) for name in ("irfft", "hfft", "irfft2", "irfftn")),
        # padded and cut, odd and even, other axes, norms
        *(
            _rows(name, x, n=n, axis=axis, norm=norm)
            for name, x in [
                ("fft", Z), ("fft", BOX), ("ifft", Z), ("rfft", BOX), ("irfft", Z), ("hfft", Z),
                ("ihfft", BOX),
            ]
            for n, axis, norm in [(7, 0, "ortho"), (6, 1, "forward"), (3, -1, None), (1, 1, None)]
        ),
        *(
            _rows(name, x, s=s, axes=axes, norm=norm)
            for name, x in [("fftn", Z), ("ifftn", BOX), ("rfftn", BOX), ("irfftn", Z)]
            for s, axes, norm in [
                ((2, 7), (0, 2), "ortho"), ((6, 3), (-1, 0), "forward"), ((3, -1), (1, 2), None),
                ((4, 5, 6), (0, 1, 0), None),  # one axis twice
            ]
        ),
        _rows("fft2", Z, s=(3, 4), axes=(0, 1)),
        _rows("fftn", BOX, axes=(1,)),
        _rows("rfftn", BOX, axes=(1, 1)),
        *(_rows(name, x) for name in ("fftshift", "ifftshift") for x in (BOX, Z)),
        *(_rows(name, SMALL, axes=(0, -1)) for name in ("fftshift", "ifftshift")),
        _rows("fftshift", SMALL, axes=1),
    )
    for name, case in rows
}  # fmt: skip
