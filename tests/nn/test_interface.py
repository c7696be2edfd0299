"""The documented interface, as existing programs use it."""

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, Variable, nn
from pygrad import functions as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()  # noqa: UP008  (as existing programs write it)
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = self.dropout(F.relu(self.fc1(x)))
        return self.fc2(x)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pygrad.seed(0)


def batch(n=8, dtype=np.float64):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 64)).astype(dtype), rng.integers(0, 10, n)


def test_linear_has_W_of_shape_in_out_and_b():
    layer = nn.Linear(3, 5)
    assert layer.W.shape == (3, 5)
    assert layer.b.shape == (5,)
    assert nn.Linear(3, 5, bias=False).b is None


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, Variable, np.float32])
def test_a_model_takes_arrays_lists_or_variables_and_returns_a_variable(make):
    data, _ = batch()
    prediction = Net()(make(data))
    assert isinstance(prediction, Variable)
    assert prediction.shape == (8, 10)


def test_the_training_loop_learns():
    model = Net()
    optimizer = nn.optim.Adam(model.params())
    data, labels = batch(64)
    losses = []
    for _ in range(400):
        pred = model(data)
        loss = F.softmax_cross_entropy(pred, labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
    model.eval()
    assert (model(data).data.argmax(axis=1) == labels).mean() > 0.95


def test_the_same_seed_gives_the_same_training():
    def train():
        pygrad.seed(7)
        model = Net()
        optimizer = nn.optim.SGD(model.params())
        data, labels = batch()
        for _ in range(5):
            F.softmax_cross_entropy(model(data), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
        return model.weight_dict()["fc1"]["W"]

    np.testing.assert_array_equal(train(), train())


def test_train_and_eval_switch_dropout():
    model, (data, _) = Net(), batch()
    model.eval()
    np.testing.assert_array_equal(model(data).data, model(data).data)
    model.train()
    assert (model(data).data != model(data).data).any()


def test_weights_are_float32_and_a_float64_batch_leaves_them_so():
    model, (data, labels) = Net(), batch()
    assert data.dtype == np.float64
    loss = F.softmax_cross_entropy(model(data), labels)
    loss.backward()
    nn.optim.Adam(model.params()).step()
    assert loss.dtype == np.float32
    assert {p.dtype for p in model.params()} == {np.dtype(np.float32)}
    assert {p.grad.dtype for p in model.params()} == {np.dtype(np.float32)}


def test_a_parameter_keeps_the_dtype_of_its_array():
    assert Parameter(np.zeros(2, np.float16)).dtype == np.float16
    assert Parameter(np.zeros(2)).dtype == np.float64


def test_integers_stay():
    class Double(nn.Module):
        def forward(self, x):
            return x * 2

    assert repr(Double()(np.array([1, 2]))) == "Variable([2 4])"


def test_weight_dict_is_nested_in_the_order_of_definition():
    model = Net()
    weights = model.weight_dict()
    assert list(weights) == ["fc1", "fc2", "dropout"]
    assert list(weights["fc1"]) == ["W", "b"]
    assert repr(weights["dropout"]) == "{'dropout': array(0.5)}"
    np.testing.assert_array_equal(weights["fc1"]["W"], model.fc1.W.data)


def test_save_and_load():
    model, other = Net(), Net()
    model.save("net")
    other.load("net")
    other.save("again.npy")
    model.eval()
    other.eval()
    data, _ = batch()
    np.testing.assert_array_equal(model(data).data, other(data).data)
    first = np.load("net.npy", allow_pickle=False)
    again = np.load("again.npy", allow_pickle=False)
    assert first == again


def test_a_resumed_model_trains_on():
    model = Net()
    model.save("net")
    model.load("net")
    optimizer = nn.optim.Adam(model.params())
    data, labels = batch()
    before = model.fc1.W.data.copy()
    F.softmax_cross_entropy(model(data), labels).backward()
    optimizer.step()
    assert (model.fc1.W.data != before).any()


@pytest.mark.parametrize("name", ["SGD", "AdaGrad", "AdaDelta", "Adam"])
def test_every_optimizer_takes_the_parameters_of_a_model(name):
    model = Net()
    optimizer = nn.optim.get(name)(model.params())
    data, labels = batch()
    before = [p.data.copy() for p in model.params()]
    F.softmax_cross_entropy(model(data), labels).backward()
    optimizer.step()
    assert all((p.data != b).any() for p, b in zip(model.params(), before, strict=True))
