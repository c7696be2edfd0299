"""Layers by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad import nn
>>> nn.layers.get("Linear")(4, 2)
Linear(4, 2)
"""

from __future__ import annotations

from typing import Any

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
from pygrad.nn.layers.attention import MultiheadAttention
from pygrad.nn.layers.batch_norm import BatchNorm1d, BatchNorm2d
from pygrad.nn.layers.bilinear import Bilinear
from pygrad.nn.layers.convolution import Conv1d, Conv2d, Conv3d
from pygrad.nn.layers.dropout import Dropout, Dropout2d
from pygrad.nn.layers.embedding import Embedding
from pygrad.nn.layers.linear import Linear
from pygrad.nn.layers.normalisation import GroupNorm, InstanceNorm2d, LayerNorm, RMSNorm
from pygrad.nn.layers.pooling import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool1d,
    AvgPool2d,
    GlobalAvgPool,
    MaxPool1d,
    MaxPool2d,
)  # fmt: skip
from pygrad.nn.layers.positions import LearnedPositionalEncoding, SinusoidalPositionalEncoding
from pygrad.nn.layers.recurrent import GRU, LSTM, RNN
from pygrad.nn.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from pygrad.nn.layers.resampling import PixelShuffle, Upsample
from pygrad.nn.layers.shape import Flatten, Identity
from pygrad.nn.layers.transformer import TransformerDecoderLayer, TransformerEncoderLayer
from pygrad.nn.layers.transformer_stacks import TransformerDecoder, TransformerEncoder
from pygrad.nn.layers.transposed_convolution import ConvTranspose1d, ConvTranspose2d
from pygrad.nn.module import Module
from pygrad.plugins import registry as _registry

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "GRU", "LSTM", "RNN", "SELU", "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d", "AvgPool1d", "AvgPool2d", "BatchNorm1d", "BatchNorm2d", "Bilinear",
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "Dropout", "Dropout2d",
    "Embedding", "Flatten", "GRUCell", "GlobalAvgPool", "GroupNorm", "Hardtanh", "Identity",
    "InstanceNorm2d", "LSTMCell", "LayerNorm", "LeakyReLU", "LearnedPositionalEncoding",
    "Linear", "LogSigmoid", "LogSoftmax", "MaxPool1d", "MaxPool2d", "Mish", "ModuleDict",
    "ModuleList", "MultiheadAttention", "PixelShuffle", "RMSNorm", "RNNCell", "ReLU", "ReLU6",
    "Sequential", "SiLU", "Sigmoid", "SinusoidalPositionalEncoding", "Softmax", "Softplus",
    "Softsign", "Tanh", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer", "Upsample", "get", "names",
]  # fmt: skip


def get(name: str) -> type[Module]:
    """The layer registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.layers.get("Dropout")(0.2)
    Dropout(0.2)
    """
    found: type[Module] = _registry("layers").get(name)
    return found


def names() -> list[str]:
    """The names of all layers, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "Linear" in nn.layers.names()
    True
    """
    return _registry("layers").names()


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("layers").attribute(name)
