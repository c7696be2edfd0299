"""The hooks of pygrad-nn: what a plugin can add to it. pygrad-core's page says how."""

from __future__ import annotations

from collections.abc import Callable

__all__ = [
    "register_initializers",
    "register_layers",
    "register_losses",
    "register_metrics",
    "register_optimizers",
    "register_schedulers",
    "register_weight_formats",
]


def register_initializers(register: Callable[[str, object], None]) -> None:
    """Offer initializers: ``register("glorot", f)``, called as ``f(shape, fans, rng)``."""


def register_layers(register: Callable[[str, object], None]) -> None:
    """Offer layers: ``register("Swish", Swish)`` makes ``nn.Swish``, a subclass of Module."""


def register_losses(register: Callable[[str, object], None]) -> None:
    """Offer losses: ``register("DiceLoss", DiceLoss)``, a Module of prediction and target."""


def register_metrics(register: Callable[[str, object], None]) -> None:
    """Offer metrics: ``register("Top2", Top2)`` makes ``nn.metrics.Top2``, a subclass of Metric."""


def register_optimizers(register: Callable[[str, object], None]) -> None:
    """Offer optimizers: ``register("Shampoo", Shampoo)`` makes ``nn.optim.Shampoo``."""


def register_schedulers(register: Callable[[str, object], None]) -> None:
    """Offer schedules: ``register("SqrtLR", SqrtLR)``, a Scheduler."""


def register_weight_formats(register: Callable[[str, object], None]) -> None:
    """Offer formats: ``register("h5", WeightFormat(write, read, (".h5",)))``, by their suffix."""
