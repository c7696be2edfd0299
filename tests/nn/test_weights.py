"""weight_dict and load_weight_dict: weights as nested dicts."""

import collections

import numpy as np
import pytest

from pygrad import Parameter, Variable, nn
from pygrad.exceptions import WeightsError


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.dropout = nn.Dropout(0.5)
        self.layers = [nn.Linear(3, 3, bias=False), nn.Linear(3, 2)]


def flat(weights, above=()):
    for name, value in weights.items():
        if isinstance(value, dict):
            yield from flat(value, (*above, name))
        else:
            yield ".".join((*above, name)), value


NAMES = ["fc1.W", "fc1.b", "dropout.dropout", "layers.0.W", "layers.1.W", "layers.1.b"]


# --------------------------------------------------------------------------- weight_dict


def test_weights_are_nested_in_the_order_of_definition():
    weights = Net().weight_dict()
    assert list(weights) == ["fc1", "dropout", "layers"]
    assert [name for name, _ in flat(weights)] == NAMES
    assert all(type(array) is np.ndarray for _, array in flat(weights))
    assert [array.dtype for _, array in flat(weights)] == ["f4", "f4", "f8", "f4", "f4", "f4"]


def test_weights_are_copies():
    model = Net()
    weights = model.weight_dict()
    for _, array in flat(weights):
        array[...] = 7
    assert not any((array == 7).any() for _, array in flat(model.weight_dict()))
    before = model.weight_dict()
    model.fc1.W.data[...] = 9
    assert (before["fc1"]["W"] != 9).all()


def test_a_module_without_weights_is_left_out():
    class Relu(nn.Module):
        pass

    assert list(nn.Sequential(Relu(), nn.Linear(1, 1)).weight_dict()) == ["1"]
    assert Relu().weight_dict() == {}


def test_shared_weights_stand_where_they_come_first():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].W = model[0].W
    assert [name for name, _ in flat(model.weight_dict())] == ["0.W", "0.b", "1.b"]


def test_names_that_are_equal_as_text_are_refused():
    model = nn.Module()
    model.heads = {1: nn.Linear(1, 1), "1": nn.Linear(1, 1)}
    with pytest.raises(WeightsError, match=r"two weights are called heads\.1\.W"):
        model.weight_dict()


# ---------------------------------------------------------------------- load_weight_dict


def test_loaded_weights_are_those_of_the_other_model():
    a, b = Net(), Net()
    b.load_weight_dict(a.weight_dict())
    for (_, x), (_, y) in zip(flat(a.weight_dict()), flat(b.weight_dict()), strict=True):
        np.testing.assert_array_equal(x, y)


def test_loading_writes_into_the_arrays_that_are_there():
    model = Net()
    arrays = [p.data for p in model.params()]
    model.load_weight_dict(Net().weight_dict())
    assert all(p.data is array for p, array in zip(model.params(), arrays, strict=True))


def test_loaded_weights_are_no_alias_of_the_given_ones():
    model, weights = Net(), Net().weight_dict()
    model.load_weight_dict(weights)
    weights["fc1"]["W"][...] = 7
    assert (model.fc1.W.data != 7).all()


def test_loading_keeps_the_dtype_of_the_model():
    model, wide = nn.Linear(2, 2), nn.Linear(2, 2, dtype=np.float64)
    model.load_weight_dict(wide.weight_dict())
    assert model.W.dtype == np.float32
    np.testing.assert_array_equal(model.W.data, wide.W.data.astype(np.float32))


def test_lists_variables_and_whole_numbers_can_be_loaded():
    model = nn.Linear(2, 1)
    model.load_weight_dict({"W": [[1], [2]], "b": Variable([3.0])})
    np.testing.assert_array_equal(model.W.data, [[1], [2]])
    np.testing.assert_array_equal(model.b.data, [3])


def test_any_mapping_can_be_loaded():
    model = nn.Linear(2, 1)
    model.load_weight_dict(collections.ChainMap({"W": np.ones((2, 1))}, {"b": np.ones(1)}))
    assert model.W.data.sum() == 2


def test_the_order_of_the_names_is_free():
    a, b = Net(), Net()
    weights = a.weight_dict()
    b.load_weight_dict(dict(reversed(list(weights.items()))))
    np.testing.assert_array_equal(a.fc1.W.data, b.fc1.W.data)


def test_weights_may_be_swapped():
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    a, b = (layer.W.data for layer in model)
    a[...], b[...] = 1, 2
    model.load_weight_dict({"0": {"W": b}, "1": {"W": a}})
    assert (a, b) == (2, 1)


def test_a_0d_weight_can_be_loaded():
    model = nn.Module()
    model.scale = Parameter(2.0)
    model.load_weight_dict({"scale": 5})
    assert model.scale.item() == 5.0
    assert model.weight_dict() == {"scale": np.array(5.0)}


def test_every_problem_is_listed_and_nothing_is_loaded():
    model = Net()
    before = list(flat(model.weight_dict()))
    weights = Net().weight_dict()
    del weights["fc1"]["b"], weights["layers"]["1"]
    weights["fc1"]["W"] = np.ones((4, 5))
    weights["extra"] = {"deep": {"W": np.ones(1)}}
    weights["layers"]["0"]["W"] = "text"
    weights["dropout"]["dropout"] = 1j
    with pytest.raises(WeightsError) as caught:
        model.load_weight_dict(weights)
    message = str(caught.value)
    assert message.startswith(
        "Net.load_weight_dict: these weights do not fit Net, which stays as it was:"
    )
    assert message.splitlines()[1:] == [
        "  missing: fc1.b",
        "  missing: layers.1.W",
        "  missing: layers.1.b",
        "  unexpected: extra.deep.W",
        "  fc1.W: shape (4, 5), expected (4, 3)",
        "  dropout.dropout: dtype complex128, which float64 cannot hold",
        "  layers.0.W: expected numbers, got 'text' (dtype <U4); convert it to numbers first",
    ]
    for (_, x), (_, y) in zip(before, flat(model.weight_dict()), strict=True):
        np.testing.assert_array_equal(x, y)


def test_a_long_list_of_problems_is_cut():
    model = nn.Sequential(*(nn.Linear(1, 1) for _ in range(40)))
    with pytest.raises(WeightsError, match=r"missing: 9\.b\n  and 60 more$"):
        model.load_weight_dict({})


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"W": {"deep": 1}, "b": [0.0]}, "missing: W\n  unexpected: W.deep"),
        ({"W": [[1.0]], "b": None}, "b: expected numbers, got None"),
        ({"W": [[1.0], [2.0, 3.0]], "b": [0.0]}, "W: the rows of a list differ"),
        ({"W": 1.0, "b": [0.0]}, r"W: shape \(\), expected \(1, 1\)"),
        ([1, 2], "load_weight_dict: expected the nested dict of weight_dict.., got a list"),
        (None, "load_weight_dict: expected the nested dict of weight_dict.., got a NoneType"),
    ],
)
def test_what_does_not_fit_is_explained(weights, message):
    with pytest.raises(WeightsError, match=message):
        nn.Linear(1, 1).load_weight_dict(weights)


def test_fractions_are_not_loaded_into_whole_numbers():
    model = nn.Module()
    model.count = nn.Buffer(np.array(3))
    with pytest.raises(WeightsError, match="count: dtype float64, which int64 cannot hold"):
        model.load_weight_dict({"count": 2.5})
    assert model.count.item() == 3


def test_a_read_only_array_in_the_model_is_a_problem_found_in_time():
    model = nn.Linear(1, 1)
    model.W.data[...] = 5
    model.b.data = np.broadcast_to(np.float32(0), (1,))
    with pytest.raises(WeightsError, match="b: the array in the model is read-only"):
        model.load_weight_dict({"W": [[1.0]], "b": [1.0]})
    assert model.W.item() == 5
