"""Looking up rows of a table, and the gradient of the table."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch

from pygrad import Variable
from pygrad import functions as F


def candidates(n: int, width: int, many: int) -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(n, width)).astype(np.float32)
    indices = rng.integers(0, n, many)
    gy = rng.normal(size=(many, width)).astype(np.float32)

    W = Variable(table)

    def of_pygrad():
        W.grad = None
        F.embedding(indices, W).backward(gy)

    tW, tindices, tgy = torch.tensor(table, requires_grad=True), *map(torch.tensor, (indices, gy))

    def of_torch():
        tW.grad = None
        torch.nn.functional.embedding(tindices, tW).backward(tgy)

    def by_hand():
        """As a careful user would write it: np.add.at on rows takes five times as long."""
        y = table[indices]  # noqa: F841  (users want it)
        gW = np.zeros(n * width, np.float32)
        places = indices[:, None] * width + np.arange(width)
        np.add.at(gW, places.ravel(), gy.ravel())
        return [gW.reshape(n, width)]

    y, gW = np.empty_like(gy), np.empty_like(table)
    row = np.dtype((np.void, 4 * width))

    def bare():
        """Rows that are taken, zeros, and rows that are put; what repeats is not added up."""
        np.take(table, indices, axis=0, out=y, mode="clip")
        gW.fill(0)
        np.put(gW.view(row), indices, gy.view(row))

    def after(step, read):
        def result():
            step()
            return [read()]

        return result

    return {
        "pygrad": SimpleNamespace(step=of_pygrad, result=after(of_pygrad, lambda: W.grad.data)),
        "torch": SimpleNamespace(step=of_torch, result=after(of_torch, lambda: tW.grad.numpy())),
        "numpy": SimpleNamespace(step=by_hand, result=by_hand),
        "bare": SimpleNamespace(step=bare),
    }
