"""`data.load`: the format is found by suffix and content; paths that are none; plugins."""

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest

import pygrad
from pygrad import data
from pygrad.data import formats, hookspecs
from pygrad.exceptions import (
    DataError,
    DuplicateNameError,
    MissingPluginError,
    UnknownNameError,
)
from pygrad.plugins import registry


def npy_bytes():
    import io

    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


IDX = bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
WAV = (
    b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
    b"data\x04\0\0\0\0\0\0\x40"
)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        # suffix and content agree
        ("x.npy", npy_bytes(), np.ndarray),
        ("train-labels-idx1-ubyte", IDX, np.ndarray),
        ("train-labels-idx1-ubyte.gz", gzip.compress(IDX), np.ndarray),
        ("x.wav", WAV, formats.Sound),
        ("x.csv", b"a,b\n1,2\n", data.Table),
        ("x.csv.gz", gzip.compress(b"a,b\n1,2\n"), data.Table),
        ("X.CSV", b"a,b\n1,2\n", data.Table),
        ("x.tsv", b"a\tb\n1\t2\n", data.Table),
        ("x.jsonl", b'{"a": 1}\n', data.Table),
        ("x.txt", b"a,b\n1,2\n", formats.TextLines),
        # the content shows another format than the suffix, or the suffix none
        ("x.csv", npy_bytes(), np.ndarray),
        ("x.bin", WAV, formats.Sound),
        ("x", npy_bytes(), np.ndarray),
        # the suffix alone
        ("x.txt", "é".encode("utf-16"), None),
    ],
)
def test_the_format_is_found(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    if kind is None:
        with pytest.raises(DataError, match="no utf-8 text"):
            data.load(tmp_path / name)
        assert data.load(str(tmp_path / name), encoding="utf-16")[0] == "é"
    else:
        assert isinstance(data.load(tmp_path / name), kind)


def test_npz_and_a_damaged_file_of_a_known_suffix(tmp_path):
    np.savez(tmp_path / "x.npz", a=np.arange(2))
    assert list(data.load(tmp_path / "x.npz")) == ["a"]
    (tmp_path / "y.npz").write_bytes(b"\0" * 100)
    with pytest.raises(DataError, match=r"y\.npz: at its directory: no readable zip file"):
        data.load(tmp_path / "y.npz")


def test_a_format_may_be_named_and_takes_its_settings(tmp_path):
    (tmp_path / "iris.data").write_text("5.1,setosa\n4.9,setosa\n")
    table = data.load(tmp_path / "iris.data", "csv", header=False, categories=["column_1"])
    assert table["column_1"].tolist() == [0, 0]
    with pytest.raises(UnknownNameError, match=r"no loader called 'cvs'; did you mean 'csv'"):
        data.load(tmp_path / "iris.data", format="cvs")
    with pytest.raises(DataError, match=r"iris\.data: may be csv or text or tsv; say which"):
        data.load(tmp_path / "iris.data")


def test_a_file_of_no_known_format_says_so(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"\1\2\3\4")
    with pytest.raises(DataError, match=r"x\.bin: of no known format.*format=\.\.\., one of arrow"):
        data.load(tmp_path / "x.bin")
    (tmp_path / "empty.bin").touch()
    with pytest.raises(DataError, match=r"empty\.bin: the file is empty"):
        data.load(tmp_path / "empty.bin")


FILE_READERS = sorted(set(formats.names()) - {"image_folder"})


@pytest.mark.parametrize("name", FILE_READERS)
def test_a_path_that_is_no_file_says_what_it_is(tmp_path, name):
    read = formats.get(name)
    with pytest.raises(DataError, match=r"nowhere: there is no such file or folder; the current"):
        read(tmp_path / "nowhere")
    with pytest.raises(DataError, match="is a folder; it must be a file"):
        read(tmp_path)
    with pytest.raises(DataError, match="path is a int; it must be a str"):
        read(3)
    with pytest.raises(DataError, match="cannot be read: .*null"):
        read("a\0b")


def test_load_says_what_a_path_is(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        data.load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="path is a list"):
        data.load([1])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="a device or pipe"):
        data.load(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="a device or pipe"):
        formats.read_csv(tmp_path / "pipe.csv")


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_text("a\n1\n")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"x\.csv: cannot be read: Permission denied"):
        data.load(tmp_path / "x.csv")


# ------------------------------------------------------------------------------ optional packages


@pytest.mark.parametrize(
    ("name", "content", "package", "extra"),
    [
        ("x.parquet", b"PAR1", "pyarrow", "arrow"),
        ("x.arrow", b"ARROW1\0\0", "pyarrow", "arrow"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "PIL", "images"),
        ("folder/cat/x.png", b"\x89PNG\r\n\x1a\n", "PIL", "images"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    tmp_path, monkeypatch, name, content, package, extra
):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPluginError) as caught:
        data.load(tmp_path / name.partition("/")[0])
    assert caught.value.name == package
    assert f"pip install 'pygrad-data[{extra}]'" in str(caught.value)
    assert name.partition("/")[0] in str(caught.value)


def test_csv_needs_no_package(tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    program = (
        "import sys\n"
        "sys.modules['pyarrow'] = sys.modules['PIL'] = None\n"
        "from pygrad import data\n"
        "print(data.load('x.csv')['a'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[1]\n", "")


def test_nothing_optional_is_imported_before_it_is_needed():
    program = (
        "import sys\n"
        "from pygrad import data\n"
        "data.formats.names()\n"
        "print({m.partition('.')[0] for m in sys.modules} & {'pyarrow', 'PIL', 'pandas'})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


# ------------------------------------------------------------------------------ plugins


class Shouts:
    """A format by its first bytes, and one by its suffix."""

    @pygrad.hookimpl
    def register_loaders(self, register):
        register(
            "shout",
            formats.Loader(
                lambda path, times=1: path.read_text().upper() * times,
                (".shout",),
                lambda head: head.startswith(b"hey"),
            ),
        )
        register("rest", formats.Loader(lambda path: "rest", (".rest",)))


@pytest.fixture
def shouts():
    pygrad.plugins.register(Shouts())
    yield
    pygrad.plugins.unregister("Shouts")


@pytest.mark.usefixtures("shouts")
def test_a_plugin_adds_formats(tmp_path):
    assert {"shout", "rest", "csv"} <= set(formats.names())
    (tmp_path / "a.shout").write_text("hey")
    assert data.load(tmp_path / "a.shout", times=2) == "HEYHEY"
    (tmp_path / "a.rest").write_bytes(b"\0\1\2")
    assert data.load(tmp_path / "a.rest") == "rest"
    assert formats.get("shout")(tmp_path / "a.shout") == "HEY"


def test_pygrads_own_loaders_come_by_the_same_hook():
    assert "register_loaders" in hookspecs.__all__
    ours = "arrow csv idx image image_folder jsonl npy npz parquet text tsv wav"
    assert formats.names() == ours.split()
    for name in formats.names():
        assert registry("loaders").owner(name).startswith("data ")
        assert isinstance(formats.get(name), formats.Loader)
    assert formats.load is data.load
    assert "load" in data.__all__
    assert "Table" in data.__all__


def test_a_name_that_two_offer_is_an_error_and_the_others_work(tmp_path):
    class Other:
        @pygrad.hookimpl
        def register_loaders(self, register):
            register("csv", formats.Loader(lambda path: "other", (".csv",)))

    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "a.csv").write_text("a\n")
    pygrad.plugins.register(Other())
    try:
        with pytest.raises(DuplicateNameError, match="'csv' is offered by"):
            data.load(tmp_path / "a.csv")
        assert data.load(tmp_path / "a.txt")[:] == ["a"]
        (tmp_path / "a.bin").write_bytes(WAV)
        assert data.load(tmp_path / "a.bin").rate == 8000
    finally:
        pygrad.plugins.unregister("Other")
