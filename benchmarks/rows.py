"""What is measured: for each row the same work by PyGrad, by PyTorch, in NumPy, by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import chains
import elementwise
import embeddings
import images
import loaders
import optimizers
import perceptrons
import processes
import recurrences
import scalars
import second_order
import transformers

__all__ = ["PROCESSES", "ROWS", "Process", "Row"]


@dataclass(frozen=True)
class Row:
    """A line of the table.

    `targets` are upper limits: "pygrad" and "pygrad_avx2" of PyTorch's time, with the kernels that
    OpenBLAS has for AVX-512 and without; "pygrad_to_numpy" of the time of NumPy by hand.
    """

    name: str
    candidates: Callable[[], dict[str, Any]]
    targets: Mapping[str, float] = field(default_factory=dict)
    repeat: int = 1


@dataclass(frozen=True)
class Process:
    """A line about whole processes: what they take, as a multiple of PyTorch's."""

    name: str
    measure: Callable[[int], float]  # of the number of rounds
    target: float


def mlp(*sizes: int, batch: int, optimizer: str) -> Callable[[], dict[str, Any]]:
    return lambda: perceptrons.candidates(sizes, batch, optimizer)


ROWS = [
    Row("chain of 1,000, 0-d", lambda: chains.candidates(None), {"pygrad": 0.28}),
    Row("chain of 1,000, 100 values", lambda: chains.candidates(100), {"pygrad": 0.48}),
    Row("chain of 1,000, 10,000 values", lambda: chains.candidates(10_000), {"pygrad": 0.80}),
    Row("expression of 30 scalar operations", scalars.candidates, {"pygrad": 0.25}, repeat=50),
    Row(
        "tiny 2-64-64-2, batch 32, SGD",
        mlp(2, 64, 64, 2, batch=32, optimizer="SGD"),
        {"pygrad": 0.40},
        repeat=50,
    ),
    Row(
        "mlp 784-256-128-10, batch 128, Adam",
        mlp(784, 256, 128, 10, batch=128, optimizer="Adam"),
        {"pygrad": 0.50, "pygrad_avx2": 0.62, "pygrad_to_numpy": 1.15},
        repeat=5,
    ),
    Row(
        "LeNet, batch 32",
        images.lenet,
        {"pygrad": 1.1, "pygrad_avx2": 1.2, "pygrad_to_numpy": 1.15},
        repeat=3,
    ),
    Row(
        "conv 3x3, 64 to 64, 16 x 32 x 32",
        lambda: images.convolution(16, 64, 64, 32, 3),
        {"pygrad": 1.05, "pygrad_avx2": 1.25},
    ),
    Row("batch norm 32 x 64 x 28 x 28", images.batch_norm, {"pygrad": 1.0}),
    Row(
        "big mlp 784-2048-2048-10, batch 512, SGD",
        mlp(784, 2048, 2048, 10, batch=512, optimizer="SGD"),
        {"pygrad": 0.53, "pygrad_avx2": 0.88, "pygrad_to_numpy": 1.15},
    ),
    Row("tanh exp sigmoid, 4,000,000 values", elementwise.candidates, {"pygrad": 0.50}),
    Row("Hessian-vector product, Rosenbrock", second_order.candidates, {"pygrad": 0.60}, repeat=5),
    Row(
        "lstm 128, 50 steps, batch 32",
        lambda: recurrences.candidates("LSTM"),
        {"pygrad": 1.3, "pygrad_avx2": 1.85, "pygrad_to_numpy": 1.15},
    ),
    Row(
        "gru 128, 50 steps, batch 32",
        lambda: recurrences.candidates("GRU"),
        {"pygrad": 0.50, "pygrad_avx2": 0.65, "pygrad_to_numpy": 1.15},
    ),
    Row(
        "transformer d 128, 64 steps, batch 16",
        transformers.candidates,
        {"pygrad": 0.63, "pygrad_avx2": 0.92, "pygrad_to_numpy": 1.15},
    ),
    Row(
        "embedding 10,000 x 128, 4,096 look-ups",
        lambda: embeddings.candidates(10_000, 128, 4096),
        {"pygrad": 1.0},
        repeat=5,
    ),
    Row(
        "Adam step, 60 tensors of 64..4096",
        lambda: optimizers.candidates("Adam", optimizers.SMALL, lr=1e-3, eps=1e-7),
        {"pygrad": 0.20},
        repeat=5,
    ),
    Row(
        "AdamW step, 60 tensors of 64..4096",
        lambda: optimizers.candidates("AdamW", optimizers.SMALL, lr=1e-3),
        {"pygrad": 0.20},
        repeat=5,
    ),
    Row(
        "Adam step, 4 tensors of 1,000,000",
        lambda: optimizers.candidates("Adam", optimizers.BIG, lr=1e-3, eps=1e-7),
        {"pygrad": 0.60},
    ),
    Row(
        "loader 60,000 x 784, batch 64",
        loaders.candidates,
        {"pygrad": 0.13, "pygrad_to_numpy": 1.2},
    ),
]

PROCESSES = [
    Process("peak memory, big mlp", lambda n: processes.memory("big mlp"), 1.0),
    Process("peak memory, convolution", lambda n: processes.memory("convolution"), 1.0),
    Process("1,000,000 operations deep, time", lambda n: processes.deep("time", n), 0.5),
    Process("1,000,000 operations deep, memory", lambda n: processes.deep("memory", 1), 0.5),
    Process("first training step, imports included", processes.first_step, 0.2),
]
