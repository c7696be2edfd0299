"""Families of functions that are imported on first use, however they are asked for."""

import subprocess
import sys

import pytest

QUANTILES = "assert 'pygrad.engine.ops.quantiles' {} sys.modules"


@pytest.mark.parametrize(
    "use",
    [
        "F.quantile(x, 0.5)",
        "np.quantile(x, 0.5)",
        "np.hypot(x, x)",  # a ufunc of another such family
        "np.hypot.outer(x, x)",
        "F.get('sort')",
        "from pygrad.functions import NanToNum",
        "from pygrad.functions import *",
    ],
)
def test_the_first_use_imports_them_and_import_pygrad_does_not(use):
    program = "\n".join(
        [
            "import sys, numpy as np, pygrad",
            "from pygrad import Variable, functions as F",
            "x = Variable([1.0, 2.0])",
            "np.exp(x) + F.sum(x)",
            QUANTILES.format("not in"),
            use,
            QUANTILES.format("in"),
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
