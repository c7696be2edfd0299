"""The layers of images: their parameters, settings, modes, texts and errors."""

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError
from pygrad.testing import check_gradients

IMAGES = np.random.default_rng(0).normal(size=(4, 6, 8, 7))

# layer, the shapes of its weights, an input, and the shape that comes of it
LAYERS = {
    "Conv1d": (lambda t: nn.Conv1d(6, 4, 3, groups=2, dtype=t), [(4, 3, 3), (4,)], (4, 6, 8)),
    "Conv2d": (lambda t: nn.Conv2d(6, 4, (3, 2), 2, dtype=t), [(4, 6, 3, 2), (4,)], (4, 6, 8, 7)),
    "Conv3d": (
        lambda t: nn.Conv3d(2, 3, 2, bias=False, dtype=t), [(3, 2, 2, 2, 2)], (2, 2, 3, 3, 3),
    ),
    "ConvTranspose1d": (
        lambda t: nn.ConvTranspose1d(6, 4, 3, 2, groups=2, dtype=t), [(6, 2, 3), (4,)], (4, 6, 8),
    ),
    "ConvTranspose2d": (
        lambda t: nn.ConvTranspose2d(6, 4, 2, 2, output_padding=1, dtype=t),
        [(6, 4, 2, 2), (4,)],
        (2, 6, 3, 3),
    ),
    "BatchNorm1d": (lambda t: nn.BatchNorm1d(6, dtype=t), [(6,), (6,)], (4, 6, 8)),
    "BatchNorm2d": (lambda t: nn.BatchNorm2d(6, dtype=t), [(6,), (6,)], (4, 6, 3, 2)),
    "GroupNorm": (lambda t: nn.GroupNorm(3, 6, dtype=t), [(6,), (6,)], (4, 6, 3, 2)),
    "InstanceNorm2d": (
        lambda t: nn.InstanceNorm2d(6, affine=True, dtype=t), [(6,), (6,)], (4, 6, 3, 2),
    ),
    "LayerNorm": (lambda t: nn.LayerNorm((3, 2), dtype=t), [(3, 2), (3, 2)], (4, 6, 3, 2)),
    "RMSNorm": (lambda t: nn.RMSNorm(2, dtype=t), [(2,)], (4, 6, 3, 2)),
    "MaxPool1d": (lambda t: nn.MaxPool1d(2), [], (4, 6, 8)),
    "MaxPool2d": (lambda t: nn.MaxPool2d(3, 2, 1), [], (4, 6, 8, 7)),
    "AvgPool1d": (lambda t: nn.AvgPool1d(2), [], (4, 6, 8)),
    "AvgPool2d": (lambda t: nn.AvgPool2d(3, 2, 1), [], (4, 6, 8, 7)),
    "AdaptiveAvgPool2d": (lambda t: nn.AdaptiveAvgPool2d((3, 2)), [], (4, 6, 8, 7)),
    "AdaptiveMaxPool2d": (lambda t: nn.AdaptiveMaxPool2d((3, 2)), [], (4, 6, 8, 7)),
    "GlobalAvgPool": (lambda t: nn.GlobalAvgPool(), [], (4, 6, 8, 7)),
    "Upsample": (lambda t: nn.Upsample(scale_factor=2, mode="bilinear"), [], (2, 3, 4, 5)),
    "PixelShuffle": (lambda t: nn.PixelShuffle(2), [], (2, 8, 4, 5)),
    "Flatten": (lambda t: nn.Flatten(), [], (2, 3, 4)),
    "Identity": (lambda t: nn.Identity(1, two=2), [], (2, 3)),
}  # fmt: skip
OF_A_SINGLE_IMAGE = [
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "InstanceNorm2d",
    "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d",
    "PixelShuffle",
]  # fmt: skip


def distinct(shape):
    """Values that keep apart, so that no maximum changes within a finite difference."""
    n = int(np.prod(shape))
    return np.random.default_rng(0).permutation(np.linspace(-2, 2, n)).reshape(shape)


@pytest.mark.parametrize("name", LAYERS)
def test_weights_have_the_documented_shapes_and_float32(name):
    layer = LAYERS[name][0](np.float32)
    assert [p.shape for p in layer.params()] == LAYERS[name][1]
    assert {p.dtype for p in layer.params()} <= {np.dtype(np.float32)}
    assert [n for n, _ in layer.named_params()] == ["W", "b"][: len(layer.params())]
    assert nn.layers.get(name) is getattr(nn, name) is type(layer)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_agrees_with_its_derivatives_to_the_second_order(name):
    layer = LAYERS[name][0](np.float64)
    weights = [
        np.random.default_rng(1).normal(size=p.shape) if "Norm" in name else p.data
        for p in layer.params()
    ]

    def f(x, *parameters):
        for attribute, value in zip(("W", "b"), parameters, strict=False):
            setattr(layer, attribute, value)
        return layer(x) ** 2

    check_gradients(f, [distinct(LAYERS[name][2]), *weights])


@pytest.mark.parametrize("name", OF_A_SINGLE_IMAGE)
def test_a_single_image_goes_without_the_axis_of_samples(name):
    make, _, shape = LAYERS[name]
    layer, x = make(np.float64), distinct(shape)
    np.testing.assert_allclose(layer(x[1]).data, layer(x).data[1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [n for n, row in LAYERS.items() if row[1]])
def test_whole_numbers_are_converted_to_the_dtype_of_the_weights(name):
    make, _, shape = LAYERS[name]
    x = np.random.default_rng(0).integers(0, 9, shape)
    assert make(np.float32)(x).dtype == np.float32


@pytest.mark.parametrize("name", LAYERS)
def test_an_empty_batch_gives_an_empty_result(name):
    make, _, shape = LAYERS[name]
    layer = make(np.float32).eval()
    x = Variable(np.zeros((0, *shape[1:]), np.float32))
    y = layer(x)
    assert y.shape == (0, *layer(np.ones(shape)).shape[1:])
    y.sum().backward()
    assert x.grad.shape == x.shape
    assert all(not p.grad.data.any() for p in layer.params())


@pytest.mark.parametrize("name", LAYERS)
def test_no_nan_comes_back_from_a_branch_that_was_not_taken(name):
    make, _, shape = LAYERS[name]
    layer, x = make(np.float64), distinct(shape)
    x[np.abs(x) < 1] = 0
    gradients = []
    for root in (F.sqrt, lambda v: F.sqrt(v + 1e-30 * (v.data == 0))):
        v = Variable(x**2)
        y = layer(F.where(v > 0, root(v), 0))
        (y * np.cos(np.arange(y.size)).reshape(y.shape)).sum().backward()
        gradients.append(np.where(x == 0, 0, v.grad.data))
        assert np.isfinite(v.grad.data).all()
    np.testing.assert_allclose(*gradients, rtol=1e-9, atol=1e-12)


def test_a_maximum_sends_no_nan_to_what_was_not_chosen():
    x = Variable(np.arange(16.0).reshape(1, 4, 4))
    F.max_pool2d(F.sqrt(x), 2).sum().backward()
    chosen = [[0, 1, 1], [0, 1, 3], [0, 3, 1], [0, 3, 3]]
    assert np.argwhere(x.grad.data).tolist() == chosen


@pytest.mark.parametrize("name", [n for n, row in LAYERS.items() if row[1] and "Norm" not in n])
def test_convolutions_start_uniform_within_one_over_the_root_of_what_they_add(name):
    large = {
        "Conv1d": lambda r: nn.Conv1d(40, 50, 5, rng=r),
        "Conv2d": lambda r: nn.Conv2d(20, 50, (3, 4), rng=r),
        "Conv3d": lambda r: nn.Conv3d(8, 50, 3, rng=r),
        "ConvTranspose1d": lambda r: nn.ConvTranspose1d(50, 40, 5, rng=r),
        "ConvTranspose2d": lambda r: nn.ConvTranspose2d(50, 20, (3, 4), rng=r),
    }[name]
    layer = large(np.random.default_rng(3))
    bound = np.prod(layer.W.shape[1:]) ** -0.5
    for p in (layer.W, layer.b):
        assert np.abs(p.data).max() <= bound * (1 + 1e-6)
        assert np.abs(p.data).max() > 0.85 * bound
    assert abs(layer.W.data.std() / bound - 3**-0.5) < 0.01
    np.testing.assert_array_equal(layer.W.data, large(np.random.default_rng(3)).W.data)


def test_the_seed_decides_how_a_convolution_starts():
    pygrad.seed(3)
    a = nn.Conv2d(2, 2, 3)
    pygrad.seed(3)
    b, c = nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3)
    np.testing.assert_array_equal(a.W.data, b.W.data)
    assert (a.W.data != c.W.data).all()


TEXTS = [
    (nn.Conv2d(3, 8, 3), "Conv2d(3, 8, 3)"),
    (
        nn.Conv2d(4, 8, (3, 5), 2, (1, 0), groups=2, bias=False, padding_mode="reflect"),
        "Conv2d(4, 8, (3, 5), stride=2, padding=(1, 0), groups=2, padding_mode='reflect', "
        "bias=False)",
    ),
    (nn.Conv1d(1, 1, 3, padding="same"), "Conv1d(1, 1, 3, padding='same')"),
    (
        nn.ConvTranspose2d(8, 3, 2, stride=2, output_padding=1),
        "ConvTranspose2d(8, 3, 2, stride=2, output_padding=1)",
    ),
    (nn.MaxPool2d(2), "MaxPool2d(2)"),
    (nn.MaxPool2d(3, 2, 1, ceil_mode=True), "MaxPool2d(3, stride=2, padding=1, ceil_mode=True)"),
    (nn.AvgPool1d(2, count_include_pad=False), "AvgPool1d(2, count_include_pad=False)"),
    (nn.AdaptiveAvgPool2d((None, 2)), "AdaptiveAvgPool2d((None, 2))"),
    (nn.GlobalAvgPool(), "GlobalAvgPool()"),
    (nn.Upsample(scale_factor=2), "Upsample(scale_factor=2, mode='nearest')"),
    (nn.PixelShuffle(3), "PixelShuffle(3)"),
    (nn.BatchNorm2d(3, 1e-3, None), "BatchNorm2d(3, eps=0.001, momentum=None)"),
    (
        nn.BatchNorm1d(3, affine=False, track_running_stats=False),
        "BatchNorm1d(3, affine=False, track_running_stats=False)",
    ),
    (nn.GroupNorm(2, 4), "GroupNorm(2, 4)"),
    (nn.InstanceNorm2d(4, affine=True), "InstanceNorm2d(4, affine=True)"),
    (nn.LayerNorm((3, 4), bias=False), "LayerNorm((3, 4), bias=False)"),
    (nn.RMSNorm(4), "RMSNorm(4)"),
    (nn.Dropout2d(0.2), "Dropout2d(0.2)"),
    (nn.Flatten(), "Flatten()"),
    (nn.Flatten(0, 2), "Flatten(start_dim=0, end_dim=2)"),
]


@pytest.mark.parametrize(("layer", "text"), TEXTS)
def test_a_layer_is_written_with_its_settings(layer, text):
    assert repr(layer) == text


# --------------------------------------------------------------------- batch normalisation


def test_batch_norm_normalises_by_the_batch_and_remembers_it():
    layer = nn.BatchNorm2d(6, dtype=np.float64)
    y = layer(3 + 2 * IMAGES).data
    np.testing.assert_allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std((0, 2, 3)), 1, atol=1e-5)
    x = 3 + 2 * IMAGES
    np.testing.assert_allclose(layer.running_mean.data, 0.1 * x.mean((0, 2, 3)))
    unbiased = x.var((0, 2, 3), ddof=1)
    np.testing.assert_allclose(layer.running_var.data, 0.9 + 0.1 * unbiased)
    assert layer.num_batches_tracked.item() == 1


def test_batch_norm_uses_what_it_remembers_after_eval_and_leaves_it():
    layer = nn.BatchNorm2d(6, dtype=np.float64)
    for _ in range(300):
        layer(3 + 2 * IMAGES)
    before = layer.weight_dict()
    layer.eval()
    y = layer(IMAGES[:1]).data
    mean, var = layer.running_mean.data, layer.running_var.data
    expected = (IMAGES[:1] - mean[:, None, None]) / np.sqrt(var[:, None, None] + 1e-5)
    np.testing.assert_allclose(y, expected, rtol=1e-10)
    for name, value in layer.weight_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_running_statistics_are_saved_and_are_no_parameters():
    layer = nn.BatchNorm1d(3)
    assert list(layer.weight_dict()) == [
        "W", "b", "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip
    assert len(layer.params()) == 2
    layer(np.random.default_rng(0).normal(size=(5, 3)))
    other = nn.BatchNorm1d(3)
    other.load_weight_dict(layer.weight_dict())
    np.testing.assert_array_equal(other.running_mean.data, layer.running_mean.data)
    assert other.num_batches_tracked.item() == 1
    assert layer.running_mean.grad is None


def test_batch_norm_without_running_statistics_uses_the_batch_after_eval():
    layer = nn.BatchNorm1d(3, track_running_stats=False).eval()
    assert layer.running_mean is None
    y = layer(np.random.default_rng(0).normal(5, 3, size=(50, 3))).data
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-6)


def test_normalising_keeps_its_digits_where_the_mean_is_large():
    x = (1e4 + np.random.default_rng(0).normal(size=(8, 3, 20, 20))).astype(np.float32)
    exact = x.astype(np.float64)
    exact = (exact - exact.mean((0, 2, 3), keepdims=True)) / exact.std((0, 2, 3), keepdims=True)
    last = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    for images in (x, last):
        assert np.abs(F.batch_norm(images, eps=1e-9).data - exact).max() < 5e-3


@pytest.mark.parametrize("mean", [0, 1.5, 50])
@pytest.mark.parametrize("scale", [1e-25, 1, 1e17])  # squares below and above float32
def test_a_batch_norm_of_floats_is_that_of_doubles(mean, scale):
    rng = np.random.default_rng(0)
    signs = np.array([1, -1, 1]).reshape(1, 3, 1, 1)
    x = ((rng.normal(size=(8, 3, 20, 20)) + mean * signs) * scale).astype(np.float32)
    W, b, g = (rng.normal(size=s).astype(np.float32) for s in (3, 3, x.shape))
    found = []
    for dtype in (np.float32, np.float64):
        inputs = [Variable(a.astype(dtype)) for a in (x, W, b)]
        y = F.batch_norm(*inputs[:1], None, None, *inputs[1:], training=True)
        y.backward(g.astype(dtype))
        found.append([y.data, *(v.grad.data for v in inputs)])
    for single, double in zip(*found, strict=True):
        assert np.abs(single - double).max() <= 5e-6 * np.abs(double).max()


@pytest.mark.parametrize("mean", [0, 100])
def test_a_layer_norm_of_floats_in_blocks_is_that_of_doubles(mean):
    rng = np.random.default_rng(0)
    rows = [(rng.normal(size=(1100, 128)) + m).astype(np.float32) for m in (mean, 0)]
    W, b = rng.normal(size=(2, 128)).astype(np.float32)
    found = []
    for dtype in (np.float32, np.float64):
        x, scale, shift = inputs = [Variable(a.astype(dtype)) for a in (rows[0], W, b)]
        # the definition for doubles, the kernel's blocks, of which the last is short, for floats
        d = x - x.mean(axis=1, keepdims=True)
        y = d / ((d * d).mean(axis=1, keepdims=True) + 1e-5) ** 0.5 * scale + shift
        y = F.layer_norm(x, 128, scale, shift) if dtype == np.float32 else y
        y.backward(rows[1].astype(dtype))
        found.append([y.data, *[v.grad.data for v in inputs]])
    for a, b in zip(*found, strict=True):
        assert np.abs(a - b).max() < (1e-6 + 1e-7 * mean) * np.abs(b).max()


# ---------------------------------------------------------------------------- dropout


def test_channel_dropout_drops_whole_channels_and_keeps_the_mean():
    pygrad.seed(0)
    y = nn.Dropout2d(0.25)(np.ones((200, 50, 2, 2))).data
    assert (y == y[:, :, :1, :1]).all()
    assert abs((y == 0).mean() - 0.25) < 0.02
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3], rtol=1e-4)


def test_channel_dropout_of_a_single_image_and_after_eval():
    layer = nn.Dropout2d(0.5, rng=np.random.default_rng(0))
    y = layer(np.ones((64, 3, 3))).data
    assert (y == y[:, :1, :1]).all()
    assert 0 < (y == 0).mean() < 1
    x = Variable(np.ones((2, 2, 2)))
    assert layer.eval()(x) is x
    assert layer.weight_dict() == {"dropout": np.array(0.5)}


def test_channel_dropout_has_a_gradient_where_it_kept():
    x = Variable(np.ones((20, 8, 2, 2)))
    y = F.dropout2d(x, 0.5, rng=np.random.default_rng(0))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, y.data)


# ----------------------------------------------------------------------------- errors

REFUSED = [
    (lambda: nn.Conv2d(0, 1, 3), "Conv2d: in_channels is 0; it must be a whole number"),
    (lambda: nn.Conv2d(3, 4, 3, groups=2), "Conv2d: in_channels is 3; .* multiple of groups=2"),
    (lambda: nn.Conv2d(2, 3, 3, groups=2), "Conv2d: out_channels is 3; .* multiple of groups=2"),
    (lambda: nn.Conv2d(1, 1, (3, 3, 3)), r"kernel_size is \(3, 3, 3\); .* or 2 of them"),
    (lambda: nn.Conv2d(1, 1, 2.0), "kernel_size is 2.0; it must be a whole number"),
    (lambda: nn.Conv2d(1, 1, 3, stride=0), "stride is 0; it must be a whole number of at least 1"),
    (lambda: nn.Conv2d(1, 1, 3, padding=-1), "padding is -1; .* of at least 0"),
    (lambda: nn.Conv2d(1, 1, 3, padding="full"), "padding is 'full'; it must be 'same', 'valid'"),
    (lambda: nn.Conv2d(1, 1, 3, 2, "same"), r"padding='same' with stride \(2, 2\) has no meaning"),
    (lambda: nn.Conv2d(1, 1, 3, padding_mode="x"), "padding_mode is 'x'; .* zeros, reflect"),
    (lambda: nn.ConvTranspose2d(1, 1, 3, output_padding=-1), "output_padding is -1"),
    (lambda: nn.MaxPool2d(2, padding=2), "MaxPool2d: padding is 2; it must be at most half"),
    (lambda: nn.AdaptiveAvgPool2d((1, 2, 3)), "AdaptiveAvgPool2d: output_size is"),
    (lambda: nn.Upsample(), "Upsample: give size or scale_factor, one of the two"),
    (lambda: nn.Upsample(2, mode="cubic"), "Upsample: mode is 'cubic'; .* nearest, linear"),
    (lambda: nn.PixelShuffle(0), "PixelShuffle: upscale_factor is 0"),
    (lambda: nn.GroupNorm(2, 3), "GroupNorm: num_channels is 3; it must be a multiple"),
    (lambda: nn.LayerNorm((2, 0)), r"LayerNorm: normalized_shape is \(2, 0\)"),
    (lambda: nn.BatchNorm2d(True), "BatchNorm2d: num_features is True"),
    (lambda: nn.Dropout2d(2), r"Dropout2d: p is 2; a probability lies within \[0, 1\]"),
    (
        lambda: F.conv_transpose2d(IMAGES, np.ones((6, 2, 3, 3)), output_padding=1),
        "output_padding is 1; it must be less than the stride",
    ),
    (
        lambda: F.upsample(IMAGES, 3, align_corners=True),
        "align_corners has no meaning with mode='nearest'",
    ),
    (lambda: F.upsample(IMAGES, scale_factor=0.01), "scale_factor is 0.01 for an image of"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_settings_that_cannot_be_are_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


MISFITS = [
    (lambda: nn.Conv2d(3, 4, 3)(IMAGES), "conv2d: x has 6 channels but W expects 3"),
    (
        lambda: nn.Conv2d(4, 4, 3, groups=2)(IMAGES),
        "conv2d: x has 6 channels but W expects 2 in each of 2 groups",
    ),
    (
        lambda: nn.Conv2d(6, 4, 3)(IMAGES[0, 0]),
        r"conv2d: x has shape \(8, 7\) and W \(4, 6, 3, 3\)",
    ),
    (lambda: nn.Conv2d(6, 4, 9)(IMAGES), r"a kernel of \(9, 9\) .* does not fit into an image of"),
    (
        lambda: nn.Conv2d(6, 4, 9, padding=8, padding_mode="reflect")(IMAGES),
        "padding_mode='reflect' is more than an image",
    ),
    (lambda: F.conv2d(IMAGES, np.ones((4, 6, 1, 1)), np.ones(3)), r"b has shape \(3,\) but there"),
    (lambda: F.conv2d(IMAGES, np.ones((4, 3, 1, 1)), groups=3), "must be a multiple of groups=3"),
    (lambda: nn.ConvTranspose2d(3, 4, 3)(IMAGES), "x has 6 channels but W expects 3"),
    (lambda: nn.ConvTranspose2d(6, 4, 1, padding=4)(IMAGES), "padding .* cuts off all of it"),
    (lambda: nn.MaxPool2d(9)(IMAGES), r"a window of \(9, 9\) .* does not fit into an image"),
    (lambda: nn.MaxPool1d(2)(IMAGES), r"max_pool1d: x has shape .* samples \(or none\), channels"),
    (lambda: nn.GlobalAvgPool()(IMAGES[0, 0]), "global_avg_pool: x has 2 axes"),
    (lambda: F.upsample(IMAGES, 3, mode="linear"), "mode='linear' is for samples, channels"),
    (lambda: nn.PixelShuffle(4)(IMAGES), "must be a multiple of upscale_factor"),
    (lambda: nn.BatchNorm2d(3)(IMAGES), r"x has shape .*; it must be \(N, C, H, W\) with C = 3"),
    (lambda: nn.BatchNorm1d(6)(IMAGES), r"it must be \(N, C\) or \(N, C, L\) with C = 6"),
    (lambda: nn.BatchNorm1d(2)(np.ones((1, 2))), "one value for each channel; in training"),
    (lambda: F.instance_norm(IMAGES[..., :1, :1]), "more than one value"),
    (lambda: nn.InstanceNorm2d(3)(IMAGES), "InstanceNorm2d: x has shape"),
    (lambda: nn.LayerNorm(3)(IMAGES), r"its last axes must be normalized_shape, \(3,\)"),
    (lambda: F.layer_norm(IMAGES, 7, np.ones(6)), r"W has shape \(6,\); it must be \(7,\)"),
    (lambda: nn.GroupNorm(2, 4)(IMAGES), r"W has shape \(4,\); it must be \(6,\)"),
    (lambda: nn.GroupNorm(2, 4, affine=False)(IMAGES), "it must have 4 channels"),
    (lambda: F.dropout2d(IMAGES[0, 0]), "dropout2d: x has shape"),
]


@pytest.mark.parametrize(("call", "message"), MISFITS)
def test_shapes_that_do_not_fit_are_explained(call, message):
    with pytest.raises(ShapeError, match=message):
        call()


@pytest.mark.parametrize("settings", [(2, 1), (0, 4), (-5, -1)])
def test_flatten_refuses_axes_that_are_not_there(settings):
    with pytest.raises(AxisError, match="Flatten: x has shape .* must be axes of it"):
        nn.Flatten(*settings)(IMAGES)


@pytest.mark.parametrize("function", [F.max_pool2d, F.adaptive_max_pool2d])
def test_complex_numbers_have_no_maximum(function):
    with pytest.raises(DtypeError, match="complex numbers have no order"):
        function(IMAGES * 1j, 2)


def test_complex_images_are_convolved():
    rng = np.random.default_rng(0)
    x, W = (rng.normal(size=s) + 1j * rng.normal(size=s) for s in ((2, 3, 5, 5), (4, 3, 3, 3)))
    y = F.conv2d(x, W).data
    parts = [[F.conv2d(a, b).data for b in (W.real, W.imag)] for a in (x.real, x.imag)]
    expected = parts[0][0] - parts[1][1] + 1j * (parts[0][1] + parts[1][0])
    np.testing.assert_allclose(y, expected, rtol=1e-12)


@pytest.mark.parametrize("function", [F.max_pool2d, F.adaptive_max_pool2d])
def test_a_nan_is_the_maximum_of_its_window_and_takes_the_gradient(function):
    x = Variable(np.arange(16.0).reshape(1, 4, 4))
    x.data[0, 0, 1] = np.nan
    y = function(x, 2)
    assert np.isnan(y.data).tolist() == [[[True, False], [False, False]]]
    y.backward(np.ones((1, 2, 2)))
    assert np.argwhere(x.grad.data[0]).tolist() == [[0, 1], [1, 3], [3, 1], [3, 3]]


def test_an_infinite_pixel_spreads_no_further_than_its_neighbours():
    x = np.zeros((1, 1, 5))
    x[0, 0, 0] = np.inf
    y = F.upsample(x, 10, mode="linear").data
    assert np.isinf(y[0, 0, :2]).all()
    assert (y[0, 0, 4:] == 0).all()


def test_half_floats_stay_and_do_not_overflow():
    x = np.full((4, 2, 16, 16), 100, np.float16)
    x[:2] = 50
    y = nn.BatchNorm2d(2, dtype=np.float16)(x)
    assert y.dtype == np.float16
    np.testing.assert_allclose(np.abs(y.data), 1, atol=1e-2)


def test_weights_of_a_convolution_are_parameters():
    layer = nn.Conv2d(1, 1, 1)
    assert isinstance(layer.W, Parameter)
    assert isinstance(layer.b, Parameter)
    assert nn.Conv2d(1, 1, 1, bias=False).b is None
