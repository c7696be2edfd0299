"""What the checker says a mistake looks like: each kind, by a rule wrong in just that way."""

import numpy as np
import pytest

from pygrad import Function, Variable
from pygrad import functions as F
from pygrad.exceptions import GradientError
from pygrad.testing import check_gradients

rng = np.random.default_rng(0)
SQUARE = rng.normal(size=(3, 3))
WIDE = rng.normal(size=(2, 3))
SEVEN = rng.normal(size=7)


class Cube(Function):
    """y = x**3, with a slope of the caller's choice."""

    def __init__(self, slope):
        self.slope = slope

    def forward(self, x):
        return x**3

    def backward(self, gy):
        (x,) = self.saved
        return self.slope(gy, x)


def cube(slope):
    return lambda x: Cube(slope)(x)


class AddRow(Function):
    """A matrix plus a row; `reduced` makes the row's gradient of the matrix's."""

    def __init__(self, reduced):
        self.reduced = reduced

    def forward(self, x, b):
        return x + b

    def backward(self, gy):
        return gy, self.reduced(gy)


def message(f, inputs, order=1, **settings):
    with pytest.raises(GradientError) as caught:
        check_gradients(f, inputs, order, **settings)
    return str(caught.value)


@pytest.mark.parametrize("x", [SEVEN, np.array(0.7), rng.normal(size=300)], ids=np.size)
@pytest.mark.parametrize(
    ("slope", "kind"),
    [
        (lambda gy, x: -3 * gy * x**2, "a wrong sign"),
        (lambda gy, x: 1.5 * gy * x**2, "a factor: the rule gives 0.5 times the slope"),
        (lambda gy, x: 3.003 * gy * x**2, "a factor: the rule gives 1.001 times the slope"),
        (lambda gy, x: 0 * gy, "a lost gradient: the rule gives zero"),
        (lambda gy, x: gy * np.nan, "a rule that computes NaN"),
    ],
)
def test_what_holds_for_all_elements_is_recognised_at_any_size(slope, kind, x):
    assert f"; it looks like {kind}" in message(cube(slope), [x])


def test_a_transposed_array_in_the_rule():
    class Product(Function):
        def forward(self, a, b):
            return a @ b

        def backward(self, gy):
            a, b = self.saved
            return gy @ b, a.T @ gy  # b is to be transposed

    said = message(lambda a, b: Product()(a, b), [SQUARE, rng.normal(size=(3, 3))])
    assert "input 0" in said
    assert "; it looks like a transposed array in the rule" in said


def test_a_gradient_that_is_the_transpose_of_the_right_one():
    right = cube(lambda gy, x: 3 * gy * x**2)
    check_gradients(right, [SQUARE])
    turned = cube(lambda gy, x: (3 * gy * x**2).T)
    assert "a transposed gradient: its axes are (1, 0) of the right one" in message(
        turned, [SQUARE]
    )
    deep = cube(lambda gy, x: np.moveaxis(3 * gy * x**2, 0, 2))
    assert "a transposed gradient" in message(deep, [rng.normal(size=(2, 2, 2))])


def test_gy_with_its_axes_exchanged_is_a_transposed_gradient_too():
    wrong = cube(lambda gy, x: 3 * gy.T * x**2)
    assert "transposed gradient: `gy` enters the rule with its axes exc" in message(wrong, [SQUARE])


def test_a_gradient_of_the_transposed_shape():
    assert message(cube(lambda gy, x: (3 * gy * x**2).T), [WIDE]).endswith(
        "returned a gradient of shape (3, 2) for input 0 of shape (2, 3); they must be equal; it "
        "looks like a transposed gradient"
    )


def test_a_missing_sum_over_broadcast_axes():
    def adding(reduced):
        return lambda x, b: AddRow(reduced)(x, b)

    check_gradients(adding(lambda gy: gy.sum(axis=0)), [WIDE, WIDE[0]])
    said = message(adding(lambda gy: gy), [WIDE, WIDE[0]])
    assert "gradient of shape (2, 3) for input 1 of shape (3,)" in said
    assert "it looks like a missing sum over broadcast axes" in said
    for reduced in (lambda gy: gy[0], lambda gy: np.diagonal(gy)):
        said = message(adding(reduced), [SQUARE, SQUARE[0]])
        assert "with respect to input 1" in said
        assert "it looks like a missing sum over broadcast axes" in said
    said = message(lambda x, b: AddRow(lambda gy: gy[0])(x, b).sum(), [WIDE, WIDE[0]])
    assert "gives 0.5 times the slope, as a missing sum over broadcast axes does" in said


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (F.relu, [0.0, 1.0]),
        (lambda x: F.where(x > 0, 2 * x, x), [0.0]),
        (F.sqrt, [0.0]),
        (lambda x: F.where(x > 0, x + 1, x), [0.0]),
    ],
    ids=["kink", "kink of where", "infinite slope", "jump"],
)
def test_a_point_where_the_function_is_not_differentiable(f, x):
    with np.errstate(divide="ignore"):
        said = message(f, [x])
    assert "; it looks like a point where the function is not differentiable" in said


def test_a_slope_that_jumps_has_no_derivative_halfway_either():
    said = message(F.abs, [[0.0, 1.0]], order=2)
    assert said.startswith("second derivative with respect to input 0")
    assert "not differentiable" in said


def test_a_second_derivative_that_does_not_exist():
    def f(x):
        return F.where(x > 0, x**2, 0.5 * x**2)

    check_gradients(f, [[0.0, 1.0]], order=1, step=1e-6)
    said = message(f, [[0.0, 1.0]], order=2, step=1e-6)
    assert said.startswith("second derivative with respect to input 0")
    assert "not differentiable" in said


def test_a_kink_near_the_point():
    said = message(F.relu, [[1e-3, 1.0]])
    assert "it looks like a kink near the point" in said
    assert "1e-05" in said
    check_gradients(F.relu, [[1e-3, 1.0]], step=1e-5)


def test_some_elements():
    def slope(gy, x):
        right = 3 * gy * x**2
        return (
            F.where(x == x.max(), 2 * right, right)
            if isinstance(x, Variable)
            else np.where(x == x.max(), 2 * right, right)
        )

    place = [int(i) for i in np.unravel_index(WIDE.argmax(), WIDE.shape)]
    assert f"mistake in some elements: {place} are wrong and the others right" in message(
        cube(slope), [WIDE]
    )


def test_a_mistake_of_no_known_kind_is_left_to_the_reader():
    said = message(cube(lambda gy, x: gy * np.exp(x)), [SEVEN])
    assert "finite differences give" in said
    assert "looks like" not in said


def test_a_second_derivative_is_diagnosed_as_well():
    class Slope(Function):
        def forward(self, x):
            return 3 * x**2

        def backward(self, gy):
            (x,) = self.saved
            return -6 * x * gy

    said = message(cube(lambda gy, x: gy * Slope().on(x)), [SEVEN], order=2)
    assert said.startswith("second derivative with respect to input 0")
    assert "it looks like a wrong sign" in said
