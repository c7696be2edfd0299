"""Layers over sequences beside PyTorch's: values, gradients of inputs and of weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad import Variable, nn
from pygrad import functions as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
DTYPES = st.sampled_from(["float64", "float32"])
SEEDS = st.integers(0, 2**32 - 1)
SOME = settings(max_examples=25, deadline=None, derandomize=True, database=None)
APART = ("in_proj_weight", "in_proj_bias")


def ours(name):
    """The name of PyTorch's parameter here."""
    name = {"bias_k": "k_b", "bias_v": "v_b"}.get(name, name)
    return name.replace("weight", "W").replace("bias", "b")


def as_ours(name, tensor):
    """Its values here: matrices are transposed, but for tables of vectors."""
    array = tensor.detach().numpy()
    return array.T if array.ndim == 2 else array


def take_over(layer, theirs, table=False):
    """Give our layer the weights of PyTorch's."""
    params = dict(layer.named_params())
    named = dict(theirs.named_parameters())
    assert set(params) == {ours(name) for name in named}
    for name, tensor in named.items():
        value = tensor.detach().numpy() if table else as_ours(name, tensor)
        params[ours(name)].data[...] = value


def agree(a, b, dtype, what=""):
    """Two arrays, to a tolerance relative to the largest value."""
    assert a.dtype == np.dtype(dtype)
    b = b.detach().numpy() if hasattr(b, "detach") else b
    scale = max(1.0, np.abs(b).max(initial=0))
    np.testing.assert_allclose(a / scale, b / scale, rtol=0, atol=TOLERANCE[dtype], err_msg=what)


def compare(layer, theirs, ours_out, torch_out, inputs, tensors, rng, dtype, table=False):
    """Outputs, and for random gradients of them those of the inputs and weights."""
    gradients = [rng.normal(size=y.shape).astype(dtype) for y in ours_out]
    for y, ty in zip(ours_out, torch_out, strict=True):
        agree(y.data, ty, dtype, "output")
    sum((y * g).sum() for y, g in zip(ours_out, gradients, strict=True)).backward()
    sum((ty * torch.tensor(g)).sum() for ty, g in zip(torch_out, gradients, strict=True)).backward()
    for i, (x, tx) in enumerate(zip(inputs, tensors, strict=True)):
        agree(x.grad.data, tx.grad, dtype, f"input {i}")
    params = dict(layer.named_params())
    for name, tensor in theirs.named_parameters():
        if tensor.grad is not None:
            g = tensor.grad.numpy() if table else as_ours(name, tensor.grad)
            agree(params[ours(name)].grad.data, g, dtype, name)


def pair(rng, dtype, *shapes):
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    return [Variable(a) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]


@SOME
@given(
    SEEDS,
    DTYPES,
    st.sampled_from(["RNN", "LSTM", "GRU"]),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.tuples(*[st.integers(1, 5)] * 4),
)
def test_recurrent_layers_are_pytorchs(
    seed, dtype, kind, layers, bias, batch_first, bidirectional, with_state, packed, sizes
):
    steps, batch, n_in, n = sizes
    rng = np.random.default_rng(seed)
    options = {
        "num_layers": layers,
        "bias": bias,
        "batch_first": batch_first,
        "bidirectional": bidirectional,
    }
    if kind == "RNN":
        options["nonlinearity"] = ["tanh", "relu"][seed % 2]
    torch.manual_seed(seed)
    theirs = getattr(torch.nn, kind)(n_in, n, **options).to(getattr(torch, dtype))
    layer = getattr(nn, kind)(n_in, n, **options, dtype=dtype)
    take_over(layer, theirs)
    shape = (batch, steps, n_in) if batch_first else (steps, batch, n_in)
    state = (layers * (2 if bidirectional else 1), batch, n)
    n_states = (2 if kind == "LSTM" else 1) if with_state else 0
    inputs, tensors = pair(rng, dtype, shape, *[state] * n_states)
    hx, thx = (tuple(x[1:]) if kind == "LSTM" else x[-1] for x in (inputs, tensors))
    lengths = rng.integers(1, steps + 1, batch)
    lengths[rng.integers(batch)] = steps
    packing = torch.nn.utils.rnn
    x = tensors[0]
    if packed:
        x = packing.pack_padded_sequence(
            x, torch.tensor(lengths), batch_first=batch_first, enforce_sorted=False
        )
    y, last = layer(inputs[0], hx if with_state else None, lengths if packed else None)
    ty, tlast = theirs(x, thx if with_state else None)
    if packed:
        ty, _ = packing.pad_packed_sequence(ty, batch_first=batch_first)
    outputs = [y, *(last if kind == "LSTM" else [last])]
    torch_outputs = [ty, *(tlast if kind == "LSTM" else [tlast])]
    compare(layer, theirs, outputs, torch_outputs, inputs, tensors, rng, dtype)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_single_sequence_has_no_batch_axis(kind):
    rng = np.random.default_rng(0)
    theirs = getattr(torch.nn, kind)(3, 4, 2, bidirectional=True).double()
    layer = getattr(nn, kind)(3, 4, 2, bidirectional=True, dtype=np.float64)
    take_over(layer, theirs)
    n_states = 2 if kind == "LSTM" else 1
    inputs, tensors = pair(rng, "float64", (5, 3), *[(4, 4)] * n_states)
    hx, thx = (tuple(x[1:]) if kind == "LSTM" else x[1] for x in (inputs, tensors))
    y, last = layer(inputs[0], hx)
    ty, tlast = theirs(tensors[0], thx)
    outputs = [y, *(last if kind == "LSTM" else [last])]
    torch_outputs = [ty, *(tlast if kind == "LSTM" else [tlast])]
    compare(layer, theirs, outputs, torch_outputs, inputs, tensors, rng, "float64")


@SOME
@given(
    SEEDS,
    DTYPES,
    st.sampled_from(["RNNCell", "LSTMCell", "GRUCell"]),
    st.booleans(),
    st.tuples(*[st.integers(1, 5)] * 3),
)
def test_cells_are_pytorchs(seed, dtype, kind, bias, sizes):
    batch, n_in, n = sizes
    rng = np.random.default_rng(seed)
    options = {"bias": bias}
    if kind == "RNNCell":
        options["nonlinearity"] = ["tanh", "relu"][seed % 2]
    theirs = getattr(torch.nn, kind)(n_in, n, **options).to(getattr(torch, dtype))
    layer = getattr(nn, kind)(n_in, n, **options, dtype=dtype)
    take_over(layer, theirs)
    n_states = 2 if kind == "LSTMCell" else 1
    inputs, tensors = pair(rng, dtype, (batch, n_in), *[(batch, n)] * n_states)
    hx, thx = (tuple(x[1:]) if n_states == 2 else x[1] for x in (inputs, tensors))
    out, torch_out = layer(inputs[0], hx), theirs(tensors[0], thx)
    if n_states == 1:
        out, torch_out = [out], [torch_out]
    compare(layer, theirs, out, torch_out, inputs, tensors, rng, dtype)
    zero, torch_zero = layer(inputs[0]), theirs(tensors[0])
    agree(
        (zero[0] if n_states == 2 else zero).data,
        (torch_zero[0] if n_states == 2 else torch_zero),
        dtype,
    )


@SOME
@given(
    SEEDS,
    DTYPES,
    st.tuples(*[st.integers(1, 6)] * 3),
    st.integers(0, 9000),
    st.booleans(),
    st.booleans(),
)
def test_embedding_is_pytorchs(seed, dtype, sizes, many, padded, scaled):
    n, width, batch = sizes
    rng = np.random.default_rng(seed)
    options = {"padding_idx": int(rng.integers(-n, n)) if padded else None}
    options["scale_grad_by_freq"] = scaled
    theirs = torch.nn.Embedding(n, width, **options).to(getattr(torch, dtype))
    layer = nn.Embedding(n, width, **options, dtype=dtype)
    take_over(layer, theirs, table=True)
    indices = rng.integers(0, n, (batch, many // batch + 1))
    out, torch_out = layer(indices), theirs(torch.tensor(indices))
    compare(layer, theirs, [out], [torch_out], [], [], rng, dtype, table=True)


@pytest.mark.parametrize("norm_type", [1.0, 2.0])
def test_embedding_shortens_its_vectors_as_pytorch_does(norm_type):
    theirs = torch.nn.Embedding(5, 3, max_norm=1.0, norm_type=norm_type).double()
    layer = nn.Embedding(5, 3, max_norm=1.0, norm_type=norm_type, dtype=np.float64)
    take_over(layer, theirs, table=True)
    indices = np.array([0, 2, 2, 4])
    agree(layer(indices).data, theirs(torch.tensor(indices)), "float64")
    agree(layer.W.data, theirs.weight, "float64")


@SOME
@given(SEEDS, DTYPES, st.tuples(*[st.integers(1, 5)] * 4), st.booleans())
def test_bilinear_is_pytorchs(seed, dtype, sizes, bias):
    batch, n1, n2, m = sizes
    rng = np.random.default_rng(seed)
    theirs = torch.nn.Bilinear(n1, n2, m, bias=bias).to(getattr(torch, dtype))
    layer = nn.Bilinear(n1, n2, m, bias=bias, dtype=dtype)
    take_over(layer, theirs, table=True)
    inputs, tensors = pair(rng, dtype, (2, batch, n1), (2, batch, n2))
    out, torch_out = layer(*inputs), theirs(*tensors)
    compare(layer, theirs, [out], [torch_out], inputs, tensors, rng, dtype, table=True)


@SOME
@given(
    SEEDS,
    DTYPES,
    st.tuples(*[st.integers(1, 6)] * 6),
    st.sampled_from(["none", "bool", "float", "one for all", "causal"]),
    st.sampled_from([None, 0.3, 40.0]),
)
def test_attention_is_pytorchs(seed, dtype, sizes, mask, scale):
    n, heads, queries, keys, width, out_width = sizes
    rng = np.random.default_rng(seed)
    inputs, tensors = pair(
        rng,
        dtype,
        (n, heads, queries, width),
        (n, heads, keys, width),
        (n, heads, keys, out_width),
    )
    options, torch_options = {"scale": scale}, {"scale": scale}
    if mask == "bool":
        allowed = rng.random((n, 1, queries, keys)) > 0.4
        options["attn_mask"], torch_options["attn_mask"] = allowed, torch.tensor(allowed)
    elif mask == "causal":
        options["is_causal"] = torch_options["is_causal"] = True
    elif mask != "none":
        shape = (queries, keys) if mask == "one for all" else (n, heads, queries, keys)
        more, torch_more = pair(rng, dtype, shape)
        inputs, tensors = inputs + more, tensors + torch_more
        options["attn_mask"], torch_options["attn_mask"] = more[0], torch_more[0]
    y = F.scaled_dot_product_attention(*inputs[:3], **options)
    ty = torch.nn.functional.scaled_dot_product_attention(*tensors[:3], **torch_options)
    nothing = nn.Module()
    compare(nothing, torch.nn.Module(), [y], [ty], inputs, tensors, rng, dtype)
    weights = F.attention_weights(*inputs[:2], **options)
    agree((weights @ inputs[2]).data, ty, dtype)


def test_long_causal_attention_is_pytorchs():
    # longer than the blocks that a causal pass goes by
    rng = np.random.default_rng(0)
    inputs, tensors = pair(rng, "float64", (2, 3, 300, 4), (2, 3, 280, 4), (2, 3, 280, 5))
    y = F.scaled_dot_product_attention(*inputs, is_causal=True)
    ty = torch.nn.functional.scaled_dot_product_attention(*tensors, is_causal=True)
    compare(nn.Module(), torch.nn.Module(), [y], [ty], inputs, tensors, rng, "float64")


def test_grouped_queries_are_pytorchs():
    rng = np.random.default_rng(0)
    inputs, tensors = pair(rng, "float64", (2, 6, 3, 4), (2, 2, 5, 4), (2, 3, 5, 4))
    y = F.scaled_dot_product_attention(*inputs, enable_gqa=True)
    ty = torch.nn.functional.scaled_dot_product_attention(*tensors, enable_gqa=True)
    compare(nn.Module(), torch.nn.Module(), [y], [ty], inputs, tensors, rng, "float64")


@SOME
@given(
    SEEDS,
    DTYPES,
    st.tuples(*[st.integers(1, 4)] * 5),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["none", "bool", "float", "per head"]),
    st.sampled_from(["none", "bool", "float"]),
    st.sampled_from(["self", "memory", "apart", "other widths"]),
    st.sampled_from([None, "mean", "each"]),
)
def test_multihead_attention_is_pytorchs(
    seed, dtype, sizes, bias, bias_kv, zero, batch_first, batched, mask, padding, kind, weights
):
    n, heads, queries, keys, per_head = sizes
    width = heads * per_head
    n = n if batched else 1
    rng = np.random.default_rng(seed)
    options = {
        "bias": bias,
        "add_bias_kv": bias_kv,
        "add_zero_attn": zero,
        "batch_first": batch_first,
    }
    kdim, vdim = (width + 1, width + 2) if kind == "other widths" else (width, width)
    if kind == "other widths":
        options |= {"kdim": kdim, "vdim": vdim}
    theirs = torch.nn.MultiheadAttention(width, heads, **options).to(getattr(torch, dtype))
    layer = nn.MultiheadAttention(width, heads, **options, dtype=dtype)
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(torch.tensor(rng.normal(size=p.shape) / 2))
    take_over(layer, theirs)
    keys = queries if kind == "self" else keys

    def shape(length, width):
        if not batched:
            return (length, width)
        return (n, length, width) if batch_first else (length, n, width)

    if kind == "self":
        inputs, tensors = pair(rng, dtype, shape(queries, width))
        given, torch_given = inputs * 3, tensors * 3
    elif kind == "memory":
        inputs, tensors = pair(rng, dtype, shape(queries, width), shape(keys, width))
        given, torch_given = [inputs[0], *inputs[1:] * 2], [tensors[0], *tensors[1:] * 2]
    else:
        inputs, tensors = pair(
            rng, dtype, shape(queries, width), shape(keys, kdim), shape(keys, vdim)
        )
        given, torch_given = inputs, tensors
    call, torch_call = {}, {}

    def add(name, array):
        call[name], torch_call[name] = array, torch.tensor(array)

    # the first key stays allowed: where a query may attend to nothing, PyTorch gives NaN
    if mask == "bool":
        barred = rng.random((queries, keys)) > 0.6
        barred[:, 0] = False
        add("attn_mask", barred)
    elif mask != "none":
        lead = (n * heads,) if mask == "per head" else ()
        add("attn_mask", rng.normal(size=(*lead, queries, keys)).astype(dtype))
    lead = (n,) if batched else ()
    if padding == "bool":
        barred = rng.random((*lead, keys)) > 0.6
        barred[..., 0] = False
        add("key_padding_mask", barred)
    elif padding == "float":
        add("key_padding_mask", rng.normal(size=(*lead, keys)).astype(dtype))
    if {mask, padding} & {"float", "per head"}:  # PyTorch warns of masks of two kinds
        for name, array in list(torch_call.items()):
            if array.dtype == torch.bool:
                torch_call[name] = torch.zeros(array.shape, dtype=getattr(torch, dtype))
                torch_call[name].masked_fill_(array, -torch.inf)
    call["need_weights"] = torch_call["need_weights"] = weights is not None
    if weights:
        call["average_attn_weights"] = torch_call["average_attn_weights"] = weights == "mean"
    y, w = layer(*given, **call)
    ty, tw = theirs(*torch_given, **torch_call)
    outputs, torch_outputs = ([y, w], [ty, tw]) if weights else ([y], [ty])
    compare(layer, theirs, outputs, torch_outputs, inputs, tensors, rng, dtype)


def causal(n):
    return torch.nn.Transformer.generate_square_subsequent_mask(n, dtype=torch.float64)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_the_transformers_layers_are_pytorchs(activation, norm_first, batch_first, bias):
    rng = np.random.default_rng(0)
    options = {
        "dim_feedforward": 7,
        "dropout": 0.0,
        "activation": activation,
        "norm_first": norm_first,
        "batch_first": batch_first,
        "bias": bias,
    }
    n, m, batch = (5, 4, 3)
    shapes = [(batch, k, 6) if batch_first else (k, batch, 6) for k in (n, m)]
    for kind in ("Encoder", "Decoder"):
        theirs = getattr(torch.nn, f"Transformer{kind}Layer")(6, 2, **options).double()
        layer = getattr(nn, f"Transformer{kind}Layer")(6, 2, **options, dtype=np.float64)
        with torch.no_grad():
            for p in theirs.parameters():
                p.copy_(torch.tensor(rng.normal(size=p.shape) / 2))
        take_over(layer, theirs)
        padding = rng.random((batch, n)) > 0.7
        padding[:, 0] = False
        added = torch.zeros(padding.shape).double().masked_fill_(torch.tensor(padding), -torch.inf)
        if kind == "Encoder":
            inputs, tensors = pair(rng, "float64", shapes[0])
            y = layer(*inputs, src_key_padding_mask=padding, is_causal=True)
            ty = theirs(*tensors, src_mask=causal(n), src_key_padding_mask=added)
        else:
            inputs, tensors = pair(rng, "float64", *shapes)
            y = layer(*inputs, tgt_key_padding_mask=padding, tgt_is_causal=True)
            ty = theirs(*tensors, tgt_mask=causal(n), tgt_key_padding_mask=added)
        compare(layer, theirs, [y], [ty], inputs, tensors, rng, "float64")


@pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning")
def test_encoder_and_decoder_are_pytorchs():
    rng = np.random.default_rng(0)
    for kind in ("Encoder", "Decoder"):
        for norm in (False, True):
            inner = getattr(torch.nn, f"Transformer{kind}Layer")(6, 2, 7, 0.0)
            theirs = getattr(torch.nn, f"Transformer{kind}")(
                inner, 3, torch.nn.LayerNorm(6) if norm else None
            ).double()
            layer = getattr(nn, f"Transformer{kind}")(
                getattr(nn, f"Transformer{kind}Layer")(6, 2, 7, 0.0, dtype=np.float64),
                3,
                nn.LayerNorm(6, dtype=np.float64) if norm else None,
            )
            with torch.no_grad():
                for p in theirs.parameters():
                    p.copy_(torch.tensor(rng.normal(size=p.shape) / 2))
            take_over(layer, theirs)
            shapes = [(5, 3, 6)] if kind == "Encoder" else [(5, 3, 6), (4, 3, 6)]
            inputs, tensors = pair(rng, "float64", *shapes)
            compare(
                layer, theirs, [layer(*inputs)], [theirs(*tensors)], inputs, tensors, rng, "float64"
            )
