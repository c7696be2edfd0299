"""CSV, TSV and JSON Lines, written by pandas and by hand; and the tables they become."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pygrad.data import DataLoader, Table, formats
from pygrad.data.formats import delimited
from pygrad.exceptions import ArgumentError, DataError


@pytest.fixture(params=["pyarrow", "standard library"], autouse=True)
def engine(request, monkeypatch):
    """Each test runs by both engines: they must give the same."""
    if request.param == "pyarrow":
        pytest.importorskip("pyarrow", reason="pyarrow, which reads large CSV, is not installed")
    else:
        monkeypatch.setattr(delimited, "read_by_arrow", lambda *arguments: None)
    return request.param


@pytest.fixture
def read(tmp_path):
    def read(written, **options):
        content = written if isinstance(written, bytes) else written.encode()
        (tmp_path / "x.csv").write_bytes(content)
        return formats.read_csv(tmp_path / "x.csv", **options)

    return read


def same(a, b):
    assert a.dtype == b.dtype
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_what_pandas_writes_is_read(read, tmp_path, separator):
    pd = pytest.importorskip("pandas", reason="pandas, which writes the file, is not installed")
    frame = pd.DataFrame(
        {
            "whole": [1, -2, 3],
            "gap": [1.0, None, 3.0],
            "real": [0.1, 1e300, np.inf],
            "text": ['say "hi"', None, "two\nlines; or, more"],
            "truth": [True, False, True],
            "day": pd.to_datetime(["2020-02-29", None, "1999-12-31"]),
            "time": pd.to_datetime(["2020-01-01 10:00:01", "2020-01-01 00:00:00", None]),
        }
    )
    table = read(frame.to_csv(index=False, sep=separator))
    assert list(table.columns) == list(frame.columns)
    same(table["whole"], frame["whole"].to_numpy())
    same(table["gap"], np.array([1, np.nan, 3]))
    same(table["real"], frame["real"].to_numpy())
    same(table["text"], np.array(['say "hi"', None, "two\nlines; or, more"], object))
    same(table["truth"], np.array([True, False, True]))
    same(table["day"], np.array(["2020-02-29", "NaT", "1999-12-31"], "M8[D]"))
    same(table["time"], np.array(["2020-01-01T10:00:01", "2020-01-01", "NaT"], "M8[s]"))


def test_the_index_that_pandas_writes_gets_a_name(read):
    assert list(read(",a\n0,5\n1,6\n").columns) == ["column_0", "a"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["1", "2"], np.array([1, 2])),
        ([" 1", "-2 "], np.array([1, -2])),
        (["007", "1"], np.array([7, 1])),
        (["9223372036854775807", "-9223372036854775808"], np.array([2**63 - 1, -(2**63)])),
        (["9223372036854775808", "1"], np.array([2.0**63, 1.0])),
        (["1", "NA"], np.array([1, np.nan])),
        (["+1.5", "1e3"], np.array([1.5, 1000])),
        ([".5", "1."], np.array([0.5, 1])),
        (["-inf", "Infinity"], np.array([-np.inf, np.inf])),
        (["true", "FALSE"], np.array([True, False])),
        (["true", "null"], np.array([1.0, np.nan])),
        (["true", "1"], np.array(["true", "1"], object)),
        (["NA", "null"], np.array([np.nan, np.nan])),
        (["x", "NA"], np.array(["x", None], object)),
        (["1_000", "2"], np.array(["1_000", "2"], object)),
        (["0x10", "1"], np.array(["0x10", "1"], object)),
        (["\u0661", "2"], np.array(["\u0661", "2"], object)),
        (["12:30", "12:31"], np.array(["12:30", "12:31"], object)),
        (["2023-02-30", "2023-02-01"], np.array(["2023-02-30", "2023-02-01"], object)),
        (["2020-01-01T01:02:03.5", "NA"], np.array(["2020-01-01T01:02:03.5", "NaT"], "M8[ns]")),
        (["2020-01-01 01:02:03Z", "NA"], np.array(["2020-01-01 01:02:03Z", None], object)),
        (["1" * 400, "1"], np.array([np.inf, 1.0])),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, list) else "",
)
def test_a_type_is_guessed_from_all_cells(read, cells, column):
    table = read("id,x\n" + "".join(f"{n}.5,{cell}\n" for n, cell in enumerate(cells)))
    same(table["x"], column)


CELLS = st.one_of(
    st.sampled_from(
        ["0", "1", "-1", "1.5", "+3", ".5", "1e5", "1e", "inf", "007", "0x1", "9" * 20, "nan(1)"]
        + ["NA", "nan", "null", "true", "false", "True", "x", "é", "2020-01-01", "12:30"]
        + ["2020-01-01T00:00:00", "2020-01-01T00:00:00.25"]
    ),
    st.text("019-+.eE_xTZ: \t/NaAé", max_size=6),
    st.integers().map(str),
    st.floats().map(str),
)


@given(st.lists(CELLS, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_both_engines_guess_alike(cells):
    from pygrad.data.formats.arrow_csv import read_by_arrow
    from pygrad.data.formats.cells import MISSING, column_of_cells

    pytest.importorskip("pyarrow", reason="pyarrow, which reads large CSV, is not installed")
    raw = "\n".join(["id,x", *(f"1,{cell}" for cell in cells), ""]).encode()
    theirs = read_by_arrow(raw, ",", ["id", "x"], ["id", "x"], (), MISSING)
    same(theirs["x"], column_of_cells(cells, MISSING))


def test_settings_of_csv(read):
    text = "a b\n007 x\nNA y\n"
    table = read(text, delimiter=" ", text=["a"], categories=["b"], missing=["y"])
    same(table["a"], np.array(["007", "NA"], object))
    same(table["b"], np.array([0, -1]))
    assert table.categories == {"b": ("x",)}
    assert list(read("1,2\n3,4\n", header=False).columns) == ["column_0", "column_1"]
    same(read("1,2\n3,4\n", header=False, names=["u", "v"])["u"], np.array([1, 3]))
    same(read("a,b\n3,4\n", names=["u", "v"])["v"], np.array([4]))
    same(
        read("a\nM\xfcnchen\n".encode("latin1"), encoding="latin1")["a"], np.array(["München"], "O")
    )


@pytest.mark.parametrize("options", [{"text": "a"}, {"text": ["b"]}, {"categories": ["b"]}])
@pytest.mark.parametrize(
    "more", [{"delimiter": ",,"}, {"names": ["u", "v"]}, {"encoding": "klingon"}]
)
def test_a_setting_that_is_none_is_named(read, options, more):
    for wrong in (options, more):
        with pytest.raises(ArgumentError):
            read("a\n1\n", **wrong)


def test_a_cell_of_two_lines_is_text(read):
    same(read('a,b\n"1\n2",x\n')["a"], np.array(["1\n2"], object))
    same(read('a,b\n"2020-01-0\n2020-01-01",x\n')["a"], np.array(["2020-01-0\n2020-01-01"], object))


def test_rows_are_read_in_blocks(read, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 2)
    same(read("a\n1\n2\n3\n4\n5\n")["a"], np.arange(1, 6))
    same(read("a\n1\n2\n3\n")["a"], np.arange(1, 4))


def test_csv_as_spreadsheets_write_it(read, tmp_path):
    table = read("\ufeffa;b\r\n1;2,5\r\n\r\n3;x\r\n".encode())
    same(table["a"], np.array([1, 3]))
    same(table["b"], np.array(["2,5", "x"], object))
    same(read(gzip.compress(b"a\n1\n"))["a"], np.array([1]))
    same(read("a\r1\r2\r")["a"], np.array([1, 2]))
    assert len(read("a,b\n")) == 0
    (tmp_path / "x.tsv").write_text("a\tb,c\n1\t2\n")
    same(formats.read_tsv(tmp_path / "x.tsv")["b,c"], np.array([2]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "nothing but blank lines"),
        (b"a,b\n1,2\n3\n", "at line 3: 1 cells, where 2 are due"),
        (b"a,b\n1,2,3\n", "at line 2: 3 cells, where 2 are due"),
        (b'a,b\n1,"2\n3,4\n', "at line 3: unexpected end of data"),
        (b"a,b\n1,\xff\n", r"at byte 6: no utf-8 text \(b'\\xff"),
        (b"a,a\n1,2\n", "at line 1: two columns are called 'a'"),
        (b"a\n" + b"x" * 200_000 + b"\n1,2\n", "at line [23]: "),
    ],
)
def test_a_damaged_csv_says_where_and_what(read, tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read(content)
    assert str(tmp_path / "x.csv") in str(caught.value)


# ------------------------------------------------------------------------------ JSON Lines


@pytest.fixture
def read_json(tmp_path):
    def read_json(text):
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "x.jsonl").write_bytes(content)
        return formats.read_jsonl(tmp_path / "x.jsonl")

    return read_json


def test_json_lines_that_pandas_writes_are_read(read_json):
    pd = pytest.importorskip("pandas", reason="pandas, which writes the file, is not installed")
    frame = pd.DataFrame({"i": [1, 2], "f": [0.5, None], "s": ["é\n", None], "b": [True, False]})
    table = read_json(frame.to_json(orient="records", lines=True))
    same(table["i"], np.array([1, 2]))
    same(table["f"], np.array([0.5, np.nan]))
    same(table["s"], np.array(["é\n", None], object))
    same(table["b"], np.array([True, False]))


def test_json_values_of_every_kind(read_json):
    table = read_json(
        '{"l": [1, 2], "r": [1], "m": 1, "big": 9999999999999999999}\n\n'
        '{"l": [3, 4], "r": [], "m": "x", "big": 1, "b": true}\n'
    )
    same(table["l"], np.array([[1, 2], [3, 4]]))
    assert table["r"].tolist() == [[1], []]
    assert table["m"].tolist() == [1, "x"]
    same(table["big"], np.array([1e19, 1.0]))
    same(table["b"], np.array([np.nan, 1.0]))
    assert read_json('{"a": ["x", "y"]}\n{"a": ["z", "w"]}')["a"].tolist() == [
        ["x", "y"],
        ["z", "w"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "at line 1: there is no JSON object"),
        (b'{"a": 1}\n{"a": \n', "at line 2: no JSON: Expecting value"),
        (b'{"a": 1}\n\n[1]\n', "at line 3: a list; every line must be an object"),
        (b'{"a": "\xff"}', "at line 1: no JSON: .*utf-8"),
        (b'{"a": ' + b"[" * 100_000, "at line 1: no JSON: "),
        (b'{"a": ' + b"9" * 10_000 + b"}", "at line 1: no JSON: "),
    ],
)
def test_a_damaged_jsonl_says_where_and_what(read_json, tmp_path, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read_json(content)
    assert str(tmp_path / "x.jsonl") in str(caught.value)


def test_rows_that_share_no_key_do_not_fill_memory(read_json):
    with pytest.raises(DataError, match="4000 objects have 4000 keys, and hardly share any"):
        read_json("".join(f'{{"k{n}": 1}}\n' for n in range(4000)))


# ------------------------------------------------------------------------------ tables


def pets():
    return Table(
        {
            "kind": np.array(["cat", None, "owl"], object),
            "size": np.array([0, 1, -1]),
            "legs": np.array([4, 4, 2]),
            "weight": np.array([3.0, np.nan, 1.0]),
            "tame": np.array([True, True, False]),
            "born": np.array(["2020-01-01"] * 3, "M8[D]"),
        },
        {"size": ("small", "large")},
    )


def test_a_table_gives_columns_rows_and_parts():
    table = pets()
    assert len(table) == 3
    assert table[-1]["kind"] == "owl"
    assert table[[0, 2]]["legs"].tolist() == [4, 2]
    assert table[1:].categories == table.categories
    assert table[table["tame"]]["legs"].tolist() == [4, 4]
    assert [row["legs"] for row in table] == [4, 4, 2]
    with pytest.raises(IndexError, match="row 3 is out of range for 3 rows"):
        table[3]
    with pytest.raises(ArgumentError, match="no column 'x'; there are kind, size"):
        table["x"]
    with pytest.raises(DataError, match="columns of lengths {'a': 1, 'b': 2}"):
        Table({"a": [1], "b": [1, 2]})
    assert repr(table).startswith("Table(3 rows; kind: text, size: 2 categories, legs: int64,")


def test_a_table_becomes_numbers():
    dataset = pets().dataset("legs", ["kind", "size", "weight", "tame"], missing="mean")
    assert dataset.features == (
        "kind=cat",
        "kind=owl",
        "size=small",
        "size=large",
        "weight",
        "tame",
    )
    expected = [[1, 0, 1, 0, 3, 1], [0, 0, 0, 1, 2, 1], [0, 1, 0, 0, 1, 0]]
    same(dataset.data, np.array(expected, np.float32))
    same(dataset.label, np.array([4, 4, 2]))
    assert dataset.classes is None
    x, y = next(iter(DataLoader(dataset, 2, shuffle=False)))
    assert (x.shape, y.tolist()) == ((2, 6), [4, 4])


def test_labels_of_every_kind():
    table = pets()[[0, 2]]
    dataset = table.dataset("kind", "legs")
    assert (dataset.label.tolist(), dataset.classes) == ([0, 1], ("cat", "owl"))
    same(table.dataset("weight", "legs").label, np.array([3, 1], np.float32))
    same(table.dataset("tame", "legs").label, np.array([1, 0]))
    assert pets()[:2].dataset("size", "legs").classes == ("small", "large")
    assert table.dataset(features="legs").label is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"label": "kind", "features": "legs"}, "label 'kind' is missing in 1 rows, .* is row 1"),
        ({"label": "size", "features": "legs"}, "label 'size' is missing in 1 rows, .* is row 2"),
        ({"label": "born", "features": "legs"}, "label 'born' holds datetime64"),
        (
            {"features": ["weight"]},
            "'weight' has 1 missing values, the first in row 1; pass missing",
        ),
        ({"features": ["born"]}, "'born' holds datetime64.D., which is neither numbers nor text"),
    ],
)
def test_what_cannot_become_numbers_is_named(arguments, message):
    with pytest.raises(DataError, match=message):
        pets().dataset(**arguments)
    with pytest.raises(ArgumentError, match="missing is 'median'"):
        pets().dataset(missing="median")


def test_names_are_no_categories():
    table = Table({"name": np.array([f"n{i}" for i in range(101)], object)})
    with pytest.raises(DataError, match="'name' has 101 different texts, too many"):
        table.dataset()
