"""The cross entropy of a softmax, against class labels or probabilities."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import as_operand, refuse_complex
from pygrad.engine.function import Function, apply, result
from pygrad.engine.kernels.product import row_sums
from pygrad.engine.ops.activation import Softmax, log_softmax
from pygrad.engine.ops.loss import check_reduction
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["softmax_cross_entropy"]

_WHERE = "softmax_cross_entropy"


class SoftmaxCrossEntropy(Function):
    """y = mean over the rows of log(sum(exp(row))) - row[label]; gx = (softmax(x) - onehot) / n.

    With weights w and a smoothing e over C classes, the loss of a row with label k is
    (1 - e) w[k] l[k] + e / C sum over c of w[c] l[c], with l[c] = log(sum(exp(row))) - row[c];
    the mean divides by the sum of w[k] over the rows. A row that is ignored counts nowhere.
    """

    saves = (0,)
    requires = "x must have one more axis than labels, for the classes, as its last"

    def __init__(
        self,
        labels: Any,
        weight: Any = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ) -> None:
        self.labels = labels
        self.weight = weight
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.reduction = reduction

    def forward(self, x):
        shape = self.labels.shape
        if x.shape[:-1] != shape or not x.ndim:
            raise ShapeError(
                f"{_WHERE}: x has shape {x.shape} but labels has {shape}; "
                f"labels.shape must equal x.shape[:-1]"
            )
        if x.ndim != 2:
            x = x.reshape(-1, x.shape[-1])
        n, n_classes = x.shape
        if not n and self.reduction == "mean":
            raise ShapeError(f"{_WHERE}: there are no rows, so there is no mean of them")
        labels, counted = self.checked_labels(n_classes)
        starts = _starts(n, n_classes)
        at = starts + labels  # where the label of each row is among all values
        top = x.take(starts + x.argmax(axis=1))  # which is quicker than x.max(axis=1)
        shifted = np.subtract(x, top[:, None], order="C")
        e = np.exp(shifted)
        total = row_sums(e)
        # for the first-order rule; a differentiable pass computes the softmax anew
        self.exponentials = e, total, at
        loss = np.log(total) - shifted.take(at)
        self.divisor = n
        if counted is None and self.weight is None and not self.label_smoothing:
            self.factors = None
        else:
            counted = np.ones(n, bool) if counted is None else counted
            weight = np.ones(n_classes, e.dtype) if self.weight is None else self.weight
            # of each row: the weight of its label, and that of every class
            own = weight[labels] * counted
            every = counted.astype(e.dtype) * (self.label_smoothing / n_classes)
            # where no row counts, the mean is NaN, as in PyTorch
            self.divisor = np.add.reduce(own) or np.nan
            own = own * (1 - self.label_smoothing)
            self.factors = own, every, weight
            # where, not a product alone: a row that is ignored may be infinite or NaN
            loss = own * np.where(counted, loss, 0)
            if self.label_smoothing:
                spread = (np.log(total)[:, None] - shifted) @ weight
                loss += every * np.where(counted, spread, 0)
        if self.reduction == "none":
            return loss.reshape(shape)
        y = np.add.reduce(loss)
        return y / self.divisor if self.reduction == "mean" else y

    def backward(self, gy):
        (x,) = self.saved
        e, total, at = self.exponentials
        scale = gy / self.divisor if self.reduction == "mean" else gy
        if self.reduction == "none":
            scale = scale.reshape(-1)
        recorded = isinstance(x, binding.Variable)
        if self.factors is None and not recorded:
            gx = e * (scale / total)[:, None]
            gx.reshape(-1)[at] -= scale
            return gx if x.ndim == 2 else gx.reshape(x.shape)
        p = Softmax(-1)(x.reshape(e.shape)) if recorded else e / total[:, None]
        target = self.target(at, e)
        if self.reduction == "none":
            scale = scale.reshape(-1, 1)
        gx = p * target.sum(axis=1, keepdims=True) - target
        return (gx * scale).reshape(x.shape)

    def target(self, at: Any, e: Any) -> Any:
        """The constant t for which the loss is the sum of t times -log(softmax(x))."""
        t = np.zeros(e.shape, e.dtype)
        if self.factors is None:
            t.reshape(-1)[at] = 1
            return t
        own, every, weight = self.factors
        if self.label_smoothing:
            t += np.multiply.outer(every, weight)
        t.reshape(-1)[at] += own
        return t

    def checked_labels(self, n_classes: int) -> tuple[Any, Any]:
        """The labels in one row, 0 for those that are ignored, and which count; None: all."""
        labels = self.labels.reshape(-1).astype(np.int64, copy=False)
        if not labels.size:
            return labels, None
        # as unsigned numbers, negative labels are large: one look finds both kinds of wrong label
        largest = np.maximum.reduce(labels.view(np.uint64))
        if largest < n_classes and not 0 <= self.ignore_index < n_classes:
            return labels, None
        counted = labels != self.ignore_index
        wrong = labels[counted & ((labels < 0) | (labels >= n_classes))]
        if wrong.size:
            raise ArgumentError(
                f"{_WHERE}: there is a label {wrong[0]}, but x has {n_classes} classes; labels "
                f"must lie within 0..{n_classes - 1}, or be {self.ignore_index} to be ignored"
            )
        return np.where(counted, labels, 0), counted


def softmax_cross_entropy(
    x: ArrayLike,
    labels: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Cross entropy of the softmax of `x` against class labels, the mean over all rows.

    ``y = mean(log(sum(exp(row))) - row[label])``, without overflow. The arguments mean what they
    mean in ``torch.nn.functional.cross_entropy``, but the classes are the last axis.

    Parameters
    ----------
    x : array_like, shape (..., n_classes)
        Scores (logits), as the last layer gives them: without a softmax of its own.
    labels : array_like of int, shape (...), or of float, shape (..., n_classes)
        The right class of each row, from 0 to ``n_classes - 1``; or a probability for each class,
        in which the loss is differentiable, too: ``-sum(probability * log(softmax(x)))``.
    weight : array_like, shape (n_classes,), optional
        A factor for each class, a constant. The mean over labels is a weighted one: it divides by
        the sum of the weights of all labels. With probabilities it divides by the number of rows.
    ignore_index : int
        Rows with this label count nowhere. If all of them have it, the mean is NaN.
    label_smoothing : float
        Within [0, 1]: the share of the target that is spread over all classes evenly.
    reduction : {"mean", "sum", "none"}
        With ``"sum"``, the sum over all rows; with ``"none"``, the loss of each row.

    Raises
    ------
    ShapeError
        If the shapes do not fit, or there is no row to take the mean of.
    DtypeError
        If the labels are neither integers nor floats of the shape of `x`.
    ArgumentError
        If a label is no class, or an argument is out of its range.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> x = [[0.0, 0.0], [1000.0, 0.0]]
    >>> F.softmax_cross_entropy(x, [1, 0])
    Variable(0.34657359027997264)
    >>> F.softmax_cross_entropy(x, [1, -100], reduction="sum")
    Variable(0.6931471805599453)
    >>> F.softmax_cross_entropy(x, [[0.5, 0.5], [1.0, 0.0]], reduction="none")
    Variable([0.69314718 0.        ])
    """
    scores: Any = x
    if not isinstance(scores, binding.Variable):
        scores = result(np.asarray(as_operand(scores, _WHERE)), None)
    refuse_complex(scores._data, _WHERE)
    if reduction != "mean":
        check_reduction(reduction, _WHERE)
    if not 0 <= label_smoothing <= 1:
        raise ArgumentError(
            f"{_WHERE}: label_smoothing is {label_smoothing}; it must lie within [0, 1]"
        )
    if weight is not None:
        weight = _class_weights(weight, scores)
    given: Any = labels._data if isinstance(labels, binding.Variable) else labels
    plain = np.asarray(as_operand(given, _WHERE))
    if plain.dtype.kind in "iu":
        rule = SoftmaxCrossEntropy(plain, weight, ignore_index, label_smoothing, reduction)
        return apply(rule, scores)
    if plain.dtype.kind != "f" or plain.shape != scores.shape:
        raise DtypeError(
            f"{_WHERE}: labels have dtype {plain.dtype}; they must be integers, the numbers of the "
            f"classes: labels.astype(int), or probabilities, as floats of the shape of x, which is "
            f"{scores.shape} (labels have {plain.shape})"
        )
    if ignore_index >= 0:
        raise ArgumentError(
            f"{_WHERE}: ignore_index is {ignore_index}, but the labels are probabilities; it is "
            f"for labels that are the numbers of classes"
        )
    probabilities = labels if isinstance(labels, binding.Variable) else plain
    return _against_probabilities(scores, probabilities, weight, label_smoothing, reduction)


@functools.lru_cache(maxsize=32)  # a few batch sizes come again and again
def _starts(n: int, n_classes: int) -> Any:
    """Where each of `n` rows begins among all values."""
    starts = np.arange(n) * n_classes
    starts.flags.writeable = False
    return starts


def _against_probabilities(
    x: Variable, target: Any, weight: Any, label_smoothing: float, reduction: str
) -> Variable:
    n_classes = x.shape[-1]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / n_classes
    terms = -log_softmax(x) * target
    rows = (terms if weight is None else terms * weight).sum(axis=-1)
    if reduction == "none":
        return rows
    if reduction == "sum":
        return rows.sum()
    if not rows.size:
        raise ShapeError(f"{_WHERE}: there are no rows, so there is no mean of them")
    return rows.sum() / rows.size


def _class_weights(weight: Any, x: Any) -> Any:
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    weight = np.asarray(as_operand(getattr(weight, "_data", weight), _WHERE), dtype)
    if weight.shape != x.shape[-1:]:
        raise ShapeError(
            f"{_WHERE}: weight has shape {weight.shape} but x has {x.shape}; there must be one "
            f"weight for each class, of which x has as many as its last axis is long"
        )
    return weight
