"""Rows of the table of cases: activations, and the losses' further arguments."""

import math

import numpy as np
from rows import each, points, row

from pygrad import functions as F

A = points(3, 4)
B = points(3, 4, seed=1) * 1.01
CUBE = points(2, 3, 4)
LABELS = np.array([0, 3, 1])
WEIGHT = np.array([0.5, 2.0, 1.0, 0.25])


def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def normal_cdf(x):
    return np.vectorize(math.erfc, otypes=[float])(-x / np.sqrt(2)) / 2


def smoothed_cross_entropy(x, labels, weight, smoothing=0.2, ignored=3):
    """The weighted mean, and the losses of the rows, by the definition in PyTorch's manual."""
    losses, total = [], 0.0
    for scores, label in zip(np.log(softmax(x)), labels, strict=True):
        if label == ignored:
            losses.append(0.0)
            continue
        share = np.full(x.shape[-1], smoothing / x.shape[-1])
        share[label] += 1 - smoothing
        losses.append(-np.sum(share * weight * scores))
        total += weight[label]
    return np.sum(losses) / total, np.array(losses)


ROWS = {
    "elu": each(F.elu, lambda x: np.where(x > 0, x, np.expm1(x)), A),
    "elu, alpha": row(
        F.elu, lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x)), A, alpha=0.7
    ),
    "selu": each(
        F.selu,
        lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
        A,
    ),
    "celu": each(F.celu, lambda x: np.where(x > 0, x, np.expm1(x)), A),
    "celu, alpha": row(
        F.celu, lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x / alpha)), A, alpha=0.7
    ),
    "hard_tanh": each(F.hard_tanh, lambda x: np.clip(x, -1, 1), A),
    "hard_tanh, bounds": row(
        F.hard_tanh,
        lambda x, min_value, max_value: np.clip(x, min_value, max_value),
        A,
        min_value=-0.5,
        max_value=1.7,
    ),
    "gelu": each(F.gelu, lambda x: x * normal_cdf(x), A),
    "gelu, far": each(F.gelu, lambda x: x * normal_cdf(x), 5 * A),
    "gelu, tanh": row(
        F.gelu,
        lambda x, approximate: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        A,
        approximate="tanh",
    ),
    "silu": each(F.silu, lambda x: x / (1 + np.exp(-x)), A),
    "mish": each(F.mish, lambda x: x * np.tanh(np.log1p(np.exp(x))), A),
    "softplus": each(F.softplus, lambda x: np.log1p(np.exp(x)), A),
    "softplus, beta": row(
        F.softplus, lambda x, beta: np.log1p(np.exp(beta * x)) / beta, A, beta=2.5
    ),
    "log_sigmoid": each(F.log_sigmoid, lambda x: -np.log1p(np.exp(-x)), A),
    "softsign": each(F.softsign, lambda x: x / (1 + np.abs(x)), A),
    "glu": row(F.glu, lambda x: x[..., :2] / (1 + np.exp(-x[..., 2:])), CUBE),
    "glu, axis": row(F.glu, lambda x, axis: x[:1] / (1 + np.exp(-x[1:])), CUBE, axis=0),
    "mean_squared_error, sum": row(
        F.mean_squared_error, lambda a, b, reduction: np.sum((a - b) ** 2), A, B, reduction="sum"
    ),
    "mean_squared_error, none": row(
        F.mean_squared_error, lambda a, b, reduction: (a - b) ** 2, A, B, reduction="none"
    ),
    "softmax_cross_entropy, options": row(
        lambda x, **options: F.softmax_cross_entropy(x, LABELS, WEIGHT, **options),
        lambda x, **options: smoothed_cross_entropy(x, LABELS, WEIGHT)[0],
        A,
        ignore_index=3,
        label_smoothing=0.2,
    ),
    "softmax_cross_entropy, sum": row(
        lambda x, **options: F.softmax_cross_entropy(x, LABELS, WEIGHT, **options),
        lambda x, **options: smoothed_cross_entropy(x, LABELS, WEIGHT)[1].sum(),
        A,
        ignore_index=3,
        label_smoothing=0.2,
        reduction="sum",
    ),
    "softmax_cross_entropy, none": row(
        lambda x, **options: F.softmax_cross_entropy(x, LABELS, WEIGHT, **options),
        lambda x, **options: smoothed_cross_entropy(x, LABELS, WEIGHT)[1],
        A,
        ignore_index=3,
        label_smoothing=0.2,
        reduction="none",
    ),
    "softmax_cross_entropy, none of batches": row(
        lambda x: F.softmax_cross_entropy(x, [[0, 3, 1], [2, 2, 0]], reduction="none"),
        lambda x: np.stack(
            [
                smoothed_cross_entropy(x[0], [0, 3, 1], np.ones(4), 0, -1)[1],
                smoothed_cross_entropy(x[1], [2, 2, 0], np.ones(4), 0, -1)[1],
            ]
        ),
        CUBE,
    ),
    "softmax_cross_entropy, probabilities": row(
        F.softmax_cross_entropy,
        lambda x, p: -np.mean(np.sum(p * np.log(softmax(x)), axis=-1)),
        CUBE,
        softmax(points(2, 3, 4, seed=4)),
    ),
    "softmax_cross_entropy, weighted probabilities": row(
        F.softmax_cross_entropy,
        lambda x, p, weight, **_: (
            -np.sum((0.9 * p + 0.1 / 4) * weight * np.log(softmax(x)), axis=-1)
        ),
        A,
        softmax(points(3, 4, seed=4)),
        weight=[0.5, 2.0, 1.0, 0.1],
        label_smoothing=0.1,
        reduction="none",
    ),
}
