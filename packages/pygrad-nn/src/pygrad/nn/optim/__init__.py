"""Optimizers by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad import Variable, nn
>>> nn.optim.get("SGD")([Variable(1.0)], lr=0.1)
SGD(lr=0.1, momentum=0.9)
"""

from __future__ import annotations

from typing import Any

from pygrad.nn.optim import hooks
from pygrad.nn.optim.adadelta import AdaDelta
from pygrad.nn.optim.adagrad import AdaGrad
from pygrad.nn.optim.adam import Adam
from pygrad.nn.optim.adamax import Adamax
from pygrad.nn.optim.adamw import AdamW
from pygrad.nn.optim.averaging import AveragedModel, ExponentialMovingAverage, update_bn
from pygrad.nn.optim.clipping import clip_grad_norm, clip_grad_value
from pygrad.nn.optim.lamb import LAMB
from pygrad.nn.optim.lbfgs import LBFGS
from pygrad.nn.optim.lion import Lion
from pygrad.nn.optim.muon import Muon
from pygrad.nn.optim.nadam import NAdam
from pygrad.nn.optim.optimizer import Optimizer
from pygrad.nn.optim.radam import RAdam
from pygrad.nn.optim.rmsprop import RMSprop
from pygrad.nn.optim.rprop import Rprop
from pygrad.nn.optim.sgd import SGD
from pygrad.plugins import registry as _registry

__all__ = [
    "LAMB", "LBFGS", "SGD", "AdaDelta", "AdaGrad", "Adam", "AdamW", "Adamax", "AveragedModel",
    "ExponentialMovingAverage", "Lion", "Muon", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
    "clip_grad_norm", "clip_grad_value", "get", "hooks", "names", "update_bn",
]  # fmt: skip


def get(name: str) -> type[Optimizer]:
    """The optimizer registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.optim.get("Adam").__name__
    'Adam'
    """
    found: type[Optimizer] = _registry("optimizers").get(name)
    return found


def names() -> list[str]:
    """The names of all optimizers, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "SGD" in nn.optim.names()
    True
    """
    return _registry("optimizers").names()


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("optimizers").attribute(name)
