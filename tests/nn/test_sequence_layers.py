"""Embedding, recurrent layers and cells, attention, transformers, positional encodings."""

import gc
import weakref

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, nn, no_grad
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError
from pygrad.testing import check_gradients

RECURRENT = ["RNN", "LSTM", "GRU"]
CELLS = ["RNNCell", "LSTMCell", "GRUCell"]


@pytest.fixture(autouse=True)
def a_seed():
    pygrad.seed(0)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def states_of(last):
    return last if isinstance(last, tuple) else (last,)


# ----------------------------------------------------------------------------- Embedding


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


@pytest.mark.parametrize("n", [100, 70_000])  # sorted as 16 bits, and as they are
@pytest.mark.parametrize("kind", ["spread", "few rows", "one row often"])
def test_rows_are_added_as_numpy_adds_them(n, kind):
    rng = np.random.default_rng(0)
    rows = {
        "spread": rng.integers(0, n, 3000),
        "few rows": rng.integers(n - 5, n, 3000),
        "one row often": np.where(rng.random(3000) < 0.7, 7, rng.integers(0, n, 3000)),
    }[kind]
    g = rng.normal(size=(3000, 40))
    expected = np.zeros((n, 40))
    np.add.at(expected, rows, g)
    W = Variable(np.zeros((n, 40)))
    F.embedding(rows, W).backward(g)
    np.testing.assert_allclose(W.grad.data, expected, rtol=1e-12, atol=1e-12)


# ---------------------------------------------------------------------- recurrent layers


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_layers_have_the_documented_weights(kind):
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3}[kind]
    layer = getattr(nn, kind)(3, 5, num_layers=2, bidirectional=True)
    shapes = {name: p.shape for name, p in layer.named_params()}
    assert list(shapes)[:5] == ["W_ih_l0", "W_hh_l0", "b_ih_l0", "b_hh_l0", "W_ih_l0_reverse"]
    assert shapes["W_ih_l0"] == (3, gates * 5)
    assert shapes["W_ih_l1_reverse"] == (10, gates * 5)
    assert shapes["W_hh_l1"] == (5, gates * 5)
    assert shapes["b_hh_l0"] == (gates * 5,)
    assert all(p.dtype == np.float32 and np.abs(p.data).max() <= 5**-0.5 for p in layer.params())
    assert len(getattr(nn, kind)(3, 5, bias=False).params()) == 2


@pytest.mark.parametrize("kind", RECURRENT)
def test_a_layer_repeats_its_cell(kind):
    layer = getattr(nn, kind)(3, 4, dtype=np.float64)
    cell = getattr(nn, kind + "Cell")(3, 4, dtype=np.float64)
    for a, b in zip(cell.params(), layer.params(), strict=True):
        a.data[...] = b.data
    x = normal(6, 2, 3)
    y, last = layer(x)
    state = None
    for t in range(6):
        state = cell(x[t], state)
        np.testing.assert_allclose(y[t].data, states_of(state)[0].data, rtol=1e-12)
    for a, b in zip(states_of(last), states_of(state), strict=True):
        np.testing.assert_allclose(a[0].data, b.data, rtol=1e-12)


@pytest.mark.parametrize("kind", RECURRENT)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_what_lies_behind_the_end_of_a_sequence_is_never_seen(kind, bidirectional):
    layer = getattr(nn, kind)(3, 4, 2, batch_first=True, bidirectional=bidirectional)
    x = normal(2, 5, 3).astype(np.float32)
    lengths = [5, 2]
    x[1, 2:] = np.inf
    y, last = layer(Variable(x), lengths=lengths)
    alone, of_alone = layer(x[1:, :2])
    np.testing.assert_allclose(y.data[1, :2], alone.data[0], rtol=1e-5, atol=1e-7)
    assert not y.data[1, 2:].any()
    for a, b in zip(states_of(last), states_of(of_alone), strict=True):
        np.testing.assert_allclose(a.data[:, 1:], b.data, rtol=1e-5, atol=1e-7)
    mask = np.arange(5) < np.array(lengths)[:, None]
    np.testing.assert_array_equal(layer(x, mask=mask)[0].data, y.data)
    for create_graph in (False, True):
        layer.zero_grad()
        layer(x, mask=mask)[0].sum().backward(create_graph=create_graph)
        assert all(np.isfinite(p.grad.data).all() for p in layer.params())


@pytest.mark.parametrize("kind", RECURRENT)
def test_layers_agree_with_their_derivatives_to_the_second_order(kind):
    layer = getattr(nn, kind)(2, 2, 2, bidirectional=True, batch_first=True, dtype=np.float64)
    names = [name for name, _ in layer.named_params()][:6]

    def f(x, *weights):
        for name, W in zip(names, weights, strict=True):
            setattr(layer, name, W)
        return layer(x, lengths=[3, 2])[0]

    check_gradients(f, [normal(2, 3, 2), *[getattr(layer, name).data for name in names]])


@pytest.mark.parametrize("kind", RECURRENT)
def test_dropout_falls_between_the_layers_in_training_alone(kind):
    pygrad.seed(0)
    layer = getattr(nn, kind)(3, 4, 2, dropout=0.5)
    x = normal(5, 2, 3)
    assert (layer(x)[0].data != layer(x)[0].data).any()
    layer.eval()
    np.testing.assert_array_equal(layer(x)[0].data, layer(x)[0].data)
    single = getattr(nn, kind)(3, 4, 1, dropout=0.5)
    np.testing.assert_array_equal(single(x)[0].data, single(x)[0].data)


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_layers_take_sequences_without_steps_or_samples(kind):
    layer = getattr(nn, kind)(3, 4)
    for shape in [(0, 2, 3), (5, 0, 3)]:
        x = Variable(np.zeros(shape, np.float32))
        y, last = layer(x)
        assert y.shape == (*shape[:2], 4)
        assert all(not s.data.any() for s in states_of(last))
        (y.sum() + states_of(last)[0].sum()).backward()
        assert x.grad.shape == shape


@pytest.mark.parametrize("kind", RECURRENT)
def test_plain_states_do_not_widen_the_network(kind):
    layer = getattr(nn, kind)(3, 4)
    h = np.zeros((1, 2, 4))
    y, last = layer(np.ones((5, 2, 3)), (h, h) if kind == "LSTM" else h)
    assert y.dtype == np.float32
    assert all(s.dtype == np.float32 for s in states_of(last))


@pytest.mark.parametrize("kind", RECURRENT)
def test_whole_numbers_are_converted(kind):
    assert getattr(nn, kind)(3, 4)(np.ones((5, 2, 3), int))[0].dtype == np.float32


@pytest.mark.parametrize("kind", RECURRENT)
def test_large_inputs_saturate_without_a_warning(kind):
    layer = getattr(nn, kind)(1, 2)
    y, _ = layer(Variable(np.array([[[1e30]], [[-1e30]]], np.float32)))
    y.sum().backward()
    assert np.isfinite(y.data).all()


@pytest.mark.parametrize("kind", RECURRENT)
def test_the_graph_of_a_layer_is_freed_without_the_garbage_collector(kind):
    layer = getattr(nn, kind)(3, 4, 2, bidirectional=True)
    gc.disable()
    try:
        y, _ = layer(Variable(np.ones((5, 2, 3))))
        node = weakref.ref(y.creator)
        y.sum().backward()
        del y, _
        assert node() is None
    finally:
        gc.enable()


def test_recurrent_layers_explain_what_does_not_fit():
    layer = nn.LSTM(3, 4)
    with pytest.raises(ShapeError, match=r"LSTM: x has shape \(5, 2, 2\).* 3 features"):
        layer(np.ones((5, 2, 2)))
    with pytest.raises(ShapeError, match=r"LSTM: hx has shape \(1, 3, 4\) and .* \(1, 2, 4\)"):
        layer(np.ones((5, 2, 3)), (np.ones((1, 3, 4)), np.ones((1, 2, 4))))
    with pytest.raises(ShapeError, match=r"GRU: hx has shape .* hx must be h of shape \(1, 2, 4\)"):
        nn.GRU(3, 4)(np.ones((5, 2, 3)), np.ones((2, 4)))
    with pytest.raises(ShapeError, match=r"lengths have shape \(3,\) .* each of the 2 sequences"):
        layer(np.ones((5, 2, 3)), lengths=[1, 2, 3])
    with pytest.raises(ArgumentError, match=r"lengths reach from 1 to 6; .* within 0..5"):
        layer(np.ones((5, 2, 3)), lengths=[1, 6])
    with pytest.raises(ShapeError, match=r"mask has shape \(2, 5\); .* \(steps, batch\)"):
        layer(np.ones((5, 2, 3)), mask=np.ones((2, 5), bool))
    with pytest.raises(ArgumentError, match="lengths or a mask, not both"):
        layer(np.ones((5, 2, 3)), lengths=[1, 2], mask=np.ones((5, 2), bool))
    with pytest.raises(ArgumentError, match="nonlinearity is 'sin'; it must be 'tanh' or 'relu'"):
        nn.RNN(3, 4, nonlinearity="sin")
    with pytest.raises(ArgumentError, match="GRU: num_layers is 0"):
        nn.GRU(3, 4, 0)
    with pytest.raises(ShapeError, match=r"lstm: W_ih has shape \(3, 15\), .* must have \(3, 16\)"):
        F.lstm(np.ones((5, 2, 3)), (np.ones((2, 4)),) * 2, np.ones((3, 15)), np.ones((4, 16)))


@pytest.mark.parametrize("kind", CELLS)
def test_cells_explain_a_state_that_does_not_fit(kind):
    cell = getattr(nn, kind)(3, 4)
    h = np.ones((1, 4))
    with pytest.raises(ShapeError, match=rf"{kind}: the state has shape \(1, 4\); .* \(2, 4\)"):
        cell(np.ones((2, 3)), (h, h) if kind == "LSTMCell" else h)


def test_recurrent_layers_say_what_they_are():
    layer = nn.LSTM(3, 4, 2, batch_first=True, dropout=0.5, bidirectional=True, bias=False)
    assert repr(layer) == (
        "LSTM(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)"
    )
    assert repr(nn.RNN(3, 4, nonlinearity="relu")) == "RNN(3, 4, nonlinearity='relu')"
    assert repr(nn.GRUCell(3, 4, bias=False)) == "GRUCell(3, 4, bias=False)"


# ----------------------------------------------------------------------------- attention


def test_a_query_that_may_attend_to_nothing_gets_zeros_and_sends_none():
    q, k, v = (Variable(normal(2, 3, seed=i)) for i in range(3))
    allowed = np.array([[True, False], [False, False]])
    for mask in (allowed, np.where(allowed, 0, -np.inf)):
        y = F.scaled_dot_product_attention(q, k, v, mask)
        np.testing.assert_allclose(y.data, [v.data[0], [0, 0, 0]])
        q.zero_grad()
        y.sum().backward()
        assert not q.grad.data.any()


def test_attention_of_huge_scores_does_not_overflow():
    q = Variable(np.array([[1e4, 0.0]], np.float32))
    k = np.array([[1e4, 0.0], [-1e4, 0.0]], np.float32)
    y = F.scaled_dot_product_attention(q, k, np.array([[1.0], [2.0]], np.float32))
    assert y.data == 1
    y.sum().backward()
    assert np.isfinite(q.grad.data).all()


@pytest.mark.parametrize(
    "shapes",
    [[(0, 3, 4)] * 3, [(2, 0, 4), (2, 3, 4), (2, 3, 1)], [(2, 3, 4), (2, 0, 4), (2, 0, 4)]],
)
def test_attention_takes_what_is_empty(shapes):
    q, k, v = (Variable(np.ones(shape)) for shape in shapes)
    y = F.scaled_dot_product_attention(q, k, v)
    assert y.shape == (*q.shape[:-1], v.shape[-1])
    assert not y.data.any()
    y.sum().backward()
    assert [x.grad.shape for x in (q, k, v)] == shapes
    layer = nn.MultiheadAttention(4, 2, batch_first=True)
    x = np.zeros((0, 3, 4))
    assert layer(x, x, x)[0].shape == (0, 3, 4)


def test_attention_of_half_precision_keeps_it():
    q = normal(2, 3).astype(np.float16)
    y = F.scaled_dot_product_attention(q, q, q)
    assert y.dtype == np.float16
    wide = F.scaled_dot_product_attention(*[q.astype(np.float64)] * 3)
    np.testing.assert_allclose(y.data, wide.data, atol=2e-3)


def test_dropout_of_attention_keeps_the_mean_and_follows_its_generator():
    q, k = normal(50, 4), normal(60, 4, seed=1)
    rng = np.random.default_rng(0)
    v = np.ones((60, 1))
    ys = [F.scaled_dot_product_attention(q, k, v, None, 0.4, rng=rng).data for _ in range(100)]
    assert abs(np.mean(ys) - 1) < 0.01
    assert np.std(ys) > 0.01
    a, b = (
        F.scaled_dot_product_attention(q, k, v, None, 0.4, rng=np.random.default_rng(3)).data
        for _ in range(2)
    )
    np.testing.assert_array_equal(a, b)


def test_attention_with_dropout_agrees_with_its_derivatives_to_the_second_order():
    def f(q, k, v):
        return F.scaled_dot_product_attention(
            q, k, v, dropout_p=0.3, rng=np.random.default_rng(1), is_causal=True
        )

    check_gradients(f, [normal(2, 4, 3), normal(2, 5, 3, seed=1), normal(2, 5, 2, seed=2)])


def test_attention_goes_by_blocks_that_change_nothing():
    # more scores than a block holds: by samples, and by heads
    for shape in [(9, 2, 100, 4), (1, 3, 300, 4)]:
        q, k, v = (Variable(normal(*shape, seed=i)) for i in range(3))
        y = F.scaled_dot_product_attention(q, k, v)
        y.backward(np.ones(shape))
        for i in np.ndindex(*shape[:2]):
            one = [Variable(x.data[i]) for x in (q, k, v)]
            z = F.scaled_dot_product_attention(*one)
            z.backward(np.ones(shape[2:]))
            np.testing.assert_allclose(y.data[i], z.data, rtol=1e-12)
            for x, x1 in zip((q, k, v), one, strict=True):
                np.testing.assert_allclose(x.grad.data[i], x1.grad.data, rtol=1e-9, atol=1e-12)


def test_attention_keeps_no_weights_where_no_graph_is_built():
    q = Variable(normal(1, 1, 3, 4))
    assert F.scaled_dot_product_attention(q, q, q).creator.tape[4] is not None
    with no_grad():
        assert F.scaled_dot_product_attention(q, q, q).creator is None


def test_attention_explains_what_does_not_fit():
    a, b = np.ones((2, 3, 4)), np.ones((2, 3, 5))
    with pytest.raises(ShapeError, match=r"query has shape \(2, 3, 4\), key \(2, 3, 5\) and value"):
        F.scaled_dot_product_attention(a, b, b)
    with pytest.raises(ShapeError, match=r"attn_mask has shape \(3, 4\), .* \(2, 3, 3\)"):
        F.scaled_dot_product_attention(a, a, a, np.ones((3, 4), bool))
    with pytest.raises(DtypeError, match="attn_mask has dtype int64; it must be bool, .* or float"):
        F.scaled_dot_product_attention(a, a, a, np.ones((3, 3), int))
    with pytest.raises(
        ArgumentError, match=r"dropout_p is 1.5; a probability lies within \[0, 1\]"
    ):
        F.scaled_dot_product_attention(a, a, a, dropout_p=1.5)
    with pytest.raises(ShapeError, match="enable_gqa.* must have a multiple of their heads"):
        F.scaled_dot_product_attention(a, np.ones((3, 3, 4)), np.ones((3, 3, 4)), enable_gqa=True)


def test_multihead_attention_has_the_documented_weights():
    layer = nn.MultiheadAttention(6, 2, add_bias_kv=True)
    assert {name: p.shape for name, p in layer.named_params()} == {
        "in_proj_W": (6, 18),
        "in_proj_b": (18,),
        "out_proj.W": (6, 6),
        "out_proj.b": (6,),
        "k_b": (1, 1, 6),
        "v_b": (1, 1, 6),
    }
    assert not layer.in_proj_b.data.any()
    assert not layer.out_proj.b.data.any()
    assert np.abs(layer.in_proj_W.data).max() <= (6 / 24) ** 0.5
    apart = nn.MultiheadAttention(6, 2, kdim=3, bias=False)
    assert [(name, p.shape) for name, p in apart.named_params()] == [
        ("q_proj_W", (6, 6)),
        ("k_proj_W", (3, 6)),
        ("v_proj_W", (6, 6)),
        ("out_proj.W", (6, 6)),
    ]


def test_multihead_attention_does_not_see_the_future_if_it_is_causal():
    layer = nn.MultiheadAttention(6, 2, batch_first=True)
    x = normal(2, 5, 6).astype(np.float32)
    other = x.copy()
    other[:, 3:] += 1
    a, b = (layer(v, v, v, is_causal=True, need_weights=False)[0].data for v in (x, other))
    np.testing.assert_allclose(a[:, :3], b[:, :3], rtol=1e-5)
    assert (a[:, 3:] != b[:, 3:]).any()
    _, weights = layer(x, x, x, is_causal=True)
    assert not np.triu(weights.data, 1).any()
    np.testing.assert_allclose(weights.data.sum(-1), 1, rtol=1e-5)


@pytest.mark.parametrize("options", [{"add_bias_kv": True}, {"add_zero_attn": True}])
def test_causal_attention_sees_the_keys_that_were_added(options):
    layer = nn.MultiheadAttention(4, 1, **options)
    x = normal(3, 2, 4)
    _, weights = layer(x, x, x, is_causal=True)
    assert weights.shape == (2, 3, 4)
    assert (weights.data[:, :, 3] > 0).all()
    assert not np.triu(weights.data[:, :, :3], 1).any()


def test_multihead_attention_drops_weights_in_training_alone():
    pygrad.seed(0)
    layer = nn.MultiheadAttention(4, 2, dropout=0.5)
    x = normal(5, 3, 4)
    for need_weights in (True, False):
        calls = [layer.train()(x, x, x, need_weights=need_weights)[0].data for _ in range(2)]
        assert (calls[0] != calls[1]).any()
        calls = [layer.eval()(x, x, x, need_weights=need_weights)[0].data for _ in range(2)]
        np.testing.assert_array_equal(*calls)


def test_multihead_attention_agrees_with_its_derivatives_to_the_second_order():
    layer = nn.MultiheadAttention(4, 2, dtype=np.float64)

    def f(x, W, b):
        layer.in_proj_W, layer.in_proj_b = W, b
        return layer(x, x, x, need_weights=False, is_causal=True)[0]

    check_gradients(f, [normal(3, 2, 4), layer.in_proj_W.data, layer.in_proj_b.data])


def test_multihead_attention_explains_what_does_not_fit():
    with pytest.raises(ArgumentError, match="embed_dim is 5 and num_heads 2; .* a multiple"):
        nn.MultiheadAttention(5, 2)
    layer = nn.MultiheadAttention(4, 2)
    x = np.ones((3, 2, 4))
    with pytest.raises(
        ShapeError, match=r"query, key and value have shapes \(3, 2, 4\), \(3, 1, 4"
    ):
        layer(x, x[:, :1], x[:, :1])
    with pytest.raises(ShapeError, match=r"attn_mask has shape \(2, 3\); .* \(3, 3\) or \(4, 3, 3"):
        layer(x, x, x, attn_mask=np.ones((2, 3), bool))
    with pytest.raises(ShapeError, match=r"key_padding_mask has shape \(3, 2\); it must have \(2,"):
        layer(x, x, x, key_padding_mask=np.ones((3, 2), bool))


# -------------------------------------------------------------------------- transformers


def test_a_transformer_layer_agrees_with_its_derivatives_to_the_second_order():
    layer = nn.TransformerEncoderLayer(4, 2, 3, 0.0, "gelu", norm_first=True, dtype=np.float64)

    def f(x, W):
        layer.linear1.W = W
        return layer(x, is_causal=True)

    check_gradients(f, [normal(3, 2, 4), layer.linear1.W.data])


def test_a_transformer_layer_drops_in_training_alone():
    pygrad.seed(0)
    layer = nn.TransformerEncoderLayer(4, 2, 8)
    x = normal(3, 2, 4)
    assert (layer(x).data != layer(x).data).any()
    layer.eval()
    np.testing.assert_array_equal(layer(x).data, layer(x).data)


def test_an_encoder_copies_its_layer():
    layer = nn.TransformerEncoderLayer(4, 2, 8)
    encoder = nn.TransformerEncoder(layer, 2)
    assert encoder.num_layers == 2
    assert len(encoder.params()) == 2 * len(layer.params())
    a, b = encoder.layers
    np.testing.assert_array_equal(a.linear1.W.data, b.linear1.W.data)
    assert a.linear1.W is not b.linear1.W
    assert layer not in encoder.modules()


def test_transformer_layers_take_a_function_for_an_activation():
    layer = nn.TransformerEncoderLayer(4, 2, 8, 0.0, F.silu)
    assert layer(np.ones((3, 2, 4))).shape == (3, 2, 4)
    with pytest.raises(ArgumentError, match="activation is 'sin'; it must be 'relu', 'gelu' or a"):
        nn.TransformerEncoderLayer(4, 2, 8, activation="sin")


def test_stacks_refuse_what_is_no_layer():
    with pytest.raises(DtypeError, match="TransformerEncoder: the layer is 3; it must be a module"):
        nn.TransformerEncoder(3, 2)
    with pytest.raises(ArgumentError, match="TransformerDecoder: num_layers is 0"):
        nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8), 0)


def test_transformers_save_and_load_their_weights(tmp_path):
    layer = nn.TransformerDecoderLayer(4, 2, 8).eval()
    decoder = nn.TransformerDecoder(layer, 2, nn.LayerNorm(4)).eval()
    same = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8), 2, nn.LayerNorm(4)).eval()
    x, memory = normal(3, 2, 4), normal(5, 2, 4)
    decoder.save(tmp_path / "decoder.npy")
    same.load(tmp_path / "decoder.npy")
    np.testing.assert_array_equal(same(x, memory).data, decoder(x, memory).data)


# ----------------------------------------------------------------------------- positions


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


# ------------------------------------------------------------------------------ Bilinear


def test_bilinear_explains_what_does_not_fit():
    layer = nn.Bilinear(2, 3, 4)
    assert repr(layer) == "Bilinear(2, 3, 4)"
    with pytest.raises(ShapeError, match=r"bilinear: x1 has shape \(5, 3\), x2 \(5, 3\) and W"):
        layer(np.ones((5, 3)), np.ones((5, 3)))
    with pytest.raises(ShapeError, match="all axes but the last must be equal"):
        layer(np.ones((5, 2)), np.ones((4, 3)))
