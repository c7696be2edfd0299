"""sigmoid(exp(tanh(x))) of 4,000,000 values and its gradient: what passes over memory cost."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch

from pygrad import Variable
from pygrad import functions as F

SIZE = 4_000_000
BLOCK = 32_768


def candidates() -> dict[str, SimpleNamespace]:
    x = np.random.default_rng(0).normal(size=SIZE).astype(np.float32)
    leaf, tensor = Variable(x), torch.tensor(x, requires_grad=True)

    def pygrad_step():
        leaf.grad = None
        F.sigmoid(F.exp(F.tanh(leaf))).sum().backward()

    def torch_step():
        tensor.grad = None
        torch.sigmoid(torch.exp(torch.tanh(tensor))).sum().backward()

    def numpy_step():
        """In blocks that stay in the cache."""
        gradient = np.empty_like(x)
        half, one = np.float32(0.5), np.float32(1)
        total = 0.0
        for start in range(0, SIZE, BLOCK):
            t = np.tanh(x[start : start + BLOCK])
            e = np.exp(t)
            s = np.tanh(e * half)
            s *= half
            s += half
            total += s.sum()
            g = one - s
            g *= s
            g *= e
            t *= t
            np.subtract(one, t, out=t)
            np.multiply(g, t, out=gradient[start : start + BLOCK])
        return gradient

    out = np.empty_like(x)

    def bare():
        """tanh, exp and the exp in sigmoid; the rest is free."""
        np.tanh(x, out=out)
        np.exp(out, out=out)
        np.exp(out, out=out)

    def pygrad_result():
        pygrad_step()
        return [leaf.grad.data]

    def torch_result():
        torch_step()
        return [tensor.grad.numpy()]

    return {
        "pygrad": SimpleNamespace(step=pygrad_step, result=pygrad_result),
        "torch": SimpleNamespace(step=torch_step, result=torch_result),
        "numpy": SimpleNamespace(step=numpy_step, result=lambda: [numpy_step()]),
        "bare": SimpleNamespace(step=bare),
    }
