"""The graph of a Variable, as nodes and edges."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import numpy as np
import pytest

from pygrad import Function, Parameter, Variable, no_grad
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError
from pygrad.viz import plot_graph


def test_a_leaf_shows_its_name_its_shape_and_its_dtype(drawn):
    x = Variable(np.zeros((2, 3), np.float32), name="x")
    found = drawn(F.exp(x)).node("x")
    assert (found.kind, found.label, found.detail) == ("variable", "Variable", "(2, 3) float32")


def test_a_leaf_without_a_name_is_called_variable(drawn):
    picture = drawn(F.exp(Variable(1)))
    assert picture.titles == ["Variable", "exp", "Variable"]
    assert [node.detail for node in picture.graph.nodes] == ["() int64", "", "() float64"]


def test_functions_have_the_names_that_users_call_them_by(drawn):
    x = Variable(np.ones((2, 3)))
    y = F.softmax_cross_entropy(F.relu(x) @ np.ones((3, 4)), [0, 1])
    assert drawn(y).titles[1:] == [
        "relu",
        "constant",
        "matmul",
        "softmax_cross_entropy",
        "Variable",
    ]


def test_a_users_own_function_has_the_name_of_its_class(drawn):
    class MySquare(Function):
        def forward(self, x):
            return x * x

    assert "MySquare" in drawn(MySquare()(Variable(3.0))).titles


def test_both_edges_of_a_fan_out_are_there(drawn):
    # the original drew one arrow for x * x
    x = Variable(3.0, name="x")
    assert drawn(x * x).arrows == [*2 * [("x", "multiply")], ("multiply", "Variable")]


def test_what_is_used_twice_is_there_once(drawn):
    x = Variable(3.0, name="x")
    y = F.exp(x)
    picture = drawn(F.sin(y) + F.cos(y))
    assert sorted(picture.titles) == ["Variable", "add", "cos", "exp", "sin", "x"]
    assert ("exp", "sin") in picture.arrows
    assert ("exp", "cos") in picture.arrows


def test_operands_come_in_their_order(drawn):
    a, b = Variable(1.0, name="a"), Variable(2.0, name="b")
    picture = drawn(F.exp(b) - a)
    target = picture.titles.index("subtract")
    sources = [picture.titles[source] for source, end in picture.graph.edges if end == target]
    assert sources == ["exp", "a"]


def test_every_node_comes_after_those_it_was_computed_from(drawn):
    x = Variable(np.ones(3), name="x")
    y = x
    for i in range(30):
        y = F.tanh(y) * x if i % 3 else y + y
    picture = drawn(y)
    assert all(source < target for source, target in picture.graph.edges)


def test_an_intermediate_result_is_drawn_if_it_has_a_name(drawn):
    x = Variable([1.0, 2.0], name="x")
    h = F.exp(x)
    h.name = "h"
    y = h * h
    y.name = "y"
    picture = drawn(y)
    assert picture.titles == ["x", "exp", "h", "multiply", "y"]
    assert picture.node("h").detail == "(2,)"
    assert picture.arrows.count(("h", "multiply")) == 2


def test_a_function_of_several_outputs_is_drawn_once(drawn):
    x = Variable(np.arange(6.0), name="x")
    a, b, _ = F.split(x, [1, 3])
    b.name = "b"
    picture = drawn((a * b).sum())
    assert picture.titles == ["x", "split", "b", "multiply", "sum", "Variable"]
    assert picture.node("split").detail == "→ (1,), (2,), (3,)"
    assert picture.node("b").detail == "(2,)"
    assert ("split", "multiply") in picture.arrows
    assert ("b", "multiply") in picture.arrows


def test_a_result_shape_is_shown_where_it_is_news(drawn):
    x = Variable(np.ones((2, 3)))
    picture = drawn(F.relu(x).sum(axis=0))
    assert picture.node("relu").detail == ""
    assert picture.node("sum").detail == "→ (3,)"


def test_a_small_constant_shows_its_value_and_another_its_shape(drawn):
    x = Variable(np.ones((2, 3)))
    picture = drawn((2.5 * x) @ np.zeros((3, 4)))
    assert picture.node("2.5").kind == "constant"
    found = picture.node("constant")
    assert (found.kind, found.detail) == ("constant", "(3, 4) float64")


def test_a_constant_that_no_rule_needs_was_not_kept_and_is_there_all_the_same(drawn):
    picture = drawn(Variable(1.0, name="x") + 3.0)
    assert picture.arrows == [("x", "add"), ("constant", "add"), ("add", "Variable")]


def test_a_leaf_alone_is_a_picture(drawn):
    picture = drawn(Parameter([1.0, 2.0], name="w"))
    assert picture.titles == ["w"]
    assert picture.graph.edges == ()


def test_the_graph_of_a_gradient_can_be_drawn(drawn):
    x = Variable(2.0, name="x")
    y = x**3
    y.backward(create_graph=True)
    picture = drawn(x.grad)
    assert "x" in picture.titles
    assert "power" in picture.titles


def test_drawing_moves_nothing_and_keeps_nothing_alive(drawn):
    x = Variable(2.0, name="x")
    h = F.exp(x)
    y = h * h
    picture = drawn(y)
    assert x.grad is None
    y.backward()
    assert x.grad.item() == pytest.approx(2 * np.exp(4.0))
    node = weakref.ref(h.creator)
    gc.disable()
    try:
        del h, y
        assert node() is None
    finally:
        gc.enable()
    assert "exp" in picture.titles


def test_ten_thousand_functions_in_a_row_cost_no_recursion():
    x = Variable(1.0, name="x")
    y = x
    for _ in range(10_000):
        y = y + x
    found = []
    # a thread with a small stack, and a limit that pytest alone nearly fills
    limit = sys.getrecursionlimit()
    before = threading.stack_size(256 * 1024)
    try:
        sys.setrecursionlimit(200)
        thread = threading.Thread(target=lambda: found.append(plot_graph(y)))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(before)
    (picture,) = found
    assert len(picture.graph.nodes) == 10_002
    assert len(picture.graph.edges) == 20_001
    assert picture.dot.count("->") == 20_001
    assert len(str(picture).splitlines()) < 1000


def test_a_constant_has_no_graph():
    x = Variable(2.0)
    with no_grad():
        y = x * x
    with pytest.raises(GraphError, match=r"plot_graph: .* under no_grad.*Variable\(data\)"):
        plot_graph(y)


@pytest.mark.parametrize("wrong", [np.ones(3), 3.0, None, "x"])
def test_what_is_no_variable_is_refused(wrong):
    kind = type(wrong).__name__
    with pytest.raises(DtypeError, match=f"plot_graph: expected a Variable, got {kind}"):
        plot_graph(wrong)


def test_only_where_it_matters_are_operands_kept_in_order(drawn):
    # it costs crossings: in x * x + 2 * x the 2 would be squeezed in on the left
    a, b = Variable(1.0), Variable(2.0)
    kept = {
        node.title: node.ordered
        for y in (a + b, a * b, a - b, a / b, F.maximum(a, b), F.exp(a))
        for node in drawn(y).graph.nodes
        if node.kind == "function"
    }
    assert [title for title, ordered in kept.items() if ordered] == ["subtract", "divide"]


def test_one_of_several_outputs_alone(drawn):
    x = Variable(np.arange(6.0), name="x")
    y = F.split(x, 2)[1]
    picture = drawn(y)
    assert picture.texts == [
        "x Variable (6,) float64",
        "split → (3,), (3,)",
        "Variable (3,) float64",
    ]
    y.name = "y"
    assert drawn(y).titles == ["x", "split", "y"]


def test_a_name_that_is_no_text_is_shown_as_text(drawn):
    x = Variable(1.0)
    x.name = 7
    assert drawn(F.exp(x)).titles[0] == "7"
