"""Learn to write like Jane Austen, letter by letter:  python examples/char_lstm.py"""

import numpy as np
from tqdm import tqdm

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F

text = data.datasets.austen(window=64)
letters = np.unique(text.data)
x, y = np.searchsorted(letters, text.data), np.searchsorted(letters, text.label)
train, test = data.Dataset(x[:-1000], y[:-1000]), (x[-1000:], y[-1000:])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(letters), 64)
        self.lstm = nn.LSTM(64, 128, batch_first=True)
        self.out = nn.Linear(128, len(letters))

    def forward(self, x, state=None):
        h, state = self.lstm(self.embedding(x), state)
        return self.out(h), state


def batches():
    """531 batches of 32 stretches of text, and what follows each letter."""
    return data.DataLoader(train, 32, seed=0, drop_last=True)


def loss_of(model, x, y):
    scores, _ = model(x)
    return F.softmax_cross_entropy(scores, y)


def write(model, start, length):
    """Let the model go on where the text stops, a letter at a time."""
    state, letter, written = None, np.searchsorted(letters, [ord(c) for c in start]), start
    for _ in range(length):
        scores, state = model(letter[None], state)
        p = F.softmax(scores[0, -1] / 0.7).data.astype(float)
        letter = pygrad.default_rng().choice(len(letters), 1, p=p / p.sum())
        written += chr(letters[letter[0]])
    return written


def main():
    pygrad.seed(0)
    model = Net()
    optimizer = nn.optim.Adam(model.params(), lr=5e-3)
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
