"""Large arrays are worked on in blocks, with the same results as small ones."""

import numpy as np
import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.engine.kernels.blocks import in_blocks


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", [F.tanh, F.sigmoid])
@pytest.mark.parametrize("size", [131_072, 131_071, 150_001, 196_608])
def test_a_large_array_has_the_values_and_gradients_of_its_parts(function, size, dtype):
    x = np.linspace(-20, 20, size, dtype=dtype)
    whole = Variable(x)
    y = function(whole)
    y.sum().backward()
    parts = [Variable(part) for part in np.array_split(x, 7)]
    of_parts = [function(part) for part in parts]
    F.concatenate(of_parts).sum().backward()
    np.testing.assert_array_equal(y.data, np.concatenate([p.data for p in of_parts]))
    np.testing.assert_array_equal(whole.grad.data, np.concatenate([p.grad.data for p in parts]))
    assert y.dtype == whole.grad.dtype == dtype


def test_an_array_that_is_not_contiguous_or_of_another_shape_is_worked_on_whole():
    calls = []

    def twice(*arrays):
        calls.append(len(arrays[0]))
        return 2 * sum(arrays)

    x = np.ones((400, 500))
    np.testing.assert_array_equal(in_blocks(twice, x.T), 2)
    np.testing.assert_array_equal(in_blocks(twice, x, np.ones(500)), 4)
    assert calls == [500, 400]
    calls.clear()
    np.testing.assert_array_equal(in_blocks(twice, x, x), np.full((400, 500), 4.0))
    assert calls == [65_536] * 3 + [3392]
