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


def titles(picture):
    return [node.title for node in picture.graph.nodes]


def texts(picture):
    return [f"{node.title} {node.detail}" for node in picture.graph.nodes]


def arrows(picture):
    """The edges, by title."""
    nodes = picture.graph.nodes
    return sorted((nodes[a].title, nodes[b].title) for a, b in picture.graph.edges)


def node(picture, title):
    (found,) = [node for node in picture.graph.nodes if node.title == title]
    return found


def test_a_leaf_shows_its_name_its_shape_and_its_dtype():
    x = Variable(np.zeros((2, 3), np.float32), name="x")
    found = node(plot_graph(F.exp(x)), "x")
    assert (found.kind, found.label, found.detail) == ("variable", "Variable", "(2, 3) float32")


def test_a_leaf_without_a_name_is_called_variable():
    picture = plot_graph(F.exp(Variable(1)))
    assert titles(picture) == ["Variable", "exp", "Variable"]
    assert [node.detail for node in picture.graph.nodes] == ["() int64", "", "() float64"]


def test_functions_have_the_names_that_users_call_them_by():
    x = Variable(np.ones((2, 3)))
    y = F.softmax_cross_entropy(F.relu(x) @ np.ones((3, 4)), [0, 1])
    assert titles(plot_graph(y))[1:] == [
        "relu",
        "constant",
        "matmul",
        "softmax_cross_entropy",
        "Variable",
    ]


def test_a_users_own_function_has_the_name_of_its_class():
    class MySquare(Function):
        def forward(self, x):
            return x * x

    assert "MySquare" in titles(plot_graph(MySquare()(Variable(3.0))))


def test_both_edges_of_a_fan_out_are_there():
    # the original drew one arrow for x * x
    x = Variable(3.0, name="x")
    assert arrows(plot_graph(x * x)) == [("multiply", "Variable")] + 2 * [("x", "multiply")]


def test_what_is_used_twice_is_there_once():
    x = Variable(3.0, name="x")
    y = F.exp(x)
    picture = plot_graph(F.sin(y) + F.cos(y))
    assert sorted(titles(picture)) == ["Variable", "add", "cos", "exp", "sin", "x"]
    assert ("exp", "sin") in arrows(picture)
    assert ("exp", "cos") in arrows(picture)


def test_operands_come_in_their_order():
    a, b = Variable(1.0, name="a"), Variable(2.0, name="b")
    picture = plot_graph(F.exp(b) - a)
    target = titles(picture).index("subtract")
    sources = [titles(picture)[source] for source, end in picture.graph.edges if end == target]
    assert sources == ["exp", "a"]


def test_every_node_comes_after_those_it_was_computed_from():
    x = Variable(np.ones(3), name="x")
    y = x
    for i in range(30):
        y = F.tanh(y) * x if i % 3 else y + y
    picture = plot_graph(y)
    assert all(source < target for source, target in picture.graph.edges)


def test_an_intermediate_result_is_drawn_if_it_has_a_name():
    x = Variable([1.0, 2.0], name="x")
    h = F.exp(x)
    h.name = "h"
    y = h * h
    y.name = "y"
    picture = plot_graph(y)
    assert titles(picture) == ["x", "exp", "h", "multiply", "y"]
    assert node(picture, "h").detail == "(2,)"
    assert arrows(picture).count(("h", "multiply")) == 2


def test_a_function_of_several_outputs_is_drawn_once():
    x = Variable(np.arange(6.0), name="x")
    a, b, _ = F.split(x, [1, 3])
    b.name = "b"
    picture = plot_graph((a * b).sum())
    assert titles(picture) == ["x", "split", "b", "multiply", "sum", "Variable"]
    assert node(picture, "split").detail == "→ (1,), (2,), (3,)"
    assert node(picture, "b").detail == "(2,)"
    assert ("split", "multiply") in arrows(picture)
    assert ("b", "multiply") in arrows(picture)


def test_a_result_shape_is_shown_where_it_is_news():
    x = Variable(np.ones((2, 3)))
    picture = plot_graph(F.relu(x).sum(axis=0))
    assert node(picture, "relu").detail == ""
    assert node(picture, "sum").detail == "→ (3,)"


def test_a_small_constant_shows_its_value_and_another_its_shape():
    x = Variable(np.ones((2, 3)))
    picture = plot_graph((2.5 * x) @ np.zeros((3, 4)))
    assert node(picture, "2.5").kind == "constant"
    found = node(picture, "constant")
    assert (found.kind, found.detail) == ("constant", "(3, 4) float64")


def test_a_constant_that_no_rule_needs_was_not_kept_and_is_there_all_the_same():
    picture = plot_graph(Variable(1.0, name="x") + 3.0)
    assert arrows(picture) == [("add", "Variable"), ("constant", "add"), ("x", "add")]


def test_a_leaf_alone_is_a_picture():
    picture = plot_graph(Parameter([1.0, 2.0], name="w"))
    assert titles(picture) == ["w"]
    assert picture.graph.edges == ()


def test_the_graph_of_a_gradient_can_be_drawn():
    x = Variable(2.0, name="x")
    y = x**3
    y.backward(create_graph=True)
    picture = plot_graph(x.grad)
    assert "x" in titles(picture)
    assert "power" in titles(picture)


def test_drawing_moves_nothing_and_keeps_nothing_alive():
    x = Variable(2.0, name="x")
    h = F.exp(x)
    y = h * h
    picture = plot_graph(y)
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
    assert "exp" in titles(picture)


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


def test_only_where_it_matters_are_operands_kept_in_order():
    # it costs crossings: in x * x + 2 * x the 2 would be squeezed in on the left
    a, b = Variable(1.0), Variable(2.0)
    kept = {
        node.title: node.ordered
        for y in (a + b, a * b, a - b, a / b, F.maximum(a, b), F.exp(a))
        for node in plot_graph(y).graph.nodes
        if node.kind == "function"
    }
    assert [title for title, ordered in kept.items() if ordered] == ["subtract", "divide"]


def test_one_of_several_outputs_alone():
    x = Variable(np.arange(6.0), name="x")
    y = F.split(x, 2)[1]
    picture = plot_graph(y)
    assert texts(picture) == ["x (6,) float64", "split → (3,), (3,)", "Variable (3,) float64"]
    y.name = "y"
    assert titles(plot_graph(y)) == ["x", "split", "y"]
