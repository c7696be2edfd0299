"""One forward pass on a copy of a model, and what each of its layers was called with.

The copy is always taken, even where the graph of the real call is still there, for that graph does
not show the whole network. A model's data is a constant there, so whatever is done to it before
the first layer left no node; nor did a frozen layer, a Dropout that does nothing, or a call under
no_grad. On the copy the data is a Variable and every call is written down, so one model has one
picture, whatever became of its results.
"""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from pygrad import Function, Variable, as_variable, default_rng, enable_grad
from pygrad.engine.function import next_serial, result
from pygrad.exceptions import DtypeError, GraphError

__all__ = ["Call", "Trace", "trace", "variables_in"]

WHERE = "model.plot"
INSTEAD = "viz.plot_graph(model(data)) draws the graph of a result"


class Call(NamedTuple):
    """One call of a layer: everything with a serial from `start` to `stop` was done inside."""

    path: str
    layer: str
    start: int
    stop: int
    inputs: list[Variable]
    outputs: list[Variable]


class Trace(NamedTuple):
    """What happened in one forward pass. It keeps the graph of that pass alive."""

    model: Any
    inputs: list[tuple[str, Variable]]
    calls: list[Call]
    output: Any


def trace(model: Any) -> Trace:
    """Repeat the last call of `model`, with zeros for data, on a copy of it.

    Nothing of the model moves: no weight, no gradient, no running mean, no random state.

    Raises
    ------
    DtypeError
        If it is not a model.
    GraphError
        If it has not been called yet, or its call cannot be repeated.
    """
    record = _last_call(model)
    twin = _copy_of(model)
    try:
        return _rehearse(twin, record, differentiable=True)
    except Exception:
        # Some models look into their data in ways that a Variable in a graph forbids: np.array(x).
        # The real call had constants. With them the arrow into the first layer may be lost, but
        # all that ran will run.
        twin = _copy_of(model)
    try:
        return _rehearse(twin, record, differentiable=False)
    except Exception as error:
        shapes = ", ".join(map(str, record.input_shapes))
        raise GraphError(
            f"{WHERE}: a copy of {type(model).__name__} is called with zeros in the shapes of the "
            f"last call, {shapes}; that failed with {type(error).__name__}: {error}; make forward "
            f"work on zeros, or see what there is: {INSTEAD}"
        ) from error


def variables_in(value: Any) -> Iterator[Variable]:
    """The Variables in an argument or a result, in order, however deep in lists and dicts."""
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from variables_in(item)


def _last_call(model: Any) -> Any:
    if not callable(getattr(model, "named_modules", None)):
        raise DtypeError(
            f"{WHERE}: expected a model, an nn.Module, got {type(model).__name__}; "
            f"viz.plot_graph(y) draws the graph of a Variable"
        )
    record = model.last_call
    if record is None:
        raise GraphError(
            f"{WHERE}: {type(model).__name__} has not been called yet, so the shapes in it are not "
            f"known; call the model on a batch first: model(data)"
        )
    # what a record does not keep is `...` there
    if any(argument is ... for argument in (*record.args, *record.kwargs.values())):
        raise GraphError(
            f"{WHERE}: the last call of {type(model).__name__} had an argument that was neither an "
            f"array nor a number nor a text, so it cannot be repeated; {INSTEAD}"
        )
    return record


def _copy_of(model: Any) -> Any:
    try:
        return copy.deepcopy(model)
    except Exception as error:
        raise GraphError(
            f"{WHERE}: {type(model).__name__} cannot be copied ({type(error).__name__}: {error}); "
            f"keep files, locks and the like out of the model; {INSTEAD}"
        ) from error


def _rehearse(model: Any, record: Any, *, differentiable: bool) -> Trace:
    listener = _Listener()
    for path, layer in _layers(model):
        listener.listen_to(layer, path)
    args = [_zeros(given, differentiable) for given in record.args]
    kwargs = {name: _zeros(given, differentiable) for name, given in record.kwargs.items()}
    named = [*zip(_argument_names(model, len(args)), args, strict=True), *kwargs.items()]
    inputs = [(name, x) for name, argument in named for x in variables_in(argument)]
    # zeros make division and logarithm warn
    with _random_state_put_back(), np.errstate(all="ignore"), enable_grad():
        output = model(*args, **kwargs)
    return Trace(model, inputs, listener.calls, output)


def _layers(model: Any) -> Iterable[tuple[str, Any]]:
    """The modules that hold no others; never the model itself, whose inside is to be shown."""
    for path, module in model.named_modules():
        if path and len(list(module.named_modules())) == 1:
            yield path, module


def _zeros(given: Any, differentiable: bool) -> Any:
    """Zeros in place of an array of the real call; any other argument as it was."""
    if not hasattr(given, "dtype"):
        return given
    zeros = np.zeros(given.shape, given.dtype)
    return Variable(zeros, requires_grad=differentiable and zeros.dtype.kind != "c")


def _argument_names(model: Any, count: int) -> list[str]:
    """What `forward` calls its positional arguments."""
    parameters = inspect.signature(model.forward).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [parameter.name for parameter in parameters if parameter.kind in kinds]
    return [names[i] if i < len(names) else f"input {i + 1}" for i in range(count)]


class _Listener:
    """Writes down the calls of layers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.inside = False

    def listen_to(self, layer: Any, path: str) -> None:
        forward = layer.forward

        def heard(*args: Any, **kwargs: Any) -> Any:
            if self.inside:  # a layer that was handed another one and calls it
                return forward(*args, **kwargs)
            self.inside = True
            start = next_serial()
            try:
                y = _leaving(forward(*args, **kwargs))
            finally:
                self.inside = False
            inputs, outputs = list(variables_in([args, kwargs])), list(variables_in(y))
            name = type(layer).__name__
            self.calls.append(Call(path, name, start, next_serial(), inputs, outputs))
            return y

        object.__setattr__(layer, "forward", heard)


class _Leaving(Function):
    """The identity, at the end of a layer's call.

    It shows which layer a value came from, even if the layer did nothing to it, like a Dropout that
    is switched off, or computed it outside the graph.
    """

    __slots__ = ()
    saves = ()
    requires = ""

    def forward(self, x: Any) -> Any:
        return x

    def backward(self, gy: Any) -> Any:
        return gy


def _leaving(y: Any) -> Any:
    """What a layer returned, each Variable in it on a node that was made inside the call."""
    if isinstance(y, (Variable, np.ndarray, np.generic)):
        y = as_variable(y)
        # not by calling it, for that records nothing of a constant and nothing under no_grad
        node = _Leaving()
        node.edges = (y._node,)
        node.saved = ()
        node.shape = y.shape
        node.serial = next_serial()
        return result(y.data, node)
    if isinstance(y, (tuple, list)):
        items = [_leaving(item) for item in y]
        return type(y)(*items) if hasattr(y, "_fields") else type(y)(items)
    if isinstance(y, dict):
        return {name: _leaving(item) for name, item in y.items()}
    return y


@contextmanager
def _random_state_put_back() -> Iterator[None]:
    """Put back the state of every generator that a forward pass may draw from without owning it."""
    bits = default_rng().bit_generator
    before = bits.state, np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        bits.state = before[0]
        np.random.set_state(before[1])
        random.setstate(before[2])
