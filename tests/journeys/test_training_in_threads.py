"""Eight trainings at once, each with its own generator, come to the same as one after the other."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

nn = pytest.importorskip("pygrad.nn", reason="training needs pygrad-nn")
data = pytest.importorskip("pygrad.data", reason="training needs pygrad-data")

import pygrad  # noqa: E402
from pygrad import functions as F  # noqa: E402

RUNS = 8


class Network(nn.Module):
    def __init__(self, rng):
        self.first = nn.Linear(6, 16, rng=rng)
        self.dropout = nn.Dropout(0.3, rng=rng)
        self.last = nn.Linear(16, 2, rng=rng)

    def forward(self, x):
        return self.last(self.dropout(F.relu(self.first(x))))


def train(seed):
    """A small network with dropout, on shuffled batches: its losses and its weights."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(96, 6)).astype(np.float32)
    labels = (x[:, 0] * x[:, 1] > 0).astype(int)
    model = Network(rng)
    optimizer = nn.optim.Adam(model.params(), lr=0.01)
    loader = data.DataLoader(data.ArrayDataset(x, labels), 32, shuffle=True, rng=rng)
    losses = []
    for _ in range(5):
        model.train()
        for batch, targets in loader:
            loss = F.softmax_cross_entropy(model(batch), targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        model.eval()
        with pygrad.no_grad():  # the others are in the midst of training meanwhile
            held_out = model(x)
            assert not held_out.requires_grad
            losses.append(F.softmax_cross_entropy(held_out, labels).item())
    return losses, [p.data for p in model.params()]


def test_eight_threads_train_at_once_as_one_after_the_other():
    one_by_one = [train(seed) for seed in range(RUNS)]
    barrier = threading.Barrier(RUNS)

    def begin(seed):
        barrier.wait(30)
        return train(seed)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(RUNS) as pool:
            at_once = list(pool.map(begin, range(RUNS)))
    finally:
        sys.setswitchinterval(before)
    for (losses, weights), (expected_losses, expected_weights) in zip(
        at_once, one_by_one, strict=True
    ):
        assert losses == expected_losses
        for found, expected in zip(weights, expected_weights, strict=True):
            np.testing.assert_array_equal(found, expected)
    assert one_by_one[0][0] != one_by_one[1][0]
    assert one_by_one[0][0][-1] < one_by_one[0][0][0]
