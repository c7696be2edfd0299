"""Picture: what a notebook and a terminal show, with programs that draw and without."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from pygrad import Variable, viz
from pygrad import functions as F
from pygrad.viz import (
    Graph,
    Node,
    Picture,
    PictureWarning,
    plot_graph,
    render,
)


@pytest.fixture
def picture():
    x = Variable([1.0, 2.0], name="x")
    y = F.sum(x * x)
    y.name = "y"
    return plot_graph(y)


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


class TestWithoutAProgram:
    def test_the_text_is_written_beside_with_a_warning(self, picture, no_program, tmp_path):
        with pytest.warns(
            PictureWarning,
            match=r"graph\.png was not drawn: .*pip install 'pygrad\[viz\]'.*\.gv",
        ) as caught:
            file = picture.save(tmp_path / "graph.png")
        assert len(caught) == 1
        assert "\n" not in str(caught[0].message)
        assert caught[0].filename == __file__
        assert file == tmp_path / "graph.gv"
        assert file.read_text(encoding="utf-8") == picture.dot
        assert entries(tmp_path) == ["graph.gv"]

    def test_pdf_from_the_small_program_alone(self, picture, pure, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.warns(PictureWarning, match=r"only Graphviz's dot draws \.pdf.*\.svg or \.png"):
            file = picture.save(tmp_path / "graph.pdf")
        assert file.name == "graph.gv"

    def test_a_notebook_shows_mermaid_and_text(self, picture, no_program):
        bundle = picture._repr_mimebundle_()
        assert sorted(bundle) == ["text/plain", "text/vnd.mermaid"]
        assert bundle["text/vnd.mermaid"] == picture.mermaid
        assert bundle["text/plain"].startswith(str(picture))
        assert bundle["text/plain"].endswith("install Graphviz)")

    def test_in_an_environment_where_nothing_draws(self, python, tmp_path):
        # PATH is real here, and leads to nothing
        program = f"""if True:
            import sys, sysconfig, warnings
            sysconfig.get_path = lambda name: r"{tmp_path}"
            from pygrad import Variable
            from pygrad.viz import plot_graph
            x = Variable(3.0, name="x")
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                picture = plot_graph(x * x, to_file=r"{tmp_path}/graph.svg")
            print(*[warning.category.__name__ for warning in caught])
            print(*picture._repr_mimebundle_())
            print(picture)
        """
        printed = python(program, PATH=str(tmp_path), PYTHONIOENCODING="utf-8").splitlines()
        assert printed[:2] == ["PictureWarning", "text/plain text/vnd.mermaid"]
        assert printed[2].split() == ["●", "x", "Variable", "()", "float64"]
        assert entries(tmp_path) == ["graph.gv"]

    def test_a_program_that_fails_makes_way_for_the_other(
        self, picture, pure, tmp_path, monkeypatch
    ):
        # a dot whose plug-ins are not registered draws nothing at all
        monkeypatch.setattr(render.shutil, "which", _with_a_broken_dot(tmp_path, pure))
        assert b"<svg" in render.draw(picture.dot, ".svg")

    def test_if_all_fail_the_reasons_are_given(self, picture, tmp_path, monkeypatch):
        monkeypatch.setattr(render.shutil, "which", _with_a_broken_dot(tmp_path, None))
        with pytest.warns(PictureWarning, match=r"dot failed: Format: svg not recognized\. The"):
            picture.save(tmp_path / "graph.svg")

    def test_a_program_that_takes_too_long_is_stopped(self, picture, tmp_path, monkeypatch):
        which = _with_a_broken_dot(tmp_path, None, "import time; time.sleep(30)")
        monkeypatch.setattr(render.shutil, "which", which)
        with pytest.raises(render.NoDrawingError, match=r"dot took more than 0\.2 s"):
            render.draw(picture.dot, ".svg", timeout=0.2)


def _with_a_broken_dot(folder, pure, program="import sys; sys.exit('Format: svg not recognized')"):
    broken = folder / "broken" / "dot"
    broken.parent.mkdir()
    broken.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    broken.chmod(0o700)

    def which(name, path=None):
        return {"dot": str(broken), "graphviz-pure": pure}[name]

    return which


class TestWhatIsShown:
    def test_a_notebook_shows_a_drawing(self, picture, program, drawn_texts):
        # the original's picture never showed in a notebook
        bundle = picture._repr_mimebundle_(include=None, exclude=None)
        assert sorted(bundle) == ["image/svg+xml", "text/plain"]
        assert ElementTree.fromstring(bundle["image/svg+xml"]).tag.endswith("svg")
        assert drawn_texts(bundle["image/svg+xml"])[1] == "multiply"
        assert bundle["text/plain"] == str(picture)

    def test_a_notebook_does_not_wait_for_a_huge_drawing(self, monkeypatch):
        monkeypatch.setattr(render, "draw", lambda *args, **kwargs: pytest.fail("drawn"))
        graph = Graph("g", tuple(Node("function", "f") for _ in range(5000)), ())
        bundle = Picture(graph)._repr_mimebundle_()
        assert "5000 nodes are too many" in bundle["text/plain"]
        assert "picture.save('graph.svg')" in bundle["text/plain"]

    def test_mermaid_is_not_given_what_it_refuses(self, no_program):
        nodes = (Node("function", "a"), Node("function", "b"))
        assert "text/vnd.mermaid" in Picture(Graph("g", nodes, 500 * ((0, 1),)))._repr_mimebundle_()
        bundle = Picture(Graph("g", nodes, 501 * ((0, 1),)))._repr_mimebundle_()
        assert "text/vnd.mermaid" not in bundle

    def test_a_terminal_shows_the_diagram(self, picture):
        assert repr(picture) == str(picture)
        assert str(picture).splitlines()[0] == "●  x         Variable  (2,) float64"

    def test_a_terminal_that_knows_only_ascii_gets_that(self, python):
        program = """if True:
            from pygrad import Variable
            from pygrad.viz import plot_graph
            x = Variable(3.0, name="x")
            print(plot_graph(x * x))
        """
        printed = python(program, PYTHONIOENCODING="ascii")
        assert printed.splitlines()[1:3] == ["+-+", "+-+"]


def test_the_door_shows_what_it_says():
    assert viz.__all__ == sorted(viz.__all__)
    shown = {name for name in vars(viz) if not name.startswith("_")}
    modules = {name for name in shown if type(getattr(viz, name)).__name__ == "module"}
    assert shown - modules == set(viz.__all__) - {"plotters"}
    assert viz.Picture is Picture
