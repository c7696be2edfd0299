"""The functions of networks, as `pygrad.functions` has them too: ``F.conv2d`` and so on."""

from __future__ import annotations

from pygrad.nn.functional.adaptive_pooling import (
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    global_avg_pool,
)  # fmt: skip
from pygrad.nn.functional.attention import attention_weights, scaled_dot_product_attention
from pygrad.nn.functional.bilinear_map import bilinear
from pygrad.nn.functional.channel_dropout import dropout2d
from pygrad.nn.functional.convolution import conv1d, conv2d, conv3d
from pygrad.nn.functional.lookup import embedding
from pygrad.nn.functional.methods import winograd
from pygrad.nn.functional.normalisation import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    rms_norm,
)  # fmt: skip
from pygrad.nn.functional.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from pygrad.nn.functional.positions import sinusoidal_positions
from pygrad.nn.functional.recurrent import gru, lstm, rnn
from pygrad.nn.functional.recurrent_cells import gru_cell, lstm_cell, rnn_cell
from pygrad.nn.functional.resampling import pixel_shuffle, upsample
from pygrad.nn.functional.transposed_convolution import conv_transpose1d, conv_transpose2d

__all__ = [
    "adaptive_avg_pool2d", "adaptive_max_pool2d", "attention_weights", "avg_pool1d",
    "avg_pool2d", "batch_norm", "bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "dropout2d", "embedding", "global_avg_pool", "group_norm", "gru",
    "gru_cell", "instance_norm", "layer_norm", "lstm", "lstm_cell", "max_pool1d", "max_pool2d",
    "pixel_shuffle", "rms_norm", "rnn", "rnn_cell", "scaled_dot_product_attention",
    "sinusoidal_positions", "upsample", "winograd",
]  # fmt: skip
