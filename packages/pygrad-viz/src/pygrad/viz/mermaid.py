"""Nodes and edges as Mermaid text, which notebooks and web pages draw by themselves."""

from __future__ import annotations

from pygrad.viz.graph import Graph, Node, printable
from pygrad.viz.style import EDGE, INK, STYLES

__all__ = ["mermaid_text"]


def mermaid_text(graph: Graph) -> str:
    """A graph as a Mermaid flowchart, top to bottom.

    Examples
    --------
    >>> from pygrad.viz import Graph, Node
    >>> from pygrad.viz.mermaid import mermaid_text
    >>> graph = Graph("g", (Node("variable", "x"), Node("function", "relu")), ((0, 1),))
    >>> print(mermaid_text(graph).split("classDef")[0], end="")
    flowchart TD
        n0(["x"]):::variable
        n1["relu"]:::function
        n0 --> n1
    """
    lines = ["flowchart TD"]
    for i, node in enumerate(graph.nodes):
        before, after = STYLES[node.kind].mermaid_brackets
        lines.append(f'    n{i}{before}"{_label(node)}"{after}:::{node.kind}')
    lines += [f"    n{source} --> n{target}" for source, target in graph.edges]
    for kind in dict.fromkeys(node.kind for node in graph.nodes):
        style = STYLES[kind]
        lines.append(f"    classDef {kind} fill:{style.fill},stroke:{style.line},color:{INK}")
    if graph.edges:
        lines.append(f"    linkStyle default stroke:{EDGE}")
    return "\n".join(lines) + "\n"


def _label(node: Node) -> str:
    title = _escaped(node.title) or " "  # nothing between the quotes is a syntax error
    if node.label:
        title = f"<b>{title}</b> {_escaped(node.label)}"
    return f"{title}<br/>{_escaped(node.detail)}" if node.detail else title


def _escaped(text: str) -> str:
    # by their numbers: to Mermaid a quote, a backtick or a bracket in the wrong place is markup
    return "".join(c if c.isalnum() or c in " ._,()→" else f"#{ord(c)};" for c in printable(text))
