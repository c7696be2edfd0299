"""JSON Lines: one JSON object a line, one row each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.files import StrPath, contents, damaged, file_at
from pygrad.data.formats.table import Table

__all__ = ["column_of_values", "is_jsonl", "read_jsonl"]


def is_jsonl(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b'{"', b"{}", b'{ "'))


def read_jsonl(path: StrPath) -> Table:
    """The table in a JSON Lines file; gzip files too.

    Parameters
    ----------
    path : str or path-like
        One JSON object a line, in UTF-8. Blank lines are skipped.

    Returns
    -------
    Table
        A column for each key, in the order in which they first appear. A key that an object lacks
        is missing there, and so is null. Lists of numbers of one length make a column with more
        axes; whatever is of no single kind stays as Python objects.

    Raises
    ------
    DataError
        If a line is no JSON object.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.data import formats
    >>> _ = Path("pets.jsonl").write_text('{"kind": "cat", "legs": 4}\\n{"kind": "eel"}\\n')
    >>> formats.read_jsonl("pets.jsonl")["legs"]
    array([ 4., nan])
    """
    where = file_at(path)
    rows = _rows(where, contents(where))
    if not rows:
        raise damaged(where, "line 1", "there is no JSON object in it, only blank lines")
    keys = dict.fromkeys(key for row in rows for key in row)
    # a key for every row: many keys and many rows that share none would make a huge table
    if len(keys) * len(rows) > 1000 * (sum(map(len, rows)) + 1000):
        raise damaged(
            where, "line 1", f"{len(rows)} objects have {len(keys)} keys, and hardly share any"
        )
    return Table({key: column_of_values([row.get(key) for row in rows]) for key in keys})


def _rows(where: Path, raw: bytes) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode())
        # RecursionError: ten thousand brackets; ValueError: no JSON, no UTF-8, or an endless number
        except (ValueError, RecursionError) as error:
            raise damaged(where, f"line {number}", f"no JSON: {error}") from error
        if not isinstance(row, dict):
            raise damaged(
                where, f"line {number}", f"a {type(row).__name__}; every line must be an object"
            )
        rows.append(row)
    return rows


def column_of_values(values: list[Any]) -> NDArray[Any]:
    """Python values, None among them, as the column of the narrowest type that holds them."""
    kinds = {type(value) for value in values} - {type(None)}
    whole = None not in values if kinds <= {bool, int, float, str} else False
    try:
        if not kinds:
            return np.full(len(values), np.nan)
        if kinds == {bool} and whole:
            return np.array(values)
        if kinds == {int} and whole and all(-(2**63) <= value < 2**63 for value in values):
            return np.array(values, np.int64)
        if kinds == {bool} or kinds <= {int, float}:
            return np.array([np.nan if value is None else float(value) for value in values])
        if kinds == {list} and not any(value is None for value in values):
            column = np.array(values)
            if column.dtype.kind in "biuf":
                return column
    except (ValueError, OverflowError):  # lists of several lengths, an int beyond every float
        pass
    objects = np.empty(len(values), object)
    for row, value in enumerate(values):  # objects[:] = values would look inside lists
        objects[row] = value
    return objects
