"""Activations at their kinks and far out, where the table of cases does not go."""

import math
import warnings

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, ShapeError

ACTIVATIONS = {
    "elu": F.elu,
    "selu": F.selu,
    "celu": lambda x: F.celu(x, 0.5),
    "hard_tanh": F.hard_tanh,
    "gelu": F.gelu,
    "gelu, tanh": lambda x: F.gelu(x, "tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "softplus": F.softplus,
    "softplus, beta": lambda x: F.softplus(x, 3.0, 20.0),
    "log_sigmoid": F.log_sigmoid,
    "softsign": F.softsign,
    "glu": lambda x: F.glu(F.stack([x, x]), axis=0),
    "sigmoid": F.sigmoid,
}


def derivatives(f, values, dtype=float):
    """The value, the gradient, and the gradient's gradient."""
    x = Variable(np.asarray(values, dtype))
    y = f(x)
    y.sum().backward(create_graph=True)
    first = x.grad
    x.zero_grad()
    if not first.requires_grad:  # a line
        return y.data, first.data, np.zeros_like(first.data)
    first.sum().backward()
    return y.data, first.data, x.grad.data


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_nothing_overflows_to_either_order(name, dtype):
    far = [-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for result in derivatives(ACTIVATIONS[name], far, dtype):
            assert np.isfinite(result).all()
            assert result.dtype == dtype


@pytest.mark.parametrize("name", ["elu", "selu", "celu", "gelu", "gelu, tanh", "silu", "mish"])
def test_far_out_they_are_the_identity_or_flat(name):
    y, first, second = derivatives(ACTIVATIONS[name], [1e4, -1e4])
    scale = 1.0507009873554805 if name == "selu" else 1
    assert y[0] == pytest.approx(scale * 1e4)
    np.testing.assert_allclose(first, [scale, 0])
    np.testing.assert_array_equal(second, [0, 0])


@pytest.mark.parametrize("name", set(ACTIVATIONS) - {"glu"})
def test_nan_stays_nan(name):
    assert np.isnan(ACTIVATIONS[name](np.nan).item())


def test_tails_keep_their_digits():
    x = -30.0
    e = math.exp(x)
    np.testing.assert_allclose(derivatives(F.softplus, x), (e, e, e), rtol=1e-11)
    for f in (F.silu, F.mish):
        expected = x * e, e * (1 + x), e * (2 + x)
        np.testing.assert_allclose(derivatives(f, x), expected, rtol=1e-11)
    y, first, _ = derivatives(F.log_sigmoid, -x)
    np.testing.assert_allclose([y, first], [-e, e], rtol=1e-11)


def test_gelu_keeps_its_digits_in_the_tail():
    for x in (-5.0, -10.0, -20.0):
        cdf = math.erfc(-x / math.sqrt(2)) / 2
        density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        y, first, second = derivatives(F.gelu, x)
        assert y == pytest.approx(x * cdf, rel=1e-13, abs=0)
        assert first == pytest.approx(cdf + x * density, rel=1e-12, abs=0)
        assert second == pytest.approx((2 - x * x) * density, rel=1e-12, abs=0)


def test_gelu_of_float32_is_good_to_its_last_digit_beside_1():
    x = np.linspace(-9, 9, 40_001, dtype=np.float32)  # more than a block
    expected = [v * math.erfc(-v / math.sqrt(2)) / 2 for v in x.tolist()]
    np.testing.assert_allclose(F.gelu(x).data, expected, rtol=3e-7, atol=6e-7)
    y, first, second = derivatives(F.gelu, [-1e4, -7.0, 7.0, 1e4], np.float32)
    np.testing.assert_array_equal(y, np.float32([0, 0, 7, 1e4]))
    np.testing.assert_allclose(first, [0, 0, 1, 1], atol=1e-9)
    np.testing.assert_allclose(second, [0, 0, 0, 0], atol=1e-8)


def test_the_second_derivatives_at_zero_come_from_one_side():
    # x <= 0 belongs to the exponential
    np.testing.assert_allclose(derivatives(lambda x: F.elu(x, 0.7), 0.0), (0, 0.7, 0.7))
    np.testing.assert_allclose(derivatives(lambda x: F.celu(x, 0.5), 0.0), (0, 1, 2))
    np.testing.assert_array_equal(derivatives(F.softsign, 0.0), (0, 1, 0))
    np.testing.assert_allclose(derivatives(F.gelu, 0.0), (0, 0.5, math.sqrt(2 / math.pi)))


def test_hard_tanh_passes_the_gradient_at_its_bounds_as_clip_does():
    _, first, _ = derivatives(F.hard_tanh, [-1.5, -1.0, 0.0, 1.0, 1.5])
    np.testing.assert_array_equal(first, [0, 1, 1, 1, 0])


def test_the_threshold_of_softplus_makes_it_a_line():
    y, first, second = derivatives(lambda x: F.softplus(x, 2.0, 4.0), [1.9, 2.1])
    assert y[1] == 2.1
    assert first[1] == 1
    assert second[1] == 0
    assert y[0] == pytest.approx(math.log1p(math.exp(3.8)) / 2)


def test_wrong_input_is_explained():
    with pytest.raises(ArgumentError, match=r"gelu: approximate is 'erf'; it must be 'none' or"):
        F.gelu(1.0, "erf")
    with pytest.raises(ArgumentError, match="celu: alpha is 0; it must be positive"):
        F.celu(1.0, 0)
    with pytest.raises(ArgumentError, match=r"softplus: beta is -1; it must be positive"):
        F.softplus(1.0, -1)
    with pytest.raises(ArgumentError, match=r"hard_tanh: min_value is 2 and max_value 1"):
        F.hard_tanh(1.0, 2, 1)
    with pytest.raises(ShapeError, match=r"glu: x has shape \(2, 3\), of length 3 along axis -1"):
        F.glu(np.ones((2, 3)))
    with pytest.raises(AxisError, match=r"glu: .*axis must be an axis of x"):
        F.glu(np.ones(4), axis=1)
    with pytest.raises(AxisError, match=r"glu: "):
        F.glu(1.0)
