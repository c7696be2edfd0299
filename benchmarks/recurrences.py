"""A training step of a recurrent layer: forward, the gradients of its weights, update."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from perceptrons import Momentum, after_steps

from pygrad import nn

STEPS, BATCH, SIZE = 50, 32, 128


def candidates(kind: str) -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x, gy = rng.normal(size=(2, STEPS, BATCH, SIZE)).astype(np.float32)
    gy /= gy.size
    gates = {"LSTM": 4, "GRU": 3}[kind]
    bound = 1 / np.sqrt(SIZE)
    shapes = [(SIZE, gates * SIZE), (SIZE, gates * SIZE), (gates * SIZE,), (gates * SIZE,)]
    weights = [rng.uniform(-bound, bound, shape).astype(np.float32) for shape in shapes]
    by_hand = {"LSTM": lstm_by_hand, "GRU": gru_by_hand}[kind]
    return {
        "pygrad": of_pygrad(kind, weights, x, gy),
        "torch": of_torch(kind, weights, x, gy),
        "numpy": of_numpy(by_hand, weights, x, gy),
        "bare": bare(kind, weights, x),
    }


def of_pygrad(kind, weights, x, gy):
    layer = getattr(nn, kind)(SIZE, SIZE)
    for p, w in zip(layer.params(), weights, strict=True):
        p.data[...] = w
    optim = nn.optim.SGD(layer.params(), lr=1e-3)

    def step():
        y, _ = layer(x)
        y.backward(gy)
        optim.step()
        optim.zero_grad()

    return SimpleNamespace(
        step=step, result=after_steps(step, lambda: [p.data for p in layer.params()])
    )


def of_torch(kind, weights, x, gy):
    layer = getattr(torch.nn, kind)(SIZE, SIZE)
    with torch.no_grad():
        for p, w in zip(layer.parameters(), weights, strict=True):
            p.copy_(torch.tensor(w.T))
    optim = torch.optim.SGD(layer.parameters(), lr=1e-3, momentum=0.9)
    tx, tgy = torch.tensor(x), torch.tensor(gy)

    def step():
        y, _ = layer(tx)
        y.backward(tgy)
        optim.step()
        optim.zero_grad()

    def read():
        return [p.detach().numpy().T for p in layer.parameters()]

    return SimpleNamespace(step=step, result=after_steps(step, read))


def of_numpy(gradients, weights, x, gy):
    weights = [w.copy() for w in weights]
    update = Momentum(weights)

    def step():
        update(gradients(x, gy, *weights))

    return SimpleNamespace(step=step, result=after_steps(step, lambda: weights))


def bare(kind, weights, x):
    """The matrix products, tanh, and the update; what the gates do to one another is left out."""
    weights = [w.copy() for w in weights]
    update = Momentum(weights)
    gradients = [np.full_like(w, 1e-6) for w in weights]
    W_ih, W_hh = weights[:2]
    gW_ih, gW_hh = np.empty_like(W_ih), np.empty_like(W_hh)
    rows = x.reshape(-1, SIZE)
    of_gates = np.empty((len(rows), W_ih.shape[1]), np.float32)
    gates, slopes = np.full((2, STEPS, W_hh.shape[1], BATCH), 0.1, np.float32)
    hs = np.zeros((STEPS, SIZE, BATCH), np.float32)
    z = np.empty_like(gates[0])

    def step():
        np.matmul(rows, W_ih, out=of_gates)
        for t in range(STEPS):
            np.matmul(W_hh.T, hs[t], out=z)
            np.tanh(z, out=gates[t])
            if kind == "LSTM":
                np.tanh(hs[t], out=hs[t])
        for t in range(STEPS):
            np.matmul(W_hh, slopes[t], out=hs[t])
        np.matmul(rows.T, of_gates, out=gW_ih)
        np.matmul(rows.T, of_gates, out=gW_hh)
        update(gradients)

    return SimpleNamespace(step=step)


def sigmoid(x):
    """In place, by the tanh, which takes less time than exp and a division."""
    x *= np.float32(0.5)
    np.tanh(x, out=x)
    x *= np.float32(0.5)
    x += np.float32(0.5)


def lstm_by_hand(x, gy, W_ih, W_hh, b_ih, b_hh):
    """As a careful user would write it: all inputs in one product, in place, one at the end."""
    n = SIZE
    rows = x.reshape(-1, n)
    gates = rows @ W_ih
    gates += b_ih + b_hh
    gates = gates.reshape(STEPS, BATCH, 4 * n)
    hs = np.zeros((STEPS + 1, BATCH, n), np.float32)
    cs = np.zeros((STEPS + 1, BATCH, n), np.float32)
    tanh_cs = np.empty((STEPS, BATCH, n), np.float32)
    for t, z in enumerate(gates):
        z += hs[t] @ W_hh
        sigmoid(z[:, : 2 * n])
        np.tanh(z[:, 2 * n : 3 * n], out=z[:, 2 * n : 3 * n])
        sigmoid(z[:, 3 * n :])
        np.multiply(z[:, n : 2 * n], cs[t], out=cs[t + 1])
        cs[t + 1] += z[:, :n] * z[:, 2 * n : 3 * n]
        np.tanh(cs[t + 1], out=tanh_cs[t])
        np.multiply(z[:, 3 * n :], tanh_cs[t], out=hs[t + 1])
    i, f, g, o = np.split(gates, 4, axis=2)
    ga = np.empty_like(gates)
    np.multiply(i * (1 - i), g, out=ga[:, :, :n])
    np.multiply(f * (1 - f), cs[:-1], out=ga[:, :, n : 2 * n])
    np.multiply(1 - g * g, i, out=ga[:, :, 2 * n : 3 * n])
    np.multiply(o * (1 - o), tanh_cs, out=ga[:, :, 3 * n :])
    slope = o * (1 - tanh_cs * tanh_cs)
    dh = np.zeros((BATCH, n), np.float32)
    dc = np.zeros((BATCH, n), np.float32)
    V_hh = np.ascontiguousarray(W_hh.T)
    for t in reversed(range(STEPS)):
        dh += gy[t]
        dc += dh * slope[t]
        a = ga[t]
        a[:, :n] *= dc
        a[:, n : 2 * n] *= dc
        a[:, 2 * n : 3 * n] *= dc
        a[:, 3 * n :] *= dh
        dc *= f[t]
        dh = a @ V_hh
    ga = ga.reshape(-1, 4 * n)
    gb = np.ones(len(ga), np.float32) @ ga
    return rows.T @ ga, hs[:-1].reshape(-1, n).T @ ga, gb, gb


def gru_by_hand(x, gy, W_ih, W_hh, b_ih, b_hh):
    n = SIZE
    rows = x.reshape(-1, n)
    gates = rows @ W_ih
    gates += b_ih
    gates = gates.reshape(STEPS, BATCH, 3 * n)
    hs = np.zeros((STEPS + 1, BATCH, n), np.float32)
    inner = np.empty((STEPS, BATCH, n), np.float32)
    for t, a in enumerate(gates):
        z = hs[t] @ W_hh
        z += b_hh
        a[:, : 2 * n] += z[:, : 2 * n]
        sigmoid(a[:, : 2 * n])
        inner[t] = z[:, 2 * n :]
        a[:, 2 * n :] += a[:, :n] * inner[t]
        np.tanh(a[:, 2 * n :], out=a[:, 2 * n :])
        np.subtract(hs[t], a[:, 2 * n :], out=hs[t + 1])
        hs[t + 1] *= a[:, n : 2 * n]
        hs[t + 1] += a[:, 2 * n :]
    r, z, c = np.split(gates, 3, axis=2)
    ga = np.empty_like(gates)
    to_n = (1 - z) * (1 - c * c)
    np.multiply(to_n * inner, r * (1 - r), out=ga[:, :, :n])
    np.multiply(hs[:-1] - c, z * (1 - z), out=ga[:, :, n : 2 * n])
    np.multiply(to_n, r, out=ga[:, :, 2 * n :])
    dh = np.zeros((BATCH, n), np.float32)
    dhs = np.empty_like(inner)
    V_hh = np.ascontiguousarray(W_hh.T)
    for t in reversed(range(STEPS)):
        dh += gy[t]
        dhs[t] = dh
        a = ga[t].reshape(BATCH, 3, n)
        a *= dh[:, None]
        dh *= z[t]
        dh += ga[t] @ V_hh
    of_inputs = np.concatenate([ga[:, :, : 2 * n], to_n * dhs], axis=2).reshape(-1, 3 * n)
    ga = ga.reshape(-1, 3 * n)
    ones = np.ones(len(ga), np.float32)
    return rows.T @ of_inputs, hs[:-1].reshape(-1, n).T @ ga, ones @ of_inputs, ones @ ga
