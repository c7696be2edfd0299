"""Which method computes a convolution, what it costs, and that all of them agree."""

import threading
import tracemalloc

import numpy as np
import pytest

from pygrad import Variable, no_grad
from pygrad import functions as F
from pygrad.nn import functional
from pygrad.nn.functional.kernels import banded, columns, depthwise, planes, winograd
from pygrad.testing import check_gradients

rng = np.random.default_rng(0)


def geometry_of(x, W, **settings):
    return F.conv2d(Variable(x), W, **settings).creator.geometry


def images(*shape):
    return rng.normal(size=shape).astype(np.float32)


LARGE, KERNEL = images(4, 32, 12, 12), images(32, 32, 3, 3)


def relative_error(found, exact):
    return np.abs(found - exact).max() / np.abs(exact).max()


def test_winograds_error_is_as_small_as_documented_and_the_switch_makes_it_smaller():
    exact = F.conv2d(LARGE.astype(float), KERNEL.astype(float), padding=1).data
    fast = relative_error(F.conv2d(LARGE, KERNEL, padding=1).data, exact)
    with F.winograd(False):
        plain = relative_error(F.conv2d(LARGE, KERNEL, padding=1).data, exact)
    assert plain < 1e-6 < fast < 5e-6


def test_winograds_method_adds_the_bias():
    b = images(32)
    with_bias, without = (F.conv2d(LARGE, KERNEL, *more).data for more in ((b,), ()))
    np.testing.assert_allclose(
        with_bias - without,
        np.broadcast_to(b[:, None, None], (32, 10, 10))[None].repeat(4, 0),
        atol=5e-4,
    )


def test_the_switch_holds_for_its_own_thread_and_block():
    found = []

    def ask():
        found.append(geometry_of(LARGE, KERNEL).winograd)

    with functional.winograd(False):
        ask()
        with functional.winograd():
            ask()
        ask()
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    ask()
    assert found == [False, True, False, True, True]


def test_the_switch_decorates_a_function_and_is_put_back_by_an_error():
    @functional.winograd(False)
    def allowed(depth):
        inner = allowed(depth - 1) if depth else []
        return [geometry_of(LARGE, KERNEL).winograd, *inner]

    assert allowed(2) == [False, False, False]
    with pytest.raises(RuntimeError), functional.winograd(False):
        raise RuntimeError
    assert geometry_of(LARGE, KERNEL).winograd


def test_a_gradient_is_computed_by_the_method_of_its_forward_pass():
    x, W = Variable(LARGE), Variable(KERNEL)
    with functional.winograd(False):
        y = F.conv2d(x, W, padding=1)
    y.backward(LARGE)
    a, b = Variable(LARGE.astype(float)), Variable(KERNEL.astype(float))
    F.conv2d(a, b, padding=1).backward(LARGE)
    assert relative_error(x.grad.data, a.grad.data) < 1e-6
    assert relative_error(W.grad.data, b.grad.data) < 1e-6


@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("size", [(12, 12), (9, 7), (5, 14)])
def test_winograds_gradients_are_those_of_the_plain_product(wanted, size):
    x, W = images(5, 33, *size), images(34, 33, 3, 3)
    gradients = []
    for allowed in (True, False):
        xs = [Variable(a, requires_grad=w) for a, w in zip((x, W), wanted, strict=True)]
        with functional.winograd(allowed):
            y = F.conv2d(*xs, padding=(1, 2))
        y.backward(np.cos(np.arange(y.size, dtype=np.float32)).reshape(y.shape))
        gradients.append([v.grad.data for v in xs if v.requires_grad])
    for a, b in zip(*gradients, strict=True):
        assert relative_error(a, b) < 1e-5


def test_winograd_has_derivatives_of_every_order():
    x, W = images(2, 32, 12, 12), images(32, 32, 3, 3) / 10
    slopes = []
    for allowed in (True, False):
        with functional.winograd(allowed):
            xs = [Variable(x), Variable(W)]
            (F.conv2d(*xs, padding=1) ** 2).sum().backward(create_graph=True)
            total = (xs[0].grad * x).sum() + (xs[1].grad * W).sum()
            for v in xs:
                v.zero_grad()
            total.backward()
            slopes.append([v.grad.data for v in xs])
    for a, b in zip(*slopes, strict=True):
        assert relative_error(a, b) < 2e-5


def test_a_forward_pass_keeps_nothing_without_a_graph():
    x, W = Variable(LARGE), Variable(KERNEL)
    assert F.conv2d(x, W, padding=1).creator.kept is not None
    assert F.conv2d(x, KERNEL, padding=1).creator.kept is None
    tracemalloc.start()
    with no_grad():
        y = F.conv2d(x, W, padding=1)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1.5 * y.data.nbytes


def test_a_training_step_of_a_convolution_takes_less_memory_than_pytorchs():
    x, W = Variable(images(16, 64, 32, 32)), Variable(images(64, 64, 3, 3))
    g = images(16, 64, 32, 32)

    def step():
        F.conv2d(x, W, np.zeros(64, np.float32), padding=1).backward(g)
        x.zero_grad()
        W.zero_grad()

    step()
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 76e6 / 2


# settings, the shapes of image and kernel, and which kernels serve them
SHAPES = {
    "few channels": ({"padding": 2}, (3, 1, 14, 14), (6, 1, 5, 5), {planes, banded}),
    "a single pixel": ({}, (3, 8, 6, 6), (5, 8, 1, 1), {planes}),
    "a single pixel, many channels out": ({}, (3, 5, 6, 6), (40, 5, 1, 1), {planes}),
    "short rows": ({"padding": 1}, (3, 6, 14, 14), (8, 6, 5, 5), {banded}),
    "each channel": ({"groups": 5, "padding": 1}, (3, 5, 6, 6), (5, 1, 3, 3), {depthwise}),
    "each channel, stride": ({"groups": 5, "stride": 2}, (3, 5, 7, 6), (5, 1, 3, 3), {depthwise}),
    "stride": ({"stride": 2, "padding": 1}, (3, 16, 7, 8), (12, 16, 3, 3), set()),
    "few channels, stride": (
        {"stride": (1, 2), "padding": (2, 1), "dilation": (2, 1)},
        (3, 3, 7, 9),
        (8, 3, 3, 4),
        {planes},
    ),
    "many channels out": ({}, (3, 5, 9, 9), (40, 5, 3, 3), set()),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_kernel_agrees_with_the_products_of_windows(name):
    settings, of_x, of_W, serving = SHAPES[name]
    x, W = rng.normal(size=of_x), rng.normal(size=of_W)
    y = F.conv2d(Variable(x), Variable(W), **settings)
    geometry = y.creator.geometry
    applied = {
        planes: planes.applies(geometry, x),
        banded: banded.applies(geometry, of_x[1], of_W[0]),
        depthwise: depthwise.applies(geometry, of_x[1], of_W[0]),
        winograd: winograd.applies(geometry, *of_x[:2], of_W[0], x, W),
    }
    assert {kernel for kernel, used in applied.items() if used} == serving
    np.testing.assert_allclose(y.data, columns.convolve(x, W, geometry, False)[0], atol=1e-12)
    g = rng.normal(size=y.shape)
    a, b = Variable(x), Variable(W)
    F.conv2d(a, b, **settings).backward(g)
    np.testing.assert_allclose(a.grad.data, columns.spread(g, W, geometry), atol=1e-11)
    expected = columns.weight_gradient(x, g, geometry, None)
    np.testing.assert_allclose(b.grad.data, expected, atol=1e-11)
    check_gradients(lambda x, W: F.conv2d(x, W, **settings) ** 2, [x[:1], W])


def test_equal_values_give_the_gradient_to_the_first_in_either_order_of_memory():
    x = rng.integers(0, 2, (7, 3, 8, 10)).astype(float)
    g = rng.normal(size=(7, 3, 4, 5))
    expected = np.zeros_like(x)
    for place in np.ndindex(g.shape):
        n, c, i, j = place
        window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        down, right = np.unravel_index(window.argmax(), (2, 2))
        expected[n, c, 2 * i + down, 2 * j + right] = g[place]
    for order in ("C", "channels last"):
        images = x if order == "C" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        images = Variable(images if order == "C" else images.transpose(0, 3, 1, 2))
        F.max_pool2d(images, 2).backward(g)
        np.testing.assert_array_equal(images.grad.data, expected)


@pytest.mark.parametrize("channels", [1, 8])
def test_memory_of_windows_is_used_again_only_when_its_graph_is_gone(channels):
    x, W = images(2, channels, 9, 9), images(5, channels, 3, 3)
    first, second = Variable(W), Variable(W)
    y, z = F.conv2d(x, first), F.conv2d(2 * x, second)
    kept = [v.creator.kept.arrays[0] for v in (y, z)]
    assert not np.shares_memory(*kept)
    y.backward(np.ones(y.shape, np.float32))
    z.backward(np.ones(z.shape, np.float32))
    np.testing.assert_allclose(second.grad.data, 2 * first.grad.data, rtol=1e-5)
    place = kept[0].ctypes.data
    del y, kept
    again = F.conv2d(x, Variable(W))
    assert again.creator.kept.arrays[0].ctypes.data == place
    other = F.conv2d(x, Variable(W))
    assert not np.shares_memory(*(v.creator.kept.arrays[0] for v in (again, other)))
