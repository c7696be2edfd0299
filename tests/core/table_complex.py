"""Rows of the table of cases: complex numbers.

`complexified` makes of every row the same with complex inputs. So each function either has right
derivatives there, or stands in `REAL_ALONE` and says that it takes real numbers alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from rows import alike, each, points, row

from pygrad import functions as F

REAL_ALONE = {
    "arctan2", "bincount", "cbrt", "ceil", "celu", "copysign", "deg2rad", "divmod", "elu", "fabs",
    "floor", "floor_divide", "fmod", "frexp", "gelu", "hard_tanh", "heaviside", "hypot", "i0",
    "interp", "ldexp", "leaky_relu", "log_sigmoid", "logaddexp", "logaddexp2", "mish", "mod",
    "modf", "nanpercentile", "nanquantile", "percentile", "quantile", "rad2deg", "relu",
    "remainder", "selu", "softmax_cross_entropy", "softplus", "softsign", "trunc", "unwrap",
}  # fmt: skip

# what a row does with real numbers has another meaning for complex ones: written out below
_OF_THEIR_OWN = {"cov, weights", "mean_squared_error"}


def complexified(cases):
    """The rows with imaginary parts for all floats, but for those of functions of reals alone."""
    return {
        f"{name}, complex": replace(case, inputs=[_with_imaginary(x) for x in case.inputs])
        for name, case in cases.items()
        if name.split(",")[0] not in REAL_ALONE | _OF_THEIR_OWN and name not in _OF_THEIR_OWN
    }


def _with_imaginary(x):
    x = np.asarray(x)
    return x + 1j * _imaginary(x.shape) if x.dtype.kind == "f" else x


def _imaginary(shape):
    """Numbers that are distinct and not near 0, of either sign."""
    n = int(np.prod(shape))
    parts = np.linspace(0.2, 1.1, max(n, 1))[:n] * np.where(np.arange(n) % 3, 1, -1)
    return np.random.default_rng(n).permutation(parts).reshape(shape)


def _mean_of_squares(a, b):
    return np.mean(np.abs(a - b) ** 2)


Z = points(3, 4) + 1j * _imaginary((3, 4))
W = points(3, 4, seed=1) - 1j * _imaginary((3, 4))[::-1]
REAL = points(3, 4, seed=2)
POSITIVE = points(3, 4, low=0.2, high=3.0)
CUBE = points(2, 3, 4) + 1j * _imaginary((2, 3, 4))

ROWS = {
    "conjugate": each(F.conjugate, np.conjugate, Z),
    "angle": each(F.angle, np.angle, Z),
    "angle, in degrees": row(F.angle, np.angle, Z, deg=True),
    "angle, of reals": each(F.angle, np.angle, REAL),
    "real_if_close": row(lambda x: F.real_if_close(x + 0 * x), np.real_if_close, Z),
    "sign, several": each(lambda x: F.sign(x) * x * x, lambda x: np.sign(x) * x * x, Z),
    # what is written out because its real row means something else
    "mean_squared_error, complex": row(F.mean_squared_error, _mean_of_squares, Z, W),
    "mean_squared_error, real and complex": row(F.mean_squared_error, _mean_of_squares, REAL, Z),
    "mean_squared_error, sum, complex": row(
        lambda a, b: F.mean_squared_error(a, b, "sum"),
        lambda a, b: np.sum(np.abs(a - b) ** 2),
        Z,
        W,
    ),
    "mean_squared_error, none, complex": row(
        lambda a, b: F.mean_squared_error(a, b, "none"), lambda a, b: np.abs(a - b) ** 2, Z, W
    ),
    "cov, complex with weights": row(
        lambda x, w: F.cov(x, aweights=w, fweights=[1, 2, 1, 3]),
        lambda x, w: np.cov(x, aweights=w, fweights=[1, 2, 1, 3]).astype(np.result_type(x, w)),
        Z,
        np.array([0.5, 2.0, 1.0, 0.7]),
    ),
    "interp, complex values": row(
        F.interp,
        lambda x, xp, fp: np.interp(x, xp, fp).astype(fp.dtype),
        np.array([-3.0, -1.7, 0.3, 1.2, 5.0]),
        np.array([-2.0, -1.0, 0.5, 2.0]),
        Z[0],
    ),
    "interp, complex ends": row(
        F.interp,
        lambda x, xp, fp, *ends: np.interp(x, xp, fp, *map(complex, ends)).astype(fp.dtype),
        np.array([-3.0, 0.3, 1.2, 5.0]),
        np.array([0.0, 1.0, 2.0]),
        Z[0, :3],
        Z[1, 0],
        Z[1, 1],
    ),
    "trapezoid, complex path": alike(lambda m, y, x: m.trapezoid(y, x), Z, W),
    "gradient, complex by real": row(
        lambda f, x: F.gradient(f, x, axis=1),
        lambda f, x: np.gradient(f, x, axis=1).astype(f.dtype),
        Z,
        np.array([0.0, 0.4, 1.1, 2.0]),
    ),
    "pad, complex ramp": row(
        lambda x: F.pad(x, 2, mode="linear_ramp", end_values=(1j, 2)),
        lambda x: np.pad(x, 2, mode="linear_ramp", end_values=(1j, 2)),
        Z,
    ),
    "geomspace, spiral": row(
        lambda a, b: F.geomspace(a, b, 5),
        lambda a, b: np.geomspace(a, b, 5).astype(np.result_type(a, b)),
        1 + 2j,
        -3 + 0.5j,
    ),
    "sinc, complex near 0": each(F.sinc, np.sinc, np.array([1e-9 + 1e-3j, -1e-3j, 0.4 - 2j])),
    "sum, of complex where": row(F.sum, np.sum, CUBE, axis=1, where=CUBE.real > 0, initial=1j),
    "var, of complex where": row(F.var, np.var, CUBE, axis=(0, 1), where=CUBE.imag > -0.5, ddof=1),
    "std, of complex where": row(F.std, np.std, CUBE, axis=(0, 1), where=CUBE.imag > -0.5),
}

# real and complex operands together
MIXED = {
    "multiply, real by complex": each(F.multiply, np.multiply, REAL, Z),
    "divide, real by complex": each(F.divide, np.divide, REAL, Z),
    "divide, complex by real": each(F.divide, np.divide, Z, POSITIVE),
    "power, real by complex": each(F.power, np.power, POSITIVE, Z),
    "power, negative by complex": each(F.power, np.power, -POSITIVE, Z),
    "power, complex by real": each(F.power, np.power, Z, REAL),
    "power, number by complex": each(lambda x: F.power(-2.5, x), lambda x: (-2.5 + 0j) ** x, Z),
    "float_power, real by complex": row(
        lambda a, b: F.astype(F.float_power(a, b), np.result_type(a, b)),
        lambda a, b: np.float_power(a, b).astype(np.result_type(a, b)),
        POSITIVE,
        Z,
    ),
    "where, real and complex": each(F.where, np.where, W.real > 0, REAL, Z),
    "matmul, real by complex": row(F.matmul, np.matmul, REAL, Z.T),
    "linear, real by complex": row(F.linear, lambda x, W: x @ W, REAL, Z.T),
    "concatenate, real and complex": row(
        lambda a, b: F.concatenate([a, b], 1), lambda a, b: np.concatenate([a, b], 1), REAL, Z
    ),
    "astype, to complex": row(
        lambda x: F.astype(x, np.result_type(x, np.complex64)) * 1j, lambda x: x * 1j, REAL
    ),
    "convolve, real by complex": row(F.convolve, np.convolve, REAL[0], Z[0, :3]),
    "correlate, real by complex": row(F.correlate, np.correlate, REAL[0], Z[0, :3], mode="full"),
    "correlate, complex by real": row(F.correlate, np.correlate, Z[0], REAL[0, :3], mode="same"),
}
