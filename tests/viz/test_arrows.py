"""model.plot(): the arrows of values that take unusual ways from layer to layer."""

from __future__ import annotations

import numpy as np
import pytest

from pygrad import Parameter, Variable, no_grad
from pygrad import functions as F

nn = pytest.importorskip("pygrad.nn", reason="pygrad-nn is not installed")

X = np.linspace(-1, 1, 24).reshape(4, 6)


def test_whole_numbers_that_look_things_up_have_their_arrow(model_of, plotted):
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
    assert picture.texts[:2] == [
        "words Variable (4, 5) int64",
        "embedding Embedding (4, 5) → (4, 5, 3)",
    ]
    assert picture.is_chain


def test_what_is_detached_on_the_way_keeps_its_arrow(model_of, plotted):
    model = model_of(
        lambda self, x: self.b(self.a(x).detach()), a=nn.Linear(6, 3), b=nn.Linear(3, 2)
    )
    assert plotted(model, X).is_chain


def test_what_is_computed_under_no_grad_in_between_is_a_constant(model_of, plotted):
    def forward(self, x):
        with no_grad():
            h = F.relu(self.a(x))
        return self.b(h)

    picture = plotted(model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(3, 2)), X)
    assert picture.arrows == [("x", "a"), ("constant", "b"), ("b", "Variable")]
    assert "constant (4, 3) float32" in picture.texts


def test_data_that_becomes_an_array_on_the_way_keeps_its_arrow(model_of, plotted):
    # np.asarray refuses a Variable in a graph; in the real call the data is a constant
    model = model_of(lambda self, x: self.fc(np.asarray(x) * 2), fc=nn.Linear(6, 2))
    picture = plotted(model, X)
    assert picture.titles == ["x", "fc", "Variable"]
    assert picture.is_chain


def test_a_value_that_a_layer_takes_from_another_by_itself_has_its_arrow(model_of, plotted):
    class Reader(nn.Module):
        def forward(self, x, source):
            return x + source.kept

    class Keeper(nn.Module):
        def forward(self, x):
            self.kept = F.exp(x)
            return x * 2

    def forward(self, x):
        return self.reader(F.relu(self.keeper(x)), self.keeper)

    picture = plotted(model_of(forward, keeper=Keeper(), reader=Reader()), X)
    assert picture.arrows[:4] == [
        ("x", "keeper"),
        ("keeper", "relu"),
        ("relu", "reader"),
        ("keeper", "reader"),
    ]


def test_a_state_that_a_layer_makes_itself_is_not_shown(model_of, plotted):
    class Cell(nn.Module):
        def forward(self, x):
            return F.tanh(x + Variable(np.zeros(6)))

    assert plotted(model_of(lambda self, x: self.cell(x), cell=Cell()), X).is_chain


def test_what_a_layer_hands_on_untouched_is_still_told_apart(model_of, plotted):
    def forward(self, x):
        np.asarray(x)  # refused for a Variable in a graph, so the data stays a constant
        h = self.dropout(x)
        return self.a(h) + self.b(x) + self.c(h.detach())

    parts = {name: nn.Linear(6, 2) for name in "abc"}
    model = model_of(forward, dropout=nn.Dropout(0.5), **parts).eval()
    arrows = plotted(model, X).arrows
    assert [arrow for arrow in arrows if "add" not in arrow][:4] == [
        ("x", "dropout"),
        ("dropout", "a"),
        ("x", "b"),
        ("dropout", "c"),
    ]


def test_a_layer_that_is_handed_another_one_is_one_box(model_of, plotted):
    class Twice(nn.Module):
        def forward(self, x, layer):
            return layer(layer(x))

    model = model_of(lambda self, x: self.twice(x, self.fc), twice=Twice(), fc=nn.Linear(6, 6))
    assert plotted(model, X).titles == ["x", "twice", "Variable"]


def test_a_layer_whose_result_nobody_uses_is_shown(model_of, plotted):
    def forward(self, x):
        self.a(F.relu(x))
        return self.b(x)

    picture = plotted(model_of(forward, a=nn.Linear(6, 3), b=nn.Linear(6, 2)), X)
    assert picture.arrows == [("x", "relu"), ("relu", "a"), ("x", "b"), ("b", "Variable")]


def test_a_layer_that_returns_a_plain_array_keeps_its_arrows(model_of, plotted):
    class Round(nn.Module):
        def forward(self, x):
            return np.round(x.data)

    model = model_of(lambda self, x: F.relu(self.round(x)), round=Round())
    picture = plotted(model, X)
    assert picture.titles == ["x", "round", "relu", "Variable"]
    assert picture.is_chain


def test_a_result_that_is_a_plain_array_leaves_the_layers_visible(model_of, plotted):
    model = model_of(lambda self, x: self.fc(x).data.argmax(axis=1), fc=nn.Linear(6, 3))
    picture = plotted(model, X)
    assert ("x", "fc") in picture.arrows
    assert picture.texts[-1] == "Variable (4,) int64"
