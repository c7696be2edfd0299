"""The diagrams of characters, and of Mermaid."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from pygrad import Variable
from pygrad import functions as F
from pygrad.viz import Graph, Node, plot_graph
from pygrad.viz.mermaid import mermaid_text
from pygrad.viz.text import LIMIT, in_ascii, text_diagram


def functions(n, *edges):
    return Graph("g", tuple(Node("function", f"f{i}") for i in range(n)), edges)


def test_a_chain():
    assert text_diagram(functions(3, (0, 1), (1, 2))) == "□  f0\n│\n□  f1\n│\n□  f2"


def test_a_value_used_twice_by_one_node():
    assert text_diagram(functions(2, (0, 1), (0, 1))) == "□  f0\n├─╮\n├─╯\n□  f1"


def test_a_residual_connection():
    graph = functions(4, (0, 1), (0, 2), (1, 2), (2, 3))
    assert text_diagram(graph) == "\n".join(
        [
            "□    f0",
            "├─╮",
            "│ □  f1",
            "├─╯",
            "□    f2",
            "│",
            "□    f3",
        ]
    )


def test_three_values_come_together():
    assert text_diagram(functions(4, (0, 3), (1, 3), (2, 3))) == "\n".join(
        [
            "□      f0",
            "│ □    f1",
            "│ │ □  f2",
            "├─┴─╯",
            "□      f3",
        ]
    )


def test_a_line_that_crosses_others():
    graph = functions(5, (0, 3), (1, 4), (2, 3), (3, 4))
    assert text_diagram(graph) == "\n".join(
        [
            "□      f0",
            "│ □    f1",
            "│ │ □  f2",
            "├─│─╯",
            "□ │    f3",
            "├─╯",
            "□      f4",
        ]
    )


def test_a_branch_to_the_left():
    graph = functions(5, (0, 2), (1, 3), (1, 4))
    assert text_diagram(graph) == "\n".join(
        [
            "□    f0",
            "│ □  f1",
            "│ │",
            "□ │  f2",
            "╭─┤",
            "□ │  f3",
            "  │",
            "  □  f4",
        ]
    )


def test_columns_are_aligned():
    nodes = (
        Node("variable", "a long name", "Variable", "(2,) float64"),
        Node("layer", "fc", "Linear", "(2,) → (3,)"),
    )
    assert text_diagram(Graph("g", nodes, ((0, 1),))).splitlines() == [
        "●  a long name  Variable  (2,) float64",
        "│",
        "■  fc           Linear    (2,) → (3,)",
    ]


def test_a_name_cannot_break_a_line_or_command_the_terminal():
    graph = Graph("g", (Node("layer", "two\nlines\x1b[31m", "Linear"),), ())
    assert text_diagram(graph) == "■  two\\nlines\\x1b[31m  Linear"


@pytest.mark.parametrize("seed", range(20))
def test_every_line_leads_from_a_node_to_one_that_uses_it(seed):
    # follow the characters, and find the edges again
    rng = random.Random(seed)
    n = 25
    edges = [
        (rng.randrange(max(0, i - 6), i), i) for i in range(1, n) for _ in range(rng.randrange(3))
    ]
    assert sorted(edges_in(text_diagram(functions(n, *edges)))) == sorted(edges)


def edges_in(diagram):
    """Read the edges off a diagram, character by character."""
    lines = {}  # column -> the nodes whose lines run down in it
    found = []
    is_fresh = True
    for row in diagram.splitlines():
        drawing, is_node, title = row.partition("  f")
        cells = dict(enumerate(drawing))
        # a line goes on where the next row has something that reaches up
        lines = {c: nodes for c, nodes in lines.items() if cells.get(c, " ") in "│├┤┴╯□"}
        if is_node:
            column = drawing.index("□")
            if not is_fresh:  # two nodes right below one another are not joined
                found += [(source, int(title)) for source in lines.pop(column, [])]
            lines[column] = [int(title)]
            is_fresh = True
            continue
        is_fresh = False
        joined = [c for c, cell in cells.items() if cell in "├┤"]
        for c, cell in cells.items():
            if cell in "╮╭":
                lines[c] = list(lines[joined[0]])
            elif cell in "┴╯":
                lines[joined[0]] = lines[joined[0]] + lines.pop(c)
        assert len(joined) == any(cell in "╮╭┴╯" for cell in cells.values()), row
    return found


def test_a_long_graph_is_cut_short_and_says_so():
    graph = functions(LIMIT + 7, *((i, i + 1) for i in range(LIMIT + 6)))
    lines = text_diagram(graph).splitlines()
    assert lines[-1] == "… and 7 more"
    assert len(lines) == 2 * LIMIT


def test_plain_ascii_says_the_same():
    x = Variable(3.0, name="x")
    diagram = text_diagram(plot_graph(F.exp(x) * (x + 1)).graph)
    plain = in_ascii(diagram)
    assert plain.isascii()
    assert len(plain.splitlines()) == len(diagram.splitlines())
    assert in_ascii("(2,) → (3,)") == "(2,) -> (3,)"


def test_mermaid_has_every_node_and_every_edge():
    x = Variable(3.0, name="x")
    text = mermaid_text(plot_graph(x * x).graph)
    assert text.startswith("flowchart TD\n")
    assert 'n0(["<b>x</b> Variable<br/>() float64"]):::variable' in text
    assert 'n1["multiply"]:::function' in text
    assert text.count("n0 --> n1\n") == 2
    assert "classDef function fill:#" in text


@pytest.mark.parametrize(
    "title", ['"', "`a`", "]", "end\\", "a-->b", "<b>", "#35;", "two\nlines", ""]
)
def test_in_mermaid_no_name_is_markup(title):
    graph = Graph("g", (Node("function", title),), ())
    (line,) = [line for line in mermaid_text(graph).splitlines() if line.startswith("    n0")]
    label = re.fullmatch(r'    n0\["([^"]+)"\]:::function', line).group(1)
    assert re.fullmatch(r"([\w .,()]|#\d+;)+", label)
    shown = re.sub(r"#(\d+);", lambda code: chr(int(code.group(1))), label)
    assert shown == (title.replace("\n", "\\n") or " ")


def test_kinds_have_a_colour_in_mermaid():
    kinds = ("variable", "parameter", "constant", "function", "layer")
    text = mermaid_text(Graph("g", tuple(Node(kind, "x") for kind in kinds), ()))
    assert all(f"classDef {kind} " in text for kind in kinds)
    assert "linkStyle" not in text  # an error to Mermaid where there is no link


def test_the_pages_drawing_is_what_its_program_draws():
    page = (Path(__file__).resolve().parents[2] / "docs" / "viz.md").read_text(encoding="utf-8")
    program, drawing = (
        re.search(f"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL).group(1)
        for language in ("python", "mermaid")
    )
    names: dict[str, object] = {}
    exec(program, names)
    assert names["picture"].mermaid == drawing
