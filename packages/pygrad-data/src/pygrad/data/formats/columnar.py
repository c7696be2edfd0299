"""Parquet and Arrow files: tables by columns, read by pyarrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.cells import categories_of
from pygrad.data.formats.files import (
    StrPath,
    damaged,
    file_at,
    head_of,
    implausible,
    require,
)
from pygrad.data.formats.jsonl import column_of_values
from pygrad.data.formats.parquet_pages import check_parquet
from pygrad.data.formats.table import Table
from pygrad.exceptions import DataError

__all__ = ["is_arrow", "is_parquet", "read_arrow", "read_parquet"]

FILE, STREAM = b"ARROW1", b"\xff\xff\xff\xff"


def is_parquet(head: bytes) -> bool:
    return head.startswith(b"PAR1")


def is_arrow(head: bytes) -> bool:
    return head.startswith((FILE, STREAM))


def read_parquet(path: StrPath, *, columns: list[str] | None = None) -> Table:
    """The table in a Parquet file, as pandas, polars and Spark write it.

    It needs pyarrow: ``pip install 'pygrad-data[arrow]'``.

    Parameters
    ----------
    path : str or path-like
    columns : list of str, optional
        Read these alone.

    Returns
    -------
    Table
        Numbers keep their type. Dictionary columns of text, such as pandas's categories, are
        categories. Times with a zone are given in UTC, decimals as float64, fixed-size lists as a
        column with more axes, and whatever else there is as Python objects.

    Raises
    ------
    DataError
        If the file is damaged, or a column is not there.
    MissingPluginError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> formats.read_parquet("pets.parquet", columns=["kind", "legs"])  # doctest: +SKIP
    Table(3 rows; kind: text, legs: int64)
    """
    where, size = _checked(path, "Parquet")
    pq = require("pyarrow.parquet", "arrow", where, "Parquet")

    def read(_: Any) -> Any:
        check_parquet(where)
        bound = max(1000, min(size, 1 << 30))
        limits = {"thrift_string_size_limit": bound, "thrift_container_size_limit": bound}
        with pq.ParquetFile(str(where), **limits) as file:
            known = file.schema_arrow.names
            for name in columns or ():
                if name not in known:
                    raise DataError(f"{where}: there is no column {name!r}; there are {known}")
            return file.read(columns=columns, use_threads=True)

    return _table(where, size, read)


def read_arrow(path: StrPath, *, columns: list[str] | None = None) -> Table:
    """The table in an Arrow IPC file or stream; Feather files (version 2) are such files.

    It needs pyarrow: ``pip install 'pygrad-data[arrow]'``.

    Parameters
    ----------
    path : str or path-like
    columns : list of str, optional
        Give these alone.

    Returns
    -------
    Table
        As `read_parquet` gives it.

    Raises
    ------
    DataError
        If the file is damaged, or a column is not there.
    MissingPluginError
        If pyarrow is not installed.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> formats.read_arrow("pets.feather", columns=["kind", "legs"])  # doctest: +SKIP
    Table(3 rows; kind: text, legs: int64)
    """
    where, size = _checked(path, "Arrow")
    ipc = require("pyarrow.ipc", "arrow", where, "Arrow")
    stream = not head_of(where).startswith(FILE)

    def read(pa: Any) -> Any:
        with pa.OSFile(str(where)) as file:
            opened = ipc.open_stream(file) if stream else ipc.open_file(file)
            table = opened.read_all()
        for name in columns or ():
            if name not in table.column_names:
                known = table.column_names
                raise DataError(f"{where}: there is no column {name!r}; there are {known}")
        return table.select(columns) if columns is not None else table

    return _table(where, size, read)


def _checked(path: StrPath, what: str) -> tuple[Path, int]:
    where = file_at(path)
    head = head_of(where)
    if not head:
        raise DataError(f"{where}: the file is empty")
    if not (is_parquet(head) if what == "Parquet" else is_arrow(head)):
        raise damaged(where, "byte 0", f"it begins with {head[:8]!r}, as no {what} file does")
    return where, where.stat().st_size


def _table(where: Path, size: int, read: Callable[[Any], Any]) -> Table:
    pa = require("pyarrow", "arrow", where, "Parquet and Arrow")
    try:
        table = read(pa)
        # every offset and every text: pyarrow follows them without looking
        table.validate(full=True)
        if len(set(table.column_names)) < len(table.column_names):
            raise damaged(where, "its schema", f"two columns of one name: {table.column_names}")
        if implausible(8 * table.num_rows * table.num_columns, size):
            raise damaged(
                where, "its metadata", f"{size} bytes are said to hold {table.num_rows} rows"
            )
        columns, categories = {}, {}
        for name in table.column_names:
            columns[name], values = _column(pa, table[name])
            if values is not None:
                categories[name] = values
        return Table(columns, categories)
    except DataError:
        raise
    # pyarrow's own errors are ValueError, OSError, KeyError, MemoryError, NotImplementedError ...
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise damaged(where, "its metadata or data", f"pyarrow says: {reason}") from error


def _column(pa: Any, column: Any) -> tuple[NDArray[Any], tuple[str, ...] | None]:
    """An Arrow column as an array; and the names of its categories, if it has such."""
    types, kind = pa.types, column.type
    if types.is_dictionary(kind):
        text = types.is_string(kind.value_type) or types.is_large_string(kind.value_type)
        if text and (coded := _categories(column)) is not None:
            return coded
        column = column.cast(kind.value_type)
        if text:
            return categories_of(_objects(column))
        kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([c.storage for c in column.chunks], kind.storage_type)
        kind = kind.storage_type
    gaps = column.null_count
    if types.is_null(kind):
        return np.full(len(column), np.nan), None
    if types.is_boolean(kind) or types.is_integer(kind) or types.is_decimal(kind):
        if types.is_boolean(kind) and gaps:
            column = column.cast(pa.int8())
        if gaps or types.is_decimal(kind):
            column = column.cast(pa.float64(), safe=False)
        return np.array(column.to_numpy()), None
    if types.is_floating(kind) or types.is_timestamp(kind) or types.is_duration(kind):
        return np.array(column.to_numpy()), None  # with NaN or NaT for null
    if types.is_date(kind):
        days = column.cast(pa.timestamp("ms"), safe=False).to_numpy()
        return days.astype("datetime64[D]"), None
    if types.is_string(kind) or types.is_large_string(kind):
        return _objects(column), None
    if types.is_fixed_size_list(kind) and types.is_primitive(kind.value_type) and not gaps:
        flat, _ = _column(pa, pa.chunked_array([c.flatten() for c in column.chunks]))
        return flat.reshape(len(column), kind.list_size), None
    values = column.to_pylist()
    return column_of_values(values), None


def _categories(column: Any) -> tuple[NDArray[Any], tuple[str, ...]] | None:
    """Codes in the dictionary's own order, which may mean something: low, medium, high."""
    whole = column.combine_chunks()  # and their dictionaries
    chunks = getattr(whole, "chunks", [whole])
    if len(chunks) != 1:
        return None
    values = chunks[0].dictionary.to_pylist()
    if None in values or len(set(values)) < len(values):
        return None
    return np.array(chunks[0].indices.fill_null(-1).to_numpy(), np.int64), tuple(values)


def _objects(column: Any) -> NDArray[Any]:
    return np.array(column.to_numpy(), object)
