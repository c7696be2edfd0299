"""The programs in examples/ that train or fit run as they stand, and get as far as they should."""

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


def test_a_gaussian_process_finds_the_curve_and_the_noise(tmp_path):
    printed = output_of("gaussian_process.py", tmp_path)
    (noise,) = re.findall(r"noise (\S+), really 0.2", printed)
    (error,) = re.findall(r"largest error of the curve: (\S+)", printed)
    assert abs(float(noise) - 0.2) < 0.05
    assert float(error) < 0.25


@pytest.mark.slow
def test_a_pendulums_length_and_friction_are_found_through_its_simulation(tmp_path):
    printed = output_of("pendulum.py", tmp_path)
    length, friction = re.findall(r"length (\S+) m, friction (\S+) /s", printed)[0]
    assert abs(float(length) - 0.7) < 0.01
    assert abs(float(friction) - 0.3) < 0.01


def test_the_weak_bar_of_a_truss_is_found_from_its_sagging(tmp_path):
    printed = output_of("truss.py", tmp_path)
    assert printed.endswith("bar 6 is weak, with 0.600 of the stiffness of the others\n")
