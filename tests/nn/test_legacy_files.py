"""legacy=True: the pickled files of PyGrad 0.1, and files that only look like them."""

import collections
import contextlib
import io
import os
import pathlib
import pickle
import pickletools
import random

import numpy as np
import pytest

from pygrad import nn
from pygrad.exceptions import ArgumentError, WeightsError
from pygrad.nn.formats import legacy


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def old_file(thing, protocol=4, path="old.npy"):
    """What ``np.save(path, thing)`` wrote: a header, then a pickled array of one object."""
    array = np.empty((), dtype=object)
    array[()] = thing
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|O", "fortran_order": False, "shape": ()}
    )
    pathlib.Path(path).write_bytes(header.getvalue() + pickle.dumps(array, protocol))


def weights_of(model):
    return {"0": {"W": model[0].W.data, "b": model[0].b.data}, "1": {"dropout": np.array(0.25)}}


@pytest.mark.parametrize("protocol", range(5))  # numpy.save has never written a later one
def test_weights_come_back_whatever_the_protocol(protocol):
    a, b = (nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)) for _ in range(2))
    old_file(weights_of(a), protocol)
    assert b.load("old", legacy=True) is None
    np.testing.assert_array_equal(a[0].W.data, b[0].W.data)
    np.testing.assert_array_equal(a[0].b.data, b[0].b.data)
    assert b[1].p == 0.25


def test_a_file_of_numpy_1_comes_back():
    # NumPy 1 called its inner module numpy.core
    a, b = (nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)) for _ in range(2))
    old_file(weights_of(a), 2)
    content = pathlib.Path("old.npy").read_bytes()
    assert b"numpy._core.multiarray" in content
    pathlib.Path("old.npy").write_bytes(content.replace(b"numpy._core", b"numpy.core"))
    b.load("old", legacy=True)
    np.testing.assert_array_equal(a[0].W.data, b[0].W.data)


@pytest.mark.parametrize(
    "value",
    [
        0.5, 3, True, np.float32(0.5), np.array(2.0), np.arange(6.0).reshape(2, 3).T,
        np.array([1, 2], ">i4"), np.zeros((0, 2)), np.array([True, False]), np.float16([1.5]),
    ],
)  # fmt: skip
def test_arrays_and_numbers_of_every_kind_come_back(value):
    old_file({"value": value, "comment": "by hand"})
    with open("old.npy", "rb") as file:
        found = legacy.read(file)
    np.testing.assert_array_equal(found["value"], value)
    assert np.asarray(found["value"]).dtype == np.asarray(value).dtype
    assert found["comment"] == "by hand"


def test_a_file_without_pickle_is_read_as_always():
    a, b = nn.Linear(2, 2), nn.Linear(2, 2)
    a.save("new")
    b.load("new", legacy=True)
    np.testing.assert_array_equal(a.W.data, b.W.data)


def test_what_does_not_fit_the_model_is_refused_or_returned():
    old_file({"W": np.ones((2, 2))})
    model = nn.Linear(2, 2)
    before = model.W.data.copy()
    with pytest.raises(WeightsError, match="missing: b"):
        model.load("old", legacy=True)
    np.testing.assert_array_equal(model.W.data, before)
    assert model.load("old", strict=False, legacy=True) == ["missing: b"]
    assert (model.W.data == 1).all()


def test_other_formats_have_no_old_files():
    with pytest.raises(ArgumentError, match="legacy=True is for the .npy files of PyGrad 0.1"):
        nn.Linear(2, 2).load("net.npz", legacy=True)


# ------------------------------------------------------------------------------- attacks


class Call:
    """Unpickled, it calls a function."""

    def __init__(self, function, *arguments):
        self.parts = function, arguments

    def __reduce__(self):
        return self.parts


class SetState:
    """Unpickled, it makes an array and has NumPy set its state."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return np._core.multiarray._reconstruct, (np.ndarray, (0,), b"b"), self.state


ATTACKS = [
    Call(os.mkdir, "executed"),
    Call(eval, "__import__('os').mkdir('executed')"),
    Call(exec, "import os; os.mkdir('executed')"),
    Call(os.system, "mkdir executed"),
    Call(np.load, "old.npy", None, True),
    Call(np.fromfile, "old.npy"),
    Call(np.memmap, "executed", "u1", "w+", 0, (3,)),
    Call(np.ndarray, (2,), "u1"),
    Call(getattr, "text", "format"),
    Call(pickle.loads, pickle.dumps(Call(os.mkdir, "executed"))),
    Call(collections.OrderedDict),
    Call(bytearray, 10),
    # bytes that would be taken for the addresses of objects
    SetState((1, (1,), np.dtype("O"), False, b"\x41" * 8)),
    SetState((1, (1,), np.dtype([("f", "O")]), False, b"\x41" * 8)),
    SetState((1, (10**12,), np.dtype("f8"), False, b"")),
    SetState((1, (-1,), np.dtype("f8"), False, b"")),
    SetState((1, (2,), np.dtype("U4"), False, b"\x41" * 32)),
    np.array(["text"]),
    np.array([("a", 1)], dtype=[("name", "U1"), ("n", "i4")]),
    np.array([{"W": 1}, None], dtype=object),
    {1, 2},
    [np.ones(2)],
    b"bytes",
    None,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: type(attack).__name__)
@pytest.mark.parametrize("place", [lambda x: {"W": {"deep": x}}, lambda x: x])
def test_nothing_else_is_read_and_nothing_runs(attack, place):
    old_file(place(attack))
    model = nn.Linear(1, 1)
    before = model.W.data.copy()
    with pytest.raises(WeightsError, match=r"^Linear.load: 'old.npy': (it|its) "):
        model.load("old", legacy=True)
    assert os.listdir() == ["old.npy"]
    np.testing.assert_array_equal(model.W.data, before)


def test_the_traps_are_armed():
    old_file({"W": Call(os.mkdir, "executed")})
    np.load("old.npy", allow_pickle=True)
    assert "executed" in os.listdir()


def test_what_it_named_is_said():
    old_file({"W": Call(os.system, "true")})
    with pytest.raises(WeightsError, match=r"it names posix.system|nt.system, .*nothing in it was"):
        nn.Linear(1, 1).load("old", legacy=True)


def test_a_key_that_would_run_when_it_is_hashed_is_no_key():
    old_file({Call(os.mkdir, "executed"): 1})
    with pytest.raises(WeightsError, match="it names posix.mkdir|nt.mkdir"):
        nn.Linear(1, 1).load("old", legacy=True)


def test_a_dict_that_holds_itself_or_grows_without_end_is_refused():
    loop = {}
    loop["W"] = loop
    old_file(loop)
    with pytest.raises(WeightsError, match="one dict in two places"):
        nn.Linear(1, 1).load("old", legacy=True)
    bomb = {"W": 1}
    for _ in range(50):
        bomb = {"a": bomb, "b": bomb}
    old_file(bomb)
    with pytest.raises(WeightsError, match="one dict in two places"):
        nn.Linear(1, 1).load("old", legacy=True)


def test_no_opcode_of_a_damaged_pickle_crashes_it():
    old_file({"W": np.ones((2, 2), np.float32)})
    content = pathlib.Path("old.npy").read_bytes()
    start = content.index(b"\x80")
    positions = [start + at for _, _, at in pickletools.genops(content[start:])]
    codes = [op.code.encode("latin1") for op in pickletools.opcodes]
    model = nn.Linear(2, 2)
    rng = random.Random(0)
    for _ in range(1500):
        position, code = rng.choice(positions), rng.choice(codes)
        pathlib.Path("old.npy").write_bytes(content[:position] + code + content[position + 1 :])
        with contextlib.suppress(WeightsError):  # and nothing else
            model.load("old", strict=False, legacy=True)
    assert os.listdir() == ["old.npy"]
