"""Checkpoints: a run that was interrupted, by whatever it was, ends as one that never was."""

import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

import pygrad
from pygrad import functions as F
from pygrad import nn
from pygrad.exceptions import ArgumentError, MissingWeightsError, WeightsError
from pygrad.nn.training import tree_file


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Falling:
    """A small schedule that counts."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.epochs = 0

    def step(self):
        self.epochs += 1
        self.optimizer.lr = 0.1 / self.epochs

    def weight_dict(self):
        return {"epochs": self.epochs, "lr": self.optimizer.lr}

    def load_weight_dict(self, weights):
        self.epochs, self.optimizer.lr = weights["epochs"], weights["lr"]


class Shuffled:
    """A loader with a position: the batches of an epoch in an order of its own."""

    def __init__(self, n=12):
        rng = np.random.default_rng(0)
        self.batches = [(rng.normal(size=(4, 2)), rng.integers(0, 2, 4)) for _ in range(n)]
        self.rng = np.random.default_rng(5)
        self.order, self.at = [], 0

    def __iter__(self):
        if self.at >= len(self.order):
            self.order, self.at = self.rng.permutation(len(self.batches)).tolist(), 0
        while self.at < len(self.order):
            self.at += 1
            yield self.batches[self.order[self.at - 1]]

    def __len__(self):
        return len(self.batches)

    def state(self):
        return {"order": self.order, "at": self.at}

    def load_state(self, state):
        self.order, self.at = state["order"], state["at"]


def a_run():
    """A model with dropout from two generators, an optimizer that remembers, and a schedule."""
    pygrad.seed(3)
    model = nn.Sequential(
        nn.Linear(2, 8), nn.Dropout(0.3, rng=np.random.default_rng(8)), nn.Dropout(0.1),
        nn.Linear(8, 2),
    )  # fmt: skip
    optimizer = nn.optim.Adam(model.params(), lr=0.1)
    return model, optimizer, Falling(optimizer), Shuffled()


def steps(run, n):
    model, optimizer, schedule, loader = run
    while n:
        for x, labels in loader:
            noise = random.random() + np.random.normal()
            F.softmax_cross_entropy(model(x + noise), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
            if n % 5 == 0:
                schedule.step()
            n -= 1
            if not n:
                return


def weights(run):
    return [p.data.copy() for p in run[0].params()]


# --------------------------------------------------------------------------------- by hand


def test_a_run_goes_on_from_a_checkpoint_to_the_bit():
    random.seed(1)
    np.random.seed(1)
    run = a_run()
    steps(run, 17)  # in the middle of the second epoch
    nn.save_checkpoint("run", *run, step=17, note="half way")
    steps(run, 20)
    wanted = weights(run)

    random.seed(9)
    np.random.seed(9)
    other = a_run()
    steps(other, 3)
    pygrad.seed(100)
    assert nn.load_checkpoint("run", *other) == {"step": 17, "note": "half way"}
    steps(other, 20)
    for a, b in zip(wanted, weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert other[2].epochs == run[2].epochs
    assert other[1].lr == run[1].lr


@pytest.mark.parametrize(
    "part", ["optimizer", "schedule", "random", "loader"]
)  # what shows that the test above would notice
def test_every_part_of_a_checkpoint_is_needed(part, monkeypatch):
    random.seed(1)
    np.random.seed(1)
    run = a_run()
    steps(run, 17)
    nn.save_checkpoint("run", *run)
    steps(run, 20)
    wanted = weights(run)
    other = a_run()
    if part == "random":
        monkeypatch.setattr("pygrad.nn.training.checkpoints.load_random_states", lambda *_: None)
    model, optimizer, schedule, loader = other
    nn.load_checkpoint(
        "run",
        model,
        None if part == "optimizer" else optimizer,
        None if part == "schedule" else schedule,
        None if part == "loader" else loader,
    )
    steps(other, 20)
    assert any((a != b).any() for a, b in zip(wanted, weights(other), strict=True))


def test_the_file_is_a_zip_file_without_pickle():
    run = a_run()
    steps(run, 2)
    nn.save_checkpoint("run.npz", *run)
    assert os.listdir() == ["run.npz"]
    with np.load("run.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["model.0.W"], run[0][0].W.data)
    names = zipfile.ZipFile("run.npz").namelist()
    assert names[0] == "state.json"
    assert all(name.endswith(".npy") for name in names[1:])


def test_equal_states_give_equal_files():
    files = []
    for name in ("a", "b"):
        random.seed(1)
        np.random.seed(1)
        run = a_run()
        steps(run, 7)
        nn.save_checkpoint(name, *run)
        files.append(pathlib.Path(f"{name}.npz").read_bytes())
    assert files[0] == files[1]


def test_a_model_alone_is_taken_from_a_whole_checkpoint():
    run = a_run()
    nn.save_checkpoint("run", *run)
    model = a_run()[0]
    model[0].W.data[...] = 0
    nn.load_checkpoint("run", model)
    np.testing.assert_array_equal(model[0].W.data, run[0][0].W.data)


def test_what_is_not_in_a_checkpoint_is_an_error_and_moves_nothing():
    run = a_run()
    nn.save_checkpoint("run", run[0])
    steps(run, 3)
    before = weights(run)
    state = pygrad.default_rng().bit_generator.state
    with pytest.raises(WeightsError, match=r"load_checkpoint: 'run.npz': there is no optimizer in"):
        nn.load_checkpoint("run", *run)
    for a, b in zip(before, weights(run), strict=True):
        np.testing.assert_array_equal(a, b)
    assert str(pygrad.default_rng().bit_generator.state) == str(state)


def test_a_checkpoint_of_another_model_is_refused():
    nn.save_checkpoint("run", nn.Linear(2, 2))
    model = nn.Linear(3, 2)
    with pytest.raises(WeightsError, match=r"'run.npz': Linear.load_weight_dict: .*\n  W: shape"):
        nn.load_checkpoint("run", model)


def test_a_layer_that_lost_its_generator_is_noticed():
    nn.save_checkpoint("run", a_run()[0])
    model = a_run()[0]
    model[1].rng = None
    with pytest.raises(WeightsError, match=r"generators .* they differ in: model\.1\.rng"):
        nn.load_checkpoint("run", model)
    model[1].rng = np.random.Generator(np.random.MT19937(0))
    with pytest.raises(WeightsError, match=r"the generator model\.1\.rng is of another kind"):
        nn.load_checkpoint("run", model)


def test_a_missing_checkpoint_is_a_missing_file():
    with pytest.raises(MissingWeightsError, match="load_checkpoint: 'run.npz': there is no such"):
        nn.load_checkpoint("run", nn.Linear(1, 1))
    with pytest.raises(FileNotFoundError, match="save_checkpoint: 'no/run.npz': the folder"):
        nn.save_checkpoint("no/run", nn.Linear(1, 1))


@pytest.mark.parametrize("thing", [object(), print, {1, 2}, b"bytes", np.array([None])])
def test_what_cannot_be_kept_is_said(thing):
    with pytest.raises(ArgumentError, match=r"checkpoint: extra\.things\.0 is a .*; arrays, numb"):
        nn.save_checkpoint("run", nn.Linear(1, 1), things=[thing])
    assert os.listdir() == []


def test_parts_without_the_methods_are_refused():
    with pytest.raises(ArgumentError, match=r"loader is a list, which has no state\(\)"):
        nn.save_checkpoint("run", nn.Linear(1, 1), loader=[])


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2**200, 0.1, float("inf"), "text ß\udcff", [], [1, [2.5]], (1, (2,)), {},
        {"a": {"b": 1}}, {1: "x", (2, 3): "y"}, {"__array__": 1}, np.arange(3), np.float32(0.1),
        np.array(2 + 1j), np.zeros((0, 2)), {"a.b": np.ones(1), "a": {"b": np.zeros(1)}},
    ],
)  # fmt: skip
def test_every_kind_of_value_comes_back(value):
    nn.save_checkpoint("run", nn.Linear(1, 1), value=value)
    found = nn.load_checkpoint("run", nn.Linear(1, 1))["value"]
    assert type(found) is type(value) or isinstance(found, np.ndarray)
    np.testing.assert_equal(found, value)


def test_no_damage_to_a_checkpoint_crashes_or_goes_in():
    model = nn.Linear(2, 2)
    nn.save_checkpoint("run", model, step=1)
    content = pathlib.Path("run.npz").read_bytes()
    before = model.W.data.copy()
    rng = random.Random(0)
    refused = 0
    for _ in range(300):
        damaged = bytearray(content)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        pathlib.Path("run.npz").write_bytes(damaged)
        try:
            nn.load_checkpoint("run", model)
        except WeightsError:
            refused += 1
        np.testing.assert_array_equal(model.W.data, before)
    assert refused > 200


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"version": 2}', "[" * 100_000])
def test_a_state_that_is_none_is_refused(text):
    with zipfile.ZipFile("run.npz", "w") as file:
        file.writestr("state.json", text)
    with pytest.raises(WeightsError, match=r"'run.npz': (its state.json|it is no checkpoint)"):
        nn.load_checkpoint("run", nn.Linear(1, 1))
    nn.Linear(1, 1).save("run.npz")
    with pytest.raises(WeightsError, match=r"it has no state.json in it, so it is no checkpoint"):
        nn.load_checkpoint("run", nn.Linear(1, 1))


def test_arrays_of_a_tree_are_its_own():
    with open("tree.npz", "wb") as file:
        tree_file.write(file, {"a": np.ones(2)})
    with open("tree.npz", "rb") as file:
        tree_file.read(file)["a"][0] = 5  # and not a view of the file's bytes


# ---------------------------------------------------------------------------- by a Trainer

PROGRAM = """
import random, sys, time
import numpy as np
import pygrad
from pygrad import data, nn
from pygrad import functions as F

kind, delay, epochs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
pygrad.seed(0)
random.seed(0)  # their states are in the checkpoint, too
np.random.seed(0)
digits = data.datasets.digits()
train, test = data.ratio_split(digits, 0.3, 0.7)
model = nn.Sequential(
    nn.Linear(64, 32), nn.Dropout(0.2), nn.Linear(32, 10, rng=np.random.default_rng(1)),
    nn.Dropout(0.1, rng=np.random.default_rng(2)),
)
optimizer = nn.optim.Adam(model.params())

class Halving:
    def step(self):
        optimizer.lr /= 2
    def weight_dict(self):
        return {"lr": optimizer.lr}
    def load_weight_dict(self, weights):
        optimizer.lr = weights["lr"]

class Slow(nn.Callback):
    def step(self, trainer):
        print("step", trainer.step, flush=True)
        time.sleep(delay)

settings = {
    "seeded": {"seed": 4}, "shuffled": {}, "own": {"rng": np.random.default_rng(3)},
    "workers": {"num_workers": 2},
}[kind]
loader = data.DataLoader(train, 32, **settings)
trainer = nn.Trainer(
    model, F.softmax_cross_entropy, optimizer, Halving(), metrics=["Accuracy", "F1"],
    callbacks=[Slow(), nn.EarlyStopping(patience=50)], checkpoint="run", checkpoint_every=2,
    accumulate=2, progress=False,
)
history = trainer.fit(loader, epochs, validation=data.DataLoader(test, 300))
history.to_csv("history.csv")
model.save("weights.npy")
print("done", flush=True)
"""


def start(kind, delay, epochs=4, folder="."):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "random"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, kind, str(delay), str(epochs)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=folder,
    )  # fmt: skip


def wait_for_step(process, n):
    for line in process.stdout:
        if line.split() == ["step", str(n)]:
            return
    raise AssertionError(process.stderr.read())


RESULTS = ("weights.npy", "run.npz", "history.csv")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["seeded", "shuffled", "own", "workers"])
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bytes(kind, tmp_path):
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    whole = start(kind, 0, folder=tmp_path / "whole")
    _, errors = whole.communicate(timeout=120)
    assert whole.returncode == 0, errors
    rng = random.Random(kind)
    # 9 updates an epoch: in the middle of the first epoch, of the second, and of the last
    for n in (5, 12, 30):
        process = start(kind, 0.01, folder=tmp_path / "killed")
        wait_for_step(process, n)
        time.sleep(rng.uniform(0, 0.01))  # between steps, in one, or while a file is written
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not (tmp_path / "killed" / "weights.npy").exists()
    last = start(kind, 0, folder=tmp_path / "killed")
    out, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    assert "step 1\n" not in out  # it did go on, and not begin again
    for name in RESULTS:
        a, b = ((tmp_path / run / name).read_bytes() for run in ("whole", "killed"))
        assert a == b, name


@pytest.mark.slow
def test_ctrl_c_finishes_the_step_and_leaves_a_checkpoint(tmp_path):
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    start("shuffled", 0, folder=tmp_path / "whole").communicate(timeout=120)
    process = start("shuffled", 0.2, folder=tmp_path / "stopped")
    wait_for_step(process, 3)  # which no regular checkpoint follows
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors.splitlines()[-1]
    assert "stopping after this step; Ctrl-C once more stops at once" in errors
    process = start("shuffled", 0, folder=tmp_path / "stopped")
    out, _ = process.communicate(timeout=120)
    assert out.startswith("step 4\n")
    for name in RESULTS:
        a, b = ((tmp_path / run / name).read_bytes() for run in ("whole", "stopped"))
        assert a == b, name


@pytest.mark.slow
def test_a_second_ctrl_c_stops_at_once(tmp_path):
    process = start("shuffled", 60, folder=tmp_path)
    wait_for_step(process, 1)
    for _ in range(2):
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors.splitlines()[-1]
    assert not (tmp_path / "run.npz").exists()


@pytest.mark.slow
def test_a_finished_run_is_not_trained_further_unless_epochs_says_so(tmp_path):
    first, _ = start("seeded", 0, 2, folder=tmp_path).communicate(timeout=120)
    again, _ = start("seeded", 0, 2, folder=tmp_path).communicate(timeout=120)
    more, _ = start("seeded", 0, 3, folder=tmp_path).communicate(timeout=120)
    assert first.count("step") == 18
    assert again == "done\n"
    assert more.splitlines()[0] == "step 19"
    assert more.count("step") == 9


def trained(checkpoint, epochs, loader, callbacks=(), metrics=(), resume=True):
    model, optimizer, schedule, _ = a_run()
    trainer = nn.Trainer(
        model, F.softmax_cross_entropy, optimizer, schedule, metrics, callbacks, checkpoint,
        progress=False,
    )  # fmt: skip
    trainer.fit(loader, epochs, resume=resume)
    return trainer


def test_a_list_of_batches_goes_on_too():
    class Stop(nn.Callback):
        def step(self, trainer):
            if trainer.step == 17:
                trainer._save([])
                raise RuntimeError("the power is gone")

    batches = Shuffled().batches
    wanted = trained(None, 3, batches)
    with pytest.raises(RuntimeError):
        trained("run", 3, batches, [Stop()])
    with pytest.raises(WeightsError, match=r"of a run with the callbacks \['Stop'\], and this one"):
        trained("run", 3, batches)
    Stop.step = nn.Callback.step
    found = trained("run", 3, batches, [Stop()])
    assert (found.epoch, found.step) == (3, 36)
    assert found.history == wanted.history
    for p, q in zip(wanted.model.params(), found.model.params(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_resume_can_be_refused():
    batches = Shuffled().batches
    first = trained("run", 1, batches)
    again = trained("run", 1, batches, resume=False)
    assert again.step == first.step == 12
    assert trained("run", 2, batches).step == 24


def test_early_stopping_and_its_patience_survive():
    batches = Shuffled().batches
    stopped = trained("run", 2, batches, [nn.EarlyStopping("loss", patience=9)])
    callback = nn.EarlyStopping("loss", patience=9)
    trained("run", 2, batches, [callback])
    assert callback.state() == stopped.callbacks[0].state()
    trained("other", 9, batches, [nn.EarlyStopping("loss", patience=1, min_delta=9)])
    after = trained("other", 20, batches, [nn.EarlyStopping("loss", patience=1, min_delta=9)])
    assert (after.epoch, after.stopped) == (2, "loss has not improved for 1 epochs")


def test_a_run_with_other_metrics_is_another_run():
    trained("run", 1, Shuffled().batches, metrics=["Accuracy"])
    with pytest.raises(
        WeightsError, match=r"the metrics \['accuracy'\], and this one has \['f1'\]"
    ):
        trained("run", 2, Shuffled().batches, metrics=["F1"])


def test_a_checkpoint_by_hand_is_none_of_a_trainer():
    model, optimizer, schedule, _ = a_run()
    nn.save_checkpoint("run", model, optimizer, schedule)
    with pytest.raises(WeightsError, match=r"checkpoint 'run.npz' was not made by a Trainer"):
        trained("run", 1, Shuffled().batches)
