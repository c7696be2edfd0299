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
from pygrad.nn.functional.classification_losses import (
    cross_entropy,
    multi_margin_loss,
    nll_loss,
    soft_margin_loss,
)
from pygrad.nn.functional.convolution import conv1d, conv2d, conv3d
from pygrad.nn.functional.ctc import ctc_loss
from pygrad.nn.functional.lookup import embedding
from pygrad.nn.functional.methods import winograd
from pygrad.nn.functional.metric_losses import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    triplet_margin_loss,
)
from pygrad.nn.functional.normalisation import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    rms_norm,
)  # fmt: skip
from pygrad.nn.functional.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from pygrad.nn.functional.positions import sinusoidal_positions
from pygrad.nn.functional.probability_losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    kl_div,
)
from pygrad.nn.functional.recurrent import gru, lstm, rnn
from pygrad.nn.functional.recurrent_cells import gru_cell, lstm_cell, rnn_cell
from pygrad.nn.functional.regression_losses import (
    gaussian_nll_loss,
    huber_loss,
    l1_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)
from pygrad.nn.functional.resampling import pixel_shuffle, upsample
from pygrad.nn.functional.transposed_convolution import conv_transpose1d, conv_transpose2d

__all__ = [
    "adaptive_avg_pool2d", "adaptive_max_pool2d", "attention_weights", "avg_pool1d",
    "avg_pool2d", "batch_norm", "bilinear", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "cosine_embedding_loss", "cross_entropy", "ctc_loss", "dropout2d",
    "embedding", "gaussian_nll_loss", "global_avg_pool", "group_norm", "gru", "gru_cell",
    "hinge_embedding_loss", "huber_loss", "instance_norm", "kl_div", "l1_loss", "layer_norm",
    "lstm", "lstm_cell", "margin_ranking_loss", "max_pool1d", "max_pool2d",
    "multi_margin_loss", "nll_loss", "pixel_shuffle", "poisson_nll_loss", "rms_norm", "rnn",
    "rnn_cell", "scaled_dot_product_attention", "sinusoidal_positions", "smooth_l1_loss",
    "soft_margin_loss", "triplet_margin_loss", "upsample", "winograd",
]  # fmt: skip
