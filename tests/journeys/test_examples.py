"""The programs in examples/ that train: each runs as it stands, and gets as far as it should."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def output_of(name, folder):
    done = subprocess.run(
        [sys.executable, EXAMPLES / name], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_network_solves_the_heat_equation_to_one_percent(tmp_path):
    printed = output_of("pinn.py", tmp_path)
    (error,) = re.findall(r"relative L2 error: (\S+)", printed)
    assert float(error) < 1e-2
