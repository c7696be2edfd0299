"""A step of an optimizer alone, on parameters of many shapes: the gradients are there already."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from pygrad import Parameter, nn

STEPS = 3  # before the results are compared

SMALL = [(n,) for n in np.linspace(64, 4096, 60).astype(int).tolist()]
BIG = [(1000, 1000)] * 4


def candidates(name: str, shapes: Sequence[tuple[int, ...]], **settings: Any) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    values = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    gradients = [rng.normal(size=shape).astype(np.float32) for shape in shapes]

    params = [Parameter(value.copy()) for value in values]
    for p, g in zip(params, gradients, strict=True):
        p.grad = g
    ours = getattr(nn.optim, name)(params, **settings)

    tensors = [torch.nn.Parameter(torch.tensor(value)) for value in values]
    for t, g in zip(tensors, gradients, strict=True):
        t.grad = torch.tensor(g)
    theirs = getattr(torch.optim, name)(tensors, **settings)

    def result(step, read):
        def after():
            for _ in range(STEPS):
                step()
            return [read(p) for p in (params if step == ours.step else tensors)]

        return after

    return {
        "pygrad": SimpleNamespace(step=ours.step, result=result(ours.step, lambda p: p.data)),
        "torch": SimpleNamespace(
            step=theirs.step, result=result(theirs.step, lambda t: t.detach().numpy())
        ),
    }
