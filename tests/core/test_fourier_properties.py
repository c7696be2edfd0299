"""Fourier transforms of any shape, along any axes, to any lengths: drawn at random.

A transform is linear, so its gradient is known from its values alone: along every v the slope of
``sum(u * f(x))`` is ``sum(u * f(v))``.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad import Variable, fft

# the same examples in every run
DRAWN = settings(derandomize=True, deadline=None, database=None)
NORMS = st.sampled_from([None, "backward", "ortho", "forward"])
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
# where an axis stands several times, NumPy 2.0 mixed up the lengths of rfftn
LENGTHS_IN_TURN = np.fft.rfftn([1.0], [1, 2, 1], [0, 0, 0]).shape == (1,)
OF_REALS = {"rfft", "rfft2", "rfftn", "ihfft"}
FROM_HALVES = {"irfft", "hfft", "irfft2", "irfftn"}


def check(name, shape, seed, *args):
    """Compare value, dtype and gradient with NumPy's values."""
    rng = np.random.default_rng(seed)

    def signal(shape, real):
        x = rng.normal(size=shape)
        return x if real else x + 1j * rng.normal(size=shape)

    real = name in OF_REALS or seed % 2 == 1
    x, v = signal(shape, real), signal(shape, real)
    of_arrays = getattr(np.fft, name)
    y = getattr(fft, name)(leaf := Variable(x), *args)
    expected = of_arrays(x, *args)
    assert y.dtype == expected.dtype
    np.testing.assert_allclose(y.data, expected, rtol=1e-12, atol=1e-12)

    u = signal(y.shape, y.dtype.kind == "f")
    (y * u).sum().real.backward()
    slope = np.sum((leaf.grad.data.conj() * v).real)
    np.testing.assert_allclose(slope, np.sum(u * of_arrays(v, *args)).real, rtol=1e-9, atol=1e-9)


@DRAWN
@given(
    st.sampled_from(["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]),
    SHAPES, st.data(), NORMS, st.integers(0, 99),
)  # fmt: skip
def test_a_transform_along_one_axis(name, shape, data, norm, seed):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), "axis")
    shortest = 2 if name in FROM_HALVES and shape[axis] == 1 else None
    n = data.draw(st.integers(1, 8) | st.just(shortest), "n")
    check(name, shape, seed, n, axis, norm)


@DRAWN
@given(
    st.sampled_from(["fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn"]),
    SHAPES, st.data(), NORMS, st.integers(0, 99),
)  # fmt: skip
def test_a_transform_along_several_axes(name, shape, data, norm, seed):
    axis = st.integers(-len(shape), len(shape) - 1)
    once = (lambda i: i % len(shape)) if name in OF_REALS and not LENGTHS_IN_TURN else None
    # some of them twice
    axes = data.draw(st.lists(axis, min_size=1, max_size=3, unique_by=once), "axes")
    s = data.draw(st.lists(st.integers(1, 7), min_size=len(axes), max_size=len(axes)), "s")
    check(name, shape, seed, s, axes, norm)
