"""What a module does with what it is given, and with what forward returns."""

import gc
import weakref
from collections import namedtuple

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn, no_grad
from pygrad.exceptions import DtypeError, MissingPluginError, ShapeError
from pygrad.plugins import registry


class Seen(nn.Module):
    """It keeps what forward was given, and returns something."""

    def __init__(self, returns=1.0, dtype=np.float32):
        super().__init__()
        self.weight = Parameter(np.ones(2, dtype))
        self.returns = returns

    def forward(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs
        return self.returns


def given(*args, dtype=np.float32, **kwargs):
    model = Seen(dtype=dtype)
    model(*args, **kwargs)
    (x,) = model.args
    return x


# -------------------------------------------------------------------------------- inputs


@pytest.mark.parametrize("data", [np.ones((2, 3)), [[1.0, 2.0]], (1.0, 2.0), 1.5, np.float64(2)])
def test_float_data_become_constants_in_the_weights_dtype(data):
    x = given(data)
    assert type(x) is Variable
    assert not x.requires_grad
    assert x.dtype == np.float32
    np.testing.assert_allclose(x.data, data)


def test_float32_data_go_up_to_float64_weights():
    assert given(np.ones(2, np.float32), dtype=np.float64).dtype == np.float64


def test_an_array_of_the_right_dtype_is_not_copied():
    data = np.ones((2, 3), np.float32)
    assert given(data).data is data


@pytest.mark.parametrize("data", [np.arange(3), [1, 2, 3], np.array([True]), np.ones(2, np.uint8)])
def test_integers_stay_integers(data):
    assert given(data).dtype == np.asarray(data).dtype


def test_a_variable_passes_as_it_is():
    for x in (Variable(np.ones(2)), Variable([1], requires_grad=False), Parameter(1.0)):
        assert given(x) is x


def test_a_list_of_variables_passes_as_it_is():
    xs = [Variable(1.0), Variable(2.0)]
    assert given(xs) is xs


def test_the_dtype_is_that_of_the_first_parameter_wherever_it_stands():
    model = nn.Module()
    model.sizes = [1, 2]
    model.empty = {}
    model.counts = Parameter(np.arange(2))  # not a float
    model.inside = [None, {"deep": (Seen(dtype=np.float16),)}]
    model.forward = lambda x: x
    assert model(np.ones(2)).dtype == np.float16


def test_of_parameters_of_several_dtypes_the_first_decides():
    model = nn.Module()
    model.layers = [nn.Linear(2, 2, dtype=np.float64), nn.Linear(2, 2)]
    model.forward = lambda x: x
    assert model(np.ones(2, np.float32)).dtype == np.float64
    model.layers.reverse()
    assert model(np.ones(2)).dtype == np.float32


def test_without_parameters_data_keep_their_dtype():
    assert nn.Dropout().eval()(np.ones(2)).dtype == np.float64


def test_the_dtype_follows_the_parameters():
    model = Seen()
    model(1.0)
    model.weight = Parameter(np.ones(2))
    model(1.0)
    assert model.args[0].dtype == np.float64


def test_further_arguments_are_data_where_they_are_arrays_or_lists_of_numbers():
    model = Seen()
    model([1.0], np.ones(2), [[2.0]], [1, 2], mask=np.array([True]))
    assert [x.dtype for x in model.args] == ["float32", "float32", "float32", "int64"]
    assert model.kwargs["mask"].dtype == bool


def test_further_arguments_that_are_no_numbers_pass_as_they_are():
    model = Seen()
    hidden = (Variable(1.0), Variable(2.0))
    others = (
        None,
        "mean",
        True,
        3,
        0.5,
        (1, 2),
        hidden,
        [hidden[0]],
        [],
        ["a"],
        [[1], [1, 2]],
        {"a": 1},
    )
    model([1.0], *others, state=None, mode="fast")
    assert all(a is b for a, b in zip(model.args[1:], others, strict=True))
    assert model.kwargs == {"state": None, "mode": "fast"}


def test_a_module_may_be_called_without_arguments():
    assert Seen(returns=np.ones(3))().shape == (3,)


def test_a_float64_batch_does_not_turn_the_net_to_float64():
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2))
    y = model(np.ones((5, 3)))
    y.sum().backward()
    assert y.dtype == np.float32
    assert {p.grad.dtype for p in model.params()} == {np.dtype(np.float32)}


def test_no_gradient_is_computed_for_plain_data():
    model = Seen()
    model(np.ones(2))
    assert model.args[0].creator is None
    assert not model.args[0].requires_grad


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("text", r"Linear: expected numbers, got 'text'"),
        (None, r"Linear: expected numbers, got None"),
        (object(), r"Linear: expected numbers, got <object object"),
        ([["a", "b"]], r"Linear: expected numbers, got \[\['a', 'b'\]\] \(dtype <U1\)"),
        ([None, 1.0], r"Linear: expected numbers, got \[None, 1.0\]"),
        (np.array(["a"]), r"Linear: expected numbers, got array"),
        (np.array([object()]), r"Linear: expected numbers, got array"),
        ({"x": 1.0}, r"Linear: expected numbers, got a dict; hand its values over one by one"),
    ],
)
def test_data_that_are_no_numbers_are_refused(data, message):
    with pytest.raises(DtypeError, match=message):
        nn.Linear(2, 2)(data)


def test_an_array_of_text_is_refused_as_a_further_argument_too():
    with pytest.raises(DtypeError, match="Seen: expected numbers"):
        Seen()([1.0], np.array(["a"]))


def test_ragged_lists_are_refused():
    with pytest.raises(ShapeError, match="Seen: the rows of a list differ in length"):
        Seen()([[1.0], [1.0, 2.0]])


# ------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize("returned", [np.ones(2), np.float64(1), 2.0, 3, True])
def test_an_array_or_number_that_forward_returns_becomes_a_variable(returned):
    y = Seen(returned)([1.0])
    assert type(y) is Variable
    np.testing.assert_array_equal(y.data, returned)


def test_containers_that_forward_returns_hold_variables():
    Pair = namedtuple("Pair", "left right")
    y = Seen((np.ones(2), [Variable(1.0), 2], {"a": np.ones(1)}))([1.0])
    assert type(y) is tuple
    assert isinstance(y[0], Variable)
    assert isinstance(y[1][1], Variable)
    assert isinstance(y[2]["a"], Variable)
    y = Seen(Pair(np.ones(1), 2.0))([1.0])
    assert type(y) is Pair
    assert isinstance(y.left, Variable)


def test_forward_without_a_return_is_explained():
    with pytest.raises(DtypeError, match=r"Seen.forward returned None; .* is a `return` missing\?"):
        Seen(None)([1.0])


@pytest.mark.parametrize(("returned", "name"), [("text", "str"), (object(), "object")])
def test_forward_returning_something_else_is_explained(returned, name):
    with pytest.raises(DtypeError, match=rf"Seen.forward returned a {name}; it must return"):
        Seen(returned)([1.0])


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty has no forward; define forward\(self, x"):
        Empty()([1.0])


# ----------------------------------------------------------------------------- last call


def test_the_last_call_has_the_shapes_and_dtypes_of_the_inputs():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    assert model.last_call is None
    model(np.ones((5, 3)))
    assert model.last_call.input_shapes == ((5, 3),)
    assert model.last_call.input_dtypes == (np.dtype(np.float32),)
    assert model[1].last_call.input_shapes == ((5, 4),)
    model(np.ones((7, 3)))
    assert model[1].last_call.input_shapes == ((7, 4),)


def test_the_last_call_has_what_is_needed_to_repeat_it():
    model = Seen()
    model(np.ones((2, 3)), None, "mean", 2, [Variable(1.0)], mask=[1, 0])
    call = model.last_call
    assert call.args == (((2, 3), np.float32), None, "mean", 2, ...)
    assert call.kwargs == {"mask": ((2,), np.int64)}
    assert call.input_shapes == ((2, 3), (2,))
    zeros = call.args[0].zeros()
    assert (zeros.shape, zeros.dtype, zeros.requires_grad) == ((2, 3), np.float32, False)


def test_a_call_that_fails_is_not_remembered():
    layer = nn.Linear(3, 2)
    layer(np.ones((5, 3)))
    with pytest.raises(ShapeError, match="x has 4 features but W expects 3"):
        layer(np.ones((5, 4)))
    assert layer.last_call.input_shapes == ((5, 3),)


def test_the_last_call_keeps_no_graph_alive():
    layer = nn.Linear(3, 2)
    gc.disable()
    try:
        x = Variable(np.ones((2, 3)))
        y = layer(x)
        nodes = [weakref.ref(y.creator), weakref.ref(x)]
        del x, y
        assert [node() for node in nodes] == [None, None]
    finally:
        gc.enable()


def test_the_last_call_is_known_under_no_grad():
    layer = nn.Linear(3, 2)
    with no_grad():
        layer(np.ones((2, 3)))
    assert layer.last_call.input_shapes == ((2, 3),)


# ---------------------------------------------------------------------------------- plot


class Plotter:
    def get(self, name):
        assert name == "model"
        return lambda *args, **kwargs: (args, kwargs)


def test_plot_hands_the_model_to_the_plotter(monkeypatch):
    monkeypatch.setattr("pygrad.nn.module.registry", {"plotters": Plotter()}.__getitem__)
    model = nn.Linear(2, 2)
    assert model.plot(to_file="a.png", dpi=80) == ((model,), {"to_file": "a.png", "dpi": 80})
    assert model.plot() == ((model,), {"to_file": None, "dpi": None})


def test_plot_says_what_to_install_where_nobody_draws(monkeypatch):
    def nobody(kind):
        assert kind == "plotters"
        raise MissingPluginError("install it with  pip install 'pygrad[viz]'")

    monkeypatch.setattr("pygrad.nn.module.registry", nobody)
    with pytest.raises(MissingPluginError, match=r"pip install 'pygrad\[viz\]'"):
        nn.Linear(2, 2).plot()


def test_the_plotters_are_a_kind_that_core_knows_to_come_from_viz():
    from pygrad.plugins.registry import PART_OF_KIND

    assert PART_OF_KIND["plotters"] == "viz"
    assert registry("plotters").kind == "plotters"
