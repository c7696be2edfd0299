"""Where a mask before a layer sends NaN back, its kernel runs again with guarded gradients."""

import numpy as np
import pytest

from pygrad import Variable, nn
from pygrad import functions as F

RNG = np.random.default_rng(0)


def numbers(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def looked_up(indices):
    return lambda x: F.embedding(indices, x)


WORK = {
    "cross entropy": (lambda x: F.softmax_cross_entropy(x, [0, 1, 2], reduction="none"), (3, 4)),
    "few look-ups": (looked_up(RNG.integers(0, 30, 20)), (30, 8)),
    "many look-ups of few rows": (looked_up(RNG.integers(0, 300, 2000)), (300, 64)),
    "look-ups of different rows": (looked_up(RNG.permutation(3000)[:2000]), (3000, 64)),
    "convolution of few channels": (lambda x: F.conv2d(x, W3, padding=1, stride=2), (2, 3, 12, 12)),
    "Winograd's": (lambda x: F.conv2d(x, W32, padding=1), (2, 32, 16, 16)),
    "depthwise": (lambda x: F.conv2d(x, W_DEPTHWISE, padding=1, groups=8), (2, 8, 12, 12)),
    "of a single pixel": (lambda x: F.conv2d(x, W_PIXEL), (2, 4, 12, 12)),
    "layer norm": (lambda x: F.layer_norm(x, (64,)), (40, 64)),
    "batch norm": (lambda x: F.batch_norm(x, None, None, training=True), (8, 4, 6, 6)),
    "RNN": (lambda x: nn.RNN(8, 16, rng=np.random.default_rng(1))(x)[0], (20, 4, 8)),
    "GRU": (lambda x: nn.GRU(8, 16, rng=np.random.default_rng(1))(x)[0], (20, 4, 8)),
    "LSTM": (lambda x: nn.LSTM(8, 16, rng=np.random.default_rng(1))(x)[0], (20, 4, 8)),
    "attention": (lambda x: ATTENTION(x, x, x, need_weights=False)[0], (3, 10, 16)),
}
W3, W32, W_DEPTHWISE, W_PIXEL = (
    numbers(*shape) for shape in ((8, 3, 3, 3), (32, 32, 3, 3), (8, 1, 3, 3), (8, 4, 1, 1))
)
ATTENTION = nn.MultiheadAttention(16, 4, batch_first=True)


@pytest.mark.parametrize("name", WORK)
def test_a_branch_not_taken_before_a_kernel_spoils_no_gradient(name):
    f, shape = WORK[name]
    x = np.abs(numbers(*shape)) + 0.1
    x.flat[3] = 0  # where the slope of the root is infinite
    root = Variable(np.sqrt(x))
    y = f(root)
    gy = numbers(*y.shape)
    y.backward(gy)
    slope = np.divide(0.5, np.sqrt(x), out=np.zeros_like(x), where=x > 0)

    v = Variable(x)
    f(np.where(v > 0, np.sqrt(v), 0)).backward(gy)
    expected = root.grad.data * slope
    np.testing.assert_allclose(v.grad.data, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())
