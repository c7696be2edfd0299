"""Rows of the table of cases: exponentials, powers, magnitudes, rounding, and special functions."""

import numpy as np
from rows import each, points, row

from pygrad import functions as F

A = points(3, 4)
B = points(3, 4, seed=1) * 1.01
POSITIVE = points(3, 4, low=0.2, high=3.0)
SIGNED = np.copysign(POSITIVE, A)
UNIT = points(3, 4, low=-0.9, high=0.9)

ROWS = {
    "absolute": each(F.absolute, np.absolute, A),
    "fabs": each(F.fabs, np.fabs, A),
    "real": each(F.real, np.real, A),
    "imag": each(F.imag, np.imag, A),
    "conj": each(F.conj, np.conj, A),
    "hypot": each(F.hypot, np.hypot, A, B),
    "copysign": each(F.copysign, np.copysign, A, B),
    "cbrt": each(F.cbrt, np.cbrt, SIGNED),
    "reciprocal": each(F.reciprocal, np.reciprocal, SIGNED),
    "float_power": each(  # which is float64 even for float32
        lambda a, b: F.astype(F.float_power(a, b), np.result_type(a, b)),
        lambda a, b: np.float_power(a, b),
        POSITIVE,
        B,
    ),
    "ldexp": each(F.ldexp, np.ldexp, A, np.arange(-6, 6).reshape(3, 4)),
    "exp2": each(F.exp2, np.exp2, A),
    "expm1": each(F.expm1, np.expm1, A),
    "log2": each(F.log2, np.log2, POSITIVE),
    "log10": each(F.log10, np.log10, POSITIVE),
    "log1p": each(F.log1p, np.log1p, UNIT),
    "logaddexp": each(F.logaddexp, np.logaddexp, A, B),
    "logaddexp2": each(F.logaddexp2, np.logaddexp2, A, B),
    "fmax": each(F.fmax, np.fmax, A, B),
    "fmin": each(F.fmin, np.fmin, A, B),
    "nan_to_num": each(F.nan_to_num, np.nan_to_num, A),
    "nan_to_num, arguments": row(F.nan_to_num, np.nan_to_num, A, nan=1.0, posinf=2.0, neginf=3.0),
    "floor": each(F.floor, np.floor, A),
    "ceil": each(F.ceil, np.ceil, A),
    "rint": each(F.rint, np.rint, A),
    "trunc": each(F.trunc, np.trunc, A),
    "round": each(F.round, np.round, A),
    "round, decimals": row(F.round, np.round, 10 * A, decimals=-1),
    "round, np.around": each(F.round, np.around, A),
    "heaviside": each(F.heaviside, np.heaviside, A, B),
    "fmod": each(F.fmod, np.fmod, A, np.full((3, 4), -1.37)),
    "deg2rad": each(F.deg2rad, np.deg2rad, 90 * A),
    "deg2rad, np.radians": each(F.deg2rad, np.radians, 90 * A),
    "rad2deg": each(F.rad2deg, np.rad2deg, A),
    "rad2deg, np.degrees": each(F.rad2deg, np.degrees, A),
    "sinc": each(F.sinc, np.sinc, A),
    "sinc, near 0": each(F.sinc, np.sinc, np.array([0.0, 1e-9, -1e-3])),
    "i0": each(F.i0, np.i0, 2 * A),
    "i0, near 0": each(F.i0, np.i0, np.array([0.0, 1e-9, -1e-3])),
}
