"""Show versions, machine and plugins, for a bug report."""

from __future__ import annotations

import argparse
import os
import platform
from importlib import metadata

import numpy as np

from pygrad import __version__
from pygrad.cli import plugins
from pygrad.cli.blas import describe_blas, simd, warning_of_old_kernels
from pygrad.plugins.discovery import OWN

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    blas, threads = describe_blas()
    rows = [
        ("pygrad", __version__),
        *((part, _version(part)) for part in OWN),
        ("numpy", np.__version__),
        ("python", f"{platform.python_version()} ({platform.python_implementation()})"),
        ("platform", platform.platform()),
        ("blas", blas),
        ("simd", " ".join(simd()) or "baseline"),
        ("threads", _threads(threads)),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:{width}}  {value}")
    warning = warning_of_old_kernels()
    if warning:
        print(f"\nwarning: {warning}")
    print()
    return plugins.run(args)


def _threads(count: str) -> str:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    chosen = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ", ".join([f"{count} in BLAS", f"{os.cpu_count()} cores", *chosen])


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
