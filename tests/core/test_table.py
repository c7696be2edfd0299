"""Every row of the table of cases, and that every function has one."""

import numpy as np
import pytest
import table_complex
import table_fourier
import table_linalg
from table import CASES

from pygrad import Variable, fft, linalg
from pygrad import functions as F
from pygrad.engine.ops import plain  # what is not differentiated: see test_plain.py
from pygrad.testing import check_gradients

# linear algebra has complex rows of its own: matrices that are Hermitian, for example
OF_COMPLEX = table_complex.MIXED | table_complex.complexified(
    {
        name: case
        for name, case in CASES.items()
        if name not in {**table_complex.ROWS, **table_fourier.ROWS, **table_linalg.ROWS}
    }
)


@pytest.mark.parametrize("name", CASES)
def test_the_function_and_its_derivatives_are_right(name):
    CASES[name].check()


@pytest.mark.parametrize("name", OF_COMPLEX)
def test_the_function_and_its_derivatives_are_right_for_complex_numbers(name):
    OF_COMPLEX[name].check()


@pytest.mark.parametrize("name", CASES)
def test_a_real_result_may_go_on_into_complex_numbers(name):
    """Then the gradient that comes back is complex, where all else is real."""
    case = CASES[name]

    def goes_on(*xs):
        y = case.function(*xs, **case.kwargs)
        y = y if isinstance(y, Variable) else F.concatenate(list(y), axis=None)
        return y * (0.5 - 2j)

    check_gradients(goes_on, [np.asarray(x) for x in case.inputs], case.order)


@pytest.mark.parametrize("name", OF_COMPLEX)
def test_a_complex_result_may_go_on_into_real_numbers(name):
    """Then the gradient that comes back is real, where all else is complex."""
    case = OF_COMPLEX[name]

    def goes_on(*xs):
        y = case.function(*xs, **case.kwargs)
        y = y if isinstance(y, Variable) else F.concatenate(list(y), axis=None)
        return y.real

    check_gradients(goes_on, [np.asarray(x) for x in case.inputs], order=1)


def test_every_public_function_has_a_row():
    covered = {name.split(",")[0] for name in CASES}
    functions = {n for n in F.__all__ if n[0].islower()} - {"get", "names"} - set(plain.__all__)
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
