"""Initializers: their distributions, and how layers use them. PyTorch is in tests/peers."""

import math
from functools import partial

import numpy as np
import pytest

import pygrad
from pygrad import hookimpl, nn
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError, UnknownNameError

init = nn.initializers
rng = np.random.default_rng

# name: (the bound or None, the standard deviation), of shape (300, 200)
SPREADS = {
    "uniform": (1.0, math.sqrt(1 / 12)),
    "normal": (None, 1.0),
    "trunc_normal": (2.0, 0.8796),
    "fan_in_uniform": (1 / math.sqrt(300), 1 / math.sqrt(900)),
    "xavier_uniform": (math.sqrt(6 / 500), math.sqrt(2 / 500)),
    "xavier_normal": (None, math.sqrt(2 / 500)),
    "kaiming_uniform": (math.sqrt(6 / 300), math.sqrt(2 / 300)),
    "kaiming_normal": (None, math.sqrt(2 / 300)),
    "lecun_uniform": (math.sqrt(3 / 300), math.sqrt(1 / 300)),
    "lecun_normal": (None, math.sqrt(1 / 300)),
}


@pytest.mark.parametrize("name", SPREADS)
def test_random_values_have_the_spread_and_the_bound_of_their_formula(name):
    bound, std = SPREADS[name]
    values = init.get(name)((300, 200), None, rng(0))
    assert values.shape == (300, 200)
    centre = 0.5 if name == "uniform" else 0.0
    assert abs(values.mean() - centre) < 5 * std / math.sqrt(values.size)
    assert abs(values.std() / std - 1) < 0.02
    if bound is not None:
        assert np.abs(values).max() <= bound
        assert np.abs(values).max() > 0.99 * bound


@pytest.mark.parametrize("name", ["xavier_uniform", "kaiming_normal", "lecun_normal"])
def test_a_convolutions_fans_count_its_kernel(name):
    as_kernel = init.get(name)((8, 4, 3, 3), None, rng(0))
    told = init.get(name)((8, 4, 3, 3), (36, 72), rng(0))
    np.testing.assert_array_equal(as_kernel, told)


def test_fan_out_is_chosen_by_mode():
    a = init.kaiming_normal((30, 200), None, rng(0), mode="fan_out")
    b = init.kaiming_normal((30, 200), (200, 30), rng(0))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("a", "b", "mean"),
    [(-2, 2, 0), (0, 1, 0), (3, 4, 0), (-9, -8.5, 0), (10, 1e9, 0), (-1e9, 0.1, 5), (0, 1e-6, 0)],
)
def test_a_truncated_normal_has_the_truncated_density(a, b, mean):
    values = init.trunc_normal((20_000,), rng=rng(0), a=a, b=b, mean=mean)
    assert a <= values.min() <= values.max() <= b
    # the mean of the truncated distribution, by summing up its density
    low, high = max(a, min(b, mean) - 12), min(b, max(a, mean) + 12)
    x = np.linspace(low, high, 200_001)
    density = np.exp((min(abs(low - mean), abs(high - mean)) ** 2 - (x - mean) ** 2) / 2)
    density = density / density.sum()
    expected = (x * density).sum()
    spread = math.sqrt(((x - expected) ** 2 * density).sum())
    assert abs(values.mean() - expected) < 5 * spread / math.sqrt(20_000)


def test_a_truncated_normal_without_spread_is_its_mean_within_the_bounds():
    np.testing.assert_array_equal(init.trunc_normal((2,), mean=9.0, std=0.0), [2.0, 2.0])


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 3, 2), (1, 4)])
def test_orthogonal_has_orthonormal_rows_or_columns(shape):
    W = init.orthogonal(shape, None, rng(0), gain=2.0).reshape(shape[0], -1)
    small = W @ W.T if W.shape[0] <= W.shape[1] else W.T @ W
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_is_a_rotation_as_often_as_a_reflection():
    generator = rng(0)
    signs = [np.linalg.det(init.orthogonal((3, 3), None, generator)) > 0 for _ in range(400)]
    assert 150 < sum(signs) < 250


def test_sparse_keeps_the_same_number_in_every_row():
    W = init.sparse((50, 40), None, rng(0), sparsity=0.33, std=2.0)
    np.testing.assert_array_equal((W == 0).sum(axis=1), math.ceil(0.33 * 40))
    assert abs(W[W != 0].std() / 2 - 1) < 0.1


def test_identity_hands_a_convolutions_channels_on():
    W = init.identity((3, 2, 3, 5), gain=2.0)
    assert W[0, 0, 1, 2] == W[1, 1, 1, 2] == 2
    assert W.sum() == 4


@pytest.mark.parametrize(
    ("nonlinearity", "param", "gain"),
    [
        ("linear", None, 1), ("conv2d", None, 1), ("sigmoid", None, 1), ("tanh", None, 5 / 3),
        ("relu", None, math.sqrt(2)), ("selu", None, 0.75),
        ("leaky_relu", None, math.sqrt(2 / 1.0001)), ("leaky_relu", 0.5, math.sqrt(2 / 1.25)),
    ],
)  # fmt: skip
def test_gains_are_the_known_ones(nonlinearity, param, gain):
    assert init.calculate_gain(nonlinearity, param) == pytest.approx(gain, rel=1e-15)


# ---------------------------------------------------------------------------- in layers


@pytest.mark.parametrize("name", init.names())
def test_a_layer_takes_every_initializer_by_name(name):
    layer = nn.Linear(4, 3, init=name, rng=rng(0))
    expected = init.get(name)((4, 3), (4, 3), rng(0)).astype(np.float32)
    np.testing.assert_array_equal(layer.W.data, expected)
    assert layer.W.dtype == np.float32


def test_a_layer_takes_an_initializer_with_settings_or_ones_own():
    constant = nn.Linear(4, 3, init=partial(init.constant, value=0.25))
    assert (constant.W.data == 0.25).all()
    asked = []

    def own(shape, fans, rng):
        asked.append((shape, fans, type(rng).__name__))
        return np.ones(shape)

    assert (nn.Linear(4, 3, init=own).W.data == 1).all()
    assert asked == [((4, 3), (4, 3), "Generator")]


def test_a_seed_and_a_generator_repeat_a_layer():
    pygrad.seed(3)
    a = nn.Linear(4, 3).W.data
    pygrad.seed(3)
    np.testing.assert_array_equal(nn.Linear(4, 3).W.data, a)
    np.testing.assert_array_equal(
        nn.Linear(4, 3, rng=rng(1)).W.data, nn.Linear(4, 3, rng=rng(1)).W.data
    )


def test_the_default_dtype_is_that_of_layers_made_from_then_on():
    before = nn.Linear(2, 2)
    pygrad.set_default_dtype(np.float64)
    try:
        assert pygrad.get_default_dtype() == np.float64
        assert nn.Linear(2, 2).W.dtype == np.float64
        assert nn.Linear(2, 2, dtype=np.float32).W.dtype == np.float32
    finally:
        pygrad.set_default_dtype(np.float32)
    assert before.W.dtype == nn.Linear(2, 2).b.dtype == np.float32


@pytest.mark.parametrize("dtype", ["int32", None, complex, "nonsense"])
def test_a_default_dtype_must_be_one_of_floats(dtype):
    with pytest.raises(DtypeError, match="set_default_dtype: .* is no dtype of floats"):
        pygrad.set_default_dtype(dtype)
    assert pygrad.get_default_dtype() == np.float32


# ----------------------------------------------------------------------- wrong arguments


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: nn.Linear(2, 2, init="zeroes"), UnknownNameError, "did you mean 'zeros'"),
        (lambda: nn.Linear(2, 2, init=3), ArgumentError, "Linear: init is 3; it must be the name"),
        (
            lambda: nn.Linear(2, 2, init=lambda shape, fans, rng: np.ones(3)),
            ShapeError, r"Linear: the initializer returned shape \(3,\), but \(2, 2\) was asked",
        ),
        (lambda: init.xavier_uniform((3,)), ShapeError, "fewer than two axes"),
        (lambda: init.orthogonal((3,)), ShapeError, "orthogonal: .* at least two axes"),
        (lambda: init.identity((3,)), ShapeError, "identity: .* at least two axes"),
        (lambda: init.sparse((3, 2, 2)), ShapeError, "sparse: .* must be that of a matrix"),
        (lambda: init.sparse((3, 2), sparsity=2), ArgumentError, "sparsity is 2"),
        (lambda: init.normal((3,), std=-1), ArgumentError, "normal: std is -1"),
        (lambda: init.uniform((3,), low=2), ArgumentError, "low is 2 and high 1.0"),
        (lambda: init.trunc_normal((3,), a=2), ArgumentError, "a is 2 and b 2.0"),
        (lambda: init.kaiming_normal((3, 3), mode="in"), ArgumentError, "mode is 'in'"),
        (lambda: init.calculate_gain("swoosh"), ArgumentError, "nonlinearity is 'swoosh'; known"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


def test_a_plugins_initializer_is_found_by_name():
    class Plugin:
        @hookimpl
        def register_initializers(self, register):
            register("halves", lambda shape, fans, rng: np.full(shape, 0.5))

    pygrad.plugins.register(Plugin())
    try:
        assert "halves" in init.names()
        assert (nn.Linear(2, 2, init="halves").W.data == 0.5).all()
        assert init.halves is init.get("halves")
    finally:
        pygrad.plugins.unregister("Plugin")
