"""The work of layers, as nn.summary has it, against counts by hand."""

import numpy as np
import pytest
from layer_table import ROWS, inputs, make

from pygrad import Variable, nn


@pytest.mark.parametrize("row", ROWS, ids=[row.kind for row in ROWS])
def test_the_work_of_a_layer_is_that_counted_by_hand(row):
    found = nn.summary(make(row), *inputs(row))
    assert found.multiply_adds == row.multiply_adds
    assert "?" not in repr(found)


def test_the_work_of_attention_counts_keys_that_were_added():
    x = Variable(np.ones((3, 5, 4), np.float32))
    layer = nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True, batch_first=True)
    work = 3 * (4 * 5 * 16 + 2 * 5 * 7 * 4)
    assert nn.summary(layer, x, x, x).multiply_adds == work
    one = Variable(np.ones((5, 4), np.float32))
    assert nn.summary(layer, one, one, one).multiply_adds == work // 3
    turned = nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True)
    x = x.swapaxes(0, 1)
    assert nn.summary(turned, x, x, x).multiply_adds == work


def test_the_work_of_a_batch_norm_in_training_counts_the_variance():
    layer = nn.BatchNorm1d(4, affine=False)
    assert layer.multiply_adds([(5, 4)], (5, 4)) == 2 * 20
    assert layer.eval().multiply_adds([(5, 4)], (5, 4)) == 20


def test_upsampling_weighs_two_neighbours_on_each_axis():
    def work(*args, shape):
        return nn.summary(nn.Upsample(*args), shape).multiply_adds

    assert work(None, 2, "nearest", shape=(1, 3, 4, 4)) == 0
    assert work(None, 2, "linear", shape=(1, 3, 4)) == 3 * 8 * 2
    assert work(None, 2, "bilinear", shape=(1, 3, 4, 4)) == 3 * 64 * 4


def test_a_transformer_of_every_part_has_a_sum_without_a_question_mark():
    model = nn.Sequential(
        nn.Embedding(7, 4), nn.LearnedPositionalEncoding(4, batch_first=True),
        nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2),
        nn.LayerNorm(4), nn.Linear(4, 7),
    )  # fmt: skip
    one = 3 * (4 * 5 * 16 + 2 * 5 * 5 * 4 + 2 * 5 * 4 * 8 + 2 * 3 * 5 * 4)
    found = nn.summary(model, np.zeros((3, 5), int))
    assert found.multiply_adds == 2 * one + 3 * 5 * 4 * 3 + 3 * 5 * 4 * 7
