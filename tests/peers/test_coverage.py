"""Every function has been put beside another library's, but for those listed here with a reason."""

import importlib.util
from pathlib import Path

import pytest

from pygrad import fft, linalg
from pygrad import functions as F

TABLES = ("AUTOGRAD", "PAIRS", "TORCH")

NO_ORACLE = {
    "dropout": "every library draws random numbers of its own",
}


def covered():
    """The functions that the tables of this folder have a row for: what stands before the comma."""
    found = set()
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if "optim" in path.name or path.name == Path(__file__).name:
            continue
        spec = importlib.util.spec_from_file_location(f"peers_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except pytest.skip.Exception:  # of what is compared with a library that is not here
            continue
        for table in TABLES:
            found |= {name.split(",")[0] for name in getattr(module, table, {})}
    return found


def test_every_function_has_been_put_beside_anothers_or_says_why_not():
    pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    exported = {*F.__all__, *linalg.__all__, *fft.__all__}
    functions = {name for name in exported if name[0].islower()} - {"get", "names"}
    beside = covered()
    assert functions - beside - NO_ORACLE.keys() == set()
    assert not beside & NO_ORACLE.keys(), "these have an oracle by now"
    assert NO_ORACLE.keys() <= functions
