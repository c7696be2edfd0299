"""What a picture shows: plain nodes and edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Graph", "GraphBuilder", "Kind", "Node", "printable", "shape_text"]

Kind: TypeAlias = Literal["variable", "parameter", "constant", "function", "layer"]
"""What a node stands for; a picture gives each kind its shape and its colour."""


@dataclass(frozen=True, slots=True)
class Node:
    """One box of a picture.

    Parameters
    ----------
    kind : str
        "variable", "parameter", "constant", "function" or "layer".
    title : str
        Its name, written large: ``fc1``.
    label : str
        What it is, beside the name: ``Linear``.
    detail : str
        A second line, written small: ``(8, 64) → (8, 32)``.
    ordered : bool
        Whether it matters in which order arrows come in: ``a - b`` is not ``b - a``.

    Examples
    --------
    >>> from pygrad.viz import Node
    >>> Node("layer", "fc1", "Linear").title
    'fc1'
    """

    kind: Kind
    title: str
    label: str = ""
    detail: str = ""
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and the edges between them: what a `Picture` is made of.

    Parameters
    ----------
    name : str
        What is shown; a drawing has it as its title.
    nodes : tuple of Node
        Each after those that it was computed from.
    edges : tuple of (int, int)
        From where to where, as positions in `nodes`. An edge may be there twice: ``x * x`` has
        two.

    Examples
    --------
    >>> from pygrad.viz import Graph, Node
    >>> graph = Graph("square", (Node("variable", "x"), Node("function", "multiply")), ((0, 1),))
    >>> len(graph.nodes)
    2
    """

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]


class GraphBuilder:
    """A graph in the making: nodes are added in order, each with the edges that lead to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Node] = []
        self.edges: list[tuple[int, int]] = []

    def add(self, node: Node, *sources: int) -> int:
        """Add a node that was computed from those at these positions; return its own position."""
        position = len(self.nodes)
        self.nodes.append(node)
        self.edges.extend((source, position) for source in sources)
        return position

    def graph(self) -> Graph:
        """What was added so far."""
        return Graph(self.name, tuple(self.nodes), tuple(self.edges))


def shape_text(shape: tuple[int, ...], dtype: object = "") -> str:
    """A shape, and a dtype where it is known, as one reads them: ``(8, 64) float32``."""
    return f"{shape} {dtype}".rstrip()


def printable(text: str) -> str:
    """A name that any program can show: line breaks and control characters as Python writes them.

    Examples
    --------
    >>> from pygrad.viz.graph import printable
    >>> print(printable("two\\nlines"))
    two\\nlines
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
