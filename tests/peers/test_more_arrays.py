"""The rest of the functions beside PyTorch, or what one writes in PyTorch or autograd for them."""

import numpy as np
import pytest
from beside import beside_autograd, beside_torch

from pygrad import functions as F
from pygrad import linalg

rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, 3, 4))
CUBE = rng.normal(size=(2, 3, 4))
POSITIVE = rng.uniform(0.2, 3, (3, 4))
GAPS = np.where(A > 0.8, np.nan, A)
SEVEN = rng.normal(size=7)
CHOICE = rng.integers(0, 2, (3, 4))
MASK = A > 0


def z(x, y):
    """A complex number out of two real ones, for the functions of complex numbers."""
    return (x + 1j * y) * (2 * x - 1j * y)


def filled(t, x, value):
    return t.where(t.isnan(x), t.full_like(x, value), x)


def with_diagonal(x, v):
    x = +x
    F.fill_diagonal(x, v)
    return x


# name: (ours, the other's of its module, inputs)
TORCH = {
    "absolute": (F.absolute, lambda t, x: t.absolute(x), [A]),
    "astype": (
        lambda x: F.astype(F.astype(x, np.float32), np.float64),
        lambda t, x: x.to(t.float32).to(t.float64),
        [A],
    ),
    "atleast_1d": (F.atleast_1d, lambda t, x: t.atleast_1d(x), [np.array(0.7)]),
    "atleast_2d": (F.atleast_2d, lambda t, x: t.atleast_2d(x), [SEVEN]),
    "block": (
        lambda x, y: F.block([[x, y], [y, x]]),
        lambda t, x, y: t.cat([t.cat([x, y], 1), t.cat([y, x], 1)]),
        [A, B],
    ),
    "broadcast_arrays": (
        lambda x, y: F.hypot(*F.broadcast_arrays(x, y)),
        lambda t, x, y: t.hypot(*t.broadcast_tensors(x, y)),
        [A, B[:, :1]],
    ),
    "broadcast_to": (
        lambda x: F.broadcast_to(x, (2, 3, 4)) ** 2,
        lambda t, x: t.broadcast_to(x, (2, 3, 4)) ** 2,
        [B[:, :1]],
    ),
    "cbrt": (F.cbrt, lambda t, x: x.sign() * x.abs() ** (1 / 3), [A]),
    "ceil": (lambda x: F.ceil(x) * x, lambda t, x: t.ceil(x) * x, [3 * A]),
    "floor": (lambda x: F.floor(x) * x, lambda t, x: t.floor(x) * x, [3 * A]),
    "rint": (lambda x: F.rint(x) * x, lambda t, x: t.round(x) * x, [3 * A]),
    "trunc": (lambda x: F.trunc(x) * x, lambda t, x: t.trunc(x) * x, [3 * A]),
    "floor_divide": (
        lambda x, y: F.floor_divide(x, y) * x * y,
        lambda t, x, y: t.floor_divide(x.detach(), y.detach()) * x * y,
        [3 * A, POSITIVE],
    ),
    "heaviside": (
        lambda x, y: F.heaviside(x, y) * x,
        lambda t, x, y: t.heaviside(x.detach(), y.detach()) * x + 0 * y,
        [A, B],
    ),
    "choose": (
        lambda x, y: F.choose(CHOICE, [x, y]),
        lambda t, x, y: t.stack([x, y]).gather(0, t.tensor(CHOICE)[None])[0],
        [A, B],
    ),
    "compress": (
        lambda x: F.compress([True, False, True], x, 0),
        lambda t, x: x[t.tensor([True, False, True])],
        [A],
    ),
    "conj": (
        lambda x, y: F.imag(F.conj(z(x, y)) * z(y, x)),
        lambda t, x, y: (t.conj(z(x, y)) * z(y, x)).imag,
        [A, B],
    ),
    "imag": (lambda x, y: F.imag(z(x, y)), lambda t, x, y: t.imag(z(x, y)), [A, B]),
    "real": (lambda x, y: F.real(z(x, y)), lambda t, x, y: t.real(z(x, y)), [A, B]),
    "delete": (lambda x: F.delete(x, 1, 1), lambda t, x: x[:, [0, 2, 3]], [A]),
    "diagflat": (lambda x: F.diagflat(x, 1), lambda t, x: t.diagflat(x, 1), [A]),
    "dsplit": (lambda x: F.dsplit(x, 2)[1], lambda t, x: t.dsplit(x, 2)[1], [CUBE]),
    "hsplit": (lambda x: F.hsplit(x, [1, 3])[1], lambda t, x: t.hsplit(x, [1, 3])[1], [A]),
    "vsplit": (lambda x: F.vsplit(x, 3)[2], lambda t, x: t.vsplit(x, 3)[2], [A]),
    "ediff1d": (
        lambda x: F.ediff1d(x, to_begin=1.0) ** 2,
        lambda t, x: t.cat([t.ones(1, dtype=x.dtype), t.diff(x.ravel())]) ** 2,
        [A],
    ),
    "expand_dims": (
        lambda x: F.expand_dims(x, (0, -1)), lambda t, x: x.unsqueeze(0).unsqueeze(-1), [A]
    ),
    "extract": (
        lambda x: F.extract(MASK, x), lambda t, x: t.masked_select(x, t.tensor(MASK)), [A]
    ),
    "fill_diagonal": (
        with_diagonal,
        lambda t, x, v: t.where(t.eye(4, dtype=bool), v, x),
        [POSITIVE.T @ A, np.array(0.7)],
    ),
    "flatten": (F.flatten, lambda t, x: x.flatten(), [CUBE]),
    "fliplr": (F.fliplr, lambda t, x: t.fliplr(x), [A]),
    "flipud": (F.flipud, lambda t, x: t.flipud(x), [A]),
    "full": (
        lambda v: F.full((3, 4), v) ** 2, lambda t, v: v.expand(3, 4) ** 2, [SEVEN[:4]]
    ),
    "get_item": (
        lambda x: x[[1, 0, 1], ::2][:, None, 1] ** 2,
        lambda t, x: x[[1, 0, 1], ::2][:, None, 1] ** 2,
        [CUBE],
    ),
    "insert": (
        lambda x, v: F.insert(x, 2, v, 1),
        lambda t, x, v: t.cat([x[:, :2], v[:, None], x[:, 2:]], 1),
        [A, SEVEN[:3]],
    ),
    "matrix_transpose": (F.matrix_transpose, lambda t, x: x.mT, [CUBE]),
    "nancumprod": (
        lambda x: F.nancumprod(x, 1), lambda t, x: filled(t, x, 1.0).cumprod(1), [GAPS]
    ),
    "nancumsum": (
        lambda x: F.nancumsum(x, 0), lambda t, x: filled(t, x, 0.0).cumsum(0), [GAPS]
    ),
    "nanmax": (
        lambda x: F.nanmax(x, 1), lambda t, x: filled(t, x, -np.inf).amax(1), [GAPS]
    ),
    "nanmin": (lambda x: F.nanmin(x, 0), lambda t, x: filled(t, x, np.inf).amin(0), [GAPS]),
    "nanprod": (lambda x: F.nanprod(x, 1), lambda t, x: filled(t, x, 1.0).prod(1), [GAPS]),
    "nanpercentile": (
        lambda x: F.nanpercentile(x, 37.0, 1), lambda t, x: x.nanquantile(0.37, 1), [GAPS]
    ),
    "nanvar": (
        lambda x: F.nanvar(x),
        lambda t, x: x[~t.isnan(x)].var(correction=0),
        [GAPS],
    ),
    "nanstd": (
        lambda x: F.nanstd(x),
        lambda t, x: x[~t.isnan(x)].std(correction=0),
        [GAPS],
    ),
    "percentile": (
        lambda x: F.percentile(x, 81.0, 0), lambda t, x: x.quantile(0.81, 0), [A]
    ),
    "negative": (F.negative, lambda t, x: t.negative(x), [A]),
    "positive": (F.positive, lambda t, x: t.positive(x), [A]),
    "piecewise": (
        lambda x: F.piecewise(x, [x.data < 0, x.data > 1], [lambda v: v**2, F.sin, F.exp]),
        lambda t, x: t.where(x < 0, x**2, t.where(x > 1, x.sin(), x.exp())),
        [A],
    ),
    "reshape": (lambda x: F.reshape(x, (4, -1)), lambda t, x: t.reshape(x, (4, -1)), [CUBE]),
    "squeeze": (lambda x: F.squeeze(x, 1), lambda t, x: t.squeeze(x, 1), [A[:, None]]),
    "sum_to": (
        lambda x: F.sum_to(x, (3, 1)) ** 2, lambda t, x: x.sum_to_size(3, 1) ** 2, [CUBE]
    ),
    "swapaxes": (lambda x: F.swapaxes(x, 0, -1), lambda t, x: t.swapaxes(x, 0, -1), [CUBE]),
    "cumsum": (lambda x: F.cumsum(x), lambda t, x: x.ravel().cumsum(0), [CUBE]),
    "geomspace": (
        lambda a, b: F.geomspace(a, b, 6),
        lambda t, a, b: (a.log() + (b.log() - a.log()) * t.arange(6) / 5).exp(),
        [np.array(0.3), np.array(8.0)],
    ),
    "unwrap": (
        lambda x: F.unwrap(x) ** 2,
        lambda t, x: (x + t.tensor(np.unwrap(np.cumsum(4 * SEVEN)) - np.cumsum(4 * SEVEN))) ** 2,
        [np.cumsum(4 * SEVEN)],
    ),
    "vecmat": (
        F.vecmat, lambda t, x, a: (x[..., None, :] @ a)[..., 0, :], [CUBE[:, :, 0], CUBE]
    ),
    "diagonal of matrices": (
        lambda x: linalg.diagonal(x, offset=1), lambda t, x: t.linalg.diagonal(x, offset=1), [CUBE]
    ),
    "eigvals": (
        lambda x: linalg.eigvals(x).real ** 2 + linalg.eigvals(x).imag,
        lambda t, x: t.linalg.eigvals(x).real ** 2 + t.linalg.eigvals(x).imag,
        [CUBE[:, :, :3]],
    ),
    "matmul": (linalg.matmul, lambda t, x, y: t.linalg.matmul(x, y), [A, CUBE.mT]),
    "matrix_norm": (
        lambda x: linalg.matrix_norm(x, ord="nuc"),
        lambda t, x: t.linalg.matrix_norm(x, ord="nuc"),
        [CUBE],
    ),
    "trace": (linalg.trace, lambda t, x: t.linalg.diagonal(x).sum(-1), [CUBE]),
}  # fmt: skip

AUTOGRAD = {
    "swapaxes": (lambda x: F.swapaxes(x, 0, 2), lambda n, x: n.swapaxes(x, 0, 2), [CUBE]),
    "nan_to_num": (F.nan_to_num, lambda n, x: n.nan_to_num(x), [A]),
    "sinc": (F.sinc, lambda n, x: n.sinc(x), [A]),
    "logaddexp": (F.logaddexp, lambda n, x, y: n.logaddexp(x, y), [A, B]),
    "logaddexp2": (F.logaddexp2, lambda n, x, y: n.logaddexp2(x, y), [A, B]),
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_values_and_gradients_are_pytorchs(name):
    beside_torch(*TORCH[name])


@pytest.mark.parametrize("name", AUTOGRAD)
def test_values_and_gradients_are_autograds(name):
    beside_autograd(*AUTOGRAD[name])
