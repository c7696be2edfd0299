"""The checker itself: it must refuse rules that are wrong by one part in a thousand."""

import numpy as np
import pytest

from pygrad import Function, Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, GradientError
from pygrad.testing import Case, check_gradients

POINT = [np.array([0.3, -0.8, 1.2])]


def cube(first=1.0, second=1.0):
    """y = x**3, with the first and the second derivative off by a factor."""

    class Slope(Function):
        def forward(self, x):
            return first * 3 * x**2

        def backward(self, gy):
            (x,) = self.saved
            return gy * (second * first * 6 * x)

    class Cube(Function):
        def forward(self, x):
            return x**3

        def backward(self, gy):
            (x,) = self.saved
            return gy * Slope().on(x)

    return lambda x: Cube()(x)


def test_a_right_rule_passes():
    check_gradients(cube(), POINT)


def test_a_first_derivative_wrong_by_a_thousandth_is_refused():
    with pytest.raises(GradientError, match="first derivative with respect to input 0"):
        check_gradients(cube(first=1.001), POINT)


def test_a_second_derivative_wrong_by_a_thousandth_is_refused():
    check_gradients(cube(second=1.001), POINT, order=1)
    with pytest.raises(GradientError, match="second derivative with respect to input 0"):
        check_gradients(cube(second=1.001), POINT)


def test_an_input_of_several_that_is_wrong_is_named():
    class Product(Function):
        def forward(self, a, b):
            return a * b

        def backward(self, gy):
            a, b = self.saved
            return gy * b, gy * a * 1.001

    with pytest.raises(GradientError, match="input 1"):
        check_gradients(lambda a, b: Product()(a, b), [[0.5, 2.0], [1.5, -1.0]])


def test_a_gradient_of_nan_is_refused():
    class Nothing(Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return gy * np.nan

    with pytest.raises(GradientError, match="nan"):
        check_gradients(lambda x: Nothing()(x), POINT, order=1)


def test_a_transposed_gradient_is_refused():
    class Sum(Function):
        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return gy.T

    with pytest.raises(GradientError, match="first derivative"):
        check_gradients(lambda x: Sum()(x), [np.arange(9.0).reshape(3, 3)], order=1)


def test_integers_are_handed_on_as_they_are():
    check_gradients(lambda x, i: F.get_item(x, i.data), [[1.0, 2.0], np.array([0, 0, 1])])


def test_nothing_to_differentiate_by_is_an_error():
    with pytest.raises(ArgumentError, match="no input of floats"):
        check_gradients(F.exp, [[1, 2]])
    with pytest.raises(ArgumentError, match="order is 3"):
        check_gradients(F.exp, [[1.0]], order=3)


class Doubled(Function):
    """y = 2 x, with a fault of the caller's choice."""

    def __init__(self, fault):
        self.fault = fault

    def forward(self, x):
        if self.fault == "writes to its input":
            x *= 1
            x += 1
            return 2 * (x - 1)
        if self.fault == "float64 for float32":
            return x * np.float64(2)
        return 2 * x

    def backward(self, gy):
        if self.fault == "the two passes differ":
            return gy * 2 if isinstance(gy, Variable) else gy * (2 + 1e-9)
        return gy * 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("writes to its input", "an input was changed"),
        ("float64 for float32", "float32 in, float64 out"),
        ("the two passes differ", "Not equal to tolerance"),
    ],
)
def test_a_case_finds_the_fault(fault, message):
    case = Case(lambda x: Doubled(fault)(x), lambda x: 2 * x, [np.array([0.5, 1.5])])
    with pytest.raises(AssertionError, match=message):
        case.check()


def test_a_case_finds_a_wrong_value_and_a_wrong_shape():
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        Case(F.exp, lambda x: np.exp(x) * 1.001, POINT).check()
    with pytest.raises(AssertionError, match="shape"):
        Case(F.exp, lambda x: np.exp(x)[None], POINT).check()
