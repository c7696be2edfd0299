"""Every row of the table of cases, and that every function has one."""

import pytest
from table import CASES

from pygrad import fft, linalg
from pygrad import functions as F


@pytest.mark.parametrize("name", CASES)
def test_the_function_and_its_derivatives_are_right(name):
    CASES[name].check()


def test_every_public_function_has_a_row():
    covered = {name.split(",")[0] for name in CASES}
    functions = {n for n in F.__all__ if n[0].islower()} - {"get", "names"}
    for module in (fft, linalg):
        prefix = module.__name__.removeprefix("pygrad.")
        functions |= {f"{prefix}.{n}" for n in module.__all__ if n[0].islower()}
    functions -= {"linalg.matrix_rank"}  # it has nothing to differentiate
    assert functions - covered == set()
    assert covered - functions == set()


@pytest.mark.parametrize("module", [F, fft, linalg], ids=lambda module: module.__name__)
def test_the_names_are_sorted_and_there(module):
    def rank(name):
        return (name[0].islower(), name) if module is not F else 0  # F has several to a line

    assert module.__all__ == sorted(module.__all__, key=rank)
    assert set(module.__all__) <= set(dir(module))
