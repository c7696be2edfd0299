"""RNN, LSTM, GRU and their cells."""

import gc
import weakref

import numpy as np
import pytest

import pygrad
from pygrad import Variable, nn
from pygrad import functions as F
from pygrad.exceptions import ArgumentError, ShapeError
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
