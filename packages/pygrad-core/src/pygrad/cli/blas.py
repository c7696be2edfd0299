"""NumPy's library of matrix products, and whether it may use what the processor has."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["describe_blas", "simd", "warning_of_old_kernels"]

# OpenBLAS's kernels for x86, by what they need of the processor; those of a line are as good
_GENERATIONS = (
    ("PRESCOTT", "CORE2", "PENRYN", "DUNNINGTON", "NEHALEM", "ATHLON", "OPTERON", "BARCELONA"),
    ("SANDYBRIDGE", "BULLDOZER", "PILEDRIVER", "STEAMROLLER"),
    ("HASWELL", "EXCAVATOR", "ZEN"),
    ("SKYLAKEX", "COOPERLAKE", "SAPPHIRERAPIDS"),
)
# how NumPy calls what a processor has, older and newer releases of it
_AVX_512 = {"AVX512_SKX", "X86_V4"}
_AVX_2 = {"AVX2", "FMA3", "X86_V3"}


def describe_blas() -> tuple[str, str]:
    """Name, version and kernels of the library; and its threads."""
    built = _build()["Build Dependencies"]["blas"]
    text = f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        how = "pip install 'pygrad-core[info]'"
        return f"{text}, kernels unknown: {how} shows them", "unknown"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    if not pools:
        return text, "unknown"
    kernels = pools[0].get("architecture")
    return f"{text}, {kernels} kernels" if kernels else text, str(pools[0]["num_threads"])


def warning_of_old_kernels(
    environment: Mapping[str, str] = os.environ, found: Iterable[str] | None = None
) -> str | None:
    """What to say where the environment forces kernels older than the processor."""
    forced = environment.get("OPENBLAS_CORETYPE", "").upper()
    has = set(simd() if found is None else found)
    best = 3 if has & _AVX_512 else 2 if has & _AVX_2 else 0
    generation = next((i for i, names in enumerate(_GENERATIONS) if forced in names), best)
    if generation >= best:
        return None
    return (
        f"the environment sets OPENBLAS_CORETYPE={environment['OPENBLAS_CORETYPE']}, kernels older "
        f"than this processor, and matrix products may take twice as long; unset it: "
        f"unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE"
    )


def simd() -> list[str]:
    """The instruction sets beyond NumPy's baseline that it found in the processor."""
    return list(_build()["SIMD Extensions"].get("found", ()))


def _build() -> Any:
    return np.show_config(mode="dicts")
