"""What kind of mistake a derivative rule has made, as far as numbers can tell.

The matrix of all slopes by the rules, and that by finite differences, are compared under one
suspicion after another: is the one minus the other, a multiple of it, its transpose ... ?
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from pygrad.testing.differences import Projected, as_reals, moved, weighted

__all__ = ["diagnose"]

_LARGE = 200  # elements: above, three directions stand for them all
_NEAR = 0.01  # of the step: what tells a kink from a curve


def diagnose(at: Projected, xs: Sequence[Any], i: int, step: float, rtol: float) -> str:
    """The end of a message about the gradient of `at` by the array `i`."""
    kind = _of_the_point(at, xs, i, step) or _of_the_rule(at, xs, i, step, rtol)
    return f"; it looks like {kind}" if kind else ""


def _of_the_point(at: Projected, xs: Sequence[Any], i: int, step: float) -> str:
    """Whether it is the point that is to blame: the slopes on its two sides differ."""
    v = _directions(xs[i])[0]

    def gap(step: float) -> float:
        here = at.number(xs)
        ahead, behind = (at.number(moved(xs, i, sign * step * v)) for sign in (1, -1))
        return abs((ahead - here) - (here - behind)) / step

    far, near = gap(step), gap(_NEAR * step)
    slope, size = at.slope(xs, i, v, _NEAR * step)
    # halfway up a jump the gap is 0, but the slope grows as the step shrinks
    halfway = abs(slope) > max(10 * abs(at.slope(xs, i, v, step)[0]), 10 * size)
    # of a curve the gap shrinks with the step, at a kink it stays, at a jump it grows
    if np.isfinite(far) and not (halfway or near > max(0.3 * far, 1e-3 * (abs(slope) + size))):
        return ""
    return "a point where the function is not differentiable: move it away from there"


def _of_the_rule(at: Projected, xs: Sequence[Any], i: int, step: float, rtol: float) -> str:
    x, outputs = xs[i], at.values(xs)
    directions = _basis(x) if x.size <= _LARGE else _directions(x)
    weights = _rows(outputs) if sum(y.size for y in outputs) <= _LARGE else [at.u]
    found = _found(at, weights, xs, i, directions)
    expected = _expected(at, weights, xs, i, directions, step)
    tolerance = 10 * rtol * (np.abs(expected).max(initial=0) + 1e-3)

    def same(a: Any, b: Any) -> Any:
        return np.abs(a - b) <= tolerance

    if np.any(np.isnan(found)):
        return "a rule that computes NaN at this point"
    near = _expected(at, weights, xs, i, directions, _NEAR * step)
    if np.all(np.abs(found - near) <= 10 * tolerance) and not np.all(same(expected, near)):
        return (
            f"a kink near the point, or a slope that changes fast: with steps of "
            f"{_NEAR * step:.1g} there is no difference. Move the point, or give a smaller `step`"
        )
    if not np.any(found):
        return "a lost gradient: the rule gives zero"
    if np.all(same(found, -expected)):
        return "a wrong sign: the rule gives minus the slope"
    if x.dtype.kind == "c" and x.size <= _LARGE:
        mirrored = expected * np.resize([1, -1], expected.shape[1])
        if np.all(same(found, mirrored)):
            return "a missing or superfluous conjugate"
    if factor := _factor(found, expected, tolerance):
        return factor
    return _of_the_matrix(found, expected, same, x, outputs) if x.size <= _LARGE else ""


def _factor(found: Any, expected: Any, tolerance: float) -> str:
    factor = float(np.vdot(expected, found) / np.vdot(expected, expected))
    if not np.all(np.abs(found - factor * expected) <= tolerance):
        return ""
    text = f"a factor: the rule gives {factor:.6g} times the slope"
    if 0 < factor < 0.6 and abs(1 / factor - round(1 / factor)) < 1e-4:
        text += ", as a missing sum over broadcast axes does, or a mean in place of a sum"
    return text


def _of_the_matrix(found: Any, expected: Any, same: Any, x: Any, outputs: Sequence[Any]) -> str:
    """What the matrix of slopes shows, a row for each output and a column for each input."""
    for axes in _permutations(x.shape):
        shape = (len(found), *x.shape, -1)
        turned = np.moveaxis(expected.reshape(shape), [a + 1 for a in axes], range(1, x.ndim + 1))
        if np.all(same(found, turned.reshape(found.shape))):
            return f"a transposed gradient: its axes are {axes} of the right one"
    y = outputs[0]
    if expected.shape == (y.size, x.size):  # both real, and a row for each element of the output
        for axes in _permutations(y.shape):
            rows = np.arange(y.size).reshape(y.shape).transpose(axes).ravel()
            if np.all(same(found[rows], expected)):
                return "a transposed gradient: `gy` enters the rule with its axes exchanged"
        full = expected.reshape(*y.shape, *x.shape)
        for a, b in itertools.product(range(y.ndim), range(y.ndim, full.ndim)):
            exchanged = full.swapaxes(a, b)
            if exchanged.shape == full.shape and np.all(
                same(found, exchanged.reshape(found.shape))
            ):
                return "a transposed array in the rule: one that it multiplies with, for example"
    fewer = np.any((found != 0).sum(axis=0) < (~same(expected, 0)).sum(axis=0))
    if len(found) > 1 and fewer and np.all(same(found, expected) | (found == 0)):
        return (
            "a missing sum over broadcast axes: the rule counts only some of the results that an "
            "element takes part in"
        )
    wrong = ~same(found, expected).all(axis=0)
    if 2 * wrong.sum() <= wrong.size:
        parts = 2 if x.dtype.kind == "c" else 1
        places = sorted({int(k) // parts for k in np.flatnonzero(wrong)})
        shown = ", ".join(str([int(n) for n in np.unravel_index(k, x.shape)]) for k in places[:3])
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        return f"a mistake in some elements: {shown}{more} are wrong and the others right"
    return ""


def _permutations(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The permutations of axes, without the identity, that keep the shape."""
    if not 2 <= len(shape) <= 4:
        return []
    ways = itertools.permutations(range(len(shape)))
    next(ways)
    return [axes for axes in ways if tuple(shape[a] for a in axes) == shape]


def _found(
    at: Projected, weights: list[list[Any]], xs: Sequence[Any], i: int, directions: list[Any]
) -> Any:
    """The slopes by the rules: a row for each choice of weights, a column for each direction."""
    sides = np.array([as_reals(v) for v in directions])
    gradients = [Projected(at.f, u).gradient(*xs)[i] for u in weights]
    return np.array([as_reals(g) for g in gradients]) @ sides.T


def _expected(
    at: Projected,
    weights: list[list[Any]],
    xs: Sequence[Any],
    i: int,
    directions: list[Any],
    step: float,
) -> Any:
    """The same by finite differences."""
    columns = [at.slopes(xs, i, v, step) for v in directions]
    return np.array([[weighted(u, ys) for ys in columns] for u in weights])


def _basis(x: Any) -> list[Any]:
    units = np.eye(x.size).reshape(x.size, *x.shape)
    if x.dtype.kind != "c":
        return list(units)
    return [part * unit for unit in units for part in (1 + 0j, 1j)]


def _rows(outputs: Sequence[Any]) -> list[list[Any]]:
    """Weights that pick one real number each out of the outputs."""
    rows = []
    for k, y in enumerate(outputs):
        for unit in _basis(y):
            rows.append(
                [unit if n == k else np.zeros(z.shape, z.dtype) for n, z in enumerate(outputs)]
            )
    return rows


def _directions(x: Any) -> list[Any]:
    rng = np.random.default_rng(1)
    parts = rng.normal(size=(3, 2, *x.shape))
    return list(parts[:, 0] + 1j * parts[:, 1] if x.dtype.kind == "c" else parts[:, 0])
