"""Archives: what is wanted comes out, and nothing climbs out of the folder."""

import gzip
import io
import tarfile
import zipfile

import pytest

from pygrad.data import unpack as unpacking
from pygrad.data.unpack import unpack
from pygrad.exceptions import DataError

KINDS = ["zip", "tar", "tar.gz"]


def make(path, entries):
    """An archive of these names and contents, as its name says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in entries:
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
            for name, content in entries:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path


def everything_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_the_files_wanted_come_out_and_no_others(kind, tmp_path):
    archive = make(
        tmp_path / f"a.{kind}",
        [("deep/one.bin", b"1" * 3_000_000), ("two.bin", b"2"), ("no", b"3")],
    )
    paths = unpack(archive, tmp_path / "out", ["two.bin", "one.bin"])
    assert paths == [tmp_path / "out" / "two.bin", tmp_path / "out" / "one.bin"]
    assert paths[0].read_bytes() == b"2"
    assert paths[1].read_bytes() == b"1" * 3_000_000
    assert everything_below(tmp_path / "out") == ["one.bin", "two.bin"]


def test_a_file_that_is_there_is_replaced(kind, tmp_path):
    (tmp_path / "x").write_bytes(b"old")
    unpack(make(tmp_path / f"a.{kind}", [("x", b"new")]), tmp_path, ["x"])
    assert (tmp_path / "x").read_bytes() == b"new"


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/x", "//x", "C:\\x", "C:x", "..\\x", "a\\..\\..\\x", "\\\\host\\x"],
)
def test_an_archive_with_a_path_that_climbs_out_is_refused_whole(kind, tmp_path, name):
    archive = make(tmp_path / f"a.{kind}", [("good", b"1"), (name, b"2")])
    with pytest.raises(DataError, match="leads out of the archive's folder; nothing was unpacked"):
        unpack(archive, tmp_path / "out", ["good"])
    assert everything_below(tmp_path) == [f"a.{kind}"]


@pytest.mark.parametrize(
    "type_", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(tmp_path, type_):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("x")
        info.type, info.linkname = type_, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(DataError, match="'x' is a link or a device"):
        unpack(tmp_path / "a.tar", tmp_path / "out", ["x"])


def test_a_link_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("x")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(DataError, match="'x' is a link or a device"):
        unpack(tmp_path / "a.zip", tmp_path / "out", ["x"])


def test_a_name_must_be_there_once(kind, tmp_path):
    archive = make(tmp_path / f"a.{kind}", [("a/x", b"1"), ("b/x", b"2")])
    with pytest.raises(DataError, match="2 files of the archive are called 'x'"):
        unpack(archive, tmp_path / "out", ["x"])
    with pytest.raises(DataError, match="0 files of the archive are called 'y'"):
        unpack(archive, tmp_path / "out", ["y"])


def test_more_than_the_limit_is_refused_before_anything_is_written(kind, tmp_path):
    archive = make(tmp_path / f"a.{kind}", [("x", bytes(1000)), ("y", bytes(1000))])
    unpack(archive, tmp_path / "out", ["x"], limit=1000)
    with pytest.raises(DataError, match="have 2000 bytes together; they must have at most 1999"):
        unpack(archive, tmp_path / "more", ["x", "y"], limit=1999)
    assert not (tmp_path / "more").exists()


def test_a_zip_that_understates_a_size_is_refused(tmp_path):
    archive = make(tmp_path / "a.zip", [("x", b"0" * 100_000)])
    content = archive.read_bytes()
    size = (100_000).to_bytes(4, "little")
    assert content.count(size) == 2
    archive.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(DataError, match="damaged|more than"):
        unpack(archive, tmp_path / "out", ["x"])
    assert everything_below(tmp_path / "out") == []


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_cut_archive_is_refused_and_leaves_nothing(kind, tmp_path, part):
    content = bytes(range(256)) * 400
    archive = make(tmp_path / f"a.{kind}", [("x", content), ("y", content[::-1])])
    raw = archive.read_bytes()
    archive.write_bytes(raw[: int(len(raw) * part)])
    with pytest.raises(DataError, match=rf"a\.{kind}: "):
        unpack(archive, tmp_path / "out", ["x", "y"])
    assert "y" not in everything_below(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", gzip.compress(b"no archive")])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DataError, match="a: (the archive is damaged|0 files)"):
        unpack(tmp_path / "a", tmp_path / "out", ["x"])


def test_a_password_is_an_error(tmp_path):
    archive = make(tmp_path / "a.zip", [("x", b"1")])
    raw = bytearray(archive.read_bytes())
    raw[6] |= 1  # the flag of an encrypted entry, at both places
    raw[raw.index(b"PK\1\2") + 8] |= 1
    archive.write_bytes(raw)
    with pytest.raises(DataError, match="password"):
        unpack(archive, tmp_path / "out", ["x"])


def test_an_archive_that_is_missing_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.zip: cannot be unpacked"):
        unpack(tmp_path / "none.zip", tmp_path, ["x"])


def test_an_interruption_leaves_no_half_of_a_file(kind, tmp_path, monkeypatch):
    archive = make(tmp_path / f"a.{kind}", [("x", bytes(5000))])

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(unpacking.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "out", ["x"])
    assert everything_below(tmp_path / "out") == []
