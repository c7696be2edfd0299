"""A training step of a transformer's layer: attention, a small network, two norms."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from perceptrons import Momentum, after_steps

from pygrad import nn

WIDTH, HEADS, FEED_FORWARD, LENGTH, BATCH = 128, 4, 512, 64, 16
EPS = 1e-5


def candidates() -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x, gy = rng.normal(size=(2, BATCH, LENGTH, WIDTH)).astype(np.float32)
    gy /= gy.size
    weights = [(0.1 * rng.normal(size=shape)).astype(np.float32) for shape in SHAPES]
    return {
        "pygrad": of_pygrad(weights, x, gy),
        "torch": of_torch(weights, x, gy),
        "numpy": of_numpy(weights, x, gy),
        "bare": bare(weights, x, gy),
    }


# W_in, b_in, W_out, b_out of the attention; W1, b1, W2, b2; the two norms'
SHAPES = [
    (WIDTH, 3 * WIDTH), (3 * WIDTH,), (WIDTH, WIDTH), (WIDTH,),
    (WIDTH, FEED_FORWARD), (FEED_FORWARD,), (FEED_FORWARD, WIDTH), (WIDTH,),
    (WIDTH,), (WIDTH,), (WIDTH,), (WIDTH,),
]  # fmt: skip


def of_pygrad(weights, x, gy):
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, FEED_FORWARD, 0.0, batch_first=True)
    for p, w in zip(layer.params(), weights, strict=True):
        p.data[...] = w
    optim = nn.optim.SGD(layer.params(), lr=1e-3)

    def step():
        layer(x).backward(gy)
        optim.step()
        optim.zero_grad()

    return SimpleNamespace(
        step=step, result=after_steps(step, lambda: [p.data for p in layer.params()])
    )


def of_torch(weights, x, gy):
    layer = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, FEED_FORWARD, 0.0, batch_first=True)
    with torch.no_grad():
        for p, w in zip(layer.parameters(), weights, strict=True):
            p.copy_(torch.tensor(w.T))
    optim = torch.optim.SGD(layer.parameters(), lr=1e-3, momentum=0.9)
    tx, tgy = torch.tensor(x), torch.tensor(gy)

    def step():
        layer(tx).backward(tgy)
        optim.step()
        optim.zero_grad()

    def read():
        return [p.detach().numpy().T for p in layer.parameters()]

    return SimpleNamespace(step=step, result=after_steps(step, read))


def of_numpy(weights, x, gy):
    weights = [w.copy() for w in weights]
    update = Momentum(weights)

    def step():
        update(by_hand(x, gy, *weights))

    return SimpleNamespace(step=step, result=after_steps(step, lambda: weights))


def bare(weights, x, gy):
    """The matrix products, exp, and the update; no bias, norm, ReLU, sum or scale."""
    weights = [w.copy() for w in weights]
    update = Momentum(weights)
    gradients = [np.full_like(w, 1e-6) for w in weights]
    W_in, W_out, W1, W2 = weights[::2][:4]
    gW_in, gW_out, gW1, gW2 = [np.empty_like(W) for W in (W_in, W_out, W1, W2)]
    n, width = BATCH * LENGTH, WIDTH // HEADS
    x, g = x.reshape(n, WIDTH), gy.reshape(n, WIDTH)
    qkv, gqkv = np.empty((2, n, 3 * WIDTH), np.float32)
    h, gh = np.empty((2, n, FEED_FORWARD), np.float32)
    o, a, gx = np.empty((3, n, WIDTH), np.float32)
    p, gp = np.empty((2, BATCH, HEADS, LENGTH, LENGTH), np.float32)

    def heads(a):
        return a.reshape(BATCH, LENGTH, -1, HEADS, width).transpose(2, 0, 3, 1, 4)

    (q, k, v), (gq, gk, gv) = heads(qkv), heads(gqkv)
    (of_heads,), (g_of_heads,) = heads(o), heads(gx)

    def step():
        np.matmul(x, W_in, out=qkv)
        np.matmul(q, k.swapaxes(2, 3), out=p)
        np.exp(p, out=p)
        np.matmul(p, v, out=of_heads)
        np.matmul(o, W_out, out=a)
        np.matmul(x, W1, out=h)
        np.matmul(h, W2, out=a)
        np.matmul(h.T, g, out=gW2)
        np.matmul(g, W2.T, out=gh)
        np.matmul(x.T, gh, out=gW1)
        np.matmul(gh, W1.T, out=gx)
        np.matmul(o.T, g, out=gW_out)
        np.matmul(g, W_out.T, out=gx)
        np.matmul(g_of_heads, v.swapaxes(2, 3), out=gp)
        np.matmul(p.swapaxes(2, 3), g_of_heads, out=gv)
        np.matmul(p, k, out=gq)
        np.matmul(p.swapaxes(2, 3), q, out=gk)
        np.matmul(x.T, gqkv, out=gW_in)
        update(gradients)

    return SimpleNamespace(step=step)


def by_hand(x, gy, W_in, b_in, W_out, b_out, W1, b1, W2, b2, s1, t1, s2, t2):
    """As a careful user would write it: matrices of all positions, in place, sums as products."""
    n, width = BATCH * LENGTH, WIDTH // HEADS
    ones = np.ones(n, np.float32)
    x = x.reshape(n, WIDTH)
    qkv = x @ W_in
    qkv += b_in
    q, k, v = qkv.reshape(BATCH, LENGTH, 3, HEADS, width).transpose(2, 0, 3, 1, 4)
    q = q * np.float32(1 / np.sqrt(width))
    p = q @ k.swapaxes(2, 3)
    p -= p.max(axis=3, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=3, keepdims=True)
    o = np.empty((BATCH, LENGTH, HEADS, width), np.float32)
    np.matmul(p, v, out=o.transpose(0, 2, 1, 3))
    o = o.reshape(n, WIDTH)
    a = o @ W_out
    a += b_out
    a += x
    y1, hat1, r1 = norm(a, s1, t1)
    h = y1 @ W1
    h += b1
    np.maximum(h, 0, out=h)
    f = h @ W2
    f += b2
    f += y1
    _, hat2, r2 = norm(f, s2, t2)

    g = gy.reshape(n, WIDTH)
    g, gs2, gt2 = norm_back(g, s2, hat2, r2, ones)
    gW2, gb2 = h.T @ g, ones @ g
    gh = g @ W2.T
    gh *= h > 0
    gW1, gb1 = y1.T @ gh, ones @ gh
    g += gh @ W1.T
    g, gs1, gt1 = norm_back(g, s1, hat1, r1, ones)
    gW_out, gb_out = o.T @ g, ones @ g
    go = (g @ W_out.T).reshape(BATCH, LENGTH, HEADS, width).transpose(0, 2, 1, 3)
    gp = go @ v.swapaxes(2, 3)
    gqkv = np.empty((BATCH, LENGTH, 3, HEADS, width), np.float32)
    gq, gk, gv = gqkv.transpose(2, 0, 3, 1, 4)
    np.matmul(p.swapaxes(2, 3), go, out=gv)
    gp -= np.vecdot(go, o.reshape(BATCH, LENGTH, HEADS, width).transpose(0, 2, 1, 3))[..., None]
    gp *= p
    np.matmul(gp, k, out=gq)
    gq *= np.float32(1 / np.sqrt(width))
    np.matmul(gp.swapaxes(2, 3), q, out=gk)
    gqkv = gqkv.reshape(n, 3 * WIDTH)
    return [
        x.T @ gqkv, ones @ gqkv, gW_out, gb_out, gW1, gb1, gW2, gb2, gs1, gt1, gs2, gt2,
    ]  # fmt: skip


def norm(x, s, t):
    hat = x - x.mean(axis=1, keepdims=True)
    r = 1 / np.sqrt(np.vecdot(hat, hat)[:, None] / np.float32(WIDTH) + np.float32(EPS))
    hat *= r
    y = hat * s
    y += t
    return y, hat, r


def norm_back(g, s, hat, r, ones):
    gs, gt = ones @ (g * hat), ones @ g
    g = g * s
    along = np.vecdot(g, hat)[:, None] / np.float32(WIDTH)
    g -= g.mean(axis=1, keepdims=True)
    g -= hat * along
    g *= r
    return g, gs, gt
