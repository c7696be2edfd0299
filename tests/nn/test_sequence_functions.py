"""The table of cases of the functions for sequences: a row for each, written out in NumPy."""

import math

import numpy as np
import pytest
from rows import points, row

from pygrad import Variable, grad
from pygrad import functions as F
from pygrad.engine.kernels.dropout import keep_mask
from pygrad.nn.functional import attention, bilinear_map, lookup, positions, recurrent
from pygrad.nn.functional import recurrent_cells as cells
from pygrad.testing import Case

STEPS, BATCH, N_IN, N = 4, 3, 2, 3
MASK = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 0, 1]], bool)
INDICES = np.array([[0, 2, 2], [4, 0, 2]])
ALLOWED = np.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [0, 1, 1, 1, 1]], bool)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_step(x, h, W_ih, W_hh, b_ih=0, b_hh=0, nonlinearity="tanh"):
    z = x @ W_ih + b_ih + h @ W_hh + b_hh
    return np.tanh(z) if nonlinearity == "tanh" else np.maximum(z, 0)


def lstm_step(x, h, c, W_ih, W_hh, b_ih=0, b_hh=0):
    i, f, g, o = np.split(x @ W_ih + b_ih + h @ W_hh + b_hh, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, W_ih, W_hh, b_ih=0, b_hh=0):
    r_x, z_x, n_x = np.split(x @ W_ih + b_ih, 3, axis=-1)
    r_h, z_h, n_h = np.split(h @ W_hh + b_hh, 3, axis=-1)
    z = sigmoid(z_x + z_h)
    return (1 - z) * np.tanh(n_x + sigmoid(r_x + r_h) * n_h) + z * h


def over_steps(step, n_states):
    """The sequence function that repeats a step, one sample at a time; outputs in one row."""

    def run(x, *rest, mask=None, reverse=False, **options):
        states, weights = rest[:n_states], rest[n_states:]
        steps, batch = x.shape[:2]
        y = np.zeros((steps, batch, states[0].shape[1]), x.dtype)
        last = [np.zeros_like(s) for s in states]
        for b in range(batch):
            now = tuple(s[b] for s in states)
            for t in reversed(range(steps)) if reverse else range(steps):
                if mask is None or mask[t, b]:
                    now = step(x[t, b], *now, *weights, **options)
                    now = now if isinstance(now, tuple) else (now,)
                    y[t, b] = now[0]
            for into, s in zip(last, now, strict=True):
                into[b] = s
        return [y, *last]

    return run


def of_lstm(x, h, c, *weights, **options):
    y, (h, c) = F.lstm(x, (h, c), *weights, **options)
    return [y, h, c]


def of_lstm_cell(x, h, c, *weights):
    return list(F.lstm_cell(x, (h, c), *weights))


def sequence(function, step, gates, n_states=1, bias=True, **options):
    weights = [points(N_IN, gates * N, seed=4), points(N, gates * N, seed=5)]
    if bias:
        weights += [points(gates * N, seed=6), points(gates * N, seed=7)]
    return row(
        function,
        over_steps(step, n_states),
        points(STEPS, BATCH, N_IN, seed=1),
        *[points(BATCH, N, seed=2 + i) for i in range(n_states)],
        *weights,
        **options,
    )


def one_step(function, step, gates, n_states=1, bias=True, **options):
    case = sequence(function, step, gates, n_states, bias, **options)
    return Case(function, step, [case.inputs[0][0], *case.inputs[1:]], options)


def attend(q, k, v=None, attn_mask=None, is_causal=False, scale=None, enable_gqa=False, keep=None):
    if enable_gqa:
        k, v = (np.repeat(x, q.shape[-3] // x.shape[-3], axis=-3) for x in (k, v))
    s = q @ np.swapaxes(k, -1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    if is_causal:
        s = np.where(np.tril(np.ones(s.shape[-2:], bool)), s, -np.inf)
    if attn_mask is not None:
        is_bool = attn_mask.dtype == bool
        s = np.where(attn_mask, s, -np.inf) if is_bool else s + attn_mask
    e = np.exp(s - np.maximum(s.max(axis=-1, keepdims=True), np.finfo(s.dtype).min))
    w = e / np.maximum(e.sum(axis=-1, keepdims=True), np.finfo(s.dtype).tiny)
    if keep is not None:
        w = w * keep(w.shape, w.dtype)
    return w if v is None else w @ v


def attend_packed(x, bias=None, **options):
    q, k, v = np.split(x, 3, axis=-1)
    heads = [np.split(part, 2, axis=-1) for part in (q, k, v)]
    biases = [None] * 2 if bias is None else np.swapaxes(bias, 0, 1)
    ys = [attend(*h, b, **options) for *h, b in zip(*heads, biases, strict=True)]
    return np.concatenate(ys, axis=-1)


def packed(mask, p, causal):
    return lambda x, bias=mask: attention.packed_attention(
        x, 2, bias, p, causal, np.random.default_rng(1)
    )


def kept(shape, dtype):
    return keep_mask(shape, 0.3, dtype, np.random.default_rng(1))


Q, K, V = points(2, 2, 3, 4), points(2, 2, 5, 4, seed=1), points(2, 2, 5, 2, seed=2)
ATTENTION = F.scaled_dot_product_attention

CASES = {
    "rnn": sequence(lambda *xs, **o: list(F.rnn(*xs, **o)), rnn_step, 1),
    "rnn, relu": sequence(
        lambda *xs, **o: list(F.rnn(*xs, **o)), rnn_step, 1, nonlinearity="relu", mask=MASK
    ),
    "rnn, skipping": sequence(
        lambda *xs, **o: list(F.rnn(*xs, **o)), rnn_step, 1, mask=MASK, reverse=True
    ),
    "lstm": sequence(of_lstm, lstm_step, 4, 2),
    "lstm, no bias": sequence(of_lstm, lstm_step, 4, 2, bias=False),
    "lstm, backwards": sequence(of_lstm, lstm_step, 4, 2, reverse=True),
    "lstm, skipping": sequence(of_lstm, lstm_step, 4, 2, mask=MASK),
    "lstm, skipping backwards": sequence(of_lstm, lstm_step, 4, 2, mask=MASK, reverse=True),
    "gru": sequence(lambda *xs, **o: list(F.gru(*xs, **o)), gru_step, 3),
    "gru, no bias": sequence(lambda *xs, **o: list(F.gru(*xs, **o)), gru_step, 3, bias=False),
    "gru, skipping": sequence(lambda *xs, **o: list(F.gru(*xs, **o)), gru_step, 3, mask=MASK),
    "gru, skipping backwards": sequence(
        lambda *xs, **o: list(F.gru(*xs, **o)), gru_step, 3, mask=MASK, reverse=True
    ),
    "rnn_cell": one_step(F.rnn_cell, rnn_step, 1),
    "rnn_cell, relu": one_step(F.rnn_cell, rnn_step, 1, bias=False, nonlinearity="relu"),
    "lstm_cell": one_step(of_lstm_cell, lstm_step, 4, 2),
    "gru_cell": one_step(F.gru_cell, gru_step, 3),
    "scaled_dot_product_attention": row(ATTENTION, attend, Q, K, V),
    "scaled_dot_product_attention, matrices": row(ATTENTION, attend, Q[0, 0], K[0, 0], V[0, 0]),
    "scaled_dot_product_attention, five axes": row(ATTENTION, attend, Q[None], K[None], V[None]),
    "scaled_dot_product_attention, broadcast": row(ATTENTION, attend, Q, K[:1], V[0, :1]),
    "scaled_dot_product_attention, causal": row(ATTENTION, attend, Q, K, V, is_causal=True),
    # scores too large for exp, which makes the kernel shift them
    "scaled_dot_product_attention, large": row(
        lambda q, k, v, b: ATTENTION(q, k, v, F.where(ALLOWED, 64.0 + b, -np.inf)),
        lambda q, k, v, b: attend(q, k, v, np.where(ALLOWED, b, -np.inf).astype(q.dtype)),
        Q,
        K,
        V,
        points(2, 1, 3, 5, seed=3),
    ),
    "scaled_dot_product_attention, barred": row(ATTENTION, attend, Q, K, V, attn_mask=ALLOWED),
    "scaled_dot_product_attention, both": row(
        ATTENTION, attend, Q, K, V, attn_mask=ALLOWED, is_causal=True
    ),
    "scaled_dot_product_attention, bias": row(ATTENTION, attend, Q, K, V, points(2, 1, 5, seed=3)),
    "scaled_dot_product_attention, dropout": row(
        lambda *xs: ATTENTION(*xs, dropout_p=0.3, rng=np.random.default_rng(1)),
        lambda *xs: attend(*xs, keep=kept),
        Q,
        K,
        V,
    ),
    "scaled_dot_product_attention, groups": row(
        ATTENTION, attend, points(2, 4, 3, 4), K, V, enable_gqa=True
    ),
    "packed_attention": row(packed(None, 0.0, False), attend_packed, points(2, 3, 24)),
    "packed_attention, causal": row(
        packed(None, 0.0, True), lambda x: attend_packed(x, is_causal=True), points(2, 3, 24)
    ),
    "packed_attention, bias": row(
        packed(None, 0.0, False), attend_packed, points(2, 3, 24), points(2, 2, 3, 3, seed=1)
    ),
    "attention_weights": row(F.attention_weights, attend, Q, K),
    "attention_weights, barred": row(
        F.attention_weights,
        lambda q, k, **o: attend(q, k, None, **o),
        Q,
        K,
        attn_mask=ALLOWED,
        is_causal=True,
    ),
    "embedding": row(lambda W: F.embedding(INDICES, W), lambda W: W[INDICES], points(5, 3)),
    "embedding, large": row(
        lambda W: F.embedding(np.arange(4000) ** 2 % 50, W),
        lambda W: W[np.arange(4000) ** 2 % 50],
        points(50, 3),
    ),
    "bilinear": row(
        F.bilinear,
        lambda x1, x2, W, b: np.einsum("ni,kij,nj->nk", x1, W, x2) + b,
        points(3, 2),
        points(3, 4, seed=1),
        points(5, 2, 4, seed=2),
        points(5, seed=3),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_function_and_its_derivatives_are_right(name):
    CASES[name].check()


def test_every_function_has_a_row():
    modules = (attention, bilinear_map, cells, lookup, positions, recurrent)
    functions = {name for module in modules for name in module.__all__}
    # a table of constants, which has no derivative
    assert functions - {name.split(",")[0] for name in CASES} == {"sinusoidal_positions"}
    for name in functions:
        assert F.get(name) is getattr(F, name)


def test_a_third_derivative_of_an_lstm_is_right():
    x, h, c, *weights = (v / 2 for v in CASES["lstm"].inputs)

    def f(s):
        y, _ = F.lstm(x * s, (h, c), *weights)
        return (y * y).sum()

    third = grad(grad(grad(f)))(Variable(0.7)).item()
    step = 1e-4
    second = grad(grad(f))
    slope = (second(Variable(0.7 + step)).item() - second(Variable(0.7 - step)).item()) / (2 * step)
    assert third == pytest.approx(slope, rel=1e-6)
