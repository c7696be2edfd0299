"""Neural networks: everything that owns parameters."""

from __future__ import annotations

from typing import Any

from pygrad import Parameter
from pygrad.exceptions import MissingWeightsError, WeightsFileError
from pygrad.nn import (
    formats,
    functional,
    habits,
    initializers,
    interop,
    layers,
    losses,
    metrics,
    optim,
    schedulers,
)
from pygrad.nn.buffer import Buffer
from pygrad.nn.containers import ModuleDict, ModuleList, Sequential
from pygrad.nn.exporting.writer import export
from pygrad.nn.layers import (
    GRU,
    LSTM,
    RNN,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool1d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Bilinear,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Embedding,
    Flatten,
    GlobalAvgPool,
    GroupNorm,
    GRUCell,
    Identity,
    InstanceNorm2d,
    LayerNorm,
    LearnedPositionalEncoding,
    Linear,
    LSTMCell,
    MaxPool1d,
    MaxPool2d,
    MultiheadAttention,
    PixelShuffle,
    RMSNorm,
    RNNCell,
    SinusoidalPositionalEncoding,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
    Upsample,
)  # fmt: skip
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
from pygrad.nn.summarizing import summary
from pygrad.nn.training.callbacks import BestWeights, Callback, EarlyStopping
from pygrad.nn.training.checkpoints import load_checkpoint, save_checkpoint
from pygrad.nn.training.history import History
from pygrad.nn.training.trainer import Trainer

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "GRU", "LSTM", "RNN", "SELU", "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d", "BCELoss", "BCEWithLogitsLoss",
    "BatchNorm1d", "BatchNorm2d", "BestWeights", "Bilinear", "Buffer", "CTCLoss", "Callback",
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "CosineEmbeddingLoss",
    "CrossEntropyLoss", "Dropout", "Dropout2d", "EarlyStopping", "Embedding", "Flatten",
    "GRUCell", "GaussianNLLLoss", "GlobalAvgPool", "GroupNorm", "Hardtanh",
    "HingeEmbeddingLoss", "History", "HuberLoss", "Identity", "InstanceNorm2d", "KLDivLoss",
    "L1Loss", "LSTMCell", "LayerNorm", "LeakyReLU", "LearnedPositionalEncoding", "Linear",
    "LogSigmoid", "LogSoftmax", "MSELoss", "MarginRankingLoss", "MaxPool1d", "MaxPool2d",
    "Mish", "MissingWeightsError", "Module", "ModuleDict", "ModuleList", "MultiMarginLoss",
    "MultiheadAttention", "NLLLoss", "Parameter", "PixelShuffle", "PoissonNLLLoss", "RMSNorm",
    "RNNCell", "ReLU", "ReLU6", "Sequential", "SiLU", "Sigmoid",
    "SinusoidalPositionalEncoding", "SmoothL1Loss", "SoftMarginLoss", "Softmax", "Softplus",
    "Softsign", "Tanh", "Trainer", "TransformerDecoder", "TransformerDecoderLayer",
    "TransformerEncoder", "TransformerEncoderLayer", "TripletMarginLoss", "Upsample",
    "WeightsFileError", "export", "formats", "functional", "initializers", "interop", "layers",
    "load_checkpoint", "losses", "metrics", "optim", "save_checkpoint", "schedulers",
    "summary",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # A plugin's layer stands beside the others: nn.Swish. A small letter is a submodule that is
    # being imported right now, and must not set off the loading of plugins.
    if not name[:1].isupper():
        message = f"module {__name__!r} has no attribute {name!r}"
        hint = habits.IN_NN.get(name)
        raise AttributeError(f"{message}; {hint}" if hint else message)
    return layers.__getattr__(name)
