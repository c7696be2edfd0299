"""Linear algebra where the table of cases cannot go: kinks, degeneracy, refusals, empty arrays."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import points

from pygrad import Variable, grad, linalg
from pygrad import functions as F
from pygrad.engine.kernels.chain import best_split
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


# ------------------------------------------------------------------- products


def test_dot_and_mt_are_methods_too():
    a, b = Variable(SQUARE), Variable(points(3))
    np.testing.assert_array_equal(a.dot(b).data, SQUARE.dot(b.data))
    np.testing.assert_array_equal(F.expand_dims(a, 0).mT.data, SQUARE.T[None])
    a.dot(b).sum().backward()
    np.testing.assert_array_equal(b.grad.data, SQUARE.sum(0))


def test_products_called_through_numpy_take_the_variable_on_either_side():
    a, b = points(3, 4), points(4, seed=1)
    for call in (np.dot, np.inner):
        for y in (call(Variable(a), b), call(a, Variable(b))):
            assert y.requires_grad
            np.testing.assert_array_equal(y.data, call(a, b))


def test_numpys_ufuncs_of_vectors_and_matrices_are_found():
    a, x, y = points(2, 3, 4), points(4), points(3, seed=1)
    np.testing.assert_allclose(np.vecdot(Variable(a), x).data, np.vecdot(a, x))
    np.testing.assert_allclose(
        np.vecdot(Variable(a), y[:, None], axis=-2).data, np.vecdot(a, y[:, None], axis=-2)
    )
    if hasattr(np, "matvec"):
        np.testing.assert_allclose(np.matvec(a, Variable(x)).data, np.matvec(a, x))
        np.testing.assert_allclose(np.vecmat(Variable(y), a).data, np.vecmat(y, a))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: F.dot(x, x), r"dot: .*\(2, 3\) and \(2, 3\).*must be as long as"),
        (lambda x: F.tensordot(x, x, 1), r"tensordot: .*axes of a pair must have one length"),
        (lambda x: F.vecdot(x, 1.0), "vecdot: there is a single number where a vector must be"),
        (lambda x: F.cross(F.concatenate([x, x], 1), x), r"cross: vectors have length 6"),
        (lambda x: F.cross(x, points(4, 3)), r"cross: .*the other axes must broadcast"),
        (lambda x: F.einsum("ij,jk", x, x), r"einsum: .*a letter stands for axes of one length"),
        (lambda x: F.einsum("ijk", x), r"einsum: .*each operand needs a letter"),
        (lambda x: F.einsum("ij->k", x), r"einsum: .*'k' which never appeared"),
        (lambda x: linalg.outer(x, x), r"outer: the shapes are \(2, 3\) and \(2, 3\)"),
        (lambda x: linalg.cross(x[:, :2], x[:, :2]), r"cross: .*axis -1 must have length 3"),
    ],
)
def test_shapes_that_do_not_fit_are_explained(call, message):
    with pytest.raises(ShapeError, match=message):
        call(Variable(points(2, 3)))


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        (("ij",), "give the subscripts and then the operands"),
        ((np.ones(2), [60]), "from 0 to 51 or Ellipsis"),
        ((np.ones(2), ["i"]), "from 0 to 51 or Ellipsis"),
        ((np.ones(2), np.ones(2), [0]), "from 0 to 51 or Ellipsis"),
    ],
)
def test_einsum_says_how_to_call_it(operands, message):
    with pytest.raises(ArgumentError, match=message):
        F.einsum(*operands)


def test_einsum_does_not_write_into_an_array_or_change_the_dtype():
    x = Variable(np.ones(3))
    for more in ({"out": np.zeros(())}, {"dtype": np.float32}):
        with pytest.raises(UnsupportedError, match="einsum does not take"):
            np.einsum("i->", x, **more)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_einsum_is_linear_in_each_operand_and_its_gradient_says_so(data):
    # letters repeat within an operand, are summed out, and stand for axes of length 1 at will
    lengths = {letter: data.draw(st.integers(1, 3)) for letter in "abcd"}
    terms = data.draw(st.lists(st.text("abcd", max_size=3), min_size=1, max_size=3))
    rng = np.random.default_rng(0)
    shapes = []
    for term in terms:
        thin = {letter for letter in term if data.draw(st.booleans())}
        shapes.append([1 if letter in thin else lengths[letter] for letter in term])
    used = sorted(set("".join(terms)))
    output = "".join(data.draw(st.permutations(used))[: data.draw(st.integers(0, 4))])
    subscripts = ",".join(terms) + "->" + output
    arrays = [rng.normal(size=shape) for shape in shapes]
    xs = [Variable(a) for a in arrays]
    y = F.einsum(subscripts, *xs)
    w = rng.normal(size=y.shape)
    (y * w).sum().backward()
    for i, x in enumerate(xs):
        v = rng.normal(size=x.shape)
        along = np.einsum(subscripts, *arrays[:i], v, *arrays[i + 1 :])
        np.testing.assert_allclose(np.sum(x.grad.data * v), np.sum(w * along), rtol=1e-9, atol=1e-9)


def test_einsum_of_large_operands_has_the_gradient_of_matmul():
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(40, 30)), rng.normal(size=(30, 50))
    found = [Variable(a) for a in arrays]
    F.einsum("ij,jk->ik", *found).sum().backward()
    expected = [Variable(a) for a in arrays]
    F.matmul(*expected).sum().backward()
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x.grad.data, y.grad.data, rtol=1e-12)


def test_plans_and_ranks_are_plain():
    x = Variable(SINGULAR)
    assert np.linalg.matrix_rank(x) == linalg.matrix_rank(x) == 2
    assert linalg.matrix_rank(x + [[0, 0, 0], [0, 0, 0], [0, 0, 1e-3]], rtol=0.1) == 2
    assert np.einsum_path("ij,jk", x, x)[0] == ["einsum_path", (0, 1)]


def test_a_chain_is_multiplied_in_the_cheapest_order():
    # the example of Cormen et al.: ((A1 (A2 A3)) ((A4 A5) A6))
    split = best_split([30, 35, 15, 5, 10, 20, 25])
    assert (split[0, 5], split[0, 2], split[3, 5]) == (2, 0, 4)


def test_powers_and_chains_of_what_is_no_matrix_are_refused():
    with pytest.raises(LinAlgError, match=r"matrix_power: a has shape \(2, 3\)"):
        linalg.matrix_power(points(2, 3), 2)
    with pytest.raises(ArgumentError, match="n is 1.5; it must be a whole number"):
        linalg.matrix_power(SQUARE, 1.5)
    with pytest.raises(LinAlgError, match="matrix_power|inv"):
        linalg.matrix_power(SINGULAR, -1)
    with pytest.raises(ShapeError, match="two arrays or more, and got 1"):
        linalg.multi_dot([SQUARE])
    with pytest.raises(LinAlgError, match=r"array 1 has shape \(3,\)"):
        linalg.multi_dot([SQUARE, points(3), SQUARE])


def test_the_power_0_is_the_identity_with_gradient_0_whatever_the_matrix_holds():
    a = np.full((2, 2), np.nan)
    y = linalg.matrix_power(Variable(a), 0)
    np.testing.assert_array_equal(y.data, np.eye(2))
    np.testing.assert_array_equal(gradient(lambda x: linalg.matrix_power(x, 0), a), 0)


# ------------------------------------------------------------------- equations


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


# ---------------------------------------------------------------- determinants


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


# --------------------------------------------------- factorizations, eigenvalues


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
        assert np.isnan(gradient(lambda x, f=f: f(x).eigenvectors[:, 1:], degenerate)).any()
        # the first one is determined
        found = gradient(lambda x, f=f: f(x).eigenvectors[:, :1], degenerate)
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
    assert linalg.eigvals(np.eye(2)).dtype == np.float64


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


# ----------------------------------------------------------------------- norms

VECTOR_ORDS = [None, 2, 1, 0, 3, 1.5, 0.5, -1, -2.5, np.inf, -np.inf]
MATRIX_ORDS = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


@pytest.mark.parametrize(
    ("shape", "order"),
    [*(((3,), order) for order in VECTOR_ORDS), *(((2, 3), order) for order in MATRIX_ORDS)],
)
def test_every_norm_has_subgradient_0_at_0_to_the_second_order(shape, order):
    x = Variable(np.zeros(shape))
    linalg.norm(x, order).backward(create_graph=True)
    np.testing.assert_array_equal(x.grad.data, 0)
    slope, x.grad = x.grad, None
    slope.sum().backward()
    np.testing.assert_array_equal(x.grad.data, 0)


@pytest.mark.parametrize("scale", [1e200, 1e-200, 1e-310])
@pytest.mark.parametrize("order", [2, 3, 0.5, -1, np.inf, 1])
def test_norms_neither_overflow_nor_underflow(order, scale):
    x = np.array([3.0, -4.0, 1.0])
    np.testing.assert_allclose(
        linalg.norm(scale * x, order).data, scale * np.linalg.norm(x, order), rtol=1e-5
    )
    np.testing.assert_allclose(
        gradient(lambda x: linalg.norm(x, order), scale * x),
        gradient(lambda x: linalg.norm(x, order), x),
        rtol=1e-5,
    )


def test_norms_of_infinities_and_nan_are_numpys():
    for x in ([np.inf, 1.0], [np.nan, 1.0], [np.nan, np.inf]):
        for order in (2, 1, 3, 0, np.inf):
            np.testing.assert_array_equal(linalg.norm(x, order).data, np.linalg.norm(x, order))


def test_a_zero_among_others_has_gradient_0_in_every_norm():
    for order in (3, 1.5, 0.5):
        found = gradient(lambda x, order=order: linalg.norm(x, order), np.array([0.0, 3.0]))
        np.testing.assert_allclose(found, [0, 1])
    np.testing.assert_array_equal(
        gradient(lambda x: linalg.norm(x, -1), np.array([0.0, 3.0])), [0, 0]
    )


def test_equal_maxima_of_a_norm_share_the_gradient():
    np.testing.assert_array_equal(
        gradient(lambda x: linalg.norm(x, np.inf), np.array([2.0, -2.0, 1.0])), [0.5, -0.5, 0]
    )
    np.testing.assert_array_equal(gradient(lambda x: linalg.norm(x, 1), np.eye(2)), np.eye(2) / 2)
    np.testing.assert_allclose(gradient(lambda x: linalg.norm(x, 2), np.eye(2)), np.eye(2) / 2)


def test_there_is_no_other_norm():
    for call in (
        lambda: linalg.norm(SQUARE, 3),
        lambda: linalg.norm(SQUARE, "euclid"),
        lambda: linalg.norm(points(3), "fro"),
        lambda: linalg.norm(points(2, 2, 2), 2),
        lambda: linalg.norm(points(2, 2, 2), axis=(0, 1, 2)),
    ):
        with pytest.raises(ArgumentError, match="norm: "):
            call()


@pytest.mark.parametrize("p", [None, 2, -2, 1, -1, np.inf, "fro"])
def test_a_singular_matrix_has_numpys_condition_number(p):
    for a in (np.zeros((2, 2)), np.ones((2, 2)), np.stack([np.eye(2), np.zeros((2, 2))])):
        found, expected = linalg.cond(a, p).data, np.linalg.cond(a, p)
        assert found.shape == expected.shape
        small = np.minimum(expected, 1e15)  # beyond that it is rounding alone
        np.testing.assert_allclose(np.minimum(found, 1e15), small)


def test_a_singular_matrix_has_an_infinite_condition_number_by_the_sum_of_singular_values():
    # where NumPy's SVD of the infinite inverse does not converge
    np.testing.assert_allclose(
        linalg.cond(np.stack([np.eye(2), np.zeros((2, 2))]), "nuc").data, [4, np.inf]
    )


# ------------------------------------------------------- all of them, together

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
