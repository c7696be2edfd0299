"""Connectionist temporal classification: the loss of a sequence whose alignment is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pygrad import functions as F
from pygrad.engine import binding
from pygrad.engine.backward import gradients
from pygrad.engine.function import OUTPUT, Function, apply
from pygrad.engine.operands import value_of
from pygrad.engine.ops.loss import check_reduction
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.functional.kernels.ctc import NEVER, log_likelihoods, occupancies
from pygrad.nn.functional.loss_reduction import floats, labels_of, mean_of

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["ctc_loss"]

_WHERE = "ctc_loss"


class Ctc(Function):
    """y = -log of the likelihood of each sample; de is -gy times how likely each state is."""

    saves = (0,)
    requires = "the states must have one shape"

    def __init__(self, skips: Any, frames: Any, ends: Any) -> None:
        self.skips = skips
        self.frames = frames
        self.ends = ends

    def forward(self, e):
        # for the first-order rule; a differentiable pass computes them anew
        self.found = log_likelihoods(e, self.skips, self.frames, self.ends)
        return -self.found[0]

    def backward(self, gy):
        (e,) = self.saved
        if isinstance(e, binding.Variable):
            y = step_by_step(e, self.skips, self.frames, self.ends)
            return gradients([y], [gy], [e._node], create_graph=True)[0]
        total, alpha = self.found
        gamma = occupancies(e, self.skips, self.frames, self.ends, alpha, total)
        return gamma * -gy[:, None]


def step_by_step(e: Variable, skips: Any, frames: Any, ends: Any) -> Variable:
    """The same loss as a graph, for derivatives of every order."""
    parts = F.split(e, e.shape[0], axis=0)
    a = F.where(np.arange(e.shape[2]) < 2, parts[0], NEVER)
    for t in range(1, int(frames.max(initial=0))):
        following = apply(CtcStep(skips), a) + parts[t]
        running = frames > t
        a = following if running.all() else F.where(running[:, None], following, a)
    return -F.logsumexp(F.where(ends, a[0], NEVER), 1)


class CtcStep(Function):
    """One step of the forward recursion, for all states of all samples at once.

    y[s] = log(exp(a[s]) + exp(a[s - 1]) + exp(a[s - 2])), the last where `skips` allows it: over a
    blank between two different labels. da[s] is gy times the share of each way.
    """

    __slots__ = ("skips",)
    saves = (0, OUTPUT)
    requires = "the states must have one shape"

    def __init__(self, skips: Any) -> None:
        self.skips = skips  # 0 where a step over two states is allowed, else NEVER

    def forward(self, a):
        ways = a, _shifted(a, 1), _shifted(a, 2) + self.skips
        top = np.maximum(np.maximum(ways[0], ways[1]), ways[2])
        total = sum(np.exp(way - top) for way in ways)
        return top + np.log(total)

    def backward(self, gy):
        a, y = self.saved
        ga = gy * np.exp(a - y)
        ga = ga + _shifted(gy * np.exp(_shifted(a, 1) - y), -1)
        return ga + _shifted(gy * np.exp(_shifted(a, 2) + self.skips - y), -2)


def _shifted(a: Any, n: int) -> Any:
    """The states moved on by `n`; with a negative number back, and then zeros come in."""
    size = a.shape[-1]
    m = min(abs(n), size)
    empty = np.full((*a.shape[:-1], m), NEVER if n > 0 else 0.0, a.dtype)
    if n > 0:
        return np.concatenate([empty, a[..., : size - m]], axis=-1)
    return np.concatenate([a[..., m:], empty], axis=-1)


def ctc_loss(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike,
    target_lengths: ArrayLike,
    blank: int = 0,
    reduction: Literal["mean", "sum", "none"] = "mean",
    zero_infinity: bool = False,
) -> Variable:
    """Negative logarithm of the likelihood of label sequences, whatever their alignment.

    Every frame has a label or a blank; repeated labels are one, and then blanks go. The loss is
    ``-log`` of the sum over all alignments that leave the target.

    Parameters
    ----------
    log_probs : array_like, shape (time, n, n_classes) or (time, n_classes)
        Logarithms of probabilities, as `log_softmax` gives them.
    targets : array_like of int, shape (n, length) or (sum of the lengths,)
        The labels, without blanks; padded, or one sample after the other.
    input_lengths, target_lengths : array_like of int, shape (n,) or ()
        How many frames and how many labels each sample has.
    blank : int
        The class that is the blank.
    reduction : {"mean", "sum", "none"}
        With ``"mean"``, each loss is divided by the length of its target first.
    zero_infinity : bool
        Whether the loss of a target that is too long for its frames is 0 instead of infinite.

    Raises
    ------
    ShapeError
        If the shapes or the lengths do not fit.
    DtypeError
        If targets or lengths are no integers.
    ArgumentError
        If a label is no class, or the blank.

    References
    ----------
    Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification: labelling
    unsegmented sequence data with recurrent neural networks", ICML 2006, equations 6 to 8; in
    logarithms.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> log_probs = np.log(np.full((2, 1, 2), 0.5))  # two frames of a blank or a label
    >>> loss = F.ctc_loss(log_probs, [[1]], [2], [1])
    >>> float(np.exp(-loss.data).round(6))  # 3 of 4 alignments leave the label
    0.75
    """
    check_reduction(reduction, _WHERE)
    x = floats(log_probs, _WHERE)
    single = x.ndim == 2
    if single:
        x = F.expand_dims(x, 1)
    if x.ndim != 3 or not x.shape[0]:
        raise ShapeError(
            f"{_WHERE}: log_probs has shape {np.shape(value_of(log_probs))}; it must be "
            f"(time, n, n_classes)"
        )
    n_frames, n, n_classes = x.shape
    frames = _lengths(input_lengths, n, "input_lengths", n_frames)
    lengths = _lengths(target_lengths, n, "target_lengths", None)
    labels = _padded(labels_of(targets, _WHERE), lengths, n)
    used = np.arange(labels.shape[1]) < lengths[:, None]
    wrong = labels[used & ((labels < 0) | (labels >= n_classes) | (labels == blank))]
    if wrong.size or not 0 <= blank < n_classes:
        shown = f"a label {wrong[0]}" if wrong.size else "a blank"
        raise ArgumentError(
            f"{_WHERE}: there is {shown} with {n_classes} classes and blank={blank}; labels must "
            f"be classes, and not the blank"
        )
    losses = _losses(x, np.where(used, labels, blank), frames, lengths, blank)
    never = losses.data > -NEVER / 2
    if never.any():
        losses = F.where(never, 0.0 if zero_infinity else np.inf, losses)
    if reduction == "none":
        return losses[0] if single else losses
    if reduction == "sum":
        return losses.sum()
    return mean_of(losses / np.maximum(lengths, 1).astype(x.dtype), n, _WHERE)


def _losses(x: Variable, labels: Any, frames: Any, lengths: Any, blank: int) -> Variable:
    """The loss of each sample."""
    n_frames, n, _ = x.shape
    states = np.full((n, 2 * labels.shape[1] + 1), blank)  # a blank before and after every label
    states[:, 1::2] = labels
    different = np.zeros(states.shape, bool)
    different[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    skips = np.where(different, 0, NEVER).astype(x.dtype)
    emitted = F.take_along_axis(x, np.broadcast_to(states, (n_frames, *states.shape)), -1)
    if np.isneginf(emitted.data).any():
        emitted = F.maximum(emitted, NEVER)
    place = np.arange(states.shape[1])
    last = 2 * lengths[:, None]  # the blank after the last label, or that label
    ends = (place == last) | (place == last - 1)
    found = apply(Ctc(skips, np.maximum(frames, 1), ends), emitted)
    if (frames > 0).all():
        return found
    # no frames leave nothing: certainly the target without labels, and never another
    return F.where(frames > 0, found, np.where(lengths > 0, -NEVER, 0.0).astype(x.dtype))


def _lengths(given: Any, n: int, name: str, largest: int | None) -> Any:
    lengths = np.atleast_1d(labels_of(given, f"{_WHERE}: {name}"))
    if lengths.shape != (n,):
        raise ShapeError(f"{_WHERE}: {name} has shape {lengths.shape}; there are {n} samples")
    if (lengths < 0).any() or (largest is not None and (lengths > largest).any()):
        upper = "" if largest is None else f" and at most {largest}, the length of log_probs"
        raise ShapeError(f"{_WHERE}: {name} are {lengths.tolist()}; each must be at least 0{upper}")
    return lengths


def _padded(labels: Any, lengths: Any, n: int) -> Any:
    """The labels of each sample in a row."""
    longest = int(lengths.max(initial=0))
    if labels.ndim == 1 and labels.size == lengths.sum():
        padded = np.zeros((n, longest), np.intp)
        padded[np.arange(longest) < lengths[:, None]] = labels
        return padded
    if labels.ndim == 2 and labels.shape[0] == n and labels.shape[1] >= longest:
        return labels[:, :longest]
    raise ShapeError(
        f"{_WHERE}: targets has shape {labels.shape}, and target_lengths are {lengths.tolist()}; "
        f"give a row for each sample, or all labels one after the other"
    )
