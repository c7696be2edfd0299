"""``pygrad train``: a run from a file, with things of a plugin, and errors that name the key."""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import numpy as np
import pytest

import pygrad
from pygrad import cli, nn
from pygrad.exceptions import ArgumentError, PyGradError
from pygrad.nn.training import config

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "digits.toml"

SMALL = """
seed = 1
epochs = 3
metrics = ["Accuracy"]

[data]
name = "iris"

[data.batches]
split = [0.6, 0.2, 0.2]
batch_size = 16

[model]
layers = [
    { name = "Linear", in_features = 4, out_features = 8 },
    { name = "Sequential", layers = [{ name = "tanh" }, { name = "Dropout", p = 0.1 }] },
    { name = "Linear", in_features = 8, out_features = 3 },
]

[loss]
name = "softmax_cross_entropy"

[optimizer]
name = "SGD"
lr = 0.1
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def train(text, *arguments):
    pathlib.Path("run.toml").write_text(text)
    return cli.main(["train", "run.toml", *arguments])


@pytest.mark.slow
def test_the_example_reads_96_of_100_digits_and_goes_on_where_it_stopped(capsys):
    assert cli.main(["train", str(EXAMPLE), "--epochs", "10"]) == 0
    first = capsys.readouterr().out
    assert first.count("epoch") == 10
    assert cli.main(["train", str(EXAMPLE)]) == 0
    second = capsys.readouterr().out
    assert second.startswith("epoch 11/40")
    accuracy = float(second.rpartition("accuracy ")[2].split()[0])
    assert accuracy >= 0.96
    assert sorted(os.listdir()) == ["digits-best.npz", "digits-run.npz", "digits.csv", "digits.npy"]
    assert len(pathlib.Path("digits.csv").read_text().splitlines()) == 41


def test_it_does_what_the_same_run_by_hand_does(capsys):
    output = '[output]\nweights = "iris.npz"\nhistory = "iris.jsonl"\n'
    assert train(SMALL + output) == 0
    out = capsys.readouterr().out
    assert out.count("epoch") == 3
    assert "iris.npz: the weights" in out
    assert out.splitlines()[-1].startswith("test: loss ")

    from pygrad import data
    from pygrad import functions as F

    pygrad.seed(1)
    loaders = data.in_batches(data.datasets.iris(), [0.6, 0.2, 0.2], seed=1, batch_size=16)
    a, b = nn.Linear(4, 8), nn.Linear(8, 3)
    dropout = nn.Dropout(0.1)
    optimizer = nn.optim.SGD([*a.params(), *b.params()], lr=0.1)
    for _ in range(3):
        for x, labels in loaders[0]:
            F.softmax_cross_entropy(b(dropout(F.tanh(a(x)))), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
    weights = np.load("iris.npz")
    np.testing.assert_array_equal(weights["0.W"], a.W.data)
    np.testing.assert_array_equal(weights["2.b"], b.b.data)


def test_quiet_and_epochs_and_fresh(capsys):
    text = SMALL + '[output]\ncheckpoint = "run"\n'
    assert train(text, "--epochs", "1", "--quiet") == 0
    assert capsys.readouterr().out.startswith("test: ")
    assert train(text) == 0
    assert capsys.readouterr().out.startswith("epoch 2/3")
    assert train(text, "--fresh") == 0
    assert capsys.readouterr().out.startswith("epoch 1/3")


# ---------------------------------------------------------------------------- a plugin


class Scale(nn.Module):
    def __init__(self, n, start=1.0):
        super().__init__()
        self.scale = nn.Parameter(np.full(n, start))

    def forward(self, x):
        return x * self.scale


class Creep(nn.optim.Optimizer):
    """Goes a step of fixed length, whatever the gradient."""

    def __init__(self, params, lr):
        super().__init__(params)
        self.lr = lr

    def numbers(self, step):
        return (self.lr,)

    def update(self, out, g, scratch, lr):
        np.multiply(np.sign(g), lr, out=out)


class Halving:
    def __init__(self, optimizer, after):
        self.optimizer, self.after = optimizer, after

    def step(self):
        self.after -= 1
        if not self.after:
            self.optimizer.lr /= 2

    def weight_dict(self):
        return {"after": self.after}

    def load_weight_dict(self, weights):
        self.after = weights["after"]


class Plugin:
    """Everything that a run consists of."""

    @pygrad.hookimpl
    def register_layers(self, register):
        register("Scale", Scale)

    @pygrad.hookimpl
    def register_optimizers(self, register):
        register("Creep", Creep)

    @pygrad.hookimpl
    def register_schedulers(self, register):
        register("Halving", Halving)

    @pygrad.hookimpl
    def register_losses(self, register):
        register("Distance", lambda power=2: lambda y, target: (abs(y - target) ** power).mean())

    @pygrad.hookimpl
    def register_datasets(self, register):
        register("threefold", self.threefold)

    @pygrad.hookimpl
    def register_batchers(self, register):
        register("whole", lambda dataset, seed: [[dataset]])

    @pygrad.hookimpl
    def register_metrics(self, register):
        register("Half", Half)

    @staticmethod
    def threefold(n):
        x = np.arange(1.0, n + 1)[:, None]
        return x, 3 * x


class Half(nn.metrics.MAE):
    name = "half_mae"

    def compute(self):
        return super().compute() / 2


def test_everything_in_a_run_may_come_from_a_plugin(capsys):
    text = """
    epochs = 6
    metrics = ["Half"]
    [data]
    name = "threefold"
    n = 5
    [data.batches]
    name = "whole"
    [model]
    name = "Scale"
    n = 1
    [loss]
    name = "Distance"
    power = 1
    [optimizer]
    name = "Creep"
    lr = 0.5
    [schedule]
    name = "Halving"
    after = 2
    [output]
    weights = "scale.npy"
    """
    pygrad.plugins.register(Plugin())
    try:
        assert train(text) == 0
    finally:
        pygrad.plugins.unregister("Plugin")
    assert np.load("scale.npy", allow_pickle=False)["scale"] == 1 + 2 * 0.5 + 4 * 0.25
    assert "half_mae" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("loss", "layer"),
    [('"CrossEntropyLoss"\nlabel_smoothing = 0.1', "tanh"), ('"softmax_cross_entropy"', "Tanh")],
)
def test_losses_and_activations_may_be_modules_or_functions(loss, layer):
    text = SMALL.replace('"softmax_cross_entropy"', loss).replace('"tanh"', f'"{layer}"')
    run = config.run_from(tomllib.loads(text), progress=False)
    history = run.trainer.fit(run.train, 3)
    assert history[-1]["loss"] < history[0]["loss"]


def test_data_may_come_from_a_file(capsys):
    rows = ["size,kind", *(f"{i},{'big' if i > 20 else 'small'}" for i in range(40))]
    pathlib.Path("things.csv").write_text("\n".join(rows))
    text = SMALL.replace('name = "iris"', 'file = "things.csv"\nlabel = "kind"')
    text = text.replace("in_features = 4", "in_features = 1").replace(
        "features = 3", "features = 2"
    )
    assert train(text, "--quiet") == 0
    assert train(text.replace("things", "thing")) == 1
    assert "data: " in capsys.readouterr().err


# ------------------------------------------------------------------------------ errors


def changed(old, new):
    assert old in SMALL
    return SMALL.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed('"iris"', '"irsi"'), r"data\.name: .*called 'irsi'; did you mean 'iris'"),
        (changed('"iris"', "3"), r"data\.name: it is 3; it must be a name"),
        (changed('name = "iris"', ""), "data: it must have either a name, .* or a file"),
        (changed('name = "iris"', 'file = "x.what"'), r"data\.file: 'x.what' may be of .*: none"),
        (changed('"iris"', '"iris"\nsize = 3'), r"data\.size: there is no such key; known are"),
        (changed("[0.6, 0.2, 0.2]", "[0.6, -1]"), r"data\.batches: .*ratio"),
        (changed("[0.6, 0.2, 0.2]", "[0.25, 0.25, 0.25, 0.25]"), r"data\.batches\.split: it has 4"),
        (changed("batch_size = 16", "batch_size = 0"), r"data\.batches: DataLoader: batch_size is"),
        (changed("epochs = 3", ""), "epochs: it is missing"),
        (changed("epochs = 3", "epochs = true"), "epochs: it is True; it must be a whole number"),
        (changed("epochs = 3", "epochs = 3\nepoch = 4"), "epoch: there is .*did you mean epochs"),
        (changed('"Accuracy"', '"Acuracy"'), r"metrics\[0\]\.name: .*did you mean 'Accuracy'"),
        (
            changed('"Accuracy"', '{ name = "TopK", kk = 2 }'),
            r"metrics\[0\]\.kk: there is no .*mean k",
        ),
        (changed('"Accuracy"', '{ name = "TopK", k = 0 }'), r"metrics\[0\]: TopK: k is 0"),
        (changed("in_features = 4, ", ""), r"model\.layers\[0\]\.in_features: it is missing"),
        (changed("in_features = 4", "in_features = 0"), r"model\.layers\[0\]: Linear: in_features"),
        (
            changed("in_features = 4", 'in_features = "4"'),
            r"model\.layers\[0\]: Linear: in_features",
        ),
        (changed('"tanh"', '"tahn"'), r"model\.layers\[1\]\.layers\[0\]\.name: .*'tanh'"),
        (changed("p = 0.1", "rate = 0.1"), r"model\.layers\[1\]\.layers\[1\]\.rate: there is no"),
        (changed('name = "softmax_cross_entropy"', ""), r"loss\.name: it is missing"),
        (changed('_entropy"', '_entropy"\nsmooth = 1'), r"loss\.smooth: there is no such key"),
        (changed("[loss]", "[los]"), "los: there is no such key; did you mean loss"),
        (changed('[optimizer]\nname = "SGD"\nlr = 0.1', ""), r"optimizer: it is missing; .*\[opt"),
        (changed("lr = 0.1", "learning = 0.1"), r"optimizer\.learning: there is no such key; .*lr"),
        (changed("lr = 0.1", "lr = -1"), "optimizer: SGD: lr is -1"),
        (changed("lr = 0.1", 'lr = "fast"'), "optimizer: SGD: lr is 'fast'"),
        (SMALL + '[schedule]\nname = "StepLR"', r"schedule\.step_size: it is missing"),
        (SMALL + "[training]\naccumulate = 0", "training: Trainer: accumulate is 0"),
        (SMALL + '[training]\ncheckpoint = "x"', r"training\.checkpoint: there is no such key"),
        (SMALL + "[early_stopping]\npatience = 0", "early_stopping: EarlyStopping: patience is 0"),
        (SMALL + "[output]\nweight = 1", r"output\.weight: there is no .*did you mean weights"),
        ("epochs = ", "it is no TOML: "),
        ("epochs = 1\ndata = 3", "data: it is 3; it must be a table"),
    ],
)
def test_an_error_names_the_key(capsys, text, message):
    assert train(text) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pygrad: error: train: run.toml: ")
    assert re.search(rf"run\.toml: {message}", line), line


def test_a_missing_file_is_said(capsys):
    assert cli.main(["train", "none.toml"]) == 1
    assert "train: none.toml: it cannot be read: no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "layer",
    [
        '{ name = "__import__" }', '{ name = "os.system" }', '{ name = "eval", x = 1 }',
        '{ name = "Module.forward" }', '{ name = "Linear.__init__" }', '{ name = "getattr" }',
    ],
)  # fmt: skip
def test_a_name_is_looked_up_and_never_run(layer):
    table = tomllib.loads(SMALL)
    table["model"]["layers"] = tomllib.loads(f"x = [{layer}]")["x"]
    with pytest.raises(PyGradError, match=r"model\.layers\[0\]\.name: "):
        config.run_from(table)


def test_without_pygrad_data_the_part_to_install_is_named():
    # a process of its own, in which the plugin of pygrad-data does not load
    program = """
import sys
from pygrad.plugins.discovery import announcements as real
import pygrad.plugins.manager as m
def others():
    found, problems = real()
    return [x for x in found if x.name != "data"], problems
m.announcements = others
from pygrad import cli
sys.exit(cli.main(["train", "run.toml"]))
"""
    pathlib.Path("run.toml").write_text(SMALL)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 1
    assert "data.name: " in done.stderr
    assert "pip install 'pygrad[data]'" in done.stderr


def test_a_config_without_seed_is_repeatable():
    table = tomllib.loads(SMALL)
    del table["seed"]
    runs = [config.run_from(table, progress=False) for _ in range(2)]
    for run in runs:
        pygrad.seed(0)
        run.trainer.fit(run.train, 1)
    a, b = (run.trainer.model.params() for run in runs)
    for p, q in zip(a, b, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_settings_of_the_wrong_kind_are_argument_errors():
    table = tomllib.loads(SMALL)
    table["data"]["batches"]["batch_size"] = [1]
    with pytest.raises(ArgumentError, match="data.batches: "):
        config.run_from(table)
