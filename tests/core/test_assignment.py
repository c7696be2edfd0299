"""``B[index] = A`` inside what is differentiated."""

import numpy as np
import pytest

from pygrad import Parameter, Variable, grad, no_grad
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError, ShapeError
from pygrad.testing import check_gradients

rng = np.random.default_rng(0)
B0 = rng.normal(size=(3, 4))


@pytest.mark.parametrize(
    ("index", "shape"),
    [
        ((slice(0, 2), slice(0, 2)), (2, 2)),
        ((slice(0, 2), slice(0, 2)), ()),
        ((slice(None, None, 2), None, [0, 3]), (2, 1, 2)),
        (1, (4,)),
        (1, (1,)),
        ((..., -1), (3,)),
        ([2, 0], (2, 4)),
        ([2, 0], (4,)),
        (([0, 1, 2], [3, 2, 1]), (3,)),
        (B0 > 0, ()),
        ((slice(None), [True, False, False, True]), (3, 2)),
    ],
    ids=repr,
)
def test_gradients_flow_to_the_value_and_to_what_was_not_overwritten(index, shape):
    def f(B, A):
        B = B * 1.0
        B[index] = A * A
        return F.sin(B)

    A0 = rng.normal(size=shape)
    expected = B0.copy()
    expected[index] = A0 * A0
    np.testing.assert_allclose(f(Variable(B0), Variable(A0)).data, np.sin(expected))
    check_gradients(f, [B0, A0])


def test_adding_to_a_part():
    def f(B, A):
        B = B * 1.0
        B[1:, 1] += A
        B[0] *= A[0]
        return B * B

    check_gradients(f, [B0, rng.normal(size=2)])


def test_of_a_place_that_is_named_twice_the_last_value_counts():
    a = Variable([1.0, 2.0, 3.0])
    B = Variable(np.zeros(2), requires_grad=False)
    B[[0, 0, 1]] = a
    np.testing.assert_array_equal(B.data, [2, 3])
    B.sum().backward()
    np.testing.assert_array_equal(a.grad.data, [0, 1, 1])


def test_a_loop_that_fills_an_array():
    def f(x):
        out = Variable(np.zeros(5), requires_grad=False)
        out[0] = x
        for i in range(1, 5):
            out[i] = out[i - 1] * x
        return out.sum()

    assert f(Variable(2.0)).item() == 2 + 4 + 8 + 16 + 32
    assert grad(f)(2.0) == 1 + 4 + 12 + 32 + 80


def test_what_was_computed_before_keeps_its_value_and_its_gradient():
    x = Variable(np.array([1.0, 2.0]))
    B = x * 1.0
    before = B * B
    B[0] = 10.0
    after = B * B
    np.testing.assert_array_equal(before.data, [1, 4])
    np.testing.assert_array_equal(after.data, [100, 4])
    (before + after).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [2, 8])


def test_the_users_own_array_is_never_written_to_while_a_graph_is_recorded():
    array = np.zeros(3)
    B = Variable(array)
    B[0] = Variable(1.0)
    np.testing.assert_array_equal(array, np.zeros(3))

    def f(x):
        x[0] = x[1]
        return (x * x).sum()

    given = np.array([1.0, 2.0])
    np.testing.assert_array_equal(grad(f)(given), [0, 8])
    np.testing.assert_array_equal(given, [1, 2])
    np.testing.assert_array_equal(grad(f)(given[::-1]), [0, 4])


def test_an_array_that_nobody_else_holds_is_not_copied():
    B = Variable(np.ones(4)) * 2.0
    address = B.data.ctypes.data
    for i in range(4):
        B[i] = Variable(float(i))
    assert B.data.ctypes.data == address
    kept = F.exp(B)
    kept[0] = 1.0  # the rule of exp holds its output
    assert kept.creator.inputs[0].creator is not None
    other = B * 1.0
    held = other.data
    other[0] = 5.0
    assert held[0] == 0.0


def test_a_leaf_becomes_an_intermediate_result():
    B = Variable(np.ones(3), name="B")
    B[0] = 5.0
    assert B.creator is not None
    assert B.name == "B"
    (B * 2).sum().backward(retain_grad=True)
    np.testing.assert_array_equal(B.grad.data, [2, 2, 2])


def test_under_no_grad_the_array_is_written_to():
    array = np.zeros(3)
    x, p, s = Variable(array), Parameter(np.zeros(2)), Variable(1.0)
    with no_grad():
        x[0] = Variable(4.0)
        p[:] = [1, 2]
        s[...] = 3.0
    assert array[0] == 4
    assert x.creator is None
    np.testing.assert_array_equal(p.data, [1, 2])
    assert s.item() == 3.0


def test_constants_are_written_to_in_place():
    c = Variable(np.zeros(2), requires_grad=False)
    held = c.data
    c[0] = 1.0
    assert held[0] == 1.0
    assert c.creator is None


def test_a_parameter_is_refused_while_a_graph_is_recorded():
    with pytest.raises(GraphError, match=r"a Parameter is what is trained.*with no_grad"):
        Parameter(np.zeros(2))[0] = 1.0


def test_a_view_of_another_variable_is_refused():
    x = Variable(np.ones((2, 2))) * 1.0
    for view in (x[0], x.T, x.reshape(4), F.split(x, 2)[1]):
        with pytest.raises(GraphError, match="is a view of another"):
            view[0] = 5.0
    copied = +x[0]
    copied[0] = 5.0
    assert x.data[0, 0] == 1.0


def test_filling_the_diagonal():
    def f(B, v):
        B = B * 1.0
        np.fill_diagonal(B, v)
        return B * B

    check_gradients(f, [rng.normal(size=(3, 3)), np.array(0.5)])
    check_gradients(f, [B0, rng.normal(size=3)])
    with pytest.raises(ShapeError, match="fill_diagonal: x has shape"):
        F.fill_diagonal(Variable(np.zeros(3)), 1.0)


def test_wrong_assignments_are_explained():
    B = Variable(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"set_item: .*must broadcast"):
        B[0] = Variable(np.ones(2))
    with pytest.raises(IndexError, match="out of bounds"):
        B[5] = 1.0
    with pytest.raises(DtypeError, match="holds int64 and the value float64"):
        Variable([1, 2])[0] = Variable(0.5)
    with pytest.raises(DtypeError, match="expected numbers"):
        B[0] = "text"
    np.testing.assert_array_equal(B.data, np.zeros((2, 3)))
