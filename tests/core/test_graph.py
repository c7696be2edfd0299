"""The backward walk: which gradients arrive, and what it starts from."""

import sys
import threading

import numpy as np
import pytest

from pygrad import Function, Parameter, Variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import GraphError, ShapeError

# ----------------------------------------------------------- which gradients arrive


def test_the_documented_gradients_of_intermediate_results():
    x = Variable(3)
    y = x * x
    z = y + y
    z.backward(retain_grad=True)
    assert [repr(v.grad) for v in (z, y, x)] == ["Variable(1)", "Variable(2)", "Variable(12)"]


def test_intermediate_gradients_are_dropped():
    x = Variable(3.0)
    y = x * x
    z = y + y
    z.backward()
    assert y.grad is None
    assert z.grad is None
    assert x.grad.item() == 12.0


def test_a_second_backward_adds():
    x = Variable(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad.item() == 12.0


def test_a_second_backward_with_retained_gradients_starts_afresh():
    x = Variable(3.0)
    y = x * x
    z = y + y
    z.backward(retain_grad=True)
    x.zero_grad()
    z.backward(retain_grad=True)
    assert (z.grad.item(), y.grad.item(), x.grad.item()) == (1.0, 2.0, 12.0)


def test_what_was_read_from_grad_does_not_change_with_the_next_backward():
    x = Variable(np.ones(3))
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    np.testing.assert_array_equal(first.data, [2, 2, 2])
    np.testing.assert_array_equal(x.grad.data, [5, 5, 5])


@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: (a + b) + (a + b),
        lambda a, b: F.stack([a, b]).sum(axis=0),
        lambda a, b: a.reshape(3) + b.reshape(3),
        lambda a, b: F.concatenate([a, b])[:3] + b,
        lambda a, b: ((a - 1) + (b - 1)) * 1.0,
    ],
)
def test_no_two_leaves_share_the_array_of_a_gradient(combine):
    a, b = Variable(np.ones(3)), Variable(np.ones(3))
    seed = np.ones(3)
    combine(a, b).backward(seed)
    before = b.grad.data.copy()
    a.grad.data[...] = 100
    np.testing.assert_array_equal(b.grad.data, before)
    np.testing.assert_array_equal(seed, np.ones(3))


def test_a_rule_that_gives_one_array_to_two_inputs_is_seen_through():
    class Sum(Function):
        def forward(self, a, b):
            return a + b

        def backward(self, gy):
            g = gy * 1.0
            return g, g

    a, b = Variable(np.ones(3)), Variable(np.ones(3))
    Sum()(a, b).backward(np.ones(3))
    a.grad.data[...] = 100
    np.testing.assert_array_equal(b.grad.data, np.ones(3))


def test_a_rule_that_returns_what_it_saved_is_seen_through():
    class Strange(Function):
        def forward(self, x):
            return x.sum()

        def backward(self, gy):
            return self.saved[0]

    x = Variable(np.ones(3))
    Strange()(x).backward()
    x.grad.data[...] = 100
    np.testing.assert_array_equal(x.data, np.ones(3))


def test_three_and_more_gradients_add_up_without_touching_anybodys_array():
    x = Variable(np.ones(3))
    seed = np.ones(3)
    parts = [x + 0, x * 2.0, x + 1, x * 3.0, x - 1]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    total.backward(seed)
    np.testing.assert_array_equal(x.grad.data, [8, 8, 8])
    np.testing.assert_array_equal(seed, np.ones(3))


def test_siblings_of_any_age_are_visited_newest_first():
    # a wide graph whose branches meet again at different depths: the slope is the number of paths
    x = Variable(1)
    level = [x, x]
    for _ in range(12):
        level = [level[0] + level[1], level[1] + level[0] + level[0]]
    (level[0] + level[1]).backward()
    count = [1, 1]
    for _ in range(12):
        count = [count[0] + count[1], count[1] + 2 * count[0]]
    assert x.grad.item() == count[0] + count[1]


def test_every_node_is_visited_once():
    visits = []

    class Watched(Function):
        def forward(self, a, b):
            return a + b

        def backward(self, gy):
            visits.append(self)
            return gy, gy

    x = Variable(1.0)
    level = [x, x]
    for _ in range(8):
        older = Watched()(level[1], level[0])
        level = [Watched()(older, level[0]), older]
    Watched()(*level).backward()
    assert len(visits) == len(set(visits)) == 17


def test_a_constant_operand_costs_no_product():
    W = Parameter(np.ones((4, 2)))
    y = F.linear(np.ones((3, 4)), W)
    gx, gW = y.creator.backward(np.ones((3, 2)))
    assert gx is None
    np.testing.assert_array_equal(gW, np.full((4, 2), 3.0))
    ga, gb = F.matmul(np.ones((3, 4)), W).creator.backward(np.ones((3, 2)))
    assert ga is None
    assert gb.shape == (4, 2)


def test_a_retained_gradient_belongs_to_its_variable_alone():
    x = Variable(np.ones(3))
    y = x + 1
    z = y + 1
    z.backward(np.ones(3), retain_grad=True)
    y.grad.data[...] = 100
    np.testing.assert_array_equal(x.grad.data, np.ones(3))
    np.testing.assert_array_equal(z.grad.data, np.ones(3))


def test_integer_leaves_do_not_share_a_float_gradient():
    a, b = (Variable(np.ones(3, np.int32)) for _ in range(2))
    ((a + b) * 1.5).sum().backward()
    a.grad.data[...] = 100
    np.testing.assert_array_equal(b.grad.data, np.full(3, 1.5))


def test_gradients_of_several_kinds_add_up():
    class Slope(Function):
        def __init__(self, slope):
            self.slope = slope

        def forward(self, x):
            return x * 1.0

        def backward(self, gy):
            return self.slope

    x = Variable(np.ones(2))
    total = Slope(np.array([0.5, 0.25]))(x)
    for _ in range(3):
        total = total + Slope(np.array([1, 2]))(x)
    total.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [3.5, 6.25])


def test_functions_record_nothing_under_no_grad():
    x = Variable(np.ones(4))
    with no_grad():
        assert F.exp(x).creator is None
        assert F.split(x, 2)[0].creator is None
        assert (x + 1).creator is None


def test_a_gradient_has_the_dtype_of_its_leaf():
    x = Variable(np.ones(3, np.float32))
    (x * np.full(3, 2.0)).sum().backward()
    assert x.grad.dtype == np.float32


def test_a_float32_array_stays_float32_against_a_python_number():
    x = Variable(np.ones(3, np.float32))
    for y in (
        x * 2.0,
        2.0 * x,
        x + 1,
        1 - x,
        x / 3,
        2.0 / x,
        x**2,
        x**0.5,
        2.0**x,
        F.maximum(x, 0.0),
    ):
        assert y.dtype == np.float32


def test_integers_have_integer_gradients_while_the_arithmetic_is_integer():
    x = Variable(3)
    (x * x).backward()
    assert repr(x.grad) == "Variable(6)"
    y = Variable(3)
    F.sqrt(y).backward()
    assert y.grad.dtype == np.float64
    assert y.grad.item() == pytest.approx(0.5 / np.sqrt(3))


def test_an_integer_leaf_takes_integer_and_float_gradients_together():
    x = Variable([1, 2, 3])
    (x * 2 + x * 3 + x * 4 + x * 0.5).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [9.5, 9.5, 9.5])


def test_a_gradient_of_a_broadcast_operand_has_its_shape():
    a, b = Variable(np.ones((3, 1))), Variable(np.ones(4))
    (a * b).sum().backward()
    np.testing.assert_array_equal(a.grad.data, np.full((3, 1), 4.0))
    np.testing.assert_array_equal(b.grad.data, np.full(4, 3.0))


def test_an_array_operand_is_a_constant_of_either_side():
    x = Variable(np.ones(3))
    array = np.array([1.0, 2.0, 3.0])
    for y in (array * x, x * array):
        assert isinstance(y, Variable)
        x.zero_grad()
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data, array)


def test_an_unused_output_of_a_function_has_a_gradient_of_zeros():
    x = Variable(np.arange(4.0))
    first, _ = F.split(x, 2)
    first.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 1, 0, 0])


def test_the_outputs_of_one_function_meet_again():
    x = Variable(np.arange(1.0, 5.0))
    first, second = F.split(x, 2)
    (first * second).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [3, 4, 1, 2])


def test_create_graph_makes_gradients_differentiable():
    x = Variable(2.0)
    y = x**4
    for expected in (32.0, 48.0, 48.0, 24.0):
        y.backward(create_graph=True)
        y = x.grad
        x.zero_grad()
        assert y.item() == expected


def test_backward_inside_no_grad_still_differentiates_a_graph_made_outside():
    x = Variable(2.0)
    y = x * x
    with no_grad():
        y.backward(create_graph=True)
    assert x.grad.requires_grad
    x.zero_grad()


def test_two_threads_walk_one_graph():
    x = Variable(np.ones(100))
    y = x
    for _ in range(200):
        y = y * 1.001
    y = y.sum()
    gradients = []

    def work():
        for _ in range(20):
            from pygrad.engine.backward import gradients as walk

            gradients.append(walk([y], [np.float64(1)], [x._node])[0])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gradients) == 80
    for g in gradients:
        np.testing.assert_array_equal(g, gradients[0])


def test_backwards_of_several_threads_all_count():
    x = Parameter(np.zeros(10))
    interval = sys.getswitchinterval()

    def work():
        for _ in range(200):
            (x * 1.0).sum().backward()

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    np.testing.assert_array_equal(x.grad.data, np.full(10, 800.0))


# ------------------------------------------------------------------ the seed


def test_on_a_non_scalar_backward_warns_and_starts_from_ones():
    x = Variable([1.0, 2.0])
    with pytest.warns(UserWarning, match=r"starts from ones") as caught:
        (x * x).backward()
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(x.grad.data, [2, 4])


def test_one_value_in_any_shape_needs_no_warning(recwarn):
    x = Variable([[3.0]])
    (x * x).backward()
    assert not recwarn.list
    assert x.grad.data == [[6.0]]


def test_backward_starts_from_the_gradient_that_is_given():
    x = Variable([1.0, 2.0])
    (x * x).backward(gradient=[1, 10])
    np.testing.assert_array_equal(x.grad.data, [2, 40])


def test_a_gradient_of_another_shape_is_refused():
    x = Variable([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"gradient has shape \(3,\) but the result has \(2,\)"):
        (x * x).backward(gradient=[1, 1, 1])


def test_backward_without_a_graph_is_explained():
    with pytest.raises(GraphError, match=r"from constants or under no_grad"):
        Variable(1.0, requires_grad=False).backward()
    x = Variable(1.0)
    with no_grad():
        y = x * x
    with pytest.raises(GraphError, match=r"there is no\s+graph"):
        y.backward()


def test_backward_of_a_leaf_is_one():
    x = Variable(np.array([5.0]))
    x.backward()
    assert x.grad.data == [1.0]
