"""Finite differences: a function of several arrays as numbers, and its slopes without any rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pygrad.engine.trees import leaves_of, map_tree
from pygrad.transforms import vjp
from pygrad.variable import Variable

__all__ = ["Projected", "as_reals", "moved", "random_like", "values_of", "weighted"]

_WEIGHTS = ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))


class Projected:
    """A function of arrays, weighted to one real number: ``sum(Re(conj(u) * f(x)))``.

    Parameters
    ----------
    f : callable
        Takes Variables and returns Variables, in any tree.
    u : list of ndarray
        The weights, one array for each in what `f` returns.
    """

    def __init__(self, f: Callable[..., Any], u: list[Any]) -> None:
        self.f = f
        self.u = u

    def values(self, xs: Sequence[Any]) -> list[Any]:
        """What `f` returns at arrays, without a graph."""
        with np.errstate(all="ignore"):  # a step may leave the domain: then NaN says so
            return values_of(self.f(*(Variable(x, requires_grad=False) for x in xs)))

    def number(self, xs: Sequence[Any]) -> float:
        """The number at arrays."""
        return weighted(self.u, self.values(xs))

    def gradient(self, *xs: Any) -> tuple[Any, ...]:
        """The gradient of the number by the rules: a function as `f` is, for the next order."""
        value, pull_back = vjp(self.f, *xs)
        weights = iter(self.u)
        return pull_back(map_tree(lambda y: _like(next(weights), y), value))

    def slopes(self, xs: Sequence[Any], i: int, v: Any, step: float) -> list[Any]:
        """The slopes of all that `f` returns, as the array `i` moves along `v`."""
        slopes: list[Any] = [0.0] * len(self.u)
        for steps, weight in _WEIGHTS:
            values = self.values(moved(xs, i, steps * step * v))
            slopes = [s + weight / step * y for s, y in zip(slopes, values, strict=True)]
        return slopes

    def slope(self, xs: Sequence[Any], i: int, v: Any, step: float) -> tuple[float, float]:
        """The slope as the array `i` moves along `v`, and the size of the numbers it came from.

        From a stencil of five points, whose error is about ``step**4``.
        """
        slope = size = 0.0
        for steps, weight in _WEIGHTS:
            value = self.number(moved(xs, i, steps * step * v))
            slope += weight * value / step
            size = max(size, abs(value))
        return slope, size


def weighted(u: Sequence[Any], ys: Sequence[Any]) -> float:
    """The arrays as one real number."""
    return sum((float(np.sum((np.conj(a) * y).real)) for a, y in zip(u, ys, strict=True)), 0.0)


def values_of(tree: Any) -> list[Any]:
    """The leaves of what a function returned, as arrays."""
    return [np.asarray(y._data if isinstance(y, Variable) else y) for y in leaves_of(tree)]


def moved(xs: Sequence[Any], i: int, by: Any) -> list[Any]:
    """The arrays, the one at `i` moved."""
    return [*xs[:i], xs[i] + by, *xs[i + 1 :]]


def random_like(x: Any, rng: np.random.Generator) -> Any:
    """Normal numbers in the shape of `x`, complex ones if it is."""
    numbers = rng.normal(size=x.shape)
    return numbers + 1j * rng.normal(size=x.shape) if x.dtype.kind == "c" else numbers


def _like(u: Any, y: Any) -> Any:
    return u.astype(y.dtype) if y.dtype.kind in "fc" else u


def as_reals(x: Any) -> Any:
    """A flat array in which a complex number is two real ones."""
    flat = np.ravel(x)
    return np.stack([flat.real, flat.imag], -1).ravel() if flat.dtype.kind == "c" else flat
