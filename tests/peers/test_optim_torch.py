"""Optimizers take the same steps as PyTorch's, to 1e-6 over 100 of them."""

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn
from pygrad import functions as F

torch = pytest.importorskip("torch")

SETTINGS = [
    ("SGD", {"lr": 1e-2, "momentum": 0.9}, {}),
    ("SGD", {"lr": 0.05, "momentum": 0.0}, {}),
    ("SGD", {"lr": 0.02, "momentum": 0.99}, {}),
    ("AdaGrad", {"lr": 1e-2, "eps": 1e-10}, {}),
    ("AdaGrad", {"lr": 0.3, "eps": 1e-3}, {}),
    ("AdaDelta", {"lr": 1.0, "rho": 0.95, "eps": 1e-6}, {}),
    ("AdaDelta", {"lr": 2.0, "rho": 0.5, "eps": 1e-3}, {}),
    ("Adam", {"lr": 1e-3, "eps": 1e-7}, {"beta_1": 0.9, "beta_2": 0.999}),
    ("Adam", {"lr": 0.02, "eps": 1e-3}, {"beta_1": 0.5, "beta_2": 0.9}),
]
PEERS = {"SGD": "SGD", "AdaGrad": "Adagrad", "AdaDelta": "Adadelta", "Adam": "Adam"}
each = pytest.mark.parametrize(("name", "shared", "betas"), SETTINGS)


@pytest.fixture(autouse=True)
def _one_thread():
    # on a busy machine, threads that wait for one another take minutes over these small arrays
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def pair(name, shared, betas, params, tensors):
    peer = dict(shared)
    if betas:
        peer["betas"] = tuple(betas.values())
    ours = getattr(nn.optim, name)(params, **shared, **betas)
    return ours, getattr(torch.optim, PEERS[name])(tensors, **peer)


@each
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_given_the_same_gradients_the_parameters_stay_the_same(name, shared, betas, dtype):
    rng = np.random.default_rng(0)
    shapes = [(), (7,), (4, 5), (0, 3), (300, 250)]
    values = [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    params = [Parameter(value.copy()) for value in values]
    tensors = [torch.nn.Parameter(torch.tensor(value)) for value in values]
    ours, theirs = pair(name, shared, betas, params, tensors)
    for step in range(100):
        for i, (p, tensor) in enumerate(zip(params, tensors, strict=True)):
            # one has no gradient for a while, and one has tiny ones
            missing = i == 1 and step % 3 == 1
            g = np.asarray(rng.normal(size=p.shape) * (1e-6 if i == 2 else 1), dtype)
            p.grad = None if missing else g
            tensor.grad = None if missing else torch.tensor(g)
        ours.step()
        theirs.step()
    tolerance = 1e-9 if dtype is np.float64 else 2e-4
    for p, tensor in zip(params, tensors, strict=True):
        np.testing.assert_allclose(
            p.data, tensor.detach().numpy(), rtol=tolerance, atol=tolerance / 100
        )


@each
def test_a_network_trained_by_both_ends_with_the_same_weights(name, shared, betas):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(32, 5)), rng.integers(0, 3, 32)
    W1, b1 = rng.normal(size=(5, 8)), rng.normal(size=8)
    W2, b2 = rng.normal(size=(8, 3)), rng.normal(size=3)
    params = [Parameter(a.copy()) for a in (W1, b1, W2, b2)]
    tensors = [torch.nn.Parameter(torch.tensor(a)) for a in (W1, b1, W2, b2)]
    ours, theirs = pair(name, shared, betas, params, tensors)
    for _ in range(100):
        hidden = F.tanh(F.linear(Variable(x, requires_grad=False), *params[:2]))
        F.softmax_cross_entropy(F.linear(hidden, *params[2:]), labels).backward()
        ours.step()
        ours.zero_grad()
        hidden = torch.tanh(torch.tensor(x) @ tensors[0] + tensors[1])
        logits = hidden @ tensors[2] + tensors[3]
        torch.nn.functional.cross_entropy(logits, torch.tensor(labels)).backward()
        theirs.step()
        theirs.zero_grad()
    for p, tensor in zip(params, tensors, strict=True):
        np.testing.assert_allclose(p.data, tensor.detach().numpy(), rtol=1e-6, atol=1e-9)
