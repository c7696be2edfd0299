"""Schedules by name: how the learning rate changes as training goes on.

Examples
--------
>>> from pygrad import Variable, nn
>>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
>>> schedule = nn.schedulers.get("ExponentialLR")(optimizer, gamma=0.5)
>>> schedule.step()
>>> optimizer.lr
0.5
"""

from __future__ import annotations

from typing import Any

from pygrad.nn.schedulers.chained import ChainedScheduler, SequentialLR
from pygrad.nn.schedulers.cosine import (
    SWALR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    OneCycleLR,
)
from pygrad.nn.schedulers.decay import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
    WarmupLR,
)
from pygrad.nn.schedulers.plateau import ReduceLROnPlateau
from pygrad.nn.schedulers.scheduler import Scheduler
from pygrad.plugins import registry as _registry

__all__ = [
    "SWALR", "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts",
    "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "OneCycleLR", "PolynomialLR",
    "ReduceLROnPlateau", "Scheduler", "SequentialLR", "StepLR", "WarmupLR", "get", "names",
]  # fmt: skip


def get(name: str) -> type[Scheduler]:
    """The schedule registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.schedulers.get("StepLR").__name__
    'StepLR'
    """
    found: type[Scheduler] = _registry("schedulers").get(name)
    return found


def names() -> list[str]:
    """The names of all schedules, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "OneCycleLR" in nn.schedulers.names()
    True
    """
    return _registry("schedulers").names()


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("schedulers").attribute(name)
