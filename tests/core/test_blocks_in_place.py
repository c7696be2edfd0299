"""Large arrays are worked through in blocks, which must not be seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from pygrad import Variable
from pygrad import functions as F

SIZE = 200_001  # several blocks, and a piece


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("function", [F.tanh, F.sigmoid])
def test_blocks_change_no_value_and_no_gradient(function, dtype):
    rng = np.random.default_rng(0)
    data, gradient = (5 * rng.normal(size=(2, SIZE))).astype(dtype)
    whole, parts = Variable(data), [Variable(part) for part in np.array_split(data, 4)]
    y = function(whole)
    y.backward(gradient)
    results = [function(part) for part in parts]
    for result, g in zip(results, np.array_split(gradient, 4), strict=True):
        result.backward(g)
    assert y.dtype == dtype
    assert_array_equal(y.data, np.concatenate([result.data for result in results]))
    assert_array_equal(whole.grad.data, np.concatenate([part.grad.data for part in parts]))


def test_a_gradient_of_another_dtype_or_layout_goes_around_the_blocks():
    x = Variable(np.linspace(-2, 2, SIZE * 2, dtype=np.float32).reshape(2, SIZE))
    y = F.tanh(x)
    (y.T * Variable(np.full((SIZE, 2), 0.5))).sum().backward()
    np.testing.assert_allclose(x.grad.data, 0.5 * (1 - np.tanh(x.data) ** 2), rtol=1e-4, atol=1e-7)


def test_large_whole_numbers_have_a_sigmoid():
    x = np.arange(SIZE) % 7 - 3
    assert_array_equal(F.sigmoid(x).data[:7], F.sigmoid(x[:7]).data)
