"""What somebody types who comes from PyTorch: it works, or the error says what to type."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from pygrad import nn
from pygrad.exceptions import WeightsError
from pygrad.nn import habits


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("parameters", "model.params()"),
        ("named_parameters", "model.named_params()"),
        ("state_dict", "model.weight_dict()"),
        ("load_state_dict", "model.load_weight_dict(weights)"),
        ("to", "model.astype(dtype)"),
        ("double", "model.astype('float64')"),
        ("requires_grad_", "model.freeze()"),
        ("register_buffer", "self.name = nn.Buffer(array)"),
    ],
)
def test_a_module_tells_its_name_for_a_method_of_pytorch(name, ours):
    with pytest.raises(AttributeError) as caught:
        getattr(Net(), name)
    assert str(caught.value).startswith(f"'Net' object has no attribute {name!r}; ")
    assert ours in str(caught.value)


@pytest.mark.parametrize(("name", "ours"), [("weight", "W"), ("bias", "b")])
def test_a_layer_tells_its_name_for_a_parameter_of_pytorch(name, ours):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'; it is called {ours} here"):
        getattr(nn.Linear(3, 2), name)


def test_an_optimizer_tells_its_name_for_a_method_of_pytorch():
    optimizer = nn.optim.Adam(Net().params())
    with pytest.raises(AttributeError, match=r"'Adam' object .*; use optimizer.weight_dict\(\)"):
        optimizer.state_dict()
    with pytest.raises(AttributeError, match=r"use optimizer.load_weight_dict\(weights\)"):
        optimizer.load_state_dict({})


def test_nn_tells_where_initializers_and_clipping_are():
    with pytest.raises(AttributeError, match="no attribute 'init'; use nn.initializers"):
        nn.init
    with pytest.raises(AttributeError, match="use nn.optim.clip_grad_norm"):
        nn.utils


def test_no_hint_is_for_a_name_that_is_there():
    assert not [name for name in habits.IN_MODULE if hasattr(nn.Module, name)]
    assert not [name for name in habits.IN_OPTIMIZER if hasattr(nn.optim.Optimizer, name)]


def test_other_names_that_are_not_there_get_pythons_own_error():
    with pytest.raises(AttributeError, match=r"^'Net' object has no attribute 'fc2'$") as caught:
        Net().fc2
    assert caught.value.name == "fc2"
    assert not hasattr(Net(), "fc2")


def test_a_property_that_fails_keeps_its_own_error():
    class Broken(nn.Module):
        @property
        def width(self):
            return self.fc.in_features  # there is no fc

    with pytest.raises(AttributeError, match="'Broken' object has no attribute 'fc'"):
        Broken().width


def test_an_attribute_named_so_is_simply_an_attribute():
    class Weighted(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter([1.0])

    assert Weighted().weight.shape == (1,)


def test_modules_and_optimizers_are_still_copied_and_pickled():
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    optimizer = nn.optim.SGD(model.params())
    for twin in (copy.deepcopy(model), copy.copy(model), pickle.loads(pickle.dumps(model))):
        assert repr(twin) == repr(model)
    assert repr(copy.deepcopy(optimizer)) == repr(optimizer)


@pytest.mark.parametrize(
    ("layer", "settings"),
    [
        ("ReLU", ()), ("ReLU6", ()), ("LeakyReLU", (0.2,)), ("ELU", (1.0,)), ("SELU", ()),
        ("CELU", (1.0,)), ("SiLU", ()), ("Mish", ()), ("Hardtanh", (-1.0, 1.0)),
        ("Dropout", (0.5,)), ("Dropout2d", (0.5,)),
    ],
)  # fmt: skip
def test_inplace_stands_where_it_does_in_pytorch_and_leaves_the_input_alone(layer, settings):
    cls = getattr(nn, layer)
    x = np.array([[[-2.0, 0.5, 9.0]]], np.float32)
    plain, by_position = cls(*settings).eval()(x), cls(*settings, True).eval()(x)
    by_name = cls(*settings, inplace=True).eval()(x)
    assert np.array_equal(plain, by_position)
    assert np.array_equal(plain, by_name)
    assert np.array_equal(x, [[[-2.0, 0.5, 9.0]]])
    assert inspect.signature(cls).parameters["inplace"].default is False


def test_weights_with_the_names_of_pytorch_are_sent_to_interop():
    theirs = {"weight": np.zeros((2, 3)), "bias": np.zeros(2)}
    with pytest.raises(WeightsError, match="nn.interop.from_torch_state_dict takes them"):
        nn.Linear(3, 2).load_weight_dict(theirs)
    with pytest.raises(WeightsError) as caught:
        nn.interop.from_torch_state_dict(nn.Linear(3, 2, bias=False), theirs)
    assert str(caught.value).endswith("unexpected: bias")


def test_the_layers_of_a_transformer_drop_by_the_generator_they_were_given():
    rng = np.random.default_rng(0)
    layer = nn.TransformerDecoderLayer(8, 2, 16, rng=rng)
    dropouts = [module for module in layer.modules() if isinstance(module, nn.Dropout)]
    assert len(dropouts) == 4
    assert all(module.rng is rng and module.inplace is False for module in dropouts)
