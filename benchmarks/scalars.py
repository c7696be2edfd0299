"""An expression of 30 scalar operations and its gradient: micrograd's example.

The expression is that of the README of micrograd (Andrej Karpathy, MIT licence).
"""

from __future__ import annotations

from types import SimpleNamespace

import autograd
import mygrad
import torch
from optional import jax

from pygrad import Variable
from pygrad import functions as F


def expression(a, b, relu):
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + relu(b + a)
    d = d + 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def candidates() -> dict[str, SimpleNamespace]:
    made = {
        "pygrad": with_leaves(Variable, F.relu),
        "torch": with_leaves(lambda v: torch.tensor(v, requires_grad=True), torch.relu),
        "mygrad": with_leaves(mygrad.tensor, mygrad.nnet.relu),
        "numpy": by_hand(),
        "autograd": transformed(autograd.grad(on_pair(lambda x: x * (x > 0)))),
    }
    if jax:
        jax.config.update("jax_enable_x64", True)
        made["jax"] = transformed(jax.jit(jax.grad(on_pair(jax.nn.relu))))
    return made


def with_leaves(make, relu) -> SimpleNamespace:
    """Libraries whose arrays remember: leaves, an expression, backward."""
    a, b = make(-4.0), make(2.0)

    def step():
        a.grad = b.grad = None
        expression(a, b, relu).backward()

    def clear_and_step():
        a.null_grad()
        b.null_grad()
        expression(a, b, relu).backward()

    if hasattr(a, "null_grad"):
        step = clear_and_step

    def result():
        step()
        return [float(a.grad), float(b.grad)]

    return SimpleNamespace(step=step, result=result)


def on_pair(relu):
    return lambda pair: expression(pair[0], pair[1], relu)


def transformed(gradient) -> SimpleNamespace:
    def step():
        return gradient((-4.0, 2.0))

    return SimpleNamespace(step=step, result=lambda: [float(g) for g in step()])


def by_hand() -> SimpleNamespace:
    """Forwards and backwards as one would write it, with Python's numbers."""

    def step():
        a, b = -4.0, 2.0
        s, t = b + a, b - a
        c1 = 2 * (a + b) + 1
        c = 2 * c1 + 1 - a
        d1 = a * b + b**3
        d2 = 3 * d1 + max(s, 0.0)
        d = 4 * d2 + max(t, 0.0)
        e = c - d
        f = e * e
        gf = 0.5 - 10.0 / (f * f)
        ge = gf * 2 * e
        gd1 = -ge * 12
        gs, gt = (-ge * 4 if s > 0 else 0.0), (-ge if t > 0 else 0.0)
        ga = 4 * ge - ge + gd1 * b + gs - gt
        gb = 4 * ge + gd1 * (a + 3 * b * b) + gs + gt
        return ga, gb

    return SimpleNamespace(step=step, result=lambda: list(step()))
