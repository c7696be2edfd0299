"""From DOT text to a drawing in a file. This module alone starts programs and writes files.

Two programs draw: Graphviz's own ``dot`` where the machine has it, and ``graphviz-pure``, a small
one that comes with ``pip install 'pygrad[viz]'``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from numbers import Real
from pathlib import Path
from typing import NamedTuple, NoReturn

from pygrad.exceptions import ArgumentError, DtypeError, PyGradError
from pygrad.files import replacing

__all__ = [
    "DRAWN",
    "MissingFolderError",
    "NoDrawingError",
    "PictureFileError",
    "check_dpi",
    "draw",
    "target",
    "write",
]

DRAWN = (".pdf", ".png", ".svg")
WRITTEN = (".dot", ".gv", ".mmd")
"""Formats that are text, and need no program."""

_DPI = 200  # a PNG for slides: 72 would be a dot for each point, too coarse to be enlarged


class PictureFileError(PyGradError, OSError):
    """A picture that the system does not let us write."""


class MissingFolderError(PictureFileError, FileNotFoundError):
    """The folder that a picture is to lie in is not there."""


class NoDrawingError(PyGradError):
    """No program on this machine could make the drawing. `Picture.save` warns instead."""


class _Program(NamedTuple):
    name: str
    path: str
    formats: tuple[str, ...]


def draw(dot: str, suffix: str, dpi: float | None = None, timeout: float | None = None) -> bytes:
    """Draw DOT text with the first program that can.

    Parameters
    ----------
    dot : str
        The graph.
    suffix : str
        The format: one of ``DRAWN``.
    dpi : float, optional
        Dots per inch of a PNG.
    timeout : float, optional
        Seconds until a program is stopped.

    Raises
    ------
    NoDrawingError
        If there is no such program, or none succeeds; it says why and what to do.
    """
    programs = _programs()
    reasons = []
    for program in programs:
        if suffix not in program.formats:
            continue
        command = [program.path, f"-T{suffix[1:]}"]
        if suffix == ".png":
            command.append(f"-Gdpi={float(dpi or _DPI)}")
        try:
            return _output(command, dot, timeout)
        except subprocess.TimeoutExpired:
            reasons.append(f"{program.name} took more than {timeout:g} s")
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(f"{program.name} failed: {error}")
    if reasons:
        raise NoDrawingError("; ".join(reasons))
    if programs:
        raise NoDrawingError(
            f"only Graphviz's dot draws {suffix}; save it as .svg or .png, or install Graphviz"
        )
    raise NoDrawingError(
        "there is no program that draws; get one with  pip install 'pygrad[viz]'  or install "
        "Graphviz"
    )


def target(path: str | os.PathLike[str]) -> tuple[Path, str]:
    """Where a picture is to be written, and in which format: its suffix says it.

    Raises
    ------
    ArgumentError
        If the suffix is not known.
    DtypeError
        If `path` is no path.
    """
    try:
        name = os.fspath(path)
    except TypeError:
        name = None
    if not isinstance(name, str):
        raise DtypeError(f"plot: expected a str or a path to write to, got {path!r}")
    suffix = Path(name).suffix.lower()
    if suffix not in (*DRAWN, *WRITTEN):
        raise ArgumentError(
            f"plot: {name!r} ends in {suffix or 'no suffix'}, which is no format for a picture; "
            f"known are {', '.join(sorted((*DRAWN, *WRITTEN)))}"
        )
    return Path(name), suffix


def check_dpi(dpi: object) -> None:
    """Refuse a dpi that is not a positive number."""
    if dpi is None:
        return
    value = 0.0 if isinstance(dpi, bool) or not isinstance(dpi, Real) else float(dpi)
    if not 0 < value < float("inf"):
        raise ArgumentError(f"plot: dpi is {dpi!r}; it must be a positive number, such as 300")


def write(path: Path, content: Callable[[], bytes]) -> None:
    """Write a file all at once: a failure leaves what was there before.

    Raises
    ------
    PictureFileError
        If the folder is not there (it is a FileNotFoundError then), or cannot be written to.
    """
    try:
        with replacing(path) as file:  # opened before drawing, which may take long
            file.write(content())
    except OSError as error:
        _refuse(path, error)


def _programs() -> list[_Program]:
    # an empty entry would mean the current folder, and run whatever lies there
    path = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    found = []
    if program := shutil.which("dot", path=os.pathsep.join(path)):
        found.append(_Program("dot", program, DRAWN))
    # pip puts it beside the interpreter, where PATH does not lead without an activated environment
    path.insert(0, sysconfig.get_path("scripts"))
    if program := shutil.which("graphviz-pure", path=os.pathsep.join(path)):
        found.append(_Program("graphviz-pure", program, (".png", ".svg")))
    return found


def _output(command: list[str], dot: str, timeout: float | None) -> bytes:
    done = subprocess.run(
        command,
        input=dot.encode(),
        capture_output=True,
        timeout=timeout,
        check=False,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows, no black window
    )
    if done.returncode or not done.stdout:
        complaint = " ".join(done.stderr.decode(errors="replace").split())
        raise subprocess.SubprocessError(complaint[:200] or f"exit code {done.returncode}")
    return done.stdout


def _refuse(path: Path, error: OSError) -> NoReturn:
    """Raise the system's refusal as an error that says what to do."""
    kind: type[PictureFileError] = PictureFileError
    if not path.parent.is_dir():
        kind = MissingFolderError
        advice = f"the folder {str(path.parent)!r} is not there; make it first"
    else:
        advice = (error.strerror or str(error)).lower() + "; name another place"
    refused = kind(f"plot: {str(path)!r} cannot be written: {advice}")
    refused.errno = error.errno
    raise refused from error
