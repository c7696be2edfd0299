"""Train a network on handwritten digits, and leave its weights and its picture behind.

It is the program of examples/digits.py, with options and with an eye on what may go wrong. Of all
of pygrad-core this file alone knows the other parts, and imports them when it runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pygrad.exceptions import ArgumentError, MissingPluginError

__all__ = ["add_arguments", "run"]

# rising ink, twice as wide as it is high, so that the pixels come out square
_INK = ("  ", "░░", "▒▒", "▓▓", "██")
_PLAIN_INK = ("  ", "..", "oo", "OO", "@@")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``pygrad demo``."""
    parser.add_argument("--epochs", type=int, default=60, help="how often to go through the data")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same result")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="where the files go"
    )


def run(options: argparse.Namespace) -> int:
    """Train, measure, show a few digits, and write the weights and the picture."""
    if options.epochs < 1:
        raise ArgumentError(f"demo: --epochs is {options.epochs}; it must be at least 1")
    if options.seed < 0:
        raise ArgumentError(f"demo: --seed is {options.seed}; it must be at least 0")
    _require_all_parts()
    out = _writable(options.out)

    import pygrad
    from pygrad import data
    from pygrad.data import ratio_split

    pygrad.seed(options.seed)
    train, test = ratio_split(data.datasets.get("digits")(), 0.8, 0.2)
    print(f"{len(train)} handwritten digits to learn from, {len(test)} to be tested on")
    model = _network()
    start = time.perf_counter()
    _fit(model, train, options.epochs)
    print(f"trained for {options.epochs} epochs in {time.perf_counter() - start:.1f} s")

    model.eval()
    images, labels = test[:]
    predicted = _predict(model, images)
    print(f"test accuracy: {np.mean(predicted == labels):.1%}\n")
    print("\n".join(_drawn(images, labels, predicted)))

    weights = out / "digits.npy"
    model.save(weights)
    again = _network()
    again.load(weights)
    again.eval()
    if not np.array_equal(_predict(again, images), predicted):
        raise AssertionError("the weights that were loaded back predict something else")
    print(f"\n{weights}: the weights, loaded back and checked")
    model.train()
    model(images[:1])
    picture = model.plot()
    for suffix in (".svg", ".png"):
        path = out / f"digits{suffix}"
        picture.save(path)
        print(f"{path}: the network")
    return 0


def _require_all_parts() -> None:
    from importlib.util import find_spec

    missing = []
    for part in ("nn", "data", "viz"):
        try:
            find_spec(f"pygrad.{part}")
        except MissingPluginError:  # and not None: see pygrad/_lazy.py
            missing.append(part)
    if missing:
        raise MissingPluginError(
            f"demo: it needs pygrad.nn, pygrad.data and pygrad.viz, and does not find "
            f"{', '.join(missing)}; install them with  pip install 'pygrad[all]'",
            name=f"pygrad-{missing[0]}",
        )


def _writable(folder: Path) -> Path:
    """The folder, made if it was not there; an error now rather than after the training."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ArgumentError(
            f"demo: cannot write to the folder {folder}: {error.strerror}; choose another with "
            f"--out"
        ) from error
    return folder


def _network() -> Any:
    from pygrad import functions as F
    from pygrad import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1 = nn.Linear(64, 256)
            self.fc2 = nn.Linear(256, 256)
            self.fc3 = nn.Linear(256, 10)
            self.dropout = nn.Dropout(0.3)

        def forward(self, x: Any) -> Any:
            x = F.dropout(x, 0.1, self.training)
            x = self.dropout(F.relu(self.fc1(x)))
            x = self.dropout(F.relu(self.fc2(x)))
            return self.fc3(x)

    return Net()


def _fit(model: Any, train: Any, epochs: int) -> None:
    from pygrad import functions as F
    from pygrad import nn
    from pygrad.data import DataLoader

    optimizer = nn.optim.Adam(model.params())
    for epoch in _progress(epochs):
        for images, labels in DataLoader(train, 32):
            loss = F.softmax_cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        epoch(f"loss {loss:.3f}")


def _progress(epochs: int) -> Iterator[Any]:
    """For each epoch what to tell its state: a bar on a terminal, elsewhere a line now and then."""
    if not sys.stderr.isatty():
        for i in range(1, epochs + 1):
            yield (
                lambda state, i=i: (
                    print(f"epoch {i}: {state}", flush=True)
                    if i in (1, epochs) or i % 10 == 0
                    else None
                )
            )
        return
    try:
        from tqdm import tqdm
    except ModuleNotFoundError as error:
        raise MissingPluginError(
            "demo: its progress bar is that of tqdm; install it with  pip install 'pygrad[all]'",
            name="tqdm",
        ) from error
    with tqdm(total=epochs, unit="epoch", leave=False) as bar:
        for _ in range(epochs):
            yield bar.set_postfix_str
            bar.update()


def _predict(model: Any, images: Any) -> Any:
    from pygrad import no_grad

    with no_grad():
        return model(images).data.argmax(axis=1)


def _drawn(images: Any, labels: Any, predicted: Any, across: int = 4) -> list[str]:
    """The first digits, and one that was misread if there is one, side by side in characters."""
    wrong = np.flatnonzero(predicted != labels)[:1]
    right = np.flatnonzero(predicted == labels)[: across - len(wrong)]
    ink = _INK if _can_print("".join(_INK)) else _PLAIN_INK
    chosen = [*right, *wrong]
    lines = []
    for row in range(8):
        cells = []
        for i in chosen:
            levels = np.rint(images[i].reshape(8, 8)[row] * (len(ink) - 1)).astype(int)
            cells.append("".join(ink[level] for level in levels))
        lines.append("   ".join(cells).rstrip())
    titles = []
    for i in chosen:
        title = f"read as {predicted[i]}"
        if predicted[i] != labels[i]:
            title += f", is {labels[i]}"
        titles.append(f"{title:16}")
    return [*lines, "   ".join(titles).rstrip()]


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
