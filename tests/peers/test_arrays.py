"""Reductions, shapes, order, places and sequences beside PyTorch, and beside autograd.

Values, first and second gradients must be the same, at float64.
"""

import numpy as np
import pytest
from beside import beside_autograd, beside_torch

from pygrad import functions as F

rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, 3, 4))
CUBE = rng.normal(size=(2, 3, 4))
POSITIVE = rng.uniform(0.2, 3, (3, 4))
TIES = CUBE.round(0)
GAPS = np.where(CUBE > 0.8, np.nan, CUBE)
ZEROS = np.where(np.abs(CUBE) < 0.3, 0.0, CUBE)
SEVEN, THREE = rng.normal(size=7), rng.normal(size=3)
ORDER = np.argsort(B, axis=1)
WEIGHTS = rng.uniform(0.5, 2, 4)


def written(write, x, *values, **settings):
    """What a function that writes leaves of `x`."""
    x = F.copy(x)
    write(x, *values, **settings)
    return x


# name: (ours, the other's of its module, inputs)
TORCH = {
    "sum, where": (
        lambda x: F.sum(x, 1, where=CUBE > 0),
        lambda t, x: (x * t.tensor(CUBE > 0)).sum(1),
        [CUBE],
    ),
    "std": (lambda x: F.std(x, (0, 2), ddof=1), lambda t, x: x.std((0, 2)), [CUBE]),
    "std, biased": (lambda x: F.std(x), lambda t, x: x.std(correction=0), [CUBE]),
    "prod, zeros": (lambda x: F.prod(x, 2), lambda t, x: x.prod(2), [ZEROS]),
    "prod": (lambda x: F.prod(x), lambda t, x: x.prod(), [A]),
    "cumprod": (lambda x: F.cumprod(x, 1), lambda t, x: x.cumprod(1), [CUBE]),
    "cumprod, zeros": (lambda x: F.cumprod(x, -1), lambda t, x: x.cumprod(-1), [ZEROS]),
    "cumsum": (lambda x: F.cumsum(x, 1), lambda t, x: x.cumsum(1), [CUBE]),
    "logsumexp": (
        lambda x: F.logsumexp(x, (0, 2)), lambda t, x: x.logsumexp((0, 2)), [CUBE * 300]
    ),
    "median, odd": (lambda x: F.median(x, 1), lambda t, x: x.median(1).values, [CUBE]),
    "nanmedian": (
        lambda x: F.nanquantile(x, 0.5, -1, method="lower"),
        lambda t, x: x.nanmedian(-1).values,
        [GAPS],
    ),
    **{
        f"quantile, {method}": (
            lambda x, m=method: F.quantile(x, [0.1, 0.37, 0.9], -1, method=m),
            lambda t, x, m=method: x.quantile(
                t.tensor([0.1, 0.37, 0.9], dtype=x.dtype), -1, interpolation=m
            ),
            [CUBE],
        )
        for method in ("linear", "lower", "higher", "midpoint", "nearest")
    },
    "nanquantile": (
        lambda x: F.nanquantile(x, 0.3, -1), lambda t, x: x.nanquantile(0.3, -1), [GAPS]
    ),
    "nansum": (lambda x: F.nansum(x, 1), lambda t, x: x.nansum(1), [GAPS]),
    "nanmean": (lambda x: F.nanmean(x, (0, 1)), lambda t, x: x.nanmean((0, 1)), [GAPS]),
    "ptp": (lambda x: F.ptp(x, 1), lambda t, x: x.amax(1) - x.amin(1), [TIES]),
    "diff": (
        lambda x, a: F.diff(x, 2, 1, prepend=a),
        lambda t, x, a: t.diff(x, 2, 1, prepend=a),
        [A, B[:, :2]],
    ),
    "gradient": (
        lambda x: F.gradient(x, 0.5, edge_order=2)[1],
        lambda t, x: t.gradient(x, spacing=0.5, edge_order=2)[1],
        [A],
    ),
    "gradient, coordinates": (
        lambda x: F.gradient(x, np.array([0.0, 0.3, 1.0, 1.2]), axis=1),
        lambda t, x: t.gradient(
            x, spacing=(t.tensor([0.0, 0.3, 1.0, 1.2], dtype=x.dtype),), dim=1
        )[0],
        [A],
    ),
    "trapezoid": (
        lambda y, x: F.trapezoid(y, x), lambda t, y, x: t.trapezoid(y, x), [A, POSITIVE]
    ),
    "cov": (
        lambda x, w: F.cov(x, aweights=w), lambda t, x, w: t.cov(x, aweights=w), [A, WEIGHTS]
    ),
    "corrcoef": (F.corrcoef, lambda t, x: t.corrcoef(x), [A]),
    "moveaxis": (
        lambda x: F.moveaxis(x, (0, 1), (2, 0)), lambda t, x: t.moveaxis(x, (0, 1), (2, 0)), [CUBE]
    ),
    "vstack": (lambda x, y: F.vstack([x, y]), lambda t, x, y: t.vstack([x, y]), [A, B[0]]),
    "hstack": (lambda x, y: F.hstack([x, y]), lambda t, x, y: t.hstack([x, y]), [A, B]),
    "dstack": (lambda x, y: F.dstack([x, y]), lambda t, x, y: t.dstack([x, y]), [A, B]),
    "column_stack": (
        lambda x, y: F.column_stack([x, y]),
        lambda t, x, y: t.column_stack([x, y]),
        [A, B[:, 0].copy()],
    ),
    "array_split": (
        lambda x: F.array_split(x, 3, 1)[0], lambda t, x: t.tensor_split(x, 3, 1)[0], [A]
    ),
    "flip": (lambda x: F.flip(x, (0, 2)), lambda t, x: x.flip(0, 2), [CUBE]),
    "roll": (lambda x: F.roll(x, (1, -2), (0, 2)), lambda t, x: x.roll((1, -2), (0, 2)), [CUBE]),
    "roll, flat": (lambda x: F.roll(x, 5), lambda t, x: x.roll(5), [CUBE]),
    "rot90": (
        lambda x: F.rot90(x, 3, (1, 2)), lambda t, x: t.rot90(x, 3, (1, 2)), [CUBE]
    ),
    "repeat": (
        lambda x: F.repeat(x, [2, 0, 3], 1),
        lambda t, x: t.repeat_interleave(x, t.tensor([2, 0, 3]), 1),
        [CUBE],
    ),
    "tile": (lambda x: F.tile(x, (2, 1, 3)), lambda t, x: t.tile(x, (2, 1, 3)), [A]),
    "meshgrid": (
        lambda x, y: F.hypot(*F.meshgrid(x, y)),
        lambda t, x, y: t.hypot(*t.meshgrid(x, y, indexing="xy")),
        [SEVEN, THREE],
    ),
    **{
        f"pad, {ours}": (
            lambda x, m=ours: F.pad(x, [(0, 0), (0, 0), (2, 1)], m),
            lambda t, x, m=theirs: t.nn.functional.pad(x, (2, 1), m),
            [CUBE],
        )
        for ours, theirs in [
            ("constant", "constant"), ("edge", "replicate"), ("reflect", "reflect"),
            ("wrap", "circular"),
        ]
    },
    "sort": (
        lambda x: F.sort(x, 1), lambda t, x: x.sort(dim=1, stable=True).values, [TIES]
    ),
    "take": (
        lambda x: F.take(x, [5, 0, 5]), lambda t, x: x.take(t.tensor([5, 0, 5])), [CUBE]
    ),
    "take_along_axis": (
        lambda x: F.take_along_axis(x, ORDER[:, :3], 1),
        lambda t, x: x.take_along_dim(t.tensor(ORDER[:, :3]), 1),
        [A],
    ),
    "diag": (lambda x: F.diag(x, -2), lambda t, x: x.diag(-2), [THREE]),
    "diagonal": (
        lambda x: F.diagonal(x, 1, 2, 1), lambda t, x: x.diagonal(1, 2, 1), [CUBE]
    ),
    "trace": (F.trace, lambda t, x: x.trace(), [A]),
    "tril": (lambda x: F.tril(x, -1), lambda t, x: x.tril(-1), [CUBE]),
    "triu": (lambda x: F.triu(x, 1), lambda t, x: x.triu(1), [CUBE]),
    "correlate": (
        F.correlate,
        lambda t, x, v: t.nn.functional.conv1d(x[None, None], v[None, None])[0, 0],
        [SEVEN, THREE],
    ),
    "convolve": (
        F.convolve,
        lambda t, x, v: t.nn.functional.conv1d(x[None, None], v.flip(0)[None, None], padding=2)[
            0, 0
        ],
        [SEVEN, THREE],
    ),
    "var, mean": (
        lambda x, m: F.var(x, 1, mean=m), lambda t, x, m: ((x - m) ** 2).mean(1), [A, B[:, :1]]
    ),
    "frexp": (lambda x: F.frexp(x)[0] ** 2, lambda t, x: (x / 2.0 ** t.frexp(x)[1]) ** 2, [A]),
    "modf": (lambda x: F.modf(x)[0] ** 2, lambda t, x: x.frac() ** 2, [A]),
    "copy": (F.copy, lambda t, x: x.clone(), [A]),
    "cumulative_sum": (
        lambda x: F.cumulative_sum(x, axis=1, include_initial=True),
        lambda t, x: t.nn.functional.pad(x, (1, 0)).cumsum(1),
        [A],
    ),
    "cumulative_prod": (
        lambda x: F.cumulative_prod(x, axis=0), lambda t, x: x.cumprod(0), [A]
    ),
    "unstack": (lambda x: F.unstack(x, axis=1)[2], lambda t, x: x.unbind(1)[2], [CUBE]),
    "resize": (
        lambda x: F.resize(x, (4, 4)), lambda t, x: t.cat([x.ravel()] * 2)[:16].view(4, 4), [A]
    ),
    "vander": (F.vander, lambda t, x: x[:, None] ** t.arange(6, -1, -1), [SEVEN]),
    "vander, increasing": (
        lambda x: F.vander(x, 4, True), lambda t, x: x[:, None] ** t.arange(4), [SEVEN]
    ),
    "polymul": (
        F.polymul,
        lambda t, p, q: t.nn.functional.conv1d(
            p[None, None], q.flip(0)[None, None], padding=2
        ).ravel(),
        [SEVEN, THREE],
    ),
    "bincount": (
        lambda w: F.bincount([0, 3, 1, 1, 0, 6, 3], w),
        lambda t, w: t.zeros(7, dtype=w.dtype).index_add(0, t.tensor([0, 3, 1, 1, 0, 6, 3]), w),
        [SEVEN],
    ),
    "unique": (F.unique, lambda t, x: x.sort().values, [SEVEN]),
    "apply_along_axis": (
        lambda x: F.apply_along_axis(F.cumsum, 1, x),
        lambda t, x: x.cumsum(1),
        [A],
    ),
    "put": (
        lambda x, v: written(F.put, x, [7, 1, 9], v),
        lambda t, x, v: x.ravel().index_copy(0, t.tensor([7, 1, 9]), v).view(3, 4),
        [A, THREE],
    ),
    "copyto": (
        lambda x, y: written(F.copyto, x, y, where=B > 0),
        lambda t, x, y: t.where(t.tensor(B > 0), y, x),
        [A, B[0]],
    ),
    "np.add.at": (
        lambda x, v: written(np.add.at, x, ([0, 0, 2], [1, 1, 3]), v),
        lambda t, x, v: x.index_put((t.tensor([0, 0, 2]), t.tensor([1, 1, 3])), v, True),
        [A, THREE],
    ),
    "np.logaddexp.reduce": (
        lambda x: np.logaddexp.reduce(x, axis=1), lambda t, x: x.logsumexp(1), [CUBE]
    ),
    "np.maximum.accumulate": (
        lambda x: np.maximum.accumulate(x, axis=1), lambda t, x: x.cummax(1).values, [CUBE]
    ),
    "np.logaddexp.accumulate": (
        lambda x: np.logaddexp.accumulate(x), lambda t, x: x.logcumsumexp(0), [CUBE]
    ),
    "np.multiply.outer": (np.multiply.outer, lambda t, x, y: t.outer(x, y), [SEVEN, THREE]),
    "np.hypot.reduce": (
        lambda x: np.hypot.reduce(x, axis=(0, 2)), lambda t, x: x.norm(dim=(0, 2)), [CUBE]
    ),
    "np.add.reduceat": (
        lambda x: np.add.reduceat(x, [0, 3, 5]),
        lambda t, x: t.stack([x[:3].sum(), x[3:5].sum(), x[5:].sum()]),
        [SEVEN],
    ),
}  # fmt: skip

AUTOGRAD = {
    "polyval": (
        F.polyval, lambda n, p, x: p[0] * x**2 + p[1] * x + p[2], [THREE, SEVEN]
    ),
    "polyint": (
        lambda p: F.polyint(p, k=2.0),
        lambda n, p: n.append(p / np.array([3.0, 2.0, 1.0]), np.array([2.0])),
        [THREE],
    ),
    "average": (
        lambda x, w: F.average(x, 1, w), lambda n, x, w: (x * w).sum(1) / w.sum(), [A, WEIGHTS]
    ),
    "median, even": (
        F.median, lambda n, x: n.mean(n.sort(x)[5:7]), [A.ravel()]
    ),
    "ravel": (F.ravel, lambda n, x: n.ravel(x), [CUBE]),
    "atleast_3d": (F.atleast_3d, lambda n, x: n.atleast_3d(x), [A]),
    "append": (F.append, lambda n, x, y: n.append(x, y), [A, SEVEN]),
    "partition": (
        lambda x: F.partition(x, 2)[2], lambda n, x: n.partition(x, 2)[2], [SEVEN]
    ),
    "linspace": (
        lambda a, b: F.linspace(a, b, 5),
        lambda n, a, b: n.linspace(a, b, 5),
        [np.array(0.3), np.array(1.8)],
    ),
    "diff, axis": (
        lambda x: F.diff(x, 2, 0), lambda n, x: n.diff(x, 2, 0), [A]
    ),
    "select": (
        lambda x, y: F.select([A > 0, B > 0], [x, y], 3.0),
        lambda n, x, y: n.select([A > 0, B > 0], [x, y], 3.0),
        [A, B],
    ),
    "pad": (lambda x: F.pad(x, 2), lambda n, x: n.pad(x, 2, "constant"), [A]),
    "rot90": (F.rot90, lambda n, x: n.rot90(x), [A]),
    "logspace": (
        lambda a, b: F.logspace(a, b, 5),
        lambda n, a, b: 10 ** n.linspace(a, b, 5),
        [np.array(0.3), np.array(1.8)],
    ),
    "interp": (
        lambda x, fp: F.interp(x, [-2.0, 0.0, 2.0], fp),
        lambda n, x, fp: n.where(
            x < 0, fp[0] + (fp[1] - fp[0]) * (x + 2) / 2, fp[1] + (fp[2] - fp[1]) * x / 2
        ),
        [np.linspace(-1.9, 1.9, 5), THREE],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_values_and_gradients_are_pytorchs(name):
    beside_torch(*TORCH[name])


@pytest.mark.parametrize("name", AUTOGRAD)
def test_values_and_gradients_are_autograds(name):
    beside_autograd(*AUTOGRAD[name])
