"""Methods of ufuncs for any shape, axis and index: values are NumPy's, gradients are linear."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pygrad import Variable

SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)
UFUNCS = st.sampled_from(
    [np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.logaddexp, np.hypot]
)
FLOATS = st.floats(0.5, 2.0)


def arrays(shape):
    return hnp.arrays(float, shape, elements=FLOATS)


def slope_is_right(calculate, x):
    """The gradient against a difference along a direction, at distinct values: ties are kinks."""
    x = np.random.default_rng(0).permutation(np.linspace(0.5, 2.0, x.size)).reshape(x.shape)
    weights = np.random.default_rng(1).normal(size=np.shape(calculate(x)))
    v = np.random.default_rng(2).normal(size=x.shape)
    variable = Variable(x)
    (calculate(variable) * weights).sum().backward()
    step = 1e-6
    up, down = calculate(x + step * v), calculate(x - step * v)
    difference = np.sum((up - down) * weights) / (2 * step)
    found = np.sum(variable.grad.data * v)
    size = np.sum(np.abs(weights) * (np.abs(up) + np.abs(down))) + abs(found)
    assert abs(found - difference) <= 1e-7 * size + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.data(), UFUNCS)
def test_reduce(data, ufunc):
    x = data.draw(SHAPES.flatmap(arrays))
    axis = data.draw(
        st.one_of(
            st.none(),
            st.integers(-x.ndim, x.ndim - 1),
            st.sets(st.integers(0, x.ndim - 1), min_size=1).map(tuple),
        )
    )
    keepdims = data.draw(st.booleans())
    where = data.draw(st.one_of(st.just(True), hnp.arrays(bool, x.shape)))
    kwargs = {"axis": axis, "keepdims": keepdims, "where": where, "initial": 0.25}

    def calculate(a):
        return ufunc.reduce(a, **kwargs)

    y = calculate(Variable(x))
    np.testing.assert_allclose(y.data, calculate(x), rtol=1e-12)
    assert y.shape == np.shape(calculate(x))
    slope_is_right(calculate, x)


@settings(max_examples=40, deadline=None)
@given(st.data(), UFUNCS)
def test_accumulate_and_reduceat(data, ufunc):
    x = data.draw(SHAPES.flatmap(arrays))
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    places = data.draw(st.lists(st.integers(0, x.shape[axis] - 1), min_size=1, max_size=5))
    for calculate in (
        lambda a: ufunc.accumulate(a, axis=axis),
        lambda a: ufunc.reduceat(a, places, axis=axis),
    ):
        y = calculate(Variable(x))
        np.testing.assert_allclose(y.data, calculate(x), rtol=1e-12)
        slope_is_right(calculate, x)


@settings(max_examples=60, deadline=None)
@given(st.data(), UFUNCS)
def test_at_any_index(data, ufunc):
    x = data.draw(SHAPES.flatmap(arrays))
    index = data.draw(
        st.one_of(
            hnp.basic_indices(x.shape, allow_newaxis=False),
            hnp.integer_array_indices(x.shape, result_shape=hnp.array_shapes(max_side=4)),
        )
    )
    b = 0.3137 + 0.0971 * np.arange(np.size(x[index])).reshape(np.shape(x[index]))

    def calculate(a):
        a = a * 1.0
        ufunc.at(a, index, b)
        return a

    np.testing.assert_allclose(calculate(Variable(x)).data, calculate(x), rtol=1e-12)
    slope_is_right(calculate, x)


@settings(max_examples=30, deadline=None)
@given(SHAPES.flatmap(arrays), SHAPES.flatmap(arrays), UFUNCS)
def test_outer(x, y, ufunc):
    z = ufunc.outer(Variable(x), Variable(y))
    np.testing.assert_allclose(z.data, ufunc.outer(x, y), rtol=1e-12)
    assert z.shape == x.shape + y.shape
