"""Arrays handed to PyTorch and taken from it without a copy, by DLPack."""

import numpy as np
import pytest

from pygrad import Variable, no_grad
from pygrad.exceptions import GraphError

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to hand over to")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
def test_a_tensor_shares_the_array_of_a_constant(dtype):
    x = Variable(np.arange(6).reshape(2, 3).astype(dtype), requires_grad=False)
    tensor = torch.from_dlpack(x)
    assert tensor.shape == (2, 3)
    np.testing.assert_array_equal(tensor.numpy(), x.data)
    tensor[0, 0] = 7
    assert x.data[0, 0] == 7


def test_strides_and_single_numbers_are_handed_over():
    x = Variable(np.arange(6.0).reshape(2, 3), requires_grad=False)
    np.testing.assert_array_equal(torch.from_dlpack(x.T[::2]).numpy(), x.data.T[::2])
    assert torch.from_dlpack(x.sum()).item() == 15


def test_what_has_a_graph_is_refused_and_says_what_to_pass():
    x = Variable([1.0, 2.0])
    with pytest.raises(GraphError, match=r"pass x\.detach\(\)"):
        torch.from_dlpack(x * 2)
    assert torch.from_dlpack((x * 2).detach()).tolist() == [2, 4]
    with no_grad():
        assert torch.from_dlpack(x).tolist() == [1, 2]


def test_a_tensor_comes_back():
    tensor = torch.arange(3.0)
    x = Variable(np.from_dlpack(tensor))
    x.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 1, 1])
    assert x.data.dtype == np.float32
