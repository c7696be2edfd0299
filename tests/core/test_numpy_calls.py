"""NumPy's own calls on Variables: what they give, and what they refuse."""

import numpy as np
import pytest

from pygrad import Variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import GraphError, PyGradError, UnsupportedError

# the rows of the table of cases try each function that has one through NumPy, too


def test_ufuncs_of_two_operands_take_them_in_either_order():
    x = Variable(np.array([1.0, 2.0]))
    for y in (np.subtract([5, 5], x), np.array([5, 5]) - x):
        np.testing.assert_array_equal(y.data, [4, 3])
        x.zero_grad()
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data, [-1, -1])


def test_positional_arguments_have_numpys_order():
    array = np.arange(6.0).reshape(2, 3)
    x = Variable(array)
    np.testing.assert_array_equal(
        np.var(x, 0, None, None, 1, True).data, np.var(array, 0, None, None, 1, True)
    )
    np.testing.assert_array_equal(
        np.sum(x, 1, None, None, True).data, np.sum(array, 1, None, None, True)
    )
    np.testing.assert_array_equal(np.sum(a=x, axis=0).data, np.sum(array, axis=0))
    np.testing.assert_array_equal(np.mean(x, (0, 1), keepdims=True).data, np.full((1, 1), 2.5))


def test_variables_within_a_list_are_found():
    x, y = Variable([1.0, 2.0]), Variable([3.0])
    z = np.concatenate([x, [10.0], y])
    z.backward([1, 2, 3, 4])
    np.testing.assert_array_equal(x.grad.data, [1, 2])
    np.testing.assert_array_equal(y.grad.data, [4])


def test_predicates_and_counts_give_plain_results():
    x = Variable([[1.0, np.nan, 3.0]])
    assert type(np.isnan(x)) is np.ndarray
    assert np.shape(x) == (1, 3)
    assert np.ndim(x) == 2
    assert np.size(x) == 3
    assert np.argmax(Variable([1, 5, 2])) == 1
    assert np.any(np.greater(x, 2))
    assert np.allclose(Variable([1.0]), Variable([1.0]))
    assert np.logical_not(Variable([0, 1])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda x: np.spacing(x), r"np\.spacing has no derivative rule"),
        (lambda x: np.poly(x), r"np\.poly has no derivative rule"),
        (lambda x: np.polyfit(x, x, 1), r"np\.polyfit has no derivative rule"),
        (lambda x: np.add.reduce(x), r"np\.add\.reduce has no derivative rule"),
        (lambda x: np.multiply.outer(x, x), r"np\.multiply\.outer has no derivative rule"),
        (lambda x: np.sum(x, out=np.zeros(())), r"np\.sum does not take out="),
        (lambda x: np.exp(x, where=[True]), r"np\.exp does not take where="),
    ],
)
def test_what_has_no_rule_is_refused_by_name(call, name):
    with pytest.raises(UnsupportedError, match=name):
        call(Variable([[1.0]]))


def test_updating_an_array_in_place_by_a_variable_says_what_to_write():
    array = np.ones(2)
    with pytest.raises(UnsupportedError, match=r"write a = a \+ x for a \+= x"):
        array += Variable([1.0, 2.0])
    np.testing.assert_array_equal(array, [1, 1])


def test_an_array_of_variables_would_lose_their_gradients_and_is_refused():
    x = Variable(2.0)
    for lossy in (
        lambda: np.array([x, x * x]),
        lambda: np.asarray(x),
        lambda: np.array(x),
        lambda: F.exp([x, x]),
        lambda: Variable([x, x]),
    ):
        with pytest.raises(GraphError, match=r"F\.stack\(\[\.\.\.\]\).*x\.numpy\(\)"):
            lossy()


def test_an_array_of_constants_or_under_no_grad_is_fine():
    x = Variable([2.0, 3.0])
    with no_grad():
        assert type(np.asarray(x)) is np.ndarray
        assert np.asarray(x, dtype=np.float32).dtype == np.float32
        copied = np.array(x)
    copied[0] = 100
    assert x.data[0] == 2.0
    assert np.asarray(x.detach()).tolist() == [2.0, 3.0]


def test_where_and_clip_find_a_variable_in_any_place():
    x = Variable([1.0, 2.0])
    for y in (np.where([True, False], 0.0, x), np.where([False, True], x, [0.0, 0.0])):
        assert isinstance(y, Variable)
    y = np.clip([0.0, 5.0], x, 3.0)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 0])


def test_every_refusal_is_a_pygrad_error():
    assert issubclass(UnsupportedError, PyGradError)
    assert issubclass(UnsupportedError, TypeError)
