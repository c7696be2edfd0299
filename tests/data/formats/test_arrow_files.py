"""Parquet and Arrow files, written by pandas and pyarrow."""

import datetime
import decimal
import struct

import numpy as np
import pytest

from pygrad.data import formats
from pygrad.exceptions import DataError

pa = pytest.importorskip("pyarrow", reason="pyarrow, which reads these files, is not installed")
feather = pytest.importorskip("pyarrow.feather")
pq = pytest.importorskip("pyarrow.parquet")


def write_arrow_stream(table, path):
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


WAYS = {
    "parquet": (pq.write_table, formats.read_parquet),
    "parquet in row groups": (
        lambda table, path: pq.write_table(table, path, row_group_size=2, write_page_index=True),
        formats.read_parquet,
    ),
    "parquet with gzip": (
        lambda table, path: pq.write_table(table, path, compression="gzip", use_dictionary=False),
        formats.read_parquet,
    ),
    "parquet in pages of version 2": (
        lambda table, path: pq.write_table(
            table, path, compression="zstd", data_page_version="2.0", data_page_size=10
        ),
        formats.read_parquet,
    ),
    "feather": (feather.write_feather, formats.read_arrow),
    "arrow stream": (write_arrow_stream, formats.read_arrow),
}


@pytest.fixture(params=WAYS)
def there_and_back(request, tmp_path):
    write, read = WAYS[request.param]

    def there_and_back(table, **options):
        write(table, tmp_path / "x")
        return read(tmp_path / "x", **options)

    return there_and_back


DAY = datetime.date(2020, 2, 29)
HOUR = datetime.timedelta(hours=1)
ZONE = datetime.timezone(HOUR)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([1, 2, 3], pa.int16()), np.array([1, 2, 3], np.int16)),
        (pa.array([1, None, 3], pa.int16()), np.array([1, np.nan, 3])),
        (pa.array([2**63 - 1, 0, 1]), np.array([2**63 - 1, 0, 1])),
        (pa.array([1.5, None, 3], pa.float32()), np.array([1.5, np.nan, 3], np.float32)),
        (pa.array([True, False, True]), np.array([True, False, True])),
        (pa.array([True, None, False]), np.array([1, np.nan, 0])),
        (pa.array(["é", None, ""]), np.array(["é", None, ""], object)),
        (pa.array(["a", "b", "c"], pa.large_string()), np.array(["a", "b", "c"], object)),
        (pa.array([DAY, None, DAY]), np.array(["2020-02-29", "NaT", "2020-02-29"], "M8[D]")),
        (
            pa.array(
                [datetime.datetime(2020, 1, 1, 5, tzinfo=ZONE)] * 3, pa.timestamp("ms", "UTC")
            ),
            np.array(["2020-01-01T04"] * 3, "M8[ms]"),
        ),
        (
            pa.array([HOUR, None, HOUR], pa.duration("ms")),
            np.array([3600000, "NaT", 3600000], "m8[ms]"),
        ),
        (pa.array([decimal.Decimal("1.25"), None, None]), np.array([1.25, np.nan, np.nan])),
        (pa.nulls(3), np.full(3, np.nan)),
        (
            pa.array([[1, 2], [3, 4], [5, 6]], pa.list_(pa.int32(), 2)),
            np.array([[1, 2], [3, 4], [5, 6]], np.int32),
        ),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_columns_of_every_type(there_and_back, column, expected):
    got = there_and_back(pa.table({"x": column}))["x"]
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)
    assert got.flags.writeable


def test_what_has_no_dtype_stays_python_objects(there_and_back):
    table = there_and_back(
        pa.table({"l": [["a"], None, []], "b": [b"\0", b"", None], "s": [{"u": 1}] * 3})
    )
    assert table["l"].tolist() == [["a"], None, []]
    assert table["b"].tolist() == [b"\0", b"", None]
    assert table["s"].tolist() == [{"u": 1}] * 3


def test_categories_of_pandas_keep_their_order(there_and_back):
    pd = pytest.importorskip("pandas", reason="pandas, which makes the table, is not installed")
    sizes = pd.Categorical(["small", None, "large"], ["small", "large"], ordered=True)
    frame = pd.DataFrame({"size": sizes, "price": [1.0, 2.0, 3.0]})
    table = there_and_back(pa.Table.from_pandas(frame))
    assert table["size"].tolist() == [0, -1, 1]
    assert table.categories == {"size": ("small", "large")}
    assert table.dataset("price").features == ("size=small", "size=large")


def test_chunks_with_dictionaries_of_their_own_have_one_in_common(tmp_path):
    parts = [pa.array(part).dictionary_encode() for part in (["a", "b"], ["c", "a", None])]
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as file:
        schema = pa.schema({"x": parts[0].type})
        with pa.ipc.new_stream(file, schema) as writer:
            for part in parts:
                writer.write_batch(pa.record_batch([part], schema=schema))
    table = formats.read_arrow(tmp_path / "x.arrow")
    assert [table.categories["x"][code] for code in table["x"][:4]] == ["a", "b", "c", "a"]
    assert (table["x"][4], len(table.categories["x"])) == (-1, 3)


def test_what_pandas_writes_is_read(tmp_path):
    pd = pytest.importorskip("pandas", reason="pandas, which writes the file, is not installed")
    frame = pd.DataFrame({"i": range(1000), "s": ["x", "y"] * 500})
    frame.to_parquet(tmp_path / "x.parquet")
    frame.to_feather(tmp_path / "x.feather")
    for table in (
        formats.read_parquet(tmp_path / "x.parquet"),
        formats.read_arrow(tmp_path / "x.feather"),
    ):
        np.testing.assert_array_equal(table["i"], np.arange(1000))
        assert table["s"].tolist() == ["x", "y"] * 500


def test_columns_may_be_chosen(there_and_back):
    table = pa.table({"a": [1], "b": [2], "c": [3]})
    assert list(there_and_back(table, columns=["c", "a"]).columns) == ["c", "a"]
    with pytest.raises(DataError, match="no column 'd'; there are .*'a', 'b', 'c'"):
        there_and_back(table, columns=["d"])


def test_two_columns_of_one_name_are_refused(there_and_back):
    with pytest.raises(DataError, match="two columns of one name"):
        there_and_back(pa.table([pa.array([1]), pa.array([2])], ["a", "a"]))


def test_an_empty_table(there_and_back):
    assert len(there_and_back(pa.table({"a": pa.array([], pa.int64())}))) == 0


@pytest.mark.parametrize("content", [b"", b"PAR2" + bytes(20), b"hello"])
@pytest.mark.parametrize("read", [formats.read_parquet, formats.read_arrow])
def test_another_file_says_so(tmp_path, read, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match="the file is empty|at byte 0: it begins with b'"):
        read(tmp_path / "x")


def whole_parquet(tmp_path):
    pq.write_table(pa.table({"a": list(range(100)), "b": ["x"] * 100}), tmp_path / "x.parquet")
    return (tmp_path / "x.parquet").read_bytes()


def test_a_damaged_parquet_says_where_and_what(tmp_path):
    whole = whole_parquet(tmp_path)
    start = len(whole) - 8 - struct.unpack("<I", whole[-8:-4])[0]
    for content, message in [
        (whole[:100], r"at byte 96: it ends with b'"),
        (whole[:-8] + b"\xff\xff\xff\x7fPAR1", "metadata of 2147483647 bytes are announced"),
        (whole[:start] + b"\xff" * (len(whole) - start - 8) + whole[-8:], f"at byte {start}: the"),
        (b"PAR1" + bytes(start - 4) + whole[start:], r"at byte 4 \(row group 0, column 0\)"),
        (b"PAR1" + whole[-100:], r"(at byte \d+: metadata of \d+ bytes)|(row group 0)"),
    ]:
        (tmp_path / "x.parquet").write_bytes(content)
        with pytest.raises(DataError, match=message) as caught:
            formats.read_parquet(tmp_path / "x.parquet")
        assert str(tmp_path / "x.parquet") in str(caught.value)


def number(value):
    """As Thrift writes it."""
    coded, out = (value << 1) ^ (value >> 63), b""
    while coded > 127:
        out, coded = out + bytes([coded & 127 | 128]), coded >> 7
    return out + bytes([coded])


@pytest.mark.parametrize(
    ("unpacked", "stored", "values", "message"),
    [
        (2**31 - 1, 0, 1, r"at byte \d+: \d+ bytes swell to 2147483647"),
        (-1, 0, 1, r"at byte 4 \(row group 0, column 0\): a page of 0 bytes, unpacked -1"),
        (1, 2**31 - 1, 1, "a page of 2147483647 bytes, unpacked 1"),
        (1, 0, 2**31 - 1, r"a page of 0 bytes, unpacked 1, for \[2147483647\] values"),
    ],
)
def test_a_page_that_claims_gigabytes_is_refused(tmp_path, unpacked, stored, values, message):
    # its kind, its sizes, and in field 5 how many values it has
    page = b"\x15\0\x15" + number(unpacked) + b"\x15" + number(stored)
    page += b"\x2c\x15" + number(values) + b"\0\0"
    # values, size, and where the page begins
    chunk = b"\x56" + number(1) + b"\x26" + number(len(page)) + b"\x26" + number(4) + b"\0"
    group = b"\x19\x1c" + b"\x3c" + chunk + b"\0" + b"\x26" + number(1) + b"\0"
    footer = b"\x36" + number(1) + b"\x19\x1c" + group + b"\0"
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + page + footer + struct.pack("<I", len(footer)) + b"PAR1")
    with pytest.raises(DataError, match=message):
        formats.read_parquet(path)


def test_a_parquet_that_claims_a_trillion_rows_is_refused(tmp_path):
    # version, no schema, rows, and one group that agrees
    group = b"\x19\x0c" + b"\x26" + number(10**12) + b"\0"
    footer = b"\x15\x02\x19\x0c\x16" + number(10**12) + b"\x19\x1c" + group + b"\0"
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1")
    with pytest.raises(DataError, match="bytes are said to hold 1000000000000 rows"):
        formats.read_parquet(path)


@pytest.mark.parametrize(
    "footer",
    [
        b"\0",  # no fields
        b"\x39\x10\0",  # field 3, the rows, is a list
        b"\x36\0\x19\x19\0\0",  # a group is a list
        b"\x36\0\x19\x1c\x16\0\0\0",  # a group without columns and rows
        b"\x1b\0\0",  # a map
        b"\x1c" * 100,  # structs in structs
        b"\x18\xff\xff\xff\x7f",  # a long text
        b"\x16" + b"\xff" * 20,  # a number without end
    ],
)
def test_metadata_that_are_none_are_refused(tmp_path, footer):
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1")
    with pytest.raises(DataError, match=r"x\.parquet: at byte 4: the metadata (lack|cannot)"):
        formats.read_parquet(path)


def test_a_cut_arrow_file_says_so(tmp_path):
    feather.write_feather(pa.table({"a": list(range(100))}), tmp_path / "x.arrow")
    whole = (tmp_path / "x.arrow").read_bytes()
    (tmp_path / "x.arrow").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"x\.arrow: at its metadata or data: pyarrow says: "):
        formats.read_arrow(tmp_path / "x.arrow")


def test_text_that_is_no_utf8_is_found_before_it_is_used(tmp_path):
    bad = pa.StringArray.from_buffers(
        1, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff")
    )
    feather.write_feather(pa.table({"a": bad}), tmp_path / "x.arrow", compression="uncompressed")
    with pytest.raises(DataError, match="Invalid UTF8"):
        formats.read_arrow(tmp_path / "x.arrow")
