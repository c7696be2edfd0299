"""Weights to and from PyTorch: the outputs are the same, layer by layer and for whole models."""

from __future__ import annotations

import numpy as np
import pytest

from pygrad import Variable, nn, no_grad
from pygrad import functions as F
from pygrad.exceptions import WeightsError
from pygrad.nn.interop import LAYERS, Layout, from_torch_state_dict, to_torch_state_dict

torch = pytest.importorskip("torch")

IMAGES = (2, 4, 9, 8)
SEQUENCES = (5, 3, 6)  # steps, batch, features


def arrays(module):
    return {name: tensor.numpy() for name, tensor in module.state_dict().items()}


def randomised(module):
    """PyTorch's weights, none of them at 0 or 1, where a mistake would not show."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.dtype.is_floating_point:
                tensor.copy_(torch.rand(tensor.shape, generator=generator) - 0.4)
            if "var" in name:
                tensor.abs_()
    return module.eval()


def data(shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def first(y):
    """The outputs of a layer that gives states or weights as well."""
    return y[0] if isinstance(y, tuple) else y


def assert_same(model, theirs, *inputs):
    model.eval()
    with no_grad():
        found = first(model(*inputs)).data
    with torch.no_grad():
        wanted = first(theirs(*map(torch.from_numpy, inputs))).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


CASES = [
    ("Linear", (6, 4), {}, [(2, 6)]),
    ("Linear", (6, 6), {"bias": False}, [(2, 6)]),
    ("Bilinear", (6, 4, 3), {}, [(2, 6), (2, 4)]),
    ("Conv1d", (4, 6, 3), {"padding": 1, "groups": 2}, [(2, 4, 9)]),
    ("Conv2d", (4, 6, (3, 2)), {"stride": 2, "dilation": 2}, [IMAGES]),
    ("Conv3d", (4, 2, 2), {}, [(2, 4, 3, 5, 4)]),
    ("ConvTranspose1d", (4, 6, 3), {"stride": 2}, [(2, 4, 9)]),
    ("ConvTranspose2d", (4, 6, 3), {"stride": 2, "groups": 2}, [IMAGES]),
    ("BatchNorm1d", (6,), {}, [(3, 6)]),
    ("BatchNorm2d", (4,), {}, [IMAGES]),
    ("BatchNorm2d", (4,), {"affine": False}, [IMAGES]),
    ("InstanceNorm2d", (4,), {"affine": True}, [IMAGES]),
    ("LayerNorm", (6,), {}, [(2, 6)]),
    ("LayerNorm", ([5, 6],), {"bias": False}, [(2, 5, 6)]),
    ("GroupNorm", (2, 4), {}, [IMAGES]),
    ("RMSNorm", (6,), {"eps": 1e-6}, [(2, 6)]),
    ("RNN", (6, 4), {}, [SEQUENCES]),
    ("RNN", (6, 4, 2), {"bidirectional": True, "nonlinearity": "relu"}, [SEQUENCES]),
    ("LSTM", (6, 4, 2), {"bidirectional": True}, [SEQUENCES]),
    ("LSTM", (6, 6), {"batch_first": True, "bias": False}, [SEQUENCES]),
    ("GRU", (6, 4, 2), {"bidirectional": True}, [SEQUENCES]),
    ("RNNCell", (6, 4), {}, [(3, 6)]),
    ("LSTMCell", (6, 4), {}, [(3, 6)]),
    ("GRUCell", (6, 4), {}, [(3, 6)]),
    ("MultiheadAttention", (6, 2), {}, [SEQUENCES] * 3),
    ("MultiheadAttention", (6, 2), {"batch_first": True, "bias": False}, [SEQUENCES] * 3),
    (
        "MultiheadAttention", (6, 2), {"kdim": 4, "vdim": 5, "add_bias_kv": True},
        [SEQUENCES, (7, 3, 4), (7, 3, 5)],
    ),
    ("TransformerEncoderLayer", (6, 2, 12), {"batch_first": True}, [SEQUENCES]),
    ("TransformerEncoderLayer", (6, 2), {"norm_first": True, "activation": "gelu"}, [SEQUENCES]),
    ("TransformerDecoderLayer", (6, 2, 12), {}, [SEQUENCES, (4, 3, 6)]),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, about nested tensors
@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shapes"), CASES, ids=[f"{c[0]}{i}" for i, c in enumerate(CASES)]
)
def test_a_layer_has_the_outputs_of_its_counterpart_there_and_back(name, args, kwargs, shapes):
    theirs = randomised(getattr(torch.nn, name)(*args, **kwargs))
    ours = getattr(nn, name)(*args, **kwargs)
    inputs = [data(shape) for shape in shapes]
    assert from_torch_state_dict(ours, arrays(theirs)) is None
    assert_same(ours, theirs, *inputs)
    again = getattr(torch.nn, name)(*args, **kwargs).eval()
    state = to_torch_state_dict(ours)
    again.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()}, strict=True)
    assert_same(ours, again, *inputs)


def test_every_layer_with_weights_is_among_the_cases():
    named = {case[0] for case in CASES} | {
        # of these PyTorch has none, or they only hold others
        "Embedding", "LearnedPositionalEncoding", "SinusoidalPositionalEncoding", "Sequential",
        "TransformerEncoder", "TransformerDecoder",
    }  # fmt: skip
    for name in nn.layers.names():
        layer = nn.layers.get(name)
        covered = any(base in LAYERS for base in layer.__mro__) and not issubclass(
            layer, nn.Dropout
        )
        assert not covered or name in named, name


def test_an_embedding_has_the_outputs_of_its_counterpart():
    theirs = randomised(torch.nn.Embedding(10, 4, padding_idx=3))
    ours = nn.Embedding(10, 4, padding_idx=3)
    from_torch_state_dict(ours, arrays(theirs))
    assert_same(ours, theirs, np.array([[1, 3], [9, 0]]))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_stacks_of_layers_have_the_outputs_of_their_counterparts():
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    theirs = randomised(torch.nn.TransformerEncoder(layer, 3, norm=torch.nn.LayerNorm(8)))
    ours = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 3, norm=nn.LayerNorm(8)
    )
    from_torch_state_dict(ours, arrays(theirs))
    assert_same(ours, theirs, data((2, 5, 8)))
    layer = torch.nn.TransformerDecoderLayer(8, 2, 16)
    theirs = randomised(torch.nn.TransformerDecoder(layer, 2))
    ours = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)
    from_torch_state_dict(ours, arrays(theirs))
    assert_same(ours, theirs, data((5, 2, 8)), data((4, 2, 8)))


# ------------------------------------------------------------------------------- a ResNet


def resnet_blocks(base, conv, norm, sequential, relu, linear, flat_mean):
    """The same ResNet for both libraries."""

    class Block(base):
        def __init__(self, n_in, n_out, stride):
            super().__init__()
            self.conv1 = conv(n_in, n_out, 3, stride=stride, padding=1, bias=False)
            self.bn1 = norm(n_out)
            self.conv2 = conv(n_out, n_out, 3, padding=1, bias=False)
            self.bn2 = norm(n_out)
            self.downsample = None
            if stride != 1 or n_in != n_out:
                self.downsample = sequential(
                    conv(n_in, n_out, 1, stride=stride, bias=False), norm(n_out)
                )

        def forward(self, x):
            y = relu(self.bn1(self.conv1(x)))
            y = self.bn2(self.conv2(y))
            return relu(y + (x if self.downsample is None else self.downsample(x)))

    class ResNet(base):
        def __init__(self):
            super().__init__()
            self.conv1 = conv(3, 8, 7, stride=2, padding=3, bias=False)
            self.bn1 = norm(8)
            self.layer1 = sequential(Block(8, 8, 1), Block(8, 8, 1))
            self.layer2 = sequential(Block(8, 16, 2), Block(16, 16, 1))
            self.fc = linear(16, 10)

        def forward(self, x):
            y = relu(self.bn1(self.conv1(x)))
            return self.fc(flat_mean(self.layer2(self.layer1(y))))

    return ResNet()


def test_a_resnet_has_the_outputs_of_its_counterpart():
    t = torch.nn
    theirs = randomised(
        resnet_blocks(
            t.Module, t.Conv2d, t.BatchNorm2d, t.Sequential, torch.relu, t.Linear,
            lambda y: y.mean((2, 3)),
        )
    )  # fmt: skip
    ours = resnet_blocks(
        nn.Module, nn.Conv2d, nn.BatchNorm2d, nn.Sequential, F.relu, nn.Linear,
        lambda y: y.mean(axis=(2, 3)),
    )  # fmt: skip
    from_torch_state_dict(ours, arrays(theirs))
    x = data((2, 3, 32, 32))
    with torch.no_grad():
        size = float(theirs(torch.from_numpy(x)).abs().max())
    assert size > 0.1
    assert_same(ours, theirs, x)
    state = {k: torch.from_numpy(v) for k, v in to_torch_state_dict(ours).items()}
    assert list(state) == list(theirs.state_dict())
    theirs.load_state_dict(state, strict=True)


# -------------------------------------------------------------------------------- a GPT-2


class Conv1D(torch.nn.Module):
    """GPT-2's linear layer, whose weight is of shape (in, out)."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(n_in, n_out))
        self.bias = torch.nn.Parameter(torch.empty(n_out))

    def forward(self, x):
        return x @ self.weight + self.bias


def gpt2(base, linear, embedding, norm, listed, gelu, attend, arange, split, join):
    """A transformer with GPT-2's names, for both libraries."""
    n, heads, vocabulary, length = 16, 4, 50, 12

    class Attention(base):
        def __init__(self):
            super().__init__()
            self.c_attn = linear(n, 3 * n)
            self.c_proj = linear(n, n)

        def forward(self, x):
            q, k, v = (part for part in split(self.c_attn(x), heads))
            return self.c_proj(join(attend(q, k, v)))

    class MLP(base):
        def __init__(self):
            super().__init__()
            self.c_fc = linear(n, 4 * n)
            self.c_proj = linear(4 * n, n)

        def forward(self, x):
            return self.c_proj(gelu(self.c_fc(x)))

    class Block(base):
        def __init__(self):
            super().__init__()
            self.ln_1 = norm(n)
            self.attn = Attention()
            self.ln_2 = norm(n)
            self.mlp = MLP()

        def forward(self, x):
            x = x + self.attn(self.ln_1(x))
            return x + self.mlp(self.ln_2(x))

    class GPT2(base):
        def __init__(self):
            super().__init__()
            self.wte = embedding(vocabulary, n)
            self.wpe = embedding(length, n)
            self.h = listed([Block() for _ in range(2)])
            self.ln_f = norm(n)

        def forward(self, tokens):
            x = self.wte(tokens) + self.wpe(arange(tokens.shape[1]))
            for block in self.h:
                x = block(x)
            return self.ln_f(x) @ (self.wte.W if hasattr(self.wte, "W") else self.wte.weight).T

    return GPT2()


def test_a_gpt2_has_the_outputs_of_its_counterpart():
    def split_theirs(x, heads):
        b, t, n3 = x.shape
        return x.reshape(b, t, 3, heads, n3 // 3 // heads).permute(2, 0, 3, 1, 4)

    def join_theirs(x):
        b, h, t, d = x.shape
        return x.permute(0, 2, 1, 3).reshape(b, t, h * d)

    def split_ours(x, heads):
        b, t, n3 = x.shape
        return x.reshape(b, t, 3, heads, n3 // 3 // heads).transpose(2, 0, 3, 1, 4)

    def join_ours(x):
        b, h, t, d = x.shape
        return x.transpose(0, 2, 1, 3).reshape(b, t, h * d)

    f = torch.nn.functional
    theirs = randomised(
        gpt2(
            torch.nn.Module, Conv1D, torch.nn.Embedding, torch.nn.LayerNorm, torch.nn.ModuleList,
            lambda x: f.gelu(x, approximate="tanh"),
            lambda q, k, v: f.scaled_dot_product_attention(q, k, v, is_causal=True),
            torch.arange, split_theirs, join_theirs,
        )
    )  # fmt: skip
    ours = gpt2(
        nn.Module, nn.Linear, nn.Embedding, nn.LayerNorm, list,
        lambda x: F.gelu(x, approximate="tanh"),
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        np.arange, split_ours, join_ours,
    )  # fmt: skip
    names = ("*.c_attn", "*.c_fc", "*.c_proj")
    state = {f"transformer.{name}": array for name, array in arrays(theirs).items()}
    with pytest.raises(WeightsError, match=r"h\.0\.attn\.c_attn\.W: shape \(48, 16\), expected"):
        from_torch_state_dict(ours, state, rename="transformer.{}".format)
    from_torch_state_dict(ours, state, rename="transformer.{}".format, conv1d=names)
    tokens = np.random.default_rng(0).integers(0, 50, (2, 12))
    assert_same(ours, theirs, tokens)
    back = to_torch_state_dict(ours, rename="transformer.{}".format, conv1d=names)
    assert back.keys() == state.keys()
    for name, array in state.items():
        np.testing.assert_array_equal(back[name], array)


# ----------------------------------------------------------------------------- details


def test_what_is_missing_unexpected_or_misshapen_is_listed():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = model.weight_dict()
    state = to_torch_state_dict(model)
    del state["0.bias"]
    state["1.weight"] = np.ones((5, 5))
    state["head.weight"] = np.ones(1)
    with pytest.raises(WeightsError) as caught:
        from_torch_state_dict(model, state)
    problems = str(caught.value).splitlines()[1:]
    assert problems == [
        "  missing: 0.b", "  unexpected: head.weight", "  1.W: shape (5, 5), expected (3, 1)",
    ]  # fmt: skip
    np.testing.assert_array_equal(model[0].W.data, before["0"]["W"])
    assert from_torch_state_dict(model, state, strict=False) == [p.strip() for p in problems]


def test_a_state_dict_without_the_count_of_batches_is_taken():
    theirs = randomised(torch.nn.BatchNorm1d(3))
    state = arrays(theirs)
    del state["num_batches_tracked"]
    from_torch_state_dict(nn.BatchNorm1d(3), state)


def test_tied_weights_are_there_under_each_name():
    model = nn.Module()
    model.a = nn.Embedding(4, 2)
    model.b = nn.Embedding(4, 2)
    model.b.W = model.a.W
    assert list(to_torch_state_dict(model)) == ["a.weight", "b.weight"]
    from_torch_state_dict(model, {"a.weight": np.ones((4, 2)), "b.weight": np.ones((4, 2))})
    from_torch_state_dict(model, {"a.weight": np.ones((4, 2))})
    from_torch_state_dict(model, {"b.weight": np.full((4, 2), 2.0)})
    assert (model.a.W.data == 2).all()


def test_a_layer_of_ones_own_may_say_what_it_is_called_there():
    class Twisted(nn.Module):
        def __init__(self):
            super().__init__()
            self.V = nn.Parameter(np.zeros((2, 3)))
            self.note = nn.Buffer(1.0)

    class More(Twisted):
        pass

    LAYERS[Twisted] = Layout({"V": "kernel", "note": None}, transposed=("V",))
    try:
        model = nn.Module()
        model.part = More()
        assert {k: v.shape for k, v in to_torch_state_dict(model).items()} == {
            "part.kernel": (3, 2)
        }
        kernel = np.arange(6.0).reshape(3, 2)
        from_torch_state_dict(model, {"part.kernel": kernel}, strict=False)
        np.testing.assert_array_equal(model.part.V.data, kernel.T)
    finally:
        del LAYERS[Twisted]


def test_tensors_themselves_can_be_given():
    theirs = randomised(torch.nn.Linear(3, 2))
    ours = nn.Linear(3, 2)
    from_torch_state_dict(ours, theirs.state_dict())
    assert_same(ours, theirs, data((4, 3)))
    with pytest.raises(
        TypeError, match=r"weight is a Tensor that NumPy cannot read: .*\.float\(\)"
    ):
        from_torch_state_dict(ours, theirs.to(torch.bfloat16).state_dict())


def test_the_arrays_are_contiguous_as_writers_of_files_want_them():
    state = to_torch_state_dict(nn.TransformerEncoderLayer(4, 2, 8))
    assert len(state) == 12
    assert [name for name, array in state.items() if not array.flags.c_contiguous] == []


def test_the_arrays_are_copies():
    model = nn.Linear(2, 2)
    to_torch_state_dict(model)["weight"][...] = 9
    assert (model.W.data != 9).all()
    assert isinstance(model(Variable([1.0, 2.0])), Variable)
