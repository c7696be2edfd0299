"""What a model does with its input: one forward pass on a copy, operation by operation."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad import Variable, enable_grad
from pygrad.engine.function import Function, creator
from pygrad.engine.mode import Switch
from pygrad.nn.state import named_weights

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["Operation", "Source", "Trace", "trace"]


class Source(NamedTuple):
    """Where a value comes from.

    `kind` is "input", "weight" with the weight's name as `key`, "result" with the number of the
    operation and of its output, or "constant" with the value itself.
    """

    kind: str
    key: Any = None


class Operation(NamedTuple):
    """A function that was applied, and to what."""

    node: Function
    inputs: list[Source]
    several: bool  # outputs


class Trace(NamedTuple):
    """A forward pass: its operations in order, and which of them, or what else, came out."""

    operations: list[Operation]
    layers: dict[int, str]  # what a layer is called, by the number of its first operation
    outputs: list[Source]
    weights: dict[str, Any]
    x: Any
    values: Any  # what came out


class _Recording(Switch):
    """Inside, the recorder hears of every operation."""

    __slots__ = ("_value",)

    def __init__(self, recorder: _Recorder) -> None:
        super().__init__()
        self._value = recorder


class _Recorder:
    def __init__(self, model: Module, x: Variable) -> None:
        self.operations: list[Operation] = []
        self.layers: dict[int, str] = {}
        self.alive: list[Any] = []
        self.by_node: dict[int, Source] = {}
        self.by_array: dict[int, Source] = {}
        self.know(x, Source("input"))
        self.weights = {}
        for path, weight in named_weights(model):
            name = ".".join(path)
            self.weights[name] = weight._data
            self.know(weight, Source("weight", name))

    def know(self, variable: Variable, source: Source) -> None:
        self.alive.append(variable)
        self.by_array[id(variable._data)] = source
        if variable._node is not None:
            self.by_node[id(variable._node)] = source

    def saw(self, node: Function, arrays: Any, outputs: Any) -> None:
        sources = [self.source(e, a) for e, a in zip(node.edges, arrays, strict=True)]
        number = len(self.operations)
        self.operations.append(Operation(node, sources, len(outputs) > 1))
        self.alive.append((node, arrays, outputs))
        self.by_node[id(node)] = Source("result", (number, 0))
        for i, y in enumerate(outputs):
            if isinstance(y, np.ndarray):
                self.by_array[id(y)] = Source("result", (number, i))

    def source(self, edge: Any, array: Any) -> Source:
        if edge is not None:
            function = creator(edge)
            if function is not None and function is not edge:  # one output of several
                number = self.by_node[id(function)].key[0]
                return Source("result", (number, edge.index))
            if id(edge) in self.by_node:
                return self.by_node[id(edge)]
        return self.by_array.get(id(array), Source("constant", array))


def trace(model: Module, x: Any) -> Trace:
    """Run a copy of the model, in evaluation mode, on an array."""
    twin = copy.deepcopy(model).eval()
    variable = Variable(x, requires_grad=x.dtype.kind == "f")
    recorder = _Recorder(twin, variable)
    for name, layer in twin.named_modules():
        if name and not layer.children():
            _announce(layer, name, recorder)
    with enable_grad(), _Recording(recorder):
        y = twin(variable)
    found = list(y) if isinstance(y, tuple | list) else [y]
    outputs = [recorder.source(v._node, v._data) for v in found]
    return Trace(
        recorder.operations, recorder.layers, outputs, recorder.weights, x,
        [v.numpy() if v._node is None else v.data for v in found],
    )  # fmt: skip


def _announce(layer: Any, name: str, recorder: _Recorder) -> None:
    forward = layer.forward
    title = f"{name}: {layer!r}"

    def heard(*args: Any, **kwargs: Any) -> Any:
        recorder.layers.setdefault(len(recorder.operations), title)
        return forward(*args, **kwargs)

    object.__setattr__(layer, "forward", heard)
