"""The product of the Hessian of Rosenbrock's function in 1,000 dimensions with a vector."""

from __future__ import annotations

from types import SimpleNamespace

import autograd
import numpy as np
import torch
from optional import jax

from pygrad import hvp

SIZE = 1000


def rosenbrock(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def candidates() -> dict[str, SimpleNamespace]:
    rng = np.random.default_rng(0)
    x, v = rng.normal(size=(2, SIZE))
    tx, tv = torch.tensor(x), torch.tensor(v)
    of_autograd = autograd.hessian_vector_product(_with_numpys_sum)
    steps = {
        "pygrad": lambda: hvp(rosenbrock, x, v),
        "torch": lambda: torch.autograd.functional.hvp(rosenbrock, tx, tv)[1],
        "autograd": lambda: of_autograd(x, v),
        "numpy": lambda: by_hand(x, v),
    }
    if jax:
        jax.config.update("jax_enable_x64", True)
        forward_over_reverse = jax.jit(lambda x, v: jax.jvp(jax.grad(rosenbrock), (x,), (v,))[1])
        steps["jax"] = lambda: forward_over_reverse(x, v).block_until_ready()
    return {
        name: SimpleNamespace(step=step, result=lambda step=step: [np.asarray(step())])
        for name, step in steps.items()
    }


def _with_numpys_sum(x):
    import autograd.numpy as anp

    return anp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def by_hand(x, v):
    """The Hessian has three diagonals."""
    a, b = x[:-1], x[1:]
    h = np.zeros(SIZE)
    h[:-1] += (1200.0 * a * a - 400.0 * b + 2.0) * v[:-1] - 400.0 * a * v[1:]
    h[1:] += 200.0 * v[1:] - 400.0 * a * v[:-1]
    return h
