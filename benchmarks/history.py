"""The small rows of the benchmark, kept from run to run by pytest-benchmark.

    hatch run oracle:history

Each run is saved in .benchmarks/ and shown beside the last one. Absolute times change with the
machine's load: look at what changed against the line of PyTorch.
"""

from __future__ import annotations

import pytest
from rows import ROWS

SMALL = [row for row in ROWS if row.name.startswith(("chain", "expression", "tiny"))]


@pytest.mark.parametrize("who", ["pygrad", "torch", "numpy"])
@pytest.mark.parametrize("row", SMALL, ids=lambda row: row.name)
def test_step(benchmark, row, who):
    candidate = row.candidates()[who]
    candidate.result()
    benchmark(candidate.step)
