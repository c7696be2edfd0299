"""The transforms of complex functions: what they give, and what they refuse."""

import numpy as np
import pytest

from pygrad import (
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
from pygrad.exceptions import DtypeError

rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


Z, V, M = normal(4), normal(4), normal(3, 4)
X = rng.normal(size=4)


def loss(z):
    return (F.abs(M @ z) ** 2).sum()


def test_grad_of_a_loss_is_what_backward_stores():
    z = Variable(Z)
    loss(z).backward()
    value, g = value_and_grad(loss)(Z)
    np.testing.assert_allclose(value, np.sum(np.abs(M @ Z) ** 2))
    np.testing.assert_array_equal(g, z.grad.data)
    np.testing.assert_allclose(g, 2 * M.conj().T @ M @ Z)


def test_grad_by_a_real_argument_is_real():
    g = grad(lambda x: (F.abs(M @ x) ** 2).sum())(X)
    assert g.dtype == np.float64
    np.testing.assert_allclose(g, 2 * (M.conj().T @ M @ X).real)


def test_vjp_is_the_conjugate_transpose_times_the_vector():
    u = normal(3)
    value, pull_back = vjp(lambda z: M @ z, Z)
    np.testing.assert_allclose(value, M @ Z)
    np.testing.assert_allclose(pull_back(u)[0], M.conj().T @ u)


def test_jvp_is_the_slope_along_the_tangent():
    value, slope = jvp(lambda z: (M @ z) ** 2, [Z], [V])
    np.testing.assert_allclose(value, (M @ Z) ** 2)
    np.testing.assert_allclose(slope, 2 * (M @ Z) * (M @ V))


def test_jvp_of_functions_without_a_complex_derivative():
    _, slope = jvp(np.conj, [Z], [V])
    np.testing.assert_allclose(slope, V.conj())
    _, slope = jvp(F.abs, [Z], [V])
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, (Z.conj() * V).real / np.abs(Z))
    _, slope = jvp(lambda x: x * M[0], [X], [V.real])
    np.testing.assert_allclose(slope, V.real * M[0])


def test_hvp_is_the_slope_of_the_gradient():
    def f(z):
        return (F.abs(z) ** 2 * z.real).sum()

    step = 1e-4
    slope = (grad(f)(Z + step * V) - grad(f)(Z - step * V)) / (2 * step)
    np.testing.assert_allclose(hvp(f, Z, V), slope, rtol=1e-7)
    np.testing.assert_allclose(jvp(grad(f), [Z], [V])[1], slope, rtol=1e-7)


def test_a_jacobian_of_a_complex_function_of_reals_has_complex_slopes():
    J = jacobian(lambda x: (M @ x) ** 2)(X)
    np.testing.assert_allclose(J, 2 * (M @ X)[:, None] * M)
    # where magnitudes stand between the real argument and the complex result
    J = jacobian(lambda x: F.abs(x * 1j) * (1 + 2j))(X)
    np.testing.assert_allclose(J, np.diag(np.sign(X) * (1 + 2j)))


def test_a_jacobian_of_a_real_function_of_complex_numbers_has_gradients_for_rows():
    J = jacobian(lambda z: F.abs(M @ z))(Z)
    y = M @ Z
    np.testing.assert_allclose(J, (y / np.abs(y))[:, None] * M.conj())


def test_a_checkpoint_changes_no_gradient():
    g = grad(checkpoint(loss))(Z)
    np.testing.assert_allclose(g, grad(loss)(Z))
    g = grad(lambda z: checkpoint(lambda z: M @ z)(z).imag.sum())(Z)
    np.testing.assert_allclose(g, (1j * M.conj()).sum(0))


@pytest.mark.parametrize("transform", [grad, value_and_grad, elementwise_grad])
def test_a_gradient_of_a_complex_result_is_refused(transform):
    def square(z):
        return z * z

    with pytest.raises(DtypeError, match=r"grad: square returned a complex number.*abs\(\).*vjp"):
        transform(square)(1 + 2j)


def test_a_jacobian_from_complex_to_complex_is_refused():
    with pytest.raises(DtypeError, match="jacobian: conjugate leads from complex to complex"):
        jacobian(np.conj)(Z)
    with pytest.raises(DtypeError, match="jacobian: .* hvp"):
        hessian(loss)(Z)


def test_a_complex_direction_of_something_real_is_refused():
    with pytest.raises(DtypeError, match="jvp: there are complex numbers in the tangents"):
        jvp(np.exp, [X], [V])
    with pytest.raises(DtypeError, match="vjp: there are complex numbers in the vector where"):
        vjp(F.abs, Z)[1](V)
