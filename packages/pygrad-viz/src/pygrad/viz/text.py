"""Nodes and edges as a diagram of characters, for terminals and wherever nothing draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pygrad.viz.graph import Graph, Node, printable
from pygrad.viz.style import STYLES

__all__ = ["in_ascii", "text_diagram"]

LIMIT = 200
"""Nodes in one diagram; a longer one would be printed, but not read."""

_ASCII = str.maketrans(
    {"│": "|", "─": "-", "├": "+", "┤": "+", "┴": "+", "╭": "+", "╮": "+", "╰": "+", "╯": "+"}
    | {"→": "->", "…": "...", "●": "o", "◆": "*", "·": ".", "□": "o", "■": "#"}
)


def text_diagram(graph: Graph) -> str:
    """A graph as lines of text: a node a line, beside the lines that lead to it.

    Examples
    --------
    >>> from pygrad.viz import Graph, Node
    >>> from pygrad.viz.text import text_diagram
    >>> x, square = Node("variable", "x", "Variable", "()"), Node("function", "multiply")
    >>> print(text_diagram(Graph("g", (x, square), ((0, 1), (0, 1)))))
    ●  x         Variable  ()
    ├─╮
    ├─╯
    □  multiply
    """
    shown = graph.nodes[:LIMIT]
    sources: list[list[int]] = [[] for _ in graph.nodes]
    for source, target in graph.edges:
        sources[target].append(source)
    lanes = _Lanes(Counter(source for source, _ in graph.edges))
    rows: list[tuple[str, Node | None]] = []
    for i, node in enumerate(shown):
        rows += [(row, None) for row in lanes.lead(sources[i])]
        rows.append((lanes.place(i, STYLES[node.kind].symbol), node))
    if left := len(graph.nodes) - len(shown):
        rows.append((f"… and {left} more", None))
    return "\n".join(_lines(rows))


def in_ascii(diagram: str) -> str:
    """The same diagram for a terminal that knows no box-drawing characters."""
    return diagram.translate(_ASCII)


def _lines(rows: Sequence[tuple[str, Node | None]]) -> list[str]:
    nodes = [node for _, node in rows if node is not None]
    drawing = max((len(row) for row, node in rows if node is not None), default=0)
    title = max((len(printable(node.title)) for node in nodes), default=0)
    label = max((len(printable(node.label)) for node in nodes), default=0)
    return [
        row
        if node is None
        else (
            f"{row:<{drawing}}  {printable(node.title):<{title}}  "
            f"{printable(node.label):<{label}}  {printable(node.detail)}"
        ).rstrip()
        for row, node in rows
    ]


class _Lanes:
    """The vertical lines: each stands for a value that a node further down will use."""

    def __init__(self, uses: Counter[int]) -> None:
        self.uses = uses  # how often a value is yet to be used
        self.lanes: list[bool] = []  # which are taken
        self.lane_of: dict[int, int] = {}  # where a value's line is
        self.column = 0  # where the next node goes

    def lead(self, sources: Sequence[int]) -> list[str]:
        """The rows that bring these values together at the next node."""
        rows = []
        ends = []
        for source in sources:
            lane = self.lane_of[source]
            self.uses[source] -= 1
            if self.uses[source]:
                # the line goes on, so the node gets a branch of it
                branch = self._take()
                rows.append(self._row(lane, branch))
                ends.append(branch)
            else:
                ends.append(lane)
                del self.lane_of[source]
        self.column = min(ends) if ends else self._take()
        others = sorted(set(ends) - {self.column})
        if others:
            rows.append(self._row(self.column, *others, merge=True))
            for lane in others:
                self.lanes[lane] = False
        elif ends and not rows:
            rows.append(self._row())
        return rows

    def place(self, node: int, symbol: str) -> str:
        """The row of the node itself, without its text."""
        cells = self._cells()
        cells[2 * self.column] = symbol
        if self.uses[node]:
            self.lane_of[node] = self.column
        else:
            self.lanes[self.column] = False
        while self.lanes and not self.lanes[-1]:
            self.lanes.pop()
        return "".join(cells).rstrip()

    def _take(self) -> int:
        if False in self.lanes:
            lane = self.lanes.index(False)
            self.lanes[lane] = True
        else:
            lane = len(self.lanes)
            self.lanes.append(True)
        return lane

    def _cells(self) -> list[str]:
        return [part for taken in self.lanes for part in ("│" if taken else " ", " ")]

    def _row(self, lane: int = 0, *others: int, merge: bool = False) -> str:
        """Every line, and one across that joins `lane` with others."""
        cells = self._cells()
        if others:
            left, right = min(lane, *others), max(lane, *others)
            for i in range(2 * left, 2 * right):
                cells[i] = "─" if cells[i] == " " else cells[i]
            for other in others:
                if other < lane:
                    cells[2 * other] = "╭"
                elif not merge:
                    cells[2 * other] = "╮"
                else:
                    cells[2 * other] = "╯" if other == right else "┴"
            cells[2 * lane] = "├" if right > lane else "┤"
        return "".join(cells).rstrip()
