"""Operands of any shapes that broadcast: every elementwise row of the table of cases."""

import hypothesis.strategies as st
import numpy as np
import pytest
from drawing import drawn, shapes
from hypothesis import given
from hypothesis.extra import numpy as hnp
from table import CASES

from pygrad import Variable
from pygrad import functions as F
from pygrad.testing import check_gradients

ROWS = {name: case for name, case in CASES.items() if case.elementwise}
SEVERAL = {name: case for name, case in ROWS.items() if len(case.inputs) > 1}


def operands(case, shapes):
    """The row's points, repeated to fill the shapes; never two of different columns together."""
    columns = [np.ravel(x) for x in case.inputs]
    return [
        np.resize(np.roll(column, 5 * k), shape)
        for k, (column, shape) in enumerate(zip(columns, shapes, strict=True))
    ]


def gradients(case, arrays, weights, directions):
    """The value, the first gradients, and those of their product with the directions."""
    xs = [Variable(x) for x in arrays]
    y = case.function(*xs, **case.kwargs)
    (y * weights).sum().backward(create_graph=True)
    first = [np.zeros(x.shape) if x.grad is None else x.grad.data for x in xs]
    slope = Variable(0.0)
    for x, v in zip(xs, directions, strict=True):
        if x.grad is not None:
            slope = slope + (x.grad * v).sum()
        x.zero_grad()
    slope.backward()
    return y.data, first, [np.zeros(x.shape) if x.grad is None else x.grad.data for x in xs]


def summed_to(g, shape):
    """The sum over the axes along which an array of this shape is stretched."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True)


@pytest.mark.parametrize("name", ROWS)
@drawn(8)
@given(shape=shapes(0, 4, 0, 3), data=st.data())
def test_a_function_of_any_shape_is_that_of_its_values(name, shape, data):
    case = ROWS[name]
    arrays = operands(case, [shape] * len(case.inputs))
    if data.draw(st.booleans()):
        arrays = [x.T for x in arrays]  # not contiguous
    y = case.function(*map(Variable, arrays), **case.kwargs)
    expected = case.reference(*arrays, **case.kwargs)
    assert y.shape == arrays[0].shape
    np.testing.assert_allclose(y.data, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", SEVERAL)
@drawn(15)
@given(data=st.data())
def test_a_stretched_operands_gradient_is_summed(name, data):
    case = SEVERAL[name]
    n = len(case.inputs)
    drawn_shapes = data.draw(
        hnp.mutually_broadcastable_shapes(num_shapes=n, min_side=0, max_side=3, max_dims=4)
    )
    small = operands(case, drawn_shapes.input_shapes)
    full = [np.broadcast_to(x, drawn_shapes.result_shape).copy() for x in small]
    rng = np.random.default_rng(0)
    weights = rng.normal(size=drawn_shapes.result_shape)
    directions = [rng.normal(size=x.shape) for x in small]
    stretched = [np.broadcast_to(v, x.shape) for v, x in zip(directions, full, strict=True)]
    y, first, second = gradients(case, small, weights, directions)
    full_y, full_first, full_second = gradients(case, full, weights, stretched)
    np.testing.assert_array_equal(y, full_y)
    np.testing.assert_allclose(y, case.reference(*small, **case.kwargs), rtol=1e-12, atol=1e-12)
    for x, g, h, full_g, full_h in zip(small, first, second, full_first, full_second, strict=True):
        assert g.shape == h.shape == x.shape
        np.testing.assert_allclose(g, summed_to(full_g, x.shape), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(h, summed_to(full_h, x.shape), rtol=1e-10, atol=1e-9)


MATMUL = np.matmul.signature


@drawn(100)
@given(of=hnp.mutually_broadcastable_shapes(signature=MATMUL, min_side=0, max_side=3, max_dims=2))
def test_matmul_of_any_shapes_that_fit(of):
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=shape) for shape in of.input_shapes)
    y = F.matmul(Variable(a), b)
    assert y.shape == of.result_shape
    np.testing.assert_allclose(y.data, np.matmul(a, b), rtol=1e-12, atol=1e-12)
    check_gradients(F.matmul, [a, b])


@drawn(60)
@given(shape=shapes(0, 4, 0, 3), data=st.data())
def test_broadcast_to_any_shape(shape, data):
    target = data.draw(hnp.broadcastable_shapes(shape, min_side=0, max_side=3, max_dims=5))
    try:
        expected = np.broadcast_to(np.zeros(shape), target)
    except ValueError:
        target = np.broadcast_shapes(shape, target)
        expected = np.broadcast_to(np.zeros(shape), target)
    x = np.random.default_rng(0).normal(size=shape)
    y = F.broadcast_to(Variable(x), target)
    assert y.shape == expected.shape
    np.testing.assert_array_equal(y.data, np.broadcast_to(x, target))
    check_gradients(lambda x: F.broadcast_to(x, target) ** 2, [x])


@drawn(60)
@given(shape=shapes(0, 4, 0, 4), data=st.data())
def test_reshape_to_any_shape(shape, data):
    x = np.random.default_rng(0).normal(size=shape)
    sides = data.draw(st.permutations([*shape, 1]))
    if data.draw(st.booleans()) and x.size:
        sides[data.draw(st.integers(0, len(sides) - 1))] = -1
    y = F.reshape(Variable(x), sides)
    np.testing.assert_array_equal(y.data, x.reshape(sides))
    check_gradients(
        lambda x: F.reshape(x, sides) ** 2, [x.T if data.draw(st.booleans()) and x.ndim < 2 else x]
    )
