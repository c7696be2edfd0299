"""Norms and condition numbers at kinks, and where squares overflow."""

import numpy as np
import pytest
from rows import points

from pygrad import Variable, linalg
from pygrad.exceptions import ArgumentError

SQUARE = points(3, 3) + 3 * np.eye(3)


def gradient(f, x):
    x = Variable(x)
    f(x).sum().backward()
    return x.grad.data


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
