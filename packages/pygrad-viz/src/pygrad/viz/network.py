"""A model as a graph: its layers, and the functions between them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from pygrad import Function, Variable
from pygrad.engine.function import creator
from pygrad.viz.computation import function_node, functions_behind, variable_node
from pygrad.viz.graph import Graph, GraphBuilder, Node, shape_text
from pygrad.viz.tracing import Call, Trace, trace, variables_in

__all__ = ["network"]

Step: TypeAlias = Call | Function
"""What is drawn as one node: a layer's call, or a function outside every layer."""


def network(model: Any) -> Graph:
    """The layers that the last call of `model` went through, and the functions between them."""
    return _Network(trace(model)).graph()


class _Network:
    """The graph of one model in the making."""

    def __init__(self, traced: Trace) -> None:
        self.traced = traced
        self.builder = GraphBuilder(type(traced.model).__name__)
        self.starts = [call.start for call in traced.calls]  # calls do not overlap, so it is sorted
        self.times = Counter(call.path for call in traced.calls)
        self.seen: Counter[str] = Counter()
        self.parameters = {p._node: name for name, p in traced.model.named_params()}
        self.inputs: list[tuple[Variable, int]] = []
        self.drawn: dict[Any, int] = {}  # positions, by leaf, by id of a call, by function
        self.arrays: dict[int, int] = {}  # positions, by id of the array

    def graph(self) -> Graph:
        for name, x in self.traced.inputs:
            position = self.builder.add(variable_node(name, shape_text(x.shape, x.dtype)))
            self.inputs.append((x, position))
            self._remember([x], position, x._node)
        for step, functions in self._steps():
            if isinstance(step, Call):
                self._add_call(step, functions)
            else:
                sources = [self._source(edge) for edge in step.edges]
                node = function_node(step)
                self.drawn[step] = self.builder.add(node, *_known(sources))
        self._add_outputs()
        return self.builder.graph()

    def _steps(self) -> list[tuple[Step, list[Function]]]:
        """What was done, in order: each step with the functions that it consists of."""
        outputs = [*variables_in(self.traced.output)]
        outputs += [y for call in self.traced.calls for y in call.outputs]
        inside: dict[int, list[Function]] = {id(call): [] for call in self.traced.calls}
        steps: list[tuple[int, Step, list[Function]]] = [
            (call.start, call, inside[id(call)]) for call in self.traced.calls
        ]
        for function in functions_behind(y._node for y in outputs):
            owner = self._call_of(function)
            if owner is None:
                steps.append((function.serial, function, [function]))
            else:
                inside[id(owner)].append(function)
        steps.sort(key=lambda step: step[0])
        return [(step, functions) for _, step, functions in steps]

    def _call_of(self, function: Function) -> Call | None:
        i = bisect_right(self.starts, function.serial) - 1
        if i >= 0 and function.serial < self.traced.calls[i].stop:
            return self.traced.calls[i]
        return None

    def _add_call(self, call: Call, functions: list[Function]) -> None:
        sources = []
        for x in call.inputs:
            source = self._source(x._node, x)
            sources += self._from_outside(x) if source is None else [source]
        # and what it took without being handed it, such as the output of another layer
        for function in functions:
            for edge in function.edges:
                source = None if edge in self.parameters else self._source(edge)
                if source is not None and source not in sources:
                    sources.append(source)
        self.seen[call.path] += 1
        detail = f"{_shapes(call.inputs)} → {_shapes(call.outputs)}"
        if self.times[call.path] > 1:
            detail += f", call {self.seen[call.path]} of {self.times[call.path]}"
        node = Node("layer", call.path, call.layer, detail, ordered=len(sources) > 1)
        self._remember(call.outputs, self.builder.add(node, *sources), id(call))

    def _add_outputs(self) -> None:
        outputs = self.traced.output
        named: Iterable[tuple[str, Any]] = [("", outputs)]
        if isinstance(outputs, dict):
            named = [(str(name), y) for name, y in outputs.items()]
        elif isinstance(outputs, (tuple, list)):
            named = [(f"output {i + 1}", y) for i, y in enumerate(outputs)]
        for name, value in named:
            for y in variables_in(value):
                node = variable_node(name, shape_text(y.shape, y.dtype))
                self.builder.add(node, *_known([self._source(y._node, y)]))

    def _source(self, edge: Any, value: Variable | None = None) -> int | None:
        """Where the arrow of a value starts; None for a constant from outside."""
        function = creator(edge)
        if function is not None:
            call = self._call_of(function)
            return self.drawn.get(function if call is None else id(call))
        if edge is None:
            # detached, perhaps, from something that is drawn
            return None if value is None else self.arrays.get(id(value.data))
        if edge not in self.drawn:
            name = self.parameters.get(edge, edge.name)
            kind = "Parameter" if edge in self.parameters else "Variable"
            node = variable_node(name, shape_text(edge.shape, edge.dtype), kind)
            self.drawn[edge] = self.builder.add(node)
        return self.drawn[edge]

    def _from_outside(self, x: Variable) -> list[int]:
        """Where the arrow of a value starts that was computed in a way that left no trace."""
        hidden = [i for given, i in self.inputs if given._node is None and not self._is_used(i)]
        if hidden:  # it can only come from there
            return hidden
        node = Node("constant", "constant", detail=shape_text(x.shape, x.dtype))
        return [self.builder.add(node)]

    def _is_used(self, position: int) -> bool:
        return any(source == position for source, _ in self.builder.edges)

    def _remember(self, values: list[Variable], position: int, key: Any) -> None:
        if key is not None:
            self.drawn[key] = position
        for value in values:
            self.arrays[id(value.data)] = position


def _known(sources: Iterable[int | None]) -> list[int]:
    return [source for source in sources if source is not None]


def _shapes(values: list[Variable]) -> str:
    return ", ".join(shape_text(value.shape) for value in values) or "()"
