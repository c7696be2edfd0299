"""Plugins for tests: by hand in this process, or installed on the path of another one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import pygrad


@pytest.fixture
def add() -> Iterator[Callable[..., None]]:
    """Register a plugin by hand; afterwards it is gone."""
    added = []

    def add(plugin: object, name: str) -> None:
        pygrad.plugins.register(plugin, name)
        added.append(name)

    yield add
    for name in added:
        pygrad.plugins.unregister(name)


class Site:
    """A folder with installed distributions, and Python processes that have it on their path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self, distribution: str, source: str, *, version: str = "1.0", entry_points: str = ""
    ) -> None:
        """Install a distribution of one module; its entry point has the module's name."""
        module = distribution.replace("-", "_")
        (self.folder / f"{module}.py").write_text(dedent(source))
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata)
        announced = dedent(entry_points) or f"[pygrad]\n{module} = {module}\n"
        (info / "entry_points.txt").write_text(announced)

    def run(self, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program in a fresh process; it must succeed."""
        kept = {name: value for name, value in os.environ.items() if name != "PYGRAD_PLUGINS"}
        done = subprocess.run(
            [sys.executable, "-c", dedent(program)],
            env=kept | {"PYTHONPATH": str(self.folder)} | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
