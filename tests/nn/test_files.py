"""save and load: weights in files."""

import errno
import os
import pathlib
import pickle
import stat
import tempfile

import hypothesis
import hypothesis.extra.numpy
import numpy as np
import pytest
from hypothesis import strategies as st

from pygrad import Parameter, nn
from pygrad.exceptions import DtypeError, PyGradError, WeightsError
from pygrad.nn.formats import npy


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.dropout = nn.Dropout(0.25)
        self.layers = [nn.Linear(3, 3, bias=False), nn.Linear(3, 2)]


def flat(weights, above=()):
    for name, value in weights.items():
        if isinstance(value, dict):
            yield from flat(value, (*above, name))
        else:
            yield (*above, name), value


def assert_equal(a, b):
    a, b = list(flat(a.weight_dict())), list(flat(b.weight_dict()))
    assert [path for path, _ in a] == [path for path, _ in b]
    for (_, x), (_, y) in zip(a, b, strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------------ there and back


@pytest.mark.parametrize("name", ["net", "net.npy", pathlib.Path("net"), "v1.0", "with space", "ä"])
def test_save_and_load_agree_on_the_suffix(name):
    a, b = Net(), Net()
    a.save(name)
    text = str(name)
    assert os.listdir() == [text if text.endswith(".npy") else f"{text}.npy"]
    b.load(name)
    assert_equal(a, b)


def test_save_and_load_return_nothing():
    model = Net()
    assert model.save("net") is None
    assert model.load("net") is None


def test_numpy_reads_the_file_without_pickle():
    model = Net()
    model.save("net")
    array = np.load("net.npy", allow_pickle=False)
    assert array.shape == ()
    assert array.dtype.names == ("fc1", "dropout", "layers")
    np.testing.assert_array_equal(array["fc1"]["W"], model.fc1.W.data)
    np.testing.assert_array_equal(array["layers"]["1"]["b"], model.layers[1].b.data)
    assert array["dropout"]["dropout"] == 0.25


def test_a_file_that_numpy_wrote_can_be_loaded():
    a, b = nn.Linear(2, 3), nn.Linear(2, 3)
    dtype = np.dtype([("b", "<f2", (3,)), ("W", ">f8", (2, 3))], align=True)
    array = np.zeros((), dtype)  # there is a gap after b
    a.load_weight_dict({"W": np.arange(6).reshape(2, 3), "b": [1, 2, 3]})
    array["W"], array["b"] = a.W.data, a.b.data
    np.save("net.npy", array)
    b.load("net")
    assert_equal(a, b)


def test_the_dropout_rate_comes_back():
    nn.Dropout(0.125).save("rate")
    layer = nn.Dropout(0.5)
    layer.load("rate")
    assert layer.p == 0.125


def test_a_model_without_weights_can_be_saved_and_loaded():
    nn.Module().save("empty")
    nn.Module().load("empty")
    assert np.load("empty.npy", allow_pickle=False).dtype.names in ((), None)
    with pytest.raises(WeightsError, match="missing: W"):
        nn.Linear(1, 1).load("empty")


@pytest.mark.parametrize(
    "value", [2.5, np.zeros((0, 3)), np.ones((1,)), np.float16([1, 2]), [[[1.0]]]]
)
def test_weights_of_any_shape_and_dtype_come_back(value):
    a, b = nn.Module(), nn.Module()
    a.p, b.p = Parameter(value), Parameter(np.zeros_like(value))
    a.save("p")
    b.load("p")
    np.testing.assert_array_equal(a.p.data, b.p.data)
    assert np.load("p.npy", allow_pickle=False)["p"].shape == np.shape(value)


def test_a_weight_that_is_a_view_is_saved_in_order():
    a, b = nn.Module(), nn.Module()
    a.p = Parameter(np.arange(6.0).reshape(2, 3).T)
    b.p = Parameter(np.zeros((3, 2)))
    a.save("p")
    b.load("p")
    np.testing.assert_array_equal(b.p.data, a.p.data)


@pytest.mark.parametrize(
    "name",
    ["a.b", "a b", "'", '"', "\\n\n", "ß→", "日本", "f0", "O", "__class__", "(", "\0", "\udcff"],
)
def test_odd_names_come_back(name):
    a, b = nn.Module(), nn.Module()
    for model in (a, b):
        model.inside = {name: Parameter(np.random.default_rng().random(2))}
    a.save("odd")
    b.load("odd")
    assert_equal(a, b)
    array = np.load("odd.npy", allow_pickle=False)["inside"][name]
    np.testing.assert_array_equal(array, a.inside[name].data)


def test_names_that_cannot_be_stored_are_refused():
    model = nn.Module()
    model.by_name = {"": Parameter(1.0)}
    with pytest.raises(WeightsError, match=r"save: 'x.npy': there is an array without a name"):
        model.save("x")
    assert os.listdir() == []


def test_modules_nested_too_deeply_to_be_read_back_are_not_saved():
    model = nn.Linear(1, 1)
    for _ in range(80):
        model = nn.Sequential(model)
    model.save("deep")
    model.load("deep")
    for _ in range(40):
        model = nn.Sequential(model)
    with pytest.raises(WeightsError, match=r"nested so deeply, some ninety levels"):
        model.save("deeper")
    assert os.listdir() == ["deep.npy"]


def test_a_model_of_a_thousand_layers_comes_back():
    a, b = (nn.Sequential(*(nn.Linear(1, 1) for _ in range(1000))) for _ in range(2))
    a.save("deep")  # its header is longer than the 10,000 characters that np.load takes
    b.load("deep")
    assert_equal(a, b)
    size = os.path.getsize("deep.npy")
    assert (
        np.load("deep.npy", allow_pickle=False, max_header_size=size)["999"]["W"] == a[999].W.data
    )


def test_a_header_beyond_64_kilobytes_comes_back():
    a, b = (nn.Sequential(*(nn.Linear(1, 1) for _ in range(2000))) for _ in range(2))
    a.save("deep")
    assert pathlib.Path("deep.npy").read_bytes()[6] == 3  # the version of the header
    b.load("deep")
    assert_equal(a, b)


def test_the_data_of_a_file_are_aligned():
    Net().save("net")
    content = pathlib.Path("net.npy").read_bytes()
    assert (10 + int.from_bytes(content[8:10], "little")) % 64 == 0


def test_more_than_2_GiB_are_refused_before_anything_is_written():
    model = nn.Module()
    model.p = Parameter(np.broadcast_to(np.float32(0), (2**29,)))
    with pytest.raises(WeightsError, match=r"the weights take 2\.0 GiB, .* holds at most 2 GiB"):
        model.save("huge")
    half = np.broadcast_to(np.float32(0), (2**28,))
    model.p = [Parameter(half), Parameter(half)]  # where each fits, NumPy's sum overflows unnoticed
    with pytest.raises(WeightsError, match="holds at most 2 GiB"):
        model.save("huge")
    assert os.listdir() == []


# ------------------------------------------------------------------------------- saving


def test_a_failed_save_leaves_the_old_file_and_nothing_else(monkeypatch):
    a = Net()
    a.save("net")
    before = pathlib.Path("net.npy").read_bytes()

    def full_disk(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(nn.WeightsFileError, match="Net.save: 'net.npy': no space left on device"):
        Net().save("net")
    assert pathlib.Path("net.npy").read_bytes() == before
    assert os.listdir() == ["net.npy"]


def test_an_interrupted_save_leaves_the_old_file_and_nothing_else(monkeypatch):
    Net().save("net")
    before = pathlib.Path("net.npy").read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Net().save("net")
    assert pathlib.Path("net.npy").read_bytes() == before
    assert os.listdir() == ["net.npy"]


def test_a_missing_folder_is_named():
    with pytest.raises(nn.WeightsFileError) as caught:
        Net().save("runs/today/net")
    folder = os.path.abspath("runs/today")
    assert f"'runs/today/net.npy': the folder {folder!r} is not there; make it first" in str(
        caught.value
    )
    assert isinstance(caught.value, FileNotFoundError)
    assert caught.value.errno == errno.ENOENT
    assert caught.value.filename == "runs/today/net.npy"


def test_a_folder_that_cannot_be_written_to_is_an_error(monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    Net().save("net")
    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(nn.WeightsFileError, match="Net.save: 'net.npy': permission denied"):
        Net().save("net")
    with pytest.raises(nn.WeightsFileError, match="Net.load: 'net.npy': permission denied"):
        Net().load("net")


def test_a_folder_in_the_place_of_the_file_is_an_error():
    os.mkdir("net.npy")
    with pytest.raises(nn.WeightsFileError, match="Net.save: 'net.npy': is a directory"):
        Net().save("net")
    with pytest.raises(nn.WeightsFileError, match="Net.load: 'net.npy': is a directory"):
        Net().load("net")
    assert os.listdir() == ["net.npy"]


@pytest.mark.parametrize("path", ["", "runs/"])
def test_a_path_without_a_name_is_refused(path):
    with pytest.raises(nn.WeightsFileError, match=r"Net.save: .* names no file"):
        Net().save(path)


@pytest.mark.parametrize("path", [None, 3, b"net"])
def test_a_path_that_is_none_is_refused(path):
    for method in (Net().save, Net().load):
        with pytest.raises(DtypeError, match="expected a str or a path, got"):
            method(path)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_the_mode_of_the_file_is_kept_and_a_new_one_has_the_usual():
    before = os.umask(0o022)
    try:
        Net().save("net")
        assert stat.S_IMODE(os.stat("net.npy").st_mode) == 0o644
        os.chmod("net.npy", 0o600)
        Net().save("net")
        assert stat.S_IMODE(os.stat("net.npy").st_mode) == 0o600
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link():
    os.mkdir("store")
    os.symlink("store/real.npy", "net.npy")
    model = Net()
    model.save("net")
    assert os.path.islink("net.npy")
    assert os.listdir("store") == ["real.npy"]


# ------------------------------------------------------------------------------- loading


def test_a_missing_file_is_named_with_those_that_are_there():
    Net().save("other")
    with pytest.raises(nn.MissingWeightsError) as caught:
        Net().load("net")
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, WeightsError)
    assert "Net.load: 'net.npy': there is no such file" in str(caught.value)
    assert str(caught.value).endswith("there are: other.npy")


def test_a_missing_folder_is_named_on_loading_too():
    with pytest.raises(nn.MissingWeightsError, match="the folder '.*runs' is not there"):
        Net().load("runs/net")


def test_weights_of_another_model_are_refused_by_name():
    nn.Sequential(nn.Linear(4, 3)).save("other")
    model = Net()
    before = model.weight_dict()
    with pytest.raises(WeightsError) as caught:
        model.load("other")
    message = str(caught.value)
    assert message.startswith("Net.load: 'other.npy': these weights do not fit Net, which stays")
    assert "\n  missing: fc1.W\n" in message
    assert "\n  unexpected: 0.b" in message
    for (_, x), (_, y) in zip(flat(before), flat(model.weight_dict()), strict=True):
        np.testing.assert_array_equal(x, y)


def test_every_truncation_of_a_file_is_refused_and_leaves_the_model_as_it_was():
    nn.Linear(2, 2).save("net")
    content = pathlib.Path("net.npy").read_bytes()
    model = nn.Linear(2, 2)
    before = model.W.data.copy()
    for length in range(len(content)):
        with open("net.npy", "wb") as file:
            file.write(content[:length])
        with pytest.raises(WeightsError, match=r"Linear.load: 'net.npy': it is|its"):
            model.load("net")
    np.testing.assert_array_equal(model.W.data, before)


def test_a_file_that_is_cut_short_says_by_how_much():
    nn.Linear(2, 2).save("net")
    os.truncate("net.npy", os.path.getsize("net.npy") - 1)
    with pytest.raises(WeightsError, match="it is cut short: of 24 bytes of weights, 23 are there"):
        nn.Linear(2, 2).load("net")


class Payload:
    """Its unpickling leaves a trace."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


@pytest.mark.parametrize("inside", [lambda p: p, lambda p: {"W": p}, lambda p: [{"W": [p]}]])
def test_a_pickled_file_is_refused_and_nothing_in_it_runs(inside):
    np.save("net.npy", np.array(inside(Payload()), dtype=object), allow_pickle=True)
    with pytest.raises(WeightsError, match=r"it holds pickled Python objects, which can run any"):
        nn.Linear(2, 2).load("net")
    assert os.listdir() == ["net.npy"]
    np.load("net.npy", allow_pickle=True)  # the trap is armed
    assert "executed" in os.listdir()


def test_a_bare_pickle_is_refused_and_nothing_in_it_runs():
    with open("net.npy", "wb") as file:
        pickle.dump({"W": Payload()}, file)
    with pytest.raises(
        WeightsError, match=r"it is no .npy file \(a pickle\? they are never read\)"
    ):
        nn.Linear(2, 2).load("net")
    assert os.listdir() == ["net.npy"]


def test_an_object_field_among_numbers_is_refused():
    dtype = np.dtype([("W", "<f4", (2, 2)), ("b", [("deep", "O")])])
    np.save("net.npy", np.zeros((), dtype), allow_pickle=True)
    with pytest.raises(WeightsError, match="it holds pickled Python objects"):
        nn.Linear(2, 2).load("net")


def test_the_weights_that_PyGrad_0_1_wrote_are_explained():
    weights = nn.Linear(2, 2).weight_dict()
    np.save("old.npy", weights, allow_pickle=True)
    with pytest.raises(WeightsError, match=r"PyGrad 0.1 wrote such files: load\(.*legacy=True"):
        nn.Linear(2, 2).load("old")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((2, 3)), r"it holds an array of shape \(2, 3\) without names"),
        (np.zeros(3, [("W", "f4")]), r"it holds an array of shape \(3,\)"),
        (np.zeros((), [("W", "U5")]), "there is a field of dtype <U5, which is no number"),
        (np.zeros((), [("W", "M8[s]")]), "which is no number"),
        (np.zeros((), "V5"), r"it holds an array of shape \(\) without names"),
    ],
)
def test_an_array_that_is_no_weights_is_refused(array, message):
    np.save("net.npy", array)
    with pytest.raises(WeightsError, match=message):
        nn.Linear(2, 2).load("net")


def npy_file(header, version=1, data=b""):
    width = 2 if version == 1 else 4
    encoded = header.encode("utf8")
    length = len(encoded).to_bytes(width, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + encoded + data


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"it is no .npy file \(it is empty\)"),
        (b"not a weight file", "it is no .npy file; Module.save writes one"),
        (b"\x93NUMPY", "its .npy version . is unknown"),
        (npy_file("{}", version=9), "its .npy version 09 is unknown; 1 to 3 are known"),
        (b"\x93NUMPY\x03\x00\xff\xff\xff\xff", "its header is damaged: a length of 4294967295"),
        (b"\x93NUMPY\x01\x00\xff\x00abc", "it is cut short: 255 bytes of header are announced"),
        (npy_file(""), "it is cut short: 0 bytes of header"),
        (npy_file("{"), "its header is damaged"),
        (npy_file("[1, 2]"), "its header is damaged"),
        (npy_file("{'descr': [('W', '<f4')]}"), "its header is damaged"),
        (npy_file("__import__('os').mkdir('executed')"), "its header is damaged"),
        (npy_file("{'descr': [('W', 'nonsense')], 'shape': ()}"), "its header is damaged"),
        (npy_file("{'descr': [('W',)], 'shape': ()}"), "its header is damaged"),
        (npy_file("{'descr': [3], 'shape': ()}"), "its header is damaged"),
        (npy_file("{'descr': [('W', '<f4', (-1,))], 'shape': ()}"), "its header is damaged"),
        (
            npy_file("{'descr': [('W', '<f4', (2, 2))], 'shape': ()}"),
            "it is cut short: of 16 bytes of weights, 0",
        ),
        (npy_file("{'descr': [('W', '<f4'), ('W', '<f4')], 'shape': ()}"), "its header is damaged"),
        (npy_file("(" * 150 + ")" * 150), "its header is damaged"),
        (npy_file("-" * 60_000 + "1"), "its header is damaged"),
        (npy_file("[" * 5000), "its header is damaged"),
        (b"\x93NUMPY\x03\x00\x01\x00\x00\x00\xff", "its header is damaged"),
    ],
)
def test_a_damaged_file_is_refused(content, message):
    pathlib.Path("net.npy").write_bytes(content)
    with pytest.raises(WeightsError, match=f"Linear.load: 'net.npy': {message}"):
        nn.Linear(2, 2).load("net")
    assert os.listdir() == ["net.npy"]


@pytest.mark.parametrize(
    "fields",
    [
        [("W", "<f4", (2**29 - 1,)), ("b", "<f4", (2**29 - 1,)), ("c", "<f4", (2**29 - 1,))],
        [("x", [("a", "<f4", (2**29 - 1,)), ("b", "<f4", (2**29 - 1,))])],
    ],
)
def test_a_size_that_overflows_in_numpy_is_refused(fields):
    pathlib.Path("net.npy").write_bytes(npy_file(repr({"descr": fields, "shape": ()})))
    with pytest.raises(WeightsError, match="its header is damaged"):
        nn.Linear(2, 2).load("net")


def test_random_damage_is_an_error_of_ours_or_other_numbers():
    nn.Linear(2, 2).save("net")
    content = pathlib.Path("net.npy").read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(2000):
        damaged = bytearray(content)
        for i in rng.integers(0, len(content), 3):
            damaged[i] = rng.integers(0, 256)
        pathlib.Path("net.npy").write_bytes(damaged)
        try:
            nn.Linear(2, 2).load("net")
        except PyGradError:
            refused += 1
    assert refused > 1000


def test_what_comes_after_the_weights_is_ignored():
    a, b = Net(), Net()
    a.save("net")
    with open("net.npy", "ab") as file:
        file.write(b"more")
    b.load("net")
    assert_equal(a, b)


ARRAYS = hypothesis.extra.numpy.arrays(
    st.sampled_from([np.dtype(code) for code in ("<f4", ">f8", "f2", "i8", "u1", "?", "c8")]),
    hypothesis.extra.numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
NAMES = st.text(min_size=1, max_size=5)
WEIGHTS = st.recursive(
    st.dictionaries(NAMES, ARRAYS, max_size=4),
    lambda inside: st.dictionaries(NAMES, ARRAYS | inside, max_size=4),
    max_leaves=8,
)


@hypothesis.given(WEIGHTS)
@hypothesis.settings(deadline=None)
def test_nested_arrays_of_any_names_shapes_and_dtypes_come_back(weights):
    with tempfile.TemporaryFile() as file:
        npy.write(file, weights)
        file.seek(0)
        back = list(flat(npy.read(file)))
        file.seek(0)
        assert np.load(file, allow_pickle=False).shape == ()
    there = list(flat(weights))
    assert [path for path, _ in back] == [path for path, _ in there]
    for (_, x), (_, y) in zip(there, back, strict=True):
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        assert x.tobytes() == y.tobytes()
