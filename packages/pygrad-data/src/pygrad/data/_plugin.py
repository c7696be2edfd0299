"""What pygrad-data registers: its own hooks, and its own data sets by the same road."""

from __future__ import annotations

from collections.abc import Callable

from pygrad import hookimpl
from pygrad.data import datasets, hookspecs, transforms
from pygrad.data.batching import in_batches
from pygrad.data.formats.builtin import LOADERS


@hookimpl
def register_hookspecs(register: Callable[[str, object], None]) -> None:
    register("data", hookspecs)


@hookimpl
def register_batchers(register: Callable[[str, object], None]) -> None:
    register("in_batches", in_batches)


@hookimpl
def register_datasets(register: Callable[[str, object], None]) -> None:
    for name in sorted(set(datasets.__all__) - {"get", "names"}):
        register(name, getattr(datasets, name))


@hookimpl
def register_loaders(register: Callable[[str, object], None]) -> None:
    for name, loader in LOADERS.items():
        register(name, loader)


@hookimpl
def register_transforms(register: Callable[[str, object], None]) -> None:
    for name in sorted(set(transforms.__all__) - {"get", "names", *transforms.BASES}):
        register(name, getattr(transforms, name))
