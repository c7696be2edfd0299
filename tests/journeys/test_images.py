"""The examples that train networks of images, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def printed_by(example, folder):
    # one thread: two that share a busy processor wait for one another
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / f"{example}.py"],
        cwd=folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not list(folder.iterdir()), "an example leaves no files behind unasked"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("example", "least"), [("lenet_digits", 98.5), ("lenet_mnist", 97.0)])
def test_lenet_reads_digits(example, least, tmp_path):
    (accuracy,) = re.findall(r"test accuracy: ([\d.]+)%", printed_by(example, tmp_path))
    assert float(accuracy) >= least


@pytest.mark.slow
def test_the_autoencoder_keeps_more_than_principal_components_of_the_same_number(tmp_path):
    ours, linear = re.findall(r"0\.\d+", printed_by("autoencoder", tmp_path))
    assert float(ours) < 0.7 * float(linear)
