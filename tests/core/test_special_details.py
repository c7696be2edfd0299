"""Sinc, Bessel and error functions: their digits, their values at 0, and where branches meet."""

import math

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.engine.kernels.bessel import scaled_bessel_of
from pygrad.engine.kernels.erf import erf_of, erfc_of
from pygrad.engine.kernels.sinc import sinc_derivative_of

INF, NAN = np.inf, np.nan


def derivatives(f, value):
    """The first and the second derivative."""
    x = Variable(value)
    f(x).backward(create_graph=True)
    first = x.grad
    x.zero_grad()
    first.backward()
    return first.item(), x.grad.item()


def test_sinc_and_i0_have_their_derivatives_at_zero():
    assert derivatives(F.sinc, 0.0) == (0, pytest.approx(-(np.pi**2) / 3, rel=1e-15))
    assert derivatives(F.i0, 0.0) == (0, 0.5)


def test_the_derivatives_of_sinc_keep_their_digits_near_zero():
    x = 1e-5
    g, _ = derivatives(F.sinc, x)
    assert g == pytest.approx(-(np.pi**2) * x / 3 + np.pi**4 * x**3 / 30, rel=1e-14, abs=0)


def test_the_derivatives_of_sinc_keep_their_digits_where_the_quotient_cancels():
    t = np.pi * 0.01
    g, _ = derivatives(F.sinc, 0.01)
    series = -t / 3 + t**3 / 30 - t**5 / 840 + t**7 / 45360
    assert g == pytest.approx(np.pi * series, rel=2e-15, abs=0)
    assert F.Sinc(1)(np.float32([0.01])).dtype == np.float32


def test_the_branches_of_the_sinc_derivatives_meet():
    for n in range(5):
        edge = 2 + 0.5 * n
        below, above = sinc_derivative_of(np.array([np.nextafter(edge, 0), edge]), n)
        assert below == pytest.approx(above, abs=1e-15)
        left = sinc_derivative_of(np.array(-0.7), n)
        assert left == (-1) ** n * sinc_derivative_of(np.array(0.7), n)


# I_n(x) from Abramowitz and Stegun, tables 9.8 and 9.9, and DLMF 10.25.2 summed with 40 digits
@pytest.mark.parametrize(
    ("n", "x", "value"),
    [
        (0, 1.0, 1.2660658777520084),
        (1, 1.0, 0.565159103992485),
        (2, 1.0, 0.1357476697670383),
        (1, 5.0, 24.335642142450528),
        (2, 5.0, 17.505614966624236),
        (1, 10.0, 2670.988303701255),
        (2, 10.0, 2281.518967726004),
        (1, 20.0, 42454973.38512777),
        (2, 20.0, 39312785.221040756),
    ],
)
def test_bessel_functions(n, x, value):
    assert scaled_bessel_of(x, n) * x**n == pytest.approx(value, rel=1e-13)


def test_bessel_functions_meet_where_the_series_change_and_do_not_overflow_early():
    for n in range(5):
        edge = 30.0 + n * n
        below, above = scaled_bessel_of(np.array([edge, np.nextafter(edge, 99)]), n)
        assert above / below == pytest.approx(1, abs=1e-13)
    # I_0 - 2 I_1 / x = I_2, with I_0 by NumPy
    x = np.array([0.5, 3.0, 29.0, 31.0, 100.0, 700.0])
    i1, i2 = scaled_bessel_of(x, 1) * x, scaled_bessel_of(x, 2) * x**2
    np.testing.assert_allclose(np.i0(x) - 2 * i1 / x, i2, rtol=1e-12)
    assert np.isfinite(scaled_bessel_of(712.0, 1))
    np.testing.assert_array_equal(scaled_bessel_of(np.array([INF, -INF, NAN]), 1), [INF, INF, NAN])


def test_the_error_function_is_right_to_the_last_digits():
    x = np.concatenate([np.linspace(-6.5, 6.5, 4001), [0.46875, 4.0, 1e-300, -1e-20, 5e-324]])
    erf = np.array([math.erf(v) for v in x])
    np.testing.assert_allclose(erf_of(x), erf, rtol=1e-15, atol=0)
    x = np.concatenate([np.linspace(-6.5, 26, 4001), [0.46875, 4.0]])
    erfc = np.array([math.erfc(v) for v in x])
    np.testing.assert_allclose(erfc_of(x), erfc, rtol=1e-15, atol=0)
    ends = np.array([-INF, INF, NAN, 1e4])
    np.testing.assert_array_equal(erf_of(ends), [-1, 1, NAN, 1])
    np.testing.assert_array_equal(erfc_of(ends), [2, 0, NAN, 0])


def test_the_error_function_of_float32_is_rounded_once():
    x = np.linspace(-5, 5, 1001, dtype=np.float32)
    expected = np.array([math.erf(v) for v in x]).astype(np.float32)
    assert erf_of(x).dtype == np.float32
    np.testing.assert_array_equal(erf_of(x), expected)


def test_the_error_function_takes_any_layout_and_size():
    x = np.linspace(-3, 3, 40_000).reshape(2, 200, 100).transpose(2, 0, 1)
    y = erf_of(x)
    assert y.shape == x.shape
    assert y[7, 1, 3] == erf_of(x[7, 1, 3])
    assert erf_of(np.zeros((0, 3))).shape == (0, 3)
