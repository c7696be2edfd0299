"""Picture.save: the files, the programs that draw them, and nothing else on disk."""

from __future__ import annotations

import ast
import os
import threading
from pathlib import Path

import numpy as np
import pytest

import pygrad.viz
from pygrad import Variable
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, PyGradError
from pygrad.viz import (
    MissingFolderError,
    Picture,
    PictureFileError,
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


class TestFiles:
    def test_svg(self, picture, program, tmp_path, drawn_texts, drawn_edges):
        file = picture.save(tmp_path / "picture.svg")
        assert file == tmp_path / "picture.svg"
        svg = file.read_bytes()
        assert drawn_texts(svg) == [
            "x Variable(2,) float64",
            "multiply",
            "sum→ ()",
            "y Variable() float64",
        ]
        assert drawn_edges(svg) == 4

    def test_png_grows_with_dpi(self, picture, program, tmp_path, png_size):
        sizes = {
            dpi: png_size(picture.save(tmp_path / f"{dpi}.png", dpi=dpi)) for dpi in (100, 200)
        }
        for small, large in zip(sizes[100], sizes[200], strict=True):
            assert large == pytest.approx(2 * small, rel=0.03)
        assert png_size(picture.save(tmp_path / "default.png")) == sizes[200]

    def test_dpi_may_be_any_positive_number(self, picture, program, tmp_path, png_size):
        for dpi in (72.5, np.int64(72), np.float32(72)):
            assert png_size(picture.save(tmp_path / "a.png", dpi=dpi)) > (50, 50)

    def test_dpi_does_not_change_what_has_no_dots(self, picture, program, tmp_path):
        plain = picture.save(tmp_path / "a.svg").read_text(encoding="utf-8")
        assert picture.save(tmp_path / "b.svg", dpi=300).read_text(encoding="utf-8") == plain

    def test_pdf_from_graphviz_itself(self, picture, dot, tmp_path):
        content = picture.save(tmp_path / "picture.pdf").read_bytes()
        assert content.startswith(b"%PDF")
        assert content.rstrip().endswith(b"%%EOF")

    @pytest.mark.parametrize("suffix", [".gv", ".dot"])
    def test_dot_text_needs_no_program(self, picture, no_program, tmp_path, suffix):
        file = picture.save(tmp_path / f"picture{suffix}")
        assert file.read_text(encoding="utf-8") == picture.dot

    def test_mermaid_text_needs_no_program(self, picture, no_program, tmp_path):
        file = picture.save(tmp_path / "picture.mmd")
        assert file.read_text(encoding="utf-8") == picture.mermaid

    def test_plotting_writes_with_to_file(self, program, tmp_path, png_size):
        x = Variable(1.0)
        saved = plot_graph(x * x).save(tmp_path / "saved.png", dpi=100)
        picture = plot_graph(x * x, to_file=tmp_path / "plotted.png", dpi=100)
        assert isinstance(picture, Picture)
        assert png_size(tmp_path / "plotted.png") == png_size(saved)

    def test_a_suffix_in_capitals_and_a_path_as_text(self, picture, program, tmp_path, png_size):
        assert png_size(picture.save(f"{tmp_path}/A.PNG")) > (50, 50)

    def test_a_program_that_the_environment_does_not_activate_is_found(self, pure, monkeypatch):
        # the interpreter of a virtual environment may be started by its full path
        monkeypatch.setenv("PATH", "")
        assert [program.path for program in render._programs()] == [pure]

    @pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
    def test_a_program_that_lies_about_in_the_current_folder_is_not_run(
        self, no_program, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        for name in ("dot", "graphviz-pure"):
            (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
            (tmp_path / name).chmod(0o700)
        for path in ("", f"/nowhere{os.pathsep}"):
            monkeypatch.setenv("PATH", path)
            assert render._programs() == []

    def test_several_threads_may_save_at_once(self, picture, program, tmp_path):
        threads = [
            threading.Thread(target=picture.save, args=(tmp_path / f"{i}.svg",)) for i in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert entries(tmp_path) == ["0.svg", "1.svg", "2.svg", "3.svg"]
        assert len({file.read_bytes() for file in tmp_path.iterdir()}) == 1


class TestNothingElseIsTouched:
    def test_nothing_is_written_unless_asked(self, tmp_path, python):
        # the original left a file in the home directory
        program = """if True:
            import warnings
            from pygrad import Variable
            from pygrad.viz import plot_graph
            x = Variable(3.0)
            picture = plot_graph(x * x)
            str(picture), repr(picture), picture.dot, picture.mermaid
            picture._repr_mimebundle_()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plot_graph(x * x, to_file=r"FOLDER/a.svg")
        """
        home, work, out = tmp_path / "home", tmp_path / "work", tmp_path / "out"
        for folder in (home, work, out):
            folder.mkdir()
        program = program.replace("FOLDER", str(out))
        before = os.getcwd()
        try:
            os.chdir(work)
            python(program, HOME=str(home), USERPROFILE=str(home), TMPDIR=str(home))
        finally:
            os.chdir(before)
        assert entries(home) == entries(work) == []
        assert len(entries(out)) == 1

    @pytest.mark.parametrize(
        "name", ["two words.svg", "; touch hacked;.svg", '$(touch hacked)".svg', "-o hacked.svg"]
    )
    def test_no_file_name_is_a_command(self, picture, program, tmp_path, monkeypatch, name):
        # the original handed the path to a shell
        monkeypatch.chdir(tmp_path)
        picture.save(name)
        assert entries(tmp_path) == [name]

    def test_no_shell_is_ever_asked(self):
        for path in Path(pygrad.viz.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword):
                    assert node.arg != "shell", path
                if isinstance(node, (ast.Import, ast.ImportFrom)) and path.name != "render.py":
                    names = [alias.name for alias in node.names]
                    assert "subprocess" not in [*names, getattr(node, "module", None)], path

    def test_a_failure_leaves_the_old_file_and_no_other(self, picture, tmp_path, monkeypatch):
        file = tmp_path / "picture.gv"
        file.write_text("old", encoding="utf-8")

        def broken(source, target):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", broken)
        with pytest.raises(PictureFileError, match="cannot be written: no space left on device"):
            picture.save(file)
        assert entries(tmp_path) == ["picture.gv"]
        assert file.read_text(encoding="utf-8") == "old"

    def test_ctrl_c_while_drawing_leaves_the_old_file_and_no_other(
        self, picture, tmp_path, monkeypatch
    ):
        file = tmp_path / "picture.svg"
        file.write_text("old", encoding="utf-8")

        def interrupted(*args, **kwargs):
            raise KeyboardInterrupt

        monkeypatch.setattr(render, "draw", interrupted)
        with pytest.raises(KeyboardInterrupt):
            picture.save(file)
        assert entries(tmp_path) == ["picture.svg"]
        assert file.read_text(encoding="utf-8") == "old"

    @pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")
    def test_a_link_and_a_private_file_stay_what_they_are(self, picture, tmp_path):
        file, link = tmp_path / "real.gv", tmp_path / "link.gv"
        file.write_text("old", encoding="utf-8")
        file.chmod(0o600)
        link.symlink_to(file)
        picture.save(link)
        assert link.is_symlink()
        assert file.read_text(encoding="utf-8") == picture.dot
        assert file.stat().st_mode & 0o777 == 0o600

    def test_importing_starts_nothing_and_brings_no_plotting_library(self, python):
        # import pygrad brought matplotlib along
        program = """if True:
            import sys
            import pygrad
            assert not {"pygrad.viz", "graphviz", "matplotlib"} & set(sys.modules)
            import subprocess
            def refuse(*args, **kwargs): raise AssertionError(args)
            subprocess.Popen = refuse
            import pygrad.viz
            assert "matplotlib" not in sys.modules
            from pygrad import Variable
            str(pygrad.viz.plot_graph(Variable(1.0) * 2))
            print("ok")
        """
        assert python(program) == "ok\n"


class TestWrongPlaces:
    @pytest.mark.parametrize("name", ["graph", "graph.jpg", "graph.", ".png", "graph.png.txt", ""])
    def test_an_unknown_suffix_names_those_that_are_known(self, picture, tmp_path, name):
        with pytest.raises(
            ArgumentError, match=r"known are \.dot, \.gv, \.mmd, \.pdf, \.png, \.svg"
        ):
            picture.save(os.path.join(tmp_path, name))
        assert entries(tmp_path) == []

    @pytest.mark.parametrize("path", [3, None, b"graph.png", ["graph.png"]])
    def test_what_is_no_path(self, picture, path):
        with pytest.raises(DtypeError, match="expected a str or a path"):
            picture.save(path)

    @pytest.mark.parametrize("suffix", [".svg", ".gv"])
    def test_a_folder_that_is_not_there(self, picture, tmp_path, suffix):
        with pytest.raises(MissingFolderError, match=r"missing' is not there; make it first") as e:
            picture.save(tmp_path / "missing" / f"graph{suffix}")
        assert isinstance(e.value, PyGradError)
        assert isinstance(e.value, FileNotFoundError)
        assert entries(tmp_path) == []

    def test_a_missing_folder_is_noticed_before_anything_is_drawn(
        self, picture, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(render, "draw", lambda *args: pytest.fail("drawn in vain"))
        with pytest.raises(MissingFolderError):
            picture.save(tmp_path / "missing" / "graph.svg")

    def test_a_folder_that_is_a_file(self, picture, tmp_path):
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(PictureFileError, match="is not there"):
            picture.save(tmp_path / "file" / "graph.gv")

    def test_a_file_that_is_a_folder(self, picture, tmp_path):
        (tmp_path / "graph.gv").mkdir()
        with pytest.raises(
            PictureFileError, match=r"graph\.gv' cannot be written: is a directory; name"
        ):
            picture.save(tmp_path / "graph.gv")
        assert entries(tmp_path) == ["graph.gv"]

    @pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
    def test_a_folder_that_cannot_be_written_to(self, picture, tmp_path, monkeypatch):
        folder = tmp_path / "locked"
        folder.mkdir(mode=0o500)
        if os.access(folder, os.W_OK):  # root may write everywhere

            def refused(*args, **kwargs):
                raise PermissionError(13, "Permission denied")

            monkeypatch.setattr("builtins.open", refused)
        with pytest.raises(PictureFileError, match="permission denied; name another place") as e:
            picture.save(folder / "graph.gv")
        assert e.value.errno == 13

    @pytest.mark.parametrize("dpi", [0, -1, float("nan"), float("inf"), "200", True])
    def test_a_dpi_that_is_no_positive_number(self, picture, tmp_path, dpi):
        with pytest.raises(ArgumentError, match=r"dpi is .*; it must be a positive number"):
            picture.save(tmp_path / "graph.png", dpi=dpi)
        assert entries(tmp_path) == []
