"""model.plot(): the pass over a copy moves nothing of the model, and says what it cannot do."""

from __future__ import annotations

import copy
import random
import threading
import warnings

import numpy as np
import pytest

import pygrad
from pygrad import Variable, viz
from pygrad import functions as F
from pygrad.exceptions import DtypeError, GraphError

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


def texts(picture):
    return [
        " ".join(filter(None, (node.title, node.label, node.detail)))
        for node in picture.graph.nodes
    ]


class TestNothingMoves:
    def test_no_weight_no_gradient_no_flag_no_attribute(self):
        model = Net()
        F.sum(model(X)).backward()
        model.dropout.training = False
        model.fc1.b.requires_grad = False
        before = copy.deepcopy(model.weight_dict())
        gradients = [p.grad for p in model.params()]
        attributes = [sorted(vars(m)) for m in model.modules()]
        calls = [m.last_call for m in model.modules()]
        model.plot()
        assert not model.dropout.training
        assert model.training
        assert not model.fc1.b.requires_grad
        assert [sorted(vars(m)) for m in model.modules()] == attributes
        assert all(a is b for a, b in zip([p.grad for p in model.params()], gradients, strict=True))
        assert [m.last_call for m in model.modules()] == calls
        for name, weights in model.weight_dict().items():
            for key, array in weights.items():
                np.testing.assert_array_equal(array, before[name][key])

    def test_no_running_mean(self):
        def forward(self, x):
            self.mean.data[...] = 0.9 * self.mean.data + x.data.mean()
            self.calls += 1
            return x - self.mean

        model = model_of(forward, mean=nn.Buffer(5.0), calls=0)
        model(X)
        mean = model.mean.item()
        model.plot()
        assert model.mean.item() == mean
        assert model.calls == 1

    @pytest.mark.parametrize("rng", [None, np.random.default_rng(0)], ids=["default", "own"])
    def test_no_random_state(self, rng):
        def forward(self, x):
            return self.dropout(x) + np.random.rand() + random.random()

        model = model_of(forward, dropout=nn.Dropout(0.5, rng=rng))

        def numbers(plot):
            pygrad.seed(0)
            np.random.seed(0)
            random.seed(0)
            if rng is not None:
                model.dropout.rng = np.random.default_rng(0)
            model(X)
            if plot:
                model.plot()
            return model(X).data.tolist(), np.random.rand(), random.random()

        assert numbers(plot=True) == numbers(plot=False)

    def test_no_random_state_if_the_pass_fails_either(self):
        def forward(self, x):
            F.dropout(x)
            if not x.data.any():
                raise ValueError("nothing but zeros")
            return x

        model = model_of(forward)
        model(X)
        pygrad.seed(0)
        expected = pygrad.default_rng().random()
        pygrad.seed(0)
        with pytest.raises(GraphError):
            model.plot()
        assert pygrad.default_rng().random() == expected

    def test_zeros_make_no_warnings(self):
        model = model_of(lambda self, x: F.log(x) + 1 / x)
        model(X + 2)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.plot()

    def test_training_goes_on_as_if_nothing_had_been(self):
        def trained(plot):
            pygrad.seed(0)
            model = Net()
            optimizer = nn.optim.Adam(model.params())
            for _ in range(3):
                loss = F.softmax_cross_entropy(model(X), [0, 1, 2, 0])
                loss.backward()
                if plot:
                    model.plot()
                optimizer.step()
                optimizer.zero_grad()
            return loss.item()

        assert trained(plot=True) == trained(plot=False)

    def test_several_threads_may_plot_one_model(self):
        model = Net()
        model(X)
        seen = []
        threads = [
            threading.Thread(target=lambda: seen.append(texts(model.plot()))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [CHAIN] * 4


class TestWhatGoesWrong:
    def test_a_model_that_was_never_called(self):
        with pytest.raises(GraphError, match=r"Net.*first: model\(data\)"):
            Net().plot()
        with pytest.raises(GraphError, match=r"model.plot: Net has not been called yet, so the"):
            viz.plot_model(Net())

    def test_a_model_that_fails_on_zeros_names_its_error(self):
        def forward(self, x):
            if not x.data.any():
                raise ValueError("nothing but zeros")
            return x

        model = model_of(forward)
        model(X)
        with pytest.raises(
            GraphError,
            match=r"model\.plot: .*Model.*\(4, 6\).*ValueError: nothing but zeros.*plot_graph",
        ) as caught:
            model.plot()
        assert isinstance(caught.value.__cause__, ValueError)

    def test_a_model_that_cannot_be_copied(self):
        model = model_of(lambda self, x: x, lock=threading.Lock())
        model(X)
        with pytest.raises(GraphError, match=r"Model cannot be copied \(TypeError: .*lock"):
            model.plot()

    def test_an_argument_that_no_record_keeps(self):
        model = model_of(lambda self, x, other: x)
        model(X, object())
        with pytest.raises(GraphError, match=r"argument that was neither an array nor a number"):
            model.plot()

    @pytest.mark.parametrize("wrong", [None, 3, Variable(1.0), np.ones(3)])
    def test_what_is_no_model(self, wrong):
        kind = type(wrong).__name__
        with pytest.raises(DtypeError, match=rf"expected a model, an nn\.Module, got {kind}"):
            viz.plot_model(wrong)

    def test_ctrl_c_is_not_taken_for_a_failure(self):
        passes = []

        def forward(self, x):
            passes.append(x.data.any())
            if len(passes) == 2:
                raise KeyboardInterrupt
            return x

        model = model_of(forward)
        model(X)
        with pytest.raises(KeyboardInterrupt):
            model.plot()
        assert passes == [True, False]
