"""Function objects, rules of users, and what is said of rules that are wrong."""

import numpy as np
import pytest

from pygrad import Function, Variable
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError, ShapeError

# ------------------------------------------------------- functions as objects


def test_a_function_can_be_called_as_an_object():
    x = Variable(np.array([2.0, 3.0]))
    square = F.Square()
    y = square(x)
    assert y.creator is square
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [4, 6])


def test_using_one_function_object_twice_keeps_both_graphs():
    square = F.Square()
    a, b = Variable(2.0), Variable(5.0)
    ya, yb = square(a), square(b)
    ya.backward()
    yb.backward()
    assert (a.grad.item(), b.grad.item()) == (4.0, 10.0)


def test_a_function_knows_its_inputs_and_outputs():
    x = Variable(np.array([2.0]), name="x")
    y = F.square(x)
    (seen,) = y.creator.inputs
    assert seen.name == "x"
    np.testing.assert_array_equal(seen.data, [2.0])
    y.backward()
    np.testing.assert_array_equal(seen.grad.data, [4.0])
    assert len(y.creator.outputs) == 1


def test_the_value_of_an_input_that_was_not_kept_is_an_error_that_says_so():
    x = Variable(2.0)
    y = x + 1
    with pytest.raises(GraphError, match="was not kept"):
        _ = y.creator.inputs[0].data
    assert repr(y.creator.inputs[0]) == "Variable(value not kept)"


def test_every_output_of_a_function_has_it_for_a_creator():
    first, second = F.split(Variable(np.arange(4.0)), 2)
    assert first.creator is second.creator
    assert isinstance(first.creator, F.Split)
    assert len(first.creator.outputs) == 2


class Power(Function):
    """Written the old way: with `self.inputs` and Variables."""

    def __init__(self, exponent):
        self.exponent = exponent

    def forward(self, x):
        return x**self.exponent

    def backward(self, gy):
        (x,) = self.inputs
        return gy * self.exponent * x ** (self.exponent - 1)


def test_a_rule_written_with_variables_works_to_every_order():
    x = Variable(2.0)
    y = Power(4)(x)
    for expected in (32.0, 48.0, 48.0):
        y.backward(create_graph=True)
        y = x.grad
        x.zero_grad()
        assert y.item() == expected


def test_what_a_rule_written_with_variables_returns_is_unwrapped():
    kinds = []

    class Watch(Function):
        def forward(self, x):
            return x * 2

        def backward(self, gy):
            kinds.append(type(gy))
            return gy * 2

    x = Variable(np.array([2.0, 3.0]))
    Power(2)(Watch()(x)).sum().backward()
    assert kinds == [np.ndarray]


def test_a_rule_written_with_variables_stores_plain_gradients():
    x = Variable(np.array([2.0, 3.0]))
    Power(2)(x).sum().backward()
    assert not x.grad.requires_grad
    np.testing.assert_array_equal(x.grad.data, [4, 6])


class SumAndProduct(Function):
    def forward(self, a, b):
        return a + b, a * b

    def backward(self, g_sum, g_product):
        a, b = self.saved
        return g_sum + g_product * b, g_sum + g_product * a


def test_a_users_function_of_several_outputs_is_differentiated_twice():
    a, b = Variable(2.0), Variable(3.0)
    total, product = SumAndProduct()(a, b)
    (total * product * product).backward(create_graph=True)
    # f = (a + b) a^2 b^2
    assert a.grad.item() == 2 * 3**2 * (3 * 2 + 2 * 3)
    slope = a.grad
    a.zero_grad(), b.zero_grad()
    slope.backward()
    assert a.grad.item() == 3**2 * (6 * 2 + 2 * 3)
    a.zero_grad(), b.zero_grad()


class Twin(Function):
    """Saves an output that is not the first."""

    saves = (-2,)

    def forward(self, x):
        return x + 1, np.exp(x)

    def backward(self, g_first, g_exp):
        (y,) = self.saved
        return g_first + g_exp * y


def test_a_function_of_several_outputs_may_save_any_of_them():
    x = Variable(0.5)
    _, y = Twin()(x)
    y.backward(create_graph=True)
    slope = x.grad
    x.zero_grad()
    slope.backward()
    assert x.grad.item() == pytest.approx(np.exp(0.5))


# ------------------------------------------------------ rules that are wrong


def faulty(returned):
    class Faulty(Function):
        def forward(self, a, b):
            return a * b

        def backward(self, gy):
            return returned(gy)

    return Faulty()(Variable(np.ones(3)), Variable(np.ones(3)))


def test_the_wrong_number_of_gradients_is_named():
    with pytest.raises(GraphError, match=r"Faulty.backward returned 1 gradients for 2 inputs"):
        faulty(lambda gy: gy).sum().backward()


def test_a_gradient_of_the_wrong_shape_is_named():
    with pytest.raises(ShapeError, match=r"Faulty.backward returned a gradient of shape \(2,\)"):
        faulty(lambda gy: (gy, gy[:2])).sum().backward()


def test_a_gradient_that_is_no_array_is_named():
    with pytest.raises(DtypeError, match="Faulty.backward returned a list"):
        faulty(lambda gy: ([1, 1, 1], gy)).sum().backward()


def test_an_error_inside_a_rule_says_which_rule_and_which_shape():
    with pytest.raises(ZeroDivisionError) as caught:
        faulty(lambda gy: 1 / 0).sum().backward()
    assert "raised by Faulty.backward with a gradient of shape (3,)" in caught.value.__notes__


def test_an_error_inside_forward_says_which_function_and_which_shapes():
    class Broken(Function):
        def forward(self, x):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken") as caught:
        Broken()(np.ones((2, 3)))
    assert "raised by Broken.forward on shapes (2, 3)" in caught.value.__notes__


def test_forward_may_not_return_a_variable():
    class Wrong(Function):
        def forward(self, x):
            return Variable(x)

    with pytest.raises(DtypeError, match="Wrong.forward returned a Variable"):
        Wrong()(np.ones(3))


def test_a_function_without_its_methods_says_what_is_missing():
    class Empty(Function):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty must define forward"):
        Empty()(1.0)


def test_a_rule_may_say_that_an_input_has_no_gradient():
    class First(Function):
        def forward(self, a, b):
            return a + 0 * b

        def backward(self, gy):
            return gy, None

    a, b = Variable(1.0), Variable(1.0)
    First()(a, b).backward()
    assert a.grad.item() == 1.0
    assert b.grad is None


def test_a_function_object_that_broadcast_once_can_be_used_without():
    larger = F.Maximum()
    a = Variable(np.array([[1.0, 5.0], [7.0, 0.0]]))
    larger(a, Variable(3.0)).sum().backward()
    b, c = Variable([1.0, 2.0, 9.0]), Variable([4.0, 0.0, 4.0])
    larger(b, c).sum().backward()
    np.testing.assert_array_equal(b.grad.data, [0, 1, 1])
    np.testing.assert_array_equal(c.grad.data, [1, 0, 0])
