"""Nodes and edges as DOT text, the language of Graphviz. Pure: nothing is run or written."""

from __future__ import annotations

import html

import graphviz

from pygrad.viz.graph import Graph, Node, printable
from pygrad.viz.style import EDGE, INK, MUTED, STYLES

__all__ = ["dot_text"]

# Every program that reads DOT knows the widths of Arial's letters, and every machine has Arial or
# a font as wide: so a browser that shows an SVG finds the text where it was measured.
_NODE = {"fontname": "Arial", "fontsize": "13", "fontcolor": INK, "penwidth": "1.2"}
_EDGE = {"color": EDGE, "arrowsize": "0.7", "penwidth": "1.1"}
_GRAPH = {"rankdir": "TB", "bgcolor": "white", "pad": "0.15", "nodesep": "0.3", "ranksep": "0.35"}

_BOX = {"style": "rounded,filled", "margin": "0.12,0.06", "width": "0.6", "height": "0.35"}
_ELLIPSE = {"style": "filled", "margin": "0.01,0"}
_PLAIN = {"margin": "0.03,0.02", "width": "0.1", "height": "0.1"}
_LOOKS = {"box": _BOX, "ellipse": _ELLIPSE, "plaintext": _PLAIN}


def dot_text(graph: Graph) -> str:
    """A graph in DOT, top to bottom.

    Examples
    --------
    >>> from pygrad.viz import Graph, Node
    >>> from pygrad.viz.dot import dot_text
    >>> text = dot_text(Graph("g", (Node("layer", "a < b"),), ()))
    >>> "a &lt; b" in text
    True
    """
    name = graphviz.escape(printable(graph.name))
    digraph = graphviz.Digraph(name, graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    for i, node in enumerate(graph.nodes):
        style = STYLES[node.kind]
        look = {"shape": style.dot_shape, "fillcolor": style.fill, "color": style.line}
        look |= _LOOKS[style.dot_shape]
        if node.ordered:
            # not for all: where a value has many uses, its arrows would cross in vain
            look["ordering"] = "in"
        digraph.node(f"n{i}", label=_label(node), **look)
    digraph.edges((f"n{source}", f"n{target}") for source, target in graph.edges)
    text: str = digraph.source
    return text


def _label(node: Node) -> str:
    title = _escaped(node.title) or "&#160;"  # no text at all would be a syntax error
    if node.kind == "constant":
        title = f'<font point-size="11" color="{MUTED}">{title}</font>'
    elif node.label:
        # unbreakable, for a browser drops a plain space where a text begins
        title = f"<b>{title}</b>&#160;{_escaped(node.label)}"
    if not node.detail:
        return f"<{title}>"
    detail = f'<font point-size="11" color="{MUTED}">{_escaped(node.detail)}</font>'
    return (
        '<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">'
        f"<tr><td>{title}</td></tr><tr><td>{detail}</td></tr></table>>"
    )


def _escaped(text: str) -> str:
    text = html.escape(printable(text), quote=False)
    # even in marked-up text Graphviz puts the node's name in for \N, and a double backslash is one;
    # and older ones call a lone bracket a syntax error
    return text.replace("\\", r"\\").replace("]", "&#93;")
