"""The hooks of pygrad-data: what a plugin can add to it. pygrad-core's page says how."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["register_batchers", "register_datasets", "register_loaders", "register_transforms"]


def register_batchers(register: Callable[[str, object], None]) -> None:
    """Offer ways to batch: ``f(dataset, split, seed=..., **settings)`` gives a loader a part."""


def register_datasets(register: Callable[[str, object], None]) -> None:
    """Offer data sets: ``register("digits", digits)``, where ``digits()`` gives a Dataset."""


def register_loaders(register: Callable[[str, object], None]) -> None:
    """Offer file formats: ``register("csv", Loader(read_csv, (".csv",)))``, a `formats.Loader`."""


def register_transforms(register: Callable[[str, object], None]) -> None:
    """Offer transforms: ``register("Blur", Blur)``, where ``Blur(...)`` changes one sample."""
