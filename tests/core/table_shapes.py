"""Rows of the table of cases: shapes, joining and cutting, order, indices, and spaced values."""

import numpy as np
from rows import alike, points, row

from pygrad import functions as F

A = points(3, 4)
B = points(3, 4, seed=1) * 1.01
CUBE = points(2, 3, 4)
SQUARE = points(4, 4)
VECTOR = points(4, seed=2)
POSITIVE = points(3, 4, low=0.2, high=3.0)
KNOTS = np.array([-1.9, -0.8, 0.1, 0.9, 1.7])
ORDER = np.argsort(B, axis=1)


ROWS = {
    # axes
    "ravel": alike(lambda m, x: m.ravel(x), CUBE),
    "flatten": row(F.flatten, lambda x: x.flatten(), CUBE),
    "matrix_transpose": alike(lambda m, x: m.matrix_transpose(x), CUBE),
    "moveaxis": alike(lambda m, x: m.moveaxis(x, 0, -1), CUBE),
    "moveaxis, several": alike(lambda m, x: m.moveaxis(x, [0, -1], [-1, 0]), CUBE),
    "broadcast_arrays": alike(lambda m, x, y: m.broadcast_arrays(x, y), A, points(3, 1)),
    "atleast_1d": alike(lambda m, x: m.atleast_1d(x), np.array(0.3)),
    "atleast_1d, several": alike(lambda m, x, y: m.atleast_1d(x, y), np.array(0.3), A),
    "atleast_2d": alike(lambda m, x: m.atleast_2d(x), VECTOR),
    "atleast_3d": alike(lambda m, x, y: m.atleast_3d(x, y), VECTOR, A),
    # joining and cutting
    "vstack": alike(lambda m, x, v: m.vstack([x, v]), A, VECTOR),
    "hstack": alike(lambda m, x, y: m.hstack([x, y]), A, B[:, :2]),
    "hstack, vectors": alike(lambda m, x, y: m.hstack([x, y]), VECTOR, np.array(0.3)),
    "dstack": alike(lambda m, x, y: m.dstack([x, y]), A, B),
    "column_stack": alike(lambda m, x, y: m.column_stack([x, y]), SQUARE, VECTOR),
    "block": alike(
        lambda m, x, y, v: m.block([[x, y], [v, v[0, 1]]]), A, B[:, :1], points(1, 4, seed=6)
    ),
    "block, deep": alike(lambda m, x, v: m.block([[[x, x]], [[v, v]]]), A, B),
    "append": alike(lambda m, x, y: m.append(x, y), A, VECTOR),
    "append, axis": alike(lambda m, x, y: m.append(x, y, axis=-1), A, B[:, :2]),
    "insert": alike(lambda m, x, v: m.insert(x, 1, v, axis=1), A, points(3, seed=7)),
    "insert, several": alike(
        lambda m, x, v: m.insert(x, [3, 0, -1], v, axis=-1), A, points(3, 3, seed=7)
    ),
    "insert, slices": alike(lambda m, x, v: m.insert(x, [2], v, axis=0), A, points(2, 4, seed=7)),
    "insert, flat": alike(lambda m, x: m.insert(x, slice(0, 4, 2), 9.5), A),
    "delete": alike(lambda m, x: m.delete(x, 1, axis=-1), A),
    "delete, several": alike(lambda m, x: m.delete(x, [0, -1, 5]), A),
    "delete, slice": alike(lambda m, x: m.delete(x, slice(None, None, 2), axis=0), A),
    "array_split": alike(lambda m, x: m.array_split(x, 3, axis=-1), A),
    "array_split, indices": alike(lambda m, x: m.array_split(x, [1, 1, 9]), A),
    "hsplit": alike(lambda m, x: m.hsplit(x, 2), A),
    "vsplit": alike(lambda m, x: m.vsplit(x, [2]), A),
    "dsplit": alike(lambda m, x: m.dsplit(x, 2), CUBE),
    # order
    "flip": alike(lambda m, x: m.flip(x), CUBE),
    "flip, axes": alike(lambda m, x: m.flip(x, axis=(0, -1)), CUBE),
    "fliplr": alike(lambda m, x: m.fliplr(x), CUBE),
    "flipud": alike(lambda m, x: m.flipud(x), CUBE),
    "roll": alike(lambda m, x: m.roll(x, 3), A),
    "roll, axes": alike(lambda m, x: m.roll(x, (1, -2), axis=(0, -1)), CUBE),
    "rot90": alike(lambda m, x: m.rot90(x), A),
    "rot90, twice": alike(lambda m, x: m.rot90(x, 2, axes=(2, 0)), CUBE),
    "rot90, thrice": alike(lambda m, x: m.rot90(x, -1, axes=(1, 2)), CUBE),
    "rot90, not at all": alike(lambda m, x: m.rot90(x, 4), A),
    "sort": alike(lambda m, x: m.sort(x), CUBE),
    "sort, axis": alike(lambda m, x: m.sort(x, axis=0), CUBE),
    "sort, flat": alike(lambda m, x: m.sort(x, axis=None), CUBE),
    "partition": row(
        lambda x: F.sort(F.partition(x, 2, axis=1)[:, :3], axis=1),
        lambda x: np.sort(x, axis=1)[:, :3],
        A,
    ),
    "partition, flat": row(
        lambda x: F.partition(x, (3, 7), axis=None)[[3, 7]],
        lambda x: np.sort(x, axis=None)[[3, 7]],
        A,
    ),
    # repeated and padded
    "repeat": alike(lambda m, x: m.repeat(x, 3), A),
    "repeat, axis": alike(lambda m, x: m.repeat(x, 2, axis=-2), CUBE),
    "repeat, each": alike(lambda m, x: m.repeat(x, [2, 0, 3], axis=0), A),
    "tile": alike(lambda m, x: m.tile(x, 2), A),
    "tile, more axes": alike(lambda m, x: m.tile(x, (2, 1, 3)), A),
    "tile, fewer axes": alike(lambda m, x: m.tile(x, (2,)), CUBE),
    "meshgrid": alike(lambda m, x, y, z: m.meshgrid(x, y, z), VECTOR, VECTOR[:2], np.array(0.3)),
    "meshgrid, ij": alike(lambda m, x, y: m.meshgrid(x, y, indexing="ij"), VECTOR, VECTOR[:2]),
    "meshgrid, sparse": alike(lambda m, x, y: m.meshgrid(x, y, sparse=True), VECTOR, VECTOR[:2]),
    "pad": alike(lambda m, x: m.pad(x, 2), A),
    "pad, constant": alike(lambda m, x: m.pad(x, [(1, 2), (0, 3)], constant_values=(0.5, -1.5)), A),
    **{
        f"pad, {mode}": alike(lambda m, x, mode=mode: m.pad(x, [(1, 2), (3, 0)], mode), A)
        for mode in ("edge", "reflect", "symmetric", "maximum", "minimum", "mean", "median")
    },
    "pad, wrap": alike(lambda m, x: m.pad(x, [(4, 5), (9, 1)], "wrap"), A),
    "pad, reflect far": alike(lambda m, x: m.pad(x, 7, mode="reflect"), A),
    "pad, ramp": alike(
        lambda m, x: m.pad(x, [(2, 3), (1, 0)], "linear_ramp", end_values=(0.5, -3.0)), A
    ),
    "pad, statistic": alike(lambda m, x: m.pad(x, (2, 1), "mean", stat_length=(2, 3)), A),
    # indices
    "take": alike(lambda m, x: m.take(x, [[0, -1], [5, 5]]), A),
    "take, axis": alike(lambda m, x: m.take(x, [2, 0, 2], axis=-1), CUBE),
    "take, one": alike(lambda m, x: m.take(x, 1, axis=1), CUBE),
    "take, wrap": alike(lambda m, x: m.take(x, [-7, 9], axis=0, mode="wrap"), A),
    "take, clip": alike(lambda m, x: m.take(x, [-7, 9], axis=0, mode="clip"), A),
    "take_along_axis": alike(lambda m, x: m.take_along_axis(x, ORDER, axis=1), A),
    "take_along_axis, repeated": alike(
        lambda m, x: m.take_along_axis(x, np.array([[1, 1, 0, -1]]), axis=0), A
    ),
    "take_along_axis, flat": alike(
        lambda m, x: m.take_along_axis(x, np.array([3, 3, 0]), axis=None), A
    ),
    "compress": alike(lambda m, x: m.compress([True, False, True], x, axis=0), A),
    "compress, flat": alike(lambda m, x: m.compress([0, 1, 1, 0, 1], x), A),
    "extract": alike(lambda m, x: m.extract(B > 0, x), A),
    "choose": alike(lambda m, x, y: m.choose(ORDER % 3, [x, y, x * y]), A, B),
    "choose, broadcast": alike(lambda m, x, y: m.choose(ORDER - 1, [x, y], mode="wrap"), A, VECTOR),
    "choose, clip": alike(lambda m, x, y: m.choose(ORDER - 1, [x, y], mode="clip"), A, B),
    "select": alike(lambda m, x, y: m.select([A > 0.5, A > -0.5], [x, y], 7.0), B, A),
    "select, default": alike(lambda m, x, y: m.select([B > 0.5], [x], y), A, VECTOR),
    "piecewise": row(
        lambda x: F.piecewise(x, [x < -0.5, x > 0.5], [F.exp, lambda v: v * v, F.sin]),
        lambda x: np.piecewise(x, [x < -0.5, x > 0.5], [np.exp, lambda v: v * v, np.sin]),
        A,
    ),
    "piecewise, the last that holds": alike(
        lambda m, x: m.piecewise(x, [x > 0, x > 1], [lambda v, k: v**k, 1.5, 3.0], 3), A
    ),
    # diagonals
    "diag": alike(lambda m, x: m.diag(x), VECTOR),
    "diag, below": alike(lambda m, x: m.diag(x, -2), VECTOR),
    "diag, of a matrix": alike(lambda m, x: m.diag(x, 1), A),
    "diagflat": alike(lambda m, x: m.diagflat(x, 1), A[:2, :2]),
    "diagonal": alike(lambda m, x: m.diagonal(x), A),
    "diagonal, batched": alike(lambda m, x: m.diagonal(x, -1, axis1=-1, axis2=0), CUBE),
    "trace": alike(lambda m, x: m.trace(x), SQUARE),
    "trace, batched": alike(lambda m, x: m.trace(x, 1, 1, 2), CUBE),
    "tril": alike(lambda m, x: m.tril(x), CUBE),
    "tril, above": alike(lambda m, x: m.tril(x, 1), A),
    "triu": alike(lambda m, x: m.triu(x, -1), CUBE),
    "triu, vector": alike(lambda m, x: m.triu(x), VECTOR),
    # sequences and spaced values
    **{
        f"convolve, {mode}": alike(
            lambda m, a, v, mode=mode: m.convolve(a, v, mode), VECTOR, points(n, seed=8)
        )
        for n in (3, 6)
        for mode in ("same", "valid")
    },
    "convolve": alike(lambda m, a, v: m.convolve(a, v), VECTOR, points(3, seed=8)),
    **{
        f"correlate, {mode}, {n}": alike(
            lambda m, a, v, mode=mode: m.correlate(a, v, mode), points(5), points(n, seed=8)
        )
        for n in (2, 3, 5, 7, 8)
        for mode in ("full", "same", "valid")
    },
    "correlate": alike(lambda m, a, v: m.correlate(a, v), VECTOR, points(3, seed=8)),
    "interp": row(
        F.interp,
        lambda x, xp, fp: np.interp(x, xp, fp).astype(x.dtype),
        2 * A,
        KNOTS,
        points(5, seed=9),
    ),
    "interp, ends": row(
        lambda x, fp, left, right: F.interp(x, KNOTS.astype(fp.dtype), fp, left, right),
        lambda x, fp, left, right: np.interp(x, KNOTS, fp, left, right),
        2 * A,
        points(5, seed=9),
        np.array(0.3),
        np.array(-0.4),
    ),
    "interp, period": row(
        lambda x, fp: F.interp(x, KNOTS.astype(fp.dtype)[::-1], fp, period=4.3),
        lambda x, fp: np.interp(x, KNOTS[::-1], fp, period=4.3),
        4.7 * A,
        points(5, seed=9),
    ),
    "full": row(lambda x: F.full((2, 4), x), lambda x: np.full((2, 4), x), VECTOR),
    "linspace": alike(lambda m, a, b: m.linspace(a, b, 5), np.array(0.3), np.array(1.7)),
    "linspace, arrays": alike(
        lambda m, a, b: m.linspace(a, b, 3, endpoint=False, axis=-1), A, VECTOR
    ),
    "linspace, step": alike(
        lambda m, a, b: m.linspace(a, b, num=4, retstep=True), np.array(0.3), np.array(1.7)
    ),
    "logspace": alike(lambda m, a, b: m.logspace(a, b, 4), np.array(0.3), VECTOR),
    "logspace, base": row(
        lambda a, b, c: F.logspace(a, b, 4, base=c),
        lambda a, b, c: np.logspace(a, b, 4, base=c),
        np.array(0.3),
        np.array(1.7),
        np.array(2.5),
    ),
    "geomspace": alike(lambda m, a, b: m.geomspace(a, b, 4), np.array(0.3), POSITIVE),
    "geomspace, negative": alike(
        lambda m, a, b: m.geomspace(a, b, 4, endpoint=False), np.array(-0.3), np.array(-1.7)
    ),
}
