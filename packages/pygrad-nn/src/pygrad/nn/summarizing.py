"""summary: a table of a model's layers, with their output shapes, parameters and work."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad import Variable, no_grad
from pygrad.nn.tree import Path, walk

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["Row", "Summary", "summary"]


class Row(NamedTuple):
    """A module in a summary.

    Attributes
    ----------
    name : str
        The path to it, as in `Module.named_modules`; empty for the model itself.
    kind : str
        The name of its class.
    output_shape : tuple, or None
        The shape of what it returned the last time it was called, or a tuple of those of several
        results; None if it was not called.
    params : int
        How many values its own parameters and those of all modules inside it have, each once.
    multiply_adds : int, or None
        How many it took, those of the modules inside it included; None where a layer does not say.
    depth : int
        In how many modules it is.
    label : str
        Its name in the module that holds it.
    """

    name: str
    kind: str
    output_shape: Any
    params: int
    multiply_adds: int | None
    depth: int
    label: str


class Summary:
    """What `summary` returns: a table to print, and its numbers.

    Attributes
    ----------
    rows : list of Row
    params, trainable : int
        How many values the parameters have, and those that are not frozen.
    param_bytes, buffer_bytes, output_bytes : int
        The memory of the parameters, of the buffers, and of what the layers returned.
    multiply_adds : int, or None
        Of the whole model; None where a layer does not say.
    """

    def __init__(self, model: Module, rows: list[Row], output_bytes: int) -> None:
        self.rows = rows
        params = model.params()
        self.params = sum(p.size for p in params)
        self.trainable = sum(p.size for p in params if p.requires_grad)
        self.param_bytes = sum(p.data.nbytes for p in params)
        self.buffer_bytes = sum(b.data.nbytes for b in model.buffers())
        self.output_bytes = output_bytes
        self.multiply_adds = rows[0].multiply_adds

    def __repr__(self) -> str:
        head = ("layer", "output shape", "parameters", "multiply-adds")
        lines = [head, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(4)]
        table = [
            f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}"
            for a, b, c, d in lines
        ]
        rule = "-" * max(map(len, table))
        frozen = self.params - self.trainable
        memory = (
            f"parameters {_bytes(self.param_bytes)}, buffers {_bytes(self.buffer_bytes)}, "
            f"outputs {_bytes(self.output_bytes)}"
        )
        return "\n".join(
            [
                table[0], rule, *table[1:], rule,
                f"parameters: {self.params:,}" + (f", {frozen:,} of them frozen" if frozen else ""),
                f"memory: {memory}",
                f"multiply-adds: {_count(self.multiply_adds)}",
            ]
        )  # fmt: skip


def summary(model: Module, *inputs: Any) -> Summary:
    """Call a model, and make a table of its layers: output shapes, parameters, multiply-adds.

    The call is one in evaluation, and records nothing; the model is left as it was. Layers say how
    many multiply-adds they take by `Module.multiply_adds`.

    Parameters
    ----------
    model : Module
    *inputs
        What the model is called with. A tuple of whole numbers is a shape, and stands for zeros.

    Returns
    -------
    Summary
        It prints as a table.

    Examples
    --------
    >>> from pygrad import nn
    >>> model = nn.Sequential(nn.Linear(784, 32), nn.Dropout(0.1), nn.Linear(32, 10))
    >>> nn.summary(model, (8, 784))
    layer         output shape  parameters  multiply-adds
    -----------------------------------------------------
    Sequential    (8, 10)           25,450        203,264
      0: Linear   (8, 32)           25,120        200,704
      1: Dropout  (8, 32)                0              0
      2: Linear   (8, 10)              330          2,560
    -----------------------------------------------------
    parameters: 25,450
    memory: parameters 99.4 KiB, buffers 8 B, outputs 2.3 KiB
    multiply-adds: 203,264
    """
    calls = _Calls()
    handles = [module.register_forward_hook(calls) for module in model.modules()]
    training = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with no_grad():
            model(*[np.zeros(x, np.float32) if _is_shape(x) else x for x in inputs])
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in training:
            if module.training is not mode:
                module.training = mode
    rows = [calls.row(*place) for place in _tree(model)]
    return Summary(model, rows, calls.output_bytes)


class _Calls:
    """A forward hook that notes what each module returned, and what work it took."""

    def __init__(self) -> None:
        self.shapes: dict[int, Any] = {}
        self.work: dict[int, int | None] = {}
        self.output_bytes = 0

    def __call__(self, module: Module, args: tuple[Any, ...], y: Any) -> None:
        outputs = list(_variables(y))
        shapes = [v.shape for v in outputs]
        output: Any = shapes[0] if isinstance(y, Variable) else tuple(shapes)
        self.shapes[id(module)] = output
        inputs = [v.shape for x in args for v in _variables(x)]
        found = module.multiply_adds(inputs, output)
        before = self.work.get(id(module), 0)
        self.work[id(module)] = None if found is None or before is None else before + found
        if not module.children():
            self.output_bytes += sum(v.data.nbytes for v in outputs)

    def row(self, path: Path, depth: int, label: str, module: Module) -> Row:
        inside = [module, *(m for _, m in walk(module) if hasattr(m, "multiply_adds"))]
        work: int | None = 0
        for m in inside:
            own = self.work.get(id(m), 0)
            work = None if work is None or own is None else work + own
        params = sum(p.size for p in module.params())
        return Row(
            ".".join(path), type(module).__name__, self.shapes.get(id(module)), params, work,
            depth, label,
        )  # fmt: skip


def _tree(model: Module) -> Iterator[tuple[Path, int, str, Module]]:
    """Each module with its path, its depth, and its name in the one that holds it."""
    depths: dict[Path, int] = {(): 0}
    yield (), 0, "", model
    for path, thing in walk(model):
        if hasattr(thing, "multiply_adds"):
            holder = next(path[:n] for n in range(len(path) - 1, -1, -1) if path[:n] in depths)
            depths[path] = depths[holder] + 1
            yield path, depths[path], ".".join(path[len(holder) :]), thing


def _variables(x: Any) -> Iterator[Variable]:
    if isinstance(x, Variable):
        yield x
    elif isinstance(x, (tuple, list)):
        for item in x:
            yield from _variables(item)
    elif isinstance(x, dict):
        for item in x.values():
            yield from _variables(item)


def _is_shape(x: Any) -> bool:
    return isinstance(x, tuple) and bool(x) and all(type(n) is int and n >= 0 for n in x)


def _cells(row: Row) -> tuple[str, str, str, str]:
    layer = "  " * row.depth + (f"{row.label}: {row.kind}" if row.label else row.kind)
    shape = "-" if row.output_shape is None else str(row.output_shape)
    return layer, shape, f"{row.params:,}", _count(row.multiply_adds)


def _count(n: int | None) -> str:
    return "?" if n is None else f"{n:,}"


def _bytes(n: int) -> str:
    if n < 1024:
        return f"{n} B"
    power = min(int(math.log(n, 1024)), 4)
    return f"{n / 1024**power:.1f} {('KiB', 'MiB', 'GiB', 'TiB')[power - 1]}"
