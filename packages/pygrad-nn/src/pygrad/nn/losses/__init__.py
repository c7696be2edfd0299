"""Losses as modules, by name: for those who like to hand a loss over, and for configurations.

Each calls the function of its name; the functions say what they compute.

Examples
--------
>>> from pygrad import nn
>>> loss = nn.losses.get("CrossEntropyLoss")(label_smoothing=0.1)
>>> loss
CrossEntropyLoss(label_smoothing=0.1)
>>> round(loss([[2.0, 0.0]], [0]).item(), 4)
0.2269
"""

from __future__ import annotations

from typing import Any

from pygrad.nn.losses.classification import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    CTCLoss,
    KLDivLoss,
    MultiMarginLoss,
    NLLLoss,
    SoftMarginLoss,
)
from pygrad.nn.losses.loss import Loss
from pygrad.nn.losses.metric import (
    CosineEmbeddingLoss,
    HingeEmbeddingLoss,
    MarginRankingLoss,
    TripletMarginLoss,
)
from pygrad.nn.losses.regression import (
    GaussianNLLLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
    PoissonNLLLoss,
    SmoothL1Loss,
)
from pygrad.nn.module import Module
from pygrad.plugins import registry as _registry

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "CTCLoss", "CosineEmbeddingLoss", "CrossEntropyLoss",
    "GaussianNLLLoss", "HingeEmbeddingLoss", "HuberLoss", "KLDivLoss", "L1Loss", "Loss",
    "MSELoss", "MarginRankingLoss", "MultiMarginLoss", "NLLLoss", "PoissonNLLLoss",
    "SmoothL1Loss", "SoftMarginLoss", "TripletMarginLoss", "get", "names",
]  # fmt: skip


def get(name: str) -> type[Module]:
    """The loss registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.losses.get("MSELoss").__name__
    'MSELoss'
    """
    found: type[Module] = _registry("losses").get(name)
    return found


def names() -> list[str]:
    """The names of all losses, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "CTCLoss" in nn.losses.names()
    True
    """
    return _registry("losses").names()


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("losses").attribute(name)
