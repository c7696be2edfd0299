"""The examples on text beside PyTorch: the same weights at the start, and the same batches."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import pygrad
from pygrad import nn, no_grad

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example(name):
    """The example as a module; its `main` is not run."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Lstm(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.embedding = torch.nn.Embedding(n, 64)
        self.lstm = torch.nn.LSTM(64, 128, batch_first=True)
        self.out = torch.nn.Linear(128, n)

    def forward(self, x):
        return self.out(self.lstm(self.embedding(x))[0])


class Transformer(torch.nn.Module):
    def __init__(self, n, window):
        super().__init__()
        self.embedding = torch.nn.Embedding(n, 64)
        self.positions = torch.nn.Embedding(window, 64)
        self.layers = torch.nn.ModuleList(
            torch.nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True, norm_first=True)
            for _ in range(2)
        )
        self.norm = torch.nn.LayerNorm(64)
        self.out = torch.nn.Linear(64, n)
        self.mask = torch.nn.Transformer.generate_square_subsequent_mask(window)

    def forward(self, x):
        x = self.embedding(x) + self.positions.weight
        for layer in self.layers:
            x = layer(x, self.mask, is_causal=True)
        return self.out(self.norm(x))


def give_weights(model, theirs):
    """PyTorch's matrices are transposed, but for the tables of vectors."""
    tables = ("embedding", "positions")
    with torch.no_grad():
        for (name, p), tensor in zip(model.named_params(), theirs.parameters(), strict=True):
            value = p.data if name.startswith(tables) else p.data.T
            assert value.shape == tuple(tensor.shape), name
            tensor.copy_(torch.tensor(np.ascontiguousarray(value)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "lr", "expected"), [("char_lstm", 5e-3, 1.9), ("char_transformer", 3e-3, 2.0)]
)
def test_training_on_text_ends_no_worse_than_pytorchs(name, lr, expected):
    module = example(name)
    pygrad.seed(0)
    model = module.Net()
    n = len(module.letters)
    theirs = Lstm(n) if name == "char_lstm" else Transformer(n, module.WINDOW)
    give_weights(model, theirs)
    optimizer = nn.optim.Adam(model.params(), lr=lr)
    torch_optimizer = torch.optim.Adam(theirs.parameters(), lr=lr, eps=1e-7)

    def torch_loss(x, y):
        scores = theirs(torch.tensor(x))
        return torch.nn.functional.cross_entropy(scores.flatten(0, 1), torch.tensor(y).flatten())

    for x, y in module.batches():
        loss = module.loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        of_torch = torch_loss(x, y)
        of_torch.backward()
        torch_optimizer.step()
        torch_optimizer.zero_grad()
    with no_grad(), torch.no_grad():
        final, torch_final = module.loss_of(model, *module.test).item(), torch_loss(*module.test)
    print(f"{name}: test loss {final:.4f}, PyTorch's {torch_final:.4f}")
    assert final <= 1.02 * torch_final.item()
    assert final < expected  # both learned something: a letter drawn from its frequency has 3.0
