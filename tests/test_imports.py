"""The import rule: imports run downhill only, as docs/how-it-works.md draws it.

    numpy, pluggy  <-  core  <-  nn, data, viz        nn, data and viz never import one another
    inside core:   exceptions, mode, kernels  <-  function  <-  ops, backward  <-  variable
                   <-  linearization  <-  fft, linalg, functions, transforms, testing, optimize
                   plugins and the command stand beside

Read from the sources, imports inside functions included: one of those is an import all the same.
What stands under ``if TYPE_CHECKING:`` is for type checkers, and never happens.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pygrad import _lazy, functions
from pygrad.engine import numpy_protocols

ROOT = Path(__file__).resolve().parents[1]

# The one program that stands outside the rule: it uses everything, inside its function.
EXCEPTION = "pygrad.cli.demo"

# What each part may import from outside, beside the standard library.
OUTSIDE = {
    "core": {"numpy", "pluggy", "scipy", "threadpoolctl"},
    "nn": {"numpy", "safetensors", "tqdm"},
    "data": {"numpy", "platformdirs", "tqdm"},
    "viz": {"numpy", "graphviz"},
}

# pygrad-core from the bottom up: a module imports from its own level and from those below. The rest
# of the engine stands with `function`, which it serves.
LEVELS = [
    ["pygrad.exceptions"],
    [
        "pygrad.engine.binding",
        "pygrad.engine.kernels",
        "pygrad.engine.mode",
        "pygrad.files",
        "pygrad.dtypes",
        "pygrad.randomness",
    ],
    ["pygrad.engine"],
    ["pygrad.engine.ops", "pygrad.engine.backward"],
    ["pygrad.variable"],
    ["pygrad.engine.linearization", "pygrad.engine.checkpointing"],
    [
        "pygrad.fft",
        "pygrad.functions",
        "pygrad.linalg",
        "pygrad.optimize",
        "pygrad.transforms",
        "pygrad.testing",
    ],
]
# Not for the levels up to `variable`; these may import from every level.
BESIDE = ["pygrad.plugins", "pygrad.cli", "pygrad.__main__", "pygrad._lazy"]

# Modules that are imported by name when they are first asked for, and who asks. Imports written as
# statements run downhill; these are looked up when everything is there.
LATE = {
    "pygrad._lazy": {"pygrad.fft", "pygrad.linalg", "pygrad.optimize", "pygrad.testing"},
    "pygrad.engine.numpy_protocols": {"pygrad.engine.ops.late", "pygrad.fft", "pygrad.linalg"},
    "pygrad.engine.absent": {"pygrad.engine.ops.late"},
    "pygrad.functions": {"pygrad.fft", "pygrad.linalg"},
}


class Import(NamedTuple):
    """One import statement's target, and where it stands."""

    importer: str
    target: str
    line: int
    inside: bool  # a function

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


def sources() -> dict[str, Path]:
    """Every module of the four packages, by its name."""
    found = {}
    for folder in sorted(ROOT.glob("packages/*/src")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


SOURCES = sources()


def imports_of(module: str, path: Path) -> Iterator[Import]:
    yield from _walk(module, ast.parse(path.read_text(encoding="utf-8")), inside=False)


def _walk(module: str, tree: ast.AST, *, inside: bool) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno, inside)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno}: imports are absolute"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                target = submodule if submodule in SOURCES else f"{node.module}"
                yield Import(module, target, node.lineno, inside)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            assert ast.unparse(node.test) == "TYPE_CHECKING", f"{module}:{node.lineno}"
            for statement in node.orelse:
                yield from _walk(module, statement, inside=inside)
        else:
            is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from _walk(module, node, inside=inside or is_function)


IMPORTS = [found for module, path in SOURCES.items() for found in imports_of(module, path)]


def part_of(module: str) -> str | None:
    """core, nn, data or viz; None for what is not PyGrad's."""
    package, *rest = module.split(".")
    if package != "pygrad":
        return None
    return rest[0] if rest and rest[0] in ("nn", "data", "viz") else "core"


def is_in(module: str, names: list[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def level_of(module: str) -> int | None:
    """The level in core, the one with the longest name that fits; None for what is in none."""
    fitting = {
        name: level for level, names in enumerate(LEVELS) for name in names if is_in(module, [name])
    }
    return fitting[max(fitting, key=len)] if fitting else None


def test_there_is_something_to_look_at():
    # an empty list of imports would pass every test below
    assert len(IMPORTS) > 100
    assert {part_of(found.importer) for found in IMPORTS} == {"core", "nn", "data", "viz"}


def test_the_parts_import_core_and_never_one_another():
    wrong = [
        str(found)
        for found in IMPORTS
        if part_of(found.target) not in (None, "core", part_of(found.importer))
        and found.importer != EXCEPTION
    ]
    assert not wrong


def test_the_one_exception_imports_the_parts_inside_its_functions():
    used = [i for i in IMPORTS if i.importer == EXCEPTION and part_of(i.target) != "core"]
    parts = {part_of(found.target) for found in used} - {None}
    assert {"nn", "data"} <= parts <= {"nn", "data", "viz"}
    assert all(found.inside for found in used if part_of(found.target))


@pytest.mark.parametrize("part", OUTSIDE)
def test_a_part_imports_from_outside_what_it_declares(part):
    allowed = OUTSIDE[part] | sys.stdlib_module_names | {"pygrad"}
    wrong = [
        str(found)
        for found in IMPORTS
        if part_of(found.importer) == part
        and found.importer != EXCEPTION
        and found.target.split(".")[0] not in allowed
    ]
    assert not wrong


def test_every_module_of_core_has_its_place():
    core = {module for module in SOURCES if part_of(module) == "core"} - {"pygrad"}
    lost = [module for module in core if level_of(module) is None and not is_in(module, BESIDE)]
    assert not lost, f"give {lost} a place in LEVELS, and in docs/how-it-works.md"


def test_imports_in_core_run_downhill():
    wrong = []
    for found in IMPORTS:
        here, there = level_of(found.importer), level_of(found.target)
        if here is not None and there is not None and there > here:
            wrong.append(str(found))
    assert not wrong


def test_nothing_up_to_variable_knows_of_plugins_or_the_command():
    top = level_of("pygrad.variable")
    lower = {m for m in SOURCES if level_of(m) is not None and level_of(m) <= top}
    wrong = [str(i) for i in IMPORTS if i.importer in lower and is_in(i.target, BESIDE)]
    assert not wrong


def test_no_level_goes_through_the_door():
    # `from pygrad import Variable` inside core would be a circle
    wrong = [str(i) for i in IMPORTS if i.target == "pygrad" and level_of(i.importer) is not None]
    assert not wrong


def test_what_core_imports_by_name_is_listed():
    named = {
        module
        for module, path in SOURCES.items()
        if part_of(module) == "core"
        and not is_in(module, ["pygrad.cli"])
        and "import_module(" in path.read_text(encoding="utf-8")
    }
    assert named == LATE.keys()
    late = {*numpy_protocols.LATER.values(), numpy_protocols.LATE}
    assert late == LATE["pygrad.engine.numpy_protocols"]
    assert {f"pygrad.{name}" for name in functions._LATER} == LATE["pygrad.functions"]
    assert {f"pygrad.{name}" for name in _lazy.LATER} == LATE["pygrad._lazy"]
    assert set().union(*LATE.values()) <= SOURCES.keys()


def test_there_is_no_circle():
    below: dict[str, set[str]] = {module: set() for module in SOURCES}
    for found in IMPORTS:
        if not found.inside and found.target in SOURCES:
            below[found.importer].add(found.target)
    at_rest: set[str] = set()
    while ready := {module for module in below.keys() - at_rest if below[module] <= at_rest}:
        at_rest |= ready
    assert not below.keys() - at_rest, sorted(below.keys() - at_rest)


def test_pluggy_is_imported_in_one_place():
    importers = {found.importer for found in IMPORTS if found.target.split(".")[0] == "pluggy"}
    assert importers == {"pygrad.plugins.manager"}


def test_scipy_is_imported_in_one_function():
    found = [
        i for i in IMPORTS if i.target.split(".")[0] == "scipy" and part_of(i.importer) == "core"
    ]
    assert {(i.importer, i.inside) for i in found} == {("pygrad.optimize", True)}


def test_data_deals_in_arrays_and_never_in_variables():
    wrong = [
        str(found)
        for found in IMPORTS
        if part_of(found.importer) == "data"
        and part_of(found.target) == "core"
        and (level := level_of(found.target)) is not None
        and level > level_of("pygrad.randomness")
    ]
    names = [
        f"{module} imports {alias.name}"
        for module, path in SOURCES.items()
        if part_of(module) == "data"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "pygrad"
        for alias in node.names
        if alias.name in ("Function", "Parameter", "Variable", "as_variable", "functions", "grad")
    ]
    assert not wrong + names


@pytest.mark.parametrize("module", ["pygrad", "pygrad.nn", "pygrad.data", "pygrad.viz"])
def test_an_import_leaves_the_environment_as_it_is(module):
    # emptied, because what an import sets is inherited from this process, which has imported it
    program = (
        "import os, sys\n"
        "os.environ.clear()\n"
        "limit = sys.getrecursionlimit()\n"
        f"import {module}\n"
        "assert not os.environ\n"
        "assert sys.getrecursionlimit() == limit\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
