"""grad and value_and_grad: first and higher order, closures, and what they refuse."""

import gc

import numpy as np
import pytest

from pygrad import Parameter, Variable, grad, no_grad, value_and_grad
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError


def test_arrays_in_arrays_out():
    value, slope = value_and_grad(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    assert type(slope) is np.ndarray
    assert isinstance(value, np.float64)
    assert value == 9.0
    np.testing.assert_array_equal(slope, [3, 12])


def test_variables_in_variables_out():
    x = Variable([1.0, 2.0])
    value, slope = value_and_grad(lambda x: (x**3).sum())(x)
    assert isinstance(value, Variable)
    assert isinstance(slope, Variable)
    slope.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [6, 12])


def test_composed_to_any_depth():
    f = np.sin
    signs = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin, np.cos]
    for expected in signs:
        f = grad(f)
        assert f(0.7) == pytest.approx(expected(0.7), rel=1e-13)


def test_an_inner_derivative_sees_the_outer_variable_through_a_closure():
    # d/dx of x * d/dy (x y^2) at y = 3, that is of 6 x^2
    f = grad(lambda x: x * grad(lambda y: x * y * y)(3.0))
    assert f(2.0) == 24.0


def test_two_derivatives_at_one_point_are_not_confused():
    # d/dx [ x * d/dy (x + y) ] = 1: a perturbation that is confused gives 2
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_several_arguments():
    f = grad(lambda a, b, c: a * b**2 + c, argnums=(1, -1))
    gb, gc_ = f(2.0, 3.0, 5.0)
    assert (gb, gc_) == (12.0, 1.0)
    (only,) = grad(lambda a, b: a * b, argnums=[1])(2.0, 3.0)
    assert only == 2.0


def test_an_argument_that_is_ignored_has_zeros():
    g = grad(lambda a, b: F.sum(b * 2))(np.ones((2, 3)), np.ones(2))
    np.testing.assert_array_equal(g, np.zeros((2, 3)))


def test_nothing_is_stored_in_anybodys_grad():
    W = Parameter(np.ones(3))
    x = Variable(np.ones(3))
    g = grad(lambda x: (W * x * x).sum())(x)
    assert W.grad is None
    assert x.grad is None
    np.testing.assert_array_equal(g.data, [2, 2, 2])


def test_no_reference_cycle_is_left():
    gc.collect()
    gc.disable()
    try:
        grad(grad(lambda x: x**4))(2.0)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_gradient_has_the_dtype_of_its_argument():
    x = np.ones(3, np.float32)
    assert grad(lambda x: (x * np.full(3, 2.0)).sum())(x).dtype == np.float32
    assert grad(grad(lambda x: x * np.float64(2.0) * x))(np.float32(1.0)).dtype == np.float32


def test_it_works_under_no_grad():
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0


def test_the_argument_is_not_changed_nor_moved():
    x = np.ones(3)
    grad(lambda x: (x * x).sum())(x)
    np.testing.assert_array_equal(x, np.ones(3))


def test_keywords_are_handed_on_and_the_name_is_kept():
    def energy(x, k=1.0):
        """Of a spring."""
        return 0.5 * k * x * x

    force = grad(energy)
    assert force(2.0, k=3.0) == 6.0
    assert force.__name__ == "energy"
    assert "Of a spring" in force.__doc__


def test_a_variable_among_the_other_arguments_is_part_of_the_graph():
    W = Parameter(np.array(3.0))
    g = grad(lambda x, W: W * x * x)(2.0, W)
    g.backward()
    assert W.grad.item() == 4.0


def test_a_function_of_numpys_calls():
    def f(x):
        return np.sum(np.where(x > 0, np.exp(-x), np.square(x)))

    np.testing.assert_allclose(grad(f)(np.array([1.0, -2.0])), [-np.exp(-1), -4])


def test_more_than_one_value_is_refused():
    with pytest.raises(ShapeError, match=r"f returned a result of shape \(2,\).*its sum\(\)"):

        def f(x):
            return x * 2

        grad(f)(np.ones(2))


def test_a_function_that_loses_the_graph_is_refused():
    with pytest.raises(DtypeError, match=r"returned a float; it must return a Variable"):
        grad(lambda x: float(x) * 2)(1.0)


def test_an_argument_that_is_not_there_is_refused():
    with pytest.raises(ArgumentError, match="argnums names argument 2"):
        grad(lambda x: x, argnums=2)(1.0)


def test_text_is_refused():
    with pytest.raises(DtypeError, match="expected numbers"):
        grad(lambda x: x)("text")


def test_a_model_differentiated_by_its_input_and_then_by_its_weights():
    # the loss of a physics-informed network: the slope of the model, squared
    rng = np.random.default_rng(0)
    W, V = Parameter(rng.normal(size=(1, 8))), Parameter(rng.normal(size=(8, 1)))
    x = rng.normal(size=(5, 1))

    def loss():
        u_x = grad(lambda x: (F.tanh(x @ W) @ V).sum())(Variable(x))
        return (u_x**2).sum()

    loss().backward()
    step = 1e-6
    for p in (W, V):
        moved = rng.normal(size=p.shape)
        expected = []
        for sign in (1, -1):
            p.data += sign * step * moved
            expected.append(loss().item())
            p.data -= sign * step * moved
        slope = (expected[0] - expected[1]) / (2 * step)
        assert np.sum(p.grad.data * moved) == pytest.approx(slope, rel=1e-6)
