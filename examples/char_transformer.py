"""Learn to write like Jane Austen with a small transformer:  python examples/char_transformer.py"""

import numpy as np
from tqdm import tqdm

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F

WINDOW = 64
text = data.datasets.austen(window=WINDOW)
letters = np.unique(text.data)
x, y = np.searchsorted(letters, text.data), np.searchsorted(letters, text.label)
train, test = data.Dataset(x[:-1000], y[:-1000]), (x[-1000:], y[-1000:])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(letters), 64)
        self.positions = nn.LearnedPositionalEncoding(64, 0.0, WINDOW, batch_first=True)
        self.layers = [
            nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True, norm_first=True)
            for _ in range(2)
        ]
        self.norm = nn.LayerNorm(64)
        self.out = nn.Linear(64, len(letters))

    def forward(self, x):
        x = self.positions(self.embedding(x))
        for layer in self.layers:
            x = layer(x, is_causal=True)
        return self.out(self.norm(x))


def batches():
    """531 batches of 32 stretches of text, and what follows each letter."""
    return data.DataLoader(train, 32, seed=0, drop_last=True)


def loss_of(model, x, y):
    return F.softmax_cross_entropy(model(x), y)


def write(model, start, length):
    """Let the model go on where the text stops, a letter at a time."""
    written = list(np.searchsorted(letters, [ord(c) for c in start]))
    for _ in range(length):
        scores = model(np.array([written[-WINDOW:]]))
        p = F.softmax(scores[0, -1] / 0.7).data.astype(float)
        written.append(pygrad.default_rng().choice(len(letters), p=p / p.sum()))
    return "".join(chr(letters[i]) for i in written)


def main():
    pygrad.seed(0)
    model = Net()
    optimizer = nn.optim.Adam(model.params(), lr=3e-3)
    progress = tqdm(batches(), unit="batch", disable=None)
    for x, y in progress:
        loss = loss_of(model, x, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        progress.set_postfix(loss=f"{loss.item():.3f}")
    model.eval()
    with no_grad():
        print(f"test loss: {loss_of(model, *test).item():.3f}")
        print(write(model, "It is a truth universally acknowledged", 300))


if __name__ == "__main__":
    main()
