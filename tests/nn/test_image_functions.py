"""The table of cases for the functions of images: each beside a plain loop in NumPy.

A row is checked forwards, in float32, for its inputs' memory orders, and backwards to the second
order against finite differences.
"""

import itertools

import numpy as np
import pytest
from rows import points, row

from pygrad import functions as F
from pygrad.nn import functional

X1, X2, X3 = points(2, 4, 7), points(2, 4, 6, 5), points(2, 2, 4, 3, 4)
W1, W2, W3 = points(6, 4, 3, seed=1), points(6, 4, 3, 2, seed=1), points(3, 2, 2, 1, 2, seed=1)
B3, B4, B6 = points(3, seed=2), points(4, seed=3), points(6, seed=2)
ROWS = points(3, 4, 5)


def spread(value, n):
    return (value,) * n if isinstance(value, int) else tuple(value)


def convolved(x, W, b, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Every output by itself, as the formula has it."""
    n = W.ndim - 2
    s, d = spread(stride, n), spread(dilation, n)
    if padding == "same":
        total = [a * (k - 1) for k, a in zip(W.shape[2:], d, strict=True)]
        pairs = [(t // 2, t - t // 2) for t in total]
    else:
        pairs = [(p, p) for p in spread(padding, n)]
    mode = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    x = np.pad(x, [(0, 0), (0, 0), *pairs], mode=mode[padding_mode])
    out = [
        (m - a * (k - 1) - 1) // t + 1
        for m, k, t, a in zip(x.shape[2:], W.shape[2:], s, d, strict=True)
    ]
    y = np.zeros((len(x), len(W), *out), x.dtype)
    inner, outer = W.shape[1], len(W) // groups
    for place in itertools.product(*map(range, out)):
        window = tuple(
            slice(i * t, i * t + a * (k - 1) + 1, a)
            for i, t, a, k in zip(place, s, d, W.shape[2:], strict=True)
        )
        for o in range(len(W)):
            first = o // outer * inner
            part = x[(slice(None), slice(first, first + inner), *window)]
            axes = tuple(range(1, part.ndim))
            y[(slice(None), o, *place)] = (part * W[o]).sum(axis=axes) + b[o]
    return y


def transposed(x, W, b, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Every input adds its multiple of the kernel."""
    n = W.ndim - 2
    s, p, more, d = (spread(v, n) for v in (stride, padding, output_padding, dilation))
    full = [
        (m - 1) * t + a * (k - 1) + 1 + extra
        for m, k, t, a, extra in zip(x.shape[2:], W.shape[2:], s, d, more, strict=True)
    ]
    inner, outer = x.shape[1] // groups, W.shape[1]
    y = np.zeros((len(x), outer * groups, *full), x.dtype)
    for place in itertools.product(*map(range, x.shape[2:])):
        window = tuple(
            slice(i * t, i * t + a * (k - 1) + 1, a)
            for i, t, a, k in zip(place, s, d, W.shape[2:], strict=True)
        )
        for c in range(x.shape[1]):
            first = c // inner * outer
            value = x[(slice(None), c, *place)].reshape(-1, *(1,) * (n + 1))
            y[(slice(None), slice(first, first + outer), *window)] += value * W[c]
    cut = tuple(slice(a, m - a) for a, m in zip(p, full, strict=True))
    return y[(slice(None), slice(None), *cut)] + b.reshape(-1, *(1,) * n)


def pooled(reduce, x, kernel, stride, padding, out, dilation=1):
    """`reduce` of each window, of what lies in the image."""
    n = x.ndim - 2
    y = np.zeros((*x.shape[:2], *out), x.dtype)
    for place in itertools.product(*map(range, out)):
        indices = [
            [j for j in i * stride - padding + dilation * np.arange(kernel) if 0 <= j < m]
            for i, m in zip(place, x.shape[2:], strict=True)
        ]
        part = x[(slice(None), slice(None), *np.ix_(*indices))]
        y[(slice(None), slice(None), *place)] = reduce(part, axis=tuple(range(2, 2 + n)))
    return y


def adaptive(reduce, x, out):
    y = np.zeros((*x.shape[:2], *out), x.dtype)
    for i, j in itertools.product(*map(range, out)):
        (h, w), (m, n) = x.shape[2:], out
        part = x[:, :, i * h // m : -(-(i + 1) * h // m), j * w // n : -(-(j + 1) * w // n)]
        y[:, :, i, j] = reduce(part, axis=(2, 3))
    return y


def normalised(x, axes, eps=1e-5, centred=True):
    d = x - x.mean(axis=axes, keepdims=True) if centred else x
    return d / np.sqrt((d * d).mean(axis=axes, keepdims=True) + eps)


def wide(w, ndim):
    return w.reshape(-1, *(1,) * (ndim - 2))


def batch_normed(x, W, b):
    return normalised(x, (0, *range(2, x.ndim))) * wide(W, x.ndim) + wide(b, x.ndim)


def group_normed(x, W, b, groups):
    apart = x.reshape(len(x), groups, -1)
    return normalised(apart, 2).reshape(x.shape) * wide(W, x.ndim) + wide(b, x.ndim)


def lined(x, axis, m, align_corners):
    """Values of the line through neighbours."""
    n = x.shape[axis]
    if align_corners:
        place = np.linspace(0, n - 1, m)
    else:
        place = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
    return np.apply_along_axis(lambda v: np.interp(place, np.arange(n), v), axis, x)


def shuffled(x, r):
    n, c, h, w = x.shape
    y = np.zeros((n, c // r**2, h * r, w * r), x.dtype)
    for k, i, j in itertools.product(range(c // r**2), range(r), range(r)):
        y[:, k, i::r, j::r] = x[:, k * r**2 + i * r + j]
    return y


def conv(function, *inputs, **kwargs):
    return row(function, convolved, *inputs, **kwargs)


def back(function, *inputs, **kwargs):
    return row(function, transposed, *inputs, **kwargs)


def pool(function, reduce, x, out, **settings):
    kernel, stride = settings["kernel_size"], settings.get("stride", settings["kernel_size"])
    padding, dilation = settings.get("padding", 0), settings.get("dilation", 1)
    return row(
        lambda x: function(x, **settings),
        lambda x: pooled(reduce, x, kernel, stride, padding, out, dilation),
        x,
    )


RUNNING = points(4, low=-1, high=1), points(4, low=0.5, high=3)

CASES = {
    "conv1d": conv(F.conv1d, X1, W1, B6),
    "conv1d, all settings": conv(
        F.conv1d, X1, W1[:, :2], B6, stride=2, padding=3, dilation=2, groups=2
    ),
    "conv2d": conv(F.conv2d, X2, W2, B6),
    "conv2d, stride and padding": conv(F.conv2d, X2, W2, B6, stride=(2, 1), padding=(1, 2)),
    "conv2d, dilation": conv(F.conv2d, X2, W2, B6, dilation=(2, 3), padding=1),
    "conv2d, groups": conv(F.conv2d, X2, W2[:, :2], B6, groups=2, stride=2),
    "conv2d, of each channel": conv(F.conv2d, X2, W2[:4, :1], B4, groups=4, padding=1),
    "conv2d, two of each channel": conv(F.conv2d, X2[:, :3], W2[:, :1], B6, groups=3),
    "conv2d, 1 x 1": conv(F.conv2d, X2, W2[:, :, :1, :1], B6),
    "conv2d, 1 x 1 with a stride": conv(F.conv2d, X2, W2[:, :, :1, :1], B6, stride=2),
    "conv2d, same": conv(F.conv2d, X2, W2, B6, padding="same", dilation=2),
    "conv2d, more padding than kernel": conv(F.conv2d, X2, W2, B6, padding=4),
    "conv2d, reflect": conv(F.conv2d, X2, W2, B6, padding=2, padding_mode="reflect"),
    "conv2d, replicate": conv(F.conv2d, X2, W2, B6, padding=(3, 1), padding_mode="replicate"),
    "conv2d, circular": conv(F.conv2d, X2, W2, B6, padding="same", padding_mode="circular"),
    "conv3d": conv(F.conv3d, X3, W3, B3, stride=(1, 2, 1), padding=(1, 0, 1)),
    "conv_transpose1d": back(
        F.conv_transpose1d, X1, W1[:4], B4, stride=3, padding=1, output_padding=2
    ),
    "conv_transpose2d": back(F.conv_transpose2d, X2, W2[:4], B4),
    "conv_transpose2d, all settings": back(
        F.conv_transpose2d,
        X2,
        W2[:4, :2],
        B4,
        stride=(2, 3),
        padding=1,
        output_padding=(1, 2),
        groups=2,
        dilation=2,
    ),
    "max_pool1d": pool(F.max_pool1d, np.max, X1, (3,), kernel_size=2),
    "max_pool2d": pool(F.max_pool2d, np.max, X2, (3, 2), kernel_size=2),
    "max_pool2d, pairs beyond an odd edge": pool(
        F.max_pool2d, np.max, X2, (3, 3), kernel_size=2, ceil_mode=True
    ),
    "max_pool2d, overlapping": pool(
        F.max_pool2d, np.max, X2, (3, 3), kernel_size=3, stride=2, padding=1
    ),
    "max_pool2d, dilation and ceil_mode": pool(
        F.max_pool2d,
        np.max,
        X2,
        (4, 3),
        kernel_size=2,
        stride=2,
        dilation=2,
        ceil_mode=True,
        padding=1,
    ),
    "avg_pool1d": pool(F.avg_pool1d, np.mean, X1, (3,), kernel_size=3, stride=2),
    "avg_pool2d": pool(F.avg_pool2d, np.mean, X2, (3, 2), kernel_size=2),
    "avg_pool2d, padding that does not count": pool(
        F.avg_pool2d,
        np.mean,
        X2,
        (4, 3),
        kernel_size=3,
        stride=2,
        padding=1,
        ceil_mode=True,
        count_include_pad=False,
    ),
    "avg_pool2d, padding that counts": row(
        lambda x: F.avg_pool2d(x, 3, 1, 1),
        lambda x: convolved(x, np.ones((4, 1, 3, 3)) / 9, np.zeros(4), padding=1, groups=4).astype(
            x.dtype
        ),
        X2,
    ),
    "adaptive_avg_pool2d": row(
        lambda x: F.adaptive_avg_pool2d(x, (4, 3)), lambda x: adaptive(np.mean, x, (4, 3)), X2
    ),
    "adaptive_avg_pool2d, even": row(
        lambda x: F.adaptive_avg_pool2d(x, (2, None)), lambda x: adaptive(np.mean, x, (2, 5)), X2
    ),
    "adaptive_max_pool2d": row(
        lambda x: F.adaptive_max_pool2d(x, (4, 3)), lambda x: adaptive(np.max, x, (4, 3)), X2
    ),
    "adaptive_max_pool2d, even": row(
        lambda x: F.adaptive_max_pool2d(x, (3, 1)), lambda x: adaptive(np.max, x, (3, 1)), X2
    ),
    "global_avg_pool": row(F.global_avg_pool, lambda x: x.mean((2, 3)), X2),
    "global_avg_pool, keepdims": row(
        lambda x: F.global_avg_pool(x, keepdims=True), lambda x: x.mean(2, keepdims=True), X1
    ),
    "batch_norm": row(
        lambda x, W, b: F.batch_norm(x, None, None, W, b, training=True), batch_normed, X2, B4, B4
    ),
    "batch_norm, rows": row(
        lambda x, W, b: F.batch_norm(x, None, None, W, b), batch_normed, ROWS[:, :, 0], B4, B4
    ),
    "batch_norm, running statistics": row(
        lambda x, W, b: F.batch_norm(x, *(r.astype(x.dtype) for r in RUNNING), W, b),
        lambda x, W, b: (
            (x - RUNNING[0][:, None]) / np.sqrt(RUNNING[1][:, None] + 1e-5) * W[:, None]
            + b[:, None]
        ).astype(x.dtype),
        X1,
        B4,
        B4,
    ),
    "group_norm": row(
        lambda x, W, b: F.group_norm(x, 2, W, b),
        lambda x, W, b: group_normed(x, W, b, 2),
        X2,
        B4,
        B4,
    ),
    "group_norm, of vectors": row(
        lambda x, W, b: F.group_norm(x, 2, W, b),
        lambda x, W, b: group_normed(x, W, b, 2),
        ROWS[0].T,
        B4,
        B4,
    ),
    "instance_norm": row(F.instance_norm, lambda x, W, b: group_normed(x, W, b, 4), X2, B4, B4),
    "layer_norm": row(
        lambda x, W, b: F.layer_norm(x, (4, 5), W, b),
        lambda x, W, b: normalised(x, (1, 2)) * W + b,
        ROWS,
        ROWS[0],
        ROWS[1],
    ),
    "layer_norm, without weights": row(
        lambda x: F.layer_norm(x, 5, eps=0.1), lambda x: normalised(x, 2, 0.1), ROWS
    ),
    "rms_norm": row(
        lambda x, W: F.rms_norm(x, 5, W, 1e-3),
        lambda x, W: normalised(x, 2, 1e-3, centred=False) * W,
        ROWS,
        B6[:5],
    ),
    "upsample": row(
        lambda x: F.upsample(x, scale_factor=2), lambda x: x.repeat(2, 2).repeat(2, 3), X2
    ),
    "upsample, to a size": row(
        lambda x: F.upsample(x, (4, 8)),
        lambda x: x[:, :, [0, 1, 3, 4]][..., [0, 0, 1, 1, 2, 3, 3, 4]],
        X2,
    ),
    "upsample, linear": row(
        lambda x: F.upsample(x, scale_factor=1.5, mode="linear", align_corners=True),
        lambda x: lined(x, 2, 10, True),
        X1,
    ),
    "upsample, bilinear": row(
        lambda x: F.upsample(x, (9, 3), mode="bilinear"),
        lambda x: lined(lined(x, 2, 9, False), 3, 3, False),
        X2,
    ),
    "pixel_shuffle": row(lambda x: F.pixel_shuffle(x, 2), lambda x: shuffled(x, 2), X2),
}

RANDOM = {"dropout2d"}  # what it draws has tests of its own, in test_image_layers.py


@pytest.mark.parametrize("name", CASES)
def test_the_function_and_its_derivatives_are_right(name):
    CASES[name].check()


def channels_last(x):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1) if x.ndim > 2 else x


@pytest.mark.parametrize("name", CASES)
def test_memory_in_channels_last_order_gives_the_same(name):
    case = CASES[name]
    gradients = []
    for order in (np.ascontiguousarray, channels_last):
        for of_gradient in (np.ascontiguousarray, channels_last):
            xs = [F.positive(order(np.asarray(x))) for x in case.inputs]
            xs = [type(x)(x.data, requires_grad=True) for x in xs]
            y = case.function(*xs, **case.kwargs)
            weights = np.random.default_rng(0).normal(size=y.shape)
            y.backward(of_gradient(weights))
            gradients.append([y.data, *(x.grad.data for x in xs)])
    for other in gradients[1:]:
        for a, b in zip(gradients[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def test_every_function_of_images_has_a_row():
    covered = {name.split(",")[0] for name in CASES}
    modules = (
        functional.adaptive_pooling, functional.channel_dropout, functional.convolution,
        functional.normalisation, functional.pooling, functional.resampling,
        functional.transposed_convolution,
    )  # fmt: skip
    names = {n for n in functional.__all__ if getattr(functional, n).__module__ in
             {m.__name__ for m in modules}}  # fmt: skip
    assert names - RANDOM == covered
    for name in names:
        assert getattr(F, name) is getattr(functional, name)
