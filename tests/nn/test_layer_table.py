"""What holds for every layer with parameters: `init`, `dtype` and `rng`."""

import inspect

import numpy as np
import pytest
from layer_table import ROWS, make

import pygrad
from pygrad import nn
from pygrad.exceptions import ArgumentError, DtypeError, UnknownNameError

TABLE = pytest.mark.parametrize("row", ROWS, ids=[row.kind for row in ROWS])
# what has parameters only by what it is given: settings of its own would say nothing
CONTAINERS = {
    "ModuleDict", "ModuleList", "Sequential", "TransformerDecoder", "TransformerEncoder",
}  # fmt: skip


def test_every_layer_that_takes_a_dtype_has_a_row():
    layers = {name: nn.layers.get(name) for name in nn.layers.names()}
    typed = {n for n, layer in layers.items() if "dtype" in inspect.signature(layer).parameters}
    assert typed == {row.kind for row in ROWS}
    # the others own no parameters: they can be made without saying what those begin as
    sizes = {"GlobalAvgPool": (), "Upsample": (2,), "SinusoidalPositionalEncoding": (4,)}
    for name in set(layers) - typed - CONTAINERS:
        needed = [
            p for p in inspect.signature(layers[name]).parameters.values()
            if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
        ]  # fmt: skip
        assert not layers[name](*sizes.get(name, (1,) * len(needed))).params()


@TABLE
def test_the_settings_have_one_order_and_one_default(row):
    signature = inspect.signature(nn.layers.get(row.kind)).parameters
    assert list(signature)[-3:] == ["dtype", "rng", "init"]
    assert signature["dtype"].default is None
    assert signature["rng"].default is None


@TABLE
def test_a_layer_has_the_default_dtype_or_the_one_that_it_is_given(row):
    assert {p.dtype for p in make(row).params()} == {np.dtype(np.float32)}
    assert {p.dtype for p in make(row, dtype="float64").params()} == {np.dtype(np.float64)}
    pygrad.set_default_dtype(np.float64)
    try:
        assert {p.dtype for p in make(row).params()} == {np.dtype(np.float64)}
        assert {p.dtype for p in make(row, dtype=np.float32).params()} == {np.dtype(np.float32)}
    finally:
        pygrad.set_default_dtype(np.float32)
    with pytest.raises(DtypeError, match=r"^\w+: dtype is int32; .* must be floats"):
        make(row, dtype=np.int32)


@TABLE
def test_a_layer_draws_from_the_generator_that_it_is_given(row):
    pygrad.seed(0)
    untouched = pygrad.default_rng().random()
    pygrad.seed(0)
    a, b, c = (make(row, rng=np.random.default_rng(s), init="normal").params() for s in (1, 1, 2))
    assert pygrad.default_rng().random() == untouched
    assert all((p.data == q.data).all() for p, q in zip(a, b, strict=True))
    assert not all((p.data == q.data).all() for p, q in zip(a, c, strict=True))
    pygrad.seed(1)
    first = make(row).params()
    pygrad.seed(1)
    assert all((p.data == q.data).all() for p, q in zip(first, make(row).params(), strict=True))


@TABLE
def test_init_is_what_the_matrices_start_with_and_nothing_else(row):
    shapes = []

    def halves(shape, fans, rng):
        shapes.append(shape)
        return np.full(shape, 0.5)

    for init in (halves, "ones" if "Norm" not in row.kind else "zeros"):
        value = 0.5 if init is halves else float(init == "ones")
        started = dict(make(row, init=init).named_params())
        plain = dict(make(row).named_params())
        assert set(row.matrices) <= set(started)
        for name, parameter in started.items():
            last = name.rpartition(".")[2]
            if "W" not in last:
                bound = np.abs(plain[name].data).max(initial=0)
                assert np.abs(parameter.data).max(initial=0) <= (1 if bound else 0)
                assert bound == 0 or not (parameter.data == value).all()
            elif "norm" not in name:
                assert (parameter.data == value).all()
                assert not (plain[name].data == value).all()
    assert {tuple(started[name].shape) for name in row.matrices} <= set(shapes)
    with pytest.raises(UnknownNameError, match="did you mean 'ones'"):
        make(row, init="onez")
    with pytest.raises(ArgumentError, match="init is 3; it must be the name"):
        make(row, init=3)


@pytest.mark.parametrize("kind", ["RNN", "GRU"])
def test_a_named_initializer_sees_how_much_flows_into_a_recurrent_matrix(kind):
    layer = nn.layers.get(kind)(100, 16, init="kaiming_uniform", rng=np.random.default_rng(0))
    assert 0.95 < np.abs(layer.W_ih_l0.data).max() / np.sqrt(6 / 100) <= 1
    assert 0.9 < np.abs(layer.W_hh_l0.data).max() / np.sqrt(6 / 16) <= 1
    assert np.abs(layer.b_ih_l0.data).max() <= 0.25


def test_the_further_key_of_attention_is_spread_as_in_pytorch():
    layer = nn.MultiheadAttention(4096, 1, add_bias_kv=True, rng=np.random.default_rng(0))
    assert abs(layer.k_b.data.std() * np.sqrt(4096) - 1) < 0.05  # fans of (1, 1, n): n and n
