"""Neural networks: everything that owns parameters."""

from __future__ import annotations

from typing import Any

from pygrad import Parameter
from pygrad.nn import functional, layers, optim
from pygrad.nn.buffer import Buffer
from pygrad.nn.containers import Sequential
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
from pygrad.nn.module import Module
from pygrad.nn.state import MissingWeightsError, WeightsFileError

__all__ = [
    "GRU", "LSTM", "RNN", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d",
    "BatchNorm1d", "BatchNorm2d", "Bilinear", "Buffer", "Conv1d", "Conv2d", "Conv3d",
    "ConvTranspose1d", "ConvTranspose2d", "Dropout", "Dropout2d", "Embedding", "Flatten",
    "GRUCell", "GlobalAvgPool", "GroupNorm", "Identity", "InstanceNorm2d", "LSTMCell",
    "LayerNorm", "LearnedPositionalEncoding", "Linear", "MaxPool1d", "MaxPool2d",
    "MissingWeightsError", "Module", "MultiheadAttention", "Parameter", "PixelShuffle",
    "RMSNorm", "RNNCell", "Sequential", "SinusoidalPositionalEncoding", "TransformerDecoder",
    "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer", "Upsample",
    "WeightsFileError", "functional", "layers", "optim",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # A plugin's layer stands beside the others: nn.Swish. A small letter is a submodule that is
    # being imported right now, and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return layers.__getattr__(name)
