"""Embedding, Bilinear and positional encodings."""

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError


@pytest.fixture(autouse=True)
def a_seed():
    pygrad.seed(0)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_embedding_starts_normal_and_its_padding_at_zero():
    layer = nn.Embedding(1000, 50, padding_idx=-1)
    assert layer.W.shape == (1000, 50)
    assert abs(layer.W.data[:-1].std() - 1) < 0.02
    assert not layer.W.data[-1].any()
    assert (layer.num_embeddings, layer.embedding_dim, layer.padding_idx) == (1000, 50, 999)
    assert repr(layer) == "Embedding(1000, 50, padding_idx=999)"


def test_embedding_sends_nothing_to_its_padding():
    layer = nn.Embedding(4, 2, padding_idx=1)
    layer([[0, 1], [1, 3]]).sum().backward()
    assert layer.W.grad.tolist() == [[1, 1], [0, 0], [0, 0], [1, 1]]


def test_an_infinite_gradient_of_a_padding_stays_away():
    layer = nn.Embedding(3, 1, padding_idx=1)
    layer([0, 1]).backward(np.array([[1.0], [np.inf]], np.float32))
    assert layer.W.grad.tolist() == [[1], [0], [0]]


def test_embedding_of_pretrained_vectors_is_frozen_unless_asked_otherwise():
    vectors = normal(5, 3)
    frozen = nn.Embedding.from_pretrained(vectors)
    assert not frozen.W.requires_grad
    np.testing.assert_array_equal(frozen.W.data, vectors)
    vectors[0] = 0  # it has a copy
    assert frozen.W.data[0].any()
    assert nn.Embedding.from_pretrained(vectors, freeze=False, padding_idx=0).W.requires_grad


def test_an_index_changed_after_the_call_does_not_change_the_gradient():
    layer, indices = nn.Embedding(3, 1), np.array([0, 1])
    y = layer(indices)
    indices[:] = 2
    y.sum().backward()
    assert layer.W.grad.tolist() == [[1], [1], [0]]


@pytest.mark.parametrize("wrong", [-1, 3])
def test_embedding_refuses_what_is_no_row(wrong):
    with pytest.raises(AxisError, match=rf"embedding: there is an index {wrong}, but W has 3 rows"):
        nn.Embedding(3, 2)([0, wrong])


def test_embedding_refuses_indices_that_are_no_whole_numbers():
    with pytest.raises(DtypeError, match="indices have dtype float32; they must be whole numbers"):
        nn.Embedding(3, 2)([0.0, 1.0])
    with pytest.raises(DtypeError, match="indices have dtype bool"):
        nn.Embedding(3, 2)([True])


def test_embedding_of_nothing_is_empty():
    layer = nn.Embedding(3, 2)
    y = layer(np.zeros((0, 4), int))
    assert y.shape == (0, 4, 2)
    y.sum().backward()
    assert not layer.W.grad.data.any()


@pytest.mark.parametrize("padding_idx", [3, -4])
def test_embedding_refuses_a_padding_that_is_no_row(padding_idx):
    with pytest.raises(ArgumentError, match=rf"padding_idx is {padding_idx}, but there are 3 rows"):
        nn.Embedding(3, 2, padding_idx=padding_idx)


# most rows many times or once; sorted as 16 bits or as they are
@pytest.mark.parametrize("n", [100, 20_000, 70_000])
@pytest.mark.parametrize("kind", ["spread", "each once", "few rows", "one row often"])
def test_rows_are_added_as_numpy_adds_them(n, kind):
    rng = np.random.default_rng(0)
    rows = {
        "spread": rng.integers(0, n, 3000),
        "each once": rng.permutation(n)[:3000],
        "few rows": rng.integers(n - 5, n, 3000),
        "one row often": np.where(rng.random(3000) < 0.7, 7, rng.integers(0, n, 3000)),
    }[kind]
    g = rng.normal(size=(40, len(rows))).T
    expected = np.zeros((n, 40))
    np.add.at(expected, rows, g)
    W = Variable(np.zeros((n, 40)))
    F.embedding(rows, W).backward(g)
    np.testing.assert_allclose(W.grad.data, expected, rtol=1e-12, atol=1e-12)


def test_sinusoidal_positions_are_the_formula():
    y = F.sinusoidal_positions(20, 7, np.float64)
    for p, i in np.ndindex(20, 7):
        angle = p / 10000 ** (2 * (i // 2) / 7)
        assert y.data[p, i] == pytest.approx([np.sin, np.cos][i % 2](angle), abs=1e-12)


@pytest.mark.parametrize("kind", ["SinusoidalPositionalEncoding", "LearnedPositionalEncoding"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_positional_encodings_add_the_same_to_every_sample(kind, batch_first):
    layer = getattr(nn, kind)(4, 0.0, 10, batch_first=batch_first)
    x = normal(3, 5, 4).astype(np.float32)
    added = layer(x).data - x
    if batch_first:
        np.testing.assert_allclose(added, added[[0, 0, 0]], atol=1e-6)
    else:
        np.testing.assert_allclose(added, added[:, [0] * 5], atol=1e-6)
    alone = layer(x[0] if batch_first else x[:, 0]).data
    np.testing.assert_array_equal(alone, layer(x).data[0 if batch_first else (slice(None), 0)])
    with pytest.raises(ShapeError, match="x has 11 positions, but there are encodings of 10"):
        layer(np.zeros((11, 4)))
    with pytest.raises(ShapeError, match=rf"{kind}: x has shape \(3, 5\)"):
        layer(np.zeros((3, 5)))


def test_learned_positions_are_trained_and_sinusoidal_ones_have_no_weights():
    assert nn.SinusoidalPositionalEncoding(4).params() == []
    layer = nn.LearnedPositionalEncoding(4, 0.0, 6)
    assert isinstance(layer.W, Parameter)
    layer(np.zeros((3, 2, 4))).sum().backward()
    assert layer.W.grad.tolist() == [[2] * 4] * 3 + [[0] * 4] * 3


def test_bilinear_explains_what_does_not_fit():
    layer = nn.Bilinear(2, 3, 4)
    assert repr(layer) == "Bilinear(2, 3, 4)"
    with pytest.raises(ShapeError, match=r"bilinear: x1 has shape \(5, 3\), x2 \(5, 3\) and W"):
        layer(np.ones((5, 3)), np.ones((5, 3)))
    with pytest.raises(ShapeError, match="all axes but the last must be equal"):
        layer(np.ones((5, 2)), np.ones((4, 3)))
