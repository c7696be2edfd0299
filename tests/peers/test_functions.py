"""Values, first and second gradients beside PyTorch's, at float64 and float32.

The finite differences of the table of cases say that a rule fits its function; this says that the
function is the one that people know by that name.
"""

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, 3, 4))
POSITIVE = rng.uniform(0.2, 3, (3, 4))
UNIT = rng.uniform(-0.9, 0.9, (3, 4))
CUBE = rng.normal(size=(2, 3, 4))
LABELS = np.array([0, 3, 1])

PAIRS = {
    "add": (lambda x, y: x + y, lambda x, y: x + y, [A, B]),
    "subtract, broadcast": (lambda x, y: x - y, lambda x, y: x - y, [A, B[0]]),
    "multiply, broadcast": (lambda x, y: x * y, lambda x, y: x * y, [A, B[:, :1]]),
    "divide": (lambda x, y: x / y, lambda x, y: x / y, [A, POSITIVE]),
    "power": (lambda x, y: x**y, lambda x, y: x**y, [POSITIVE, B]),
    "remainder": (lambda x, y: x % y, lambda x, y: x % y, [A, POSITIVE]),
    "exp": (F.exp, lambda x: x.exp(), [A]),
    "log": (F.log, lambda x: x.log(), [POSITIVE]),
    "sqrt": (F.sqrt, lambda x: x.sqrt(), [POSITIVE]),
    "square": (F.square, lambda x: x.square(), [A]),
    "abs": (F.abs, lambda x: x.abs(), [A]),
    "sign": (lambda x: F.sign(x) * x, lambda x: x.sign() * x, [A]),
    "maximum": (F.maximum, lambda x, y: torch.maximum(x, y), [A, np.where(B > 0, A, B)]),
    "minimum": (F.minimum, lambda x, y: torch.minimum(x, y), [A, np.where(B > 0, A, B)]),
    "clip": (lambda x: F.clip(x, -0.5, 0.5), lambda x: x.clip(-0.5, 0.5), [A]),
    "where": (
        lambda x, y: F.where(CUBE[0] > 0, x, y),
        lambda x, y: torch.where(torch.tensor(CUBE[0] > 0), x, y),
        [A, B],
    ),
    "fabs": (F.fabs, torch.abs, [A]),
    "hypot": (F.hypot, torch.hypot, [A, B]),
    "copysign": (F.copysign, torch.copysign, [A, np.where(B > 0, B, -0.0)]),
    "reciprocal": (F.reciprocal, torch.reciprocal, [POSITIVE]),
    "float_power": (
        lambda x, y: F.astype(F.float_power(x, y), x.dtype),
        lambda x, y: torch.float_power(x, y).to(x.dtype),
        [POSITIVE, B],
    ),
    "ldexp": (
        lambda x: F.ldexp(x, [0, 1, 2, 5]),  # PyTorch has gradient 0 for negative integers
        lambda x: torch.ldexp(x, torch.tensor([0, 1, 2, 5])),
        [A],
    ),
    "exp2": (F.exp2, torch.exp2, [A]),
    "expm1": (F.expm1, torch.expm1, [A]),
    "log2": (F.log2, torch.log2, [POSITIVE]),
    "log10": (F.log10, torch.log10, [POSITIVE]),
    "log1p": (F.log1p, torch.log1p, [UNIT]),
    "logaddexp": (F.logaddexp, torch.logaddexp, [A, 10 * B]),
    "logaddexp2": (F.logaddexp2, torch.logaddexp2, [A, 10 * B]),
    "fmax": (F.fmax, torch.fmax, [np.where(B > 1, np.nan, A), B]),
    "fmin": (F.fmin, torch.fmin, [A, np.where(A > 1, np.nan, B)]),
    "nan_to_num": (
        lambda x: F.nan_to_num(x, nan=1.5, posinf=2.0),
        lambda x: torch.nan_to_num(x, nan=1.5, posinf=2.0),
        [np.where(A > 1, np.nan, np.where(B > 1, np.inf, A))],
    ),
    "rounding": (
        lambda x: x * (F.floor(x) + 2 * F.ceil(x) + 3 * F.rint(x) + 4 * F.trunc(x)),
        lambda x: x * (x.floor() + 2 * x.ceil() + 3 * x.round() + 4 * x.trunc()),
        [3 * A],
    ),
    "round": (lambda x: x * F.round(x, 1), lambda x: x * torch.round(x, decimals=1), [A]),
    "fmod": (F.fmod, torch.fmod, [5 * A, POSITIVE]),
    "deg2rad": (F.deg2rad, torch.deg2rad, [90 * A]),
    "rad2deg": (F.rad2deg, torch.rad2deg, [A]),
    "sinc": (F.sinc, torch.sinc, [3 * A]),
    "i0": (F.i0, torch.special.i0, [3 * A]),
    "sin": (F.sin, lambda x: x.sin(), [A]),
    "cos": (F.cos, lambda x: x.cos(), [A]),
    "tan": (F.tan, lambda x: x.tan(), [UNIT]),
    "arcsin": (F.arcsin, lambda x: x.asin(), [UNIT]),
    "arccos": (F.arccos, lambda x: x.acos(), [UNIT]),
    "arctan": (F.arctan, lambda x: x.atan(), [A]),
    "arctan2": (F.arctan2, lambda x, y: torch.atan2(x, y), [A, B]),
    "sinh": (F.sinh, lambda x: x.sinh(), [A]),
    "cosh": (F.cosh, lambda x: x.cosh(), [A]),
    "tanh": (F.tanh, lambda x: x.tanh(), [A]),
    "arcsinh": (F.arcsinh, lambda x: x.asinh(), [A]),
    "arccosh": (F.arccosh, lambda x: x.acosh(), [POSITIVE + 1]),
    "arctanh": (F.arctanh, lambda x: x.atanh(), [UNIT]),
    "sum": (lambda x: x.sum((0, -1)), lambda x: x.sum((0, -1)), [CUBE]),
    "mean": (lambda x: x.mean(1, keepdims=True), lambda x: x.mean(1, keepdim=True), [CUBE]),
    "var": (lambda x: x.var((0, 2), ddof=1), lambda x: x.var((0, 2), unbiased=True), [CUBE]),
    "max": (lambda x: x.max(1), lambda x: x.amax(1), [CUBE.round(0)]),
    "min": (lambda x: x.min((0, 1)), lambda x: x.amin((0, 1)), [CUBE.round(0)]),
    "transpose": (lambda x: x.transpose(1, 2, 0), lambda x: x.permute(1, 2, 0), [CUBE]),
    "index": (
        lambda x: x[[0, 1, 1, 1], :, [2, 2, 0, 2]],
        lambda x: x[[0, 1, 1, 1], :, [2, 2, 0, 2]],
        [CUBE],
    ),
    "concatenate": (
        lambda x, y: F.concatenate([x, y], 1),
        lambda x, y: torch.cat([x, y], 1),
        [A, B[:, :2]],
    ),
    "stack": (lambda x, y: F.stack([x, y], -1), lambda x, y: torch.stack([x, y], -1), [A, B]),
    "split": (
        lambda x: F.split(x, [1, 3], 1)[1],
        lambda x: torch.split(x, [1, 2, 1], 1)[1],
        [A],
    ),
    "matmul, broadcast": (lambda x, y: x @ y, lambda x, y: x @ y, [CUBE[:, None], B.T]),
    "linear": (
        F.linear,
        lambda x, W, b: torch.nn.functional.linear(x, W.T, b),
        [CUBE, B.T.copy(), A[:, 0].copy()],
    ),
    "relu": (F.relu, torch.relu, [A.round(0)]),
    "leaky_relu": (F.leaky_relu, torch.nn.functional.leaky_relu, [A]),
    "elu": (lambda x: F.elu(x, 0.7), lambda x: torch.nn.functional.elu(x, 0.7), [3 * A]),
    "selu": (F.selu, torch.nn.functional.selu, [3 * A]),
    # with 0.7, PyTorch's gradient is only good to 1e-7
    "celu": (lambda x: F.celu(x, 0.5), lambda x: torch.nn.functional.celu(x, 0.5), [3 * A]),
    "gelu": (F.gelu, torch.nn.functional.gelu, [3 * A]),
    "gelu, tanh": (
        lambda x: F.gelu(x, approximate="tanh"),
        lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
        [3 * A],
    ),
    "silu": (F.silu, torch.nn.functional.silu, [5 * A]),
    "mish": (F.mish, torch.nn.functional.mish, [5 * A]),
    "softplus": (F.softplus, torch.nn.functional.softplus, [5 * A]),
    "softplus, threshold": (
        lambda x: F.softplus(x, 2.0, 1.0),
        lambda x: torch.nn.functional.softplus(x, 2.0, 1.0),
        [A],
    ),
    "log_sigmoid": (F.log_sigmoid, torch.nn.functional.logsigmoid, [5 * A]),
    "hard_tanh": (
        lambda x: F.hard_tanh(x, -0.5, 0.7),
        lambda x: torch.nn.functional.hardtanh(x, -0.5, 0.7),
        [A],
    ),
    "softsign": (F.softsign, torch.nn.functional.softsign, [A]),
    "glu": (lambda x: F.glu(x, 0), lambda x: torch.nn.functional.glu(x, 0), [CUBE]),
    "sigmoid": (F.sigmoid, torch.sigmoid, [A * 10]),
    "softmax": (lambda x: F.softmax(x, 1), lambda x: x.softmax(1), [CUBE * 3]),
    "log_softmax": (F.log_softmax, lambda x: x.log_softmax(-1), [CUBE * 3]),
    "mean_squared_error": (F.mean_squared_error, torch.nn.functional.mse_loss, [A, B]),
    "mean_squared_error, sum": (
        lambda a, b: F.mean_squared_error(a, b, "sum"),
        lambda a, b: torch.nn.functional.mse_loss(a, b, reduction="sum"),
        [A, B],
    ),
    "mean_squared_error, none": (
        lambda a, b: F.mean_squared_error(a, b, "none"),
        lambda a, b: torch.nn.functional.mse_loss(a, b, reduction="none"),
        [A, B],
    ),
    "softmax_cross_entropy": (
        lambda x: F.softmax_cross_entropy(x, LABELS),
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(LABELS)),
        [A * 3],
    ),
}


OPTIONS = [
    {"reduction": reduction, "label_smoothing": smoothing, "ignore_index": ignored}
    for reduction in ("mean", "sum", "none")
    for smoothing in (0.0, 0.3)
    for ignored in (-100, 1)
]
WEIGHT = rng.uniform(0.2, 3, 4)


def cross_entropies(options, weighted):
    """PyGrad's cross entropy and PyTorch's, against labels; its classes are the second axis."""
    labels = np.array([[0, 3, 1], [1, 2, 0]])
    if options["ignore_index"] < 0:
        labels[0, 1] = -100

    def ours(x):
        return F.softmax_cross_entropy(x, labels, WEIGHT if weighted else None, **options)

    def theirs(x):
        weight = torch.tensor(WEIGHT, dtype=x.dtype) if weighted else None
        return torch.nn.functional.cross_entropy(
            x.movedim(-1, 1), torch.tensor(labels), weight, **options
        )

    return ours, theirs, [3 * CUBE]


def cross_entropies_of_probabilities(options, weighted):
    """The same against probabilities."""
    options = {key: value for key, value in options.items() if key != "ignore_index"}

    def ours(x, p):
        return F.softmax_cross_entropy(x, p, WEIGHT if weighted else None, **options)

    def theirs(x, p):
        weight = torch.tensor(WEIGHT, dtype=x.dtype) if weighted else None
        return torch.nn.functional.cross_entropy(
            x.movedim(-1, 1), p.movedim(-1, 1), weight, **options
        )

    return ours, theirs, [3 * CUBE, rng.dirichlet(np.ones(4), (2, 3))]


for options in OPTIONS:
    for weighted in (False, True):
        name = f"softmax_cross_entropy, {options}, weighted: {weighted}"
        PAIRS[name] = cross_entropies(options, weighted)
        if options["ignore_index"] < 0:
            PAIRS[f"{name}, probabilities"] = cross_entropies_of_probabilities(options, weighted)


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_pytorchs(name):
    ours, theirs, arrays = PAIRS[name]
    xs = [Variable(a) for a in arrays]
    ts = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, t = ours(*xs), theirs(*ts)
    np.testing.assert_allclose(y.data, t.detach(), rtol=1e-12, atol=1e-12)

    weights = np.random.default_rng(1).normal(size=y.shape)
    (y * weights).sum().backward(create_graph=True)
    firsts = torch.autograd.grad((t * torch.tensor(weights)).sum(), ts, create_graph=True)
    for x, first in zip(xs, firsts, strict=True):
        np.testing.assert_allclose(x.grad.data, first.detach(), rtol=1e-10, atol=1e-12)

    slope, torch_slope = Variable(0.0), torch.zeros((), dtype=torch.float64)
    for x, first in zip(xs, firsts, strict=True):
        v = np.random.default_rng(2).normal(size=x.shape)
        slope = slope + (x.grad * v).sum()
        torch_slope = torch_slope + (first * torch.tensor(v)).sum()
        x.zero_grad()
    if not torch_slope.requires_grad:  # a function that PyTorch knows to be linear
        torch_slope = torch_slope + 0 * sum(t.sum() for t in ts)
    slope.backward()
    seconds = torch.autograd.grad(torch_slope, ts, allow_unused=True)
    for x, second in zip(xs, seconds, strict=True):
        expected = np.zeros(x.shape) if second is None else second.numpy(force=True)
        found = np.zeros(x.shape) if x.grad is None else x.grad.data
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", PAIRS)
def test_float32_is_as_good_as_pytorchs(name):
    ours, theirs, arrays = PAIRS[name]
    xs = [Variable(a.astype(np.float32)) for a in arrays]
    ts = [torch.tensor(a.astype(np.float32), requires_grad=True) for a in arrays]
    y, t = ours(*xs), theirs(*ts)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.data, t.detach(), rtol=1e-5, atol=1e-6)
    y.sum().backward()
    t.sum().backward()
    for x, tensor in zip(xs, ts, strict=True):
        np.testing.assert_allclose(x.grad.data, tensor.grad, rtol=1e-4, atol=1e-5)
