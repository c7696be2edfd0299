"""Neural networks: everything that owns parameters."""

from __future__ import annotations

from typing import Any

from pygrad import Parameter
from pygrad.nn import functional, initializers, layers, losses, optim, schedulers
from pygrad.nn.buffer import Buffer
from pygrad.nn.containers import ModuleDict, ModuleList, Sequential
from pygrad.nn.layers.activation import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from pygrad.nn.layers.dropout import Dropout
from pygrad.nn.layers.linear import Linear
from pygrad.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    CTCLoss,
    GaussianNLLLoss,
    HingeEmbeddingLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MarginRankingLoss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    PoissonNLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
    TripletMarginLoss,
)
from pygrad.nn.module import Module
from pygrad.nn.state import MissingWeightsError, WeightsFileError
from pygrad.nn.summarizing import summary

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "SELU", "BCELoss", "BCEWithLogitsLoss", "Buffer", "CTCLoss",
    "CosineEmbeddingLoss", "CrossEntropyLoss", "Dropout", "GaussianNLLLoss", "Hardtanh",
    "HingeEmbeddingLoss", "HuberLoss", "KLDivLoss", "L1Loss", "LeakyReLU", "Linear",
    "LogSigmoid", "LogSoftmax", "MSELoss", "MarginRankingLoss", "Mish", "MissingWeightsError",
    "Module", "ModuleDict", "ModuleList", "MultiMarginLoss", "NLLLoss", "Parameter",
    "PoissonNLLLoss", "ReLU", "ReLU6", "Sequential", "SiLU", "Sigmoid", "SmoothL1Loss",
    "SoftMarginLoss", "Softmax", "Softplus", "Softsign", "Tanh", "TripletMarginLoss",
    "WeightsFileError", "functional", "initializers", "layers", "losses", "optim", "schedulers",
    "summary",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # A plugin's layer stands beside the others: nn.Swish. A small letter is a submodule that is
    # being imported right now, and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return layers.__getattr__(name)
