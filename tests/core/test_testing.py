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

    with pytest.raises(GradientError, match="slope of nan .* NaN at this point"):
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
    for order in (0, 1.5, True):
        with pytest.raises(ArgumentError, match=f"order is {order}; it must be 1 or more"):
            check_gradients(F.exp, [[1.0]], order=order)


def test_a_third_derivative_wrong_by_a_thousandth_is_refused():
    class Curvature(Function):
        def forward(self, x):
            return 6 * x

        def backward(self, gy):
            return gy * 6.006

    class Slope(Function):
        def forward(self, x):
            return 3 * x**2

        def backward(self, gy):
            return gy * Curvature().on(self.saved[0])

    class Cubed(Function):
        def forward(self, x):
            return x**3

        def backward(self, gy):
            return gy * Slope().on(self.saved[0])

    check_gradients(lambda x: Cubed()(x), POINT, order=2)
    with pytest.raises(GradientError, match="third derivative .* a factor: the rule gives 1.001"):
        check_gradients(lambda x: Cubed()(x), POINT, order=3)
    check_gradients(lambda x: x**6, POINT, order=5)


def test_inputs_are_any_tree():
    def f(p, pair, k=1.0):
        return {"y": p["W"] @ p["layers"][0] * k, "z": pair[0] + p["layers"][1][0], "none": None}

    A, x = np.arange(6.0).reshape(2, 3), np.ones(3)
    check_gradients(f, [{"W": A, "layers": [x, (Variable(2.0), None)]}, [1.5, 2.0]])
    check_gradients(f, {"p": {"W": A, "layers": [x, (x,)]}, "pair": (x, x), "k": 3.0})
    check_gradients(F.exp, np.array([0.3, 0.4]))  # an array is the only argument

    def wrong(p, pair, k=1.0):
        return f({"W": p["W"], "layers": [p["layers"][0], (cube(1.001)(p["layers"][1][0]),)]}, pair)

    with pytest.raises(GradientError, match=r"respect to input 0\['layers'\]\[1\]\[0\]: "):
        check_gradients(wrong, [{"W": A, "layers": [x, (x,)]}, (x, x)])
    with pytest.raises(GradientError, match=r"respect to input p\['layers'\]\[1\]\[0\]: "):
        check_gradients(wrong, {"p": {"W": A, "layers": [x, (x,)]}, "pair": (x, x)})


class In32(Function):
    """y = x**3, with a slope, or a value, that is wrong in single precision alone."""

    def __init__(self, value=0.0, slope=0.0):
        self.value, self.slope = value, slope

    def forward(self, x):
        y = x**3
        return y + np.float32(self.value) if y.dtype == np.float32 else y

    def backward(self, gy):
        (x,) = self.saved
        g = gy * 3 * x**2
        return g * np.float32(1 + self.slope) if g.dtype == np.float32 else g


def test_float32_is_checked_as_exactly_and_in_its_own_precision():
    point = [POINT[0].astype(np.float32)]
    check_gradients(lambda x: In32()(x), point)
    with pytest.raises(GradientError, match="first derivative .* gives 1.001 times"):
        check_gradients(cube(first=1.001), point)
    with pytest.raises(GradientError, match="second derivative .* gives 1.001 times"):
        check_gradients(cube(second=1.001), point)
    with pytest.raises(
        GradientError, match="first derivative .* in float32 it is .* a loss of pre"
    ):
        check_gradients(lambda x: In32(slope=1e-3)(x), point)
    with pytest.raises(GradientError, match="value of f: in float32 it is .* but in float64"):
        check_gradients(lambda x: In32(value=1e-3)(x), point)
    with pytest.raises(GradientError, match="in float32 it is"):
        check_gradients(lambda x: F.log((1 + x**4) / 1) / x**3, [np.float32(0.01)])


def test_a_function_that_computes_in_float32_whatever_it_is_given():
    check_gradients(lambda x: F.exp(x.astype(np.float32)), POINT)
    with pytest.raises(GradientError, match="a factor: the rule gives 1.00"):
        check_gradients(lambda x: cube(first=1.003)(x.astype(np.float32)), POINT)


def test_the_value_is_checked_first():
    noise = np.random.default_rng(0)
    with pytest.raises(GradientError, match="value: f gives different values at one point"):
        check_gradients(lambda x: x * noise.normal(), POINT)
    with pytest.raises(GradientError, match="value: f changes input 0 in place"):
        check_gradients(lambda x: Doubled("writes to its input")(x), POINT)
    with np.errstate(all="ignore"), pytest.raises(GradientError, match="not finite at this point"):
        check_gradients(F.log, POINT)
    with np.errstate(all="ignore"), pytest.raises(GradientError, match="not finite at this point"):
        check_gradients(F.log, [[0.0]])


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
        ("float64 for float32", "float32 in, float64 out, expected float32"),
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
