"""The table of cases: a row for every function, at points away from kinks.

A row is ``name: Case(function, the same in NumPy, inputs, arguments)``; test_table.py runs them.
"""

from __future__ import annotations

import numpy as np
import table_activations
import table_complex
import table_elementwise
import table_fourier
import table_linalg
import table_numpy
import table_reductions
import table_shapes
from rows import each, points, row

from pygrad import functions as F

A = points(3, 4)
B = points(3, 4, seed=1) * 1.01
POSITIVE = points(3, 4, low=0.2, high=3.0)
UNIT = points(3, 4, low=-0.9, high=0.9)
CUBE = points(2, 3, 4)
LABELS = np.array([0, 3, 1])


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def cross_entropy(x, labels):
    flat = x.reshape(-1, x.shape[-1])
    rows = flat - np.log(np.exp(flat).sum(axis=-1, keepdims=True))
    return -np.mean([row[label] for row, label in zip(rows, np.ravel(labels), strict=True)]).astype(
        x.dtype
    )


def _with_diagonal(x, v):
    x = F.positive(x)
    F.fill_diagonal(x, v)
    return x


def _array_with_diagonal(x, v):
    x = x.copy()
    np.fill_diagonal(x, v)
    return x


CASES = {
    **table_elementwise.ROWS,
    **table_activations.ROWS,
    **table_complex.ROWS,
    **table_fourier.ROWS,
    **table_linalg.ROWS,
    **table_reductions.ROWS,
    **table_shapes.ROWS,
    **table_numpy.ROWS,
    # arithmetic
    "add": each(F.add, np.add, A, B),
    "subtract": each(F.subtract, np.subtract, A, B),
    "multiply": each(F.multiply, np.multiply, A, B),
    "divide": each(F.divide, np.divide, A, POSITIVE),
    "floor_divide": each(F.floor_divide, np.floor_divide, A, np.full((3, 4), 1.37)),
    "remainder": each(F.remainder, np.remainder, A, np.full((3, 4), 1.37)),
    "power": each(F.power, np.power, POSITIVE, B),
    "power, constant exponent": each(lambda x: F.power(x, 3), lambda x: x**3, A),
    "power, reflected": each(lambda x: F.power(2, x), lambda x: 2**x, A),
    "negative": each(F.negative, np.negative, A),
    "positive": each(F.positive, np.positive, A),
    # elementwise
    "exp": each(F.exp, np.exp, A),
    "log": each(F.log, np.log, POSITIVE),
    "sqrt": each(F.sqrt, np.sqrt, POSITIVE),
    "square": each(F.square, np.square, A),
    "abs": each(F.abs, np.abs, A),
    "sign": each(F.sign, np.sign, A),
    "maximum": each(F.maximum, np.maximum, A, B),
    "minimum": each(F.minimum, np.minimum, A, B),
    "clip": row(F.clip, np.clip, A, a_min=-0.7, a_max=1.1),
    "clip, below": row(F.clip, np.clip, A, a_min=-0.7, a_max=None),
    "clip, above": row(F.clip, np.clip, A, a_min=None, a_max=1.1),
    "clip, bounds": each(F.clip, np.clip, 2 * A, B - 1.03, B + 1.03),
    "where": each(F.where, np.where, B > 0, A, B),
    "astype": row(lambda x: F.astype(x, x.dtype), lambda x: x.copy(), A),
    # trigonometric
    "sin": each(F.sin, np.sin, A),
    "cos": each(F.cos, np.cos, A),
    "tan": each(F.tan, np.tan, UNIT),
    "arcsin": each(F.arcsin, np.arcsin, UNIT),
    "arccos": each(F.arccos, np.arccos, UNIT),
    "arctan": each(F.arctan, np.arctan, A),
    "arctan2": each(F.arctan2, np.arctan2, A, POSITIVE),
    "sinh": each(F.sinh, np.sinh, A),
    "cosh": each(F.cosh, np.cosh, A),
    "tanh": each(F.tanh, np.tanh, A),
    "arcsinh": each(F.arcsinh, np.arcsinh, A),
    "arccosh": each(F.arccosh, np.arccosh, POSITIVE + 1),
    "arctanh": each(F.arctanh, np.arctanh, UNIT),
    # reductions
    "sum": row(F.sum, np.sum, CUBE),
    "sum, one axis": row(F.sum, np.sum, CUBE, axis=1),
    "sum, axes kept": row(F.sum, np.sum, CUBE, axis=(0, -1), keepdims=True),
    "mean": row(F.mean, np.mean, CUBE, axis=-1),
    "mean, axes": row(F.mean, np.mean, CUBE, axis=(0, 1)),
    "var": row(F.var, np.var, CUBE),
    "var, unbiased": row(F.var, np.var, CUBE, axis=(0, -1), ddof=1, keepdims=True),
    "max": row(F.max, np.max, CUBE, axis=1),
    "max, all": row(F.max, np.max, CUBE),
    "max, axes kept": row(F.max, np.max, CUBE, axis=(0, 2), keepdims=True),
    "min": row(F.min, np.min, CUBE, axis=-1, keepdims=True),
    # shape
    "reshape": row(lambda x: F.reshape(x, (4, -1)), lambda x: np.reshape(x, (4, -1)), CUBE),
    "transpose": row(F.transpose, np.transpose, CUBE),
    "transpose, axes": row(F.transpose, np.transpose, CUBE, axes=(-2, 0, -1)),
    "swapaxes": row(F.swapaxes, np.swapaxes, CUBE, axis1=0, axis2=-1),
    "squeeze": row(F.squeeze, np.squeeze, points(1, 3, 1)),
    "squeeze, one axis": row(F.squeeze, np.squeeze, points(1, 3, 1), axis=-1),
    "expand_dims": row(F.expand_dims, np.expand_dims, A, axis=(0, -1)),
    "broadcast_to": row(F.broadcast_to, np.broadcast_to, points(3, 1), shape=(2, 3, 4)),
    "sum_to": row(F.sum_to, lambda x, shape: x.sum((0, 2))[:, None], CUBE, shape=(3, 1)),
    # joining
    "concatenate": row(
        lambda a, b: F.concatenate([a, b], axis=-1),
        lambda a, b: np.concatenate([a, b], axis=-1),
        A,
        points(3, 2),
    ),
    "concatenate, flat": row(
        lambda a, b: F.concatenate([a, b], axis=None),
        lambda a, b: np.concatenate([a, b], axis=None),
        A,
        points(2),
    ),
    "stack": row(lambda a, b: F.stack([a, b], axis=1), lambda a, b: np.stack([a, b], axis=1), A, B),
    "split": row(F.split, np.split, points(3, 4), indices_or_sections=[1, 3], axis=1),
    # indexing
    "fill_diagonal": row(_with_diagonal, _array_with_diagonal, A[:, :3], points(3)),
    "get_item": row(
        lambda x: F.get_item(x, (slice(None, None, -1), 1)), lambda x: x[::-1, 1], CUBE
    ),
    "get_item, repeated": row(
        lambda x: F.get_item(x, ([0, 0, 1], ..., [1, 1, 2])),
        lambda x: x[[0, 0, 1], ..., [1, 1, 2]],
        CUBE,
    ),
    # matrices
    "matmul": row(F.matmul, np.matmul, A, points(4, 2, seed=2)),
    "matmul, batched": row(F.matmul, np.matmul, CUBE, points(2, 4, 2, seed=2)),
    "matmul, broadcast": row(F.matmul, np.matmul, points(5, 1, 3, 4), points(2, 4, 2, seed=2)),
    "matmul, vectors": row(F.matmul, np.matmul, points(4), points(4, seed=2)),
    "matmul, vector left": row(F.matmul, np.matmul, points(3), CUBE),
    "matmul, vector right": row(F.matmul, np.matmul, CUBE, points(4)),
    "linear": row(F.linear, lambda x, W, b: x @ W + b, A, points(4, 2, seed=2), points(2, seed=3)),
    "linear, no bias": row(F.linear, lambda x, W: x @ W, A, points(4, 2, seed=2)),
    "linear, batched": row(
        F.linear, lambda x, W, b: x @ W + b, CUBE, points(4, 2, seed=2), points(2, seed=3)
    ),
    "linear, one sample": row(
        F.linear, lambda x, W, b: x @ W + b, points(4), points(4, 2, seed=2), points(2, seed=3)
    ),
    # activations
    "relu": each(F.relu, lambda x: np.maximum(x, 0), A),
    "leaky_relu": each(F.leaky_relu, lambda x: np.where(x > 0, x, x * 0.01), A),
    "sigmoid": each(F.sigmoid, lambda x: 1 / (1 + np.exp(-x)), A),
    "softmax": row(F.softmax, softmax, A),
    "softmax, axis": row(F.softmax, softmax, CUBE, axis=1),
    "log_softmax": row(F.log_softmax, lambda x: np.log(softmax(x)), A),
    "log_softmax, axis": row(F.log_softmax, lambda x, axis: np.log(softmax(x, axis)), CUBE, axis=0),
    "dropout": row(
        lambda x: F.dropout(x, 0.25, rng=np.random.default_rng(0)),
        # the mask by the definition: what is zero is dropped, and the rest is scaled by 1 / 0.75
        lambda x: (
            x
            * np.where(
                F.dropout(np.ones((3, 4)), 0.25, rng=np.random.default_rng(0)).data, 4 / 3, 0
            )
        ),
        A,
    ),
    # losses
    "mean_squared_error": row(F.mean_squared_error, lambda a, b: np.mean((a - b) ** 2), A, B),
    "softmax_cross_entropy": row(
        lambda x: F.softmax_cross_entropy(x, LABELS), lambda x: cross_entropy(x, LABELS), A
    ),
    "softmax_cross_entropy, batched": row(
        lambda x: F.softmax_cross_entropy(x, [[0, 3, 1], [2, 2, 0]]),
        lambda x: cross_entropy(x, [[0, 3, 1], [2, 2, 0]]),
        CUBE,
    ),
}
