"""Methods and settings of NumPy's ufuncs on Variables: reduce, accumulate, outer, at, out=."""

import warnings

import numpy as np
import pytest
from rows import points

from pygrad import Parameter, Variable, as_variable, no_grad
from pygrad.engine.numpy_protocols import UFUNCS
from pygrad.exceptions import (
    ArgumentError,
    AxisError,
    DtypeError,
    GraphError,
    PyGradError,
    ShapeError,
    UnsupportedError,
)  # fmt: skip
from pygrad.testing import check_gradients

A = points(3, 4, low=0.3, high=2.7)
CUBE = points(2, 3, 4, low=0.3, high=2.7)
V = points(4, low=0.4, high=1.9, seed=3)
MASK = np.arange(12).reshape(3, 4) % 3 < 2

CALLS = {
    "add.reduce": (lambda x: np.add.reduce(x), [CUBE]),
    "add.reduce, axes": (lambda x: np.add.reduce(x, axis=(0, -1), keepdims=True), [CUBE]),
    "add.reduce, all": (lambda x: np.add.reduce(x, axis=None), [CUBE]),
    "add.reduce, where": (lambda x: np.add.reduce(x, where=MASK, initial=2.5), [A]),
    "add.reduce, dtype": (lambda x: np.add.reduce(x, 0, np.float64), [A]),
    "add.reduce, a number": (lambda x: np.add.reduce(x[0]), [V]),
    "multiply.reduce": (lambda x: np.multiply.reduce(x, axis=1, initial=2.0), [A]),
    "maximum.reduce": (lambda x: np.maximum.reduce(x, axis=-1, keepdims=True), [A]),
    "minimum.reduce": (lambda x: np.minimum.reduce(x, where=MASK, initial=9.0), [A]),
    "fmax.reduce": (lambda x: np.fmax.reduce(x, axis=(0, 1)), [A]),
    "fmin.reduce": (lambda x: np.fmin.reduce(x), [A]),
    "logaddexp.reduce": (lambda x: np.logaddexp.reduce(x, axis=1), [A]),
    "logaddexp.reduce, where": (lambda x: np.logaddexp.reduce(x, 0, where=MASK, initial=0.3), [A]),
    "logaddexp2.reduce": (lambda x: np.logaddexp2.reduce(x, axis=(0, 1), keepdims=True), [A]),
    "hypot.reduce": (lambda x: np.hypot.reduce(x, axis=None), [CUBE]),
    "hypot.reduce, where": (lambda x: np.hypot.reduce(x, axis=1, where=MASK), [A]),
    "subtract.reduce": (lambda x: np.subtract.reduce(x, axis=1, initial=5.0), [A]),
    "divide.reduce": (lambda x: np.divide.reduce(x), [A]),
    "power.reduce": (lambda x: np.power.reduce(x), [A[:2]]),
    "arctan2.reduce": (lambda x: np.arctan2.reduce(x), [A]),
    "add.accumulate": (lambda x: np.add.accumulate(x), [A]),
    "multiply.accumulate": (lambda x: np.multiply.accumulate(x, axis=-1), [A]),
    "maximum.accumulate": (lambda x: np.maximum.accumulate(x, axis=1), [A]),
    "subtract.accumulate": (lambda x: np.subtract.accumulate(x, 1), [CUBE]),
    "logaddexp.accumulate": (lambda x: np.logaddexp.accumulate(x), [V]),
    "add.reduceat": (lambda x: np.add.reduceat(x, [0, 2, 1, 3], axis=1), [A]),
    "multiply.reduceat": (lambda x: np.multiply.reduceat(x, [1, 0, 2]), [A]),
    "multiply.outer": (lambda x, y: np.multiply.outer(x, y), [A, V]),
    "subtract.outer": (lambda x, y: np.subtract.outer(x, y), [V, A]),
    "hypot.outer": (lambda x, y: np.hypot.outer(x, y), [V, V]),
    "maximum.outer": (lambda x, y: np.maximum.outer(x, 1.03 * y), [V, V]),
    "power.outer": (lambda x: np.power.outer(x, [1, 2, 3]), [V]),
    "divmod": (lambda x, y: np.divmod(x, y)[1], [A, V]),
    "dtype": (lambda x: np.multiply(x, 2, dtype=np.float64), [A]),
    "signature": (lambda x: np.sin(x, signature="d->d"), [A]),
    "casting": (lambda x: np.add(x, x, casting="no"), [A]),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_method_of_a_ufunc_gives_numpys_values_and_right_derivatives(name):
    call, inputs = CALLS[name]
    expected = call(*inputs)
    y = call(*map(Variable, inputs))
    assert isinstance(y, Variable)
    assert y.shape == expected.shape
    assert y.dtype == expected.dtype
    np.testing.assert_allclose(y.data, expected, rtol=1e-13)
    check_gradients(call, inputs)


def test_float32_stays_float32():
    x = Variable(A.astype(np.float32))
    for y in (
        np.add.reduce(x), np.hypot.reduce(x), np.logaddexp.accumulate(x),
        np.multiply.outer(x, x[0]), np.add(x, 1.5, dtype=np.float32), np.add(1, x, casting="safe"),
    ):  # fmt: skip
        assert y.dtype == np.float32
    assert np.add(x, x, dtype=np.float64).dtype == np.float64


def test_every_ufunc_of_two_operands_has_an_outer_product():
    tried = 0
    for ufunc in UFUNCS:
        if ufunc.nin != 2 or ufunc.nout != 1 or ufunc.signature is not None or ufunc is np.ldexp:
            continue
        y = ufunc.outer(Variable(A), V)
        np.testing.assert_allclose(y.data, ufunc.outer(A, V), rtol=1e-13)
        assert y.requires_grad
        tried += 1
    assert tried >= 18


def test_logical_reductions_and_comparisons_are_plain():
    x = Variable(A)
    for y, expected in (
        (np.logical_and.reduce(x, axis=1), [True] * 3),
        (np.greater.outer(x[0], x[1]), np.greater.outer(A[0], A[1])),
        (np.logical_or.accumulate(Variable([0, 1, 0])), [False, True, True]),
        (np.less(x, 1.0, out=np.empty((3, 4), bool)), A < 1),
    ):
        assert type(y) is np.ndarray
        np.testing.assert_array_equal(y, expected)


def test_reductions_of_nothing_are_the_identity():
    nothing = Variable(np.zeros((0, 3)))
    np.testing.assert_array_equal(np.add.reduce(nothing).data, [0, 0, 0])
    np.testing.assert_array_equal(np.hypot.reduce(nothing).data, [0, 0, 0])
    with pytest.raises(PyGradError, match="identity"):
        np.fmax.reduce(nothing)


# ------------------------------------------------------------------------------------------- at


@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide, np.maximum])
@pytest.mark.parametrize(
    "index", [[0, 2, 0, 0], ([0, 1, 1], [1, 1, 1]), 1, (slice(None), 2), np.array([[2, 2], [2, 0]])]
)
def test_at_calculates_in_place_as_often_as_a_place_is_named(ufunc, index):
    shape = A[index].shape
    values = points(*shape, low=0.4, high=1.9, seed=5) if shape else np.array(1.7)

    def calculate(x, v):
        y = x * 1.0
        ufunc.at(y, index, v)
        return y

    expected = A.copy()
    ufunc.at(expected, index, values)
    np.testing.assert_allclose(calculate(Variable(A), Variable(values)).data, expected, rtol=1e-14)
    check_gradients(calculate, [A, values])


def test_at_of_one_operand():
    x = Variable(V)
    y = x * 1.0
    np.negative.at(y, [0, 0, 3])
    y.backward([1, 2, 3, 4])
    np.testing.assert_array_equal(y.data, [V[0], V[1], V[2], -V[3]])
    np.testing.assert_array_equal(x.grad.data, [1, 2, 3, -4])


def test_at_follows_the_rules_of_assignment():
    p = Parameter(np.zeros(3))
    with pytest.raises(GraphError, match="a Parameter is what is trained"):
        np.add.at(p, [0, 0], 1.0)
    with no_grad():
        np.add.at(p, [0, 0], 1.0)
    np.testing.assert_array_equal(p.data, [2, 0, 0])
    with pytest.raises(DtypeError, match="would lose a part"):
        np.add.at(Variable([1, 2]), 0, 0.5)
    with pytest.raises(UnsupportedError, match=r"np\.add\.at: an array cannot be updated in place"):
        np.add.at(np.zeros(3), [0], Variable(1.0))


# ------------------------------------------------------------------------------------------ out


def test_a_variable_given_as_out_becomes_the_result():
    x, y = Variable(V), as_variable(np.zeros(4))
    z = np.exp(x, out=y)
    assert z is y
    np.testing.assert_array_equal(y.data, np.exp(V))
    (y * y).sum().backward()
    np.testing.assert_allclose(x.grad.data, 2 * np.exp(2 * V), rtol=1e-14)


def test_out_may_be_larger_than_the_operands_and_must_be_no_smaller():
    x, y = Variable(V), as_variable(np.zeros((2, 4)))
    np.multiply(x, 3.0, y)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [6, 6, 6, 6])
    with pytest.raises(ShapeError, match=r"\(3,\).*\(4,\)|\(4,\).*\(3,\)"):
        np.multiply(x, 3.0, out=as_variable(np.zeros(3)))


def test_out_of_another_dtype_needs_permission():
    x, counts = Variable(V), as_variable(np.zeros(4, int))
    with pytest.raises(DtypeError, match="would lose a part"):
        np.multiply(x, 10.0, out=counts)
    np.multiply(x, 10.0, out=counts, casting="unsafe")
    np.testing.assert_array_equal(counts.data, (V * 10).astype(int))


def test_several_results_have_several_places():
    x, whole = Variable([5.5, -2.0]), as_variable(np.zeros(2))
    quotient, rest = np.divmod(x, 2.0, out=(whole, None))
    assert quotient is whole
    np.testing.assert_array_equal(whole.data, [2, -1])
    np.testing.assert_array_equal(rest.data, [1.5, 0])


def test_methods_write_to_out_as_well():
    x, y = Variable(A), as_variable(np.zeros(4))
    assert np.add.reduce(x, out=y) is y
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, np.ones((3, 4)))
    z = as_variable(np.zeros((3, 4)))
    assert np.multiply.accumulate(x, out=z) is z
    np.testing.assert_allclose(z.data, np.multiply.accumulate(A))


def test_a_comparison_is_written_to_a_variable():
    y = as_variable(np.zeros(4))
    np.greater(Variable(V), 1.0, out=y)
    np.testing.assert_array_equal(y.data, V > 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda a, x: np.add(a, x, a),
        lambda a, x: np.exp(x, out=a),
        lambda a, x: np.add.reduce(x[None], out=a),
        lambda a, x: a.__iadd__(x),
        lambda a, x: a.__imul__(x),
        lambda a, x: np.eye(4).__imatmul__(np.multiply.outer(x, x)),
    ],
)
def test_an_array_given_as_out_is_refused_and_stays_as_it_is(call):
    array = np.ones(4)
    with pytest.raises(UnsupportedError, match=r"write a = a \+ x for a \+= x, or make the array"):
        call(array, Variable(V))
    np.testing.assert_array_equal(array, np.ones(4))


def test_updating_a_variable_rebinds_it():
    x = Variable(V)
    y = x
    y += 1.0
    y *= x
    y.sum().backward()
    np.testing.assert_array_equal(x.data, V)
    np.testing.assert_allclose(x.grad.data, 2 * V + 1, rtol=1e-14)


# ---------------------------------------------------------------------------------------- where


def test_where_computes_what_it_is_asked_for_and_nothing_else():
    x = Variable([-1.0, 0.0, 4.0])
    y = as_variable(np.array([7.0, 8.0, 9.0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.sqrt(x, out=y, where=x > 0)
    np.testing.assert_array_equal(y.data, [7, 8, 2])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [0, 0, 0.25])


def test_where_broadcasts_and_the_rest_of_out_keeps_its_gradient():
    def calculate(x, v, y):
        y = y * 1.0
        np.divide(x, v, out=y, where=[True, False, True, False])
        return y

    expected = A.copy()
    np.divide(CUBE[0], V, out=expected, where=[True, False, True, False])
    np.testing.assert_array_equal(calculate(*map(Variable, (CUBE[0], V, A))).data, expected)
    check_gradients(calculate, [CUBE[0], V, A])


def test_where_without_out_would_leave_values_to_chance():
    with pytest.raises(ArgumentError, match=r"needs out=; or write np\.where\(mask, np\.exp"):
        np.exp(Variable(V), where=[True, False, True, False])


# --------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: np.add.reduce(x, axis=5), AxisError, "axis 5 is out of bounds"),
        (lambda x: np.hypot.reduce(x, axis=5), PyGradError, "axis 5 is out of bounds"),
        (lambda x: np.subtract.reduce(x, axis=(0, 1)), ArgumentError, "not reorderable"),
        (lambda x: np.add.accumulate(x[0, 0]), ArgumentError, "0-d array has no axis"),
        (lambda x: np.add.reduceat(x, [0, 9]), ArgumentError, "index 9 is outside the axis"),
        (lambda x: np.fmax.reduce(x, where=MASK), ArgumentError, r"give initial="),
        (lambda x: np.add(x, x, dtype=int), DtypeError, "Cannot cast"),
        (lambda x: np.matmul(x, x.T, axes=[0, 1]), UnsupportedError, r"does not take axes="),
        (lambda x: np.exp(x, order="F"), UnsupportedError, r"does not take order="),
        (lambda x: np.spacing.at(x, 0), UnsupportedError, r"np\.spacing has no derivative rule"),
        (lambda x: np.left_shift(x, 1), UnsupportedError, r"write x \* 2\*\*n"),
    ],
)
def test_what_a_ufunc_cannot_do_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call(Variable(A))
