"""A row for each layer with parameters: how it is made, called, and what a call costs.

A row has the layer, the shapes of what it is called with, and its multiply-adds, counted by hand.
"""

from typing import NamedTuple

import numpy as np

from pygrad import nn

__all__ = ["ROWS", "Row", "inputs", "make"]


class Row(NamedTuple):
    """A layer, its arguments, its inputs' shapes, its work, and its parameters `init` is for."""

    kind: str
    args: tuple
    settings: dict
    shapes: list
    multiply_adds: int
    matrices: tuple = ("W",)


RECURRENT = ("W_ih_l0", "W_hh_l0")
CELL = ("W_ih", "W_hh")
ATTENTION = ("in_proj_W", "out_proj.W")
IN_LAYER = tuple(f"self_attn.{name}" for name in ATTENTION)
FEED_FORWARD = ("linear1.W", "linear2.W")
ACROSS = tuple(f"multihead_attn.{name}" for name in ATTENTION)
SMALL = {"dim_feedforward": 8, "batch_first": True}

ROWS = [
    Row("Linear", (4, 3), {}, [(5, 4)], 5 * 4 * 3),
    Row("Bilinear", (4, 3, 2), {}, [(5, 4), (5, 3)], 5 * 2 * (4 * 3 + 3)),
    Row("Embedding", (7, 3), {}, [(2, 5)], 0),
    Row("LearnedPositionalEncoding", (4,), {"max_len": 9}, [(5, 2, 4)], 0),
    # ---- convolutions: every output sums over a window, every input is spread over one
    Row("Conv1d", (4, 6, 3), {}, [(2, 4, 9)], 2 * 6 * 7 * (4 * 3)),
    Row("Conv2d", (4, 6, (3, 2)), {"groups": 2, "stride": 2}, [(2, 4, 9, 8)],
        2 * 6 * 4 * 4 * (2 * 3 * 2)),
    Row("Conv3d", (1, 2, 2), {}, [(2, 1, 3, 4, 5)], 2 * 2 * (2 * 3 * 4) * 8),
    Row("ConvTranspose1d", (4, 6, 3), {"stride": 2}, [(2, 4, 5)], 2 * 4 * 5 * (6 * 3)),
    Row("ConvTranspose2d", (4, 6, 3), {"groups": 2}, [(4, 5, 6)], 4 * 5 * 6 * (3 * 9)),
    # ---- norms, of each value: the variance, the normalised value, and W and b
    Row("BatchNorm1d", (4,), {}, [(5, 4)], 2 * 20),
    Row("BatchNorm2d", (4,), {"track_running_stats": False}, [(2, 4, 3, 3)], 3 * 72),
    Row("GroupNorm", (2, 4), {}, [(5, 4, 3)], 3 * 60),
    Row("InstanceNorm2d", (4,), {"affine": True}, [(2, 4, 3, 3)], 3 * 72),
    Row("LayerNorm", (4,), {}, [(5, 4)], 3 * 20),
    Row("RMSNorm", (4,), {}, [(5, 4)], 3 * 20),
    # ---- recurrent: at each step x @ W_ih and h @ W_hh, for each gate
    Row("RNN", (4, 3), {}, [(5, 2, 4)], 5 * 2 * (4 * 3 + 3 * 3), RECURRENT),
    Row("LSTM", (4, 3), {"num_layers": 2, "bidirectional": True}, [(5, 2, 4)],
        5 * 2 * 2 * 4 * ((4 * 3 + 3 * 3) + (6 * 3 + 3 * 3)), RECURRENT),
    Row("GRU", (4, 3), {}, [(5, 4)], 5 * 3 * (4 * 3 + 3 * 3), RECURRENT),
    Row("RNNCell", (4, 3), {}, [(2, 4)], 2 * (4 * 3 + 3 * 3), CELL),
    Row("LSTMCell", (4, 3), {}, [(2, 4)], 2 * 4 * (4 * 3 + 3 * 3), CELL),
    Row("GRUCell", (4, 3), {}, [(2, 4)], 2 * 3 * (4 * 3 + 3 * 3), CELL),
    # ---- attention: the projections of queries, keys, values and output; scores; weighted values
    Row("MultiheadAttention", (4, 2), {"batch_first": True}, [(3, 5, 4), (3, 6, 4), (3, 6, 4)],
        3 * (5 * 16 + 6 * 16 + 6 * 16 + 5 * 16 + 2 * 5 * 6 * 4), ATTENTION),
    Row("TransformerEncoderLayer", (4, 2), SMALL, [(3, 5, 4)],
        3 * (4 * 5 * 16 + 2 * 5 * 5 * 4 + 2 * 5 * 4 * 8 + 2 * 3 * 5 * 4),
        IN_LAYER + FEED_FORWARD),
    Row("TransformerDecoderLayer", (4, 2), SMALL, [(3, 5, 4), (3, 6, 4)],
        3 * (4 * 5 * 16 + 2 * 5 * 5 * 4)  # to itself
        + 3 * (2 * 5 * 16 + 2 * 6 * 16 + 2 * 5 * 6 * 4)  # to the memory
        + 3 * (2 * 5 * 4 * 8 + 3 * 3 * 5 * 4),
        IN_LAYER + ACROSS + FEED_FORWARD),
]  # fmt: skip


def inputs(row: Row) -> list:
    """What to call the layer of a row with."""
    if row.kind == "Embedding":
        return [np.arange(10).reshape(row.shapes[0]) % 7]
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape).astype(np.float32) for shape in row.shapes]


def make(row: Row, **settings):
    """The layer of a row, with more settings."""
    return nn.layers.get(row.kind)(*row.args, **{**row.settings, **settings})
