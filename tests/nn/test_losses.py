"""Losses: a table of cases, CTC against every alignment, and what they refuse."""

import itertools
import math

import numpy as np
import pytest

import pygrad
from pygrad import Variable, hookimpl, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.testing import Case, check_gradients

rng = np.random.default_rng(0)
A = np.array([[0.31, -1.72, 2.43], [-0.26, 0.84, -2.91]])
B = A + np.array([[0.41, -1.6, 2.3], [0.77, -0.35, -1.44]])
P, T = rng.uniform(0.1, 0.9, (2, 2, 3))
LABELS = np.array([2, 0])
IMAGES = rng.normal(size=(2, 3, 2, 2))
IMAGE_LABELS = np.array([[[0, 1], [2, 2]], [[1, 0], [-100, 2]]])
WEIGHT = np.array([0.5, 2.0, 1.3])
SIGNS = np.array([[1, -1, 1], [-1, 1, -1]])
VAR = np.array([[0.4], [1.7]])


def log_softmax(x, axis=-1):
    x = x - x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


def softplus(x):
    return np.log(1 + np.exp(x))


def huber(a, b, delta):
    d = np.abs(a - b)
    return np.where(d <= delta, d**2 / 2, delta * (d - delta / 2))


def nll(x, labels, weight=None, ignored=-100):
    """Row by row, the classes last: the losses and the weights of each."""
    weight = np.ones(x.shape[-1]) if weight is None else weight
    flat = x.reshape(-1, x.shape[-1])
    losses, weights = [], []
    for row, label in zip(flat, labels.reshape(-1), strict=True):
        losses.append(0.0 if label == ignored else -weight[label] * row[label])
        weights.append(0.0 if label == ignored else weight[label])
    dtype = x.dtype
    return np.array(losses, dtype).reshape(labels.shape), np.array(weights, dtype)


def nll_mean(x, labels, weight=None, ignored=-100):
    losses, weights = nll(x, labels, weight, ignored)
    return losses.sum() / weights.sum()


def multi_margin(x, labels, p=1, margin=1.0, weight=(1, 1, 1)):
    rows = []
    for row, label in zip(x, labels, strict=True):
        terms = [max(0, margin - row[label] + row[i]) ** p for i in range(len(row)) if i != label]
        rows.append(weight[label] * sum(terms) / len(row))
    return np.mean(rows).astype(x.dtype)


def cosine(a, b):
    return (a * b).sum(-1) / np.sqrt(((a**2).sum(-1) + 1e-12) * ((b**2).sum(-1) + 1e-12))


def distance(a, b, p):
    return np.linalg.norm(a - b + 1e-6, p, axis=-1)


def hinge(x):
    return np.maximum(x, 0)


def stirling(t):
    return np.where(t > 1, t * np.log(t) - t + 0.5 * np.log(2 * np.pi * t), 0)


def row(function, reference, *inputs, **kwargs):
    return Case(lambda *xs: function(*xs, **kwargs), reference, inputs)


CASES = {
    "l1_loss": row(F.l1_loss, lambda a, b: np.abs(a - b).mean(), A, B),
    "l1_loss, none": row(F.l1_loss, lambda a, b: np.abs(a - b), A, B, reduction="none"),
    "huber_loss": row(F.huber_loss, lambda a, b: huber(a, b, 1).mean(), A, B),
    "huber_loss, sum": row(
        F.huber_loss, lambda a, b: huber(a, b, 0.7).sum(), A, B, delta=0.7, reduction="sum"
    ),
    "smooth_l1_loss": row(
        F.smooth_l1_loss, lambda a, b: huber(a, b, 2.0) / 2, A, B, beta=2.0, reduction="none"
    ),
    "smooth_l1_loss, sharp": row(F.smooth_l1_loss, lambda a, b: np.abs(a - b).mean(), A, B, beta=0),
    "poisson_nll_loss": row(F.poisson_nll_loss, lambda x, t: (np.exp(x) - t * x).mean(), A, P),
    "poisson_nll_loss, full": row(
        F.poisson_nll_loss,
        lambda x, t: x - t * np.log(x + 1e-8) + stirling(t),
        P + 0.2, 3 * P + 0.35, log_input=False, full=True, reduction="none",
    ),
    "gaussian_nll_loss": row(
        F.gaussian_nll_loss, lambda x, t, v: 0.5 * (np.log(v) + (x - t) ** 2 / v).mean(), A, B, P
    ),
    "gaussian_nll_loss, rows": row(
        F.gaussian_nll_loss,
        lambda x, t, v: 0.5 * (np.log(v) + (x - t) ** 2 / v + math.log(2 * math.pi)),
        A, B, VAR, full=True, reduction="none",
    ),
    "gaussian_nll_loss, flat": row(
        F.gaussian_nll_loss,
        lambda x, t, v: 0.5 * (np.log(v[:, None]) + (x - t) ** 2 / v[:, None]).sum(),
        A, B, VAR[:, 0], reduction="sum",
    ),
    "cross_entropy": row(
        F.cross_entropy, lambda x, k: nll_mean(log_softmax(x), k).astype(x.dtype), A, LABELS
    ),
    "cross_entropy, images": row(
        F.cross_entropy,
        lambda x, k: nll_mean(log_softmax(np.moveaxis(x, 1, -1)), k, WEIGHT).astype(x.dtype),
        IMAGES, IMAGE_LABELS, weight=WEIGHT,
    ),
    "cross_entropy, probabilities": row(
        F.cross_entropy,
        lambda x, t: -(log_softmax(x, 1) * t).sum(1).mean(),
        IMAGES, rng.dirichlet([1, 1, 1], (2, 2, 2)).transpose(0, 3, 1, 2).copy(),
    ),
    "nll_loss": row(F.nll_loss, lambda x, k: nll_mean(x, k), A, LABELS),
    "nll_loss, single": row(F.nll_loss, lambda x, k: -x[k], A[0], np.array(1), reduction="sum"),
    "nll_loss, images": row(
        F.nll_loss,
        lambda x, k: nll_mean(np.moveaxis(x, 1, -1), k, WEIGHT).astype(x.dtype),
        IMAGES, IMAGE_LABELS, weight=WEIGHT,
    ),
    "nll_loss, none": row(
        F.nll_loss,
        lambda x, k: nll(x, k, WEIGHT, 0)[0],
        A, LABELS, weight=WEIGHT, ignore_index=0, reduction="none",
    ),
    "binary_cross_entropy": row(
        F.binary_cross_entropy, lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(), P, T
    ),
    "binary_cross_entropy, weighted": row(
        F.binary_cross_entropy,
        lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)) * WEIGHT.astype(p.dtype),
        P, T, weight=WEIGHT, reduction="none",
    ),
    "binary_cross_entropy_with_logits": row(
        F.binary_cross_entropy_with_logits,
        lambda x, t: (t * softplus(-x) + (1 - t) * softplus(x)).mean(),
        A, T,
    ),
    "binary_cross_entropy_with_logits, weighted": row(
        F.binary_cross_entropy_with_logits,
        lambda x, t: (
            (WEIGHT * t * softplus(-x) + (1 - t) * softplus(x)) * VAR
        ).astype(x.dtype),
        A, T, weight=VAR, pos_weight=WEIGHT, reduction="none",
    ),
    "kl_div": row(F.kl_div, lambda x, t: (t * (np.log(t) - x)).mean(), A, T),
    "kl_div, batchmean": row(
        F.kl_div, lambda x, t: (t * (np.log(t) - x)).sum() / 2, A, T, reduction="batchmean"
    ),
    "kl_div, log_target": row(
        F.kl_div, lambda x, t: np.exp(t) * (t - x), A, B, log_target=True, reduction="none"
    ),
    "multi_margin_loss": row(F.multi_margin_loss, multi_margin, A, LABELS),
    "multi_margin_loss, squared": row(
        F.multi_margin_loss,
        lambda x, k: multi_margin(x, k, 2, 2.5, WEIGHT),
        A, LABELS, p=2, margin=2.5, weight=WEIGHT,
    ),
    "soft_margin_loss": row(
        F.soft_margin_loss, lambda x, t: softplus(-t * x).mean().astype(x.dtype), A, SIGNS
    ),
    "hinge_embedding_loss": row(
        F.hinge_embedding_loss,
        lambda x, t: np.where(t == 1, x, hinge(1.5 - x)),
        A, SIGNS, margin=1.5, reduction="none",
    ),
    "margin_ranking_loss": row(
        F.margin_ranking_loss,
        lambda a, b, t: hinge(0.5 - t * (a - b)).mean().astype(a.dtype),
        A, B, SIGNS, margin=0.5,
    ),
    "cosine_embedding_loss": row(
        F.cosine_embedding_loss,
        lambda a, b: np.array(
            [1 - cosine(a, b)[0], hinge(cosine(a, b)[1] - 0.2)], a.dtype
        ),
        A, B, target=[1, -1], margin=0.2, reduction="none",
    ),
    "triplet_margin_loss": row(
        F.triplet_margin_loss,
        lambda a, b, c: hinge(distance(a, b, 2) - distance(a, c, 2) + 1).mean(),
        A, B, B * P,
    ),
    "triplet_margin_loss, swap": row(
        F.triplet_margin_loss,
        lambda a, b, c: hinge(
            distance(a, b, 3) - np.minimum(distance(a, c, 3), distance(b, c, 3)) + 2
        ),
        A, B, B * P, swap=True, p=3, margin=2.0, reduction="none",
    ),
    "ctc_loss": row(
        lambda x: F.ctc_loss(
            F.log_softmax(x), [[1, 2, 2], [2, 0, 0]], [5, 4], [3, 1], reduction="none"
        ),
        lambda x: np.array(
            [
                by_alignments(log_softmax(x)[:5, 0], (1, 2, 2)),
                by_alignments(log_softmax(x)[:4, 1], (2,)),
            ],
            x.dtype,
        ),
        rng.normal(size=(5, 2, 3)),
    ),
}  # fmt: skip


def by_alignments(log_probs, target, blank=0):
    """The loss of CTC from its definition: the sum over every alignment that leaves the target."""
    total = 0.0
    n_classes = log_probs.shape[1]
    for way in itertools.product(range(n_classes), repeat=len(log_probs)):
        merged = [k for i, k in enumerate(way) if i == 0 or k != way[i - 1]]
        if tuple(k for k in merged if k != blank) == tuple(target):
            total += math.exp(sum(log_probs[t, k] for t, k in enumerate(way)))
    return -math.log(total) if total else math.inf


@pytest.mark.parametrize("name", CASES)
def test_the_loss_and_its_derivatives_are_right(name):
    CASES[name].check()


def test_every_loss_has_a_row():
    covered = {name.split(",")[0] for name in CASES}
    losses = {name for name in nn.functional.__all__ if "loss" in name or "entropy" in name}
    assert losses | {"kl_div"} == covered


# ----------------------------------------------------------------------------- overflow


HUGE = np.array([-1e4, 1e4, -30.0, 30.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "loss",
    [
        lambda x: F.l1_loss(x, -x), lambda x: F.huber_loss(x, -x),
        lambda x: F.smooth_l1_loss(x, -x),
        lambda x: F.binary_cross_entropy_with_logits(x, np.array([1.0, 0.0, 1.0, 1.0], "f4")),
        lambda x: F.binary_cross_entropy(F.sigmoid(x), np.array([1.0, 0.0, 1.0, 0.0], "f4")),
        lambda x: F.cross_entropy(F.reshape(x, (2, 2)), [0, 1]),
        lambda x: F.nll_loss(F.log_softmax(F.reshape(x, (2, 2))), [0, 1]),
        lambda x: F.kl_div(F.log_softmax(x), np.array([0.0, 0.0, 0.5, 0.5], "f4")),
        lambda x: F.soft_margin_loss(x, np.array([1.0, -1.0, 1.0, -1.0], "f4")),
        lambda x: F.hinge_embedding_loss(x, [1, -1, 1, -1]),
        lambda x: F.multi_margin_loss(F.reshape(x, (2, 2)), [0, 1], p=2),
        lambda x: F.cosine_embedding_loss(x, F.flip(x, 0), -1),
        lambda x: F.triplet_margin_loss(x, -x, F.flip(x, 0)),
        lambda x: F.gaussian_nll_loss(x, -x, np.ones(4, "f4")),
        lambda x: F.poisson_nll_loss(F.abs(x), np.ones(4, "f4"), log_input=False),
        lambda x: F.ctc_loss(F.log_softmax(F.reshape(x, (2, 1, 2))), [[1]], [2], [1]),
    ],
)  # fmt: skip
def test_no_loss_overflows_on_large_values(loss, dtype):
    x = Variable(HUGE.astype(dtype))
    y = loss(x)
    y.backward()
    assert np.isfinite(y.data)
    assert np.isfinite(x.grad.data).all()
    assert y.dtype == x.grad.dtype == dtype


def test_a_certain_probability_has_a_finite_loss():
    p = Variable([0.0, 1.0])
    loss = F.binary_cross_entropy(p, [1.0, 0.0], reduction="sum")
    loss.backward()
    assert loss.item() == 200.0
    np.testing.assert_allclose(p.grad.data, [-1e12, 1e12])


def test_an_ignored_row_may_be_infinite():
    x = Variable([[-1.0, -2.0], [-np.inf, np.nan]])
    loss = F.nll_loss(x, [0, 7], ignore_index=7)
    loss.backward()
    assert loss.item() == 1.0
    np.testing.assert_array_equal(x.grad.data, [[-1, 0], [0, 0]])
    assert np.isnan(F.nll_loss(x, [7, 7], ignore_index=7).item())


def test_a_target_of_zero_has_no_divergence():
    assert F.kl_div([-np.inf, -1.0], [0.0, 0.0]).item() == 0.0


def test_a_variance_below_the_limit_still_has_a_gradient():
    v = Variable([1e-12])
    F.gaussian_nll_loss([1.0], [1.1], v).backward()
    assert v.grad.item() == pytest.approx(0.5 * (1e6 - 0.01 * 1e12), rel=1e-6)


# ---------------------------------------------------------------------------------- CTC


@pytest.mark.parametrize(
    "target", [(), (1,), (2, 1), (1, 1), (1, 2, 1), (2, 2, 2), (1, 1, 1, 1), (1, 2, 1, 2, 1)]
)
@pytest.mark.parametrize("frames", [0, 1, 4])
def test_ctc_is_the_sum_over_all_alignments(target, frames):
    x = log_softmax(np.random.default_rng(len(target)).normal(size=(4, 3)))
    found = F.ctc_loss(x, list(target), frames, len(target), reduction="sum").item()
    assert found == pytest.approx(by_alignments(x[:frames], target), rel=1e-12)


def test_ctc_takes_another_blank_and_labels_in_one_row():
    x = log_softmax(np.random.default_rng(1).normal(size=(4, 2, 3)))
    padded = F.ctc_loss(x, [[0, 1], [1, -1]], [4, 3], [2, 1], blank=2, reduction="none")
    flat = F.ctc_loss(x, [0, 1, 1], [4, 3], [2, 1], blank=2, reduction="none")
    np.testing.assert_array_equal(padded.data, flat.data)
    expected = [by_alignments(x[:4, 0], (0, 1), 2), by_alignments(x[:3, 1], (1,), 2)]
    np.testing.assert_allclose(flat.data, expected, rtol=1e-12)
    mean = F.ctc_loss(x, [0, 1, 1], [4, 3], [2, 1], blank=2)
    assert mean.item() == pytest.approx((expected[0] / 2 + expected[1]) / 2, rel=1e-12)


@pytest.mark.parametrize("zero", [False, True])
def test_a_target_that_is_too_long_is_infinite_or_zero_and_has_no_gradient(zero):
    x = Variable(np.random.default_rng(0).normal(size=(3, 2, 3)))
    losses = F.ctc_loss(
        F.log_softmax(x), [[1, 1], [1, 2]], [2, 3], [2, 2], reduction="none", zero_infinity=zero
    )
    assert losses.data[0] == (0.0 if zero else np.inf)
    losses.sum().backward()
    assert not x.grad.data[:, 0].any()
    assert np.isfinite(x.grad.data).all()
    assert x.grad.data[:, 1].any()


def test_ctc_takes_probabilities_of_zero():
    x = np.array([[[0.0, -np.inf]], [[-np.inf, 0.0]]])
    assert F.ctc_loss(x, [[1]], [2], [1]).item() == 0.0
    assert F.ctc_loss(x, [[1, 1]], [2], [2]).item() == np.inf


def test_ctc_of_long_sequences_is_finite_in_float32():
    x = Variable(np.random.default_rng(0).normal(size=(300, 2, 5)).astype(np.float32) * 20)
    labels = np.random.default_rng(1).integers(1, 5, (2, 80))
    loss = F.ctc_loss(F.log_softmax(x), labels, [300, 250], [80, 60])
    loss.backward()
    assert np.isfinite(loss.item())
    assert np.isfinite(x.grad.data).all()
    # the shares of all ways through a frame are one: the gradient of the scores sums to 0
    np.testing.assert_allclose(x.grad.data.sum(-1), 0, atol=1e-5)
    assert not x.grad.data[250:, 1].any()


def test_ctc_has_a_second_derivative():
    check_gradients(
        lambda x: F.ctc_loss(F.log_softmax(x), [[1, 1], [2, 1]], [4, 3], [2, 2]),
        [np.random.default_rng(0).normal(size=(4, 2, 3))],
    )


# ------------------------------------------------------------------------------ modules


def test_every_loss_module_is_registered_and_calls_its_function():
    assert nn.losses.names() == sorted(
        n for n in nn.losses.__all__ if n[0].isupper() and n != "Loss"
    )
    for name in nn.losses.names():
        assert nn.losses.get(name) is getattr(nn, name)
        assert issubclass(nn.losses.get(name), nn.losses.Loss)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.MSELoss("sum"), lambda: F.mean_squared_error(A, B, "sum")),
        (nn.SmoothL1Loss(beta=0.5), lambda: F.smooth_l1_loss(A, B, beta=0.5)),
        (nn.HuberLoss("none", 0.5), lambda: F.huber_loss(A, B, "none", 0.5)),
        (nn.BCELoss(WEIGHT), lambda: F.binary_cross_entropy(P, T, WEIGHT)),
        (
            nn.BCEWithLogitsLoss(pos_weight=WEIGHT),
            lambda: F.binary_cross_entropy_with_logits(P, T, pos_weight=WEIGHT),
        ),
        (nn.KLDivLoss("batchmean", True), lambda: F.kl_div(A, B, "batchmean", True)),
        (
            nn.CrossEntropyLoss(WEIGHT, 0, "sum", 0.25),
            lambda: F.cross_entropy(A, LABELS, WEIGHT, 0, "sum", 0.25),
        ),
        (nn.NLLLoss(WEIGHT, 0), lambda: F.nll_loss(A, LABELS, WEIGHT, 0)),
        (nn.MultiMarginLoss(2, 0.5), lambda: F.multi_margin_loss(A, LABELS, 2, 0.5)),
        (nn.PoissonNLLLoss(False, True), lambda: F.poisson_nll_loss(P, T, False, True)),
    ],
)
def test_a_module_hands_its_settings_to_the_function(module, function):
    given = {"BCE": (P, T), "Poi": (P, T), "Cro": (A, LABELS), "NLL": (A, LABELS)}
    given["Mul"] = (A, LABELS)
    inputs = given.get(type(module).__name__[:3], (A, B))
    np.testing.assert_array_equal(module(*inputs).data, function().data)


def test_a_loss_shows_what_differs_from_the_default():
    assert repr(nn.MSELoss()) == "MSELoss()"
    assert repr(nn.CTCLoss(1, zero_infinity=True)) == "CTCLoss(blank=1, zero_infinity=True)"
    assert repr(nn.NLLLoss([0.5, 2.0])) == "NLLLoss(weight=[0.5, 2.0])"
    assert repr(nn.KLDivLoss("batchmean")) == "KLDivLoss(reduction='batchmean')"


def test_weights_of_a_loss_are_buffers():
    loss = nn.CrossEntropyLoss([1.0, 2.0])
    assert loss.params() == []
    np.testing.assert_array_equal(loss.weight_dict()["weight"], [1, 2])


def test_a_network_of_float32_has_a_loss_of_float32():
    model = nn.Sequential(nn.Linear(3, 1))
    for loss in (nn.MSELoss(), nn.BCEWithLogitsLoss(), nn.L1Loss(), nn.HuberLoss()):
        y = loss(model(np.ones((4, 3))), np.ones((4, 1), np.float32))
        y.backward()
        assert y.dtype == model[0].W.grad.dtype == np.float32


def test_a_plugins_loss_is_found_by_name():
    class DiceLoss(nn.losses.Loss):
        pass

    class Plugin:
        @hookimpl
        def register_losses(self, register):
            register("DiceLoss", DiceLoss)

    pygrad.plugins.register(Plugin())
    try:
        assert nn.losses.get("DiceLoss") is nn.losses.DiceLoss is DiceLoss
    finally:
        pygrad.plugins.unregister("Plugin")


# ----------------------------------------------------------------------- wrong arguments


X = np.zeros((4, 2, 3))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: F.l1_loss([1.0], [1.0, 2.0]), ShapeError, r"l1_loss: prediction has shape \(1,\)"),
        (lambda: F.l1_loss(A, B, "max"), ArgumentError, "l1_loss: reduction is 'max'"),
        (lambda: F.l1_loss([], []), ShapeError, "l1_loss: there are no values"),
        (lambda: F.huber_loss(A, B, delta=0), ArgumentError, "huber_loss: delta is 0"),
        (lambda: F.smooth_l1_loss(A, B, beta=-1), ArgumentError, "beta is -1"),
        (lambda: F.gaussian_nll_loss(A, B, [1.0, 1.0, 1.0]), ShapeError, r"var has shape \(3,\)"),
        (lambda: F.gaussian_nll_loss(A, B, -P), ArgumentError, "a variance is negative"),
        (
            lambda: F.nll_loss(A, [0, 3]),
            ArgumentError,
            "nll_loss: there is a target 3, but x has 3",
        ),
        (lambda: F.nll_loss(A, [0, -1]), ArgumentError, "there is a target -1"),
        (lambda: F.nll_loss(A, [0]), ShapeError, r"x has shape \(2, 3\) but target has \(1,\)"),
        (lambda: F.nll_loss(A, [0.0, 1.0]), DtypeError, "the target has dtype float64"),
        (lambda: F.nll_loss(A, LABELS, [1.0]), ShapeError, r"weight has shape \(1,\), for 3 cl"),
        (lambda: F.multi_margin_loss(A, LABELS, 3), ArgumentError, "p is 3; it must be 1 or 2"),
        (lambda: F.multi_margin_loss(A, [0, 9]), ArgumentError, "there is a target 9"),
        (lambda: F.binary_cross_entropy([1.5], [1.0]), ArgumentError, "outside of .*with_logits"),
        (lambda: F.binary_cross_entropy(P, T, [1.0, 2.0]), ShapeError, "weight has shape"),
        (lambda: F.hinge_embedding_loss(A, SIGNS * 2), ArgumentError, "something else than 1 and"),
        (lambda: F.cosine_embedding_loss(A, B, [1]), ShapeError, r"target has \(1,\)"),
        (lambda: F.triplet_margin_loss(A, B, A, p=0), ArgumentError, "margin is 1.0 and p 0"),
        (lambda: F.ctc_loss(A[0], [1], 3, 1), ShapeError, r"log_probs has shape \(3,\)"),
        (lambda: F.ctc_loss(X, [[1]], [4, 4], [1, 1]), ShapeError, r"targets has shape \(1, 1\)"),
        (
            lambda: F.ctc_loss(X, [[1], [1]], [4, 5], [1, 1]),
            ShapeError,
            "input_lengths are .*at mo",
        ),
        (lambda: F.ctc_loss(X, [[1], [1]], [4], [1, 1]), ShapeError, r"input_lengths has shape"),
        (lambda: F.ctc_loss(X, [[1], [1]], [4, 4], [1, -1]), ShapeError, "target_lengths are"),
        (lambda: F.ctc_loss(X, [[0], [1]], [4, 4], [1, 1]), ArgumentError, "there is a label 0"),
        (lambda: F.ctc_loss(X, [[1], [1]], [4, 4], [1, 1], 9), ArgumentError, "blank=9"),
        (lambda: F.ctc_loss(X, [[1.0], [1]], [4, 4], [1, 1]), DtypeError, "must be integers"),
        (lambda: nn.MSELoss("max"), ArgumentError, "MSELoss: reduction is 'max'"),
    ],
)
def test_what_makes_no_sense_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
