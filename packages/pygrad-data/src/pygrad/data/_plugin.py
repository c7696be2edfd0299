"""What pygrad-data registers: its own hooks, and its own data sets by the same road."""

from __future__ import annotations

from collections.abc import Callable

from pygrad import hookimpl
from pygrad.data import datasets, hookspecs


@hookimpl
def register_hookspecs(register: Callable[[str, object], None]) -> None:
    register("data", hookspecs)


@hookimpl
def register_datasets(register: Callable[[str, object], None]) -> None:
    register("digits", datasets.digits)
