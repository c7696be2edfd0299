"""What is measured: for each row the same work by PyGrad, by PyTorch, and by hand in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import chains
import loaders
import perceptrons

__all__ = ["ROWS", "Row"]


@dataclass(frozen=True)
class Row:
    """A line of the table. `targets` are upper limits: of PyTorch's time, and of NumPy's."""

    name: str
    candidates: Callable[[], dict[str, Any]]
    targets: dict[str, float] = field(default_factory=dict)
    repeat: int = 1


ROWS = [
    Row("chain of 1,000, 0-d", lambda: chains.candidates(None), {"pygrad": 0.30}),
    Row("chain of 1,000, 100 values", lambda: chains.candidates(100), {"pygrad": 0.50}),
    Row("chain of 1,000, 10,000 values", lambda: chains.candidates(10_000), {"pygrad": 0.80}),
    Row(
        "tiny 2-64-64-2, batch 32, SGD",
        lambda: perceptrons.candidates((2, 64, 64, 2), 32, "SGD"),
        {"pygrad": 0.45},
        repeat=50,
    ),
    Row(
        "mlp 784-256-128-10, batch 128, Adam",
        lambda: perceptrons.candidates((784, 256, 128, 10), 128, "Adam"),
        {"pygrad": 0.65, "pygrad_to_numpy": 1.15},
        repeat=5,
    ),
    Row(
        "loader 60,000 x 784, batch 64",
        loaders.candidates,
        {"pygrad": 0.20, "pygrad_to_numpy": 1.2},
    ),
]
