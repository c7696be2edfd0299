"""Five distributions under one import name: their versions, their pins, and what is in them."""

from __future__ import annotations

import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import pygrad

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "data", "nn", "viz")


def project(folder: Path) -> dict:
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


META = project(ROOT)
PACKAGES = {part: project(ROOT / "packages" / f"pygrad-{part}") for part in PARTS}


def test_all_five_versions_and_the_module_agree():
    versions = {META["name"]: META["version"], "__version__": pygrad.__version__}
    versions |= {package["name"]: package["version"] for package in PACKAGES.values()}
    assert len(versions) == 6
    assert set(versions.values()) == {pygrad.__version__}, versions


def test_the_meta_distribution_pins_every_part_to_its_own_version():
    requirements = [*META["dependencies"]]
    for extra in META["optional-dependencies"].values():
        requirements += extra
    pinned = {requirement.partition("==")[2] for requirement in requirements}
    assert pinned == {META["version"]}, requirements


def test_the_parts_ask_for_a_core_that_is_compatible():
    major, minor, _ = META["version"].split(".")
    for part in ("data", "nn", "viz"):
        assert f"pygrad-core~={major}.{minor}" in PACKAGES[part]["dependencies"]


def test_the_extra_all_is_all_the_others_together():
    extras = META["optional-dependencies"]
    assert sorted(extras) == ["all", "data", "nn", "viz"]
    assert sorted(extras["all"]) == sorted(extras["data"] + extras["nn"] + extras["viz"])


def test_all_five_ask_for_the_same_pythons():
    assert {META["requires-python"], *(p["requires-python"] for p in PACKAGES.values())} == {
        ">=3.11"
    }


@pytest.mark.parametrize("part", PARTS)
def test_a_part_announces_itself_as_a_plugin(part):
    (name,) = PACKAGES[part]["entry-points"]["pygrad"]
    assert name == part


@pytest.mark.parametrize("part", PARTS)
def test_every_licence_is_the_same_text(part):
    licence = (ROOT / "LICENSE").read_text()
    assert (ROOT / "packages" / f"pygrad-{part}" / "LICENSE").read_text() == licence


@pytest.fixture(scope="module")
def contents(wheels):
    """What each wheel holds, its metadata apart."""
    held = {}
    for name, wheel in wheels.items():
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
        held[name] = {entry for entry in names if ".dist-info/" not in entry}
    return held


class TestWheels:
    def test_the_meta_distribution_holds_nothing(self, contents):
        assert contents["pygrad"] == set()

    def test_only_core_has_the_door(self, contents):
        assert [name for name, held in contents.items() if "pygrad/__init__.py" in held] == [
            "pygrad-core"
        ]

    @pytest.mark.parametrize("part", ["data", "nn", "viz"])
    def test_a_part_holds_its_folder_and_no_more(self, contents, part):
        held = contents[f"pygrad-{part}"]
        assert f"pygrad/{part}/__init__.py" in held
        assert f"pygrad/{part}/_plugin.py" in held
        assert all(entry.startswith(f"pygrad/{part}/") for entry in held)

    def test_no_file_is_in_two(self, contents):
        everything = [entry for held in contents.values() for entry in held]
        assert len(everything) == len(set(everything))

    @pytest.mark.parametrize("part", PARTS)
    def test_each_says_that_it_is_typed(self, contents, part):
        folder = "pygrad" if part == "core" else f"pygrad/{part}"
        assert f"{folder}/py.typed" in contents[f"pygrad-{part}"]

    @pytest.mark.parametrize("part", PARTS)
    def test_each_carries_licence_and_readme(self, wheels, part):
        info = f"pygrad_{part}-{pygrad.__version__}.dist-info"
        with zipfile.ZipFile(wheels[f"pygrad-{part}"]) as archive:
            licence = archive.read(f"{info}/licenses/LICENSE")
            metadata = message_from_string(archive.read(f"{info}/METADATA").decode())
        assert licence.startswith(b"MIT License")
        assert metadata["License-Expression"] == "MIT"
        assert metadata.get_payload().startswith(f"# pygrad-{part}")

    def test_no_leftovers_get_in(self, contents):
        entries = set().union(*contents.values())
        tests = {entry for entry in entries if "/test" in entry}
        assert not {entry for entry in entries if "__pycache__" in entry}
        assert tests
        assert all(entry.startswith("pygrad/testing/") for entry in tests)

    def test_core_is_small(self, wheels):
        assert wheels["pygrad-core"].stat().st_size < 250_000
