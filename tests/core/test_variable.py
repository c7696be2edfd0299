"""What a Variable looks like and does: the documented interface."""

import copy
import pickle

import numpy as np
import pytest

from pygrad import Parameter, Variable, as_variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError


def test_a_sum_shows_its_value():
    assert repr(Variable(5) + Variable(3)) == "Variable(8)"


def test_the_rows_of_a_matrix_are_aligned_under_the_first_bracket():
    total = Variable([[1, 2], [3, 4]]) + Variable([[1, 1], [1, 1]])
    assert repr(total) == "Variable([[2 3]\n          [4 5]])"
    assert repr(Parameter([[1, 2], [3, 4]])) == "Parameter([[1 2]\n           [3 4]])"


def test_a_number_in_an_array_shows_like_a_number():
    assert repr(Variable(np.array(2.5))) == "Variable(2.5)"
    assert repr(Variable([])) == "Variable([])"


def test_the_attributes_of_its_array():
    x = Variable([[1.0, 2.0, 3.0]], name="x")
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((1, 3), 2, 3, np.float64, 1)
    assert x.name == "x"
    assert x.creator is None
    assert x.grad is None
    assert x.requires_grad


def test_the_array_is_shared_not_copied():
    array = np.zeros(3)
    x = Variable(array)
    assert x.data is array
    assert x.numpy() is array
    x.data[0] = 1
    assert array[0] == 1


def test_the_data_of_a_number_is_an_array_that_can_be_changed():
    x = Variable(3.0)
    assert isinstance(x.data, np.ndarray)
    x.data[...] = 5.0
    assert x.item() == 5.0
    assert (x * 2).item() == 10.0


def test_data_can_be_replaced():
    x = Variable(np.zeros(3))
    x.data = np.ones(2, np.float32)
    (x * 2).sum().backward()
    assert x.grad.shape == (2,)
    assert x.grad.dtype == np.float32


def test_a_name_can_be_given_to_leaves_constants_and_results():
    x, c = Variable(1.0), Variable(1.0, name="c", requires_grad=False)
    y = x * c
    y.name = "y"
    x.name = "x"
    assert (x.name, c.name, y.name) == ("x", "c", "y")


def test_requires_grad_can_be_switched_for_a_leaf():
    x = Variable(2.0, name="x")
    x.requires_grad = False
    assert (x * x).requires_grad is False
    assert x.name == "x"
    x.requires_grad = True
    (x * x).backward()
    assert x.grad.item() == 4.0
    assert x.name == "x"


def test_a_result_cannot_be_told_to_forget_its_graph():
    y = Variable(2.0) * 2
    with pytest.raises(GraphError, match=r"x\.detach\(\)"):
        y.requires_grad = False


def test_detach_shares_the_values_and_leaves_the_graph():
    x = Variable(np.ones(3))
    y = x * 2
    d = y.detach()
    assert not d.requires_grad
    assert np.shares_memory(d.data, y.data)
    (d * x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [2, 2, 2])


def test_a_constant_has_no_gradient():
    c = Variable(1.0, requires_grad=False)
    assert c.grad is None
    c.zero_grad()
    with pytest.raises(GraphError, match="a constant has no gradient"):
        c.grad = 1.0


def test_a_gradient_can_be_set_and_forgotten():
    x = Variable([1.0, 2.0])
    x.grad = [3.0, 4.0]
    assert repr(x.grad) == "Variable([3. 4.])"
    x.grad = None
    assert x.grad is None


def test_transposing_and_reshaping():
    x = Variable(np.arange(6).reshape(2, 3))
    assert x.T.shape == (3, 2)
    for y in (x.reshape(1, 6), x.reshape((1, 6)), x.reshape([1, -1])):
        assert y.shape == (1, 6)
    assert x.reshape(6).shape == x.reshape(-1).shape == (6,)
    cube = Variable(np.zeros((2, 3, 4)))
    for y in (cube.transpose(), cube.transpose(None), cube.T, cube.transpose(2, 1, 0)):
        assert y.shape == (4, 3, 2)
    for y in (cube.transpose((1, 2, 0)), cube.transpose([1, 2, 0]), cube.transpose(1, -1, 0)):
        assert y.shape == (3, 4, 2)
    assert Variable([1, 2]).transpose(0).shape == (2,)


def test_the_methods_do_what_the_functions_do():
    array = np.arange(6.0).reshape(1, 2, 3)
    x = Variable(array)
    pairs = [
        (x.sum(1), array.sum(1)),
        (x.sum(axis=(0, 2), keepdims=True), array.sum((0, 2), keepdims=True)),
        (x.mean(-1), array.mean(-1)),
        (x.var(axis=1, ddof=1), array.var(axis=1, ddof=1)),
        (x.max(2), array.max(2)),
        (x.min(axis=0, keepdims=True), array.min(0, keepdims=True)),
        (x.squeeze(), array.squeeze()),
        (x.squeeze(0), array[0]),
        (x.swapaxes(0, -1), array.swapaxes(0, -1)),
        (x.clip(1, 3), array.clip(1, 3)),
        (x.astype(np.float32), array.astype(np.float32)),
    ]
    for y, expected in pairs:
        assert isinstance(y, Variable)
        assert y.dtype == expected.dtype
        np.testing.assert_array_equal(y.data, expected)


def test_operators_and_their_reflections():
    array = np.array([3.0, 4.0])
    x = Variable(array)
    pairs = [
        (x + 2, array + 2), (2 + x, 2 + array), (x - 2, array - 2), (2 - x, 2 - array),
        (x * 2, array * 2), (2 * x, 2 * array), (x / 2, array / 2), (2 / x, 2 / array),
        (x // 2, array // 2), (7 // x, 7 // array), (x % 2, array % 2), (7 % x, 7 % array),
        (x**2, array**2), (2**x, 2**array), (x**x, array**array),
        (x @ x, array @ array), (array @ x, array @ array), ([1, 1] @ x, np.float64(7)),
        (-x, -array), (+x, array), (abs(-x), array),
        ([1, 2] + x, [1, 2] + array), (x - (1, 2), array - (1, 2)),
        (np.float32(2) * x, array * 2), (divmod(x, 2)[1], array % 2), (divmod(7, x)[0], 7 // array),
    ]  # fmt: skip
    for y, expected in pairs:
        assert isinstance(y, Variable)
        np.testing.assert_array_equal(y.data, expected)


def test_an_operand_that_keeps_numpys_hands_off_is_asked_instead():
    class Unit:
        __array_ufunc__ = None

        def __rmul__(self, other):
            return "mine"

        def __mul__(self, other):
            return "mine"

    assert Variable(1.0) * Unit() == "mine"
    assert Unit() * Variable(1.0) == "mine"


def test_comparisons_give_arrays():
    x = Variable([1.0, 2.0, 3.0])
    for y, expected in [
        (x < 2, [True, False, False]),
        (x <= Variable(2.0), [True, True, False]),
        (x > 2, [False, False, True]),
        (2 <= x, [False, True, True]),
        (x == 2, [False, True, False]),
        (x != [1, 2, 3], [False, False, False]),
        (np.array([1, 1, 1]) == x, [True, False, False]),
    ]:
        assert type(y) is np.ndarray
        np.testing.assert_array_equal(y, expected)


def test_variables_are_hashed_by_identity():
    a, b = Variable(1.0), Variable(1.0)
    assert len({a, b, a}) == 2
    assert {a: "a", b: "b"}[b] == "b"


def test_conversions_to_python_numbers():
    x = Variable(2.5)
    assert (float(x), int(x), complex(x), bool(x)) == (2.5, 2, 2.5 + 0j, True)
    assert x.item() == 2.5
    assert type(x.item()) is float
    assert [10, 20, 30][Variable(1)] == 20
    assert Variable([[1, 2]]).tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="size"):
        Variable([1, 2]).item()
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Variable([1, 2]))


def test_formatting():
    assert f"{Variable(3.14159):.2f}" == "3.14"
    assert f"{Variable(3)}" == "Variable(3)"
    assert str(Variable([1, 2])) == "Variable([1 2])"


def test_containers():
    x = Variable([1.0, 2.0])
    assert [v.item() for v in x] == [1.0, 2.0]
    assert 2.0 in x
    assert 3.0 not in x
    first, second = x
    (first * second).backward()
    np.testing.assert_array_equal(x.grad.data, [2, 1])
    for broken in (lambda: len(Variable(1.0)), lambda: list(Variable(1.0))):
        with pytest.raises(TypeError, match="0-d Variable"):
            broken()


def test_copies_and_pickles_have_the_value_and_no_graph():
    x = Parameter(np.array([1.0, 2.0], np.float32), name="x")
    y = x * 2
    for copied in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert type(copied) is Parameter
        assert copied.name == "x"
        assert copied.dtype == np.float32
        assert not np.shares_memory(copied.data, x.data)
        assert copied.requires_grad
    again = copy.deepcopy(y)
    assert again.creator is None
    np.testing.assert_array_equal(again.data, [2, 4])


def test_as_variable_leaves_variables_and_makes_constants():
    x = Variable(1.0)
    assert as_variable(x) is x
    array = np.ones(2)
    constant = as_variable(array)
    assert constant.data is array
    assert not constant.requires_grad


def test_a_parameter_keeps_the_dtype_of_its_data():
    assert Parameter(np.zeros(2, np.float32)).dtype == np.float32
    assert Parameter([1, 2]).dtype == np.int64


def test_functions_always_return_variables():
    assert isinstance(F.exp(1.0), Variable)
    assert isinstance(F.sum([1, 2]), Variable)
    assert isinstance(F.dropout(np.ones(2), training=False), Variable)


@pytest.mark.parametrize(
    "data",
    ["text", None, object(), ["a", "b"], [1, None], np.array([1, "x"], dtype=object), {1: 2}],
)
def test_what_is_not_numbers_is_refused(data):
    with pytest.raises(
        DtypeError, match=r"Variable: expected numbers, got .*convert it to numbers"
    ):
        Variable(data)


@pytest.mark.parametrize("operand", ["text", None, object()])
def test_an_operand_that_is_no_number_is_refused(operand):
    for calculate in (
        lambda x: x + operand,
        lambda x: operand * x,
        lambda x: F.maximum(x, operand),
    ):
        with pytest.raises(DtypeError, match="expected numbers"):
            calculate(Variable(1.0))


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="rows of a list differ in length"):
        Variable([[1, 2], [3]])


def test_the_gradient_of_a_complex_leaf_is_pytorchs():
    z = Variable([1 + 2j, 3 - 1j])
    (z * z * z).real.sum().backward()
    np.testing.assert_allclose(z.grad.data, np.conj(3 * z.data**2))  # d/dRe + i d/dIm
    z.zero_grad()
    (z * z.conj()).real.sum().backward()
    np.testing.assert_allclose(z.grad.data, 2 * z.data)
    z.zero_grad()
    z.imag.sum().backward()
    np.testing.assert_array_equal(z.grad.data, [1j, 1j])


def test_a_real_leaf_has_the_real_part_and_so_has_a_real_result_on_the_way():
    x = Variable([1.0, 2.0])
    y = x * x
    (y * (3 + 4j)).imag.sum().backward(retain_grad=True)
    np.testing.assert_allclose(x.grad.data, 8 * x.data)
    assert x.grad.dtype == y.grad.dtype == np.float64
    np.testing.assert_allclose(y.grad.data, [4, 4])


def test_the_gradient_given_for_a_complex_result_is_conjugated_as_in_pytorch():
    z = Variable([1 + 2j, 3 - 1j])
    v = np.array([1j, 2.0])
    (z * z).backward(v)
    np.testing.assert_allclose(z.grad.data, v * np.conj(2 * z.data))


def test_the_second_order_of_complex_numbers():
    z = Variable([1 + 2j, 3 - 1j])
    (z**3).real.sum().backward(create_graph=True)
    g = z.grad
    z.zero_grad()
    (g * g.conj()).real.sum().backward()  # of |3 z**2|**2 = 9 |z|**4
    np.testing.assert_allclose(z.grad.data, 36 * np.abs(z.data) ** 2 * z.data)


def test_no_attribute_can_be_set_by_mistake():
    with pytest.raises(AttributeError):
        Variable(1.0).gard = None
    with pytest.raises(AttributeError, match="no attribute 'gard'"):
        _ = Variable(1.0).gard


def test_under_no_grad_a_constant_results():
    x = Variable(1.0)
    with no_grad():
        assert (x * 2).requires_grad is False
    assert (x * 2).requires_grad is True
