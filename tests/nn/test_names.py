"""Layers and optimizers by name, those of plugins too, and what nn exposes."""

import subprocess
import sys

import pytest

import pygrad
from pygrad import hookimpl, nn
from pygrad.exceptions import UnknownNameError


class Swish(nn.Module):
    pass


class Shampoo(nn.optim.Optimizer):
    pass


class Plugin:
    @hookimpl
    def register_layers(self, register):
        register("Swish", Swish)

    @hookimpl
    def register_optimizers(self, register):
        register("Shampoo", Shampoo)


@pytest.fixture
def _plugin():
    pygrad.plugins.register(Plugin())
    yield
    pygrad.plugins.unregister("Plugin")


def test_layers_are_found_by_name():
    for name in ("Linear", "Dropout", "Sequential"):
        assert name in nn.layers.names()
        assert nn.layers.get(name) is getattr(nn.layers, name) is getattr(nn, name)


def test_optimizers_are_found_by_name():
    for name in ("SGD", "AdaGrad", "AdaDelta", "Adam"):
        assert name in nn.optim.names()
        assert nn.optim.get(name) is getattr(nn.optim, name)


@pytest.mark.usefixtures("_plugin")
def test_a_plugins_layer_stands_beside_the_others():
    assert nn.layers.get("Swish") is nn.layers.Swish is nn.Swish is Swish
    assert "Swish" in nn.layers.names()


@pytest.mark.usefixtures("_plugin")
def test_a_plugins_optimizer_stands_beside_the_others():
    assert nn.optim.get("Shampoo") is nn.optim.Shampoo is Shampoo
    assert "Shampoo" in nn.optim.names()


def test_an_unknown_layer_says_what_is_near():
    message = "layers: there is no layer called 'linear'; did you mean 'Linear'"
    with pytest.raises(UnknownNameError, match=message):
        nn.layers.get("linear")


def test_an_unknown_optimizer_says_what_is_near():
    message = "optimizers: there is no optimizer called 'ADAM'; did you mean 'Adam'"
    with pytest.raises(UnknownNameError, match=message):
        nn.optim.get("ADAM")


@pytest.mark.parametrize("module", [nn, nn.layers, nn.optim])
def test_an_unknown_attribute_is_an_attribute_error(module):
    assert not hasattr(module, "Lineer")
    with pytest.raises(
        AttributeError, match=f"module '{module.__name__}' has no attribute 'lineer'"
    ):
        module.lineer
    assert not hasattr(module, "__wrapped__")


def test_an_unknown_class_says_what_is_near():
    with pytest.raises(AttributeError, match="no layer called 'Lineer'; did you mean 'Linear'"):
        nn.Lineer
    with pytest.raises(AttributeError, match="no optimizer called 'Adem'; did you mean 'Adam'"):
        nn.optim.Adem


@pytest.mark.parametrize("module", [nn, nn.layers, nn.optim])
def test_what_is_exposed_is_sorted_and_there(module):
    names = module.__all__
    assert sorted(names, key=lambda n: (n.islower(), not n.isupper(), n)) == names
    assert all(hasattr(module, name) for name in names)


def test_importing_nn_loads_no_plugins():
    program = """
import sys
from pygrad import nn
from pygrad.nn import state, layers, optim
from pygrad.nn.layers import linear
from pygrad.nn.optim import adam
nn.Linear(1, 1); nn.optim.Adam(nn.Linear(1, 1).params())
assert "pluggy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
