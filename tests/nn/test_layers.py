"""Linear, Dropout, Sequential."""

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.testing import check_gradients

# -------------------------------------------------------------------------------- Linear


def test_linear_has_weights_of_the_documented_shapes():
    layer = nn.Linear(3, 2)
    assert (layer.W.shape, layer.b.shape) == ((3, 2), (2,))
    assert isinstance(layer.W, Parameter)
    assert isinstance(layer.b, Parameter)
    assert layer.W.dtype == layer.b.dtype == np.float32
    assert (layer.in_features, layer.out_features) == (3, 2)


def test_linear_computes_x_W_plus_b():
    layer = nn.Linear(3, 2, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    np.testing.assert_allclose(layer(x).data, x @ layer.W.data + layer.b.data)
    np.testing.assert_allclose(layer(x[0, 0]).data, x[0, 0] @ layer.W.data + layer.b.data)


def test_linear_without_bias_has_none_and_trains():
    layer = nn.Linear(3, 2, bias=False)
    assert layer.b is None
    assert [name for name, _ in layer.named_params()] == ["W"]
    assert list(layer.weight_dict()) == ["W"]
    x = np.ones((4, 3), np.float32)
    np.testing.assert_allclose(layer(x).data, x @ layer.W.data)
    layer(x).sum().backward()
    before = layer.W.data.copy()
    nn.optim.SGD(layer.params(), lr=1).step()
    np.testing.assert_allclose(layer.W.data, before - 4)


def test_linear_agrees_with_its_derivatives_to_the_second_order():
    layer = nn.Linear(3, 2, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(4, 3))

    def f(x, W, b):
        layer.W, layer.b = W, b
        return layer(x) ** 2

    check_gradients(f, [x, layer.W.data, layer.b.data])


def test_linear_starts_uniform_within_one_over_the_root_of_its_inputs():
    layer = nn.Linear(400, 500)
    for p in (layer.W, layer.b):
        assert np.abs(p.data).max() <= 1 / 20 * (1 + 1e-6)
        assert np.abs(p.data).max() > 0.99 / 20
        assert abs(p.data.mean()) < 0.01
    assert abs(layer.W.data.std() * 20 - 3**-0.5) < 0.01


def test_the_seed_decides_how_linear_starts():
    pygrad.seed(3)
    a = nn.Linear(2, 2)
    pygrad.seed(3)
    b, c = nn.Linear(2, 2), nn.Linear(2, 2)
    np.testing.assert_array_equal(a.W.data, b.W.data)
    assert (a.W.data != c.W.data).all()


def test_linear_draws_from_the_generator_it_is_given():
    pygrad.seed(0)
    before = pygrad.default_rng().bit_generator.state["state"]["state"].copy()
    a = nn.Linear(2, 2, rng=np.random.default_rng(5))
    b = nn.Linear(2, 2, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(a.W.data, b.W.data)
    np.testing.assert_array_equal(
        pygrad.default_rng().bit_generator.state["state"]["state"], before
    )


@pytest.mark.parametrize("dtype", ["float16", np.float32, np.float64])
def test_linear_has_the_dtype_that_is_asked_for(dtype):
    layer = nn.Linear(2, 2, dtype=dtype)
    assert layer.W.dtype == layer.b.dtype == np.dtype(dtype)
    assert layer(np.ones((1, 2))).dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", [int, bool, complex, "U3"])
def test_linear_refuses_a_dtype_without_fractions(dtype):
    with pytest.raises(DtypeError, match="Linear: dtype is .* must be floats: float32 or float64"):
        nn.Linear(2, 2, dtype=dtype)


@pytest.mark.parametrize(
    "data", [[[1, 2, 3]], np.array([[1, 2, 3]], np.uint8), [[True, False, True]]]
)
def test_linear_converts_whole_numbers_to_its_own_dtype(data):
    layer = nn.Linear(3, 2)
    y = layer(data)
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y.data, layer(np.asarray(data, np.float32)).data)


def test_linear_passes_a_gradient_to_an_integer_variable():
    x = Variable([[1, 2, 3]])
    layer = nn.Linear(3, 1)
    layer(x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, layer.W.data.T)


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (-3, 2)])
def test_linear_refuses_sizes_below_one(sizes):
    wrong = min(sizes)
    with pytest.raises(
        ArgumentError, match=rf"_features is {wrong}; .* whole number of at least 1"
    ):
        nn.Linear(*sizes)


@pytest.mark.parametrize("size", [2.0, "2", None, True, [2]])
def test_linear_refuses_sizes_that_are_no_whole_numbers(size):
    with pytest.raises(ArgumentError, match=r"Linear: out_features is .*; it must be a whole"):
        nn.Linear(2, size)
    assert nn.Linear(np.int64(2), np.uint8(3)).W.shape == (2, 3)


def test_linear_explains_data_of_the_wrong_width():
    message = r"linear: x has 3 features but W expects 2; x.shape\[-1\] must equal W.shape\[0\]"
    with pytest.raises(ShapeError, match=message):
        nn.Linear(2, 2)(np.ones((4, 3)))


# ------------------------------------------------------------------------------- Dropout


def test_dropout_drops_its_share_in_training_and_keeps_the_mean():
    pygrad.seed(0)
    y = nn.Dropout(0.25)(np.ones(100_000)).data
    assert abs((y == 0).mean() - 0.25) < 0.01
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3], rtol=1e-4)
    assert abs(y.mean() - 1) < 0.01


def test_dropout_does_nothing_after_eval():
    x = Variable(np.ones(100))
    assert nn.Dropout(0.5).eval()(x) is x


def test_dropout_follows_the_mode_of_its_model():
    model = nn.Sequential(nn.Dropout(1.0))
    assert model(np.ones(3)).data.sum() == 0
    assert model.eval()(np.ones(3)).data.sum() == 3
    assert model.train()(np.ones(3)).data.sum() == 0


def test_dropout_follows_the_seed():
    layer, x = nn.Dropout(0.5), np.ones(100)
    pygrad.seed(1)
    a = layer(x).data
    b = layer(x).data
    pygrad.seed(1)
    np.testing.assert_array_equal(layer(x).data, a)
    assert (a != b).any()


def test_dropout_draws_from_the_generator_it_is_given():
    a = nn.Dropout(0.5, rng=np.random.default_rng(1))(np.ones(100))
    b = nn.Dropout(0.5, rng=np.random.default_rng(1))(np.ones(100))
    np.testing.assert_array_equal(a.data, b.data)


def test_the_dropout_rate_is_saved_but_is_no_parameter():
    layer = nn.Dropout(0.5)
    assert layer.params() == []
    assert layer.named_params() == []
    weights = layer.weight_dict()
    assert list(weights) == ["dropout"]
    assert weights["dropout"].shape == ()
    assert weights["dropout"] == 0.5


def test_the_dropout_rate_is_not_trained():
    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5))
    optimizer = nn.optim.SGD(model.params(), lr=1.0)
    for _ in range(3):
        (model(np.ones((2, 4))) ** 2).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert model[1].p == 0.5
    assert model[1].dropout.grad is None


def test_the_dropout_rate_is_loaded():
    layer = nn.Dropout(0.5)
    layer.load_weight_dict(nn.Dropout(0.125).weight_dict())
    assert layer.p == 0.125
    assert repr(layer) == "Dropout(0.125)"


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan"), "much", None])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(
        ArgumentError, match=r"Dropout: p is .*; a probability lies within \[0, 1\]"
    ):
        nn.Dropout(p)


# ---------------------------------------------------------------------------- Sequential


def test_sequential_calls_one_after_the_other():
    a, b = nn.Linear(2, 3), nn.Linear(3, 1)
    model = nn.Sequential(a, b)
    x = np.ones((4, 2))
    np.testing.assert_array_equal(model(x).data, b(a(x)).data)
    assert list(model) == [a, b]
    assert (model[0], model[-1], len(model)) == (a, b, 2)


def test_sequential_names_its_layers_by_position():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1, bias=False)).eval()
    assert [name for name, _ in model.named_params()] == ["0.W", "0.b", "1.W"]


def test_sequential_may_hold_a_layer_twice():
    layer = nn.Linear(2, 2)
    model = nn.Sequential(layer, layer)
    x = np.ones((1, 2))
    np.testing.assert_array_equal(model(x).data, layer(layer(x)).data)
    assert len(model.params()) == 2


def test_sequential_of_nothing_returns_its_input():
    assert nn.Sequential()([1.0, 2.0]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("wrong", [F.relu, None, [nn.Linear(1, 1)]])
def test_sequential_refuses_what_is_no_module(wrong):
    with pytest.raises(DtypeError, match=r"Sequential: item 1 is .*, not a module"):
        nn.Sequential(nn.Linear(1, 1), wrong)


# -------------------------------------------------------------------------------- Buffer


def test_a_buffer_is_a_constant_variable():
    buffer = nn.Buffer([1.0, 2.0])
    assert isinstance(buffer, Variable)
    assert not buffer.requires_grad
    x = Variable([3.0, 4.0])
    (x * buffer).sum().backward()
    assert buffer.grad is None
    assert x.grad.tolist() == [1.0, 2.0]
