"""Rows of the table of cases: polynomials, counting, writing, and the rest of NumPy's names."""

import numpy as np
from rows import alike, each, points, row

from pygrad import as_variable
from pygrad import functions as F

A = points(3, 4)
B = points(3, 4, seed=1) * 1.01
CUBE = points(2, 3, 4)
VECTOR = points(4, seed=2)
STEPS = np.full((3, 4), 1.37)
PLACES = np.argsort(A, axis=1)[:, :2]


def wide(call, *inputs):
    """A function that gives float64 for float32, as it does in NumPy."""
    return alike(lambda m, *xs: m.astype(call(m, *xs), xs[0].dtype), *inputs)


def written(write):
    """A function that writes, on a copy."""

    def call(m, x, *values):
        x = m.copy(x)
        write(m, x, *values)
        return x

    return lambda *inputs: alike(call, *inputs)


ROWS = {
    "mod": each(F.mod, np.mod, A, STEPS),
    "divmod": row(F.divmod, np.divmod, A, STEPS),
    "modf": row(F.modf, np.modf, A),
    "frexp": row(lambda x: F.frexp(x)[0], lambda x: np.frexp(x)[0], A),
    "copy": alike(lambda m, x: m.copy(x), A),
    # plain of plain values, so as_variable
    "full_like": row(
        lambda v: as_variable(F.full_like(A, v, v.dtype)),
        lambda v: np.full_like(A, v, v.dtype),
        np.array(0.7),
    ),
    "full_like, shape": row(
        lambda v: as_variable(F.full_like([1, 2], v, dtype=v.dtype, shape=(3, 4))),
        lambda v: np.full_like([1, 2], v, dtype=v.dtype, shape=(3, 4)),
        VECTOR,
    ),
    "cumulative_sum": row(F.cumulative_sum, np.cumsum, VECTOR),
    "cumulative_sum, initial": row(
        lambda x: F.cumulative_sum(x, axis=-1, include_initial=True),
        lambda x: np.insert(np.cumsum(x, axis=-1), 0, 0, axis=-1),
        CUBE,
    ),
    "cumulative_prod": row(F.cumulative_prod, np.cumprod, VECTOR),
    "cumulative_prod, initial": row(
        lambda x: F.cumulative_prod(x, axis=1, include_initial=True),
        lambda x: np.insert(np.cumprod(x, axis=1), 0, 1, axis=1),
        CUBE,
    ),
    "unstack": row(lambda x: F.unstack(x, axis=1), lambda x: tuple(np.moveaxis(x, 1, 0)), CUBE),
    "rollaxis": alike(lambda m, x: m.rollaxis(x, 2), CUBE),
    "rollaxis, back": alike(lambda m, x: m.rollaxis(x, 0, 3), CUBE),
    "rollaxis, before": alike(lambda m, x: m.rollaxis(x, -1, -2), CUBE),
    "resize": alike(lambda m, x: m.resize(x, (5, 3)), A),
    "resize, cut off": alike(lambda m, x: m.resize(x, 5), A),
    "trim_zeros": alike(
        lambda m, x: m.trim_zeros(m.concatenate([np.zeros(2, x.dtype), x, x[:1] * 0])), VECTOR
    ),
    "trim_zeros, front": alike(
        lambda m, x: m.trim_zeros(m.concatenate([np.zeros(2, x.dtype), x, x[:1] * 0]), "f"), VECTOR
    ),
    "apply_along_axis": alike(lambda m, x: m.apply_along_axis(m.sum, 1, x), CUBE),
    "apply_along_axis, lines": alike(lambda m, x: m.apply_along_axis(m.diff, 1, x, 1), CUBE),
    "apply_along_axis, matrices": alike(
        lambda m, x: m.apply_along_axis(lambda v: m.multiply.outer(v, v) if m is np
                                        else v[:, None] * v, 0, x), A
    ),
    "apply_over_axes": alike(lambda m, x: m.apply_over_axes(m.sum, x, (0, -1)), CUBE),
    # counting
    "unique": alike(lambda m, x: m.unique(x), VECTOR),
    "unique, slices": alike(lambda m, x: m.unique(x, axis=0), CUBE[:, 0, :3]),
    "unique_values": row(F.unique_values, np.unique, VECTOR),
    "unique_counts": alike(lambda m, x: m.unique_counts(x).values, VECTOR),
    "unique_inverse": alike(lambda m, x: m.unique_inverse(x).values, VECTOR),
    "unique_all": alike(lambda m, x: m.unique_all(x).values, VECTOR),
    "bincount": row(
        lambda w: F.astype(F.bincount([1, 4, 1, 0], w, 7), w.dtype),
        lambda w: np.bincount([1, 4, 1, 0], w, 7).astype(w.dtype),
        VECTOR,
    ),
    # polynomials
    "polyval": alike(lambda m, p, x: m.polyval(p, x), VECTOR, A),
    "polyval, a constant": alike(lambda m, p, x: m.polyval(p, x), VECTOR[:1], A),
    "polyadd": alike(lambda m, p, q: m.polyadd(p, q), VECTOR, A[0, :2]),
    "polysub": alike(lambda m, p, q: m.polysub(p, q), A[0, :2], VECTOR),
    "polymul": alike(lambda m, p, q: m.polymul(p, q), VECTOR, A[0, :3]),
    "polyder": wide(lambda m, p: m.polyder(p), VECTOR),
    "polyder, twice": wide(lambda m, p: m.polyder(p, 2), VECTOR),
    "polyint": wide(lambda m, p: m.polyint(p), VECTOR),
    "polyint, twice": wide(lambda m, p, k: m.polyint(p, 2, k), VECTOR, A[0, :2]),
    "vander": wide(lambda m, x: m.vander(x), VECTOR),
    "vander, increasing": wide(lambda m, x: m.vander(x, 3, True), VECTOR),
    # writing
    "copyto": written(lambda m, x, v: m.copyto(x, v))(A, VECTOR),
    "copyto, where": written(lambda m, x, v: m.copyto(x, v, where=A > 0))(A, B),
    "put": written(lambda m, x, v: m.put(x, [7, -1, 2, 5, 0], v))(A, VECTOR),
    "put, again": written(lambda m, x, v: m.put(x, [7, 1, 7], v))(A, VECTOR[:3]),
    "put, wrap": written(lambda m, x, v: m.put(x, [17, 1], v, mode="wrap"))(A, VECTOR[:2]),
    "putmask": written(lambda m, x, v: m.putmask(x, A > 0, v))(A, VECTOR[:3]),
    "place": written(lambda m, x, v: m.place(x, A > 0, v))(A, VECTOR[:3]),
    "put_along_axis": written(lambda m, x, v: m.put_along_axis(x, PLACES, v, 1))(A, B[:, :2]),
}  # fmt: skip
