"""Metrics by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad import nn
>>> nn.metrics.get("Accuracy")()([0, 1], [0, 0])
0.5
"""

from __future__ import annotations

from typing import Any

from pygrad.exceptions import DtypeError
from pygrad.nn.metrics.classification import (
    F1,
    Accuracy,
    ConfusionMatrix,
    Perplexity,
    Precision,
    Recall,
    TopK,
)
from pygrad.nn.metrics.metric import Metric
from pygrad.nn.metrics.regression import MAE, R2, RMSE
from pygrad.plugins import registry as _registry

__all__ = [
    "F1",
    "MAE",
    "R2",
    "RMSE",
    "Accuracy",
    "ConfusionMatrix",
    "Metric",
    "Perplexity",
    "Precision",
    "Recall",
    "TopK",
    "as_metric",
    "get",
    "names",
]


def get(name: str) -> type[Metric]:
    """The metric registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.get("TopK")(3).name
    'top_3'
    """
    found: type[Metric] = _registry("metrics").get(name)
    return found


def names() -> list[str]:
    """The names of all metrics, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "Accuracy" in nn.metrics.names()
    True
    """
    return _registry("metrics").names()


def as_metric(metric: Metric | str) -> Metric:
    """The metric itself, or the one of this name with its usual settings.

    Raises
    ------
    DtypeError
        If it is neither.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.metrics.as_metric("Accuracy").name
    'accuracy'
    """
    if isinstance(metric, str):
        return get(metric)()
    if isinstance(metric, Metric):
        return metric
    raise DtypeError(
        f"metrics: {metric!r} is no metric; give one of nn.metrics, such as nn.metrics.Accuracy(), "
        f"or its name"
    )


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("metrics").attribute(name)
