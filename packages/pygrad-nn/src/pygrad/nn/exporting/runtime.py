"""The functions that an exported file may need; the source of those that it does goes into it.

Each stands alone: it knows NumPy, `math`, and what `NEEDS` says.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["NEEDS"]


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def softmax(x: Any, axis: int) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x: Any, axis: int) -> Any:
    """log(softmax(x)) along an axis."""
    z = x - x.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def softplus(x: Any, beta: float = 1.0) -> Any:
    """log(1 + exp(beta x)) / beta."""
    return np.logaddexp(x * beta, 0) / beta


def elu(x: Any, height: float, width: float, scale: float) -> Any:
    """scale x, or height (exp(x / width) - 1) where x is negative."""
    return np.maximum(x, 0) * scale + np.expm1(np.minimum(x, 0) / width) * height


def gelu(x: Any) -> Any:
    """x times the normal distribution's cumulative function."""
    erf = np.vectorize(math.erf, otypes=[np.float64])
    return (x * (0.5 + 0.5 * erf(x / math.sqrt(2)))).astype(x.dtype)


def gelu_tanh(x: Any) -> Any:
    """The approximation of gelu by tanh."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def windows(
    x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, fill: float = 0.0
) -> Any:
    """The windows of an image of shape (N, C, ...): (N, C, *places, *kernel)."""
    n = len(kernel)
    x = np.pad(x, ((0, 0), (0, 0), *padding), constant_values=fill)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(range(2, 2 + n)))
    places = [slice(None, None, s) for s in stride]
    inside = [slice(None, None, d) for d in dilation]
    return view[(slice(None), slice(None), *places, *inside)]


def convolution(
    x: Any, W: Any, b: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    """W over every window of x, plus b."""
    n = W.ndim - 2
    parts = []
    for part, V in zip(np.split(x, groups, axis=1), np.split(W, groups), strict=True):
        seen = windows(part, W.shape[2:], stride, padding, dilation)
        axes = (1, *range(2 + n, 2 + 2 * n))
        parts.append(np.tensordot(seen, V, (axes, tuple(range(1, 2 + n)))))
    y = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
    return y if b is None else y + b.reshape(-1, *[1] * n)


def convolution_transpose(
    x: Any, W: Any, b: Any, stride: Any, padding: Any, dilation: Any, groups: int, size: Any
) -> Any:
    """Each value of x adds its multiple of W to an image of a size, plus b."""
    n = W.ndim - 2
    room = [m + before + after for m, (before, after) in zip(size, padding, strict=True)]
    y = np.zeros((len(x), W.shape[1] * groups, *room), x.dtype)
    for place in np.ndindex(*W.shape[2:]):
        parts = [
            np.tensordot(part, V[(slice(None), slice(None), *place)], (1, 0))
            for part, V in zip(np.split(x, groups, axis=1), np.split(W, groups), strict=True)
        ]
        first = [k * d for k, d in zip(place, dilation, strict=True)]
        lands = [
            slice(f, f + (m - 1) * s + 1, s)
            for f, m, s in zip(first, x.shape[2:], stride, strict=True)
        ]
        y[(slice(None), slice(None), *lands)] += np.moveaxis(np.concatenate(parts, -1), -1, 1)
    inside = [slice(before, before + m) for m, (before, _) in zip(size, padding, strict=True)]
    y = y[(slice(None), slice(None), *inside)]
    return y if b is None else y + b.reshape(-1, *[1] * n)


def resample(x: Any, axis: int, index: Any, weights: Any) -> Any:
    """Weighted sums along an axis: a row of index and weights for each new value."""
    shape = [-1 if i == axis else 1 for i in range(x.ndim)]
    columns = zip(index.T, weights.T.astype(x.dtype), strict=True)
    return sum(np.take(x, i, axis) * weight.reshape(shape) for i, weight in columns)


def max_pool(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The largest value of each window."""
    seen = windows(x, kernel, stride, padding, dilation, -np.inf)
    return seen.max(axis=tuple(range(-len(kernel), 0)))


def sum_pool(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The sum of each window."""
    return windows(x, kernel, stride, padding, dilation).sum(axis=tuple(range(-len(kernel), 0)))


def normalise(x: Any, w: Any, b: Any, axes: Any, eps: float, centred: bool) -> Any:
    """(x - mean) / sqrt(var + eps) w + b, with mean and variance over some axes."""
    z = x - x.mean(axis=axes, keepdims=True) if centred else x
    return z / np.sqrt((z * z).mean(axis=axes, keepdims=True) + eps) * w + b


def attention(q: Any, k: Any, v: Any, bias: Any, scale: float, barred: Any, causal: bool) -> Any:
    """softmax(scale q k^T + bias) v; what is barred, or later if it is causal, does not count."""
    scores = (q * scale) @ k.swapaxes(-1, -2)
    if bias is not None:
        scores = scores + bias
    if causal:
        later = np.triu(np.ones(scores.shape[-2:], bool), 1)
        barred = later if barred is None else barred | later
    if barred is not None:
        scores = np.where(barred, -np.inf, scores).astype(q.dtype)
    return softmax(scores, -1) @ v


def packed_attention(x: Any, bias: Any, scale: float, barred: Any, causal: bool, heads: int) -> Any:
    """`attention` in heads of what one product made, q, k and v side by side."""
    n, length, _ = x.shape
    q, k, v = x.reshape(n, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
    y = attention(q, k, v, bias, scale, barred, causal)
    return y.transpose(0, 2, 1, 3).reshape(n, length, -1)


def lstm(x: Any, h: Any, c: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any, reverse: bool) -> Any:
    """An LSTM over a sequence: its outputs, and its last two states."""
    ys = []
    for step in x[::-1] if reverse else x:
        i, f, g, o = np.split(step @ W_ih + b_ih + h @ W_hh + b_hh, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        ys.append(h)
    return np.stack(ys[::-1] if reverse else ys), h, c


def gru(x: Any, h: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any, reverse: bool) -> Any:
    """A GRU over a sequence: its outputs, and its last state."""
    ys = []
    for step in x[::-1] if reverse else x:
        r, z, n = np.split(step @ W_ih + b_ih, 3, axis=-1)
        r2, z2, n2 = np.split(h @ W_hh + b_hh, 3, axis=-1)
        z = sigmoid(z + z2)
        h = (1 - z) * np.tanh(n + sigmoid(r + r2) * n2) + z * h
        ys.append(h)
    return np.stack(ys[::-1] if reverse else ys), h


def rnn(
    x: Any, h: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any, reverse: bool, relu: bool
) -> Any:
    """A plain recurrent layer over a sequence: its outputs, and its last state."""
    ys = []
    for step in x[::-1] if reverse else x:
        z = step @ W_ih + b_ih + h @ W_hh + b_hh
        h = np.maximum(z, 0) if relu else np.tanh(z)
        ys.append(h)
    return np.stack(ys[::-1] if reverse else ys), h


NEEDS: dict[str, list[Any]] = {
    "attention": [softmax],
    "packed_attention": [softmax, attention],
    "gru": [sigmoid],
    "lstm": [sigmoid],
    "convolution": [windows],
    "max_pool": [windows],
    "sum_pool": [windows],
}
"""What a function calls."""
