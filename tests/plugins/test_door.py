"""`import pygrad`: what it exposes, and what it must not cost."""

from __future__ import annotations

import types

import pytest

import pygrad

LATER = {"fft", "hookimpl", "linalg", "optimize", "testing"}  # served on first use


def test_what_it_says_it_exports_is_what_it_exposes():
    exposed = {
        name
        for name, thing in vars(pygrad).items()
        if not name.startswith("_") and not isinstance(thing, types.ModuleType)
    }
    exposed -= {"TYPE_CHECKING", "annotations", "extend_path"}
    modules = {"exceptions", "functions", "plugins"}
    assert exposed - LATER | modules | {"__version__"} == set(pygrad.__all__) - LATER
    assert set(pygrad.__all__) >= LATER


def test_names_are_sorted_as_people_expect():
    def rank(name):
        return (not name.isupper(), not name[0].isupper(), name)  # constants, classes, the rest

    assert pygrad.__all__ == sorted(pygrad.__all__, key=rank)


@pytest.mark.parametrize("name", pygrad.__all__)
def test_every_name_is_there(name):
    assert getattr(pygrad, name) is not None
    assert name in dir(pygrad)


def test_no_name_may_be_absent():
    assert not {"data", "nn", "viz"} & set(pygrad.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'pygrad' has no attribute 'nope'"):
        pygrad.nope


@pytest.mark.parametrize(
    "module",
    [
        "argparse",
        "difflib",
        "importlib.metadata",
        "numpy.fft",
        "numpy.random",
        "pluggy",
        "pygrad.cli",
        "pygrad.data",
        "pygrad.fft",
        "pygrad.linalg",
        "pygrad.nn",
        "pygrad.optimize",
        "pygrad.plugins.manager",
        "pygrad.testing",
        "pygrad.viz",
    ],
)
def test_importing_it_does_not_import(site, module):
    # what NumPy itself imports is no cost of ours
    site.run(
        f"""
        import sys
        import numpy
        before = set(sys.modules)
        import pygrad
        assert {module!r} not in set(sys.modules) - before
        """
    )


def test_neither_pluggy_nor_numpy_random_come_with_it(site):
    site.run(
        """
        import sys
        import pygrad
        present = {"pluggy", "numpy.random", "numpy.fft", "importlib.metadata"} & set(sys.modules)
        assert not present, present
        """
    )


def test_the_parts_are_imported_on_first_use(site):
    site.run(
        """
        import sys
        import pygrad
        assert "pygrad.nn" not in sys.modules
        assert pygrad.nn is sys.modules["pygrad.nn"]
        """
    )


@pytest.mark.parametrize(
    "fault",
    [
        "import not_there_at_all",
        "from pygrad.exceptions import MissingPluginError\n"
        "raise MissingPluginError('not_there_at_all', name='pygrad-data')",
    ],
)
def test_what_a_part_itself_lacks_is_not_taken_for_its_own_absence(site, fault):
    part = site.folder / "parts" / "nn"
    part.mkdir(parents=True)
    (part / "__init__.py").write_text(fault)
    site.run(
        f"""
        import pygrad
        pygrad.__path__.insert(0, {str(part.parent)!r})
        try:
            pygrad.nn
        except ModuleNotFoundError as error:
            assert "not_there_at_all" in str(error), error
        else:
            raise SystemExit("no error")
        """
    )


@pytest.mark.parametrize("name", ["fft", "linalg"])
def test_numpys_modules_are_there_on_first_use_in_the_door_and_among_the_functions(site, name):
    site.run(
        f"""
        import sys
        import pygrad
        from pygrad import functions as F
        assert {name!r} in dir(F)
        assert "pygrad.{name}" not in sys.modules
        assert F.{name} is pygrad.{name} is sys.modules["pygrad.{name}"]
        """
    )


def test_numpys_own_call_loads_the_module_that_answers_it(site):
    site.run(
        """
        import sys
        import numpy as np
        import pygrad
        x = pygrad.Variable(np.eye(2))
        assert "pygrad.linalg" not in sys.modules
        try:
            np.linalg.inv(x)
        except pygrad.exceptions.UnsupportedError:
            pass
        assert "pygrad.linalg" in sys.modules
        assert "pygrad.fft" not in sys.modules
        """
    )
