"""CSV by pyarrow, which is fast; where it would guess otherwise than `cells` does, by that."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.cells import FALSE, TRUE, column_of_cells

__all__ = ["read_by_arrow"]

# numbers to pyarrow, and to nobody else
ODD_NUMBERS = (b"0x", b"0X", b"nan(", b"NaN(", b"NAN(")


def read_by_arrow(
    raw: bytes,
    delimiter: str,
    heading: Sequence[str] | None,
    titles: Sequence[str],
    as_text: Collection[str],
    missing: Collection[str],
) -> dict[str, NDArray[Any]] | None:
    """The columns, or None where pyarrow is not installed, refuses, or sees other columns.

    Parameters
    ----------
    raw : bytes
        UTF-8.
    delimiter : str
    heading : sequence of str or None
        The cells of the first row, if that is the header.
    titles : sequence of str
        What the columns are to be called.
    as_text : collection of str
        Those that stay text.
    missing : collection of str
    """
    try:
        pa: Any = importlib.import_module("pyarrow")
        pa_csv: Any = importlib.import_module("pyarrow.csv")
    except ImportError:
        return None
    if heading is not None and len(set(heading)) < len(heading):
        return None

    def read(types: dict[str, Any], columns: list[str]) -> Any:
        return pa_csv.read_csv(
            pa.BufferReader(raw),
            read_options=pa_csv.ReadOptions(column_names=None if heading else list(titles)),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in raw),
            convert_options=pa_csv.ConvertOptions(
                column_types=types,
                include_columns=columns,
                null_values=list(missing),
                true_values=list(TRUE),
                false_values=list(FALSE),
                strings_can_be_null=True,
            ),
        )

    keys = list(heading or titles)
    key_of = dict(zip(titles, keys, strict=True))
    fixed = {key_of[title]: pa.string() for title in as_text}
    try:
        table = read(fixed, [])
        if table.column_names != keys:
            return None
        again = _to_guess_ourselves(pa, raw, table.schema, fixed)
        texts = read(dict.fromkeys(again, pa.string()), again) if again else None
    except (pa.ArrowException, UnicodeError):
        return None
    columns, ours = {}, set(again)
    for title, key in key_of.items():
        if texts is not None and key in ours:
            cells = _objects(texts[key]).tolist()
            columns[title] = column_of_cells(
                ["" if cell is None else cell for cell in cells], {"", *missing}
            )
        else:
            columns[title] = _column(pa, table[key])
    return columns


def _to_guess_ourselves(pa: Any, raw: bytes, schema: Any, fixed: dict[str, Any]) -> list[str]:
    ours = {pa.bool_(), pa.date32(), pa.string(), pa.null()}
    if not any(number in raw for number in ODD_NUMBERS):
        ours |= {pa.int64(), pa.float64()}
    return [field.name for field in schema if field.type not in ours and field.name not in fixed]


def _column(pa: Any, column: Any) -> NDArray[Any]:
    kind, gaps = column.type, column.null_count
    if kind == pa.string():
        return _objects(column)
    if kind == pa.null():
        return np.full(len(column), np.nan)
    if kind == pa.date32():
        days: NDArray[Any] = column.cast(pa.int32()).cast(pa.int64()).fill_null(0).to_numpy()
        dates = days.astype("datetime64[D]")
        if gaps:
            dates[column.is_null().to_numpy()] = "NaT"
        return dates
    array: NDArray[Any] = column.to_numpy()  # of objects, for truth values with gaps
    # a copy: pyarrow's memory cannot be written to
    return array.astype(np.float64) if gaps else array.copy()


def _objects(column: Any) -> NDArray[Any]:
    return np.array(column.to_numpy(), object)
