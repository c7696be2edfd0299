"""DOT text, read back by the real programs."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pygrad import Variable
from pygrad import functions as F
from pygrad.viz import Graph, Node, Picture, plot_graph, render
from pygrad.viz.dot import dot_text

NASTY = [
    "",
    " ",
    "two words",
    "  spaces  around  ",
    '"quoted"',
    "it's",
    "back\\slash",
    "ends in \\",
    "\\\\",
    "\\N \\G \\E \\l",  # Graphviz's own codes
    "<b>bold</b>",
    "<",
    "&amp; &#92;",
    "a->b; c [label=d] }",
    "// no comment",
    "/* no comment */",
    "# no comment",
    "digraph",
    "]",  # alone, a syntax error to Graphviz 2.43
    "]]>",
    "--",
    "%s {0} $HOME `id`",
    "naïve",
    "日本語",
    "\U0001f600",
]
UNPRINTABLE = {
    "two\nlines": "two\\nlines",
    "tab\t": "tab\\t",
    "nul\x00": "nul\\x00",
    "\x1b[31mred": "\\x1b[31mred",
    "\ud800": "\\ud800",  # half of a character, which no file can hold
    "a\u202eb": "a\\u202eb",  # turns the direction of what follows
}


def one_of_each(title):
    kinds = ("variable", "parameter", "constant", "function")
    layer = Node("layer", title, "Linear", "(1,) → (2,)")
    return Graph(title, (layer, *(Node(kind, title) for kind in kinds)), ((0, 1), (0, 1), (1, 4)))


@pytest.mark.parametrize("title", NASTY)
def test_any_name_is_drawn_as_it_is(title, program, drawn_texts, drawn_edges):
    svg = render.draw(dot_text(one_of_each(title)), ".svg")
    shown = title or " "
    assert drawn_texts(svg) == [f"{shown} Linear(1,) → (2,)", *4 * [shown]]
    assert drawn_edges(svg) == 3


@pytest.mark.parametrize(("title", "shown"), UNPRINTABLE.items())
def test_what_cannot_be_printed_is_drawn_as_python_writes_it(title, shown, program, drawn_texts):
    svg = render.draw(dot_text(one_of_each(title)), ".svg")
    assert drawn_texts(svg)[-1] == shown


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=30), min_size=20, max_size=20))
def test_no_text_at_all_breaks_the_drawing(dot, titles):
    nodes = tuple(Node("layer", title, title, title) for title in titles)
    text = dot_text(Graph(titles[0], nodes, ((0, 1),)))
    done = subprocess.run(
        [dot, "-Tplain"], input=text.encode(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b"rror" not in done.stderr, done.stderr
    # one line for each node, and not one more
    lines = done.stdout.splitlines()
    assert sum(line.startswith(b"node ") for line in lines) == len(titles)


def test_operands_stand_from_left_to_right(program):
    # one sees whether it is a - b or b - a
    a, b = Variable(1.0, name="a"), F.exp(Variable(2.0))
    b.name = "b"
    for picture, left, right in ((plot_graph(a - b), "a", "b"), (plot_graph(b - a), "b", "a")):
        done = subprocess.run(
            [program, "-Tplain"], input=picture.dot.encode(), capture_output=True, check=True
        )
        titles = [node.title for node in picture.graph.nodes]
        x = {
            titles[int(words[1][1:])]: float(words[2])
            for words in (line.split() for line in done.stdout.decode().splitlines())
            if words[0] == "node"
        }
        assert x[left] < x[right]


def test_arrows_lead_from_top_to_bottom(program):
    x = Variable(1.0, name="x")
    text = plot_graph(x * x).dot
    done = subprocess.run(
        [program, "-Tplain"], input=text.encode(), capture_output=True, check=True
    )
    lines = [line.split() for line in done.stdout.decode().splitlines()]
    y = {words[1]: float(words[3]) for words in lines if words[0] == "node"}
    assert y["n0"] > y["n1"] > y["n2"]  # upwards in Graphviz's count
    assert sum(words[0] == "edge" for words in lines) == 3


def test_the_text_is_the_same_every_time():
    def text():
        x = Variable(3.0, name="x")
        return plot_graph(x * x + 2 * x).dot

    assert text() == text()


def test_the_kinds_differ_in_shape_or_colour():
    looks = {
        line.partition(">> ")[2] or line.partition("> ")[2]
        for line in dot_text(one_of_each("x")).splitlines()
        if "label" in line
    }
    assert len(looks) == 5


def test_a_picture_without_nodes_is_drawn_too(program):
    assert b"<svg" in render.draw(Picture(Graph("", (), ())).dot, ".svg")
