"""What stands around an update: clipping before it, and the schedule after it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pygrad.nn.optim import hooks

__all__ = ["advance", "clips"]


def advance(schedule: Any, record: dict[str, Any]) -> None:
    """Ask a schedule after an epoch; one that takes a measure is given the newest loss."""
    if inspect.signature(schedule.step).parameters:
        schedule.step(record.get("val_loss", record["loss"]))
    else:
        schedule.step()


def clips(norm: float | None, value: float | None) -> list[Callable[[Any], object]]:
    """What is done to the gradients before an update; each is called with the optimizer."""
    found: list[Callable[[Any], object]] = []
    if norm is not None:
        found.append(hooks.ClipGradNorm(norm))
    if value is not None:
        found.append(hooks.ClipGradValue(value))
    return found
