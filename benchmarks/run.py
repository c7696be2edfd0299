"""Measure PyGrad beside PyTorch, NumPy written by hand, and its peers, in one process.

    python benchmarks/run.py                    all rows, with each set of BLAS kernels
    python benchmarks/run.py mlp tiny           the rows whose names contain a word
    python benchmarks/run.py --rounds 3         a quick look
    python benchmarks/run.py --threads 2        two threads, by the clock on the wall
    python benchmarks/run.py --json out.json    the numbers, for keeping

The candidates of a row take turns, in a new order each round, and what counts is the median of the
ratios to PyTorch of the same round. Before a time counts, the candidates' results are compared.
"bare" are the NumPy calls alone that the work cannot do without, with memory at hand: where a row
has it, the limit on this machine.
By default it is process time on one thread. The BLAS kernels in use are printed: OpenBLAS chooses
them by processor unless the environment forces others, so that is undone here; where they are for
AVX-512, everything is measured once more with those for AVX2. `--kernels Haswell` forces a set.
The exit code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path

PEERS = ("autograd", "mygrad", "jax")
AVX_512 = ("SkylakeX", "Cooperlake", "SapphireRapids")
SLACK_OF_THREADS = 1.25


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="run the rows whose names contain one of these")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--kernels", help="an OPENBLAS_CORETYPE, such as Haswell")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--no-targets", action="store_true", help="exit with 0 in any case")
    options = parser.parse_args()
    set_environment(options.kernels, options.threads)

    # OpenBLAS reads the environment when NumPy loads it, so the rows are imported only now
    from rows import PROCESSES, ROWS

    print(description(options.threads))
    chosen = [r for r in ROWS if asked_for(r, options.words)]
    found = []
    if chosen:
        print(heading())
    for row in chosen:
        ratios = measure(row, options.rounds, options.threads)
        target = target_of(row, options.threads)
        found.append({"row": row.name, "target": target, "targets": dict(row.targets), **ratios})
        print(line(row, ratios, target), flush=True)
    missed = [x["row"] for x in found if misses(x)]
    if options.threads == 1:
        for process in PROCESSES:
            if asked_for(process, options.words):
                ratio = process.measure(options.rounds)
                found.append({"row": process.name, "target": process.target, "pygrad": ratio})
                missed += [process.name] if ratio > process.target else []
                print(line(process, {"pygrad": ratio}, process.target), flush=True)
    if options.json:
        machine = description(options.threads)
        options.json.write_text(json.dumps({"machine": machine, "rows": found}, indent=1))
    if missed:
        print("missed: " + ", ".join(missed))
    code = 1 if missed and not options.no_targets else 0
    if kernels() in AVX_512 and not options.kernels and not options.no_targets:
        code |= once_more_with_avx2()
    return code


def asked_for(row, words) -> bool:
    return not words or any(word in row.name for word in words)


def set_environment(kernels: str | None, threads: int) -> None:
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    if kernels:
        os.environ["OPENBLAS_CORETYPE"] = kernels
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)


def once_more_with_avx2() -> int:
    print()
    command = [sys.executable, *sys.argv, "--kernels", "Haswell"]
    return subprocess.run(command, check=False).returncode


def measure(row, rounds: int, threads: int) -> dict[str, float]:
    """The medians over the rounds of each candidate's time as a multiple of PyTorch's."""
    import numpy as np

    clock = time.process_time if threads == 1 else time.perf_counter
    candidates = row.candidates()
    results = {name: c.result() for name, c in candidates.items() if name != "bare"}
    for name, result in results.items():
        for a, b in zip(result, results["torch"], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5, err_msg=f"{row.name}: {name}")
    times = {name: [] for name in candidates}
    order = list(candidates)
    for _ in range(rounds):
        random.shuffle(order)
        for name in order:
            step = candidates[name].step
            start = clock()
            for _ in range(row.repeat):
                step()
            times[name].append(clock() - start)
    t = {name: np.array(values) for name, values in times.items()}
    ratios = {name: float(np.median(t[name] / t["torch"])) for name in t if name != "torch"}
    if "numpy" in t:
        ratios["pygrad_to_numpy"] = float(np.median(t["pygrad"] / t["numpy"]))
    return {**ratios, "torch_seconds": float(np.median(t["torch"]) / row.repeat)}


def target_of(row, threads: int) -> float | None:
    name = "pygrad" if kernels() in AVX_512 else "pygrad_avx2"
    target = row.targets.get(name, row.targets.get("pygrad"))
    return target if target is None or threads == 1 else target * SLACK_OF_THREADS


def misses(found) -> bool:
    target, to_numpy = found["target"], found["targets"].get("pygrad_to_numpy")
    return (target is not None and found["pygrad"] > target) or (
        to_numpy is not None and found["pygrad_to_numpy"] > to_numpy
    )


def heading() -> str:
    names = "".join(f"{name:>10}" for name in PEERS)
    columns = "".join(f"{name:>8}" for name in ("bare", "by hand", "PyGrad", "target"))
    return f"\n{'row':42}{columns}{'PyGrad/hand':>14}{names}"


def line(row, ratios, target) -> str:
    def number(value, width):
        return " " * width if value is None else f"{value:{width}.2f}"

    text = f"{row.name:42}{number(ratios.get('bare'), 8)}{number(ratios.get('numpy'), 8)}"
    text += number(ratios["pygrad"], 8)
    text += f"{number(target, 8)}{number(ratios.get('pygrad_to_numpy'), 7)}"
    limit = getattr(row, "targets", {}).get("pygrad_to_numpy")
    text += f" ({limit:.2f})" if limit else " " * 7
    text += "".join(number(ratios.get(name), 10) for name in PEERS)
    missed = target is not None and ratios["pygrad"] > target
    missed |= limit is not None and ratios["pygrad_to_numpy"] > limit
    return text.rstrip() + ("   missed" if missed else "")


def kernels() -> str:
    """The set of kernels that NumPy's BLAS uses, as OpenBLAS calls it."""
    from threadpoolctl import threadpool_info

    pools = [p for p in threadpool_info() if p["user_api"] == "blas"]
    return pools[0].get("architecture", "?") if pools else "?"


def description(threads: int) -> str:
    import numpy as np
    import torch
    from threadpoolctl import threadpool_info

    torch.set_num_threads(threads)
    blas = [
        f"{p['internal_api']} {p['version']} {p.get('architecture', '?')}, threads: "
        f"{p['num_threads']}"
        for p in threadpool_info()
        if p["user_api"] == "blas"
    ]
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}"
    )
    clock = "process time" if threads == 1 else "time on the wall"
    return "\n".join([versions, *blas, f"{clock} as multiples of PyTorch's, medians"])


if __name__ == "__main__":
    sys.exit(main())
