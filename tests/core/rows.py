"""How the tables of cases are written: points to stand on, and rows in fewer words."""

from __future__ import annotations

import numpy as np

from pygrad import functions as F
from pygrad.testing import Case


def points(*shape, low=-2.0, high=2.0, seed=0):
    """Distinct values within (low, high), none of them within 0.01 of a whole number."""
    n = int(np.prod(shape))
    spread = np.linspace(low, high, 2 * n + 3)[1:-1:2][:n]
    spread = np.where(np.abs(spread - np.round(spread)) < 0.01, spread + 0.02, spread)
    return np.random.default_rng(seed).permutation(spread).reshape(shape)


def row(function, reference, *inputs, elementwise=False, **kwargs):
    return Case(function, reference, inputs, kwargs, elementwise=elementwise)


def each(function, reference, *inputs):
    return row(function, reference, *inputs, elementwise=True)


def alike(call, *inputs):
    """A call spelled the same in `pygrad.functions` and in NumPy, tried through NumPy as well."""

    def reference(*xs):
        return call(np, *xs)

    reference.__module__ = "numpy"
    return Case(lambda *xs: call(F, *xs), reference, inputs)
