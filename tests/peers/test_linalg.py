"""Linear algebra beside PyTorch's: values, first and second gradients, of real and complex numbers.

A gradient of a complex leaf is compared as it stands in `grad`. What is not determined, the phases
of complex vectors, is taken out of both alike.
"""

import numpy as np
import pytest

from pygrad import Variable, linalg
from pygrad import functions as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


A, B = normal(3, 4), normal(3, 4)
TALL, WIDE = normal(2, 4, 3), normal(2, 3, 4)
SQUARE, SQUARES = normal(3, 3), normal(2, 3, 3)
U, V = normal(3), normal(3)
CUBE = normal(2, 3, 4)
# whose real part, too, has real eigenvalues, which stay real nearby
EIGENVALUES = np.diag([1.0, 2.0, 4.0]) + 0.05 * normal(2, 3, 3)


def symmetric(x):
    return (x + x.mT.conj()) / 2


def positive(x):
    return x @ x.mT.conj() + _eye(x)


def _eye(x):
    return np.eye(3, dtype=x.dtype) if isinstance(x, Variable) else torch.eye(3, dtype=x.dtype)


def projector(v):
    """What a set of columns determines whatever their phases."""
    return v @ v.mT.conj()


def rebuilt(usv, power):
    u, s, vh = usv
    return (u * s[..., None, :] ** power) @ vh


# name: (ours, theirs, inputs); of the inputs the real parts alone are used as well
PAIRS = {
    "dot": (F.dot, torch.dot, [U, V]),
    "vdot": (F.vdot, torch.vdot, [U, V]),
    "vecdot": (F.vecdot, torch.linalg.vecdot, [CUBE, A]),
    "vecdot, an axis": (
        lambda x, y: linalg.vecdot(x, y, axis=1),
        lambda x, y: torch.linalg.vecdot(x, y, dim=1),
        [CUBE, WIDE],
    ),
    "inner": (F.inner, torch.inner, [CUBE, A]),
    "outer": (F.outer, torch.outer, [U, V]),
    "tensordot": (
        lambda x, y: F.tensordot(x, y, ([1, 2], [0, 1])),
        lambda x, y: torch.tensordot(x, y, ([1, 2], [0, 1])),
        [CUBE, A],
    ),
    "kron": (F.kron, torch.kron, [A, SQUARE]),
    "cross": (F.cross, torch.linalg.cross, [SQUARES, normal(1, 1, 3)]),
    "matvec": (F.matvec, lambda a, x: (a @ x[..., None])[..., 0], [CUBE, normal(2, 4)]),
    "multi_dot": (
        lambda *xs: linalg.multi_dot(xs),
        lambda *xs: torch.linalg.multi_dot(xs),
        [U, SQUARE, A, normal(4)],
    ),
    "matrix_power": (
        lambda x: linalg.matrix_power(x, -3),
        lambda x: torch.linalg.matrix_power(x, -3),
        [SQUARES],
    ),
    **{
        f"einsum, {subscripts}": (
            lambda *xs, s=subscripts: F.einsum(s, *xs),
            lambda *xs, s=subscripts: torch.einsum(s, *xs),
            arrays,
        )
        for subscripts, arrays in {
            "ij,kj->ik": [A, B],
            "...ij,...jk": [CUBE, normal(4, 2)],
            "ii,ij->j": [SQUARE, A],
            "ijk,ij,k->": [CUBE, normal(2, 3), normal(4)],
            "...ii->...": [SQUARES],
            "ij,k->j": [A, U],
        }.items()
    },
    "inv": (linalg.inv, torch.linalg.inv, [SQUARES]),
    "solve": (linalg.solve, torch.linalg.solve, [SQUARE, A]),
    "solve, a vector": (linalg.solve, torch.linalg.solve, [SQUARE, U]),
    "solve, batches": (linalg.solve, torch.linalg.solve, [SQUARES, A]),
    "tensorsolve": (linalg.tensorsolve, torch.linalg.tensorsolve, [normal(2, 3, 6), normal(2, 3)]),
    "tensorinv": (linalg.tensorinv, torch.linalg.tensorinv, [normal(2, 3, 6)]),
    "det": (linalg.det, torch.linalg.det, [SQUARES]),
    "slogdet": (
        lambda x: F.stack(linalg.slogdet(x)),
        lambda x: torch.stack([part.to(x.dtype) for part in torch.linalg.slogdet(x)]),
        [SQUARES],
    ),
    "cholesky": (
        lambda x: linalg.cholesky(positive(x)),
        lambda x: torch.linalg.cholesky(positive(x)),
        [SQUARES],
    ),
    "cholesky, upper": (
        lambda x: linalg.cholesky(positive(x), upper=True),
        lambda x: torch.linalg.cholesky(positive(x), upper=True),
        [SQUARE],
    ),
    **{
        f"qr, {name}": (
            lambda x: F.concatenate([linalg.qr(x).Q, linalg.qr(x).R], -1 if x.shape[1] < 4 else -2),
            lambda x: torch.cat(list(torch.linalg.qr(x)), -1 if x.shape[1] < 4 else -2),
            [x],
        )
        for name, x in {"square": SQUARES, "tall": TALL[..., :2, :] + TALL[..., 2:, :]}.items()
    },
    "qr, Q of tall": (lambda x: linalg.qr(x).Q, lambda x: torch.linalg.qr(x).Q, [TALL]),
    "qr, R of tall": (lambda x: linalg.qr(x, "r"), lambda x: torch.linalg.qr(x).R, [TALL]),
    "qr, Q of wide": (lambda x: linalg.qr(x).Q, lambda x: torch.linalg.qr(x).Q, [WIDE]),
    "qr, R of wide": (lambda x: linalg.qr(x).R, lambda x: torch.linalg.qr(x).R, [WIDE]),
    "eigh, values": (
        lambda x: linalg.eigh(symmetric(x))[0],
        lambda x: torch.linalg.eigh(symmetric(x))[0],
        [SQUARES],
    ),
    "eigh, vectors": (
        lambda x: projector(linalg.eigh(symmetric(x))[1][..., 1:]),
        lambda x: projector(torch.linalg.eigh(symmetric(x))[1][..., 1:]),
        [SQUARES],
    ),
    "eigvalsh": (
        lambda x: linalg.eigvalsh(symmetric(x), "U"),
        lambda x: torch.linalg.eigvalsh(symmetric(x), UPLO="U"),
        [SQUARES],
    ),
    "eig, values": (
        lambda x: linalg.eig(x)[0].real ** 2,
        lambda x: torch.linalg.eig(x)[0].real ** 2,
        [EIGENVALUES],
    ),
    "eig, vectors": (
        lambda x: projector(linalg.eig(x)[1]),
        lambda x: _like(projector(torch.linalg.eig(x)[1]), x),
        [EIGENVALUES],
    ),
    "svd, put together": (
        lambda x: rebuilt(linalg.svd(x, False), 3),
        lambda x: rebuilt(torch.linalg.svd(x, full_matrices=False), 3),
        [TALL],
    ),
    "svd, wide": (
        lambda x: rebuilt(linalg.svd(x, False), 0.5),
        lambda x: rebuilt(torch.linalg.svd(x, full_matrices=False), 0.5),
        [WIDE],
    ),
    "svd, U": (
        lambda x: projector(linalg.svd(x, False).U[..., :2]),
        lambda x: projector(torch.linalg.svd(x, full_matrices=False).U[..., :2]),
        [TALL],
    ),
    "svd, Vh": (
        lambda x: projector(linalg.svd(x, False).Vh[..., :2, :].mT),
        lambda x: projector(torch.linalg.svd(x, full_matrices=False).Vh[..., :2, :].mT),
        [WIDE],
    ),
    "svdvals": (linalg.svdvals, torch.linalg.svdvals, [WIDE]),
    "pinv": (linalg.pinv, torch.linalg.pinv, [TALL]),
    "pinv, wide": (linalg.pinv, torch.linalg.pinv, [WIDE]),
    "pinv, hermitian": (
        lambda x: linalg.pinv(symmetric(x), hermitian=True),
        lambda x: torch.linalg.pinv(symmetric(x), hermitian=True),
        [SQUARES],
    ),
    "lstsq": (
        lambda a, b: linalg.lstsq(a, b)[0],
        lambda a, b: torch.linalg.lstsq(a, b).solution,
        [normal(4, 2), normal(4, 3)],
    ),
    "norm": (linalg.norm, torch.linalg.norm, [A]),
    **{
        f"norm of vectors, {p}": (
            lambda x, p=p: linalg.norm(x, p, axis=1, keepdims=True),
            lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1, keepdim=True),
            [CUBE],
        )
        for p in (2, 1, 3, 2.5, 0.5, -1, np.inf, -np.inf)
    },
    **{
        f"norm of matrices, {p}": (
            lambda x, p=p: linalg.matrix_norm(x, ord=p),
            lambda x, p=p: torch.linalg.matrix_norm(x, p),
            [CUBE],
        )
        for p in ("fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
    },
    "norm, an axis pair": (
        lambda x: linalg.norm(x, "nuc", (2, 0)),
        lambda x: torch.linalg.norm(x, "nuc", (2, 0)),
        [CUBE],
    ),
    "vector_norm": (
        lambda x: linalg.vector_norm(x, ord=3, axis=(0, 2)),
        lambda x: torch.linalg.vector_norm(x, 3, dim=(0, 2)),
        [CUBE],
    ),
    **{
        f"cond, {p}": (
            lambda x, p=p: linalg.cond(x, p),
            lambda x, p=p: torch.linalg.cond(x, p),
            [SQUARES],
        )
        for p in (
            None,
            -2,
            "nuc",
        )  # PyTorch's with the other norms has an inverse that it overwrote
    },
}


def _like(t, x):
    """Real eigenvectors of a real matrix, which PyTorch has as complex numbers."""
    return t if x.dtype.is_complex else t.real


def _resolved(t):
    return t.detach().resolve_conj().numpy(force=True)


def pairing(y, weights):
    """The number ``Re(sum(conj(weights) * y))``."""
    return (y * weights.conj()).real.sum()


def weights_for(y, seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=y.shape) + 1j * rng.normal(size=y.shape)
    return w if y.dtype.kind == "c" else w.real


@pytest.mark.parametrize("part", ["real", "complex"])
@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_pytorchs(name, part):
    ours, theirs, arrays = PAIRS[name]
    arrays = [a.real.copy() if part == "real" else a for a in arrays]
    xs = [Variable(a) for a in arrays]
    ts = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, t = ours(*xs), theirs(*ts)
    np.testing.assert_allclose(y.data, _resolved(t), rtol=1e-11, atol=1e-12)

    w = weights_for(y, 1)
    pairing(y, w).backward(create_graph=True)
    firsts = torch.autograd.grad(pairing(t, torch.tensor(w)), ts, create_graph=True)
    for x, first in zip(xs, firsts, strict=True):
        np.testing.assert_allclose(x.grad.data, _resolved(first), rtol=1e-8, atol=1e-10)

    slope, torch_slope = Variable(0.0), 0.0
    for x, first in zip(xs, firsts, strict=True):
        v = weights_for(x, 2)
        slope = slope + pairing(x.grad, v)
        torch_slope = torch_slope + pairing(first, torch.tensor(v))
        x.zero_grad()
    slope.backward()
    if not torch_slope.requires_grad:  # a function that PyTorch knows to be linear
        torch_slope = torch_slope + 0 * sum(t.abs().sum() for t in ts)
    seconds = torch.autograd.grad(torch_slope, ts, allow_unused=True)
    for x, second in zip(xs, seconds, strict=True):
        expected = np.zeros(x.shape) if second is None else _resolved(second)
        found = np.zeros(x.shape) if x.grad is None else x.grad.data
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("part", ["real", "complex"])
@pytest.mark.parametrize("name", PAIRS)
def test_single_precision_is_as_good_as_pytorchs(name, part):
    ours, theirs, arrays = PAIRS[name]
    dtype = np.float32 if part == "real" else np.complex64
    arrays = [(a.real if part == "real" else a).astype(dtype) for a in arrays]
    xs = [Variable(a) for a in arrays]
    ts = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, t = ours(*xs), theirs(*ts)
    assert y.dtype in (np.float32, dtype)
    np.testing.assert_allclose(y.data, _resolved(t), rtol=1e-3, atol=1e-4)
    pairing(y, np.ones(y.shape, y.dtype)).backward()
    t.real.sum().backward()
    for x, tensor in zip(xs, ts, strict=True):
        np.testing.assert_allclose(x.grad.data, _resolved(tensor.grad), rtol=5e-3, atol=1e-3)
