"""Measure `import pygrad` beside `import numpy`: processes that take turns, medians of their times.

    python benchmarks/import_time.py            20 processes of each
    python benchmarks/import_time.py -n 100

Measure where PyGrad is installed from wheels: pip has compiled those, while an editable
installation may be compiled anew by each process. The exit code is 1 where the target is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

TARGET = 1.35


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=20, help="processes of each kind")
    n = parser.parse_args().n
    modules = ("numpy", "pygrad")
    times: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(n + 1):
        for module in modules:
            times[module].append(seconds_to_import(module))
    # the first of each warmed up the file system's cache
    numpy, pygrad = (statistics.median(times[module][1:]) for module in modules)
    print(
        f"import numpy {numpy * 1e3:.0f} ms, import pygrad {pygrad * 1e3:.0f} ms (medians of {n})"
    )
    print(f"ratio {pygrad / numpy:.2f}, to be at most {TARGET}")
    return int(pygrad / numpy > TARGET)


def seconds_to_import(module: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
