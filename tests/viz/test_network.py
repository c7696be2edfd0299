"""model.plot(): what the picture of a network shows."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, no_grad
from pygrad import functions as F

nn = pytest.importorskip("pygrad.nn", reason="pygrad-nn is not installed")

X = np.linspace(-1, 1, 24).reshape(4, 6)


class Net(nn.Module):
    """Two layers and a dropout, as in the README."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 5)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(5, 3)

    def forward(self, x):
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


CHAIN = [
    "x Variable (4, 6) float32",
    "fc1 Linear (4, 6) → (4, 5)",
    "relu",
    "dropout Dropout (4, 5) → (4, 5)",
    "fc2 Linear (4, 5) → (4, 3)",
    "Variable (4, 3) float32",
]


def model_of(forward, **parts):
    """A model with these parts, and this function of itself and the data."""

    class Model(nn.Module):
        pass

    model = Model()
    Model.forward = forward
    for name, part in parts.items():
        setattr(model, name, part)
    return model


def plotted(model, *args, **kwargs):
    model(*args, **kwargs)
    return model.plot()


def texts(picture):
    return [
        " ".join(filter(None, (node.title, node.label, node.detail)))
        for node in picture.graph.nodes
    ]


def titles(picture):
    return [node.title for node in picture.graph.nodes]


def arrows(picture):
    """The edges, by title, in order."""
    nodes = picture.graph.nodes
    return [(nodes[a].title, nodes[b].title) for a, b in picture.graph.edges]


def is_chain(picture):
    n = len(picture.graph.nodes)
    return picture.graph.edges == tuple((i, i + 1) for i in range(n - 1))


def test_layers_and_functions_from_the_input_to_the_output():
    picture = plotted(Net(), X)
    assert texts(picture) == CHAIN
    assert is_chain(picture)
    assert [node.kind for node in picture.graph.nodes] == [
        "variable",
        "layer",
        "function",
        "layer",
        "layer",
        "variable",
    ]


def test_the_output_need_not_be_kept():
    # the original drew from the output, and found nothing when it was gone
    model = Net()
    y = model(X)
    kept = model.plot()
    del y
    gc.collect()
    assert model.plot().graph == kept.graph


def test_a_call_under_no_grad_can_be_drawn():
    model = Net()
    with no_grad():
        picture = plotted(model, X)
        assert not pygrad.engine.mode.is_recording()
    assert texts(picture) == CHAIN


def test_dropout_is_shown_in_evaluation_too():
    picture = plotted(Net().eval(), X)
    assert texts(picture) == CHAIN
    assert is_chain(picture)


def test_frozen_layers_are_shown():
    model = Net()
    for parameter in model.params():
        parameter.requires_grad = False
    picture = plotted(model, X)
    assert texts(picture) == CHAIN
    assert is_chain(picture)


def test_functions_before_the_first_layer_are_shown():
    model = model_of(lambda self, x: self.fc(x.reshape(4, 6) / 255.0), fc=nn.Linear(6, 2))
    picture = plotted(model, X.reshape(4, 2, 3))
    assert titles(picture) == ["x", "reshape", "divide", "fc", "Variable"]
    assert picture.graph.nodes[1].detail == "→ (4, 6)"
    assert is_chain(picture)


def test_a_residual_connection_has_both_its_arrows():
    def forward(self, x):
        h = self.fc1(x)
        return h + F.relu(self.fc2(h))

    picture = plotted(model_of(forward, fc1=nn.Linear(6, 6), fc2=nn.Linear(6, 6)), X)
    assert arrows(picture) == [
        ("x", "fc1"),
        ("fc1", "fc2"),
        ("fc2", "relu"),
        ("fc1", "add"),
        ("relu", "add"),
        ("add", "Variable"),
    ]


def test_a_value_used_twice_by_one_function_has_two_arrows():
    def forward(self, x):
        h = self.fc(x)
        return h * h

    picture = plotted(model_of(forward, fc=nn.Linear(6, 6)), X)
    assert arrows(picture).count(("fc", "multiply")) == 2


def test_a_layer_used_twice_is_there_twice_in_order():
    model = model_of(lambda self, x: self.fc(F.tanh(self.fc(x))), fc=nn.Linear(6, 6))
    picture = plotted(model, X)
    assert texts(picture)[1:4] == [
        "fc Linear (4, 6) → (4, 6), call 1 of 2",
        "tanh",
        "fc Linear (4, 6) → (4, 6), call 2 of 2",
    ]
    assert is_chain(picture)


def test_a_layer_with_two_names_has_the_first():
    shared = nn.Linear(6, 6)
    model = model_of(lambda self, x: self.b(self.a(x)), a=shared, b=shared)
    assert titles(plotted(model, X)) == ["x", "a", "a", "Variable"]


def test_several_inputs_have_the_names_of_the_arguments():
    def forward(self, image, text, *, mask=None):
        return np.concatenate([self.a(image), self.b(text)], axis=1) * mask

    model = model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(2, 3))
    picture = plotted(model, X, np.ones((4, 2)), mask=np.ones((4, 6)))
    assert texts(picture)[:3] == [
        "image Variable (4, 6) float32",
        "text Variable (4, 2) float32",
        "mask Variable (4, 6) float32",
    ]
    assert arrows(picture) == [
        ("image", "a"),
        ("text", "b"),
        ("a", "concatenate"),
        ("b", "concatenate"),
        ("concatenate", "multiply"),
        ("mask", "multiply"),
        ("multiply", "Variable"),
    ]


def test_arguments_that_are_no_arrays_are_handed_on():
    def forward(self, x, activation, scale=1.0):
        return getattr(F, activation)(self.fc(x)) * scale

    picture = plotted(model_of(forward, fc=nn.Linear(6, 3)), X, "tanh", scale=2.0)
    assert titles(picture) == ["x", "fc", "tanh", "multiply", "Variable"]


def test_several_outputs_are_shown_by_number_or_by_name():
    layers = {"a": nn.Linear(6, 1), "b": nn.Linear(6, 2)}
    two = plotted(model_of(lambda self, x: (self.a(x), self.b(x)), **layers), X)
    assert texts(two)[3:] == [
        "output 1 Variable (4, 1) float32",
        "output 2 Variable (4, 2) float32",
    ]
    named = plotted(model_of(lambda self, x: {"mean": self.a(x)}, **layers), X)
    assert arrows(named) == [("x", "a"), ("a", "mean")]


@pytest.mark.parametrize("name", ["two words", 'the "best"', "it's", "a\\b", "<b>", "café\n"])
def test_a_name_may_be_anything(name, drawn_texts, tmp_path, program):
    model = model_of(lambda self, x: getattr(self, name)(x), **{name: nn.Linear(6, 2)})
    picture = plotted(model, X)
    assert titles(picture) == ["x", name, "Variable"]
    file = picture.save(tmp_path / "picture.svg")
    shown = name.replace("\n", "\\n")
    assert f"{shown} Linear(4, 6) → (4, 2)" in drawn_texts(file.read_text(encoding="utf-8"))


def test_layers_in_lists_and_inside_others_have_their_path():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(6, 6), nn.Linear(6, 6)]

        def forward(self, x):
            for layer in self.layers:
                x = F.relu(layer(x))
            return x

    picture = plotted(nn.Sequential(Block(), nn.Linear(6, 2)), X)
    assert titles(picture) == ["x", "0.layers.0", "relu", "0.layers.1", "relu", "1", "Variable"]
    assert is_chain(picture)


def test_a_layer_of_ones_own_is_one_box():
    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = Parameter(np.ones(6, np.float32))

        def forward(self, x):
            x = x - x.mean(axis=1, keepdims=True)
            return x / (x * x).mean() * self.scale

    model = model_of(lambda self, x: self.fc(self.norm(x)), norm=Norm(), fc=nn.Linear(6, 2))
    picture = plotted(model, X)
    assert texts(picture)[1] == "norm Norm (4, 6) → (4, 6)"
    assert is_chain(picture)


def test_a_parameter_outside_every_layer_is_shown():
    W = Parameter(np.ones((6, 3), np.float32))
    picture = plotted(model_of(lambda self, x: F.relu(x @ self.W), W=W), X)
    assert texts(picture)[1] == "W Parameter (6, 3) float32"
    assert arrows(picture)[:2] == [("x", "matmul"), ("W", "matmul")]


def test_a_layer_alone_shows_its_inside():
    picture = plotted(nn.Linear(6, 2), X)
    assert titles(picture) == ["x", "W", "b", "linear", "Variable"]


def test_whole_numbers_that_look_things_up_have_their_arrow():
    class Embedding(nn.Module):
        def __init__(self):
            super().__init__()
            self.W = Parameter(np.ones((10, 3), np.float32))

        def forward(self, words):
            return self.W[words]

    model = model_of(
        lambda self, words: self.fc(self.embedding(words)),
        embedding=Embedding(),
        fc=nn.Linear(3, 2),
    )
    picture = plotted(model, np.ones((4, 5), int))
    assert texts(picture)[:2] == [
        "words Variable (4, 5) int64",
        "embedding Embedding (4, 5) → (4, 5, 3)",
    ]
    assert is_chain(picture)


def test_what_comes_out_of_the_graph_on_the_way_keeps_its_arrow_if_it_is_only_detached():
    model = model_of(
        lambda self, x: self.b(self.a(x).detach()), a=nn.Linear(6, 3), b=nn.Linear(3, 2)
    )
    assert is_chain(plotted(model, X))


def test_what_is_computed_under_no_grad_in_between_is_a_constant():
    def forward(self, x):
        with no_grad():
            h = F.relu(self.a(x))
        return self.b(h)

    picture = plotted(model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(3, 2)), X)
    assert arrows(picture) == [("x", "a"), ("constant", "b"), ("b", "Variable")]
    assert "constant (4, 3) float32" in texts(picture)


def test_data_that_becomes_an_array_on_the_way_keeps_its_arrow():
    # np.asarray refuses a Variable in a graph; in the real call the data is a constant
    model = model_of(lambda self, x: self.fc(np.asarray(x) * 2), fc=nn.Linear(6, 2))
    picture = plotted(model, X)
    assert titles(picture) == ["x", "fc", "Variable"]
    assert is_chain(picture)


def test_a_layer_that_is_handed_another_one_is_one_box():
    class Twice(nn.Module):
        def forward(self, x, layer):
            return layer(layer(x))

    model = model_of(lambda self, x: self.twice(x, self.fc), twice=Twice(), fc=nn.Linear(6, 6))
    assert titles(plotted(model, X)) == ["x", "twice", "Variable"]


def test_a_layer_whose_result_nobody_uses_is_shown():
    def forward(self, x):
        self.a(F.relu(x))
        return self.b(x)

    picture = plotted(model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(6, 2)), X)
    assert arrows(picture) == [("x", "relu"), ("relu", "a"), ("x", "b"), ("b", "Variable")]


def test_a_layer_that_returns_a_plain_array_keeps_its_arrows():
    class Round(nn.Module):
        def forward(self, x):
            return np.round(x.data)

    model = model_of(lambda self, x: F.relu(self.round(x)), round=Round())
    picture = plotted(model, X)
    assert titles(picture) == ["x", "round", "relu", "Variable"]
    assert is_chain(picture)


def test_a_result_that_is_a_plain_array_leaves_the_layers_visible():
    model = model_of(lambda self, x: self.fc(x).data.argmax(axis=1), fc=nn.Linear(6, 3))
    picture = plotted(model, X)
    assert ("x", "fc") in arrows(picture)
    assert texts(picture)[-1] == "Variable (4,) int64"


def test_the_last_call_counts():
    model = Net()
    model(np.ones((9, 6)))
    assert texts(plotted(model, X)) == CHAIN
