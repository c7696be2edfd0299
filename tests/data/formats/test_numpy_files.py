"""``.npy``, ``.npz`` and IDX files, written by NumPy and byte by byte."""

import gzip
import io
import os
import struct
import zipfile

import numpy as np
import pytest

from pygrad.data import formats
from pygrad.exceptions import DataError

ARRAYS = [
    np.arange(12).reshape(3, 4),
    np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    np.array(3.5, np.float32),
    np.zeros((0, 3), np.int8),
    np.array(["ab", "é"]),
    np.array([1 + 2j]),
    np.arange(3, dtype=">i4"),
    np.array([(1, 2.0)], dtype=[("ж", "i4"), ("b", "f8")]),
    np.array(["2020-01-01"], "datetime64[D]"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: str(array.dtype)[:20])
@pytest.mark.filterwarnings("ignore:Stored array in format")
def test_what_numpy_saves_is_read(tmp_path, array):
    np.save(tmp_path / "x.npy", array)
    got = formats.read_npy(tmp_path / "x.npy")
    np.testing.assert_array_equal(got, array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert got.flags.writeable
    assert got.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_is_a_dict_of_arrays(tmp_path, save):
    save(tmp_path / "x.npz", a=np.arange(3), b=np.ones((2, 2)))
    got = formats.read_npz(tmp_path / "x.npz")
    assert sorted(got) == ["a", "b"]
    np.testing.assert_array_equal(got["b"], np.ones((2, 2)))


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("exploded",)


def test_a_pickle_is_never_loaded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", np.array([Bomb()], object), allow_pickle=True)
    np.savez("x.npz", x=np.array([Bomb()], object), allow_pickle=True)
    for read, path in ((formats.read_npy, "x.npy"), (formats.read_npz, "x.npz")):
        with pytest.raises(DataError, match=r"x\.np.*holds Python objects, which are pickled"):
            read(path)
    assert not (tmp_path / "exploded").exists()


def npy(text, data=b""):
    header = text.encode("latin1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04", "at byte 0: it begins with b'PK"),
        (b"\x93NUMPY\x09\x00\x00\x00", r"at byte 6: unknown version \(9, 0\)"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{}", "at byte 8: a header of 2147483647 bytes"),
        (npy("{'descr': '<f8'}"), "at byte 10: the header .* is not one"),
        (npy("(" * 5000), "at byte 10: the header"),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10**9,)}"),
            "at byte 10: the header",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999, 9)}", b"x" * 8),
            r"takes 7199999999999928 bytes, but 8 follow",
        ),
        (
            npy("{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999999,)}"),
            "99999999999999 items of 0 bytes",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", b"x" * 8),
            "the header .* is not one",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, " + "9" * 50 + ")}"),
            "no possible array",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", b"x" * 9),
            "takes 8 bytes, but 9 follow",
        ),
    ],
)
def test_a_damaged_npy_says_where_and_what(tmp_path, content, message):
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        formats.read_npy(tmp_path / "x.npy")
    assert str(tmp_path / "x.npy") in str(caught.value)


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def test_an_npz_that_lies_about_a_members_size_is_refused(tmp_path):
    content = zipped(x_npy=saved(np.arange(1000)))
    # 3 GB, in the directory at the end
    place = content.rindex(b"PK\x01\x02") + 24
    content = content[:place] + struct.pack("<I", 3 << 30) + content[place + 4 :]
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"member 'x.npy': \d+ stored bytes are said to hold 32212"):
        formats.read_npz(tmp_path / "x.npz")


def test_a_damaged_npz_says_where_and_what(tmp_path):
    whole = zipped(x_npy=saved(np.arange(1000)))
    path = tmp_path / "x.npz"
    for content, message in [
        (b"", "the file is empty"),
        (whole[: len(whole) // 2], "its directory: no readable zip file"),
        (whole[:100] + bytes([whole[100] ^ 255]) + whole[101:], "member 'x.npy': cannot be unpack"),
        (zipped(x_txt=b"hello"), "member 'x.txt': it is no array"),
        (zipped(x_npy=saved(np.arange(9))[:-1]), "member 'x.npy': at byte 128: .*takes 72 bytes"),
    ]:
        path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            formats.read_npz(path)


# ------------------------------------------------------------------------------ IDX


def idx(code, shape, data):
    return struct.pack(f">4B{len(shape)}I", 0, 0, code, len(shape), *shape) + data


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(8, "u1"), (9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_idx_of_every_type(tmp_path, code, dtype, pack):
    numbers = np.array([[1, 2, 100], [4, 5, 6]], dtype)
    path = tmp_path / "train-images-idx2-ubyte"
    path.write_bytes(pack(idx(code, (2, 3), numbers.tobytes())))
    got = formats.read_idx(path)
    np.testing.assert_array_equal(got, numbers)
    assert got.dtype == np.dtype(dtype).newbyteorder("=")
    assert got.flags.writeable


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\0", "at byte 0: it begins with"),
        (b"\x01\0\x08\x01\0\0\0\0", "at byte 0: it begins with"),
        (idx(7, (1,), b"x"), r"at byte 2: type 7 is none of \[8, 9, 11"),
        (b"\0\0\x08\xff\0\0", "at byte 3: 255 axes are announced, 2 bytes follow"),
        (idx(8, (2, 3), b"12345"), r"at byte 12: .*\(2, 3\) and dtype uint8 takes 6 bytes, but 5"),
        (idx(8, (2, 3), b"1234567"), "takes 6 bytes, but 7 follow"),
        (idx(14, (2**32 - 1,) * 8, b""), "but 0 follow"),
        (idx(8, (0,) * 70, b""), "at byte 3: no possible array"),
        (gzip.compress(idx(8, (300,), bytes(300)))[:-9], "gzip: "),
        (gzip.compress(b""), "the gzip file has nothing inside"),
    ],
)
def test_a_damaged_idx_says_where_and_what(tmp_path, content, message):
    (tmp_path / "x.idx").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        formats.read_idx(tmp_path / "x.idx")
    assert str(tmp_path / "x.idx") in str(caught.value)


def test_a_gzip_bomb_is_refused_before_it_fills_memory(tmp_path, monkeypatch):
    from pygrad.data.formats import files

    monkeypatch.setattr(files, "ALLOWANCE", 0)
    monkeypatch.setattr(files, "EXPANSION", 100)
    (tmp_path / "x.idx").write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(DataError, match="bytes of gzip swell without end"):
        formats.read_idx(tmp_path / "x.idx")
