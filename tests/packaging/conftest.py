"""PyGrad as its users get it: wheels, installed into environments of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "pygrad": ROOT,
    "pygrad-core": ROOT / "packages" / "pygrad-core",
    "pygrad-data": ROOT / "packages" / "pygrad-data",
    "pygrad-nn": ROOT / "packages" / "pygrad-nn",
    "pygrad-viz": ROOT / "packages" / "pygrad-viz",
    "pygrad-swish": ROOT / "examples" / "pygrad-swish",
}


class Environment:
    """A virtual environment of its own."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")

    def install(self, *wheels: Path) -> None:
        # PyGrad's own names are given as files: on a registry they may mean something else. The
        # NumPy is the one that these tests run on.
        command = [self.scripts / "python", "-m", "pip", "install", "--quiet", *wheels]
        subprocess.run([*command, f"numpy=={np.__version__}"], check=True)

    def run(self, *command: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, and expect this exit code."""
        hidden = ("PYTHONPATH", "PYGRAD_PLUGINS")
        done = subprocess.run(
            [self.scripts / command[0], *command[1:]],
            env={name: value for name, value in os.environ.items() if name not in hidden},
            cwd=self.scripts,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def python(self, program: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run("python", "-c", program, code=code)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every distribution's wheel, by the distribution's name."""
    built = {}
    for name, folder in FOLDERS.items():
        target = tmp_path_factory.mktemp(name)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (built[name],) = target.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def core_alone(wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("core") / "env")
    environment.install(wheels["pygrad-core"])
    return environment


@pytest.fixture(scope="session")
def everything(wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """All distributions, and the example of a third-party plugin."""
    environment = Environment(tmp_path_factory.mktemp("everything") / "env")
    environment.install(*wheels.values())
    return environment


@pytest.fixture(scope="session")
def core_and_swish(wheels, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("swish") / "env")
    environment.install(wheels["pygrad-core"], wheels["pygrad-swish"])
    return environment
