"""A training step of a multi-layer perceptron: forward, loss, backward, update."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import mygrad
import mygrad.nnet
import numpy as np
import torch

from pygrad import functions as F
from pygrad import nn


def candidates(sizes: tuple[int, ...], batch: int, optimizer: str) -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, sizes[0])).astype(np.float32)
    labels = rng.integers(0, sizes[-1], batch)
    weights = []
    for n, m in pairwise(sizes):
        bound = 1 / np.sqrt(n)
        weights.append(rng.uniform(-bound, bound, (n, m)).astype(np.float32))
        weights.append(rng.uniform(-bound, bound, m).astype(np.float32))
    make = {"pygrad": of_pygrad, "torch": of_torch, "numpy": by_hand, "mygrad": of_mygrad}
    found = {name: f(sizes, weights, x, labels, optimizer) for name, f in make.items()}
    return {**found, "bare": bare(sizes, weights, batch, optimizer)}


def of_pygrad(sizes, weights, x, labels, optimizer):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(n, m) for n, m in pairwise(sizes)]

        def forward(self, x):
            *hidden, last = self.layers
            for layer in hidden:
                x = F.relu(layer(x))
            return last(x)

    model = Net()
    for p, w in zip(model.params(), weights, strict=True):
        p.data[...] = w
    optim = getattr(nn.optim, optimizer)(model.params(), lr=1e-3)

    def step():
        loss = F.softmax_cross_entropy(model(x), labels)
        loss.backward()
        optim.step()
        optim.zero_grad()

    return SimpleNamespace(
        step=step, result=after_steps(step, lambda: [p.data for p in model.params()])
    )


def of_torch(sizes, weights, x, labels, optimizer):
    layers = []
    for n, m in pairwise(sizes):
        layers += [torch.nn.Linear(n, m), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, w in zip(model.parameters(), weights, strict=True):
            p.copy_(torch.tensor(w.T if w.ndim == 2 else w))
    options = {"momentum": 0.9} if optimizer == "SGD" else {"eps": 1e-7}
    optim = getattr(torch.optim, optimizer)(model.parameters(), lr=1e-3, **options)
    loss_of = torch.nn.CrossEntropyLoss()
    tx, tl = torch.tensor(x), torch.tensor(labels)

    def step():
        loss = loss_of(model(tx), tl)
        loss.backward()
        optim.step()
        optim.zero_grad()

    def read():
        return [p.detach().numpy().T for p in model.parameters()]

    return SimpleNamespace(step=step, result=after_steps(step, read))


def of_mygrad(sizes, weights, x, labels, optimizer):
    """MyGrad has no optimizers: the update is the one that is written by hand."""
    tensors = [mygrad.tensor(w.copy()) for w in weights]
    update = {"SGD": Momentum, "Adam": Adam}[optimizer]([t.data for t in tensors])

    def step():
        a = x
        for i in range(0, len(tensors), 2):
            a = mygrad.matmul(a, tensors[i]) + tensors[i + 1]
            if i + 2 < len(tensors):
                a = mygrad.nnet.relu(a)
        mygrad.nnet.softmax_crossentropy(a, labels).backward()
        update([t.grad for t in tensors])
        for t in tensors:
            t.null_grad()

    return SimpleNamespace(step=step, result=after_steps(step, lambda: [t.data for t in tensors]))


def by_hand(sizes, weights, x, labels, optimizer):
    """As a careful user would write it: in place, with buffers for the optimizer."""
    weights = [w.copy() for w in weights]
    rows = np.arange(len(x))
    ones = np.ones(len(x), np.float32)
    update = {"SGD": Momentum, "Adam": Adam}[optimizer](weights)

    def step():
        activations = [x]
        for i in range(0, len(weights), 2):
            z = activations[-1] @ weights[i]
            z += weights[i + 1]
            if i + 2 < len(weights):
                np.maximum(z, 0, out=z)
            activations.append(z)
        z = activations.pop()
        z -= z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = (np.log(total).sum() - z[rows, labels].sum()) / len(x)  # noqa: F841  (users print it)
        g = e
        g /= total * len(x)
        g[rows, labels] -= 1 / len(x)
        gradients = [None] * len(weights)
        for i in reversed(range(0, len(weights), 2)):
            a = activations.pop()
            gradients[i] = a.T @ g
            gradients[i + 1] = ones @ g
            if i:
                g = g @ weights[i].T
                g *= a > 0
        update(gradients)

    return SimpleNamespace(step=step, result=after_steps(step, lambda: weights))


def bare(sizes, weights, batch, optimizer):
    """The matrix products and the update; no bias, no ReLU, no loss."""
    weights = [w.copy() for w in weights]
    update = {"SGD": Momentum, "Adam": Adam}[optimizer](weights)
    gradients = [np.full_like(w, 1e-6) for w in weights]
    inputs = [np.ones((batch, n), np.float32) for n in sizes]
    outputs = [np.empty_like(a) for a in inputs]
    products = [np.empty_like(W) for W in weights[::2]]

    def step():
        for i, (W, gW) in enumerate(zip(weights[::2], products, strict=True)):
            np.matmul(inputs[i], W, out=outputs[i + 1])
            np.matmul(inputs[i].T, inputs[i + 1], out=gW)
            if i:
                np.matmul(inputs[i + 1], W.T, out=outputs[i])
        update(gradients)

    return SimpleNamespace(step=step)


class Momentum:
    def __init__(self, weights, lr=1e-3, momentum=0.9):
        self.weights = weights
        self.velocities = [np.zeros_like(w) for w in weights]
        self.lr, self.momentum = np.float32(lr), np.float32(momentum)

    def __call__(self, gradients):
        for w, v, g in zip(self.weights, self.velocities, gradients, strict=True):
            v *= self.momentum
            v += g
            w -= self.lr * v


class Adam:
    def __init__(self, weights, lr=1e-3, beta_1=0.9, beta_2=0.999, eps=1e-7):
        self.weights = weights
        self.m = [np.zeros_like(w) for w in weights]
        self.v = [np.zeros_like(w) for w in weights]
        self.scratch = [(np.empty_like(w), np.empty_like(w)) for w in weights]
        self.lr, self.beta_1, self.beta_2, self.eps, self.t = lr, beta_1, beta_2, eps, 0

    def __call__(self, gradients):
        self.t += 1
        rate = np.float32(self.lr / (1 - self.beta_1**self.t))
        root = np.float32(1 / np.sqrt(1 - self.beta_2**self.t))
        keep_1, new_1 = np.float32(self.beta_1), np.float32(1 - self.beta_1)
        keep_2, new_2 = np.float32(self.beta_2), np.float32(1 - self.beta_2)
        eps = np.float32(self.eps)
        for w, m, v, (s, d), g in zip(
            self.weights, self.m, self.v, self.scratch, gradients, strict=True
        ):
            m *= keep_1
            m += np.multiply(g, new_1, out=s)
            v *= keep_2
            np.multiply(g, g, out=s)
            s *= new_2
            v += s
            np.sqrt(v, out=d)
            d *= root
            d += eps
            np.divide(m, d, out=s)
            s *= rate
            w -= s


def after_steps(step, read):
    """A function that takes three steps and reads the weights, which must agree."""

    def result():
        for _ in range(3):
            step()
        return [np.array(w) for w in read()]

    return result
