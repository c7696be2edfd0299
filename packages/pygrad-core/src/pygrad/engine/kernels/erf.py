"""The error function and its complement, to the last digits.

W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation
23 (1969), 631-637; the coefficients are those of his program CALERF (1990).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["erf_of", "erfc_of"]

# numerator and denominator of each rational function, from the highest power down
_NEAR = (  # erf(x) / x in x**2, for |x| <= 0.46875
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
_MIDDLE = (  # exp(x**2) erfc(x) in x, for 0.46875 <= x <= 4
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
     3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_FAR = (  # (1 / sqrt(pi) - x exp(x**2) erfc(x)) x**2 in 1 / x**2, for x > 4
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip
_RSQRT_PI = 0.56418958354775628695
_BLOCK = 16384  # values at a time, so that what is in between stays in the cache


def erf_of(x: Any) -> Any:
    """erf(x) = 2 / sqrt(pi) times the integral of exp(-t**2) from 0 to x."""
    return _by_blocks(_erf, x)


def erfc_of(x: Any) -> Any:
    """1 - erf(x), with all its digits where that is small."""
    return _by_blocks(_erfc, x)


def _by_blocks(f: Callable[[Any], Any], x: Any) -> Any:
    """`f` of all values, in float64; the result has the dtype of x, if that is one of floats."""
    x = np.asarray(x)
    y = np.empty(x.shape, x.dtype if x.dtype.kind == "f" else np.float64)
    values, results = x.reshape(-1), y.reshape(-1)  # y is contiguous, so results is a view
    for start in range(0, values.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        results[block] = f(values[block].astype(np.float64))
    return y


def _erf(x: Any) -> Any:
    magnitude = np.abs(x)
    near = magnitude <= 0.46875
    y = np.copysign(1 - _upper(np.where(near, 0.46875, magnitude)), x)
    y[near] = _lower(x[near])
    return y


def _erfc(x: Any) -> Any:
    magnitude = np.abs(x)
    near = magnitude <= 0.46875
    upper = _upper(np.where(near, 0.46875, magnitude))
    y = np.where(x < 0, 2 - upper, upper)
    y[near] = 1 - _lower(x[near])
    return y


def _lower(x: Any) -> Any:
    """erf(x) for |x| <= 0.46875."""
    return x * _ratio(_NEAR, x * x)


def _upper(x: Any) -> Any:
    """erfc(x) for x >= 0.46875; NaN stays."""
    far = x > 4
    y = _ratio(_MIDDLE, np.where(far, 4.0, x))
    if far.any():
        z = np.minimum(x[far], 30.0)  # from 27 on the exponential is 0
        inverse = 1 / (z * z)
        y[far] = (_RSQRT_PI - inverse * _ratio(_FAR, inverse)) / z
    # exp(-x**2) in two factors: the square of sixteenths is exact, and the rest is small
    x = np.minimum(x, 30.0)
    sixteenths = np.trunc(x * 16) / 16
    rest = (x - sixteenths) * (x + sixteenths)
    return y * np.exp(-sixteenths * sixteenths) * np.exp(-rest)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Any) -> Any:
    above, below = (_polynomial(part, x) for part in coefficients)
    return above / below


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    y = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        y *= x
        y += coefficient
    return y
