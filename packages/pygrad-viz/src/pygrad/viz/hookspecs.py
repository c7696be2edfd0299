"""The hooks of pygrad-viz: what a plugin can add to it. pygrad-core's page says how."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["register_plotters"]


def register_plotters(register: Callable[[str, object], None]) -> None:
    """Offer plotters: ``register("loss", plot_loss)``; a plotter takes a thing and draws it."""
