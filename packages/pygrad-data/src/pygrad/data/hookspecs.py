"""The hooks of pygrad-data: what a plugin can add to it. pygrad-core's page says how."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["register_datasets"]


def register_datasets(register: Callable[[str, object], None]) -> None:
    """Offer data sets: ``register("digits", digits)``, where ``digits()`` gives a Dataset."""
