"""vjp, jvp, jacobian, hessian, hvp, elementwise_grad and checkpoint; trees of arguments."""

import gc
import weakref
from collections import namedtuple

import numpy as np
import pytest

import pygrad
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
    no_grad,
    value_and_grad,
    vjp,
)
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

rng = np.random.default_rng(0)
A = rng.normal(size=(3, 4))
X = rng.normal(size=4)
V = rng.normal(size=4)
U = rng.normal(size=3)


def f(x):
    return F.tanh(A @ x)


def slope_of_f(x):
    return (1 - np.tanh(A @ x) ** 2)[:, None] * A


def test_vjp_is_a_vector_times_the_jacobian():
    value, pull_back = vjp(f, X)
    np.testing.assert_allclose(value, np.tanh(A @ X))
    for u in (U, 2 * U):  # as often as one likes
        (g,) = pull_back(u)
        assert type(g) is np.ndarray
        np.testing.assert_allclose(g, u @ slope_of_f(X))


def test_jvp_is_the_jacobian_times_a_vector():
    value, slope = jvp(f, [X], [V])
    np.testing.assert_allclose(value, np.tanh(A @ X))
    assert type(slope) is np.ndarray
    np.testing.assert_allclose(slope, slope_of_f(X) @ V)


def test_jvp_of_several_arguments_and_results():
    def g(a, b):
        return {"product": a * b, "sum": (a + 2 * b).sum(), "fixed": F.exp(np.zeros(2))}

    _, slope = jvp(g, (X, V), (np.ones(4), np.full(4, 10.0)))
    np.testing.assert_allclose(slope["product"], V + 10 * X)
    np.testing.assert_allclose(slope["sum"], 4 + 80)
    np.testing.assert_array_equal(slope["fixed"], np.zeros(2))


def test_jacobian_has_the_shapes_of_result_and_argument():
    np.testing.assert_allclose(jacobian(f)(X), slope_of_f(X))
    B = rng.normal(size=(2, 3))
    J = jacobian(lambda B, x: B @ x, argnums=(0, 1))(B, U)
    assert [j.shape for j in J] == [(2, 2, 3), (2, 3)]
    np.testing.assert_allclose(J[1], B)
    np.testing.assert_allclose(J[0][1, 1], U)
    np.testing.assert_array_equal(J[0][0, 1], np.zeros(3))
    assert jacobian(lambda x: x[:0])(X).shape == (0, 4)
    assert jacobian(lambda x: x**2)(3.0) == 6.0


def test_jacobian_of_trees():
    J = jacobian(lambda p: {"y": p["a"] * p["b"], "z": p["a"].sum()})({"a": X, "b": V})
    np.testing.assert_allclose(J["y"]["a"], np.diag(V))
    np.testing.assert_allclose(J["y"]["b"], np.diag(X))
    np.testing.assert_allclose(J["z"]["a"], np.ones(4))
    np.testing.assert_allclose(J["z"]["b"], np.zeros(4))


def energy(x):
    return F.sum(F.exp(x) * x[::-1]) + (x**3).sum()


def numeric_hessian(x, step=1e-5):
    def slope(x):
        return np.exp(x) * x[::-1] + np.exp(x[::-1]) + 3 * x**2

    return np.stack(
        [(slope(x + step * e) - slope(x - step * e)) / (2 * step) for e in np.eye(len(x))]
    )


def test_hessian_and_its_product_with_a_vector():
    H = hessian(energy)(X)
    np.testing.assert_allclose(H, numeric_hessian(X), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(hvp(energy, X, V), H @ V, rtol=1e-12)


def test_hvp_of_a_function_that_calls_grad_inside():
    # sum of (d energy / dx)^2: its Hessian needs the third derivative
    def steepness(x):
        return (grad(energy)(x) ** 2).sum()

    step = 1e-5
    slopes = [grad(steepness)(X + s * step * V) for s in (1, -1)]
    expected = (slopes[0] - slopes[1]) / (2 * step)
    np.testing.assert_allclose(hvp(steepness, X, V), expected, rtol=1e-5)


def test_transforms_compose():
    third = jacobian(hessian(lambda x: (x**4).sum()))(X)
    expected = np.zeros((4, 4, 4))
    expected[np.arange(4), np.arange(4), np.arange(4)] = 24 * X
    np.testing.assert_allclose(third, expected)
    along = grad(lambda t: jvp(f, [X + t * V], [V])[1].sum())(0.0)
    step = 1e-6
    numeric = [jvp(f, [X + s * step * V], [V])[1].sum() for s in (1, -1)]
    assert along == pytest.approx((numeric[0] - numeric[1]) / (2 * step), rel=1e-6)


def test_variables_in_variables_out():
    x = Variable(X)
    value, pull_back = vjp(f, x)
    (g,) = pull_back(U)
    H = hessian(energy)(x)
    assert all(isinstance(v, Variable) for v in (value, g, H, hvp(energy, x, V)))
    H.sum().backward()
    step = 1e-4
    moved = rng.normal(size=4)
    sums = [numeric_hessian(X + s * step * moved).sum() for s in (1, -1)]
    assert x.grad.data @ moved == pytest.approx((sums[0] - sums[1]) / (2 * step), rel=1e-4)


def test_the_vector_may_be_differentiated_too():
    u = Variable(U)
    _, pull_back = vjp(f, Variable(X))
    pull_back(u)[0].sum().backward()
    np.testing.assert_allclose(u.grad.data, slope_of_f(X).sum(axis=1))


def test_elementwise_grad():
    np.testing.assert_allclose(elementwise_grad(np.sin)(X), np.cos(X))
    np.testing.assert_allclose(
        elementwise_grad(elementwise_grad(lambda x, k: F.sin(k * x)))(X, 2.0), -4 * np.sin(2 * X)
    )


Pair = namedtuple("Pair", "a b")


def test_arguments_nested_in_dicts_lists_and_tuples():
    params = {"W": A, "layers": [X, (V, 2.0)], "pair": Pair(1.0, 3.0), "none": None}

    def loss(p):
        inner = (p["W"] @ (p["layers"][0] * p["layers"][1][0])).sum()
        return inner * p["layers"][1][1] + p["pair"].a * p["pair"].b ** 2

    g = grad(loss)(params)
    assert list(g) == list(params)
    assert g["none"] is None
    assert isinstance(g["layers"][1], tuple)
    assert isinstance(g["pair"], Pair)
    assert g["pair"] == Pair(9.0, 6.0)
    np.testing.assert_allclose(g["layers"][0], 2 * A.sum(axis=0) * V)
    np.testing.assert_allclose(g["layers"][1][1], (A @ (X * V)).sum())


def test_something_else_comes_along():
    def loss(x):
        y = x * x
        return y.sum(), {"y": y, "text": "kept"}

    g, aux = grad(loss, has_aux=True)(X)
    np.testing.assert_allclose(g, 2 * X)
    assert aux["text"] == "kept"
    assert type(aux["y"]) is np.ndarray
    (value, aux), g = value_and_grad(loss, has_aux=True)(X)
    assert value == pytest.approx((X * X).sum())
    with pytest.raises(DtypeError, match="must return a pair"):
        grad(lambda x: x.sum(), has_aux=True)(X)


def test_nothing_is_stored_and_no_cycle_is_left():
    W = Parameter(A)
    x = Variable(X)
    gc.collect()
    gc.disable()
    try:
        hvp(lambda x: (W @ x).sum() ** 2, x, V)
        jacobian(lambda x: W @ x)(x)
        jvp(lambda x: W @ x, [x], [V])
        hessian(energy)(X)
        assert gc.collect() == 0
    finally:
        gc.enable()
    assert W.grad is None
    assert x.grad is None


def test_integers_where_the_result_is_float_are_warned_of():
    with pytest.warns(UserWarning, match="differentiated by integers and returns floats") as caught:
        grad(np.sin)(0)
    assert caught[0].filename == __file__
    assert grad(lambda x: x * x)(3) == 6


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vjp(f, X)[1](V), ShapeError, r"vjp: the vector has shape \(4,\) where the result"),
        (lambda: hvp(energy, X, U), ShapeError, r"hvp: the vector has shape \(3,\)"),
        (lambda: jvp(f, [X], [U]), ShapeError, r"jvp: the tangents has shape \(3,\)"),
        (lambda: jvp(f, [X], []), ArgumentError, r"jvp: there are 1 primals but 0 tangents"),
        (lambda: vjp(f, X)[1]((U, U)), ShapeError, r"vjp: the vector consists of 2 arrays"),
        (lambda: jacobian(lambda x: 1.0)(X), DtypeError, r"returned a float; it must return a"),
        (lambda: hessian(f)(X), ShapeError, r"must return a single number"),
    ],
)
def test_wrong_use_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -------------------------------------------------------------- checkpoint


def test_a_checkpoint_gives_the_same_gradients_to_the_second_order():
    W = Parameter(A)

    def part(x):
        return F.tanh(W @ F.exp(x)).sum()

    results = []
    for g in (part, checkpoint(part)):
        x = Variable(X)
        W.zero_grad()
        (g(x) ** 2).backward(create_graph=True)
        first = x.grad
        found = [x.grad.data, W.grad.data]
        x.zero_grad(), W.zero_grad()
        (first * V).sum().backward()
        results.append([*found, x.grad.data, W.grad.data])
        x.zero_grad(), W.zero_grad()
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_checkpoint_keeps_no_intermediate_result():
    alive = []

    class Watched(Function):
        def forward(self, x):
            y = np.exp(x)
            alive.append(weakref.ref(y))
            return y

        def backward(self, gy):
            (x,) = self.saved
            return gy * np.exp(x)

    x = Variable(X)
    y = checkpoint(lambda x: F.sin(Watched()(x)).sum())(x)
    assert alive[0]() is None
    y.backward()
    np.testing.assert_allclose(x.grad.data, np.cos(np.exp(X)) * np.exp(X))
    assert len(alive) == 2


def test_a_checkpoint_of_several_results_and_arguments():
    x, s = Variable(X), Variable(2.0)
    out = checkpoint(lambda p, k, text: {"a": p["x"] * k, "b": p["x"].sum()})(
        {"x": x}, s, text="kept"
    )
    (out["a"].sum() + 10 * out["b"]).backward()
    np.testing.assert_allclose(x.grad.data, np.full(4, 12.0))
    assert s.grad.item() == pytest.approx(X.sum())


def test_a_checkpoint_draws_the_same_random_numbers_again():
    pygrad.seed(0)
    x = Variable(np.ones(1000))
    y = checkpoint(lambda x: F.dropout(x, 0.5))(x)
    after = pygrad.default_rng().random()
    y.backward(np.ones(1000))
    np.testing.assert_array_equal(x.grad.data, y.data)
    pygrad.seed(0)
    F.dropout(np.ones(1000), 0.5)
    assert pygrad.default_rng().random() == after


def test_a_checkpoint_inside_a_transform_sees_the_outer_variable():
    c = 1.5
    g = grad(lambda c: checkpoint(lambda x: x * c * c)(2.0 * c))(c)
    assert g == pytest.approx(6 * c**2)


def test_a_checkpoint_records_nothing_under_no_grad():
    with no_grad():
        assert checkpoint(lambda x: x * x)(Variable(2.0)).creator is None
