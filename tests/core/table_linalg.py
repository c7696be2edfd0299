"""Rows of the table of cases: products of all kinds, and linear algebra."""

from __future__ import annotations

import numpy as np
from rows import alike, points, row

from pygrad import functions as F
from pygrad import linalg

A = points(3, 4)
CUBE = points(2, 3, 4)
V = points(3)
W = points(3, seed=1)
SQUARE = points(3, 3) + 3 * np.eye(3)
SQUARES = points(2, 3, 3) + 3 * np.eye(3)


def symmetric(x):
    return x + np.conj(x).swapaxes(-1, -2)


def positive(x):
    return x @ np.conj(x).swapaxes(-1, -2) + 0.5 * np.eye(x.shape[-1], dtype=x.dtype)


def einsum(subscripts, *operands, **kwargs):
    return alike(lambda m, *xs: m.einsum(subscripts, *xs, **kwargs), *operands)


def _floats(results):
    """What `lstsq` returns but for the rank."""
    return [results[0], results[1], results[3]]


def _vectors(results):
    """Values and vectors, without the phases that are not determined."""
    return [x if x.dtype.kind == "f" else np.abs(x) for x in results]


def _values_and_projectors(results):
    u, s, vh = results
    return [s, (u * s[..., None, :] ** 2)[..., : vh.shape[-2]] @ vh]


# not symmetric, with eigenvalues that are real and stay so nearby
REAL_EIGENVALUES = np.diag([1.0, 2.0, 4.0]) + 0.2 * points(2, 3, 3)

ROWS = {
    "dot": row(F.dot, np.dot, V, W),
    "dot, matrices": row(F.dot, np.dot, A, points(4, 2)),
    "dot, a number": row(F.dot, np.dot, np.asarray(1.5), A),
    "dot, a matrix and a vector": row(F.dot, np.dot, CUBE, points(4)),
    "dot, a vector and a matrix": row(F.dot, np.dot, V, A),
    "dot, many axes": row(F.dot, np.dot, CUBE, points(2, 1, 4, 2)),
    "vdot": row(F.vdot, np.vdot, A, points(4, 3)),
    "vecdot": row(F.vecdot, np.vecdot, CUBE, points(3, 4)),
    "vecdot, an axis": row(F.vecdot, np.vecdot, points(3, 4), points(2, 3, 1), axis=-2),
    "inner": row(F.inner, np.inner, V, W),
    "inner, matrices": row(F.inner, np.inner, CUBE, points(2, 4)),
    "inner, many axes": row(F.inner, np.inner, A, CUBE),
    "inner, a number": row(F.inner, np.inner, A, np.asarray(1.5)),
    "outer": row(F.outer, np.outer, points(2, 2), V),
    "tensordot": row(F.tensordot, np.tensordot, CUBE, points(3, 4, 2)),
    "tensordot, outer": row(F.tensordot, np.tensordot, points(2, 3), V, axes=0),
    "tensordot, one axis": row(F.tensordot, np.tensordot, CUBE, points(4, 2), axes=1),
    "tensordot, pairs": row(
        F.tensordot, np.tensordot, CUBE, points(4, 5, 2, 3), axes=([0, -1, 1], [2, 0, -1])
    ),
    "tensordot, pair of numbers": row(F.tensordot, np.tensordot, CUBE, points(5, 3), axes=(1, -1)),
    "kron": row(F.kron, np.kron, A, points(2, 3)),
    "kron, vectors": row(F.kron, np.kron, V, points(2)),
    "kron, more axes": row(F.kron, np.kron, points(2, 2), points(2, 1, 3)),
    "kron, a number": row(F.kron, np.kron, np.asarray(1.5), A),
    "cross": row(F.cross, np.cross, points(2, 3), V),
    "cross, axes": row(F.cross, np.cross, points(3, 2), points(4, 2, 3), axisa=0, axisb=2, axisc=1),
    "cross, one axis": row(F.cross, np.cross, points(3, 2), points(3, 2, seed=1), axis=0),
    "cross, in the plane": row(
        F.cross,
        lambda a, b: a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        points(4, 2),
        points(2, seed=1),
    ),
    "cross, half in the plane": row(
        F.cross, lambda a, b: np.cross(np.append(a, 0).astype(a.dtype), b), points(2), V
    ),
    "matvec": row(F.matvec, lambda a, x: (a @ x[..., None])[..., 0], CUBE, points(5, 1, 4)),
    "vecmat": row(
        F.vecmat, lambda x, a: (np.conj(x)[..., None, :] @ a)[..., 0, :], points(5, 1, 3), CUBE
    ),
    # einsum
    "einsum": einsum("ij,jk->ik", A, points(4, 2)),
    "einsum, implicit": einsum("ba", A),
    "einsum, implicit sum": einsum("ij,jk", A, points(4, 2)),
    "einsum, trace": einsum("ii", SQUARE),
    "einsum, diagonal": einsum("ii->i", SQUARE),
    "einsum, batched diagonal": einsum("...ii->...i", SQUARES),
    "einsum, thrice": einsum("iii,i->i", points(3, 3, 3), V),
    "einsum, two diagonals": einsum("ijij->ij", points(2, 3, 2, 3)),
    "einsum, summed out": einsum("ij->i", A),
    "einsum, summed out of one": einsum("ij,kl->ik", A, points(2, 3)),
    "einsum, all summed": einsum("ijk->", CUBE),
    "einsum, ellipsis": einsum("...ij,...jk->...ik", points(5, 1, 3, 4), points(2, 4, 2)),
    "einsum, ellipsis implicit": einsum("...a,a...", points(2, 3), points(3, 4, 1)),
    "einsum, ellipsis first or last": einsum("i...,...j->...ij", points(2, 3), points(3, 4)),
    "einsum, broadcast": einsum("ij,jk->ik", points(3, 1), points(4, 2)),
    "einsum, broadcast and summed": einsum("ij,ij->", A, points(1, 1)),
    "einsum, broadcast diagonal": einsum("ii,i->i", points(1, 1), V),
    "einsum, three": einsum("i,ij,j->", V, A, points(4)),
    "einsum, three optimized": einsum("ij,jk,kl->il", A, points(4, 2), points(2, 3), optimize=True),
    "einsum, outer": einsum("i,j->ji", V, points(4)),
    "einsum, spaces": einsum(" i j , j -> i ", A, points(4)),
    "einsum, numbers": einsum(",->", np.asarray(1.5), np.asarray(2.5)),
    "einsum, lists": alike(
        lambda m, a, x: m.einsum(a, [0, ..., 1], x, [..., 1], [..., 0]), CUBE, points(3, 4, seed=1)
    ),
    "einsum, lists implicit": alike(
        lambda m, a, x: m.einsum(a, [30, 2], x, [2, 1]), A, points(4, 2)
    ),
    # the same under numpy.linalg's names
    "linalg.matmul": alike(lambda m, x, y: m.linalg.matmul(x, y), CUBE, points(4, 2)),
    "linalg.matrix_transpose": row(linalg.matrix_transpose, np.linalg.matrix_transpose, CUBE),
    "linalg.outer": row(linalg.outer, np.linalg.outer, V, W),
    "linalg.cross": row(linalg.cross, np.linalg.cross, points(3, 2), points(3, 1), axis=0),
    "linalg.tensordot": row(linalg.tensordot, np.linalg.tensordot, CUBE, points(4, 3), axes=(2, 0)),
    "linalg.vecdot": row(linalg.vecdot, np.linalg.vecdot, CUBE, points(3, 4), axis=-1),
    "linalg.diagonal": row(linalg.diagonal, np.linalg.diagonal, CUBE, offset=1),
    "linalg.trace": row(linalg.trace, np.linalg.trace, SQUARES, offset=-1),
    # powers and chains
    "linalg.matrix_power": row(linalg.matrix_power, np.linalg.matrix_power, SQUARES, n=5),
    "linalg.matrix_power, 0": row(linalg.matrix_power, np.linalg.matrix_power, SQUARE, n=0),
    "linalg.matrix_power, 1": row(linalg.matrix_power, np.linalg.matrix_power, SQUARE, n=1),
    "linalg.matrix_power, negative": row(
        linalg.matrix_power, np.linalg.matrix_power, SQUARES, n=-3
    ),
    "linalg.multi_dot": alike(
        lambda m, *xs: m.linalg.multi_dot(xs), A, points(4, 2), points(2, 3, seed=1), SQUARE
    ),
    "linalg.multi_dot, vectors": alike(
        lambda m, *xs: m.linalg.multi_dot(xs), V, A, points(4, 2), points(2)
    ),
    "linalg.multi_dot, two": alike(lambda m, *xs: m.linalg.multi_dot(xs), A, points(4)),
    # equations
    "linalg.inv": row(linalg.inv, np.linalg.inv, SQUARES),
    "linalg.solve": row(linalg.solve, np.linalg.solve, SQUARE, V),
    "linalg.solve, columns": row(linalg.solve, np.linalg.solve, SQUARES, points(2, 3, 2)),
    "linalg.solve, broadcast": row(linalg.solve, np.linalg.solve, SQUARES, points(4, 1, 3, 2)),
    "linalg.solve, one vector": row(linalg.solve, np.linalg.solve, SQUARES, V),
    "linalg.tensorsolve": row(
        linalg.tensorsolve,
        np.linalg.tensorsolve,
        points(2, 3, 6) + np.eye(6).reshape(2, 3, 6) * 4,
        points(2, 3),
    ),
    "linalg.tensorsolve, axes": row(
        linalg.tensorsolve,
        np.linalg.tensorsolve,
        points(2, 6, 3) + np.eye(6).reshape(2, 3, 6).swapaxes(1, 2) * 4,
        points(2, 3),
        axes=(1,),
    ),
    "linalg.tensorinv": row(
        linalg.tensorinv,
        np.linalg.tensorinv,
        points(6, 2, 3) + np.eye(6).reshape(6, 2, 3) * 4,
        ind=1,
    ),
    "linalg.pinv": row(linalg.pinv, np.linalg.pinv, CUBE),
    "linalg.pinv, tall": row(linalg.pinv, np.linalg.pinv, A.T, rtol=1e-9),
    "linalg.pinv, hermitian": alike(
        lambda m, x: m.linalg.pinv(symmetric(x), hermitian=True), SQUARES
    ),
    "linalg.pinv, of lower rank": alike(
        lambda m, x, y: m.linalg.pinv(x @ y, 1e-5), points(4, 2), points(2, 3, seed=1)
    ),
    "linalg.lstsq": alike(lambda m, a, b: _floats(m.linalg.lstsq(a, b)), A.T, points(4, 2)),
    "linalg.lstsq, a vector": alike(lambda m, a, b: _floats(m.linalg.lstsq(a, b)), A.T, points(4)),
    "linalg.lstsq, wide": alike(lambda m, a, b: _floats(m.linalg.lstsq(a, b)), A, points(3, 2)),
    "linalg.lstsq, of lower rank": alike(
        lambda m, x, y, b: m.linalg.lstsq(x @ y, b, 1e-5)[0],
        points(4, 2),
        points(2, 3, seed=1),
        points(4, 2, seed=2),
    ),
    # determinants
    "linalg.det": row(linalg.det, np.linalg.det, SQUARES),
    "linalg.det, a number": row(linalg.det, np.linalg.det, points(1, 1)),
    "linalg.det, singular": alike(
        lambda m, x: m.linalg.det(x), np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, -2.0]])
    ),
    "linalg.slogdet": alike(lambda m, x: m.linalg.slogdet(x)[1], points(2, 3, 3)),
    "linalg.slogdet, both": row(linalg.slogdet, np.linalg.slogdet, points(2, 3, 3)),
    # factorizations
    "linalg.cholesky": alike(lambda m, x: m.linalg.cholesky(positive(x)), points(2, 3, 3)),
    "linalg.cholesky, upper": alike(
        lambda m, x: m.linalg.cholesky(positive(x), upper=True), points(3, 3)
    ),
    "linalg.qr": row(linalg.qr, np.linalg.qr, points(2, 4, 3)),
    "linalg.qr, square": row(linalg.qr, np.linalg.qr, SQUARES),
    "linalg.qr, wide": row(linalg.qr, np.linalg.qr, CUBE),
    "linalg.qr, complete and wide": row(linalg.qr, np.linalg.qr, CUBE, mode="complete"),
    "linalg.qr, complete": alike(
        lambda m, x: m.linalg.qr(x, "complete")[0][..., :3] * m.linalg.qr(x, "complete")[1][:1],
        points(4, 3),
    ),
    "linalg.qr, r": row(linalg.qr, np.linalg.qr, points(2, 4, 3), mode="r"),
    # eigenvalues
    "linalg.eigh": alike(lambda m, x: _vectors(m.linalg.eigh(symmetric(x))), points(2, 3, 3)),
    "linalg.eigh, upper": alike(lambda m, x: _vectors(m.linalg.eigh(symmetric(x), "U")), SQUARE),
    "linalg.eigvalsh": alike(lambda m, x: m.linalg.eigvalsh(symmetric(x)), points(2, 3, 3)),
    "linalg.eigvalsh, upper": alike(lambda m, x: m.linalg.eigvalsh(symmetric(x), "U"), SQUARE),
    "linalg.eig": alike(lambda m, x: _vectors(m.linalg.eig(x)), REAL_EIGENVALUES),
    "linalg.eigvals": alike(lambda m, x: m.linalg.eigvals(x), REAL_EIGENVALUES),
    # singular values
    "linalg.svd": alike(lambda m, x: _values_and_projectors(m.linalg.svd(x, False)), CUBE),
    "linalg.svd, tall": alike(lambda m, x: _values_and_projectors(m.linalg.svd(x, False)), A.T),
    "linalg.svd, square": alike(lambda m, x: _values_and_projectors(m.linalg.svd(x)), SQUARE),
    "linalg.svd, vectors": alike(lambda m, x: _vectors(m.linalg.svd(x, False)), A),
    "linalg.svd, full": alike(lambda m, x: _vectors(m.linalg.svd(x))[2][:2], A),
    "linalg.svd, values": row(linalg.svd, np.linalg.svd, CUBE, compute_uv=False),
    "linalg.svd, hermitian": alike(
        lambda m, x: _values_and_projectors(m.linalg.svd(symmetric(x), hermitian=True)),
        points(2, 3, 3),
    ),
    "linalg.svd, hermitian values": alike(
        lambda m, x: m.linalg.svd(symmetric(x), compute_uv=False, hermitian=True), points(2, 3, 3)
    ),
    "linalg.svdvals": row(linalg.svdvals, np.linalg.svdvals, CUBE),
    # norms
    "linalg.norm": row(linalg.norm, np.linalg.norm, CUBE),
    "linalg.norm, axes kept": row(linalg.norm, np.linalg.norm, CUBE, keepdims=True),
    "linalg.norm, a number": row(linalg.norm, np.linalg.norm, np.asarray(-1.5)),
    **{
        f"linalg.norm, vectors {p}": row(linalg.norm, np.linalg.norm, CUBE, ord=p, axis=1)
        for p in (None, 2, 1, 3, 2.5, 0.5, -1, -2, np.inf, -np.inf, 0)
    },
    "linalg.norm, one vector": row(linalg.norm, np.linalg.norm, V, ord=3, keepdims=True),
    **{
        f"linalg.norm, matrices {p}": row(
            linalg.norm, np.linalg.norm, CUBE, ord=p, axis=(2, 0), keepdims=p in (2, "fro", 1)
        )
        for p in (None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
    },
    "linalg.vector_norm": row(linalg.vector_norm, np.linalg.vector_norm, CUBE),
    "linalg.vector_norm, axes": row(
        linalg.vector_norm, np.linalg.vector_norm, CUBE, axis=(0, -1), ord=3, keepdims=True
    ),
    "linalg.matrix_norm": row(linalg.matrix_norm, np.linalg.matrix_norm, CUBE),
    "linalg.matrix_norm, nuc": row(
        linalg.matrix_norm, np.linalg.matrix_norm, CUBE, ord="nuc", keepdims=True
    ),
    "linalg.cond": row(linalg.cond, np.linalg.cond, CUBE),
    **{
        f"linalg.cond, {p}": row(linalg.cond, np.linalg.cond, SQUARES, p=p)
        for p in (2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc")
    },
}
