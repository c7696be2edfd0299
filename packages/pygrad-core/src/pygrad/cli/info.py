"""Show versions, machine and plugins, for a bug report."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib
import os
import platform
from importlib import metadata
from typing import Any

import numpy as np

from pygrad import __version__
from pygrad.cli import plugins
from pygrad.plugins.discovery import OWN

__all__ = ["add_arguments", "blas", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    rows = [
        ("pygrad", __version__),
        *((part, _version(part)) for part in OWN),
        ("numpy", np.__version__),
        ("python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("platform", platform.platform()),
        ("blas", blas()),
        ("simd", " ".join(_build()["SIMD Extensions"].get("found", ())) or "baseline"),
        ("threads", _threads()),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:{width}}  {value}")
    print()
    return plugins.run(args)


def blas() -> str:
    """The library that NumPy multiplies matrices with, and the kernels that it chose here.

    The kernels set the speed of whatever is mostly matrix products, so a benchmark prints this.
    """
    built = _build()["Build Dependencies"]["blas"]
    text = f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()
    kernels = _ask_openblas("get_corename", ctypes.c_char_p)
    return f"{text}, {kernels.decode()} kernels" if kernels else text


def _threads() -> str:
    count = _ask_openblas("get_num_threads", ctypes.c_int)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    chosen = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ", ".join([f"{count or '?'} in BLAS", f"{os.cpu_count()} cores", *chosen])


def _build() -> Any:
    return np.show_config(mode="dicts")


def _ask_openblas(question: str, answer: type[ctypes.c_char_p] | type[ctypes.c_int]) -> Any:
    """What OpenBLAS says as it runs; None where NumPy was built with another library."""
    extension = importlib.import_module("numpy._core._multiarray_umath")
    with contextlib.suppress(OSError):
        # a look-up in the extension goes on to the libraries that it is linked to
        library = ctypes.CDLL(extension.__file__)
        for pattern in ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}"):
            with contextlib.suppress(AttributeError):
                ask = getattr(library, pattern.format(question))
                ask.restype = answer
                return ask()
    return None


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
