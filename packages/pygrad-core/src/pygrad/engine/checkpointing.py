"""Checkpoint: a part of a computation that is forgotten, and computed again when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pygrad.engine import binding
from pygrad.engine.backward import gradients
from pygrad.engine.function import Function, Node, next_serial, output_nodes, result
from pygrad.engine.linearization import Input
from pygrad.engine.mode import enable_grad, is_recording
from pygrad.engine.trees import leaves_of, map_tree
from pygrad.exceptions import DtypeError, GraphError
from pygrad.randomness import default_rng

__all__ = ["run_checkpointed"]


class Checkpoint(Function):
    """A function of arrays that keeps its inputs alone, and runs again in the backward pass.

    The inputs are the Variables among the arguments; the further edges lead to what else the
    function used, such as the parameters of a model.
    """

    requires = ""

    def __init__(self, f: Callable[..., Any], args: Any, random_state: Any) -> None:
        self.f = f
        self.args = args  # with a number in the place of each Variable
        self.random_state = random_state

    def backward(self, *gys: Any) -> Any:
        inputs = [Input.of(x) for x in self.saved]
        nodes: list[Any] = [x._node for x in inputs]  # now, for f may assign to its arguments
        with _random_state(self.random_state), enable_grad():
            outputs = _run(self.f, self.args, inputs)
        if [y.shape for y in outputs] != [shape for shape, _ in self.outputs_like]:
            raise GraphError(
                "checkpoint: the function gave results of other shapes when it ran again; it must "
                "do the same each time"
            )
        recorded = any(isinstance(gy, binding.Variable) for gy in gys)
        nodes += self.edges[len(inputs) :]
        return tuple(gradients(outputs, gys, nodes, create_graph=recorded))


def run_checkpointed(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run ``f(*args, **kwargs)`` so that its graph is a single node."""
    if not is_recording():
        return f(*args, **kwargs)
    variables: list[Any] = []

    def numbered(x: Any) -> Any:
        if not isinstance(x, binding.Variable):
            return x
        variables.append(x)
        return _Place(len(variables) - 1)

    places = map_tree(numbered, (args, kwargs))
    state = default_rng().bit_generator.state
    first = next_serial()
    inputs = [Input.of(x) for x in variables]
    starts = {x._node for x in inputs}
    returned = _returned(f, places, inputs)
    outputs = list(leaves_of(returned))
    for y in outputs:
        if not isinstance(y, binding.Variable):
            raise DtypeError(
                f"checkpoint: the function returned a {type(y).__name__}; it must return Variables"
            )
    others = _used_from_outside(outputs, first, starts)
    edges = (*(x._node for x in variables), *others)
    if all(edge is None for edge in edges):
        return map_tree(lambda y: result(y._data, None), returned)
    node = Checkpoint(f, places, state)
    node.edges = edges
    node.saved = tuple(x._data for x in variables)
    node.saves = tuple(range(len(variables)))  # type: ignore[misc]
    node.serial = next_serial()
    node.shape = outputs[0].shape
    node.outputs_like = [(y.shape, y.dtype) for y in outputs]
    made = iter([result(y._data, n) for y, n in zip(outputs, output_nodes(node), strict=True)])
    return map_tree(lambda _: next(made), returned)


class _Place:
    """Stands for one of the Variables among the arguments."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def _returned(f: Callable[..., Any], places: Any, inputs: list[Any]) -> Any:
    args, kwargs = map_tree(lambda x: inputs[x.number] if isinstance(x, _Place) else x, places)
    return f(*args, **kwargs)


def _run(f: Callable[..., Any], places: Any, inputs: list[Any]) -> list[Any]:
    return list(leaves_of(_returned(f, places, inputs)))


def _used_from_outside(outputs: list[Any], first: int, starts: set[Any]) -> list[Node]:
    """The nodes that were there before the function ran, or are leaves, and that it used."""
    found: dict[Node, None] = {}
    seen = set(starts)
    waiting = [y._node for y in outputs]
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if not node.edges or node.serial < first:
            found[node] = None
        else:
            waiting.extend(node.edges)
    return list(found)


@contextmanager
def _random_state(state: Any) -> Iterator[None]:
    """The default generator as it was then, for the same numbers again; afterwards as it is now."""
    generator = default_rng().bit_generator
    now = generator.state
    generator.state = state
    try:
        yield
    finally:
        generator.state = now
