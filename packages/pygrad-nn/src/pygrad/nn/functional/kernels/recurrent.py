"""Recurrent layers over a whole sequence: the steps forwards, and the gradients back through them.

In a GRU all is batch-major, and each gate an array of its own, (gates, time, batch, features): so
no array is ever transposed, and the weights of a step are one product of a stack of matrices.
Elsewhere everything between the borders is feature-major, (time, features, batch), where a gate is
one contiguous block as well; the states of a Tape are seen so in any case.
What a step does not depend on is computed for all steps at once: the inputs' part of the gates
before the loop, the slopes of the gates and the gradients of the weights around the loop back.

``held`` is True where a sample skips a step: its state stays, and its output there is 0. Slopes of
0, and of 1 from state to state, carry its gradient past the step, so the loops need not know.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "Tape", "gru_backward", "gru_forward", "input_gradient", "lstm_backward", "lstm_forward",
    "rnn_backward", "rnn_forward", "weight_gradients",
]  # fmt: skip


class Tape(NamedTuple):
    """What a run leaves for the way back; `hs` and `cs` begin with the initial state."""

    hs: Any  # (T + 1, H, B)
    cs: Any = None  # (T + 1, H, B)
    gates: Any = None  # after their activation: (T, 4, H, B) of an LSTM, (3, T, B, H) of a GRU
    inner: Any = None  # tanh(c), (T, H, B), of an LSTM; a GRU's hidden part of n, (T, B, H)


def lstm_forward(
    held: Any, x: Any, h: Any, c: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any
) -> Tape:
    """The states of an LSTM, whose gates come as i, f, g, o and are kept as i, f, o, g.

    So the three logistic gates are one block, and one tanh serves all four:
    sigmoid(x) = tanh(x / 2) / 2 + 1 / 2, with the inner half folded into the weights.
    """
    dtype = np.result_type(x, h, c, W_ih, W_hh, b_ih)
    n = W_hh.shape[0]
    V_hh = _logistic_first(W_hh, n, dtype)
    gates = _projected(x, _logistic_first(W_ih, n, dtype), _logistic_first(b_ih + b_hh, n, dtype))
    hs, cs = _states(h, len(x), dtype), _states(c, len(x), dtype)
    inner = np.empty_like(hs[1:])
    z, part = np.empty(gates.shape[1:], dtype), np.empty_like(hs[0])
    half = np.array(0.5, dtype)
    for t, gate in enumerate(gates):
        np.dot(V_hh.T, hs[t], out=z)
        gate += z
        np.tanh(gate, out=gate)
        logistic = gate[: 3 * n]
        logistic *= half
        logistic += half
        c, tanh_c = cs[t + 1], inner[t]
        np.multiply(gate[n : 2 * n], cs[t], out=c)
        c += np.multiply(gate[:n], gate[3 * n :], out=part)
        np.tanh(c, out=tanh_c)
        np.multiply(gate[2 * n : 3 * n], tanh_c, out=hs[t + 1])
        if held is not None:
            np.copyto(c, cs[t], where=held[t])
            np.copyto(hs[t + 1], hs[t], where=held[t])
    return Tape(hs, cs, gates.reshape(len(x), 4, n, x.shape[1]), inner)


def lstm_backward(
    tape: Tape, W_hh: Any, held: Any, gy: Any, gh: Any, gc: Any
) -> tuple[Any, Any, Any, Any]:
    """The gradients of the gates' hidden parts; None; of h0; of c0.

    The gates are taken before their activation, in the order i, f, g, o; a row for each step of
    each sample. Their input parts are only added to them, so they have the same gradients.
    """
    hs, cs, gates, tanh_c = tape
    i, f, o, g = (gates[:, k] for k in range(4))
    one = np.array(1, hs.dtype)
    # dc/di, dc/df, dc/dg and dh/do, with the slopes of the activations; later times dc or dh
    ga = np.empty_like(gates)
    np.subtract(one, gates[:, :2], out=ga[:, :2])
    ga[:, :2] *= gates[:, :2]
    ga[:, 0] *= g
    ga[:, 1] *= cs[:-1]
    np.multiply(g, g, out=ga[:, 2])
    np.subtract(one, ga[:, 2], out=ga[:, 2])
    ga[:, 2] *= i
    np.subtract(one, o, out=ga[:, 3])
    ga[:, 3] *= o
    ga[:, 3] *= tanh_c
    slope = tanh_c * tanh_c  # dh/dc
    np.subtract(one, slope, out=slope)
    slope *= o
    if held is not None:
        skipped = held[:, None]
        np.copyto(ga, 0, where=held[:, None, None])
        np.copyto(slope, 0, where=skipped)
        f = np.where(skipped, one, f)
    arriving = _arriving(gy, hs, held)
    W_hh = W_hh.astype(hs.dtype, copy=False)
    dh, dc = _columns(gh, hs.dtype), _columns(gc, hs.dtype)
    part = np.empty_like(dh)
    flat = ga.reshape(len(ga), W_hh.shape[1], hs.shape[2])
    for t in range(len(ga) - 1, -1, -1):
        now = arriving[t]
        now += dh
        dc += np.multiply(now, slope[t], out=part)
        gate = ga[t]
        gate[:3] *= dc
        gate[3] *= now
        dc *= f[t]
        np.dot(W_hh, flat[t], out=dh)
        if held is not None:
            dh += now * held[t]
    return _rows(flat), None, dh.T, dc.T


def gru_forward(held: Any, x: Any, h: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any) -> Tape:
    """The states of a GRU, whose gates come and are kept as r, z, n, each (T, B, H)."""
    dtype = np.result_type(x, h, W_ih, W_hh, b_ih)
    steps, batch, n_in = x.shape
    n = W_hh.shape[0]
    b = b_ih.astype(dtype)
    b[: 2 * n] += b_hh[: 2 * n]
    V_hh, V_ih, b = (_by_gates(_halved(a, n, dtype)) for a in (W_hh, W_ih, b))
    x = x.reshape(steps * batch, n_in).astype(dtype, copy=False)
    gates = np.matmul(x, V_ih).reshape(3, steps, batch * n)
    gates += np.tile(b, batch)  # wide rows, for a broadcast begins anew at each
    gates = gates.reshape(3, steps, batch, n)
    hs = np.empty((steps + 1, batch, n), dtype)
    hs[0] = h
    inner, z = np.empty_like(hs[1:]), np.empty((3, batch, n), dtype)
    b_n = np.empty_like(hs[0])
    b_n[:] = b_hh[2 * n :]
    half = np.array(0.5, dtype)
    for t in range(steps):
        np.matmul(hs[t], V_hh, out=z)
        logistic, candidate, new = gates[:2, t], gates[2, t], hs[t + 1]
        logistic += z[:2]
        np.tanh(logistic, out=logistic)
        logistic *= half
        logistic += half
        np.add(z[2], b_n, out=inner[t])
        candidate += np.multiply(logistic[0], inner[t], out=new)
        np.tanh(candidate, out=candidate)
        np.subtract(hs[t], candidate, out=new)
        new *= logistic[1]
        new += candidate
        if held is not None:
            np.copyto(new, hs[t], where=held[t][:, None])
    return Tape(hs.transpose(0, 2, 1), None, gates, inner)


def gru_backward(tape: Tape, W_hh: Any, held: Any, gy: Any, gh: Any) -> tuple[Any, Any, Any]:
    """The gradients of the gates' hidden parts; of the input part of n; of h0; as of an LSTM.

    The reset gate stands between the two parts of n, so there alone they differ.
    """
    hs, (r, z, candidate), inner = tape.hs.transpose(0, 2, 1), tape.gates, tape.inner
    steps, batch, n = inner.shape
    one = np.array(1, hs.dtype)
    ga = np.empty((steps, batch, 3, n), hs.dtype)  # the slopes of h by the hidden parts
    to_n = np.multiply(candidate, candidate)  # dh/dn before the activation
    np.subtract(one, to_n, out=to_n)
    rest = np.subtract(one, z)
    to_n *= rest
    rest *= z
    np.multiply(rest, np.subtract(hs[:-1], candidate), out=ga[:, :, 1])
    np.multiply(to_n, r, out=ga[:, :, 2])
    np.subtract(one, r, out=rest)
    rest *= r
    rest *= to_n
    np.multiply(rest, inner, out=ga[:, :, 0])
    if held is not None:
        skipped = held[:, :, None]
        np.copyto(ga, 0, where=skipped[..., None])
        np.copyto(to_n, 0, where=skipped)
        z = np.where(skipped, one, z)
        gy = np.where(skipped, 0, gy)
    dhs = rest  # it has served, and here come the gradients of the states
    V_hh = np.array(W_hh.T, hs.dtype, order="C")
    dh = np.array(gh, hs.dtype)
    part = np.empty_like(dh)
    rows = ga.reshape(steps, batch, 3 * n)
    for t in range(steps - 1, -1, -1):
        now = np.add(gy[t], dh, out=dhs[t], casting="same_kind")
        ga[t] *= now[:, None]
        np.dot(rows[t], V_hh, out=dh)
        dh += np.multiply(now, z[t], out=part)
    to_n *= dhs
    return rows.reshape(steps * batch, 3 * n), to_n.reshape(steps * batch, n), dh


def rnn_forward(
    held: Any, relu: bool, x: Any, h: Any, W_ih: Any, W_hh: Any, b_ih: Any, b_hh: Any
) -> Tape:
    """The states of a plain recurrent layer."""
    dtype = np.result_type(x, h, W_ih, W_hh, b_ih)
    projected = _projected(x, W_ih.astype(dtype, copy=False), (b_ih + b_hh).astype(dtype))
    W_hh = W_hh.astype(dtype, copy=False)
    hs = _states(h, len(x), dtype)
    zero = np.array(0, dtype)
    for t, z in enumerate(projected):
        new = hs[t + 1]
        np.dot(W_hh.T, hs[t], out=new)
        new += z
        if relu:
            np.maximum(new, zero, out=new)
        else:
            np.tanh(new, out=new)
        if held is not None:
            np.copyto(new, hs[t], where=held[t])
    return Tape(hs)


def rnn_backward(
    tape: Tape, W_hh: Any, held: Any, relu: bool, gy: Any, gh: Any
) -> tuple[Any, Any, Any]:
    """The gradients of the states' hidden parts; None; of h0; as of an LSTM."""
    hs = tape.hs
    one = np.array(1, hs.dtype)
    ga = (hs[1:] > 0).astype(hs.dtype) if relu else np.subtract(one, hs[1:] * hs[1:])
    if held is not None:
        np.copyto(ga, 0, where=held[:, None])
    arriving = _arriving(gy, hs, held)
    W_hh = W_hh.astype(hs.dtype, copy=False)
    dh = _columns(gh, hs.dtype)
    for t in range(len(ga) - 1, -1, -1):
        now = arriving[t]
        now += dh
        ga[t] *= now
        np.dot(W_hh, ga[t], out=dh)
        if held is not None:
            dh += now * held[t]
    return _rows(ga), None, dh.T


def weight_gradients(x: Any, hs: Any, of_hidden: Any, of_last: Any) -> tuple[Any, Any, Any, Any]:
    """The gradients of W_ih, W_hh, b_ih and b_hh: products over all steps.

    `of_last` holds the gradients of the input parts in the last columns, where they differ.
    """
    states = _rows(hs[:-1])
    ones = np.ones(len(states), hs.dtype)
    x = x.reshape(len(states), x.shape[2])
    gW_hh, gb_hh = np.dot(states.T, of_hidden), np.dot(ones, of_hidden)
    if of_last is None:
        return np.dot(x.T, of_hidden), gW_hh, gb_hh, gb_hh
    alike = of_hidden.shape[1] - of_last.shape[1]
    gW_ih = np.empty((x.shape[1], of_hidden.shape[1]), hs.dtype)
    np.matmul(x.T, of_hidden[:, :alike], out=gW_ih[:, :alike])
    np.matmul(x.T, of_last, out=gW_ih[:, alike:])
    gb_ih = gb_hh.copy()
    np.dot(ones, of_last, out=gb_ih[alike:])
    return gW_ih, gW_hh, gb_ih, gb_hh


def input_gradient(W_ih: Any, of_hidden: Any, of_last: Any) -> Any:
    """The gradient of x, a row for each step of each sample."""
    if of_last is None:
        return np.dot(of_hidden, W_ih.T)
    alike = of_hidden.shape[1] - of_last.shape[1]
    gx = np.dot(of_hidden[:, :alike], W_ih[:, :alike].T)
    gx += np.dot(of_last, W_ih[:, alike:].T)
    return gx


def _rows(a: Any) -> Any:
    """(T, width, B) as a row for each step of each sample, (T * B, width)."""
    steps, width, batch = a.shape
    return a.transpose(0, 2, 1).reshape(steps * batch, width)


def _projected(x: Any, W: Any, b: Any) -> Any:
    """``x @ W + b`` of all steps, (T, gates, B)."""
    y = np.matmul(W.T, x.transpose(0, 2, 1).astype(W.dtype, copy=False))
    y += np.repeat(b[:, None], y.shape[2], axis=1)  # a column that broadcasts takes twice the time
    return y


def _states(first: Any, steps: int, dtype: Any) -> Any:
    """Room for the states, (T + 1, H, B), the first of them in its place."""
    states = np.empty((steps + 1, *first.shape[::-1]), dtype)
    states[0] = first.T
    return states


def _columns(g: Any, dtype: Any) -> Any:
    """A state's gradient of shape (B, H) as columns, in an array of its own."""
    return np.array(g.T, dtype, order="C")


def _arriving(gy: Any, hs: Any, held: Any) -> Any:
    """The outputs' gradients as columns, none where a step was skipped; to be added to."""
    g = np.empty_like(hs[1:])
    np.copyto(g, gy.transpose(0, 2, 1), casting="same_kind")
    if held is not None:
        np.copyto(g, 0, where=held[:, None])
    return g


def _halved(W: Any, n: int, dtype: Any) -> Any:
    """A copy whose first 2 n columns are halved, those of a GRU's logistic gates."""
    V = np.array(W, dtype, order="C")
    V[..., : 2 * n] *= np.array(0.5, dtype)
    return V


def _by_gates(V: Any) -> Any:
    """A GRU's weights, (n_in, 3 n) or (3 n,), as three matrices, or three rows, one a gate."""
    V = V.reshape(-1, 3, V.shape[-1] // 3)
    return np.array(V.swapaxes(0, 1), order="C")


def _logistic_first(W: Any, n: int, dtype: Any) -> Any:
    """Columns i, f, g, o as i/2, f/2, o/2, g; of a matrix or of a bias."""
    V = np.empty(W.shape, dtype)
    half = np.array(0.5, dtype)
    np.multiply(W[..., : 2 * n], half, out=V[..., : 2 * n])
    np.multiply(W[..., 3 * n :], half, out=V[..., 2 * n : 3 * n])
    V[..., 3 * n :] = W[..., 2 * n : 3 * n]
    return V
