"""The graph and the walk: what is kept, what is freed, and which gradients arrive."""

import gc
import subprocess
import sys
import textwrap
import threading
import weakref

import numpy as np
import pytest

from pygrad import Function, Parameter, Variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError, ShapeError


def run(program, **environment):
    """Run a program in a process of its own; what it prints comes back."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


# ---------------------------------------------------------------- what is freed


def test_a_dropped_graph_is_freed_by_reference_count_alone(no_collector):
    x = Variable(np.ones(3))
    y = (F.exp(x) * x + F.tanh(x) @ x).sum()
    y.backward()
    alive = weakref.ref(y.creator)
    del y
    assert alive() is None
    assert gc.collect() == 0


def test_a_function_of_several_outputs_makes_no_reference_cycle(no_collector):
    x = Variable(np.arange(6.0))
    a, b = F.split(x, 2)
    y = (a * b).sum()
    y.backward(retain_grad=True)
    alive = weakref.ref(a.creator)
    del a, b, y
    assert alive() is None
    assert gc.collect() == 0


def test_the_second_order_leaves_nothing_once_the_gradients_are_dropped(no_collector):
    x = Variable(np.ones(3))
    y = F.sum(x**3)
    y.backward(create_graph=True)
    g = x.grad
    x.zero_grad()
    F.sum(g * g).backward()
    x.zero_grad()
    del y, g
    assert gc.collect() == 0


def test_an_array_that_no_rule_needs_is_freed_during_the_forward_pass():
    x = Variable(np.ones(1000))
    y = x + 1
    held = weakref.ref(y.data)
    z = y + 1  # the rule of + needs no array
    del y
    assert held() is None
    z.backward(np.ones(1000))
    np.testing.assert_array_equal(x.grad.data, np.ones(1000))


def test_a_constant_operand_keeps_only_what_the_other_gradient_needs():
    x = Variable(np.ones(3))
    y = x * 1.0
    held = weakref.ref(y.data)
    z = y * np.full(3, 2.0)
    del y
    assert held() is None
    z.backward(np.ones(3))
    np.testing.assert_array_equal(x.grad.data, [2, 2, 2])


def test_a_million_operations_in_a_thread_with_a_small_stack():
    out = run(
        """
        import gc, sys, sysconfig, threading
        from pygrad import Variable

        gc.collect()  # what the imports left
        gc.disable()
        kilobytes = 1024 if sys.version_info >= (3, 13) else 256
        if sysconfig.get_config_var("Py_GIL_DISABLED"):  # its deallocator's frames are larger
            kilobytes = 2048
        threading.stack_size(kilobytes * 1024)

        def work():
            x = Variable(1.0)
            y = x
            for _ in range(500_000):
                y = y * 1.0
                y = y + 0.0
            y.backward()
            print(x.grad.item())
            del y
            print("freed")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        print(gc.collect())
        """
    )
    assert out.split() == ["1.0", "freed", "0"]


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
