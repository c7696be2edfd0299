"""NaN does not leak from the branch not taken, and honest ones stay."""

import warnings

import numpy as np
import pytest

from pygrad import Variable, checkpoint, grad, hessian, hvp, jvp, no_grad
from pygrad import functions as F
from pygrad.engine.guarding import guarded

inf, nan = np.inf, np.nan


def quiet(f):
    """What users see of the forward pass is NumPy's own affair; the rest may not warn."""

    def silenced(x):
        with np.errstate(divide="ignore", invalid="ignore"):
            return f(x)

    return silenced


# f, and its first, second and third derivatives at 0, 1 and 4
FUNCTIONS = {
    "sqrt": (
        lambda x: np.where(x > 0, np.sqrt(x), 0),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        [0, 3 / 8, 3 / 256],
    ),
    "x log x": (
        quiet(lambda x: np.where(x > 0, x * np.log(x), 0)),
        [0, 1, 1 + np.log(4)],
        [0, 1, 1 / 4],
        [0, -1, -1 / 16],
    ),
    "sinc": (
        quiet(lambda x: np.where(x == 0, 1, np.sin(x) / x)),
        [0, *(np.cos(t) / t - np.sin(t) / t**2 for t in (1, 4))],
        [0, *(-np.sin(t) / t - 2 * np.cos(t) / t**2 + 2 * np.sin(t) / t**3 for t in (1, 4))],
        None,
    ),
    "power": (
        lambda x: np.where(x > 0, x**1.5, 0),
        [0, 3 / 2, 3],
        [0, 3 / 4, 3 / 8],
        [0, -3 / 8, -3 / 64],
    ),
    "boolean index": (lambda x: np.sqrt(x)[x > 0], [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "integer index": (lambda x: np.sqrt(x)[[2, 1]], [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "slice": (lambda x: np.sqrt(x)[1:], [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "take": (lambda x: F.take(np.sqrt(x), [1, 2]), [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "compress": (
        lambda x: np.compress([False, True, True], np.sqrt(x)),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "split": (
        lambda x: np.split(np.sqrt(x), [1])[1],
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "select": (
        lambda x: np.select([x > 0], [np.sqrt(x)], 0.0),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "piecewise": (
        lambda x: np.piecewise(x, [x > 0], [np.sqrt, 0.0]),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "max": (lambda x: np.max(np.sqrt(x)), [0, 0, 1 / 4], [0, 0, -1 / 32], [0, 0, 3 / 256]),
    "min": (lambda x: -np.min(-np.sqrt(x)), [0, 0, 1 / 4], [0, 0, -1 / 32], None),
    "nanmax": (lambda x: np.nanmax(np.sqrt(x)), [0, 0, 1 / 4], [0, 0, -1 / 32], None),
    "fmax": (lambda x: np.fmax(np.sqrt(x), 0.5), [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "fmin": (lambda x: -np.fmin(-np.sqrt(x), -0.5), [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "nan_to_num": (
        quiet(lambda x: np.nan_to_num(1 / x, posinf=0)),
        [0, -1, -1 / 16],
        [0, 2, 1 / 32],
        None,
    ),
    "maximum": (
        lambda x: np.maximum(np.sqrt(x), 0.5),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "broadcast": (
        lambda x: np.where(x > 0, np.sqrt(x * np.ones((2, 1))), 0) / 2,
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "matrix product": (
        # the gradient of the square root is a product of matrices, with zeros and infinities
        lambda x: np.where(x > 0, np.sqrt(x) @ np.eye(3), 0),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
    "assignment": (lambda x: _assigned(np.sqrt(x)), [0, 1 / 2, 1 / 4], [0, -1 / 4, -1 / 32], None),
    "checkpoint": (
        lambda x: checkpoint(lambda r: np.where(r > 0, r, 0))(np.sqrt(x)),
        [0, 1 / 2, 1 / 4],
        [0, -1 / 4, -1 / 32],
        None,
    ),
}


def _assigned(y):
    y = +y
    y[0] = 7.0
    return y


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_branch_not_taken_gives_zero_to_every_order(name):
    f, *expected = FUNCTIONS[name]
    x = np.array([0.0, 1.0, 4.0])
    derivative = f
    for values in expected:
        derivative = grad(lambda x, g=derivative: g(x).sum())
        if values is not None:
            np.testing.assert_allclose(derivative(x), values, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", ["sqrt", "x log x", "sinc", "power"])
def test_it_does_so_for_a_single_number(name):
    f, first, second, _ = FUNCTIONS[name]
    for x, slope, curvature in zip((0.0, 1.0, 4.0), first, second, strict=True):
        assert grad(f)(x) == pytest.approx(slope)
        assert grad(grad(f))(x) == pytest.approx(curvature)


@pytest.mark.parametrize("name", ["sqrt", "x log x", "sinc", "power"])
def test_it_does_so_in_the_stored_gradient_and_in_other_transforms(name):
    f, first, second, _ = FUNCTIONS[name]
    x = Variable([0.0, 1.0, 4.0])
    f(x).sum().backward(create_graph=True)
    np.testing.assert_allclose(x.grad.data, first, rtol=1e-12)
    slope = x.grad
    x.zero_grad()
    slope.sum().backward()
    np.testing.assert_allclose(x.grad.data, second, rtol=1e-12)

    point = np.array([0.0, 1.0, 4.0])
    total = lambda x: f(x).sum()  # noqa: E731
    np.testing.assert_allclose(hessian(total)(point), np.diag(second), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(hvp(total, point, np.ones(3)), second, rtol=1e-12)
    np.testing.assert_allclose(jvp(f, [point], [np.ones(3)])[1], first, rtol=1e-12)


def test_a_zero_that_meets_a_finite_derivative_keeps_its_second_order():
    for f in (
        lambda x: (np.sqrt(x) - 1) ** 2,
        lambda x: np.where(x > 0, (np.sqrt(x) - 1) ** 2, 0),
        # NaN in another branch, so that the walk is repeated with care
        lambda x: np.where(x > 0, (np.sqrt(x) - 1) ** 2, 0) + np.where(x < 0, np.sqrt(x - 1), 0),
    ):
        assert grad(grad(f))(1.0) == pytest.approx(0.5)


def test_infinite_derivatives_that_were_asked_for_stay():
    with np.errstate(divide="ignore"):
        assert grad(np.sqrt)(0.0) == inf
    assert grad(lambda x: np.where(x >= 0, np.sqrt(x), 0))(0.0) == inf
    assert np.isinf(grad(lambda x: np.sqrt(x)[[0]].sum())(np.zeros(2))[0])


def test_nan_without_a_mask_stays():
    with np.errstate(all="ignore"):
        assert np.isnan(grad(lambda x: 0 * np.sqrt(x))(0.0))


def test_nan_in_the_branch_taken_stays():
    with np.errstate(all="ignore"):
        assert np.isnan(grad(lambda x: np.where(x > -1, np.log(x - 1) * 2, 0) * nan)(0.0))


def test_a_gradient_of_the_wrong_kind_is_never_handed_out():
    x = Variable([0.0, 1.0])
    y = np.sqrt(x)
    z = np.where(x > 0, y, 0)
    z.sum().backward(create_graph=True, retain_grad=True)
    for v in (x, y, z):
        assert type(v.grad.data) is np.ndarray
    assert type(grad(lambda x: np.where(x > 0, np.sqrt(x), 0))(0.0)) is np.float64


def test_the_gradient_is_an_array_of_its_own():
    x, y = Variable([0.0, 1.0]), Variable([5.0, 5.0])
    np.where(x > 0, np.sqrt(x) + y, 0).sum().backward()
    x.grad.data[:] = 7
    np.testing.assert_array_equal(y.grad.data, [0, 1])


def test_the_backward_pass_warns_of_nothing_that_it_mends():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = Variable([0.0, 1.0])
        np.where(x > 0, np.sqrt(x), 0).sum().backward(create_graph=True)
        slope = x.grad
        x.zero_grad()
        slope.sum().backward()


def test_numpys_error_state_is_as_it_was():
    before = np.geterr()
    x = Variable([0.0, 1.0])
    np.where(x > 0, np.sqrt(x), 0).sum().backward()
    assert np.geterr() == before
    with pytest.raises(ZeroDivisionError):
        _Failing()(np.where(x > 0, x, 0))[0].backward()
    assert np.geterr() == before


def test_a_walk_without_masks_is_walked_once_even_if_nan_is_at_its_end():
    counted = _Counted()
    with np.errstate(all="ignore"):
        (counted(Variable(0.0)) * nan).backward()
    assert counted.calls == 1


class _Counted(F.Exp):
    def __init__(self):
        self.calls = 0

    def backward(self, gy):
        self.calls += 1
        return super().backward(gy)


class _Failing(F.Negative):
    def backward(self, gy):
        raise ZeroDivisionError


# ------------------------------------------------------------ guarded arrays


def test_a_guarded_zero_wins_over_what_is_not_finite():
    a = guarded(np.array([0.0, 0.0, 0.0, 2.0, inf]))
    b = np.array([inf, nan, 3.0, inf, 0.0])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(np.asarray(a * b), [0, 0, 0, inf, nan])
        np.testing.assert_array_equal(np.asarray(b * a), [0, 0, 0, inf, nan])
    np.testing.assert_array_equal(
        np.asarray(a / np.array([0.0, nan, 2, 2, inf])), [0, 0, 0, 1, nan]
    )
    np.testing.assert_array_equal(np.asarray(1 / a), [inf, inf, inf, 0.5, 0])


def test_a_guarded_zero_wins_in_products_of_matrices():
    a = guarded(np.array([[0.0, 2.0], [1.0, 0.0]]))
    b = np.array([[nan, 3.0], [5.0, 7.0]])
    np.testing.assert_array_equal(np.asarray(a @ b), [[10, 14], [nan, 3]])
    np.testing.assert_array_equal(np.asarray(b.T @ a), [[5, nan], [7, 6]])


def test_a_guarded_zero_wins_in_an_array_that_is_written_to():
    out = guarded(np.ones(2))
    np.multiply(guarded(np.zeros(2)), np.array([inf, 1.0]), out=out)
    np.testing.assert_array_equal(np.asarray(out), [0, 0])


def test_a_plain_zero_does_not():
    with np.errstate(all="ignore"):
        assert np.isnan(np.asarray(guarded(np.array(inf)) * 0.0))


def test_no_graph_is_recorded_where_none_was_asked_for():
    x = Variable([0.0, 1.0])
    y = np.where(x > 0, np.sqrt(x), 0).sum()
    with no_grad():
        y.backward()
    assert not x.grad.requires_grad
