"""CSV and TSV: tables as text, with a character between the cells.

pyarrow reads them where it is installed, ten times as fast; the standard library where it is not,
and wherever pyarrow refuses or would guess a type by other rules. Both give the same table.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.arrow_csv import read_by_arrow
from pygrad.data.formats.cells import MISSING, categories_of, column_of_cells
from pygrad.data.formats.files import StrPath, contents, damaged, file_at
from pygrad.data.formats.table import Table
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["is_text", "read_csv", "read_tsv"]

DELIMITERS = ",;\t|"
BLOCK = 10_000  # rows; all of them as lists at once would cost time (garbage collection) and memory


def is_text(head: bytes) -> bool:
    return bool(head) and not any(byte < 9 for byte in head)


def read_csv(
    path: StrPath,
    *,
    delimiter: str | None = None,
    header: bool = True,
    names: Sequence[str] | None = None,
    text: Collection[str] = (),
    categories: Collection[str] = (),
    missing: Collection[str] = MISSING,
    encoding: str = "utf-8",
) -> Table:
    """The table in a CSV file; gzip files too.

    The type of a column is guessed from all its cells: int64, bool (``true`` and ``false``),
    datetime64 (``2024-05-01``, ``2024-05-01 12:30:00``), float64, and text where none of these
    fits. Integers and truth values with missing cells are float64.

    Parameters
    ----------
    path : str or path-like
    delimiter : str, optional
        What stands between the cells; by default the one of ``, ; | TAB`` that is most frequent in
        the first line.
    header : bool
        Whether the first line holds the names of the columns. Without it they are called
        ``column_0``, ``column_1`` and so on, as is a column with a blank name.
    names : sequence of str, optional
        The names of all columns, in place of those.
    text, categories : collection of str
        Columns that are to stay text, such as postal codes, or to become categories.
    missing : collection of str
        The cells that stand for a missing value.
    encoding : str
        How the file writes text; ``"latin-1"`` for instance.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If the file is damaged: a row that has more or fewer cells than the header, a quotation
        that does not end, or text of another encoding.
    ArgumentError
        If a setting is none, or names a column that is not there.

    Notes
    -----
    With ``pip install 'pygrad-data[arrow]'`` large files are read some ten times as fast.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.data import formats
    >>> _ = Path("pets.csv").write_text("kind,legs,weight\\ncat,4,3.5\\nowl,2,NA\\n")
    >>> pets = formats.read_csv("pets.csv", categories=["kind"])
    >>> pets
    Table(2 rows; kind: 2 categories, legs: int64, weight: float64)
    >>> pets["weight"]
    array([3.5, nan])
    """
    where = file_at(path)
    if isinstance(text, str) or isinstance(categories, str):
        raise ArgumentError("read_csv: text and categories are lists of names, such as ['kind']")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise ArgumentError(f"read_csv: delimiter is {delimiter!r}; it must be one character")
    raw = _as_utf8(where, contents(where), encoding)
    delimiter = delimiter or _guess(raw)
    heading, titles = _heading(where, raw, delimiter, header, names)
    for name in (*text, *categories):
        if name not in titles:
            raise ArgumentError(f"{where}: there is no column {name!r}; there are {titles}")
    as_text = {*text, *categories}
    # one quote too many: a quotation that never ends, which pyarrow takes without a word
    whole = raw.count(b'"') % 2 == 0
    columns = None
    if whole:
        columns = read_by_arrow(
            raw, delimiter, heading if header else None, titles, as_text, missing
        )
    if columns is None:
        cells = _columns(where, raw.decode(), delimiter, header, len(titles), strict=not whole)
        columns = {
            title: _texts(column, missing) if title in as_text else column_of_cells(column, missing)
            for title, column in zip(titles, cells, strict=True)
        }
    values = {}
    for name in categories:
        columns[name], values[name] = categories_of(columns[name])
    return Table(columns, values)


def read_tsv(path: StrPath, **options: Any) -> Table:
    """The table in a TSV file, with tabs between the cells: `read_csv` with ``delimiter="\\t"``.

    Parameters
    ----------
    path : str or path-like
    **options
        As for `read_csv`.

    Returns
    -------
    Table

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.data import formats
    >>> _ = Path("pets.tsv").write_text("kind\\tlegs\\ncat\\t4\\nowl\\t2\\n")
    >>> formats.read_tsv("pets.tsv")["legs"]
    array([4, 2])
    """
    return read_csv(path, **{"delimiter": "\t", **options})


def _as_utf8(where: Path, raw: bytes, encoding: str) -> bytes:
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    try:
        text = raw.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise damaged(
            where,
            f"byte {start}",
            f"no {encoding} text ({raw[start : start + 4]!r}); pass the file's encoding, such as "
            f"encoding='latin-1'",
        ) from error
    except LookupError:
        raise ArgumentError(f"read_csv: encoding is {encoding!r}, which Python lacks") from None
    return raw if encoding.lower() in ("utf-8", "utf8") else text.encode()


def _guess(raw: bytes) -> str:
    first = raw.lstrip(b"\r\n")[:65536].decode(errors="replace").splitlines()
    outside = "".join(first[0].split('"')[::2]) if first else ""
    return max(DELIMITERS, key=outside.count)


def _heading(
    where: Path, raw: bytes, delimiter: str, header: bool, names: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    """The cells of the first row, and the names of the columns."""
    beginning = raw[: 1 << 20].decode(errors="replace")
    first = next(_rows(where, beginning, delimiter, strict=False), None)
    if first is None:
        raise DataError(f"{where}: there is nothing but blank lines")
    titles = [""] * len(first)
    if names is not None:
        titles = list(names)
    elif header:
        titles = first
    if len(titles) != len(first):
        raise ArgumentError(
            f"{where}: names has {len(titles)} entries, but there are {len(first)} columns"
        )
    titles = [title or f"column_{number}" for number, title in enumerate(titles)]
    if len(set(titles)) < len(titles):
        [(title, _)] = Counter(titles).most_common(1)
        raise DataError(
            f"{where}: at line 1: two columns are called {title!r}; pass names=[...], or "
            f"header=False if that line is no header"
        )
    return first, titles


def _rows(where: Path, text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    try:
        yield from filter(None, reader)
    except csv.Error as error:
        raise damaged(where, f"line {reader.line_num}", str(error)) from error


def _columns(
    where: Path, text: str, delimiter: str, header: bool, width: int, *, strict: bool
) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    columns: list[list[str]] = [[] for _ in range(width)]
    rows: list[list[str]] = []
    try:
        for row in reader:
            if len(row) == width:
                rows.append(row)
            elif row:  # blank lines are skipped
                raise damaged(
                    where, f"line {reader.line_num}", f"{len(row)} cells, where {width} are due"
                )
            if len(rows) == BLOCK:
                _append(columns, rows)
    except csv.Error as error:
        raise damaged(where, f"line {reader.line_num}", str(error)) from error
    _append(columns, rows)
    return [column[1:] for column in columns] if header else columns


def _append(columns: list[list[str]], rows: list[list[str]]) -> None:
    for column, cells in zip(columns, zip(*rows, strict=True), strict=bool(rows)):
        column.extend(cells)
    rows.clear()


def _texts(cells: Sequence[str], missing: Collection[str]) -> NDArray[Any]:
    column = np.empty(len(cells), object)
    absent = set(missing)
    column[:] = [None if cell in absent else cell for cell in cells]
    return column
