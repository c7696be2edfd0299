"""Functions with nothing to differentiate: they give plain results, those of NumPy."""

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.engine.ops import plain

A = np.array([[1.0, np.nan, -2.0], [np.inf, 0.0, 3.0]])
B = np.array([[1.0, 0.0, -2.0], [2.0, 0.0, -np.inf]])
V = np.array([3.0, 1.0, 2.0])

# what they are called with; one array by default
CALLS = {
    **dict.fromkeys(
        ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "array_equal",
         "array_equiv", "allclose", "isclose", "logical_and", "logical_or", "logical_xor",
         "result_type", "isin"),
        lambda f, a: f(a, B),
    ),
    "argpartition": lambda f, a: f(a[0, ::2], 1),
    "digitize": lambda f, a: f(a[1], [0.0, 1.0, 10.0]),
    "lexsort": lambda f, a: f((a[1], a[0])),
    "searchsorted": lambda f, a: f([0.0, 1.0, 10.0], a[1], side="right"),
    "zeros_like": lambda f, a: f(a, dtype=int),
    "empty_like": lambda f, a: np.shape(f(a, shape=(7,))),
    "any": lambda f, a: f(a, axis=0, keepdims=True),
    "count_nonzero": lambda f, a: f(a, axis=1),
    "nanargmax": lambda f, a: f(a, axis=1),
    "argmax": lambda f, a: f(a[1], axis=-1),
}  # fmt: skip


@pytest.mark.parametrize("name", plain.__all__)
def test_it_gives_numpys_plain_result_by_either_name(name):
    call = CALLS.get(name, lambda f, a: f(a))
    expected = call(getattr(np, name), A)
    for function in (getattr(F, name), getattr(np, name)):
        result = call(function, Variable(A))
        assert type(result) is type(expected)
        np.testing.assert_array_equal(result, expected)


def test_of_two_variables_it_sees_both():
    assert F.array_equal(Variable(V), Variable(V))
    assert F.searchsorted(Variable([0.0, 2.5]), Variable(V)).tolist() == [2, 1, 1]
    assert F.isclose(1.0, Variable(1.0 + 1e-12))


def test_where_of_a_condition_alone_gives_places():
    for where in (F.where, np.where):
        (places,) = where(Variable([0.0, 2.0, 3.0]))
        assert type(places) is np.ndarray
        assert places.tolist() == [1, 2]
