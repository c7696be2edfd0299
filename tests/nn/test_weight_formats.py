"""The formats of weight files beside .npy: .npz, .safetensors, and those of plugins."""

import io
import os
import pathlib
import random
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import pygrad
from pygrad import Parameter, nn
from pygrad.exceptions import (
    DuplicateNameError,
    MissingPluginError,
    MissingWeightsError,
    PyGradError,
    UnknownNameError,
    WeightsError,
)

SUFFIXES = [".npy", ".npz", ".safetensors"]
FLAT = SUFFIXES[1:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.dropout = nn.Dropout(0.25)
        self.layers = [nn.Linear(3, 3, bias=False), nn.Linear(3, 2, dtype=np.float64)]


def values(model):
    return [(name, p.data.copy()) for name, p in model.named_params()]


def assert_equal(a, b):
    for (name, x), (same, y) in zip(values(a), values(b), strict=True):
        assert name == same
        np.testing.assert_array_equal(x, y)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------------ there and back


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_weights_come_back_from_a_file_of_every_format(suffix):
    a, b = Net(), Net()
    b.dropout = nn.Dropout(0.5)
    a.save(f"net{suffix}")
    assert os.listdir() == [f"net{suffix}"]
    assert b.load(f"net{suffix}") is None
    assert_equal(a, b)
    assert b.dropout.p == 0.25


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_weights_give_equal_files(suffix):
    model = Net()
    model.save(f"a{suffix}")
    model.save(f"b{suffix}")
    assert pathlib.Path(f"a{suffix}").read_bytes() == pathlib.Path(f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "value", [2.5, np.zeros((0, 3)), np.float16([1, 2]), np.arange(6.0).reshape(2, 3).T, [True]]
)
def test_weights_of_any_shape_and_dtype_come_back(suffix, value):
    a, b = nn.Module(), nn.Module()
    a.p, b.p = nn.Buffer(value), nn.Buffer(np.zeros_like(value))
    a.save(f"p{suffix}")
    b.load(f"p{suffix}")
    np.testing.assert_array_equal(a.p.data, b.p.data)


def test_numpy_reads_an_npz_and_its_own_is_read():
    a, b = Net(), Net()
    a.save("net.npz")
    with np.load("net.npz", allow_pickle=False) as file:
        arrays = dict(file)
    assert list(arrays) == ["fc1.W", "fc1.b", "dropout.dropout"] + [
        "layers.0.W", "layers.1.W", "layers.1.b",
    ]  # fmt: skip
    np.testing.assert_array_equal(arrays["fc1.W"], a.fc1.W.data)
    arrays["layers.1.W"] = np.asfortranarray(arrays["layers.1.W"])
    np.savez_compressed("numpy.npz", **arrays)
    b.load("numpy.npz")
    assert_equal(a, b)


def test_the_package_safetensors_reads_what_was_written_and_the_reverse():
    numpy = pytest.importorskip("safetensors.numpy")
    a, b = Net(), Net()
    a.save("net.safetensors")
    arrays = numpy.load_file("net.safetensors")
    np.testing.assert_array_equal(arrays["layers.1.b"], a.layers[1].b.data)
    numpy.save_file(arrays, "other.safetensors")
    b.load("other.safetensors")
    assert_equal(a, b)


def test_a_big_endian_array_is_stored_by_value():
    a, b = nn.Module(), nn.Module()
    a.p, b.p = nn.Buffer(np.array([1.0, 2.0], ">f8")), nn.Buffer([0.0, 0.0])
    a.save("p.safetensors")
    b.load("p.safetensors")
    assert b.p.data.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("suffix", FLAT)
def test_names_that_are_one_once_joined_are_refused(suffix):
    model = nn.Module()
    model.by_name = {"a.b": Parameter(1.0), "a": {"b": Parameter(2.0)}}
    with pytest.raises(WeightsError, match=r"two weights are called by_name\.a\.b once .* as .npy"):
        model.save(f"x{suffix}")
    assert os.listdir() == []


@pytest.mark.parametrize("name", ["\0", "\udcff"])
def test_names_that_no_zip_file_can_have_are_refused(name):
    model = nn.Module()
    model.by_name = {name: Parameter(1.0)}
    with pytest.raises(WeightsError, match="cannot stand in a zip file"):
        model.save("x.npz")
    assert os.listdir() == []


def test_complex_weights_are_no_safetensors():
    model = nn.Module()
    model.c = nn.Buffer(1j)
    with pytest.raises(WeightsError, match=r"save: 'c.safetensors': c: dtype complex128; a .safe"):
        model.save("c.safetensors")


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingPluginError, match=r"pip install 'pygrad-nn\[safetensors\]'"):
        nn.Linear(1, 1).save("net.safetensors")
    assert os.listdir() == []


# ------------------------------------------------------------------- what is not as it should be


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file_is_named_with_those_of_its_kind(suffix):
    Net().save(f"other{suffix}")
    Net().save("other" + SUFFIXES[SUFFIXES.index(suffix) - 1])
    with pytest.raises(MissingWeightsError) as caught:
        Net().load(f"net{suffix}")
    assert str(caught.value).endswith(f"there are: other{suffix}")


@pytest.mark.parametrize("suffix", FLAT)
def test_no_damage_to_a_file_goes_unnoticed_or_crashes(suffix):
    model = nn.Linear(3, 2)
    model.save(f"net{suffix}")
    content = pathlib.Path(f"net{suffix}").read_bytes()
    before = values(model)
    rng = random.Random(0)
    refused = 0
    for _ in range(300):
        damaged = bytearray(content)
        if rng.random() < 0.3:
            del damaged[rng.randrange(len(damaged)) :]
        else:
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        pathlib.Path(f"net{suffix}").write_bytes(damaged)
        other = nn.Linear(3, 2)
        own = values(other)
        try:
            other.load(f"net{suffix}")
        except PyGradError:  # and nothing else
            refused += 1
            for (_, x), (_, y) in zip(own, values(other), strict=True):
                np.testing.assert_array_equal(x, y)
        else:
            if suffix == ".npz":  # whose sums leave no doubt
                for (_, x), (_, y) in zip(before, values(other), strict=True):
                    np.testing.assert_array_equal(x, y)
    assert refused > 100


def test_objects_in_an_npz_are_refused_and_nothing_in_them_runs():
    np.savez("net.npz", W=np.array(Trace("executed"), dtype=object), allow_pickle=True)
    with pytest.raises(WeightsError, match=r"net.npz': W.npy: it holds an array of \|O"):
        nn.Linear(1, 1).load("net.npz")
    assert os.listdir() == ["net.npz"]


@pytest.mark.parametrize("shape", ["(-1,)", "(2.0,)", "3", "(10**18,)", "None"])
def test_a_shape_that_cannot_be_is_refused(shape):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    with zipfile.ZipFile("net.npz", "w") as file:
        file.writestr("W.npy", b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + bytes(8))
    with pytest.raises(WeightsError, match=r"W.npy: (its|it)"):
        nn.Linear(1, 1).load("net.npz")


def test_a_pickle_is_no_safetensors():
    pathlib.Path("net.safetensors").write_bytes(b"\x80\x04}.")
    with pytest.raises(WeightsError, match=r"it is no .safetensors file, or damaged"):
        nn.Linear(1, 1).load("net.safetensors")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_file(suffix):
    program = f"""
from pygrad import nn
model = nn.Linear(500, 400)
while True:
    for value in (1, 2):
        model.W.data[...] = model.b.data[...] = value
        model.save("net{suffix}")
        print(flush=True)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    model = nn.Linear(500, 400)
    rng = random.Random(0)
    unfinished = 0
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=env)
        process.stdout.readline()
        try:
            process.wait(rng.uniform(0, 0.05))  # a save takes some milliseconds
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        assert process.returncode == -9
        model.load(f"net{suffix}")
        found = {*model.W.data.ravel().tolist(), *model.b.data.tolist()}
        assert found in ({1.0}, {2.0})
        unfinished = len(os.listdir()) - 1
    assert unfinished, "no kill came in the middle of a save, so nothing was tested"


# ------------------------------------------------------------------------------ strict=False


def test_what_does_not_fit_is_returned_where_it_is_not_strict():
    a, b = Net(), Net()
    weights = a.weight_dict()
    del weights["fc1"]["b"]
    weights["layers"]["1"]["W"] = np.ones((5, 5))
    weights["head"] = {"W": np.ones(1)}
    own = b.fc1.b.data.copy()
    assert b.load_weight_dict(weights, strict=False) == [
        "missing: fc1.b",
        "unexpected: head.W",
        "layers.1.W: shape (5, 5), expected (3, 2)",
    ]
    np.testing.assert_array_equal(b.fc1.W.data, a.fc1.W.data)
    np.testing.assert_array_equal(b.layers[1].b.data, a.layers[1].b.data)
    np.testing.assert_array_equal(b.fc1.b.data, own)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_too_can_be_loaded_in_part(suffix):
    nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)).save(f"two{suffix}")
    model = nn.Sequential(nn.Linear(2, 2))
    found = model.load(f"two{suffix}", strict=False)
    assert sorted(found) == ["unexpected: 1.W", "unexpected: 1.b"]
    assert nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)).load(f"two{suffix}", strict=False) == []


def test_a_damaged_file_is_an_error_all_the_same():
    pathlib.Path("net.npz").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="it is no .npz file"):
        nn.Linear(1, 1).load("net.npz", strict=False)


def test_whole_names_can_be_loaded_and_no_weight_twice():
    a, b = Net(), Net()
    b.load_weight_dict({name: p.data for name, p in a.named_params()} | {"dropout.dropout": 0.5})
    assert_equal(a, b)
    with pytest.raises(WeightsError, match=r"given twice: 0\.W"):
        weights = {"0": {"W": [[1.0]], "b": [1.0]}, "0.W": [[1.0]]}
        nn.Sequential(nn.Linear(1, 1)).load_weight_dict(weights)


# --------------------------------------------------------------------------- a plugin's format


class Text:
    """A plugin with a format of its own."""

    @pygrad.hookimpl
    def register_weight_formats(self, register):
        register("lines", nn.formats.WeightFormat(self.write, self.read, (".lines",)))

    @staticmethod
    def write(file, weights):
        for name, array in weights.items():
            file.write(f"{name} {array.tolist()}\n".encode())

    @staticmethod
    def read(file):
        import ast

        lines = (line.split(" ", 1) for line in file.read().decode().splitlines())
        return {name: ast.literal_eval(text) for name, text in lines}


@pytest.fixture
def plugin():
    pygrad.plugins.register(Text())
    yield
    pygrad.plugins.unregister("Text")


@pytest.mark.usefixtures("plugin")
def test_a_plugin_adds_a_format():
    a, b = nn.Linear(2, 1), nn.Linear(2, 1)
    a.save("net.lines")
    assert pathlib.Path("net.lines").read_text().startswith("W [[")
    b.load("net.lines")
    np.testing.assert_array_equal(a.W.data, b.W.data)
    assert nn.formats.names() == ["lines", "npy", "npz", "safetensors"]


@pytest.mark.usefixtures("plugin")
def test_a_suffix_that_two_formats_claim_is_an_error_that_names_both():
    class Second(Text):
        @pygrad.hookimpl
        def register_weight_formats(self, register):
            register("rows", nn.formats.WeightFormat(self.write, self.read, (".lines",)))

    pygrad.plugins.register(Second())
    try:
        with pytest.raises(DuplicateNameError, match=r"lines \(Text.*\) and rows \(Second"):
            nn.Linear(1, 1).save("net.lines")
        nn.Linear(1, 1).save("net.npz")
    finally:
        pygrad.plugins.unregister("Second")


def test_an_unknown_format_says_what_is_known():
    with pytest.raises(UnknownNameError, match="did you mean 'npz'"):
        nn.formats.get("npzz")


class Trace:
    """Its unpickling leaves a folder behind."""

    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return os.mkdir, (self.name,)


def test_the_trap_is_armed():
    np.load(io.BytesIO(saved(np.array(Trace("executed"), dtype=object))), allow_pickle=True)
    assert os.listdir() == ["executed"]


def saved(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()
