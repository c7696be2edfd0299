"""Elementwise functions where the table of cases does not go: kinks, ends, infinities and NaN."""

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, PyGradError

INF, NAN = np.inf, np.nan


def gradient(f, *values, dtype=float):
    xs = [Variable(np.asarray(v, dtype)) for v in values]
    y = f(*xs)
    y.backward(np.ones_like(y.data))
    return [x.grad.data for x in xs]


def second(f, *values):
    """The derivative of the sum of the gradients, with respect to each operand."""
    xs = [Variable(np.asarray(v, float)) for v in values]
    y = f(*xs)
    y.backward(np.ones_like(y.data), create_graph=True)
    total = sum((x.grad.sum() for x in xs), Variable(0.0))
    for x in xs:
        x.zero_grad()
    total.backward()
    return [x.grad.data for x in xs]


# --------------------------------------------------- exponentials and logarithms


def test_the_gradient_of_expm1_keeps_its_digits_in_the_tail():
    (g,) = gradient(F.expm1, [-50.0])
    np.testing.assert_allclose(g, np.exp([-50.0]), rtol=1e-15)


def test_values_near_zero_keep_their_digits():
    assert F.log1p(1e-20).item() == 1e-20
    assert F.expm1(1e-20).item() == 1e-20


@pytest.mark.parametrize("f", [F.logaddexp, F.logaddexp2])
def test_logaddexp_shares_between_equal_infinities_and_leaks_no_nan(f):
    a = [-INF, INF, INF, -INF, 1e4, -1e4, 0.0]
    b = [-INF, INF, 0.0, 0.0, -1e4, 1e4, 0.0]
    ga, gb = gradient(f, a, b)
    np.testing.assert_array_equal(ga, [0.5, 0.5, 1, 0, 1, 0, 0.5])
    np.testing.assert_array_equal(gb, [0.5, 0.5, 0, 1, 0, 1, 0.5])
    for g in second(f, a, b):
        assert np.isfinite(g).all()


def test_the_smaller_part_of_logaddexp_keeps_its_digits():
    ga, gb = gradient(F.logaddexp, 0.0, -50.0)
    assert ga == 1
    assert gb == pytest.approx(np.exp(-50.0), rel=1e-14, abs=0)


def test_logaddexp_of_nan_is_nan():
    with np.errstate(invalid="ignore"):  # NumPy's own warning
        ga, _ = gradient(F.logaddexp, [NAN, 0.0], [0.0, 0.0])
    np.testing.assert_array_equal(ga, [NAN, 0.5])


def test_the_ends_of_domains_are_honest():
    with np.errstate(all="ignore"):
        assert gradient(F.cbrt, 0.0) == [INF]
        assert gradient(F.log2, 0.0) == [INF]
        assert gradient(F.log1p, -1.0) == [INF]
        assert gradient(F.reciprocal, 0.0) == [-INF]


# ------------------------------------------------------------------------ powers


def test_float_power_is_float64_even_of_float32_and_integers():
    for dtype in (np.float32, np.int64, np.float64):
        x = Variable(np.array([2, 4], dtype))
        y = np.float_power(x, -1)
        assert y.dtype == np.float64
        np.testing.assert_array_equal(y.data, [0.5, 0.25])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [-0.25, -0.0625])
    assert F.float_power(2, -1).item() == 0.5


def test_float_power_returns_float32_gradients_to_float32():
    x = Variable(np.array([2.0], np.float32))
    F.float_power(x, 3).sum().backward()
    assert x.grad.dtype == np.float32
    assert x.grad.data == [12]


def test_ldexp_is_exact_and_wants_whole_numbers():
    x = Variable([1.0, 3.0])
    n = Variable([-1070, 4])
    y = np.ldexp(x, n)
    np.testing.assert_array_equal(y.data, np.ldexp([1.0, 3.0], [-1070, 4]))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, np.ldexp([1.0, 1.0], [-1070, 4]))
    assert n.grad is None
    with pytest.raises(DtypeError, match=r"ldexp: .*n must hold whole numbers"):
        F.ldexp(x, [0.5])


# -------------------------------------------------------------------- magnitudes


def test_magnitudes_have_gradient_zero_at_zero_to_both_orders():
    assert gradient(F.fabs, 0.0) == [0]
    assert gradient(F.absolute, 0.0) == [0]
    for order in (gradient, second):
        ga, gb = order(F.hypot, [0.0, 3.0], [0.0, 4.0])
        assert ga[0] == gb[0] == 0
        assert np.isfinite(ga).all()
    ga, gb = gradient(F.hypot, [0.0, 3.0], [0.0, 4.0])
    assert (ga[1], gb[1]) == (0.6, 0.8)


def test_hypot_neither_overflows_nor_underflows():
    for size in (1e300, 1e-300):
        ga, gb = gradient(F.hypot, 3 * size, 4 * size)
        assert (ga, gb) == (pytest.approx(0.6), pytest.approx(0.8))


def test_copysign_sees_the_sign_of_minus_zero():
    a, b = [2.0, -2.0, 2.0, -2.0, 0.0], [0.0, 0.0, -0.0, -0.0, -0.0]
    np.testing.assert_array_equal(np.signbit(F.copysign(a, b)), [False, False, True, True, True])
    ga, gb = gradient(F.copysign, a, b)
    np.testing.assert_array_equal(ga, [1, -1, -1, 1, 0])
    np.testing.assert_array_equal(gb, np.zeros(5))


# --------------------------------------------------------------- rounding, steps


@pytest.mark.parametrize("f", [F.floor, F.ceil, F.rint, F.trunc, F.round])
def test_rounding_has_a_gradient_of_zeros_even_where_an_infinite_one_arrives(f):
    x = Variable([0.0, 0.25, -0.25])
    y = f(x) - f(x).data
    with np.errstate(divide="ignore"):
        F.cbrt(y).sum().backward(retain_grad=True)
    assert np.isinf(y.grad.data).all()
    np.testing.assert_array_equal(x.grad.data, np.zeros(3))


def test_rounding_passes_a_second_order_walk():
    x = Variable([1.25, -2.75])
    (F.floor(x) * x).sum().backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, [1, -3])
    g = x.grad
    x.zero_grad()
    (g * x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, -3])


def test_halves_go_to_even_numbers():
    assert F.rint([0.5, 1.5, -0.5]).tolist() == [0, 2, 0]
    assert np.round(Variable([0.25, 0.35]), 1).tolist() == np.round([0.25, 0.35], 1).tolist()
    assert np.around(Variable(125.0), decimals=-1).item() == 120


def test_heaviside_gives_its_gradient_to_the_value_at_zero():
    gx, gh = gradient(F.heaviside, [-1.0, 0.0, 2.0], [5.0, 5.0, 5.0])
    np.testing.assert_array_equal(gx, [0, 0, 0])
    np.testing.assert_array_equal(gh, [0, 1, 0])


def test_fmod_truncates_where_remainder_rounds_down():
    ga, gb = gradient(F.fmod, [7.5, -7.5, 7.5], [2.0, 2.0, -2.0])
    np.testing.assert_array_equal(ga, [1, 1, 1])
    np.testing.assert_array_equal(gb, [-3, 3, 3])
    assert F.fmod(-7, 2).item() == -1


def test_fmod_counts_right_where_the_quotient_is_rounded_up():
    a, b = 9.0, 0.1
    assert a / b == 90  # but b goes into it 89 times
    assert np.fmod(a, b) > 0.09
    _, gb = gradient(F.fmod, a, b)
    assert gb == -89


# -------------------------------------------------------------------- NaN-aware


def test_fmax_and_fmin_take_the_number_and_share_between_equals():
    a, b = [NAN, 1.0, NAN, 2.0, 2.0, 5.0], [1.0, NAN, NAN, 2.0, 3.0, -INF]
    for f, ga5 in ((F.fmax, [0, 1, 0.5, 0.5, 0, 1]), (F.fmin, [0, 1, 0.5, 0.5, 1, 0])):
        ga, gb = gradient(f, a, b)
        np.testing.assert_array_equal(ga, ga5)
        np.testing.assert_array_equal(gb, 1 - np.array(ga5))


def test_nan_to_num_passes_the_gradient_only_where_x_is_finite():
    x = Variable([1.0, NAN, INF, -INF])
    y = np.nan_to_num(x, nan=4.0, posinf=5.0)
    np.testing.assert_array_equal(y.data, [1, 4, 5, np.finfo(float).min])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 0, 0, 0])
    x.zero_grad()
    with np.errstate(divide="ignore"):
        F.sqrt(F.nan_to_num(x, neginf=0.0)).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [0.5, 0, 0, 0])
    with pytest.raises(ArgumentError, match="nan_to_num: copy is False"):
        np.nan_to_num(x, copy=False)


# ---------------------------------------------------------------- plain results


def test_questions_about_values_and_arrays_like_others_are_plain():
    x = Variable([[3.0, NAN, 1.0]])
    for f in (np.isnan, np.isinf, np.isfinite, np.signbit, np.isposinf, np.isneginf, np.isreal):
        assert type(f(x)) is np.ndarray
        np.testing.assert_array_equal(f(x), f(x.data))
    assert (np.nanargmax(x), np.nanargmin(x)) == (0, 2)
    assert np.isrealobj(x)
    assert not np.iscomplexobj(x)
    assert np.result_type(x, np.float32) == np.float64
    np.testing.assert_array_equal(np.zeros_like(x), [[0, 0, 0]])
    np.testing.assert_array_equal(np.ones_like(x, dtype=int), [[1, 1, 1]])
    np.testing.assert_array_equal(np.full_like(x, 7.0), [[7, 7, 7]])
    np.testing.assert_array_equal(np.full_like(x, 7, int, shape=(2,)), [7, 7])
    assert type(np.empty_like(x)) is np.ndarray
    assert np.array_equal(x, x, equal_nan=True)
    assert np.lexsort((Variable([3, 1, 2]),)).tolist() == [1, 2, 0]


def test_a_fill_value_keeps_its_gradient():
    x = Variable(2.0)
    like = np.ones(2)
    for y in (np.full_like(Variable(like), x), F.full_like(like, x)):
        x.zero_grad()
        (y * [1.0, 10.0]).sum().backward()
        assert x.grad.item() == 11.0
    assert type(np.full_like(Variable(like), 7)) is np.ndarray
    for lossy in (lambda: np.full_like(like, x), lambda: np.full(2, x, float)):
        with pytest.raises(PyGradError, match=r"F\.full|F\.stack"):
            lossy()


def test_nothing_here_widens_float32():
    x = np.array([0.5, 1.5], np.float32)
    for f in (F.logaddexp, F.logaddexp2, F.hypot, F.copysign, F.fmax, F.fmin, F.fmod, F.heaviside):
        for a, b in ((x, x[::-1]), (x, 2.0), (0.25, x)):
            a, b = (Variable(v) if isinstance(v, np.ndarray) else v for v in (a, b))
            y = f(a, b)
            assert y.dtype == np.float32, f.__name__
            y.sum().backward(create_graph=True)
            for v in (a, b):
                if isinstance(v, Variable):
                    assert v.grad.dtype == np.float32, f.__name__
                    v.zero_grad()
