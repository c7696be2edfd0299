"""Measure PyGrad beside PyTorch and NumPy written by hand, in one process.

    python benchmarks/run.py                    all rows
    python benchmarks/run.py mlp tiny           the rows whose names contain a word
    python benchmarks/run.py --rounds 3         a quick look
    python benchmarks/run.py --json out.json    the numbers, for keeping

The candidates of a row take turns, in a new order each round, and what counts is the median of the
ratios to PyTorch of the same round. Before a time counts, the candidates' results are compared.
One thread, process time. The BLAS kernels in use are printed: OpenBLAS chooses them by processor
unless the environment forces others, so that is undone here; `--kernels Haswell` forces a set.
The exit code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run the rows whose names contain one of these")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--kernels", help="an OPENBLAS_CORETYPE, such as Haswell")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--no-targets", action="store_true", help="exit with 0 in any case")
    options = parser.parse_args()
    set_environment(options.kernels)

    # OpenBLAS reads the environment when NumPy loads it, so the rows are imported only now
    from rows import ROWS

    print(description())
    chosen = [r for r in ROWS if not options.words or any(w in r.name for w in options.words)]
    found = []
    print(f"\n{'row':38}{'by hand':>9}{'PyGrad':>9}{'target':>9}{'PyGrad / by hand':>18}")
    for row in chosen:
        ratios = measure(row, options.rounds)
        found.append({"row": row.name, "targets": row.targets, **ratios})
        print(line(row, ratios), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"machine": description(), "rows": found}, indent=1))
    missed = [r for r in chosen for x in found if x["row"] == r.name and misses(r, x)]
    return 1 if missed and not options.no_targets else 0


def set_environment(kernels: str | None) -> None:
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    if kernels:
        os.environ["OPENBLAS_CORETYPE"] = kernels
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def measure(row, rounds: int) -> dict[str, float]:
    """The medians over the rounds of each candidate's time as a multiple of PyTorch's."""
    import numpy as np

    candidates = row.candidates()
    results = {name: candidate.result() for name, candidate in candidates.items()}
    for name, result in results.items():
        for a, b in zip(result, results["torch"], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5, err_msg=f"{row.name}: {name}")
    times = {name: [] for name in candidates}
    order = list(candidates)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            step = candidates[name].step
            start = time.process_time()
            for _ in range(row.repeat):
                step()
            times[name].append(time.process_time() - start)
    t = {name: np.array(values) for name, values in times.items()}
    return {
        "pygrad": float(np.median(t["pygrad"] / t["torch"])),
        "numpy": float(np.median(t["numpy"] / t["torch"])),
        "pygrad_to_numpy": float(np.median(t["pygrad"] / t["numpy"])),
        "torch_seconds": float(np.median(t["torch"]) / row.repeat),
    }


def misses(row, ratios) -> bool:
    return any(ratios[name] > target for name, target in row.targets.items())


def line(row, ratios) -> str:
    text = f"{row.name:38}{ratios['numpy']:9.2f}{ratios['pygrad']:9.2f}"
    text += f"{row.targets.get('pygrad', float('nan')):9.2f}{ratios['pygrad_to_numpy']:12.2f}"
    if "pygrad_to_numpy" in row.targets:
        text += f" ({row.targets['pygrad_to_numpy']:.2f})"
    return text + ("   missed" if misses(row, ratios) else "")


def description() -> str:
    import numpy as np
    import torch

    torch.set_num_threads(1)
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}"
    )
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        kernels = "BLAS kernels unknown: threadpoolctl is not installed"
    else:
        pools = [p for p in threadpool_info() if p["user_api"] == "blas"]
        kernels = "; ".join(
            f"{p['internal_api']} {p['version']} {p.get('architecture', '?')}, "
            f"{p['num_threads']} thread"
            for p in pools
        )
    return f"{versions}\n{kernels}\ntimes as multiples of PyTorch's, medians"


if __name__ == "__main__":
    sys.exit(main())
