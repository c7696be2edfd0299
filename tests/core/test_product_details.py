"""Products of vectors and matrices, einsum among them: calls, refusals and special cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import points

from pygrad import Variable, grad, linalg
from pygrad import functions as F
from pygrad.engine.kernels.chain import best_split
from pygrad.exceptions import ArgumentError, LinAlgError, ShapeError, UnsupportedError

SQUARE = points(3, 3) + 3 * np.eye(3)
SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, -2.0]])


def gradient(f, x):
    x = Variable(x)
    f(x).sum().backward()
    return x.grad.data


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


@pytest.mark.parametrize(
    "product",
    [
        lambda M, v: F.einsum("ij,j->i", M, v),
        lambda M, v: F.tensordot(M, v, 1),
        lambda M, v: F.einsum("ij,j,k->i", M, v, [1.0]),
        lambda M, v: F.matvec(M, v),
    ],
)
def test_a_row_that_where_did_not_take_leaves_no_nan_in_the_gradient(product):
    def taken(v):
        return F.where([True, False, True], product(M, v), 0.0).sum()

    M = np.array([[1.0, 2.0], [np.inf, np.nan], [3.0, 4.0]])
    v = np.array([1.0, 2.0])
    np.testing.assert_array_equal(grad(taken)(v), [4, 6])
    np.testing.assert_array_equal(grad(lambda v: grad(lambda v: taken(v * v))(v)[0])(v), [8, 0])
    # but where it was taken, it is what it is
    M[2, 0] = np.nan
    np.testing.assert_array_equal(grad(taken)(v), [np.nan, 6])


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
