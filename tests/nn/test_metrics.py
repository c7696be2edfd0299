"""Metrics: what tests/peers/test_metrics.py does not say, which compares them with scikit-learn."""

import numpy as np
import pytest

import pygrad
from pygrad import Variable, nn
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError, UnknownNameError

ALL = [nn.metrics.get(name) for name in nn.metrics.names()]
BY_CLASS = [
    nn.metrics.Accuracy, nn.metrics.ConfusionMatrix, nn.metrics.F1, nn.metrics.Precision,
    nn.metrics.Recall,
]  # fmt: skip


def data_for(metric, n=30):
    rng = np.random.default_rng(0)
    if metric in (nn.metrics.MAE, nn.metrics.R2, nn.metrics.RMSE):
        return rng.normal(size=(n, 2)), rng.normal(size=(n, 2))
    return rng.normal(size=(n, 4)), rng.integers(0, 4, n)


def test_there_are_all_ten():
    assert nn.metrics.names() == [
        "Accuracy", "ConfusionMatrix", "F1", "MAE", "Perplexity", "Precision", "R2", "RMSE",
        "Recall", "TopK",
    ]  # fmt: skip


@pytest.mark.parametrize("metric", ALL)
def test_batches_give_what_the_whole_gives_and_a_state_goes_on(metric):
    y, target = data_for(metric)
    whole, first = metric(), metric()
    wanted = whole(y, target)
    first.update(y[:7], target[:7])
    second = metric()
    second.load_state(first.state())
    second.update(y[7:], target[7:])
    np.testing.assert_allclose(second.compute(), wanted, rtol=1e-12)
    first.reset()
    first.update(y, target)
    np.testing.assert_array_equal(first.compute(), wanted)


@pytest.mark.parametrize("metric", ALL)
def test_a_state_is_what_a_checkpoint_can_keep(metric, tmp_path):
    y, target = data_for(metric)
    counted = metric()
    wanted = counted(y, target)
    model = nn.Linear(1, 1)
    nn.save_checkpoint(tmp_path / "run", model, metric=counted.state())
    again = metric()
    again.load_state(nn.load_checkpoint(tmp_path / "run", model)["metric"])
    np.testing.assert_array_equal(again.compute(), wanted)


@pytest.mark.parametrize("metric", [m for m in ALL if m is not nn.metrics.ConfusionMatrix])
def test_nothing_counted_is_nan_or_zero(metric):
    found = metric().compute()
    assert np.isnan(found) or (found == 0 and issubclass(metric, tuple(BY_CLASS)))


@pytest.mark.parametrize("metric", BY_CLASS + [nn.metrics.TopK, nn.metrics.Perplexity])
def test_the_axis_of_the_classes_may_be_the_last_or_the_second(metric):
    rng = np.random.default_rng(0)
    y, target = rng.normal(size=(5, 7, 3)), rng.integers(0, 3, (5, 7))
    flat = metric()(y.reshape(35, 3), target.reshape(35))
    np.testing.assert_allclose(metric()(y, target), flat)
    np.testing.assert_allclose(metric()(np.moveaxis(y, -1, 1), target), flat)


@pytest.mark.parametrize("metric", BY_CLASS + [nn.metrics.TopK, nn.metrics.Perplexity])
def test_what_is_to_be_ignored_does_not_count(metric):
    rng = np.random.default_rng(0)
    y, target = rng.normal(size=(20, 6)), rng.integers(0, 6, 20)
    padded = np.where(np.arange(20) < 12, target, -100)
    np.testing.assert_allclose(metric(ignore_index=-100)(y, padded), metric()(y[:12], target[:12]))


def test_classes_that_come_later_are_counted():
    metric = nn.metrics.ConfusionMatrix()
    metric.update([0], [1])
    metric.update([3], [0])
    wanted = np.zeros((4, 4), int)
    wanted[1, 0] = wanted[0, 3] = 1
    np.testing.assert_array_equal(metric.compute(), wanted)


def test_perplexity_of_huge_logits_does_not_overflow():
    assert nn.metrics.Perplexity()(np.float32([[1e30, 0.0]]), [0]) == 1


def test_outputs_of_n_1_meet_targets_of_n_and_are_not_broadcast():
    y = np.array([[1.0], [2.0], [4.0]])
    assert nn.metrics.MAE()(y, [1.0, 2.0, 3.0]) == pytest.approx(1 / 3)
    with pytest.raises(ShapeError, match=r"MAE: outputs of shape \(3, 2\) for targets of shape"):
        nn.metrics.MAE()(np.ones((3, 2)), np.ones(3))


@pytest.mark.parametrize(
    ("y", "target", "message"),
    [
        (np.ones((3, 2)), np.zeros(4, int), r"outputs of shape \(3, 2\) for targets of shape"),
        (np.ones((3, 2, 2, 2)), np.zeros(3, int), r"outputs of shape"),
        (np.ones(3), np.zeros((3, 2), int), "outputs of shape"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(y, target, message):
    with pytest.raises(ShapeError, match=f"Accuracy: {message}"):
        nn.metrics.Accuracy()(y, target)


def test_targets_that_are_no_labels_are_refused():
    with pytest.raises(DtypeError, match="Accuracy: targets of dtype float64; they must be class"):
        nn.metrics.Accuracy()(np.ones((2, 2)), [0.5, 1.0])


def test_settings_outside_their_range_are_refused():
    with pytest.raises(ArgumentError, match="TopK: k is 0"):
        nn.metrics.TopK(0)
    with pytest.raises(ArgumentError, match="F1: average is 'mean'; it must be 'macro'"):
        nn.metrics.F1("mean")


def test_a_plugin_adds_a_metric():
    class Zeros(nn.metrics.Metric):
        name = "zeros"

        def reset(self):
            self.found = 0

        def update(self, y, target):
            self.found += int((np.asarray(y) == 0).sum())

        def compute(self):
            return self.found

    class Plugin:
        @pygrad.hookimpl
        def register_metrics(self, register):
            register("Zeros", Zeros)

    pygrad.plugins.register(Plugin())
    try:
        assert nn.metrics.Zeros is Zeros
        model = nn.Linear(1, 1)
        trainer = nn.Trainer(
            model, lambda y, t: (y - t).mean(), nn.optim.SGD(model.params()), metrics=["Zeros"]
        )
        assert trainer.evaluate([(Variable([[1.0]]), [[1.0]])])["zeros"] == 0
    finally:
        pygrad.plugins.unregister("Plugin")


def test_an_unknown_metric_says_what_is_near():
    with pytest.raises(UnknownNameError, match="did you mean 'Accuracy'"):
        nn.metrics.as_metric("accuracy")
    with pytest.raises(DtypeError, match="3 is no metric; give one of nn.metrics"):
        nn.metrics.as_metric(3)
