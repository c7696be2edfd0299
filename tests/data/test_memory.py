"""A loader over a file that may be larger than memory takes little of it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROWS, WIDTH = 65_536, 16_384  # of float32: 4 GiB

PROGRAM = f"""
import sys
from pathlib import Path
from pygrad.data import DataLoader, MemmapDataset

dataset = MemmapDataset(sys.argv[1])
options = {{"num_workers": 2}} if sys.argv[2] == "threads" else {{}}
rows = 0
for batch in DataLoader(dataset, 64, shuffle=sys.argv[2] != "in order", seed=0, **options):
    rows += len(batch)
    batch.sum(axis=0)  # every page of it is looked at
    if rows >= {ROWS} // 4:
        break  # a gigabyte shows what is kept
assert rows >= {ROWS} // 4
(line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(int(line.split()[1]) // 1024)
"""


@pytest.fixture(scope="module")
def huge_file(tmp_path_factory):
    """Four gigabytes of zeros, of which the disk holds none."""
    path = tmp_path_factory.mktemp("huge") / "x.npy"
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (ROWS, WIDTH)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + ROWS * WIDTH * 4)
    assert path.stat().st_size > 4 * 2**30
    yield path
    path.unlink()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
@pytest.mark.parametrize("how", ["shuffled", "in order", "threads"])
def test_a_loader_over_four_gigabytes_takes_less_than_200_megabytes(huge_file, how):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(huge_file), how],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert 20 < int(done.stdout) < 200
