"""Indexing with whatever an ndarray takes: reading, its derivatives, and assignment."""

import hypothesis.strategies as st
import numpy as np
import pytest
from drawing import drawn, indices_of, shapes
from hypothesis import given

from pygrad import Variable
from pygrad.exceptions import PyGradError
from pygrad.testing import check_gradients


def array(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def read(x, index):
    """What NumPy reads, or None where it refuses, and then we must refuse as well."""
    try:
        return x[index]
    except IndexError:
        with pytest.raises(PyGradError):
            Variable(x)[index]
        return None


@drawn(150)
@given(shape=shapes(0, 4, 1, 4) | shapes(1, 3, 0, 2), data=st.data())
def test_reading_and_its_gradient(shape, data):
    index = data.draw(indices_of(shape))
    x = array(shape)
    expected = read(x, index)
    if expected is None:
        return
    leaf = Variable(x)
    y = leaf[index]
    assert y.shape == expected.shape
    np.testing.assert_array_equal(y.data, expected)
    weights = array(y.shape, seed=1)
    y.backward(weights)
    gradient = np.zeros(shape)
    np.add.at(gradient, index, weights)  # a place that is read twice counts twice
    np.testing.assert_allclose(leaf.grad.data, gradient, rtol=1e-12, atol=1e-14)


@drawn(60)
@given(shape=shapes(1, 4, 1, 3), data=st.data())
def test_reading_and_its_second_derivative(shape, data):
    index = data.draw(indices_of(shape))
    x = array(shape)
    if read(x, index) is not None:
        check_gradients(lambda x: (x * x)[index] * x[index], [x])


@drawn(60)
@given(shape=shapes(1, 3, 2, 4), data=st.data())
def test_reading_from_what_was_read(shape, data):
    x = array(shape)
    first = data.draw(indices_of(shape))
    y = read(x, first)
    if y is None:
        return
    second = data.draw(indices_of(y.shape))
    if read(y, second) is None:
        return
    np.testing.assert_array_equal(Variable(x)[first][second].data, y[second])
    check_gradients(lambda x: x[first][second] ** 2, [x])


@drawn(100)
@given(shape=shapes(0, 3, 1, 4), data=st.data())
def test_assignment_and_its_derivatives(shape, data):
    index = data.draw(indices_of(shape))
    x = array(shape)
    if read(x, index) is None:
        return
    written = np.shape(x[index])
    # the value may be smaller than what it is written to
    sides = tuple(data.draw(st.sampled_from([1, n])) for n in written)
    value = array(sides[data.draw(st.integers(0, len(sides))) :], seed=1)

    def assigned(x, value):
        y = +x
        y[index] = value
        return y * x

    expected = x.copy()
    expected[index] = value
    y = Variable(x) + 0
    y[index] = Variable(value)
    np.testing.assert_array_equal(y.data, expected)
    check_gradients(assigned, [x, value])


@drawn(60)
@given(shape=shapes(1, 3, 1, 4), data=st.data())
def test_adding_in_place_is_reading_and_assigning(shape, data):
    index = data.draw(indices_of(shape))
    x = array(shape)
    if read(x, index) is None:
        return

    def added(x):
        y = +x
        y[index] += x[index] ** 2
        return y

    expected = x.copy()
    expected[index] += x[index] ** 2
    np.testing.assert_array_equal(added(Variable(x)).data, expected)
    check_gradients(added, [x])
