"""What the table of cases cannot say: ties, ends of domains, overflow, and wrong input."""

import warnings

import numpy as np
import pytest

import pygrad
from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError


def gradient(f, *values):
    xs = [Variable(np.asarray(v, float)) for v in values]
    f(*xs).sum().backward()
    return [x.grad.data for x in xs]


def test_equal_operands_of_maximum_share_the_gradient():
    a, b = gradient(F.maximum, [1.0, 2.0, 3.0], [1.0, 5.0, 0.0])
    np.testing.assert_array_equal(a, [0.5, 0, 1])
    np.testing.assert_array_equal(b, [0.5, 1, 0])


def test_equal_maxima_share_the_gradient():
    (g,) = gradient(lambda x: F.max(x, axis=1), [[1.0, 3.0, 3.0], [7.0, 2.0, 1.0]])
    np.testing.assert_array_equal(g, [[0, 0.5, 0.5], [1, 0, 0]])


def test_a_nan_takes_the_gradient_of_a_maximum():
    (g,) = gradient(F.max, [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(g, [0, 1, 0])


def test_clip_passes_the_gradient_at_its_bounds():
    (g,) = gradient(lambda x: F.clip(x, 0, 1), [-1.0, 0.0, 0.5, 1.0, 2.0])
    np.testing.assert_array_equal(g, [0, 1, 1, 1, 0])


def test_kinks_have_the_gradient_that_is_documented():
    assert gradient(F.relu, 0.0) == [0.0]
    assert gradient(F.abs, 0.0) == [0.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int64])
@pytest.mark.parametrize("shape", [(0,), (), (3,), (64, 64), (32768,), (3, 5, 37, 131)])
def test_relu_is_right_for_every_size_and_in_every_order_of_memory(shape, dtype):
    x = np.asarray(10 * np.random.default_rng(0).normal(size=shape)).astype(dtype)
    if x.size and x.dtype.kind == "f":
        x.reshape(-1)[-1] = np.nan
    expected = np.where(x <= 0, dtype(0), x)
    channels_last = np.moveaxis(np.moveaxis(x, 1, -1).copy(), -1, 1) if x.ndim > 1 else x
    for given in (x, np.asfortranarray(x), channels_last):
        y = F.relu(given)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y.data, expected)
        assert y.data.strides == given.strides
    if x.ndim:
        np.testing.assert_array_equal(F.relu(x[::-1]).data, expected[::-1])


def test_leaky_relu_has_its_slope_on_negatives():
    (g,) = gradient(lambda x: F.leaky_relu(x, 0.2), [-3.0, 3.0])
    np.testing.assert_array_equal(g, [0.2, 1.0])


def test_powers_at_zero():
    for exponent, slope in [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0), (0.0, 0.0), (1.0, 1.0)]:
        assert gradient(lambda x, n=exponent: x**n, 0.0) == [slope]
        assert gradient(lambda x, n=exponent: x ** np.array([n]), 0.0) == [slope]
    a, b = gradient(F.power, [0.0, 0.0, 2.0], [2.0, 1.0, 0.0])
    np.testing.assert_array_equal(a, [0, 1, 0])
    np.testing.assert_array_equal(b, [0, 0, np.log(2)])


def test_integer_powers_of_integers():
    for exponent, slope in [(0, 0), (1, 1), (2, 6), (3, 27)]:
        x = Variable(3)
        (x**exponent).backward()
        assert x.grad.item() == slope
    with pytest.raises(ArgumentError, match="power: Integers to negative integer powers"):
        Variable(3) ** -1


def test_nothing_overflows_at_ten_thousand():
    x = np.array([[-1e4, 0.0, 1e4]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f in (F.sigmoid, F.tanh, F.softmax, F.log_softmax, F.relu, F.leaky_relu):
            for dtype in (np.float64, np.float32):
                v = Variable(x.astype(dtype))
                y = f(v)
                y.sum().backward()
                assert np.isfinite(y.data).all()
                assert np.isfinite(v.grad.data).all()
        loss = F.softmax_cross_entropy(Variable(x), [0])
        assert loss.item() == 2e4


def test_sigmoid_keeps_its_digits_in_the_tail():
    assert F.sigmoid(-40.0).item() == pytest.approx(np.exp(-40.0), rel=1e-14, abs=0)


def test_softmax_of_minus_infinity_is_zero_not_nan():
    np.testing.assert_array_equal(F.softmax([0.0, -np.inf]).data, [1, 0])


def test_the_loss_is_the_mean_over_rows_of_logsumexp_less_the_score_of_the_label():
    x = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    expected = np.mean([np.log(np.exp(x[0]).sum()) - x[0, 2], np.log(3)])
    assert F.softmax_cross_entropy(x, [2, 1]).item() == pytest.approx(expected, rel=1e-15)


def test_mean_squared_error_has_the_right_sign_and_divides_by_the_size():
    a, b = gradient(F.mean_squared_error, [[1.0, 2.0], [3.0, 4.0]], np.zeros((2, 2)))
    np.testing.assert_array_equal(a, [[0.5, 1], [1.5, 2]])
    np.testing.assert_array_equal(b, -a)


def test_sum_over_an_axis_of_a_square_array_is_not_transposed():
    x = Variable(np.arange(9.0).reshape(3, 3))
    (x.sum(axis=1) * np.array([1.0, 10.0, 100.0])).sum().backward()
    np.testing.assert_array_equal(x.grad.data, np.repeat([[1.0], [10.0], [100.0]], 3, axis=1))


# ----------------------------------------------------------------- dropout


def test_dropout_drops_the_share_that_is_asked_for():
    pygrad.seed(0)
    for p in (0.1, 0.5, 0.9):
        y = F.dropout(np.ones(200_000), p).data
        assert np.mean(y == 0) == pytest.approx(p, abs=0.005)
        np.testing.assert_allclose(y[y != 0], 1 / (1 - p), rtol=1e-4)
        assert y.mean() == pytest.approx(1, abs=0.02)


def test_dropout_at_the_ends_of_its_range():
    x = Variable(np.ones(5))
    assert F.dropout(x, 0.0) is x
    y = F.dropout(x, 1.0)
    np.testing.assert_array_equal(y.data, np.zeros(5))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, np.zeros(5))
    for p in (-0.1, 1.1, np.nan):
        with pytest.raises(ArgumentError, match=r"dropout: p is .* within \[0, 1\]"):
            F.dropout(x, p)


def test_the_gradient_of_dropout_has_the_same_mask():
    x = Variable(np.full(100, 3.0))
    y = F.dropout(x, 0.5)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, y.data / 3)


def test_dropout_repeats_with_the_seed_and_takes_a_generator():
    pygrad.seed(5)
    a = F.dropout(np.ones(50)).data
    pygrad.seed(5)
    np.testing.assert_array_equal(F.dropout(np.ones(50)).data, a)
    for bits in (np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64):
        draws = [
            F.dropout(np.ones(1001), 0.3, rng=np.random.Generator(bits(1))).data for _ in range(2)
        ]
        np.testing.assert_array_equal(draws[0], draws[1])
        assert np.mean(draws[0] == 0) == pytest.approx(0.3, abs=0.06)


def test_dropout_takes_the_rate_as_a_zero_dimensional_array():
    assert F.dropout(np.ones(4), np.array(0.0)).data.tolist() == [1, 1, 1, 1]


def test_dropout_keeps_float32():
    assert F.dropout(np.ones(4, np.float32), 0.5).dtype == np.float32


# ---------------------------------------------------------------- indexing


@pytest.mark.parametrize(
    "index",
    [
        0,
        -1,
        np.int64(1),
        slice(None, None, -2),
        slice(1, 1),
        Ellipsis,
        None,
        (0, 1, 2),
        (slice(None), None, 1),
        (Ellipsis, slice(0, 2)),
        [0, 0, 2],
        np.array([[0, 1], [2, 2]]),
        ([0, 1], [1, 1]),
        ([0, 0], slice(None), [1, 1]),
        (slice(None), [1, 1, 0]),
        ([[0], [1]], [0, 1], None),
        np.arange(3) > 0,
        (slice(None), np.array([True, False, True, True])),
        [True, False, True],
        np.arange(60).reshape(3, 4, 5) % 2 == 0,
        (),
        [],
        True,
    ],
    ids=repr,
)
def test_an_index_of_any_kind_is_differentiated_twice(index):
    array = np.arange(60.0).reshape(3, 4, 5)
    x = Variable(array)
    y = x[index]
    np.testing.assert_array_equal(y.data, array[index])
    weights = np.random.default_rng(0).normal(size=y.shape)
    (y * y * weights).sum().backward(create_graph=True)
    expected = np.zeros_like(array)
    np.add.at(expected, index, 2 * array[index] * weights)
    np.testing.assert_allclose(x.grad.data, expected)
    g = x.grad
    x.zero_grad()
    g.sum().backward()
    expected = np.zeros_like(array)
    np.add.at(expected, index, 2 * weights)
    np.testing.assert_allclose(x.grad.data, expected)
    x.zero_grad()


def test_variables_of_integers_are_indices():
    x = Variable([1.0, 2.0, 3.0])
    assert x[Variable([2, 0])].tolist() == [3, 1]
    assert x[Variable(1)].item() == 2


def test_changing_an_index_array_afterwards_changes_no_gradient():
    x = Variable([1.0, 2.0, 3.0])
    index = np.array([0, 0])
    y = x[index]
    index[:] = 2
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [2, 0, 0])


def test_indices_that_do_not_fit_are_refused():
    x = Variable(np.zeros((2, 3)))
    with pytest.raises(AxisError, match=r"get_item: index 5 is out of bounds"):
        x[5]
    with pytest.raises(IndexError, match=r"too many indices"):
        x[0, 0, 0]
    with pytest.raises(DtypeError, match=r"whole numbers or booleans"):
        x[np.array([0.5])]


# ------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.add(np.ones((4, 3)), np.ones(7)), ShapeError,
         r"add: .*shapes \(4, 3\) and \(7,\); the shapes must broadcast together"),
        (lambda: F.maximum(np.ones((4, 3)), np.ones(7)), ShapeError,
         r"maximum: .*\(4, 3\) and \(7,\)"),
        (lambda: F.matmul(np.ones((2, 3)), np.ones((4, 5))), ShapeError,
         r"matmul: .*\(2, 3\) and \(4, 5\); the last axis of a"),
        (lambda: F.linear(np.ones((8, 784)), np.ones((512, 10))), ShapeError,
         r"linear: x has 784 features but W expects 512; x.shape\[-1\] must equal W.shape\[0\]"),
        (lambda: F.linear(np.ones((2, 3)), np.ones((3, 4)), np.ones(3)), ShapeError,
         r"linear: b has shape \(3,\) but W has 4 columns"),
        (lambda: F.linear(np.ones((2, 3)), np.ones(3)), ShapeError, r"linear: W has shape \(3,\)"),
        (lambda: F.linear(1.0, np.ones((3, 4))), ShapeError, r"linear: x is a single number"),
        (lambda: F.reshape(np.ones(6), (4, 2)), ShapeError, r"reshape: .*must hold as many values"),
        (lambda: F.sum(np.ones((2, 3)), axis=2), AxisError, r"sum: axis 2 is out of bounds"),
        (lambda: F.max(np.ones((2, 3)), axis=(0, 0)), ShapeError,
         r"max: duplicate value in 'axis'"),
        (lambda: F.max(np.ones((0, 3))), ShapeError, r"max: zero-size array"),
        (lambda: F.softmax(np.ones(3), axis=1), AxisError, r"softmax: axis 1 is out of bounds"),
        (lambda: F.transpose(np.ones((2, 3)), (0, 0)), ShapeError, r"transpose: .*every axis of x"),
        (lambda: F.squeeze(np.ones((2, 3)), 0), ShapeError, r"squeeze: .*must have length 1"),
        (lambda: F.broadcast_to(np.ones(3), (2, 2)), ShapeError, r"broadcast_to: "),
        (lambda: F.sum_to(np.ones((2, 3)), (2, 2)), ShapeError, r"sum_to: "),
        (lambda: F.concatenate([np.ones((2, 3)), np.ones((2, 2))]), ShapeError, r"concatenate: "),
        (lambda: F.concatenate([]), ArgumentError, r"concatenate: there is nothing to join"),
        (lambda: F.stack([np.ones(2), np.ones(3)]), ShapeError, r"stack: .*must have equal shapes"),
        (lambda: F.split(np.ones(5), 2), ShapeError, r"split: .*divide the length"),
        (lambda: F.clip(np.ones(2)), ArgumentError, r"clip: neither a_min nor a_max"),
        (lambda: F.mean_squared_error(np.ones(3), np.ones((3, 1))), ShapeError,
         r"the prediction has shape \(3,\) but the target has \(3, 1\)"),
        (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0, 3]), ArgumentError,
         r"there is a label 3, but x has 3 classes; labels must lie within 0..2"),
        (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [-1, 0]), ArgumentError, r"a label -1"),
        (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0.0, 1.0]), DtypeError,
         r"labels have dtype float64; they must be integers"),
        (lambda: F.softmax_cross_entropy(np.ones((2, 3)), [0, 1, 2]), ShapeError,
         r"x has shape \(2, 3\) but labels has \(3,\)"),
        (lambda: F.softmax_cross_entropy(np.ones((0, 3)), np.zeros(0, int)), ShapeError,
         r"there are no rows"),
        (lambda: F.exp("text"), DtypeError, r"exp: expected numbers, got 'text'"),
        (lambda: F.exp(None), DtypeError, r"exp: expected numbers, got None"),
    ],
)  # fmt: skip
def test_wrong_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
