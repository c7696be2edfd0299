"""Attention and transformers."""

import numpy as np
import pytest

import pygrad
from pygrad import Variable, nn, no_grad
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.testing import check_gradients


@pytest.fixture(autouse=True)
def a_seed():
    pygrad.seed(0)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


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
    assert F.scaled_dot_product_attention(q, q, q).creator.tape[3] is not None
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


def test_a_transformer_layer_agrees_with_its_derivatives_to_the_second_order():
    layer = nn.TransformerEncoderLayer(4, 2, 3, 0.0, "gelu", norm_first=True, dtype=np.float64)

    def f(x, W):
        layer.linear1.W = W
        return layer(x, is_causal=True)

    check_gradients(f, [normal(3, 2, 4), layer.linear1.W.data])


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_transformer_layer_norms_before_or_behind_its_parts(norm_first):
    layer = nn.TransformerEncoderLayer(4, 2, 8, 0.0, norm_first=norm_first, dtype=np.float64)
    norm1, norm2, x = layer.norm1, layer.norm2, Variable(normal(3, 2, 4))

    def attend(x):
        return layer.self_attn(x, x, x)[0]

    def network(x):
        return layer.linear2(F.relu(layer.linear1(x)))

    if norm_first:
        y = x + attend(norm1(x))
        y = y + network(norm2(y))
    else:
        y = norm1(x + attend(x))
        y = norm2(y + network(y))
    np.testing.assert_allclose(layer(x).data, y.data, rtol=1e-12)


def test_the_parts_of_a_transformer_layer_are_called_as_modules():
    layer = nn.TransformerDecoderLayer(4, 2, 8)
    layer(np.ones((3, 2, 4)), np.ones((5, 2, 4)))
    assert all(module.last_call is not None for module in layer.modules())


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
