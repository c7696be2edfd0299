"""Trainer: what it does in an epoch, what it measures, and what stops it."""

import csv
import io
import json
import pathlib
import sys

import numpy as np
import pytest

import pygrad
from pygrad import functions as F
from pygrad import nn
from pygrad.exceptions import (
    ArgumentError,
    DataError,
    DtypeError,
    ShapeError,
    TrainingError,
    UnknownNameError,
)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def mse(y, target):
    return ((y - target) ** 2).mean()


def batches_of_blobs(n=5, size=8, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        labels = rng.integers(0, 3, size)
        yield rng.normal(size=(size, 2)) + np.array([[0, 0], [3, 0], [0, 3]])[labels], labels


def a_model():
    pygrad.seed(1)
    return nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.2), nn.Linear(8, 3))


def a_trainer(model, lr=0.05, **settings):
    settings = {"metrics": ["Accuracy"], "progress": False, **settings}
    optimizer = nn.optim.SGD(model.params(), lr=lr)
    return nn.Trainer(model, F.softmax_cross_entropy, optimizer, **settings)


# ------------------------------------------------------------------------------ the loop


def test_it_does_what_the_loop_by_hand_does():
    batches = list(batches_of_blobs())
    a, b = a_model(), a_model()
    pygrad.seed(2)
    a_trainer(a).fit(batches, 3)
    pygrad.seed(2)
    optimizer = nn.optim.SGD(b.params(), lr=0.05)
    for _ in range(3):
        for x, labels in batches:
            F.softmax_cross_entropy(b(x), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
    for p, q in zip(a.params(), b.params(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_it_learns_and_measures():
    model = a_model()
    trainer = a_trainer(model)
    batches = list(batches_of_blobs(20))
    history = trainer.fit(batches, 10, validation=list(batches_of_blobs(10, seed=1)))
    assert history is trainer.history
    assert [record["epoch"] for record in history] == list(range(1, 11))
    assert list(history[0]) == ["epoch", "lr", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert history[-1]["val_accuracy"] > 0.8 > 0.6 > history[-1]["val_loss"]
    assert history[-1]["loss"] < history[0]["loss"]
    assert (trainer.epoch, trainer.step) == (10, 200)


def test_the_loss_is_the_mean_over_samples_also_of_unequal_batches():
    model = nn.Linear(1, 1)
    x = np.arange(5.0)[:, None]
    trainer = nn.Trainer(model, mse, nn.optim.SGD(model.params()), progress=False)
    whole = trainer.evaluate([(x, x)])["loss"]
    assert trainer.evaluate([(x[:4], x[:4]), (x[4:], x[4:])])["loss"] == pytest.approx(whole)


def test_epochs_is_the_total():
    model = a_model()
    trainer = a_trainer(model)
    batches = list(batches_of_blobs())
    assert len(trainer.fit(batches, 2)) == 2
    assert len(trainer.fit(batches, 5)) == 5
    assert len(trainer.fit(batches, 5)) == 5
    assert trainer.step == 25
    assert len(trainer.fit(batches, 1, resume=False)) == 1


def test_evaluation_moves_nothing():
    model = a_model()
    model[1].eval()
    before = model.weight_dict()
    trainer = a_trainer(model)
    first = trainer.evaluate(list(batches_of_blobs()))
    assert trainer.evaluate(list(batches_of_blobs())) == first  # dropout is off
    assert [module.training for module in model.modules()] == [True, True, False, True]
    assert all(p.grad is None for p in model.params())
    np.testing.assert_array_equal(before["0"]["W"], model[0].W.data)


def test_evaluation_in_the_middle_of_an_epoch_leaves_its_sums_alone():
    batches = list(batches_of_blobs())

    class Look(nn.Callback):
        def step(self, trainer):
            trainer.evaluate(batches[:1])

    a, b = a_model(), a_model()
    pygrad.seed(2)
    plain = a_trainer(a).fit(batches, 2)
    pygrad.seed(2)
    assert a_trainer(b, callbacks=[Look()]).fit(batches, 2) == plain


def test_several_batches_make_one_update_that_is_theirs_together():
    x = np.random.default_rng(0).normal(size=(12, 2))
    target = x[:, :1] - x[:, 1:]
    models = [nn.Linear(2, 1, dtype=np.float64, rng=np.random.default_rng(0)) for _ in range(2)]
    settings = {"progress": False}
    whole = [(x[:8], target[:8]), (x[8:], target[8:])]
    parts = [(x[i : i + 2], target[i : i + 2]) for i in range(0, 12, 2)]
    a = nn.Trainer(models[0], mse, nn.optim.SGD(models[0].params(), lr=0.1), **settings)
    b = nn.Trainer(
        models[1], mse, nn.optim.SGD(models[1].params(), lr=0.1), accumulate=4, **settings
    )
    a.fit(whole, 3)
    b.fit(parts, 3)  # of which two are left over in each epoch
    assert a.step == b.step == 6
    np.testing.assert_allclose(models[0].W.data, models[1].W.data, rtol=1e-12)


@pytest.mark.parametrize("by_norm", [True, False])
def test_gradients_are_clipped(by_norm):
    model = nn.Linear(2, 1, bias=False, dtype=np.float64)
    before = model.W.data.copy()
    x, target = np.array([[3.0, 400.0]]), np.array([[1e6]])
    trainer = nn.Trainer(
        model, mse, nn.optim.SGD(model.params(), lr=1.0, momentum=0), progress=False,
        **({"clip_norm": 0.5} if by_norm else {"clip_value": 0.25}),
    )  # fmt: skip
    trainer.fit([(x, target)], 1)
    moved = (model.W.data - before)[:, 0]
    wanted = 0.5 * x[0] / np.hypot(3, 400) if by_norm else [0.25, 0.25]
    np.testing.assert_allclose(moved, wanted, rtol=1e-5)


class Halving:
    """The smallest schedule."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def step(self):
        self.optimizer.lr /= 2

    def weight_dict(self):
        return {"lr": self.optimizer.lr}

    def load_weight_dict(self, weights):
        self.optimizer.lr = weights["lr"]


@pytest.mark.parametrize(("each", "lr"), [("epoch", 1 / 4), ("step", 1 / 64)])
def test_a_schedule_is_asked_after_each_epoch_or_update(each, lr):
    model = a_model()
    optimizer = nn.optim.SGD(model.params(), lr=1.0)
    trainer = nn.Trainer(
        model, F.softmax_cross_entropy, optimizer, Halving(optimizer), schedule_each=each,
        progress=False,
    )  # fmt: skip
    history = trainer.fit(list(batches_of_blobs(3)), 2)
    assert optimizer.lr == lr
    assert history[0]["lr"] == (1 if each == "epoch" else 1 / 8)


@pytest.mark.parametrize("validation", [True, False])
def test_a_schedule_that_takes_a_measure_is_given_the_newest_loss(validation):
    class Ear(Halving):
        heard = ()

        def step(self, measure):
            self.heard += (measure,)

    model = a_model()
    optimizer = nn.optim.SGD(model.params())
    schedule = Ear(optimizer)
    trainer = nn.Trainer(model, F.softmax_cross_entropy, optimizer, schedule, progress=False)
    batches = list(batches_of_blobs(3))
    history = trainer.fit(batches, 2, validation=batches if validation else None)
    assert list(schedule.heard) == history.column("val_loss" if validation else "loss")


def test_the_schedules_of_the_package_can_be_used():
    for name in ("ReduceLROnPlateau", "CosineAnnealingLR"):
        model = a_model()
        optimizer = nn.optim.SGD(model.params(), lr=0.1)
        more = {"patience": 0, "threshold": 10.0} if name[0] == "R" else {"T_max": 4}
        schedule = nn.schedulers.get(name)(optimizer, **more)
        trainer = nn.Trainer(model, F.softmax_cross_entropy, optimizer, schedule, progress=False)
        history = trainer.fit(list(batches_of_blobs(3)), 4)
        assert history[-1]["lr"] < history[0]["lr"] == 0.1, name


# ------------------------------------------------------------------------------- batches


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(2.0)

    def forward(self, a, b=1.0):
        return (a + b) * self.scale


def test_inputs_may_be_several():
    trainer = nn.Trainer(Sum(), mse, nn.optim.SGD(Sum().params()), progress=False)
    x, target = np.ones((2, 1)), np.full((2, 1), 3.0)
    assert trainer.evaluate([((x, x), target)]) == {"loss": 1}
    assert trainer.evaluate([({"a": x, "b": 2 * x}, target)]) == {"loss": 9}
    assert trainer.evaluate([[x, target]]) == {"loss": 1}


def test_an_array_is_its_own_target():
    trainer = nn.Trainer(Sum(), mse, nn.optim.SGD(Sum().params()), progress=False)
    assert trainer.evaluate([np.ones((4, 2))]) == {"loss": 9}


@pytest.mark.parametrize(
    ("loader", "error", "message"),
    [
        ([(1, 2, 3)], DataError, "a batch is a tuple of 3; it must be a pair of inputs and"),
        (["text"], DataError, "a batch is a str; it must be a pair"),
        (iter([]), DtypeError, "a list_iterator, which cannot be gone through epoch after"),
        (3, DtypeError, "the loader is a int, which cannot"),
        ([], ArgumentError, "the loader gave no batch"),
    ],
)
def test_what_is_no_loader_or_batch_is_explained(loader, error, message):
    with pytest.raises(error, match=f"Trainer: .*{message}"):
        a_trainer(a_model()).fit(loader, 1)


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (lambda y, t: (y - t) ** 2, ShapeError, r"the loss has shape \(4, 2\); .* take the mean"),
        (lambda y, t: 3.0, DtypeError, "the loss returned a float; it must return a Variable"),
    ],
)
def test_what_is_no_loss_is_explained(loss, error, message):
    trainer = nn.Trainer(Sum(), loss, nn.optim.SGD(Sum().params()), progress=False)
    with pytest.raises(error, match=message):
        trainer.fit([np.ones((4, 2))], 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"accumulate": 0}, "accumulate is 0; it must be a whole number of at least 1"),
        ({"schedule_each": "day"}, "schedule_each is 'day'; it must be 'epoch' or 'step'"),
        ({"checkpoint_every": 1.5}, "checkpoint_every is 1.5"),
    ],
)
def test_settings_outside_their_range_are_refused(settings, message):
    with pytest.raises(ArgumentError, match=f"Trainer: {message}"):
        a_trainer(a_model(), **settings)
    with pytest.raises(ArgumentError, match="Trainer: epochs is -1"):
        a_trainer(a_model()).fit([], -1)


# ------------------------------------------------------------------- what ends a training


def test_a_nan_in_the_data_stops_it_and_is_shown():
    batches = list(batches_of_blobs())
    batches[3][0][2, 1] = np.nan
    model = a_model()
    with pytest.raises(TrainingError) as caught:
        a_trainer(model).fit(batches, 2)
    assert str(caught.value) == (
        "Trainer.fit: the loss is nan in epoch 1, batch 4: the batch holds nan, in an array of "
        "shape (8, 2) at [2, 1]; clean the data"
    )
    assert all(np.isfinite(p.data).all() for p in model.params())


def test_weights_that_diverge_stop_it_and_are_named():
    model = nn.Linear(1, 1)
    optimizer = nn.optim.SGD(model.params(), lr=1e30)
    trainer = nn.Trainer(model, mse, optimizer, progress=False)
    with (
        np.errstate(all="ignore"),
        pytest.raises(
            TrainingError,
            match=r"the loss is (nan|inf) in epoch 1, batch 3: these weights .*: W, b; the last",
        ) as caught,
    ):
        trainer.fit([(np.ones((2, 1)), np.zeros((2, 1)))] * 3, 5)
    assert isinstance(caught.value, ArithmeticError)
    assert "smaller learning rate" in str(caught.value)


def test_an_overflow_in_the_loss_is_told_from_bad_weights():
    trainer = nn.Trainer(Sum(), lambda y, t: F.log(y * 0).mean(), nn.optim.SGD(Sum().params()))
    with (
        np.errstate(all="ignore"),
        pytest.raises(
            TrainingError,
            match=r"the loss is -inf .*the data and the weights are finite, .*log\(0\)",
        ),
    ):
        trainer.fit([np.ones((4, 2))], 1)


def test_no_checkpoint_ever_holds_weights_that_are_not_finite():
    model = nn.Linear(1, 1)
    trainer = nn.Trainer(
        model, mse, nn.optim.SGD(model.params(), lr=0.01), checkpoint="run", progress=False
    )
    batches = [(np.ones((2, 1)), np.zeros((2, 1)))]
    trainer.fit(batches, 1)
    before = pathlib.Path("run.npz").read_bytes()

    class Spoil(nn.Callback):
        def step(self, trainer):
            model.W.data[...] = np.nan

    trainer.callbacks.append(Spoil())
    with pytest.raises(TrainingError, match=r"after step 2 these weights are no .*numbers: W; the"):
        trainer.fit(batches, 2)
    assert pathlib.Path("run.npz").read_bytes() == before


def test_it_stops_early_where_nothing_improves():
    model = nn.Linear(1, 1)
    stopping = nn.EarlyStopping("loss", patience=3)
    trainer = nn.Trainer(
        model, mse, nn.optim.SGD(model.params(), lr=0.0, momentum=0), callbacks=[stopping],
        progress=False,
    )  # fmt: skip
    assert len(trainer.fit([(np.ones((2, 1)), np.ones((2, 1)))], 50)) == 4
    assert trainer.stopped == "loss has not improved for 3 epochs"


class Script(nn.Callback):
    """Puts given values into the record of each epoch."""

    def __init__(self, **values):
        self.values = values

    def epoch(self, trainer, record):
        record.update({name: v[record["epoch"] - 1] for name, v in self.values.items()})


def scripted(values, callback, epochs=8, name="val_loss"):
    model = nn.Linear(1, 1)
    trainer = nn.Trainer(
        model, mse, nn.optim.SGD(model.params()), metrics=["R2"],
        callbacks=[Script(**{name: values}), callback], progress=False,
    )  # fmt: skip
    return trainer, trainer.fit([(np.ones((2, 1)), np.ones((2, 1)))], epochs)


@pytest.mark.parametrize(
    ("values", "settings", "epochs"),
    [
        ([5, 4, 4, 4, 4, 4, 4, 4], {"patience": 2}, 4),
        ([5, 4, 6, 3, 6, 6, 2, 1], {"patience": 3}, 8),
        ([5, 4, 6, 3, 6, 6, 2, 1], {"patience": 2}, 6),
        ([5, 4.9, 4.8, 4.7, 1, 1, 1, 1], {"patience": 2, "min_delta": 0.5}, 3),
        ([5, np.nan, np.nan, 1, 1, 1, 1, 1], {"patience": 2}, 3),
        ([1, 2, 3, 4, 5, 6, 7, 8], {"patience": 2, "mode": "max"}, 8),
    ],
)
def test_patience_counts_epochs_without_improvement(values, settings, epochs):
    assert len(scripted(values, nn.EarlyStopping(**settings))[1]) == epochs


def test_a_metric_says_whether_more_is_better():
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5]
    _, history = scripted(values, nn.EarlyStopping("val_r2", patience=2), name="val_r2")
    assert len(history) == 7


def test_the_best_weights_are_kept():
    model = nn.Linear(1, 1)
    kept = []

    class Note(nn.Callback):
        def epoch(self, trainer, record):
            kept.append(model.W.data.copy())

    trainer = nn.Trainer(
        model, mse, nn.optim.SGD(model.params(), lr=0.1), progress=False,
        callbacks=[Script(val_loss=[3, 1, 2, 1]), Note(), nn.BestWeights("best.npz")],
    )  # fmt: skip
    trainer.fit([(np.ones((2, 1)), np.zeros((2, 1)))], 4)
    other = nn.Linear(1, 1)
    other.load("best.npz")
    np.testing.assert_array_equal(other.W.data, kept[1])
    assert kept[1] != kept[3]


def test_what_cannot_be_monitored_says_what_can():
    with pytest.raises(UnknownNameError, match=r"EarlyStopping: there is no 'val_loss'; measured"):
        scripted([1] * 8, nn.EarlyStopping(), name="other")
    with pytest.raises(ArgumentError, match="EarlyStopping: patience is 0"):
        nn.EarlyStopping(patience=0)
    with pytest.raises(ArgumentError, match="BestWeights: mode is 'best'; it must be 'min'"):
        nn.BestWeights("best", mode="best")
    with pytest.raises(ArgumentError, match="min_delta is -1"):
        nn.EarlyStopping(min_delta=-1)


def test_callbacks_are_told_of_everything_also_of_the_end_by_an_error():
    heard = []

    class Ear(nn.Callback):
        def start(self, trainer):
            heard.append("start")

        def step(self, trainer):
            heard.append(trainer.step)

        def epoch(self, trainer, record):
            heard.append(f"epoch {record['epoch']}")

        def end(self, trainer):
            heard.append("end")

    batches = list(batches_of_blobs(2))
    trainer = a_trainer(a_model(), callbacks=[Ear()])
    trainer.fit(batches, 2)
    assert heard == ["start", 1, 2, "epoch 1", 3, 4, "epoch 2", "end"]
    heard.clear()
    with pytest.raises(DataError):
        trainer.fit([*batches, "no batch"], 3)
    assert heard == ["start", 5, 6, "end"]


# ---------------------------------------------------------------------- what it shows


def test_it_prints_a_line_for_each_epoch_where_there_is_no_terminal(capsys):
    trainer = a_trainer(a_model(), progress=True, metrics=["Accuracy", "ConfusionMatrix"])
    trainer.fit(list(batches_of_blobs()), 10, validation=list(batches_of_blobs()))
    printed, errors = capsys.readouterr()
    lines = printed.splitlines()
    assert len(lines) == 10
    assert errors == ""
    record = trainer.history[2]
    assert lines[2] == (
        f"epoch  3/10  loss {record['loss']:.4g}  accuracy {record['accuracy']:.4g}  "
        f"val_loss {record['val_loss']:.4g}  val_accuracy {record['val_accuracy']:.4g}"
    )


def test_it_prints_nothing_where_no_progress_is_wanted(capsys):
    a_trainer(a_model()).fit(list(batches_of_blobs()), 2)
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("installed", [True, False])
def test_on_a_terminal_there_is_a_bar_if_tqdm_is_installed(monkeypatch, capsys, installed):
    if installed:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    a_trainer(a_model(), progress=True).fit(list(batches_of_blobs(4)), 1)
    shown = sys.stderr.getvalue()
    assert ("epoch 1/1" in shown) == installed
    assert ("4/4" in shown or "/4" in shown) == installed
    assert capsys.readouterr().out.startswith("epoch 1/1  loss")


# ---------------------------------------------------------------------------- history


def test_the_history_goes_to_csv_and_jsonl():
    trainer = a_trainer(a_model(), metrics=["Accuracy", "ConfusionMatrix"])
    history = trainer.fit(list(batches_of_blobs()), 2)
    history.to_csv("history.csv")
    history.to_jsonl("history.jsonl")
    assert [
        json.loads(x) for x in pathlib.Path("history.jsonl").read_text().splitlines()
    ] == history
    with open("history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == history.column("loss")
    assert json.loads(rows[1]["confusion_matrix"]) == history[1]["confusion_matrix"]
    assert [int(row["epoch"]) for row in rows] == [1, 2]


def test_a_history_with_gaps_has_empty_cells():
    history = nn.History([{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0, "val_loss": 3.0}])
    history.to_csv("history.csv")
    assert pathlib.Path("history.csv").read_text().split() == [
        "epoch,loss,val_loss", "1,2.0,", "2,1.0,3.0",
    ]  # fmt: skip
    assert history.column("val_loss") == [None, 3.0]
    with pytest.raises(
        UnknownNameError, match="there is no 'acc'; measured were: epoch, loss, val"
    ):
        history.column("acc")
    with pytest.raises(ArgumentError, match=r"history: 'no/h.csv' cannot be written: no such file"):
        history.to_csv("no/h.csv")
