"""docs/plugins.md names every hook, with its exact arguments, and shows real files."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
SPECS = [f"pygrad.{part}.hookspecs" for part in ("plugins", "nn", "data", "viz")]


def hooks():
    """Every hook with its page, as its page declares it."""
    for page in SPECS:
        for name, hook in vars(importlib.import_module(page)).items():
            if name.startswith("register_"):
                yield page, name, hook


def test_each_has_a_heading_with_its_arguments_and_no_heading_is_left_over():
    declared = [
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for _, name, hook in hooks()
    ]
    documented = re.findall(r"^### `(register_.*)`$", PAGE, re.MULTILINE)
    assert documented == declared


@pytest.mark.parametrize("spec", SPECS)
def test_a_page_of_hooks_exports_them_all_and_nothing_else(spec):
    page = importlib.import_module(spec)
    names = sorted(name for declared, name, _ in hooks() if declared == spec)
    assert sorted(page.__all__) == names
    assert len(Path(page.__file__).read_text().splitlines()) <= 60  # one page


@pytest.mark.parametrize(("spec", "name", "hook"), list(hooks()))
def test_each_says_in_a_line_what_to_register(spec, name, hook):
    assert inspect.getdoc(hook).startswith("Offer ")
    assert list(inspect.signature(hook).parameters) == ["register"]


def test_the_page_shows_the_plugins_own_files():
    shown = [
        "pyproject.toml",
        *(f"src/pygrad_swish/{name}.py" for name in ("__init__", "function", "layer")),
    ]
    for name in shown:
        text = (ROOT / "examples" / "pygrad-swish" / name).read_text(encoding="utf-8")
        assert f"\n{text}```" in PAGE, name


def test_the_table_of_missing_parts_is_complete():
    # the message that says what to install must know every hook of the parts
    from pygrad.plugins.registry import PART_OF_KIND

    for spec, name, _ in hooks():
        part = spec.split(".")[1]
        if part != "plugins":
            assert PART_OF_KIND[name.removeprefix("register_")] == part
