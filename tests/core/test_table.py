"""Every row of the table of cases, and that every function has one."""

import pytest
from table import CASES

from pygrad import functions as F
from pygrad.engine.ops import plain  # what is not differentiated: see test_plain.py


@pytest.mark.parametrize("name", CASES)
def test_the_function_and_its_derivatives_are_right(name):
    CASES[name].check()


def test_every_public_function_has_a_row():
    covered = {name.split(",")[0] for name in CASES}
    functions = {n for n in F.__all__ if n[0].islower()} - {"get", "names"} - set(plain.__all__)
    assert functions - covered == set()
    assert covered - functions == set()
