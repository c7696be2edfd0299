"""The programs that draw, and readers of what they drew."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import sysconfig
from xml.etree import ElementTree

import pytest

SVG = "{http://www.w3.org/2000/svg}"
PURE = shutil.which("graphviz-pure", path=sysconfig.get_path("scripts"))


@pytest.fixture
def dot():
    """Graphviz's own dot."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("there is no dot on this machine: apt-get install graphviz")
    return program


@pytest.fixture
def pure():
    """The program of the package graphviz-pure."""
    if PURE is None:
        pytest.skip("graphviz-pure is not installed: pip install 'pygrad-viz[dot]'")
    return PURE


@pytest.fixture(params=["dot", "graphviz-pure"])
def program(request, monkeypatch):
    """Each program in turn, and the other out of sight."""
    if request.param == "dot":
        found = request.getfixturevalue("dot")
        monkeypatch.setattr(sysconfig, "get_path", lambda name: "/nowhere")
        monkeypatch.setenv("PATH", os.path.dirname(found))
    else:
        found = request.getfixturevalue("pure")
        monkeypatch.setenv("PATH", "/nowhere")
    return found


@pytest.fixture
def no_program(monkeypatch):
    """A machine on which nothing draws."""
    monkeypatch.setattr(sysconfig, "get_path", lambda name: "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def drawn_texts():
    """Read the texts in each node of an SVG, in order."""

    def read(svg):
        # where several spaces stand side by side, Graphviz makes some of them unbreakable
        return [
            "".join("".join(text.itertext()) for text in group.iter(f"{SVG}text")).replace(
                "\xa0", " "
            )
            for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
            if group.get("class") == "node"
        ]

    return read


@pytest.fixture
def drawn_edges():
    """Count the arrows in an SVG."""

    def count(svg):
        groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
        return sum(group.get("class") == "edge" for group in groups)

    return count


@pytest.fixture
def png_size():
    """Read the width and height that a PNG's header gives."""

    def read(path):
        content = path.read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert content[12:16] == b"IHDR"
        assert content[-8:-4] == b"IEND"
        return struct.unpack(">II", content[16:24])

    return read


@pytest.fixture
def python():
    """Run a program in a fresh interpreter; give back what it printed."""

    def run(program, **environment):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
