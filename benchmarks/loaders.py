"""An epoch of a loader: 60,000 images in memory; and, run by itself, many small JPEG files.

    python benchmarks/loaders.py            10,000 JPEG files, two workers; needs Pillow
    python benchmarks/loaders.py --files N

Files are read by other processes, so what counts there is the time on the clock; that of the
processors is shown beside it, for a machine that has other things to do. The loaders take turns,
and the medians of the ratios to PyTorch of the same round are shown.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from pygrad.data import DataLoader, Dataset


def candidates(n: int = 60_000, features: int = 784, batch: int = 64) -> dict[str, SimpleNamespace]:
    """One shuffled epoch over the same arrays. By hand: a permutation and fancy indexing."""
    rng = np.random.default_rng(0)
    x = rng.random((n, features), dtype=np.float32)
    labels = rng.integers(0, 10, n)
    of_pygrad = DataLoader(Dataset(x, labels), batch, seed=0)
    tensors = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(labels))
    of_torch = torch.utils.data.DataLoader(tensors, batch, shuffle=True)

    def by_hand():
        order = rng.permutation(n)
        for start in range(0, n, batch):
            part = order[start : start + batch]
            yield x[part], labels[part]

    return {
        "pygrad": epoch(lambda: of_pygrad),
        "torch": epoch(lambda: of_torch),
        "numpy": epoch(by_hand),
    }


def epoch(batches) -> SimpleNamespace:
    def step():
        for _ in batches():
            pass

    def result():
        # orders differ, but each sample comes once: the sums over the epoch agree
        total, count, labels = 0.0, 0, 0
        for x, y in batches():
            total = total + np.asarray(x).sum(axis=0, dtype=np.float64)
            count += len(x)
            labels += int(y.sum())
        return [total, np.array([count, labels])]

    return SimpleNamespace(step=step, result=result)


# ------------------------------------------------------------------------------ JPEG files


class Pictures:
    """Reads file number i; what both loaders are given."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i):
        from PIL import Image

        with Image.open(self.paths[i]) as image:
            return np.array(image.convert("RGB")), i % 10


def write_pictures(folder: Path, n: int) -> list[str]:
    from PIL import Image

    rng = np.random.default_rng(0)
    paths = []
    for i in range(n):
        # smooth, as photographs are: noise would make JPEG work that no picture makes it do
        small = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        paths.append(str(folder / f"{i}.jpg"))
        small.resize((64, 64), Image.Resampling.BICUBIC).save(paths[-1], quality=90)
    return paths


def pictures(n: int, rounds: int) -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        data = Pictures(write_pictures(Path(folder), n))
        settings = {"num_workers": 2, "prefetch": 2}
        loaders = {
            "PyTorch": torch.utils.data.DataLoader(
                data, 64, shuffle=True, num_workers=2, prefetch_factor=2
            ),
            "PyGrad, processes": DataLoader(data, 64, worker="process", **settings),
            "PyGrad, threads": DataLoader(data, 64, worker="thread", **settings),
        }
        times: dict[str, list[float]] = {name: [] for name in loaders}
        work: dict[str, list[float]] = {name: [] for name in loaders}
        names = list(loaders)
        for _ in range(rounds):
            random.shuffle(names)
            for name in names:
                start, before = time.perf_counter(), processor_time()
                seen = sum(len(labels) for _, labels in loaders[name])
                times[name].append(time.perf_counter() - start)
                work[name].append(processor_time() - before)
                assert seen == n
        print(f"{'':20}{'on the clock':>18}{'of the processors':>22}   (as multiples of PyTorch's)")
        for name in loaders:
            text = f"{name:20}"
            for measured in (times, work):
                pairs = zip(measured[name], measured["PyTorch"], strict=True)
                ratio = statistics.median(mine / theirs for mine, theirs in pairs)
                text += f"{statistics.median(measured[name]):10.2f} s{ratio:7.2f}"
            print(text)


def processor_time() -> float:
    """Seconds that this process and its finished children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(r.ru_utime + r.ru_stime for r in used)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pictures(options.files, options.rounds)
