"""Linear algebra where the table of cases cannot go: kinks, degeneracy, refusals, empty arrays."""

from itertools import combinations

import numpy as np
import pytest
from rows import points

from pygrad import Variable, grad, linalg
from pygrad import functions as F
from pygrad.exceptions import (
    ArgumentError,
    LinAlgError,
    PyGradError,
    ShapeError,
    UnsupportedError,
)
from pygrad.testing import check_gradients

SQUARE = points(3, 3) + 3 * np.eye(3)
SYMMETRIC = points(4, 4) + points(4, 4).T
SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, -2.0]])


def symmetric(x):
    return (x + x.swapaxes(-1, -2)) / 2


def gradient(f, x):
    x = Variable(x)
    f(x).sum().backward()
    return x.grad.data


# ----- equations


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linalg.inv(SINGULAR - SINGULAR), r"inv: Singular matrix; .*\(3, 3\)"),
        (lambda: linalg.inv(points(2, 3)), r"inv: .*square"),
        (lambda: linalg.solve(np.zeros((2, 2)), [1.0, 2.0]), r"solve: Singular matrix; .*\(2,\)"),
        (lambda: linalg.cholesky(-np.eye(2)), r"cholesky: .*positive eigenvalues alone"),
        (lambda: linalg.det(points(2, 3)), r"det: .*square"),
        (lambda: linalg.eigh(points(3)), r"eigh: .*1-dimensional array given"),
        (lambda: linalg.qr(points(3)), r"qr: .*1-dimensional array given"),
        (lambda: linalg.lstsq(SQUARE, points(2)), r"lstsq: .*b must have as many rows"),
        (lambda: linalg.cond(points(3)), r"cond: x has shape \(3,\)"),
        (lambda: linalg.cond(points(2, 3), 1), r"inv: .*square"),
        (lambda: linalg.slogdet(Variable(SINGULAR * 0)).logabsdet.backward(), r"inv: Singular"),
    ],
)
def test_what_a_matrix_lacks_is_numpys_error_and_pygrads(call, message):
    for kind in (LinAlgError, np.linalg.LinAlgError, PyGradError, ValueError):
        with pytest.raises(kind, match=message):
            call()


def test_solve_refuses_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"solve: .*b must have as many rows"):
        linalg.solve(SQUARE, points(2))
    with pytest.raises(ShapeError, match=r"tensorsolve: a has shape \(3, 3\) and b \(2,\)"):
        linalg.tensorsolve(SQUARE, points(2))
    with pytest.raises(ShapeError, match="tensorinv: .*first 1 axes"):
        linalg.tensorinv(points(2, 3), 1)
    with pytest.raises(ArgumentError, match="ind is 0"):
        linalg.tensorinv(SQUARE, 0)


def test_least_squares_says_rank_and_residuals_as_numpy_does():
    tall, y = points(4, 2), points(4)
    for a, b in ((tall, y), (tall, points(4, 3)), (tall.T, points(2)), (0 * tall, y)):
        found, expected = linalg.lstsq(a, b), np.linalg.lstsq(a, b)
        assert type(found[2]) is int
        assert found[2] == expected[2]
        for i in (0, 1, 3):
            assert found[i].shape == expected[i].shape
            np.testing.assert_allclose(found[i].data, expected[i], atol=1e-14)


@pytest.mark.parametrize("rcond", [None, -1, 1e-3])
def test_least_squares_cuts_off_singular_values_where_it_is_told_to(rcond):
    a = np.diag([1.0, 1e-4])
    x = linalg.lstsq(a, [1.0, 1.0], rcond)[0]
    np.testing.assert_allclose(x.data, [1, 0 if rcond == 1e-3 else 1e4])
    found = gradient(lambda b: linalg.lstsq(a, b, rcond)[0], np.ones(2))
    np.testing.assert_allclose(found, x.data)


# ----- determinants


def minors(a):
    n = len(a)
    keep = list(combinations(range(n), n - 1))[::-1]
    return np.array(
        [
            [(-1) ** (i + j) * np.linalg.det(a[np.ix_(keep[i], keep[j])]) for j in range(n)]
            for i in range(n)
        ]
    )


@pytest.mark.parametrize(
    "a",
    [
        SINGULAR,
        np.outer([1.0, 2, 3, 4], [1.0, -1, 2, 1]) + np.outer([0.0, 1, 0, 1], [2.0, 1, 1, 1]),
        np.outer([1.0, 2, 3], [1.0, -1, 2]),
        np.zeros((2, 2)),
        np.zeros((1, 1)),
        np.diag([1e-200, 1e-200, 1.0]),  # the determinant underflows, its slopes do not
    ],
    ids=["rank 2 of 3", "rank 2 of 4", "rank 1 of 3", "zero", "one zero", "tiny"],
)
def test_the_gradient_of_det_is_the_cofactors_whatever_the_rank(a):
    np.testing.assert_allclose(gradient(linalg.det, a), minors(a), atol=1e-13)
    check_gradients(linalg.det, [a])


def test_det_of_a_batch_may_be_singular_in_places():
    for other in (SINGULAR, SINGULAR + 1e-15 * points(3, 3)):
        np.testing.assert_allclose(
            gradient(linalg.det, np.stack([SQUARE, other])),
            [minors(SQUARE), minors(other)],
            rtol=1e-12,
            atol=1e-13,
        )
        check_gradients(linalg.det, [np.stack([SQUARE, other])])


def test_det_has_a_third_derivative_away_from_singular_matrices_alone():
    def second(x):
        v = points(3, 3, seed=5)
        slope = grad(lambda x: linalg.det(x))
        return grad(lambda x: (slope(x) * v).sum())(x)

    check_gradients(second, [SQUARE], order=1)
    with pytest.raises(UnsupportedError, match="no third derivative"):
        grad(lambda x: second(x)[0, 0])(Variable(SINGULAR))


# ----- factorizations, eigenvalues


def test_cholesky_reads_the_lower_triangle_and_has_a_symmetric_gradient():
    a = SQUARE @ SQUARE.T
    junk = a + np.triu(np.full((3, 3), 7.0), 1)
    weights = points(3, 3, seed=4)
    found = gradient(lambda x: linalg.cholesky(x) * weights, junk)
    np.testing.assert_array_equal(linalg.cholesky(junk).data, np.linalg.cholesky(a))
    np.testing.assert_allclose(found, gradient(lambda x: linalg.cholesky(x) * weights, a))
    np.testing.assert_allclose(found, found.T)
    upper = gradient(lambda x: linalg.cholesky(x, upper=True) * weights.T, junk.T)
    np.testing.assert_allclose(upper, found)


def test_functions_of_symmetric_matrices_have_a_symmetric_gradient():
    weights = points(3, 3, seed=4)
    for f in (
        lambda x: linalg.eigh(x).eigenvectors,
        lambda x: linalg.pinv(x, hermitian=True),
        lambda x: linalg.svd(x, hermitian=True).U,
    ):
        found = gradient(lambda x, f=f: f(x) * weights, symmetric(SQUARE))
        np.testing.assert_allclose(found, found.T, atol=1e-13)


@pytest.mark.parametrize("scale", [1.0, 1e-150, 1e150, 1e-300])
def test_a_matrix_put_together_again_has_the_gradient_of_the_identity(scale):
    def rebuilt_by_eigh(x):
        w, v = linalg.eigh(x)
        return ((v * w) @ v.T) * weights

    def rebuilt_by_svd(x):
        u, s, vh = linalg.svd(x, False)
        return ((u * s) @ vh) * weights[:, :3]

    weights = points(4, 4)
    a = scale * (SYMMETRIC + np.diag([5.0, 1.0, 0.0, 0.0]))
    np.testing.assert_allclose(gradient(rebuilt_by_eigh, a), symmetric(weights), atol=1e-13)
    np.testing.assert_allclose(gradient(rebuilt_by_svd, a[:, :3]), weights[:, :3], atol=1e-12)


def test_vectors_that_are_not_determined_have_the_gradient_nan_and_not_a_wrong_one():
    degenerate = np.diag([1.0, 2.0, 2.0])
    for f in (linalg.eigh, linalg.eig):
        assert np.isnan(gradient(lambda x, f=f: f(x).eigenvectors[:, 1:].real, degenerate)).any()
        # the first one is determined
        found = gradient(lambda x, f=f: f(x).eigenvectors[:, :1].real, degenerate)
        assert np.isfinite(found).all()
    assert np.isnan(gradient(lambda x: linalg.svd(x).U[:, 0], degenerate)).any()
    assert np.isfinite(gradient(lambda x: linalg.svd(x).U[:, 2], degenerate)).all()
    # a singular value of 0: the vectors of the others are determined
    tall = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    assert np.isnan(gradient(lambda x: linalg.svd(x, False).U[:, 1], tall)).any()
    assert np.isfinite(gradient(lambda x: linalg.svd(x, False).U[:, 0], tall)).all()


def test_the_second_derivative_of_equal_eigenvalues_is_nan_and_that_of_others_is_right():
    def largest(x):
        return linalg.eigvalsh(symmetric(x))[-1]

    def slope(x):
        return grad(largest)(x)[0, 0]

    check_gradients(largest, [np.diag([2.0, 2.0, 5.0])])
    axes = np.linalg.qr(SQUARE).Q
    equal = axes @ np.diag([5.0, 5.0, 2.0]) @ axes.T
    assert np.isfinite(grad(largest)(equal)).all()
    assert np.isnan(grad(slope)(equal)).any()


@pytest.mark.parametrize("a", [np.zeros((3, 2)), np.eye(3), np.eye(2, 3), np.diag([2.0, 0.0])])
def test_singular_values_that_are_equal_or_zero_have_finite_gradients(a):
    found = gradient(linalg.svdvals, a)
    # of length 1 for each value that is not 0
    np.testing.assert_allclose(np.sum(found**2), np.linalg.matrix_rank(a), atol=1e-14)


def test_eigenvalues_of_a_real_matrix_may_be_complex_as_numpys():
    a = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert linalg.eigvals(a).dtype == linalg.eig(a).eigenvectors.dtype == np.complex128
    assert linalg.eigvals(np.eye(2)).dtype == np.linalg.eigvals(np.eye(2)).dtype


def test_complex_eigenvalues_of_a_real_matrix_have_real_gradients():
    def frequency(x):
        return np.abs(linalg.eigvals(x).imag).max()

    check_gradients(frequency, [np.array([[0.1, -1.0], [2.0, 0.3]])])


def test_columns_that_are_not_determined_have_no_gradient():
    x = Variable(points(4, 2))
    q, r = linalg.qr(x, "complete")
    (q[:, :2].sum() + r.sum()).backward()
    with pytest.raises(UnsupportedError, match=r"qr: of a matrix of shape \(4, 2\).*'reduced'"):
        q.sum().backward()
    u, s, vh = linalg.svd(x)
    (u[:, :2].sum() + s.sum() + vh.sum()).backward()
    with pytest.raises(UnsupportedError, match="full_matrices=True adds vectors"):
        u.sum().backward()
    with pytest.raises(UnsupportedError, match="full_matrices=True adds vectors"):
        linalg.svd(x.T).Vh.sum().backward()
    with pytest.raises(UnsupportedError, match="mode 'raw'"):
        linalg.qr(x, "raw")
    with pytest.raises(ArgumentError, match="mode is 'full'"):
        linalg.qr(x, "full")


def test_results_have_numpys_names():
    assert linalg.qr(SQUARE)._fields == np.linalg.qr(SQUARE)._fields
    assert linalg.svd(SQUARE)._fields == np.linalg.svd(SQUARE)._fields
    assert linalg.eig(SQUARE)._fields == np.linalg.eig(SQUARE)._fields
    assert linalg.eigh(SQUARE)._fields == np.linalg.eigh(SQUARE)._fields
    assert linalg.slogdet(SQUARE)._fields == np.linalg.slogdet(SQUARE)._fields


# ----- all of them, together

FUNCTIONS = {
    "inv": linalg.inv,
    "det": linalg.det,
    "slogdet": lambda x: linalg.slogdet(x).logabsdet,
    "cholesky": lambda x: linalg.cholesky(x @ x.swapaxes(-1, -2) + np.eye(x.shape[-1])),
    "qr": lambda x: linalg.qr(x).R,
    "eigh": lambda x: linalg.eigh(symmetric(x)).eigenvectors,
    "eigvalsh": lambda x: linalg.eigvalsh(symmetric(x)),
    "svd": lambda x: linalg.svd(x).U,
    "svdvals": linalg.svdvals,
    "pinv": linalg.pinv,
    "solve": lambda x: linalg.solve(x, x),
    "matrix_power": lambda x: linalg.matrix_power(x, 3),
    "norm": lambda x: linalg.norm(x, axis=-1),
    "einsum": lambda x: F.einsum("...ii,...ij->...j", x, x),
    "vecdot": lambda x: F.vecdot(x, x),
}


@pytest.mark.parametrize("shape", [(0, 3, 3), (2, 0, 0), (0, 0), (0, 2, 0, 0)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_empty_matrices_and_batches_of_none_have_empty_gradients(name, shape):
    x = Variable(np.zeros(shape))
    y = FUNCTIONS[name](x)
    assert y.shape[: len(shape) - 2] == shape[:-2]
    y.backward(np.ones(y.shape), create_graph=True)
    assert x.grad.shape == shape


@pytest.mark.parametrize("name", FUNCTIONS)
def test_integers_are_taken_as_floats(name):
    a = np.array([[4, 1, 0], [1, 3, -1], [0, 2, 5]])
    y = FUNCTIONS[name](a)
    np.testing.assert_allclose(y.data, FUNCTIONS[name](a.astype(float)).data)
    x = Variable(a)
    FUNCTIONS[name](x).sum().backward()
    np.testing.assert_allclose(x.grad.data, gradient(FUNCTIONS[name], a.astype(float)), atol=1e-13)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_third_derivative_is_right(name):
    def slope(x):
        return grad(lambda x: (FUNCTIONS[name](x) * weights).sum())(x)

    a = SQUARE + np.diag([3.0, 0.0, 1.5])  # so that no eigenvalues are close
    weights = points(*FUNCTIONS[name](a).shape, seed=6)
    check_gradients(slope, [a], rtol=1e-5)
