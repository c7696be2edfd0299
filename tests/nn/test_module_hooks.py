"""Hooks on modules, and summaries, which are made with them."""

import copy
import pickle
import re

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError
from pygrad.nn.hooks import HOOKED


@pytest.fixture(autouse=True)
def _no_hook_is_left():
    yield
    assert not HOOKED


class Pair(nn.Module):
    """Two inputs, two outputs."""

    def forward(self, x, y):
        return x * y, x + y


def test_hooks_are_called_in_their_order_around_forward():
    calls = []

    class Layer(nn.Module):
        def forward(self, x):
            calls.append("forward")
            return x

    layer = Layer()
    handles = [
        layer.register_forward_hook(lambda m, args, y: calls.append(("after", m is layer))),
        layer.register_forward_pre_hook(lambda m, args: calls.append(("first", type(args)))),
        layer.register_forward_pre_hook(lambda m, args: calls.append(("second", len(args)))),
    ]
    layer([1.0])
    assert calls == [("first", tuple), ("second", 1), "forward", ("after", True)]
    for handle in handles:
        handle.remove()
        handle.remove()  # twice does no harm
    calls.clear()
    layer([1.0])
    assert calls == ["forward"]


def test_hooks_may_change_what_goes_in_and_what_comes_out():
    layer = nn.Linear(2, 2, init="identity", bias=False)
    with layer.register_forward_pre_hook(lambda m, args: (args[0] * 3,)):
        with layer.register_forward_hook(lambda m, args, y: y + 1):
            np.testing.assert_array_equal(layer([[1.0, 2.0]]).data, [[4, 7]])
        np.testing.assert_array_equal(layer([[1.0, 2.0]]).data, [[3, 6]])
    np.testing.assert_array_equal(layer([[1.0, 2.0]]).data, [[1, 2]])


def test_a_hook_on_a_layer_is_called_inside_a_model():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    shapes = []
    with model[0].register_forward_hook(lambda m, args, y: shapes.append(y.shape)):
        model(np.ones((5, 2)))
    assert shapes == [(5, 3)]
    assert model[0].last_call.input_shapes == ((5, 2),)


def test_backward_hooks_see_the_gradients_and_may_change_them():
    layer, seen = Pair(), []

    def hook(module, grad_input, grad_output):
        seen.append((grad_input, grad_output))
        return grad_input[0] * 10, grad_input[1]

    x, y = Variable([2.0, 3.0]), Variable([5.0, 7.0])
    with layer.register_full_backward_hook(hook):
        a, b = layer(x, y)
        (a + 2 * b).sum().backward()
    ((gx, gy), (ga, gb)) = seen[0]
    np.testing.assert_array_equal(ga.data, [1, 1])
    np.testing.assert_array_equal(gb.data, [2, 2])
    np.testing.assert_array_equal(gx.data, [7, 9])
    np.testing.assert_array_equal(gy.data, [4, 5])
    np.testing.assert_array_equal(x.grad.data, [70, 90])
    np.testing.assert_array_equal(y.grad.data, [4, 5])


def test_a_backward_hook_is_called_where_no_input_has_a_gradient():
    layer, seen = nn.Linear(2, 1), []
    with layer.register_full_backward_hook(lambda m, gx, gy: seen.append((gx, gy[0].data))):
        layer(np.ones((3, 2))).sum().backward()
    assert seen[0][0] == (None,)
    np.testing.assert_array_equal(seen[0][1], np.ones((3, 1)))
    assert layer.W.grad is not None


@pytest.mark.parametrize("change", [None, lambda g: g * 2, lambda g: 2 * g.detach()])
def test_a_backward_hook_leaves_the_second_order_right(change):
    class Cube(nn.Module):
        def forward(self, x):
            return x**3

    layer = Cube()

    def hook(module, gx, gy):
        return None if change is None else (change(gx[0]),)

    x = Variable(2.0)
    with layer.register_full_backward_hook(hook):
        y = layer(x)
        y.backward(create_graph=True)
        slope = x.grad
        x.zero_grad()
    assert slope.item() == (12.0 if change is None else 24.0)
    if change is not None and not slope.requires_grad:
        return  # the hook cut the graph
    with layer.register_full_backward_hook(lambda m, gx, gy: None):
        slope.backward()
    assert x.grad.item() in (12.0, 24.0, 48.0)


def test_a_hook_that_returns_the_wrong_number_of_gradients_is_refused():
    layer = Pair()
    with layer.register_full_backward_hook(lambda m, gx, gy: gx[0]):
        a, _ = layer(Variable(1.0), Variable(2.0))
        with pytest.raises(ArgumentError, match="Pair: a backward hook returned 1 gradients for 2"):
            a.backward()
    with pytest.raises(ArgumentError, match="register hook: 3 cannot be called"):
        layer.register_forward_hook(3)


def test_copies_have_no_hooks():
    layer = nn.Linear(2, 1)
    with layer.register_forward_hook(lambda m, args, y: y * 0):
        for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
            assert twin([[1.0, 2.0]]).item() != 0


# ----------------------------------------------------------------------------- summary


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.again = [self.first, nn.Dropout(0.5)]
        self.second = nn.Linear(8, 4, bias=False)
        self.unused = nn.Linear(3, 3)

    def forward(self, x):
        for _ in range(2):
            x = self.second(self.again[1](F.relu(self.first(x))))
        return x


def test_a_summary_counts_each_parameter_once_and_each_call():
    model = Net()
    model.second.freeze()
    found = nn.summary(model, (5, 4))
    rows = {row.name: row for row in found.rows}
    assert list(rows) == ["", "first", "again.1", "second", "unused"]
    assert rows["first"].output_shape == (5, 8)
    assert rows["first"].multiply_adds == 2 * 5 * 4 * 8
    assert rows["unused"].output_shape is None
    assert rows[""].params == found.params == 40 + 32 + 12
    assert found.trainable == 40 + 12
    assert found.multiply_adds == rows[""].multiply_adds == 2 * 5 * (4 * 8 + 8 * 4)
    assert found.param_bytes == 4 * 84
    assert found.output_bytes == 2 * 5 * (8 + 8 + 4) * 4
    text = repr(found)
    assert "32 of them frozen" in text
    assert "\n  again.1: Dropout  (5, 8)" in text
    assert re.search(r"\n  unused: Linear +- +12 ", text)


def test_a_summary_leaves_the_model_as_it_was():
    model = Net()
    model.second.eval()
    rng = np.random.default_rng(0).bit_generator.state
    modes = [m.training for m in model.modules()]
    before = model(np.ones((2, 4), np.float32)).shape
    nn.summary(model, np.ones((3, 4)))
    assert [m.training for m in model.modules()] == modes
    assert rng == np.random.default_rng(0).bit_generator.state
    assert before == (2, 4)
    assert all(p.grad is None for p in model.params())

    class Broken(nn.Module):
        def forward(self, x):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        nn.summary(Broken(), (1,))


def test_layers_of_ones_own_say_their_work():
    class Silent(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = Parameter(np.ones(3, np.float32))

        def forward(self, x):
            return x * self.scale

    class Telling(Silent):
        def multiply_adds(self, inputs, output):
            assert inputs == [(2, 3)]
            return output[0] * output[1]

    assert nn.summary(Silent(), (2, 3)).multiply_adds is None
    assert "multiply-adds: ?" in repr(nn.summary(Silent(), (2, 3)))
    assert nn.summary(nn.Sequential(Telling(), nn.Dropout()), (2, 3)).multiply_adds == 6


def test_a_summary_takes_several_inputs_and_shows_several_outputs():
    found = nn.summary(Pair(), np.ones((2, 3)), (3,))
    assert found.rows[0].output_shape == ((2, 3), (2, 3))
    assert found.multiply_adds == 0
