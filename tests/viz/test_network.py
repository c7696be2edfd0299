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


def test_layers_and_functions_from_the_input_to_the_output(plotted):
    picture = plotted(Net(), X)
    assert picture.texts == CHAIN
    assert picture.is_chain
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


def test_a_call_under_no_grad_can_be_drawn(plotted):
    model = Net()
    with no_grad():
        picture = plotted(model, X)
        assert not pygrad.engine.mode.is_recording()
    assert picture.texts == CHAIN


def test_dropout_is_shown_in_evaluation_too(plotted):
    picture = plotted(Net().eval(), X)
    assert picture.texts == CHAIN
    assert picture.is_chain


def test_frozen_layers_are_shown(plotted):
    model = Net()
    for parameter in model.params():
        parameter.requires_grad = False
    picture = plotted(model, X)
    assert picture.texts == CHAIN
    assert picture.is_chain


def test_functions_before_the_first_layer_are_shown(model_of, plotted):
    model = model_of(lambda self, x: self.fc(x.reshape(4, 6) / 255.0), fc=nn.Linear(6, 2))
    picture = plotted(model, X.reshape(4, 2, 3))
    assert picture.titles == ["x", "reshape", "divide", "fc", "Variable"]
    assert picture.graph.nodes[1].detail == "→ (4, 6)"
    assert picture.is_chain


def test_a_residual_connection_has_both_its_arrows(model_of, plotted):
    def forward(self, x):
        h = self.fc1(x)
        return h + F.relu(self.fc2(h))

    picture = plotted(model_of(forward, fc1=nn.Linear(6, 6), fc2=nn.Linear(6, 6)), X)
    assert picture.arrows == [
        ("x", "fc1"),
        ("fc1", "fc2"),
        ("fc2", "relu"),
        ("fc1", "add"),
        ("relu", "add"),
        ("add", "Variable"),
    ]


def test_a_value_used_twice_by_one_function_has_two_arrows(model_of, plotted):
    def forward(self, x):
        h = self.fc(x)
        return h * h

    picture = plotted(model_of(forward, fc=nn.Linear(6, 6)), X)
    assert picture.arrows.count(("fc", "multiply")) == 2


def test_a_layer_used_twice_is_there_twice_in_order(model_of, plotted):
    model = model_of(lambda self, x: self.fc(F.tanh(self.fc(x))), fc=nn.Linear(6, 6))
    picture = plotted(model, X)
    assert picture.texts[1:4] == [
        "fc Linear (4, 6) → (4, 6), call 1 of 2",
        "tanh",
        "fc Linear (4, 6) → (4, 6), call 2 of 2",
    ]
    assert picture.is_chain


def test_a_layer_with_two_names_has_the_first(model_of, plotted):
    shared = nn.Linear(6, 6)
    model = model_of(lambda self, x: self.b(self.a(x)), a=shared, b=shared)
    assert plotted(model, X).titles == ["x", "a", "a", "Variable"]


def test_several_inputs_have_the_names_of_the_arguments(model_of, plotted):
    def forward(self, image, text, *, mask=None):
        return np.concatenate([self.a(image), self.b(text)], axis=1) * mask

    model = model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(2, 3))
    picture = plotted(model, X, np.ones((4, 2)), mask=np.ones((4, 6)))
    assert picture.texts[:3] == [
        "image Variable (4, 6) float32",
        "text Variable (4, 2) float32",
        "mask Variable (4, 6) float32",
    ]
    assert picture.arrows == [
        ("image", "a"),
        ("text", "b"),
        ("a", "concatenate"),
        ("b", "concatenate"),
        ("concatenate", "multiply"),
        ("mask", "multiply"),
        ("multiply", "Variable"),
    ]


def test_arguments_that_are_no_arrays_are_handed_on(model_of, plotted):
    def forward(self, x, activation, scale=1.0):
        return getattr(F, activation)(self.fc(x)) * scale

    picture = plotted(model_of(forward, fc=nn.Linear(6, 3)), X, "tanh", scale=2.0)
    assert picture.titles == ["x", "fc", "tanh", "multiply", "Variable"]


def test_several_outputs_are_shown_by_number_or_by_name(model_of, plotted):
    layers = {"a": nn.Linear(6, 1), "b": nn.Linear(6, 2)}
    two = plotted(model_of(lambda self, x: (self.a(x), self.b(x)), **layers), X)
    assert two.texts[3:] == [
        "output 1 Variable (4, 1) float32",
        "output 2 Variable (4, 2) float32",
    ]
    named = plotted(model_of(lambda self, x: {"mean": self.a(x)}, **layers), X)
    assert named.arrows == [("x", "a"), ("a", "mean")]


@pytest.mark.parametrize("name", ["two words", 'the "best"', "it's", "a\\b", "<b>", "café\n"])
def test_a_name_may_be_anything(name, drawn_texts, tmp_path, program, model_of, plotted):
    model = model_of(lambda self, x: getattr(self, name)(x), **{name: nn.Linear(6, 2)})
    assert plotted(model, X).titles == ["x", name, "Variable"]
    file = model.plot().save(tmp_path / "picture.svg")
    shown = name.replace("\n", "\\n")
    assert f"{shown} Linear(4, 6) → (4, 2)" in drawn_texts(file.read_text(encoding="utf-8"))


def test_layers_in_lists_and_inside_others_have_their_path(plotted):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(6, 6), nn.Linear(6, 6)]

        def forward(self, x):
            for layer in self.layers:
                x = F.relu(layer(x))
            return x

    picture = plotted(nn.Sequential(Block(), nn.Linear(6, 2)), X)
    assert picture.titles == ["x", "0.layers.0", "relu", "0.layers.1", "relu", "1", "Variable"]
    assert picture.is_chain


def test_a_layer_of_ones_own_is_one_box(model_of, plotted):
    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = Parameter(np.ones(6, np.float32))

        def forward(self, x):
            x = x - x.mean(axis=1, keepdims=True)
            return x / (x * x).mean() * self.scale

    model = model_of(lambda self, x: self.fc(self.norm(x)), norm=Norm(), fc=nn.Linear(6, 2))
    picture = plotted(model, X)
    assert picture.texts[1] == "norm Norm (4, 6) → (4, 6)"
    assert picture.is_chain


def test_a_parameter_outside_every_layer_is_shown(model_of, plotted):
    W = Parameter(np.ones((6, 3), np.float32))
    picture = plotted(model_of(lambda self, x: F.relu(x @ self.W), W=W), X)
    assert picture.texts[1] == "W Parameter (6, 3) float32"
    assert picture.arrows[:2] == [("x", "matmul"), ("W", "matmul")]


def test_a_layer_alone_shows_its_inside(plotted):
    picture = plotted(nn.Linear(6, 2), X)
    assert picture.titles == ["x", "W", "b", "linear", "Variable"]


def test_the_last_call_counts(plotted):
    model = Net()
    model(np.ones((9, 6)))
    assert plotted(model, X).texts == CHAIN
