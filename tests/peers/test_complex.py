"""Complex numbers and Fourier transforms beside PyTorch's: values, first and second gradients.

A gradient of a complex leaf is compared as it stands in `grad`: this shows that the convention is
PyTorch's, for functions with a complex derivative and for those without.
"""

import numpy as np
import pytest

from pygrad import Variable, fft, grad, hvp, jvp, vjp
from pygrad import functions as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


A, B = normal(3, 4), normal(3, 4)
REAL = rng.normal(size=(3, 4))
CUBE = normal(2, 3, 4)
BOX = rng.normal(size=(3, 4, 5))
ZEROS = np.where(np.abs(CUBE) < 0.7, 0, CUBE)
GAPS = np.where(np.abs(A) < 0.7, np.nan, A)
THREE, SEVEN = normal(3), normal(7)
# what a branch cut goes through; the sign of a zero says which side is meant
ON_CUTS = np.array([complex(a, b) for a in (-2.5, -0.5, 2.5) for b in (0.0, -0.0)])

UNARY = {
    "exp": torch.exp, "exp2": torch.exp2, "expm1": torch.expm1, "log": torch.log,
    "log2": torch.log2, "log10": torch.log10, "log1p": torch.log1p, "sqrt": torch.sqrt,
    "square": torch.square, "reciprocal": torch.reciprocal, "sin": torch.sin, "cos": torch.cos,
    "tan": torch.tan, "arcsin": torch.asin, "arccos": torch.acos, "arctan": torch.atan,
    "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "arcsinh": torch.asinh,
    "arccosh": torch.acosh, "arctanh": torch.atanh, "sinc": torch.sinc, "negative": torch.neg,
    "positive": torch.positive, "sigmoid": torch.sigmoid,
    # without a complex derivative
    "abs": torch.abs, "sign": torch.sgn, "angle": torch.angle, "conj": torch.conj,
    "real": torch.real, "imag": torch.imag,
}  # fmt: skip

# name: (ours, theirs, inputs)
PAIRS = {
    **{name: (getattr(F, name), theirs, [A]) for name, theirs in UNARY.items()},
    "conjugate": (F.conjugate, torch.conj, [A]),
    "real_if_close": (F.real_if_close, torch.real, [REAL + 1e-17j]),
    "abs, 0": (F.abs, torch.abs, [ZEROS]),
    "arithmetic": (
        lambda x, y: (x + 2 * y) * (x - 1j * y) / (x * y - 3),
        lambda x, y: (x + 2 * y) * (x - 1j * y) / (x * y - 3),
        [A, B],
    ),
    "real by complex": (lambda x, y: x * y, lambda x, y: x * y, [REAL, A]),
    "real by complex, broadcast": (lambda x, y: x / y, lambda x, y: x / y, [REAL[0], A]),
    "power": (lambda x, y: x**y, lambda x, y: x**y, [A, B]),
    "power, whole": (lambda x: x**3, lambda x: x**3, [A]),
    "power, real exponent": (lambda x, y: x**y, lambda x, y: x**y, [A, REAL]),
    "power, real base": (lambda x, y: x**y, lambda x, y: x**y, [np.abs(REAL) + 0.1, A]),
    "power, number": (lambda x: 2.5**x, lambda x: 2.5**x, [A]),
    "where": (
        lambda x, y: F.where(REAL > 0, x, y),
        lambda x, y: torch.where(torch.tensor(REAL > 0), x, y),
        [A, B],
    ),
    "astype, to complex": (
        lambda x: F.astype(x, complex) * A,
        lambda x: x.to(torch.complex128) * torch.tensor(A),
        [REAL],
    ),
    "sum": (lambda x: x.sum(1), lambda x: x.sum(1), [A]),
    "mean": (lambda x: x.mean((0, 2)), lambda x: x.mean((0, 2)), [CUBE]),
    "var": (lambda x: x.var(1, ddof=1), lambda x: x.var(1), [CUBE]),
    "std": (lambda x: F.std(x, 1, ddof=1), lambda x: x.std(1), [CUBE]),
    "prod": (lambda x: F.prod(x, 1), lambda x: x.prod(1), [CUBE]),
    "prod, zeros": (lambda x: F.prod(x, 2), lambda x: x.prod(2), [ZEROS]),
    "cumsum": (lambda x: F.cumsum(x, 1), lambda x: x.cumsum(1), [CUBE]),
    "cumprod": (lambda x: F.cumprod(x, 1), lambda x: x.cumprod(1), [CUBE]),
    "logsumexp": (
        lambda x: F.logsumexp(x, 1), lambda x: x.exp().sum(1).log(), [A]
    ),
    "softmax": (
        lambda x: F.softmax(x, 1), lambda x: x.exp() / x.exp().sum(1, keepdim=True), [A]
    ),
    "nansum": (lambda x: F.nansum(x, 1), lambda x: torch.where(x.isnan(), 0, x).sum(1), [GAPS]),
    "cov": (F.cov, torch.cov, [A]),
    "cov, weights": (
        lambda x: F.cov(x, aweights=[0.5, 2.0, 1.0, 0.7]),
        lambda x: torch.cov(x, aweights=torch.tensor([0.5, 2.0, 1.0, 0.7], dtype=torch.float64)),
        [A],
    ),
    "corrcoef": (F.corrcoef, torch.corrcoef, [A]),
    "diff": (lambda x: F.diff(x, 2, 1), lambda x: torch.diff(x, 2, 1), [A]),
    "gradient": (
        lambda x: F.gradient(x, 0.5, axis=1, edge_order=2),
        lambda x: torch.gradient(x, spacing=0.5, dim=1, edge_order=2)[0],
        [A],
    ),
    "trapezoid": (F.trapezoid, torch.trapezoid, [A, B]),
    "index": (lambda x: x[[0, 1, 1], 1:], lambda x: x[[0, 1, 1], 1:], [A]),
    "concatenate, real and complex": (
        lambda x, y: F.concatenate([x, y], 1), lambda x, y: torch.cat([x, y], 1), [A, REAL]
    ),
    "matmul": (lambda x, y: x @ y, lambda x, y: x @ y, [CUBE, B.T.copy()]),
    "matmul, real and complex": (
        lambda x, y: x @ y, lambda x, y: x.to(y.dtype) @ y, [REAL, B.T.copy()]
    ),
    "matmul, conjugate": (
        lambda x: x @ F.conj(x).T, lambda x: x @ x.conj().T, [A]
    ),
    "linear": (
        F.linear, lambda x, W, b: torch.nn.functional.linear(x, W.T, b), [CUBE, B.T.copy(), THREE]
    ),
    "convolve": (
        lambda a, v: F.convolve(a, v),
        lambda a, v: torch.conv1d(a[None, None], v.flip(0)[None, None], padding=2)[0, 0],
        [SEVEN, THREE],
    ),
    "correlate": (
        lambda a, v: F.correlate(a, v),
        lambda a, v: torch.conv1d(a[None, None], v.conj()[None, None])[0, 0],
        [SEVEN, THREE],
    ),
    "mean_squared_error": (
        F.mean_squared_error, lambda a, b: (a - b).abs().square().mean(), [A, B]
    ),
    "mean_squared_error, real target": (
        lambda a, b: F.mean_squared_error(a, b, "sum"),
        lambda a, b: (a - b).abs().square().sum(),
        [A, REAL],
    ),
    "magnitude of a spectrum": (
        lambda x: (F.abs(fft.rfft(x, axis=1)) ** 2).sum(0),
        lambda x: (torch.fft.rfft(x, dim=1).abs() ** 2).sum(0),
        [REAL],
    ),
}  # fmt: skip

# of the inverse hyperbolic and trigonometric functions, PyTorch's derivative has the wrong sign on
# one side of their cuts, so these stand in tests/core/test_complex.py
for name in ("sqrt", "log", "log2", "log10", "arctan", "sinc", "abs", "angle", "sign"):
    PAIRS[f"{name}, on cuts"] = (getattr(F, name), UNARY[name], [ON_CUTS])


def transforms():
    """Each transform along one axis and several, padded, cut, odd, even, in each norm."""
    for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"):
        box = BOX if name in ("rfft", "ihfft") else BOX + 1j * BOX[::-1]
        for axis, n, norm in [
            (-1, None, None), (1, None, "ortho"), (0, 7, "forward"), (-1, 8, "backward"),
            (1, 3, None), (-1, 2, "ortho"), (0, 1, None),
        ]:  # fmt: skip
            yield (
                f"{name}, axis={axis}, n={n}, norm={norm}",
                (
                    lambda x, f=name, a=axis, n=n, m=norm: getattr(fft, f)(x, n, a, m),
                    lambda x, f=name, a=axis, n=n, m=norm: getattr(torch.fft, f)(x, n, a, m),
                    [box],
                ),
            )
    for name in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"):
        box = BOX if name.startswith("r") else BOX + 1j * BOX[::-1]
        for axes, s, norm in [
            ((-2, -1), None, None), ((0, 2), (4, 7), "ortho"), ((2, 0), (3, 2), "forward"),
            ((1,), (6,), None),
        ]:  # fmt: skip
            yield (
                f"{name}, axes={axes}, s={s}, norm={norm}",
                (
                    lambda x, f=name, a=axes, s=s, m=norm: getattr(fft, f)(x, s, a, m),
                    lambda x, f=name, a=axes, s=s, m=norm: getattr(torch.fft, f)(x, s, a, m),
                    [box],
                ),
            )
    for name in ("fft", "ifft", "irfft", "hfft", "fftn", "ifft2"):
        yield (
            f"{name}, real",
            (
                lambda x, f=name: getattr(fft, f)(x),
                lambda x, f=name: getattr(torch.fft, f)(x),
                [BOX],
            ),
        )
    for name in ("fftshift", "ifftshift"):
        yield (
            name,
            (
                lambda x, f=name: getattr(fft, f)(x, (0, 2)),
                lambda x, f=name: getattr(torch.fft, f)(x, (0, 2)),
                [CUBE],
            ),
        )


PAIRS.update(transforms())


def directions(like):
    """Weights for a value, complex ones if it is."""
    generator = np.random.default_rng(1)
    w = generator.normal(size=like.shape)
    return w + 1j * generator.normal(size=like.shape) if np.iscomplexobj(like) else w


def real_sum(x, w):
    """A real number from values and weights, in both libraries."""
    total = (x * w).sum()
    return total.real if "complex" in str(total.dtype) else total


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_pytorchs(name):
    ours, theirs, arrays = PAIRS[name]
    xs = [Variable(a) for a in arrays]
    ts = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, t = ours(*xs), theirs(*ts)
    assert str(y.dtype) == str(t.dtype).removeprefix("torch.")
    np.testing.assert_allclose(y.data, t.resolve_conj().detach(), rtol=1e-12, atol=1e-12)

    w = directions(y.data)
    real_sum(y, w).backward(create_graph=True)
    firsts = torch.autograd.grad(real_sum(t, torch.tensor(w)), ts, create_graph=True)
    for x, first in zip(xs, firsts, strict=True):
        assert x.grad.dtype == x.dtype
        np.testing.assert_allclose(
            x.grad.data, first.resolve_conj().detach(), rtol=1e-9, atol=1e-11
        )

    slope, torch_slope = Variable(0.0), torch.zeros((), dtype=torch.float64)
    for x, first in zip(xs, firsts, strict=True):
        v = directions(x.data)
        slope = slope + real_sum(x.grad, v)
        torch_slope = torch_slope + real_sum(first, torch.tensor(v))
        x.zero_grad()
    # for functions that are known to be linear
    torch_slope = torch_slope + 0 * sum(torch.view_as_real(t + 0j).nansum() for t in ts)
    slope.backward()
    for x, second in zip(xs, torch.autograd.grad(torch_slope, ts), strict=True):
        found = np.zeros(x.shape) if x.grad is None else x.grad.data
        np.testing.assert_allclose(found, second.resolve_conj(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", PAIRS)
def test_single_precision_stays(name):
    ours, theirs, arrays = PAIRS[name]
    low = [a.astype(np.complex64 if np.iscomplexobj(a) else np.float32) for a in arrays]
    xs = [Variable(a) for a in low]
    ts = [torch.tensor(a, requires_grad=True) for a in low]
    y, t = ours(*xs), theirs(*ts)
    if not name.startswith(("cov, weights", "astype")):  # these name a dtype
        assert str(y.dtype) == str(t.dtype).removeprefix("torch.")
    np.testing.assert_allclose(y.data, t.resolve_conj().detach(), rtol=1e-4, atol=1e-4)
    w = directions(y.data).astype(y.dtype)
    real_sum(y, w).backward()
    real_sum(t, torch.tensor(w)).backward()
    for x, tensor in zip(xs, ts, strict=True):
        assert x.grad.dtype == x.dtype
        np.testing.assert_allclose(x.grad.data, tensor.grad.resolve_conj(), rtol=1e-3, atol=1e-3)


FUNCTIONS = {
    "complex to complex": (
        lambda z: F.exp(z * 1j) * F.conj(z), lambda z: torch.exp(z * 1j) * torch.conj(z), A[0], A[0]
    ),
    "complex to real": (
        lambda z: F.abs(z) * F.angle(z), lambda z: torch.abs(z) * torch.angle(z), A[0], REAL[0]
    ),
    "real to complex": (
        lambda x: fft.fft(x**2) * x, lambda x: torch.fft.fft(x**2) * x, REAL[0], A[0]
    ),
}  # fmt: skip


# PyTorch's own, when it differentiates forwards for the first time
OF_PYTORCH = pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")


@OF_PYTORCH
@pytest.mark.parametrize("name", FUNCTIONS)
def test_vjp_and_jvp_are_pytorchs(name):
    ours, theirs, x, u = FUNCTIONS[name]
    value, pull_back = vjp(ours, x)
    torch_value, torch_pull_back = torch.func.vjp(theirs, torch.tensor(x))
    np.testing.assert_allclose(value, torch_value.resolve_conj(), rtol=1e-12)
    expected = torch_pull_back(torch.tensor(u).to(torch_value.dtype))[0]
    np.testing.assert_allclose(pull_back(u)[0], expected.resolve_conj(), rtol=1e-10)

    v = directions(x)
    slope = torch.func.jvp(theirs, (torch.tensor(x),), (torch.tensor(v),))[1]
    np.testing.assert_allclose(jvp(ours, [x], [v])[1], slope.resolve_conj(), rtol=1e-10)


@OF_PYTORCH
def test_hvp_is_pytorchs_slope_of_its_gradient():
    z, v = A[0], directions(A[0])
    expected = torch.func.jvp(
        torch.func.grad(lambda z: (z.abs() ** 2 * z.real).sum()),
        (torch.tensor(z),),
        (torch.tensor(v),),
    )[1]

    def ours(z):
        return (F.abs(z) ** 2 * z.real).sum()

    np.testing.assert_allclose(hvp(ours, z, v), expected.resolve_conj(), rtol=1e-10)
    np.testing.assert_allclose(jvp(grad(ours), [z], [v])[1], expected.resolve_conj(), rtol=1e-10)
