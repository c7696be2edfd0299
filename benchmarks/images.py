"""Layers of images: a convolution, batch normalisation, and a training step of LeNet."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch
from perceptrons import Momentum, after_steps

from pygrad import Variable, nn
from pygrad import functions as F

T = torch.nn.functional


def convolution(
    n: int, c: int, o: int, size: int, k: int, stride: int = 1, groups: int = 1
) -> dict[str, SimpleNamespace]:
    """Forward, and the gradients of input, weights and bias."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, c, size, size)).astype(np.float32)
    W = rng.normal(size=(o, c // groups, k, k)).astype(np.float32) / np.float32(k * c**0.5)
    b = rng.normal(size=o).astype(np.float32)
    p = k // 2
    settings = {"stride": stride, "padding": p, "groups": groups}
    m = (size + 2 * p - k) // stride + 1
    g = rng.normal(size=(n, o, m, m)).astype(np.float32)
    found = {
        "pygrad": of_pygrad(lambda *xs: F.conv2d(*xs, **settings), (x, W, b), g),
        "torch": of_torch(lambda *ts: T.conv2d(*ts, **settings), (x, W, b), g),
    }
    if groups == 1:
        found["numpy"] = convolution_by_hand(x, W, b, g, stride, p)
    if groups == stride == 1 and k == 3 and not size % 4:
        found["bare"] = winograd_bare(n * (size // 4) ** 2, c, o)
    return found


def batch_norm() -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, 32, 64, 28, 28)).astype(np.float32)
    w, b = rng.normal(size=(2, 64)).astype(np.float32)
    running = np.zeros(64, np.float32), np.ones(64, np.float32)
    of_theirs = [torch.tensor(r) for r in running]

    def by_hand():
        """Row sums as products, and the rest sample by sample, while it is in the cache."""
        n, c, size = 32, 64, 32 * 28 * 28
        flat, gs = x.reshape(n, c, -1), g.reshape(n, c, -1)
        one = np.ones(28 * 28, np.float32)
        mean = ((flat.reshape(n * c, -1) @ one).reshape(n, c).sum(0) / size)[:, None]
        y, var = np.empty_like(flat), np.zeros(c, np.float32)
        for i in range(n):
            np.subtract(flat[i], mean, out=y[i])
            var += np.vecdot(y[i], y[i])
        r = 1 / np.sqrt(var / size + 1e-5)[:, None]
        scale, shift = w[:, None] * r, b[:, None]
        for i in range(n):
            y[i] *= scale
            y[i] += shift
        gb = (gs.reshape(n * c, -1) @ one).reshape(n, c).sum(0)
        gw, d = np.zeros(c, np.float32), np.empty_like(flat[0])
        for i in range(n):
            np.subtract(flat[i], mean, out=d)
            gw += np.vecdot(gs[i], d)
        gw *= r[:, 0]
        slope = -scale * r * gw[:, None] / size
        rest = -scale * gb[:, None] / size - slope * mean
        gx = np.empty_like(flat)
        for i in range(n):
            np.multiply(flat[i], slope, out=d)
            d += rest
            np.multiply(gs[i], scale, out=gx[i])
            gx[i] += d
        return y.reshape(x.shape), gx.reshape(x.shape), gw, gb

    return {
        "pygrad": of_pygrad(
            lambda x, w, b: F.batch_norm(x, *running, w, b, training=True), (x, w, b), g
        ),
        "torch": of_torch(
            lambda x, w, b: T.batch_norm(x, *of_theirs, w, b, training=True), (x, w, b), g
        ),
        "numpy": SimpleNamespace(step=by_hand, result=lambda: scaled(by_hand())),
        "bare": SimpleNamespace(step=batch_norm_bare(x, g)),
    }


def batch_norm_bare(x, g):
    """Two sums and two multiply-adds, each of x and of g, with numbers that are made before."""
    x, g = x.reshape(32, 64, -1), g.reshape(32, 64, -1)
    y, gx = np.empty((2, *x.shape), np.float32)
    some, d = np.ones((2, *x[0].shape), np.float32)
    one = some[0]

    def step():
        for a in x:
            np.vecdot(a, a)
            np.dot(a, one)
        for a, out in zip(x, y, strict=True):
            np.multiply(a, some, out=out)
            np.add(out, some, out=out)
        for a, b in zip(x, g, strict=True):
            np.vecdot(a, b)
            np.dot(b, one)
        for a, b, out in zip(x, g, gx, strict=True):
            np.multiply(a, some, out=d)
            np.add(d, some, out=d)
            np.multiply(b, some, out=out)
            np.add(out, d, out=out)

    return step


def of_pygrad(function, arrays, g):
    xs = [Variable(a) for a in arrays]

    def step():
        y = function(*xs)
        y.backward(g)
        for x in xs:
            x.zero_grad()

    def result():
        y = function(*xs)
        y.backward(g)
        found = [y.data, *(x.grad.data for x in xs)]
        for x in xs:
            x.zero_grad()
        return scaled(found)

    return SimpleNamespace(step=step, result=result)


def of_torch(function, arrays, g):
    ts, tg = [torch.tensor(a, requires_grad=True) for a in arrays], torch.tensor(g)

    def step():
        function(*ts).backward(tg)
        for t in ts:
            t.grad = None

    def result():
        y = function(*ts)
        y.backward(tg)
        found = [y.detach().numpy(), *(t.grad.numpy() for t in ts)]
        for t in ts:
            t.grad = None
        return scaled(found)

    return SimpleNamespace(step=step, result=result)


def scaled(arrays):
    """Each so that its largest value is 1: the error of a sum is to be judged beside that."""
    return [a / np.abs(a).max() for a in arrays]


def windows(x, k, stride, p):
    """All windows of images (N, H, W, C) as rows."""
    xp = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0))) if p else x
    view = np.lib.stride_tricks.sliding_window_view(xp, (k, k), axis=(1, 2))
    view = view[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(-1, k * k * x.shape[-1])


def convolution_by_hand(x, W, b, g, stride, p):
    """As a careful user would write it: windows as rows, a few samples at a time."""
    o, c, k, _ = W.shape
    n = len(x)

    def step():
        rows = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        gs = np.ascontiguousarray(g.transpose(0, 2, 3, 1))
        weights = W.transpose(2, 3, 1, 0).reshape(-1, o)
        back = W[:, :, ::-1, ::-1].transpose(2, 3, 0, 1).reshape(-1, c)
        y, gx = np.empty_like(gs), np.empty_like(rows)
        gW = np.zeros((k * k * c, o), np.float32)
        for i in range(n):
            columns = windows(rows[i : i + 1], k, stride, p)
            gi = gs[i].reshape(-1, o)
            np.matmul(columns, weights, out=y[i].reshape(-1, o))
            gW += columns.T @ gi
            if stride == 1:
                np.matmul(windows(gs[i : i + 1], k, 1, p), back, out=gx[i].reshape(-1, c))
        y += b
        gb = np.ones(gs.size // o, np.float32) @ gs.reshape(-1, o)
        return [
            y.transpose(0, 3, 1, 2), gx.transpose(0, 3, 1, 2),
            gW.reshape(k, k, c, o).transpose(3, 2, 0, 1), gb,
        ]  # fmt: skip

    return SimpleNamespace(step=step, result=lambda: scaled(step()))


def winograd_bare(tiles, c, o):
    """The products of F(4, 3) for 3 x 3 kernels, two samples' tiles at a time; nothing is moved."""
    t = 128
    A, B, G = (np.full(s, 0.01, np.float32) for s in ((16, 36), (36, 36), (36, 9)))
    D, V, gV, gD = np.ones((4, 36, t, c), np.float32)
    M, gM = np.ones((2, 36, t, o), np.float32)
    Y = np.ones((16, t, o), np.float32)
    W, U, gU = np.ones((9, c * o), np.float32), *np.ones((2, 36, c, o), np.float32)

    def by(matrix, a, out):
        np.matmul(matrix, a.reshape(len(a), -1), out=out.reshape(len(out), -1))

    def step():
        by(G, W, U)
        for _ in range(tiles // t):
            by(B, D, V)
            np.matmul(V, U, out=M)
            by(A, M, Y)
            by(A.T, Y, gM)
            np.matmul(gM, U.transpose(0, 2, 1), out=gV)
            np.matmul(V.transpose(0, 2, 1), gM, out=gU)
            by(B.T, gV, gD)
        by(G.T, gU, W)

    return SimpleNamespace(step=step)


# ------------------------------------------------------------------------------ LeNet

SHAPES = [
    (6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (400, 120), (120,), (120, 84), (84,), (84, 10), (10,),
]  # fmt: skip


def lenet(batch: int = 32) -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, 1, 28, 28)).astype(np.float32)
    labels = rng.integers(0, 10, batch)
    fans = [25, 25, 150, 150, 400, 400, 120, 120, 84, 84]
    weights = [
        rng.uniform(-1, 1, s).astype(np.float32) / np.float32(f**0.5)
        for s, f in zip(SHAPES, fans, strict=True)
    ]
    return {
        "pygrad": lenet_of_pygrad(x, labels, weights),
        "torch": lenet_of_torch(x, labels, weights),
        "numpy": lenet_by_hand(x, labels, weights),
        "bare": lenet_bare(batch),
    }


def lenet_of_pygrad(x, labels, weights):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.pool = nn.MaxPool2d(2)
            self.fc1, self.fc2, self.fc3 = (
                nn.Linear(400, 120),
                nn.Linear(120, 84),
                nn.Linear(84, 10),
            )

        def forward(self, x):
            x = self.pool(F.relu(self.conv1(x)))
            x = self.pool(F.relu(self.conv2(x)))
            x = x.reshape(len(x), 400)
            return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

    model = Net()
    for p, w in zip(model.params(), weights, strict=True):
        p.data[...] = w
    optim = nn.optim.SGD(model.params(), lr=1e-2, momentum=0.9)

    def step():
        loss = F.softmax_cross_entropy(model(x), labels)
        loss.backward()
        optim.step()
        optim.zero_grad()

    return SimpleNamespace(
        step=step, result=after_steps(step, lambda: [p.data for p in model.params()])
    )


def lenet_of_torch(x, labels, weights):
    layers = torch.nn
    model = layers.Sequential(
        layers.Conv2d(1, 6, 5, padding=2), layers.ReLU(), layers.MaxPool2d(2),
        layers.Conv2d(6, 16, 5), layers.ReLU(), layers.MaxPool2d(2), layers.Flatten(),
        layers.Linear(400, 120), layers.ReLU(), layers.Linear(120, 84), layers.ReLU(),
        layers.Linear(84, 10),
    )  # fmt: skip
    with torch.no_grad():
        for p, w in zip(model.parameters(), weights, strict=True):
            p.copy_(torch.tensor(w.T if w.ndim == 2 else w))
    optim = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
    loss_of = layers.CrossEntropyLoss()
    tx, tl = torch.tensor(x), torch.tensor(labels)

    def step():
        loss_of(model(tx), tl).backward()
        optim.step()
        optim.zero_grad()

    def read():
        found = [p.detach().numpy() for p in model.parameters()]
        return [w.T if w.ndim == 2 else w for w in found]

    return SimpleNamespace(step=step, result=after_steps(step, read))


def lenet_by_hand(x, labels, weights):
    """As a careful user would write it: windows as rows, pixels' channels side by side."""
    weights = [w.copy() for w in weights]
    # the kernels as matrices from the start: they are reshaped when somebody reads them
    for i in (0, 2):
        o = len(weights[i])
        weights[i] = np.ascontiguousarray(weights[i].transpose(2, 3, 1, 0).reshape(-1, o))
    n, rows = len(x), np.arange(len(x))
    images = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    update = Momentum(weights, lr=1e-2)
    quarters = [(i, j) for i in (0, 1) for j in (0, 1)]

    def pool(a):
        parts = [a[:, i::2, j::2] for i, j in quarters]
        return np.maximum(np.maximum(parts[0], parts[1]), np.maximum(parts[2], parts[3]))

    def unpool(g, a, y):
        ga = np.empty_like(a)
        free = np.ones(y.shape, bool)
        for i, j in quarters:
            here = (a[:, i::2, j::2] == y) & free
            free ^= here
            np.multiply(g, here, out=ga[:, i::2, j::2])
        return ga

    def sums(g):
        return np.ones(len(g), np.float32) @ g

    def step():
        W1, b1, W2, b2, W3, b3, W4, b4, W5, b5 = weights
        col1 = windows(images, 5, 1, 2)
        a1 = col1 @ W1
        a1 += b1
        np.maximum(a1, 0, out=a1)
        a1 = a1.reshape(n, 28, 28, 6)
        p1 = pool(a1)
        col2 = windows(p1, 5, 1, 0)
        a2 = col2 @ W2
        a2 += b2
        np.maximum(a2, 0, out=a2)
        a2 = a2.reshape(n, 10, 10, 16)
        p2 = pool(a2)
        flat = p2.transpose(0, 3, 1, 2).reshape(n, 400)
        h1 = np.maximum(flat @ W3 + b3, 0)
        h2 = np.maximum(h1 @ W4 + b4, 0)
        z = h2 @ W5 + b5
        z -= z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = (np.log(total).sum() - z[rows, labels].sum()) / n  # noqa: F841  (users print it)
        g5 = e / (total * n)
        g5[rows, labels] -= 1 / n
        g4 = (g5 @ W5.T) * (h2 > 0)
        g3 = (g4 @ W4.T) * (h1 > 0)
        gp2 = (g3 @ W3.T).reshape(n, 16, 5, 5).transpose(0, 2, 3, 1)
        g2 = unpool(gp2, a2, p2)
        g2 *= a2 > 0
        g2 = g2.reshape(-1, 16)
        gcol = (g2 @ W2.T).reshape(n, 10, 10, 5, 5, 6)
        gp1 = np.zeros_like(p1)
        for i in range(5):
            for j in range(5):
                gp1[:, i : i + 10, j : j + 10] += gcol[:, :, :, i, j]
        g1 = unpool(gp1, a1, p1)
        g1 *= a1 > 0
        g1 = g1.reshape(-1, 6)
        update([
            col1.T @ g1, sums(g1), col2.T @ g2, sums(g2), flat.T @ g3, sums(g3),
            h1.T @ g4, sums(g4), h2.T @ g5, sums(g5),
        ])  # fmt: skip

    def read():
        found = list(weights)
        for i in (0, 2):
            o, c = SHAPES[i][:2]
            found[i] = weights[i].reshape(5, 5, c, o).transpose(3, 2, 0, 1)
        return found

    return SimpleNamespace(step=step, result=after_steps(step, read))


def lenet_bare(batch):
    """The products: of windows or rows, and of weights; three a layer, of the first two."""
    sizes = [(batch * 784, 25, 6), (batch * 100, 150, 16)]
    sizes += [(batch, *SHAPES[i]) for i in (4, 6, 8)]
    products = []
    for n, m, k in sizes:
        x, W, y = (np.full(s, 1e-3, np.float32) for s in ((n, m), (m, k), (n, k)))
        products += [(x, W, y.copy()), (x.T, y, W.copy())]
        if m > 25:
            products.append((y, W.T, x.copy()))

    def step():
        for a, b, out in products:
            np.matmul(a, b, out=out)

    return SimpleNamespace(step=step)
