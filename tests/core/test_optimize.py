"""minimize: every method of SciPy's, nested parameters, Parameters, bounds and constraints."""

from collections import namedtuple

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, grad
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, MissingPluginError, ShapeError
from pygrad.optimize import minimize

scipy = pytest.importorskip("scipy.optimize", reason="SciPy is not installed")

START = np.array([-1.2, 1.0, 0.7])
FIRST = ["CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP"]
SECOND = ["Newton-CG", "trust-ncg", "trust-krylov", "trust-constr", "dogleg", "trust-exact"]


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


@pytest.mark.parametrize("method", [None, *FIRST, *SECOND])
def test_rosenbrocks_valley_with_every_method_that_uses_gradients(method):
    # the dogleg method wants a positive definite Hessian on its way
    start = np.array([1.1, 1.1, 1.2]) if method == "dogleg" else START
    options = {"maxfun": 1000} if method == "TNC" else None
    found = minimize(rosenbrock, start, method=method, tol=1e-8, options=options)
    assert found.success, found.message
    np.testing.assert_allclose(found.x, np.ones(3), atol=1e-4)
    assert type(found.x) is np.ndarray
    assert isinstance(found, scipy.OptimizeResult)


@pytest.mark.parametrize("method", SECOND)
def test_second_derivatives_are_given_to_those_that_take_them(method):
    start = np.array([1.1, 1.1, 1.2])
    found = minimize(rosenbrock, start, method=method, tol=1e-8)
    reference = scipy.minimize(
        scipy.rosen, start, method=method, jac=scipy.rosen_der, hess=scipy.rosen_hess, tol=1e-8
    )
    assert found.nit <= reference.nit + 2
    assert found.get("nhev", 1) > 0


def test_the_same_steps_as_with_derivatives_by_hand():
    found = minimize(rosenbrock, START, method="BFGS")
    reference = scipy.minimize(scipy.rosen, START, jac=scipy.rosen_der, method="BFGS")
    assert (found.nit, found.nfev) == (reference.nit, reference.nfev)
    np.testing.assert_allclose(found.x, reference.x, rtol=1e-6)


@pytest.mark.parametrize("method", ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"])
def test_methods_without_gradients_work_too(method):
    found = minimize(lambda x: ((x - 2) ** 2).sum(), [0.0, 1.0], method=method, tol=1e-6)
    np.testing.assert_allclose(found.x, [2, 2], atol=1e-3)


def test_a_method_of_the_users_own_is_given_the_gradient_and_the_product():
    def newton(fun, x0, args, jac, hessp, **kwargs):
        H = np.stack([hessp(x0, e) for e in np.eye(len(x0))])
        return scipy.OptimizeResult(x=x0 - np.linalg.solve(H, jac(x0)), fun=fun(x0))

    found = minimize(lambda x: (x**2).sum() + x[0] * x[1], [3.0, 4.0], method=newton)
    np.testing.assert_allclose(found.x, [0, 0], atol=1e-12)


Line = namedtuple("Line", "slope offset")


def test_nested_parameters_come_back_as_they_went_in():
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(20, 3)), rng.normal(size=3)
    y = X @ w + 0.5

    def loss(p, X, power):
        residual = X @ p["line"].slope + p["line"].offset - y + p["more"][0].sum()
        return (residual**power).mean() + (p["more"][0] ** 2).sum()

    start = {
        "line": Line(np.zeros(3, np.float32), 0),
        "more": [np.ones((2, 2)), None],
    }
    found = minimize(loss, start, (X, 2), method="L-BFGS-B", tol=1e-12)
    assert isinstance(found.x["line"], Line)
    assert found.x["line"].slope.dtype == np.float32
    assert isinstance(found.x["line"].offset, np.float64)
    assert found.x["more"][0].shape == (2, 2)
    assert found.x["more"][1] is None
    np.testing.assert_allclose(found.x["line"].slope, w, atol=1e-4)
    np.testing.assert_allclose(found.x["more"][0], np.zeros((2, 2)), atol=1e-4)
    np.testing.assert_array_equal(start["more"][0], np.ones((2, 2)))


def test_float32_is_computed_in_float64_and_rounded_at_the_end():
    seen = []

    def f(x):
        seen.append(x.dtype)
        return rosenbrock(x)

    found = minimize(f, START.astype(np.float32), method="BFGS", tol=1e-8)
    assert found.success
    assert found.x.dtype == np.float32
    assert set(seen) == {np.dtype(np.float64)}
    np.testing.assert_allclose(found.x, np.ones(3, np.float32), atol=1e-5)


def test_a_list_of_numbers_is_an_array_and_a_number_a_number():
    np.testing.assert_allclose(minimize(rosenbrock, [-1.2, 1.0]).x, [1, 1], atol=1e-4)
    found = minimize(lambda x: (x - 3) ** 2, 1)
    assert isinstance(found.x, np.float64)
    assert found.x == pytest.approx(3)


@pytest.mark.parametrize("method", ["BFGS", "Newton-CG", "trust-exact", "Nelder-Mead"])
def test_parameters_are_trained_in_place(method):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2)).astype(np.float32)
    y = X @ np.array([1.5, -2.0], np.float32) + 0.25
    W, b = Parameter(np.zeros(2, np.float32)), Parameter(np.float32(0.0))
    frozen = Parameter(np.float32(1.0))
    frozen.requires_grad = False
    kept = W.data

    def loss(X):
        return ((X @ W * frozen + b - y) ** 2).mean()

    found = minimize(loss, [W, b, frozen, W], (X,), method=method, tol=1e-10)
    assert W.data is kept
    assert W.data.dtype == np.float32
    np.testing.assert_allclose(W.data, [1.5, -2.0], atol=1e-3)
    assert b.item() == pytest.approx(0.25, abs=1e-3)
    assert frozen.item() == 1.0
    assert found.x == [W, b]
    assert W.grad is None
    loss(X).backward()  # they are leaves as before
    assert W.grad is not None


def test_parameters_are_leaves_again_after_an_error():
    W = Parameter(np.ones(2))

    def loss():
        raise KeyError

    with pytest.raises(KeyError):
        minimize(loss, [W])
    assert W.creator is None
    np.testing.assert_array_equal(W.data, np.ones(2))


def test_a_loss_that_calls_grad_inside():
    W = Parameter(np.array([0.3, 2.0]))
    x = np.linspace(-1, 1, 9)

    def loss():
        slope = grad(lambda x: (W[0] * x**2 + W[1] * x).sum())(x)  # 2 W0 x + W1
        return ((slope - (x - 1)) ** 2).sum()

    minimize(loss, [W], method="Newton-CG", tol=1e-10)
    np.testing.assert_allclose(W.data, [0.5, -1], atol=1e-6)


@pytest.mark.parametrize("method", ["L-BFGS-B", "TNC", "SLSQP", "trust-constr", "Nelder-Mead"])
def test_bounds_in_the_structure_of_the_parameters(method):
    def f(p):
        return ((p["a"] - 2) ** 2).sum() + (p["b"][0] + 1) ** 2 + (p["b"][1] - 5) ** 2

    start = {"a": np.array([0.2, 0.3]), "b": [np.array(0.5), np.array(0.5)]}
    bounds = {"a": [(None, 1.0), (0, None)], "b": [(0, None), None]}
    found = minimize(f, start, method=method, bounds=bounds, tol=1e-9)
    np.testing.assert_allclose(found.x["a"], [1, 2], atol=1e-3)
    np.testing.assert_allclose(found.x["b"], [0, 5], atol=1e-3)


@pytest.mark.parametrize(
    "bounds",
    [
        (None, 0.5),
        [(None, 0.5), (None, 0.5)],
        (None, np.array([0.5, 0.5])),
        scipy.Bounds([-np.inf, -np.inf], [0.5, 0.5]),
    ],
)
def test_bounds_of_an_array(bounds):
    found = minimize(lambda x: ((x - 2) ** 2).sum(), np.zeros(2), bounds=bounds)
    np.testing.assert_allclose(found.x, [0.5, 0.5])


def test_bounds_of_the_flat_vector():
    def f(p):
        return ((p["a"] - 2) ** 2).sum() + (p["b"] - 2) ** 2

    flat = [(None, 0.5), (None, 1), (None, 1.5)]
    found = minimize(f, {"a": [0.0, 0.0], "b": 0.0}, bounds=flat)
    np.testing.assert_allclose(found.x["a"], [0.5, 1])
    assert found.x["b"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"c": None}, r"bounds must be a dict with keys among \['a', 'b'\]; it is \{'c'"),
        ({"a": [(0, 1)] * 3}, r"bounds\['a'\] must be a pair \(low, high\), or 2 pairs"),
        ({"b": [(0, 1)]}, r"bounds\['b'\] must be 2 items"),
    ],
)
def test_bounds_that_do_not_fit_are_explained(bounds, message):
    start = {"a": np.zeros(2), "b": [np.zeros(1), np.zeros(2)]}
    with pytest.raises(ArgumentError, match=message):
        minimize(lambda p: p["a"].sum(), start, bounds=bounds)


CONSTRAINTS = {
    "SLSQP": {"type": "eq", "fun": lambda p, total: p["x"].sum() - total, "args": (1.0,)},
    "COBYLA": {"type": "ineq", "fun": lambda p: 1 - p["x"].sum()},
    "trust-constr": scipy.NonlinearConstraint(lambda p: p["x"] ** 2, -np.inf, [1 / 9] * 3),
    "trust-constr, linear": scipy.LinearConstraint(np.ones((1, 3)), -np.inf, 1.0),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
@pytest.mark.parametrize("several", [False, True])
def test_constraints_are_given_the_parameters_and_have_derivatives(name, several):
    constraint = CONSTRAINTS[name]
    found = minimize(
        lambda p: ((p["x"] - 2) ** 2).sum(),
        {"x": np.zeros(3)},
        method=name.split(",")[0],
        constraints=[constraint, constraint][: 2 if several and name != "SLSQP" else 1]
        if several
        else constraint,
        tol=1e-8,
    )
    np.testing.assert_allclose(found.x["x"], [1 / 3] * 3, atol=2e-3)


def test_a_constraint_has_the_jacobian_and_the_hessian():
    # by SciPy's own differences it would call the function some 4 times a step
    calls = []

    def circle(x):
        calls.append(x)
        return (x**2).sum()

    found = minimize(
        lambda x: x[0] + 2 * x[1],
        np.array([0.1, 0.2]),
        method="trust-constr",
        constraints=scipy.NonlinearConstraint(circle, -np.inf, 1.0),
        tol=1e-8,
    )
    np.testing.assert_allclose(found.x, -np.array([1, 2]) / 5**0.5, atol=1e-3)
    assert all(isinstance(x, Variable) for x in calls)


@pytest.mark.parametrize("method", ["BFGS", "trust-constr", "Nelder-Mead"])
def test_a_callback_sees_the_structure(method):
    seen = []

    def stop(x, *state):
        seen.append(x["x"])
        if len(seen) == 3:
            raise StopIteration

    found = minimize(lambda p: rosenbrock(p["x"]), {"x": START}, method=method, callback=stop)
    assert [x.shape for x in seen] == [(3,)] * 3
    assert not found.success


@pytest.mark.parametrize("method", ["BFGS", "trust-constr"])
def test_a_callback_by_the_name_of_the_result(method):
    seen = []

    def note(intermediate_result):
        seen.append(intermediate_result.x["x"])
        assert intermediate_result.fun == pytest.approx(scipy.rosen(seen[-1]))

    minimize(lambda p: rosenbrock(p["x"]), {"x": START}, method=method, callback=note)
    assert len(seen) > 3
    np.testing.assert_allclose(seen[-1], np.ones(3), atol=1e-3)


def test_in_a_callback_the_parameters_are_where_the_optimizer_is():
    W = Parameter(np.zeros(3))
    values = []
    minimize(lambda: ((W - 2) ** 2).sum(), [W], callback=lambda x: values.append(W.data.copy()))
    assert len(values) > 1
    np.testing.assert_allclose(values[-1], W.data)


def test_options_are_passed_on():
    found = minimize(rosenbrock, START, method="BFGS", options={"maxiter": 2})
    assert found.nit == 2
    assert not found.success


@pytest.mark.parametrize(
    ("f", "x0", "error", "message"),
    [
        (F.sum, np.array([1j]), DtypeError, "x0 holds complex numbers; pass the real and the"),
        (lambda x: (x * 1j).sum(), [1.0], DtypeError, "returned a complex number"),
        (
            lambda x: x * 2,
            [1.0, 2.0],
            ShapeError,
            r"minimize: .* returned a result of shape \(2,\)",
        ),
        (lambda x: 1.0, [1.0], DtypeError, "returned a float; it must return a Variable"),
        (F.sum, "text", DtypeError, "minimize: expected numbers"),
        (lambda: None, [Parameter([1.0]), np.ones(2)], ArgumentError, "x0 mixes Parameters with"),
    ],
)
def test_what_cannot_be_minimised_is_explained(f, x0, error, message):
    with pytest.raises(error, match=message):
        minimize(f, x0)
    if "returned" in message and "Variable" not in message:
        with pytest.raises(error, match=message):
            minimize(f, x0, method="Powell")


def test_without_scipy_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy", None)
    with pytest.raises(MissingPluginError, match=r"pip install 'pygrad-core\[scipy\]'"):
        minimize(F.sum, [1.0])


def test_it_is_found_at_the_door():
    assert pygrad.optimize.minimize is minimize
