"""The page of NumPy's functions says what is so, for the NumPy that is installed."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from pygrad import Variable
from pygrad.exceptions import PyGradError, UnsupportedError

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/numpy-functions.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(np\.[\w.]+)` \| (.*) \|$", PAGE, re.MULTILINE))

_spec = importlib.util.spec_from_file_location("make", ROOT / "docs/make_numpy_functions.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)

INSTALLED = {
    name: function
    for module, ufuncs in make.SECTIONS.values()
    for name, function in make.names_of(module, ufuncs)
}


def version(text):
    return tuple(map(int, text.split(".")[:2]))


WRITTEN_FOR = re.search(r"every public function of NumPy (\S+?)\. It", PAGE)[1]


def test_the_rows_of_the_page_are_those_that_the_code_gives():
    stale = [
        name
        for name in ROWS.keys() & INSTALLED.keys()
        if ROWS[name] != " | ".join(make.state(name, INSTALLED[name]))
    ]
    assert not stale, "run  python docs/make_numpy_functions.py"


def test_the_whole_page_is_what_the_newest_numpy_gives():
    if version(np.__version__) == version(WRITTEN_FOR):
        assert make.page() == PAGE, "run  python docs/make_numpy_functions.py"
    else:  # another NumPy has other names; those that both have are compared above
        assert len(ROWS.keys() & INSTALLED.keys()) > 400


def test_the_page_lists_everything_and_its_legend_explains_every_word():
    assert len(ROWS) > 430
    assert {"np.exp", "np.add", "np.linalg.solve", "np.fft.rfft", "np.einsum"} <= ROWS.keys()
    for kind in {row.split(" | ")[0] for row in ROWS.values()}:
        assert f"- **{kind}**" in PAGE


@pytest.mark.parametrize(
    "name", [name for name in INSTALLED if make.state(name, INSTALLED[name])[0] == make.NO_RULE]
)
def test_what_has_no_rule_raises_an_error_that_names_it(name):
    function, x = INSTALLED[name], Variable(np.ones((2, 2)))
    if isinstance(function, np.ufunc):
        with pytest.raises(
            UnsupportedError, match=f"np.{function.__name__} has no derivative rule"
        ):
            function(*[x] * function.nin)
    elif hasattr(function, "_implementation"):
        with pytest.raises(
            UnsupportedError, match=re.escape(f"{function.__name__} has no derivat")
        ):
            x.__array_function__(function, (Variable,), (x,), {})
    elif name not in ("np.asmatrix", "np.bmat", "np.arange", "np.kaiser", "np.full", "np.fromiter"):
        with pytest.raises(PyGradError, match="would be lost"):
            function(x)


def test_every_advice_is_about_a_function_without_a_rule():
    for name in make.ADVICE:
        if name in INSTALLED:
            assert make.state(name, INSTALLED[name])[0] == make.NO_RULE, name
