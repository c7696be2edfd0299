"""A chain of 1,000 multiply-adds and its backward pass: what one operation costs."""

from __future__ import annotations

from types import SimpleNamespace

import autograd
import mygrad
import numpy as np
import torch
from optional import jax

from pygrad import Variable

LENGTH = 1000


def chain(y, a, b):
    for _ in range(LENGTH):
        y = y * a
        y = y + b
    return y


def candidates(size: int | None) -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    shape = () if size is None else (size,)
    x, a, b = (
        np.asarray(v) for v in (rng.random(shape), np.full(shape, 0.999), np.full(shape, 1e-3))
    )
    one = np.ones(shape)

    leaves = [Variable(v[()]) for v in (x, a, b)]

    def pygrad_step():
        for leaf in leaves:
            leaf.grad = None
        chain(*leaves).backward(one)

    tensors = [torch.tensor(v, requires_grad=True) for v in (x, a, b)]
    torch_one = torch.tensor(one)

    def torch_step():
        for tensor in tensors:
            tensor.grad = None
        chain(*tensors).backward(torch_one)

    def numpy_step():
        y, factor, term, seen = x[()], a[()], b[()], []
        for _ in range(LENGTH):
            seen.append(y)
            y = y * factor
            y = y + term
        g = one[()]
        g_factor, g_term = np.zeros(shape)[()], np.zeros(shape)[()]
        for y in reversed(seen):
            g_term += g
            g_factor += g * y
            g = g * factor
        return g, g_factor, g_term

    def pygrad_result():
        pygrad_step()
        return [leaf.grad.data for leaf in leaves]

    def torch_result():
        torch_step()
        return [tensor.grad.numpy() for tensor in tensors]

    others = {"mygrad": of_mygrad(x, a, b), "autograd": transformed(autograd.grad, (x, a, b))}
    if jax:
        jax.config.update("jax_enable_x64", True)
        others["jax"] = transformed(lambda f, n: jax.jit(jax.grad(f, n)), (x, a, b))
    return {
        **others,
        "pygrad": SimpleNamespace(step=pygrad_step, result=pygrad_result),
        "torch": SimpleNamespace(step=torch_step, result=torch_result),
        "numpy": SimpleNamespace(step=numpy_step, result=numpy_step),
    }


def of_mygrad(*values) -> SimpleNamespace:
    leaves = [mygrad.tensor(v) for v in values]

    def step():
        for leaf in leaves:
            leaf.null_grad()
        chain(*leaves).sum().backward()

    def result():
        step()
        return [leaf.grad for leaf in leaves]

    return SimpleNamespace(step=step, result=result)


def transformed(grad, values) -> SimpleNamespace:
    """Libraries that turn a function into its gradient."""
    gradient = grad(lambda y, a, b: chain(y, a, b).sum(), (0, 1, 2))

    def step():
        return [np.asarray(g) for g in gradient(*values)]

    return SimpleNamespace(step=step, result=step)
