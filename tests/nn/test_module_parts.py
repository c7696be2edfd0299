"""Buffers, apply, freeze, astype, and the containers."""

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, nn
from pygrad.exceptions import ArgumentError, DtypeError


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.dropout = nn.Dropout(0.1)
        self.mean = nn.Buffer(np.zeros(3))
        self.count = nn.Buffer(np.zeros(2, np.int64))

    def forward(self, x):
        return self.dropout(self.fc(x)) - self.mean


def test_buffers_are_listed_with_their_names():
    model = Net()
    assert [name for name, _ in model.named_buffers()] == ["dropout.dropout", "mean", "count"]
    assert model.buffers() == [b for _, b in model.named_buffers()]
    assert not any(isinstance(b, Parameter) for b in model.buffers())


def test_apply_visits_every_module_once_the_outermost_last():
    layer = nn.Linear(1, 1)
    model = nn.Sequential(nn.Sequential(layer, nn.Dropout()), layer)
    seen = []
    assert model.apply(seen.append) is model
    assert seen == [layer, model[0][1], model[0], model]

    def zero(module):
        if isinstance(module, nn.Linear):
            module.W.data[...] = 0

    assert not model.apply(zero)[1].W.data.any()


def test_freeze_and_unfreeze():
    model = Net()
    assert model.freeze() is model
    assert not any(p.requires_grad for p in model.params())
    assert not model(np.ones((1, 2))).requires_grad
    assert model.unfreeze() is model
    model(np.ones((1, 2))).sum().backward()
    assert model.fc.W.grad is not None


def test_astype_converts_arrays_of_floats_and_nothing_else():
    model = Net()
    model(np.ones((1, 2))).sum().backward()
    W = model.fc.W
    assert model.astype(np.float64) is model
    assert model.fc.W is W
    assert W.grad is None
    assert {p.dtype for p in model.params()} == {np.dtype(np.float64)}
    assert (model.mean.dtype, model.count.dtype) == (np.float64, np.int64)
    assert model.dropout.p == 0.1
    model.eval()
    assert model(np.ones((1, 2), np.float32)).dtype == np.float64
    model(np.ones((1, 2))).sum().backward()
    assert W.grad.dtype == np.float64
    assert model.astype("float32").mean.dtype == np.float32
    with pytest.raises(DtypeError, match="Net.astype: dtype is int64"):
        model.astype(int)


@pytest.mark.parametrize("kind", [nn.Sequential, nn.ModuleList])
def test_a_numbered_container_is_a_list(kind):
    a, b, c, d = (nn.Linear(i, i) for i in range(1, 5))
    layers = kind(a, b) if kind is nn.Sequential else kind([a, b])
    assert layers.append(c) is layers
    layers.insert(1, d)
    assert list(layers) == [a, d, b, c]
    assert layers[-1] is c
    assert list(layers[1:3]) == [d, b]
    assert type(layers[1:3]) is kind
    layers[1] = c
    del layers[0]
    layers.extend([a])
    assert list(layers) == [c, b, c, a]
    assert len(layers) == 4
    assert [name for name, _ in layers.named_modules()] == ["", "0", "1", "3"]
    with pytest.raises(IndexError):
        layers[9]
    with pytest.raises(DtypeError, match=f"{kind.__name__}: item 4 is 3, not a module"):
        layers.append(3)


def test_names_of_more_than_ten_layers_are_in_order():
    layers = nn.ModuleList(nn.Linear(1, 1, bias=False) for _ in range(12))
    layers.insert(0, nn.Linear(2, 2, bias=False))
    assert [name for name, _ in layers.named_params()] == [f"{i}.W" for i in range(13)]


def test_a_module_dict_is_a_dict():
    a, b = nn.Linear(1, 1), nn.Linear(2, 2)
    heads = nn.ModuleDict({"a": a})
    heads["b"] = b
    assert list(heads) == heads.keys() == ["a", "b"]
    assert heads.values() == [a, b]
    assert heads.items() == [("a", a), ("b", b)]
    assert heads["a"] is heads.a is a
    assert "a" in heads
    assert "training" not in heads
    assert len(heads) == 2
    assert [name for name, _ in heads.named_params()] == ["a.W", "a.b", "b.W", "b.b"]
    del heads["a"]
    assert list(heads) == ["b"]
    for missing in ("a", "training"):
        with pytest.raises(KeyError):
            heads[missing]
        with pytest.raises(KeyError):
            del heads[missing]
    heads.train()
    assert list(heads) == ["b"]


@pytest.mark.parametrize("name", ["forward", "training", "keys", 3])
def test_a_module_dict_refuses_names_that_modules_have(name):
    with pytest.raises(ArgumentError, match=f"ModuleDict: {name!r} cannot be a name"):
        nn.ModuleDict({name: nn.Linear(1, 1)})
    with pytest.raises(DtypeError, match="ModuleDict: 'x' is None, not a module"):
        nn.ModuleDict({"x": None})


def test_a_seed_repeats_the_initial_values_of_a_model():
    pygrad.seed(5)
    first = Net().weight_dict()
    pygrad.seed(5)
    again = Net().weight_dict()
    np.testing.assert_array_equal(first["fc"]["W"], again["fc"]["W"])
