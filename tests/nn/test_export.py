"""nn.export: the file runs where there is no PyGrad, and gives what the model gives."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from pygrad import functions as F
from pygrad import nn, no_grad
from pygrad.exceptions import ArgumentError, GraphError, WeightsFileError

RNG = np.random.default_rng(0)

# A fresh interpreter, isolated from the environment, in which PyGrad cannot be imported.
PROGRAM = """
import sys
sys.modules["pygrad"] = None
sys.path.insert(0, sys.argv[1])
import numpy as np
from model import predict
x = np.load(sys.argv[1] + "/x.npy")
y = predict(x)
for i, part in enumerate(y if isinstance(y, tuple) else (y,)):
    np.save(f"{sys.argv[1]}/y{i}.npy", part)
assert not [name for name in sys.modules if name.startswith("pygrad.")]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(x, n=1):
    """What the exported file gives in an interpreter of its own."""
    np.save("x.npy", x)
    folder = os.path.abspath(".")
    command = [sys.executable, "-I", "-W", "error", "-c", PROGRAM, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return [np.load(f"y{i}.npy") for i in range(n)]


def like(x, n):
    """A batch of another length."""
    shape = (n, *x.shape[1:])
    if x.dtype.kind == "i":
        return RNG.integers(0, x.max() + 1, shape)
    return RNG.normal(size=shape).astype(x.dtype)


def assert_same(model, x, *, n=7, tolerance=1e-6):
    model.train()
    nn.export(model, "model.py", x=x)
    assert model.training
    other = like(x, n)
    with no_grad():
        wanted = model.eval()(other)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    for a, b in zip(run(other, len(wanted)), wanted, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b.data, rtol=0, atol=tolerance * max(1, abs(b.data).max()))
    return pathlib.Path("model.py").read_text()


class MLP(nn.Module):
    def __init__(self, dtype=np.float32):
        super().__init__()
        self.fc1 = nn.Linear(6, 16, dtype=dtype)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(16, 3, dtype=dtype)

    def forward(self, x):
        return F.log_softmax(self.fc2(self.dropout(F.tanh(self.fc1(x)))))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(16 * 3 * 3, 40)
        self.fc2 = nn.Linear(40, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.reshape(len(x), -1)
        return self.fc2(F.relu(self.fc1(x)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_mlp_gives_the_same_without_pygrad(dtype):
    tolerance = 1e-6 if dtype == np.float32 else 1e-14
    assert_same(MLP(dtype), RNG.normal(size=(4, 6)), tolerance=tolerance)


def test_a_lenet_gives_the_same_without_pygrad():
    text = assert_same(LeNet(), RNG.normal(size=(3, 1, 16, 16)))
    assert "# conv1: Conv2d(1, 6, 5, padding=2)" in text
    assert 'W["fc2.W"]' in text
    assert text.count("def convolution") == 1
    assert "sigmoid" not in text  # only what is needed


def test_the_whole_file_is_readable():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1, bias=False))
    nn.export(model, "model", x=np.ones((4, 2)))
    assert sorted(os.listdir()) == ["model.npz", "model.py"]
    assert (
        pathlib.Path("model.py").read_text()
        == '''\
"""Sequential as plain NumPy, exported from PyGrad. Its weights lie beside it."""

from pathlib import Path

import numpy as np

with np.load(Path(__file__).with_suffix(".npz"), allow_pickle=False) as file:
    W = dict(file)


def predict(x):
    """The outputs for a batch of shape (n, 2)."""
    x = np.asarray(x, dtype=np.float32)
    # 0: Linear(2, 3)
    h1 = x @ W["0.W"] + W["0.b"]
    # 1: Linear(3, 1, bias=False)
    h2 = h1 @ W["1.W"]
    return h2
'''
    )
    with np.load("model.npz") as file:
        assert list(file) == ["0.W", "0.b", "1.W"]


class Around(nn.Module):
    """A function between two layers, so that there are weights."""

    def __init__(self, function, n=6, m=6):
        super().__init__()
        self.a = nn.Linear(6, n)
        self.b = nn.Linear(m, 2)
        self.function = function

    def forward(self, x):
        return self.b(self.function(self.a(x)))


FUNCTIONS = {
    "relu": F.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "sigmoid": F.sigmoid,
    "tanh": F.tanh, "softmax": F.softmax, "log_softmax": F.log_softmax, "elu": F.elu,
    "selu": F.selu, "celu": lambda x: F.celu(x, 1.5), "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu, "softplus": F.softplus,
    "log_sigmoid": F.log_sigmoid, "mish": F.mish, "softsign": F.softsign,
    "hard_tanh": F.hard_tanh, "exp": F.exp, "sin": F.sin, "abs": abs, "square": F.square,
    "scaled": lambda x: 2 * x - 1, "reversed": lambda x: 1 - 0.5 / (x * x + 1),
    "power": lambda x: x**3, "mean": lambda x: x - x.mean(axis=-1, keepdims=True),
    "maximum": lambda x: F.maximum(x, -x),
    "half": lambda x: F.concatenate([x[:, :3], -x[:, 3:]], axis=1),
    "turned": lambda x: x.reshape(len(x), 2, 3).transpose(0, 2, 1).reshape(-1, 6),
    "numpy": lambda x: np.tanh(np.add(x, np.ones(6, np.float32))),
    "split": lambda x: F.concatenate(F.split(x, 2, axis=1)[::-1], axis=1),
    "expanded": lambda x: F.expand_dims(x, 1).sum(axis=1), "nothing": lambda x: x,
    "stacked": lambda x: F.stack([x, x * x], axis=0).max(axis=0),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_give_the_same(name):
    model, x = Around(FUNCTIONS[name]), RNG.normal(size=(4, 6))
    nn.export(model, "model.py", x=x)
    # in this process, for the sake of time; the others show that PyGrad is not needed
    import runpy

    other = like(x, 3).astype(np.float32)
    found = runpy.run_path("model.py")["predict"](other)
    np.testing.assert_allclose(found, model.eval()(other).data, atol=2e-6)
    assert found.dtype == np.float32


LAYERS = {
    "grouped": (nn.Conv2d(4, 6, (3, 2), stride=2, dilation=(1, 2), groups=2), (3, 4, 9, 8)),
    "conv1d": (nn.Conv1d(4, 2, 3, padding="same"), (3, 4, 9)),
    "transposed": (
        nn.ConvTranspose2d(4, 6, (3, 2), 2, padding=1, output_padding=(1, 0), groups=2),
        (3, 4, 4, 5),
    ),
    "transposed_1d": (nn.ConvTranspose1d(4, 2, 3, dilation=2, bias=False), (3, 4, 5)),
    "doubled": (nn.Upsample(scale_factor=2), (3, 4, 4, 5)),
    "nearest": (nn.Upsample(size=(7, 4)), (3, 4, 4, 5)),
    "bilinear": (nn.Upsample(scale_factor=1.5, mode="bilinear"), (3, 4, 4, 5)),
    "linear": (nn.Upsample(9, mode="linear", align_corners=True), (3, 4, 5)),
    "shuffled": (nn.PixelShuffle(2), (3, 4, 4, 5)),
    "ceil": (nn.MaxPool2d(3, stride=2, ceil_mode=True), (3, 4, 8, 8)),
    "padded": (nn.MaxPool2d(3, stride=2, padding=1), (3, 4, 9, 8)),
    "avg": (nn.AvgPool2d(2), (3, 4, 8, 8)),
    "avg_padded": (nn.AvgPool2d(3, stride=2, padding=1), (3, 4, 8, 8)),
    "global": (nn.GlobalAvgPool(), (3, 4, 8, 8)),
    "batch": (nn.BatchNorm2d(4), (3, 4, 8, 8)),
    "layer": (nn.LayerNorm(8), (3, 4, 8)),
    "rms": (nn.RMSNorm(8), (3, 4, 8)),
    "group": (nn.GroupNorm(2, 4), (3, 4, 8, 8)),
    "flat": (nn.Flatten(), (3, 4, 8, 8)),
    "tokens": (nn.Embedding(9, 4), None),
    "encoder": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (3, 5, 8)),
    "pre_norm": (
        nn.TransformerEncoderLayer(
            8, 2, 16, batch_first=True, norm_first=True, activation="gelu", bias=False
        ),
        (3, 5, 8),
    ),
}


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize(
    "settings", [{"batch_first": True}, {"bidirectional": True, "num_layers": 2}, {"bias": False}]
)
def test_recurrent_layers_give_the_same(kind, settings):
    class Last(nn.Module):
        def __init__(self):
            super().__init__()
            self.recurrent = getattr(nn, kind)(4, 5, **settings)

        def forward(self, x):
            y, states = self.recurrent(x)
            return y, (states[0] if kind == "LSTM" else states)

    assert_same(Last(), RNG.normal(size=(3, 6, 4)), tolerance=2e-6)


def test_a_causal_transformer_gives_the_same():
    class Causal(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(9, 8)
            self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

        def forward(self, x):
            return self.layer(self.words(x), is_causal=True)

    assert_same(Causal(), RNG.integers(0, 9, (3, 6)), tolerance=2e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_give_the_same(name):
    layer, shape = LAYERS[name]
    x = RNG.integers(0, 9, (4, 5)) if shape is None else RNG.normal(size=shape).astype(np.float32)
    for p in layer.params():
        p.data[...] = RNG.normal(size=p.shape)
    if isinstance(layer, nn.BatchNorm2d):
        layer.running_mean.data[...] = RNG.normal(size=4)
        layer.running_var.data[...] = RNG.random(4) + 0.5
    assert_same(nn.Sequential(layer, nn.Identity()), x, tolerance=2e-6)


def test_several_outputs_come_as_a_tuple():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(6, 2), nn.Linear(6, 3)

        def forward(self, x):
            return self.a(x), self.b(x)

    assert_same(Two(), RNG.normal(size=(4, 6)))


def test_frozen_weights_buffers_and_tied_weights_are_weights():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(9, 4)
            self.mean = nn.Buffer(RNG.normal(size=4).astype(np.float32))
            self.words.W.requires_grad = True
            self.scale = nn.Parameter(np.full(4, 3.0, np.float32))
            self.scale.requires_grad = False

        def forward(self, x):
            return (self.words(x) * self.scale - self.mean) @ self.words.W.T

    text = assert_same(Tied(), RNG.integers(0, 9, (4, 5)))
    assert 'W["mean"]' in text
    assert 'W["scale"]' in text
    assert "constant" not in text


def test_the_last_call_says_what_the_input_looks_like():
    model = MLP()
    with pytest.raises(GraphError, match="MLP has not been called with one array yet, .*x=batch"):
        nn.export(model, "model.py")
    model(RNG.normal(size=(4, 6)))
    nn.export(model, "model.py")
    assert "(n, 6)" in pathlib.Path("model.py").read_text()
    tokens = nn.Embedding(9, 4)
    tokens([[1, 2]])
    with pytest.raises(GraphError, match="whole numbers, and which are allowed is not known"):
        nn.export(tokens, "tokens.py")


def test_nothing_of_the_model_moves():
    model = nn.Sequential(nn.Linear(6, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    before = model.weight_dict()
    nn.export(model, "model.py", x=RNG.normal(size=(4, 6)))
    after = model.weight_dict()
    for layer in before:
        for name in before[layer]:
            np.testing.assert_array_equal(before[layer][name], after[layer][name])
    assert model.training
    assert all(p.grad is None for p in model.params())


# ------------------------------------------------------------------- what is refused, loudly


def test_a_function_without_code_is_named():
    model = nn.Sequential(nn.Linear(6, 4), nn.Identity())
    model[1].forward = lambda x: F.cumsum(x, axis=1)
    with pytest.raises(ArgumentError, match="the model calls cumsum, which cannot be written as"):
        nn.export(model, "model.py", x=RNG.normal(size=(4, 6)))
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x * np.abs(x.numpy()), "computes an array of shape .* outside of the graph"),
        (lambda x: x * float(x.data.mean()), "computes an array of shape .* outside of the graph"),
        (lambda x: x * len(x), "computes an array of shape"),
        (lambda x: F.tanh(x) if len(x) % 2 else F.sin(x), "different things for different batches"),
        (lambda x: x if len(x) % 2 else F.sin(x), "different things for different batches"),
        (lambda x: x[: max(2, len(x) // 2)], "cannot be written|other outputs|setting"),
    ],
)
def test_what_depends_on_the_data_in_other_ways_is_refused(function, message):
    with pytest.raises(ArgumentError, match=f"nn.export: .*{message}"):
        nn.export(Around(function), "model.py", x=RNG.normal(size=(5, 6)))
    assert os.listdir() == []


def test_names_cannot_smuggle_in_code():
    model = nn.Module()

    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.by_name = {
                '"]; import os; os.mkdir("executed"); W["': nn.Linear(2, 2),
                "a\nimport os; os.mkdir('executed')": nn.Linear(2, 2),
            }

        def forward(self, x):
            for layer in self.by_name.values():
                x = layer(x)
            return x

    model = Odd()
    type(model).__name__ = 'Odd"""\nimport os; os.mkdir("executed")\n"""'
    assert_same(model, RNG.normal(size=(4, 2)))
    assert "executed" not in os.listdir()


def test_places_that_cannot_be_written_to_are_said():
    with pytest.raises(WeightsFileError, match=r"nn.export: 'no/model.py': the folder"):
        nn.export(MLP(), "no/model.py", x=np.ones((2, 6)))
    with pytest.raises(ArgumentError, match=r"x has shape \(0, 6\); it must be a batch of samples"):
        nn.export(MLP(), "model.py", x=np.ones((0, 6)))
