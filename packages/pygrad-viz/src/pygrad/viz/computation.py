"""How a Variable was computed, as a graph: its inputs, its functions, its constants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pygrad import Function, Variable
from pygrad.engine.checks import describe
from pygrad.engine.function import Leaf, creator
from pygrad.exceptions import DtypeError, GraphError
from pygrad.viz.graph import Graph, GraphBuilder, Kind, Node, shape_text

__all__ = ["computation", "function_node", "functions_behind", "variable_node"]

_SHORT = 10  # characters of a constant's value that still fit into a small node
_COMMUTATIVE = {"add", "maximum", "minimum", "multiply"}


def computation(y: Variable) -> Graph:
    """The graph that `y` was computed by.

    A Variable between two functions is a node of its own where it has a name; without one it is
    the arrow.

    Examples
    --------
    >>> from pygrad import Variable
    >>> from pygrad.viz.computation import computation
    >>> x = Variable(3.0, name="x")
    >>> graph = computation(x * x)
    >>> [node.title for node in graph.nodes]
    ['x', 'multiply', 'Variable']
    >>> graph.edges
    ((0, 1), (0, 1), (1, 2))
    """
    if not isinstance(y, Variable):
        raise DtypeError(
            f"plot_graph: expected a Variable, got {type(y).__name__}; "
            f"give it the result of a computation with Variables"
        )
    root = y._node
    if root is None:
        raise GraphError(
            "plot_graph: this Variable was computed from constants or under no_grad, so there is "
            "no graph to draw; make an input with Variable(data) and compute outside no_grad"
        )
    drawing = _Drawing(y)
    for function in functions_behind([root]):
        drawing.add_function(function)
    drawing.value(root)
    return drawing.builder.graph()


def functions_behind(roots: Iterable[Any]) -> list[Function]:
    """Every function that these nodes of the engine were computed by, oldest first."""
    found: dict[int, Function] = {}
    waiting = list(roots)
    while waiting:
        # each of several outputs has a stand-in as its node; their creator is one and the same
        function = creator(waiting.pop())
        if function is not None and id(function) not in found:
            found[id(function)] = function
            waiting.extend(function.edges)
    # creation order is a topological order
    return sorted(found.values(), key=lambda function: function.serial)


def function_node(function: Function) -> Node:
    """The node of a function: its public name, and its result's shape where that is news."""
    shapes = [shape for shape, _ in getattr(function, "outputs_like", [])] or [function.shape]
    arriving = {edge.shape for edge in function.edges if edge is not None}
    news = set(shapes) != arriving
    detail = "→ " + ", ".join(map(shape_text, shapes)) if news else ""
    name = describe(function).lstrip("_")
    ordered = len(function.edges) > 1 and name not in _COMMUTATIVE
    return Node("function", name, detail=detail, ordered=ordered)


def variable_node(name: str | None, detail: str, kind: str = "Variable") -> Node:
    """The node of a Variable, with or without a name."""
    node_kind: Kind = "parameter" if kind == "Parameter" else "variable"
    if not name:
        return Node(node_kind, kind, "", detail)
    return Node(node_kind, str(name), kind, detail)


class _Drawing:
    """The graph of one Variable in the making."""

    def __init__(self, y: Variable) -> None:
        self.y = y
        self.builder = GraphBuilder(y.name or "graph")
        self.functions: dict[Function, int] = {}
        self.values: dict[Any, int] = {}  # by the engine's node of the Variable

    def add_function(self, function: Function) -> None:
        sources = [
            self._constant(function, i) if edge is None else self.source(edge)
            for i, edge in enumerate(function.edges)
        ]
        self.functions[function] = self.builder.add(function_node(function), *sources)

    def source(self, node: Any) -> int:
        """Where the arrow of a value starts: at its Variable if that is drawn, or its function."""
        if isinstance(node, Leaf) or node.name:
            return self.value(node)
        return self.functions[creator(node)]  # type: ignore[index]

    def value(self, node: Any) -> int:
        """The drawn Variable of a node of the engine."""
        if node not in self.values:
            made_by = creator(node)
            sources = [] if made_by is None else [self.functions[made_by]]
            # of an intermediate result the engine keeps the shape alone
            dtype = self.y.dtype if node is self.y._node else getattr(node, "dtype", "")
            drawn = variable_node(node.name, shape_text(node.shape, dtype))
            self.values[node] = self.builder.add(drawn, *sources)
        return self.values[node]

    def _constant(self, function: Function, position: int) -> int:
        try:
            value = function.inputs[position].data
        except GraphError:  # no rule needs it, so it was not kept
            return self.builder.add(Node("constant", "constant"))
        text = str(value) if value.ndim == 0 else ""
        if 0 < len(text) <= _SHORT:
            return self.builder.add(Node("constant", text))
        return self.builder.add(
            Node("constant", "constant", detail=shape_text(value.shape, value.dtype))
        )
