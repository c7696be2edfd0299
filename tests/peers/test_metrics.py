"""Metrics against scikit-learn, batch by batch."""

import numpy as np
import pytest

from pygrad import nn

sklearn = pytest.importorskip("sklearn.metrics")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of classes that nobody predicted


def counted(metric, y, target, parts=4):
    for a, b in zip(np.array_split(y, parts), np.array_split(target, parts), strict=True):
        metric.update(a, b)
    return metric.compute()


def classes(seed, n=101, k=6, used=5):
    """Logits of `k` classes, of which some are hardly used, and targets."""
    rng = np.random.default_rng(seed)
    target = rng.integers(0, used, n)
    logits = rng.normal(size=(n, k))
    logits[np.arange(n), target] += 1
    return logits, target


@pytest.mark.parametrize("seed", range(5))
def test_accuracy_and_confusion_are_those_of_scikit_learn(seed):
    y, target = classes(seed)
    said = y.argmax(axis=1)
    assert counted(nn.metrics.Accuracy(), y, target) == sklearn.accuracy_score(target, said)
    found = counted(nn.metrics.ConfusionMatrix(), y, target)
    np.testing.assert_array_equal(
        found, sklearn.confusion_matrix(target, said, labels=range(len(found)))
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 2, 5, 6])
def test_top_k_is_that_of_scikit_learn(seed, k):
    y, target = classes(seed, used=6)
    y = y.round(1) if seed % 2 else y  # with ties
    wanted = sklearn.top_k_accuracy_score(target, y, k=k, labels=range(6))
    assert counted(nn.metrics.TopK(k), y, target) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize(
    ("metric", "score"),
    [
        (nn.metrics.Precision, sklearn.precision_score),
        (nn.metrics.Recall, sklearn.recall_score),
        (nn.metrics.F1, sklearn.f1_score),
    ],
)
def test_scores_by_class_are_those_of_scikit_learn(seed, average, metric, score):
    y, target = classes(seed, n=23)
    said = y.argmax(axis=1)
    labels = None if average else range(max(said.max(), target.max()) + 1)
    wanted = score(target, said, average=average, labels=labels, zero_division=0)
    np.testing.assert_allclose(counted(metric(average), y, target), wanted, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("metric", "score"),
    [
        (nn.metrics.Precision, sklearn.precision_score),
        (nn.metrics.Recall, sklearn.recall_score),
        (nn.metrics.F1, sklearn.f1_score),
    ],
)
def test_scores_of_two_classes_are_those_of_scikit_learn(seed, metric, score):
    rng = np.random.default_rng(seed)
    p, target = rng.random((50, 1)), rng.integers(0, 2, 50)
    wanted = score(target, p[:, 0] > 0.5)
    assert counted(metric("binary"), p, target) == pytest.approx(wanted, abs=1e-12)
    logits = np.log(p / (1 - p))
    found = counted(metric("binary", threshold=0.0), logits, target.astype(float))
    assert found == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("columns", [(), (1,), (3,)])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_errors_are_those_of_scikit_learn(seed, columns, offset):
    rng = np.random.default_rng(seed)
    target = rng.normal(size=(41, *columns)) + offset
    y = target + rng.normal(size=target.shape) / 3
    for metric, score in (
        (nn.metrics.MAE, sklearn.mean_absolute_error),
        (nn.metrics.R2, sklearn.r2_score),
        (nn.metrics.RMSE, lambda a, b: np.sqrt(sklearn.mean_squared_error(a, b))),
    ):
        assert counted(metric(), y, target) == pytest.approx(score(target, y), rel=1e-9)


@pytest.mark.parametrize("y", [[2.0, 2.0, 2.0], [2.0, 2.0, 3.0]])
def test_r2_of_constant_targets_is_that_of_scikit_learn(y):
    target = np.full(3, 2.0)
    assert nn.metrics.R2()(y, target) == sklearn.r2_score(target, y)


@pytest.mark.parametrize("seed", range(5))
def test_perplexity_is_exp_of_scikit_learns_log_loss(seed):
    y, target = classes(seed, used=6)
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    wanted = np.exp(sklearn.log_loss(target, p, labels=range(6)))
    assert counted(nn.metrics.Perplexity(), y, target) == pytest.approx(wanted, rel=1e-9)
