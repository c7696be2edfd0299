"""Metrics of classifiers, with the definitions of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from pygrad.exceptions import ArgumentError
from pygrad.nn.metrics.labels import flat_labels, flat_scores
from pygrad.nn.metrics.metric import Metric

__all__ = ["F1", "Accuracy", "ConfusionMatrix", "Perplexity", "Precision", "Recall", "TopK"]


class Accuracy(Metric):
    """The share of samples whose label is found.

    Outputs may be scores of shape (N, ..., C), or as in PyTorch (N, C, ...), for targets of shape
    (N, ...); labels, as whole numbers; or for two classes one score each.

    Parameters
    ----------
    ignore_index : int, optional
        Targets of this value do not count.
    threshold : float
        With one score a sample: above it means class 1. 0.5 is for probabilities, 0 for logits.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.Accuracy()([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """

    name = "accuracy"

    def __init__(self, ignore_index: int | None = None, threshold: float = 0.5) -> None:
        self.ignore_index = ignore_index
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        self.right = self.samples = 0

    def update(self, y: Any, target: Any) -> None:
        y, target = flat_labels(y, target, self.ignore_index, self.threshold, "Accuracy")
        self.right += int(np.count_nonzero(y == target))
        self.samples += target.size

    def compute(self) -> float:
        return self.right / self.samples if self.samples else float("nan")


class TopK(Metric):
    """The share of samples whose label is among the `k` with the highest scores.

    Of equal scores those of the larger labels come first, as in scikit-learn.

    Parameters
    ----------
    k : int
    ignore_index : int, optional
        Targets of this value do not count.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.TopK(2)([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]], [2, 1])
    0.5
    """

    def __init__(self, k: int = 5, ignore_index: int | None = None) -> None:
        if not k >= 1:
            raise ArgumentError(f"TopK: k is {k!r}; it must be at least 1")
        self.k = k
        self.name = f"top_{k}"
        self.ignore_index = ignore_index
        self.reset()

    def reset(self) -> None:
        self.right = self.samples = 0

    def update(self, y: Any, target: Any) -> None:
        scores, target = flat_scores(y, target, self.ignore_index, "TopK")
        best = scores.argsort(axis=1, kind="stable")[:, ::-1][:, : self.k]
        self.right += int(np.count_nonzero((best == target[:, None]).any(axis=1)))
        self.samples += target.size

    def compute(self) -> float:
        return self.right / self.samples if self.samples else float("nan")


class _ByClass(Metric):
    """Counts for each class: how often it was meant, how often said, how often rightly so."""

    def __init__(
        self,
        average: str | None = "macro",
        ignore_index: int | None = None,
        threshold: float = 0.5,
    ) -> None:
        if average not in (None, "binary", "macro", "micro", "weighted"):
            raise ArgumentError(
                f"{type(self).__name__}: average is {average!r}; it must be 'macro', 'micro', "
                f"'weighted', 'binary' or None"
            )
        self.average = average
        self.ignore_index = ignore_index
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        self.counts = np.zeros((3, 0), np.int64)

    def update(self, y: Any, target: Any) -> None:
        where = type(self).__name__
        y, target = flat_labels(y, target, self.ignore_index, self.threshold, where)
        n = max(self.counts.shape[1], int(max(y.max(initial=-1), target.max(initial=-1))) + 1)
        new = [np.bincount(labels, minlength=n) for labels in (target, y, target[y == target])]
        self.counts = np.stack(new) + np.pad(self.counts, ((0, 0), (0, n - self.counts.shape[1])))

    def compute(self) -> Any:
        meant, said, right = self.counts
        if self.average == "binary":
            pick = slice(1, 2)
            found = self.ratio(right[pick].sum(), meant[pick].sum(), said[pick].sum())
            return float(found)
        if self.average == "micro":
            return float(self.ratio(right.sum(), meant.sum(), said.sum()))
        found = self.ratio(right, meant, said)
        if self.average is None:
            return found
        # a class that is nowhere has no share in the mean
        weights = meant if self.average == "weighted" else meant + said > 0
        return float(np.average(found, weights=weights)) if weights.any() else 0.0

    def ratio(self, right: Any, meant: Any, said: Any) -> Any:
        raise NotImplementedError


class Precision(_ByClass):
    """Of the samples that were said to be of a class, the share that is.

    Parameters
    ----------
    average : {"macro", "micro", "weighted", "binary", None}
        The mean over classes, plain or weighted by their size; the ratio over all classes; that of
        class 1 alone; or an array with a value for each class.
    ignore_index, threshold
        As for `Accuracy`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.Precision("binary")([1, 1, 0, 1], [1, 0, 0, 1])
    0.6666666666666666
    """

    name = "precision"

    def ratio(self, right: Any, meant: Any, said: Any) -> Any:
        return _quotient(right, said)


class Recall(_ByClass):
    """Of the samples of a class, the share that was said to be so; arguments as of `Precision`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.Recall("binary")([1, 0, 0, 1], [1, 1, 0, 1])
    0.6666666666666666
    """

    name = "recall"

    def ratio(self, right: Any, meant: Any, said: Any) -> Any:
        return _quotient(right, meant)


class F1(_ByClass):
    """The harmonic mean of precision and recall; arguments as of `Precision`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.F1("binary")([1, 1, 0, 1], [1, 0, 0, 1])
    0.8
    """

    name = "f1"

    def ratio(self, right: Any, meant: Any, said: Any) -> Any:
        return _quotient(2 * right, meant + said)


class ConfusionMatrix(Metric):
    """How often each class (a row) was taken for each class (a column).

    Parameters
    ----------
    ignore_index, threshold
        As for `Accuracy`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.ConfusionMatrix()([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """

    name = "confusion_matrix"

    def __init__(self, ignore_index: int | None = None, threshold: float = 0.5) -> None:
        self.ignore_index = ignore_index
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        self.counts = np.zeros((0, 0), np.int64)

    def update(self, y: Any, target: Any) -> None:
        y, target = flat_labels(y, target, self.ignore_index, self.threshold, "ConfusionMatrix")
        n = max(len(self.counts), int(max(y.max(initial=-1), target.max(initial=-1))) + 1)
        new = np.bincount(target * n + y, minlength=n * n).reshape(n, n)
        self.counts = new + np.pad(self.counts, (0, n - len(self.counts)))

    def compute(self) -> Any:
        return self.counts


class Perplexity(Metric):
    """exp of the mean cross entropy: between how many words a language model still wavers.

    Outputs are logits of shape (N, ..., C), or as in PyTorch (N, C, ...).

    Parameters
    ----------
    ignore_index : int, optional
        Targets of this value do not count.

    Examples
    --------
    >>> from pygrad import nn
    >>> float(round(nn.metrics.Perplexity()([[0.0, 0.0, 0.0]], [1]), 6))
    3.0
    """

    name = "perplexity"
    better = "min"

    def __init__(self, ignore_index: int | None = None) -> None:
        self.ignore_index = ignore_index
        self.reset()

    def reset(self) -> None:
        self.total = 0.0
        self.samples = 0

    def update(self, y: Any, target: Any) -> None:
        logits, target = flat_scores(y, target, self.ignore_index, "Perplexity")
        logits = logits.astype(np.float64)
        top = logits.max(axis=1, initial=-np.inf)
        spread = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        self.total += float((spread - logits[np.arange(target.size), target]).sum())
        self.samples += target.size

    def compute(self) -> float:
        return float(np.exp(self.total / self.samples)) if self.samples else float("nan")


def _quotient(part: Any, whole: Any) -> Any:
    """0 where there is nothing to take a share of, as scikit-learn has it."""
    return part / np.maximum(whole, 1)
