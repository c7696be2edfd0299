"""The layers of images beside PyTorch's: values and gradients, on random shapes and settings."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pygrad import Variable, nn
from pygrad import functions as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

FEW = settings(
    max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
TOLERANCE = {np.float64: (1e-10, 1e-10), np.float32: (1e-5, 1e-5)}


def compare(ours, theirs, *arrays):
    """Values and gradients of `ours` and `theirs`, both handed the same arrays, in both floats."""
    for dtype, (rtol, atol) in TOLERANCE.items():
        xs = [Variable(a.astype(dtype)) for a in arrays]
        ts = [torch.tensor(a.astype(dtype), requires_grad=True) for a in arrays]
        y, t = ours(*xs), theirs(*ts)
        assert y.shape == tuple(t.shape)
        assert y.dtype == dtype
        gy = np.random.default_rng(1).normal(size=y.shape).astype(dtype)
        y.backward(gy)
        t.backward(torch.tensor(gy))
        pairs = [
            (y.data, t.detach()),
            *((x.grad.data, w.grad) for x, w in zip(xs, ts, strict=True)),
        ]
        for found, expected in pairs:
            expected = expected.numpy()
            # of float32 sums of many terms, what counts is the error beside the largest value
            scale = max(1.0, float(np.abs(expected).max(initial=0)))
            np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol * scale)


def sizes(n, low, high):
    return st.tuples(*[st.integers(low, high)] * n)


@st.composite
def images(draw, n, channels):
    """A batch of images, or a single one, in either order of memory."""
    size = draw(sizes(n, 5, 9))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.normal(size=(draw(st.integers(1, 3)), channels, *size))
    if draw(st.booleans()):
        x = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    return x[0] if draw(st.booleans()) else x


@pytest.mark.filterwarnings("ignore:Using padding='same' with even:UserWarning")  # PyTorch's own
@FEW
@given(st.data(), st.sampled_from([1, 2, 3]))
def test_convolutions_are_pytorchs(data, n):
    groups, inner, outer = (data.draw(st.integers(1, 3)) for _ in range(3))
    x = data.draw(images(n, groups * inner))
    kernel, dilation = data.draw(sizes(n, 1, 3)), data.draw(sizes(n, 1, 2))
    mode = data.draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    padding = data.draw(st.one_of(sizes(n, 0, 3), st.just("same"), st.just("valid")))
    stride = (1,) * n if padding == "same" else data.draw(sizes(n, 1, 3))
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(groups * outer, inner, *kernel)), rng.normal(size=groups * outer)

    def ours(x, W, b):
        return getattr(F, f"conv{n}d")(x, W, b, stride, padding, dilation, groups, mode)

    def theirs(x, W, b):
        layer = getattr(torch.nn, f"Conv{n}d")(
            groups * inner, groups * outer, kernel, stride, padding, dilation, groups,
            padding_mode=mode,
        )  # fmt: skip
        return layer._conv_forward(x, W, b)

    compare(ours, theirs, x, W, b)


@FEW
@given(st.data(), st.sampled_from([1, 2]))
def test_transposed_convolutions_are_pytorchs(data, n):
    groups, inner, outer = (data.draw(st.integers(1, 3)) for _ in range(3))
    x = data.draw(images(n, groups * inner))
    kernel, stride = data.draw(sizes(n, 1, 3)), data.draw(sizes(n, 1, 3))
    dilation, padding = data.draw(sizes(n, 1, 2)), data.draw(sizes(n, 0, 2))
    more = tuple(
        data.draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)
    )
    rng = np.random.default_rng(0)
    W, b = rng.normal(size=(groups * inner, outer, *kernel)), rng.normal(size=groups * outer)
    arguments = (stride, padding, more, groups, dilation)
    compare(
        lambda *xs: getattr(F, f"conv_transpose{n}d")(*xs, *arguments),
        lambda *ts: getattr(torch.nn.functional, f"conv_transpose{n}d")(*ts, *arguments),
        x, W, b,
    )  # fmt: skip


@FEW
@given(st.integers(32, 40), st.integers(32, 40), sizes(2, 1, 9), sizes(2, 0, 2))
def test_winograds_method_is_as_good_as_it_says(inner, outer, size, padding):
    if min(n + 2 * p for n, p in zip(size, padding, strict=True)) < 3:
        padding = (1, 1)
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=(3, inner, *size)), rng.normal(size=(outer, inner, 3, 3))
    compare(
        lambda x, W, b: F.conv2d(x, W, b, padding=padding),
        lambda x, W, b: torch.nn.functional.conv2d(x, W, b, padding=padding),
        x, W, rng.normal(size=outer),
    )  # fmt: skip


@FEW
@given(st.data(), st.sampled_from([1, 2]), st.booleans(), st.booleans())
def test_pooling_is_pytorchs(data, n, ceil_mode, counted):
    x = data.draw(images(n, 3))
    if data.draw(st.booleans()):
        x = x.round()  # equal values: the first takes the gradient
    kernel, stride = data.draw(sizes(n, 1, 4)), data.draw(st.none() | sizes(n, 1, 4))
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    dilation = data.draw(sizes(n, 1, 2))
    if min(x.shape[-n:]) <= max(d * (k - 1) for k, d in zip(kernel, dilation, strict=True)):
        dilation = (1,) * n
    for name, arguments in (
        ("max_pool", (kernel, stride, padding, dilation, ceil_mode)),
        ("avg_pool", (kernel, stride, padding, ceil_mode, counted)),
    ):
        compare(
            lambda x, name=name, a=arguments: getattr(F, f"{name}{n}d")(x, *a),
            lambda x, name=name, a=arguments: getattr(torch.nn.functional, f"{name}{n}d")(x, *a),
            x,
        )


@FEW
@given(images(2, 3), st.tuples(*[st.none() | st.integers(1, 12)] * 2))
def test_adaptive_pooling_is_pytorchs(x, size):
    for name in ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"):
        compare(getattr(nn, name)(size), getattr(torch.nn, name)(size), x)


@FEW
@given(st.data(), st.sampled_from([1, 2, 3]), st.sampled_from([None, False, True]))
def test_upsampling_is_pytorchs(data, n, align_corners):
    x = data.draw(images(n, 2))
    x = x if x.ndim == n + 2 else x[None]
    target = data.draw(
        st.one_of(
            st.builds(lambda s: {"size": s}, sizes(n, 1, 20)),
            st.builds(lambda f: {"scale_factor": f}, st.sampled_from([1.0, 1.5, 2, 2.3, 3, 0.6])),
        )
    )
    modes = [{"mode": "nearest"}]
    if n < 3:
        smooth = {1: "linear", 2: "bilinear"}[n]
        modes.append({"mode": smooth, "align_corners": align_corners})
    for mode in modes:
        compare(nn.Upsample(**target, **mode), torch.nn.Upsample(**target, **mode), x)


@FEW
@given(images(2, 12))
def test_pixel_shuffle_is_pytorchs(x):
    compare(nn.PixelShuffle(2), torch.nn.PixelShuffle(2), x)


@FEW
@given(st.data(), st.sampled_from([0, 1, 2]), st.booleans())
def test_batch_norm_is_pytorchs(data, n, training):
    x = data.draw(images(n, 6)) if n else np.random.default_rng(0).normal(size=(7, 6))
    x = x if x.ndim == n + 2 else np.stack([x, 2 * x])
    rng = np.random.default_rng(2)
    W, b, mean = rng.normal(size=(3, 6))
    var = rng.uniform(0.5, 2, 6)
    found = {}

    def ours(x, W, b):
        running = [Variable(r.astype(x.dtype), requires_grad=False) for r in (mean, var)]
        y = F.batch_norm(x + 3, *running, W, b, training, 0.3, 1e-3)
        found[x.dtype.type] = [r.data for r in running]
        return y

    def theirs(x, W, b):
        running = [torch.tensor(r, dtype=x.dtype) for r in (mean, var)]
        y = torch.nn.functional.batch_norm(x + 3, *running, W, b, training, 0.3, 1e-3)
        dtype = np.float64 if x.dtype == torch.float64 else np.float32
        for a, r in zip(found[dtype], running, strict=True):
            np.testing.assert_allclose(a, r, rtol=TOLERANCE[dtype][0])
        return y

    compare(ours, theirs, x, W, b)


@FEW
@given(images(2, 6), st.sampled_from([1, 2, 3, 6]), st.integers(1, 3))
def test_norms_of_samples_are_pytorchs(x, groups, last):
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(2, 6))
    batch = x if x.ndim == 4 else x[None]
    T = torch.nn.functional
    compare(
        lambda x, W, b: F.group_norm(x, groups, W, b),
        lambda x, W, b: T.group_norm(x, groups, W, b),
        batch, W, b,
    )  # fmt: skip
    compare(
        lambda x, W, b: F.instance_norm(x, W, b),
        lambda x, W, b: T.instance_norm(x, None, None, W, b),
        batch, W, b,
    )  # fmt: skip
    shape = x.shape[-last:]
    W, b = rng.normal(size=(2, *shape))
    compare(
        lambda x, W, b: F.layer_norm(x, shape, W, b),
        lambda x, W, b: T.layer_norm(x, shape, W, b),
        x, W, b,
    )  # fmt: skip
    compare(lambda x, W: F.rms_norm(x, shape, W), lambda x, W: T.rms_norm(x, shape, W), x, W)
    compare(nn.InstanceNorm2d(6), torch.nn.InstanceNorm2d(6), x)


def test_the_running_mean_over_all_batches_is_pytorchs():
    ours, theirs = nn.BatchNorm1d(3, momentum=None), torch.nn.BatchNorm1d(3, momentum=None)
    for seed in range(4):
        x = np.random.default_rng(seed).normal(seed, 1 + seed, (5, 3)).astype(np.float32)
        np.testing.assert_allclose(ours(x).data, theirs(torch.tensor(x)).detach(), atol=1e-5)
    np.testing.assert_allclose(ours.running_mean.data, theirs.running_mean, rtol=1e-5)
    np.testing.assert_allclose(ours.running_var.data, theirs.running_var, rtol=1e-5)
    assert ours.num_batches_tracked.item() == theirs.num_batches_tracked.item() == 4
