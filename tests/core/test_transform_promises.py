"""What is promised of every transform: structure, composition, memory, and nothing left behind."""

import gc
import tracemalloc
import warnings
import weakref

import numpy as np
import pytest

from pygrad import (
    Function,
    Parameter,
    Variable,
    checkpoint,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.testing import check_gradients

rng = np.random.default_rng(0)
X, V = rng.normal(size=(2, 3))
A = rng.normal(size=(3, 3))


def energy(x):
    return (F.exp(x) * x[::-1]).sum() + (x**3).sum()


def field(x):
    return F.sin(A.astype(x.dtype) @ x) * x


# each transform as a function of a point alone, to be given anything
EACH = {
    "grad": lambda x: grad(energy)(x),
    "value_and_grad": lambda x: value_and_grad(energy)(x)[1],
    "vjp": lambda x: vjp(field, x)[1](V)[0],
    "jvp": lambda x: jvp(field, (x,), (V,))[1],
    "jacobian": lambda x: jacobian(field)(x),
    "hessian": lambda x: hessian(energy)(x),
    "hvp": lambda x: hvp(energy, x, V),
    "elementwise_grad": lambda x: elementwise_grad(F.tanh)(x),
    "checkpoint": lambda x: checkpoint(field)(x),
}
each = pytest.mark.parametrize("name", EACH)
but_checkpoint = pytest.mark.parametrize("name", [n for n in EACH if n != "checkpoint"])


@each
def test_the_result_is_differentiated_in_its_turn_twice(name):
    check_gradients(EACH[name], [X], order=2)


@pytest.mark.parametrize("outer", ["grad", "hessian", "jvp", "jacobian", "hvp"])
@but_checkpoint
def test_any_transform_inside_any_other(name, outer):
    inner = EACH[name]

    def f(x):
        return (inner(x) ** 2).sum()

    step, direction = 1e-6, rng.normal(size=3)
    sides = [grad(f)(X + sign * step * direction) for sign in (1, -1)]
    curvature = (sides[0] - sides[1]) / (2 * step)
    slope = grad(f)(X)
    found, expected = {
        "grad": lambda: (slope, jacobian(f)(X)),
        "jacobian": lambda: (
            jacobian(lambda x: f(x) * x)(X) @ direction,
            slope @ direction * X + f(X).item() * direction,
        ),
        "jvp": lambda: (jvp(f, (X,), (direction,))[1], slope @ direction),
        "hessian": lambda: (hessian(f)(X) @ direction, curvature),
        "hvp": lambda: (hvp(f, X, direction), curvature),
    }[outer]()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_ten_levels_deep():
    f = F.sin
    for _ in range(10):
        f = grad(f)
    assert f(0.7) == pytest.approx(-np.sin(0.7), rel=1e-12)
    f = F.exp
    for _ in range(4):
        f = (lambda g: lambda x: jvp(g, (x,), (np.ones(()),))[1])(f)
    assert f(0.7) == pytest.approx(np.exp(0.7), rel=1e-12)


# ------------------------------------------------------------ what comes back


@but_checkpoint
def test_arrays_for_arrays_and_variables_for_variables(name):
    assert type(EACH[name](X)) is np.ndarray
    found = EACH[name](Variable(X))
    assert type(found) is Variable
    assert found.requires_grad
    assert isinstance(EACH[name](Variable(X, requires_grad=False)), Variable)


@but_checkpoint
def test_float32_for_float32(name):
    assert EACH[name](X.astype(np.float32)).dtype == np.float32


def test_a_hessian_by_several_arguments_is_a_tuple_of_tuples():
    def f(a, b):
        return (a**2).sum() * b + b**3

    H = hessian(f, argnums=(0, 1))(X, 2.0)
    np.testing.assert_allclose(H[0][0], 4 * np.eye(3))
    np.testing.assert_allclose(H[0][1], 2 * X)
    np.testing.assert_allclose(H[1][0], 2 * X)
    np.testing.assert_allclose(H[1][1], 12)
    np.testing.assert_allclose(hessian(f, argnums=-1)(X, 2.0), 12)
    np.testing.assert_allclose(hessian(f, argnums=[1])(X, 2.0)[0][0], 12)


def test_derivatives_of_trees_are_trees_of_trees():
    def f(p):
        return (p["a"] ** 2).sum() * p["b"][0]

    p = {"a": X, "b": [2.0]}
    H = hessian(f)(p)
    np.testing.assert_allclose(H["a"]["a"], 4 * np.eye(3))
    np.testing.assert_allclose(H["a"]["b"][0], 2 * X)
    np.testing.assert_allclose(H["b"][0]["a"], 2 * X)
    assert H["b"][0]["b"][0] == 0
    product = hvp(f, p, {"a": V, "b": [10.0]})
    np.testing.assert_allclose(product["a"], 4 * V + 20 * X)
    assert product["b"][0] == pytest.approx(2 * X @ V)
    _, slope = jvp(f, (p,), ({"a": V, "b": [10.0]},))
    assert slope == pytest.approx(4 * X @ V + 10 * X @ X)


def test_elementwise_grad_by_several_arguments():
    gx, gk = elementwise_grad(lambda x, k: F.sin(k * x), argnums=(0, 1))(X, V)
    np.testing.assert_allclose(gx, V * np.cos(V * X))
    np.testing.assert_allclose(gk, X * np.cos(V * X))


def test_something_else_comes_along_with_every_transform_that_has_it():
    def f(x):
        return energy(x), {"x": x * 2, "text": "kept"}

    def g(x):
        return field(x), x * 2

    H, aux = hessian(f, has_aux=True)(X)
    np.testing.assert_allclose(H, hessian(energy)(X))
    np.testing.assert_array_equal(aux["x"], 2 * X)
    assert type(aux["x"]) is np.ndarray
    assert aux["text"] == "kept"
    J, aux = jacobian(g, has_aux=True)(X)
    np.testing.assert_allclose(J, jacobian(field)(X))
    np.testing.assert_array_equal(aux, 2 * X)
    value, pull_back, aux = vjp(g, X, has_aux=True)
    np.testing.assert_allclose(value, field(X).data)
    np.testing.assert_allclose(pull_back(V)[0], V @ J)
    np.testing.assert_array_equal(aux, 2 * X)
    value, slope, aux = jvp(g, (X,), (V,), has_aux=True)
    np.testing.assert_allclose(slope, J @ V)
    np.testing.assert_array_equal(aux, 2 * X)
    # and what came along is part of the graph that an outer transform differentiates
    _, (doubled,) = value_and_grad(lambda x: jacobian(g, has_aux=True)(x)[1].sum(), argnums=[0])(X)
    np.testing.assert_array_equal(doubled, [2, 2, 2])


def test_an_argument_that_is_ignored_has_zeros_from_every_transform():
    def f(a, b):
        return F.exp(b) * 1.0

    zeros = np.zeros(3)
    np.testing.assert_array_equal(grad(lambda a: f(a, 1.0))(X), zeros)
    np.testing.assert_array_equal(value_and_grad(lambda a: f(a, 1.0))(X)[1], zeros)
    np.testing.assert_array_equal(vjp(f, X, V)[1](V)[0], zeros)
    np.testing.assert_array_equal(jvp(lambda a: f(a, V), (X,), (V,))[1], zeros)
    np.testing.assert_array_equal(jacobian(f)(X, V), np.zeros((3, 3)))
    np.testing.assert_array_equal(hessian(lambda x: x.sum())(X), np.zeros((3, 3)))
    np.testing.assert_array_equal(hessian(lambda a: f(a, 1.0))(X), np.zeros((3, 3)))
    np.testing.assert_array_equal(hvp(lambda x: (3 * x).sum(), X, V), zeros)
    np.testing.assert_array_equal(elementwise_grad(f)(X, V), zeros)


# --------------------------------------------------------- what is left behind


@each
def test_nothing_is_stored_and_no_cycle_is_left(name):
    W = Parameter(A)
    x = Variable(X)
    gc.collect()
    gc.disable()
    try:
        found = EACH[name](x * W[0])
        alive = weakref.ref(found)
        assert gc.collect() == 0
        del found
        assert alive() is None
    finally:
        gc.enable()
    assert W.grad is None
    assert x.grad is None


def test_a_graph_is_freed_with_the_last_that_refers_to_it():
    class Watched(Function):
        def forward(self, x):
            y = np.exp(x)
            alive.append(weakref.ref(y))
            return y

        def backward(self, gy):
            (x,) = self.saved
            return gy * np.exp(x)

    alive = []
    gc.disable()
    try:
        _, pull_back = vjp(lambda x: (Watched()(x) ** 2).sum(), X)
        assert alive[0]() is not None
        del pull_back
        assert alive[0]() is None
        hessian(lambda x: (Watched()(x) ** 2).sum())(X)
        assert all(array() is None for array in alive)
    finally:
        gc.enable()


def peak(work):
    gc.collect()
    tracemalloc.start()
    try:
        kept = work()
        return tracemalloc.get_traced_memory()[1], kept
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "matrix",
    [
        lambda x: jacobian(lambda x: F.tanh(F.sin(F.exp(x))) * x)(x),
        lambda x: hessian(lambda x: (F.tanh(x) * F.sin(x) * x).sum())(x),
    ],
    ids=["jacobian", "hessian"],
)
def test_beside_the_matrix_there_is_memory_for_a_row(matrix):
    n = 500
    used, result = peak(lambda: matrix(np.linspace(-1, 1, n)))
    assert result.shape == (n, n)
    assert used < result.nbytes + 100 * n * 8


# ------------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    "transform", [grad, value_and_grad, jacobian, hessian, elementwise_grad, checkpoint]
)
def test_what_is_no_function_is_refused_at_once(transform):
    with pytest.raises(ArgumentError, match="expected a function, got a Variable; give the func"):
        transform(energy(X))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vjp(X, X), ArgumentError, "vjp: expected a function, got a ndarray"),
        (lambda: jvp(X, (X,), (X,)), ArgumentError, "jvp: expected a function, got a ndarray"),
        (lambda: jvp(field, X, V), ArgumentError, r"even where there is but one: jvp\(f, \(x,\)"),
        (lambda: grad(energy, 0.5)(X), ArgumentError, "grad: argnums is 0.5; it must be the numb"),
        (lambda: grad(energy, "x")(X), ArgumentError, "grad: argnums is 'x'; it must be"),
        (lambda: jacobian(field, 1)(X), ArgumentError, "jacobian: argnums names argument 1, but"),
        (lambda: grad(energy, (0, -1))(X), ArgumentError, r"argnums \(0, -1\) names one argument"),
        (lambda: grad(field)(X), ShapeError, r"grad: field returned a result of shape \(3,\); it"),
        (lambda: grad(lambda x: None)(X), ShapeError, "returned None; .* is its `return` missing"),
        (lambda: hessian(field)(X), ShapeError, r"must return a single number, for example its su"),
        (lambda: jacobian(lambda x: x.data)(X), DtypeError, "jacobian: .* returned a ndarray"),
        (lambda: elementwise_grad(float)(1.0), DtypeError, "elementwise_grad: float returned a fl"),
        (lambda: grad(lambda x: x[0] * 1j)(X), DtypeError, "grad: .* returned a complex number, w"),
        (
            lambda: jacobian(field, has_aux=True)(X),
            DtypeError,
            "jacobian: with has_aux, field must",
        ),
    ],
)
def test_wrong_use_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_numpys_integers_name_arguments_too():
    assert grad(lambda a, b: a * b**2, np.int64(1))(2.0, 3.0) == 12.0
    assert grad(lambda a, b: a * b**2, range(2))(2.0, 3.0) == (9.0, 12.0)


@but_checkpoint
def test_integers_where_the_result_is_float_are_warned_of(name):
    point = np.array([1, 2, 3])
    with pytest.warns(UserWarning, match="differentiated by integers and returns floats") as caught:
        EACH[name](point)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(lambda x: (x**2).sum())(point).dtype.kind == "i"
        np.testing.assert_array_equal(jacobian(lambda x: x**2)(point), np.diag(2 * point))
