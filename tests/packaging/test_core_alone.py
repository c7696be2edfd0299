"""pygrad-core without the other parts: it works, and says how to get what is not there."""

from __future__ import annotations

import pytest

PARTS = ("nn", "data", "viz")


def message(part: str) -> str:
    return f"No module named 'pygrad.{part}': install it with  pip install 'pygrad[{part}]'"


def test_derivatives_need_nothing_else(core_alone):
    program = "import pygrad; x = pygrad.Variable(3); (x * x).backward(); print(x.grad)"
    assert core_alone.python(program).stdout == "Variable(6)\n"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("statement", ["import pygrad.{}", "from pygrad import {}"])
def test_importing_a_missing_part_says_how_to_get_it(core_alone, part, statement):
    done = core_alone.python(statement.format(part), code=1)
    assert message(part) in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("pygrad.exceptions.MissingPluginError: ")


def test_importing_from_a_missing_part_says_it_too(core_alone):
    done = core_alone.python("from pygrad.data import DataLoader", code=1)
    assert message("data") in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("part", PARTS)
def test_an_attribute_that_is_a_missing_part(core_alone, part):
    core_alone.python(f"import pygrad; assert not hasattr(pygrad, '{part}')")
    done = core_alone.python(f"import pygrad; pygrad.{part}.anything", code=1)
    assert done.stderr.splitlines()[-1] == f"AttributeError: {message(part)}"


def test_it_can_be_caught_as_the_error_that_one_expects(core_alone):
    core_alone.python(
        "try:\n"
        "    import pygrad.nn\n"
        "except ModuleNotFoundError as error:\n"
        "    assert error.name == 'pygrad-nn'\n"
        "else:\n"
        "    raise SystemExit('it is there')\n"
    )


def test_other_missing_modules_are_none_of_our_business(core_alone):
    done = core_alone.python("import pygrad.nothing", code=1)
    assert done.stderr.splitlines()[-1] == ("ModuleNotFoundError: No module named 'pygrad.nothing'")
    done = core_alone.python("from pygrad import nothing", code=1)
    assert "ImportError: cannot import name 'nothing' from 'pygrad'" in done.stderr


@pytest.mark.parametrize(
    ("kind", "part"), [("layers", "nn"), ("datasets", "data"), ("plotters", "viz")]
)
def test_looking_up_a_name_of_a_missing_part(core_alone, kind, part):
    program = f"from pygrad.plugins import registry; registry('{kind}').get('anything')"
    last = core_alone.python(program, code=1).stderr.splitlines()[-1]
    assert last.startswith(f"pygrad.exceptions.MissingPluginError: {kind}: there is no ")
    assert last.endswith(f"install it with  pip install 'pygrad[{part}]'")


def test_the_names_of_a_missing_part_are_none(core_alone):
    core_alone.python(
        "from pygrad.plugins import registry; assert registry('layers').names() == []"
    )


def test_the_command_tells_what_is_not_installed(core_alone):
    lines = core_alone.run("pygrad", "info").stdout.splitlines()
    shown = dict(line.split(maxsplit=1) for line in lines if line.startswith("pygrad"))
    assert shown["pygrad-core"] == shown["pygrad"]
    assert {shown[f"pygrad-{part}"] for part in PARTS} == {"not installed"}
