"""What a Parquet file says about its own sizes, held against the size of the file.

pyarrow believes them: it asks for as much memory as a page's header names, and some damaged
metadata end the whole process as soon as Python asks pyarrow about them. So they are read here
first, by ourselves. The layout: https://parquet.apache.org/docs/file-format/.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from pygrad.data.formats.files import damaged, implausible
from pygrad.data.formats.thrift import Fields, read_struct

__all__ = ["check_parquet"]

MAGIC = b"PAR1"
LONGEST_HEADER = 1 << 16  # it may hold the smallest and the largest text of its page

# the fields, by their numbers in parquet.thrift
FILE_ROWS, FILE_GROUPS = 3, 4
GROUP_COLUMNS, GROUP_ROWS = 1, 3
CHUNK_METADATA = 3
VALUES, COMPRESSED, DATA_PAGE, DICTIONARY_PAGE = 5, 7, 9, 11
PAGE_UNPACKED, PAGE_STORED, PAGE_HEADERS, PAGE_VALUES = 2, 3, (5, 7, 8), 1


def check_parquet(where: Path) -> None:
    """Refuse a file whose metadata or page headers name sizes that it cannot have."""
    size = where.stat().st_size
    with where.open("rb") as file:
        start, footer = _footer(where, file, size)
        try:
            rows, unpacked = _check_groups(where, file, footer, size)
        # a field that is not there, or is of another type than it should be
        except (LookupError, TypeError, AttributeError) as error:
            raise damaged(where, f"byte {start}", f"the metadata lack a field: {error}") from error
    if rows != footer.get(FILE_ROWS):
        raise damaged(
            where, f"byte {start}", f"{footer.get(FILE_ROWS)} rows, but its groups have {rows}"
        )
    if implausible(unpacked, size):
        raise damaged(where, f"byte {start}", f"{size} bytes swell to {unpacked}")


def _footer(where: Path, file: BinaryIO, size: int) -> tuple[int, Fields]:
    file.seek(max(0, size - 8))
    end = file.read(8)
    if end[4:] != MAGIC or size < 12:
        raise damaged(where, f"byte {max(0, size - 4)}", f"it ends with {end[4:]!r}, not {MAGIC!r}")
    length = int.from_bytes(end[:4], "little")
    start = size - 8 - length
    if start < 4:
        raise damaged(where, f"byte {size - 8}", f"metadata of {length} bytes are announced")
    file.seek(start)
    try:
        return start, read_struct(file.read(length))[0]
    except (IndexError, KeyError) as error:
        raise damaged(where, f"byte {start}", "the metadata cannot be read") from error


def _check_groups(where: Path, file: BinaryIO, footer: Fields, size: int) -> tuple[int, int]:
    """The rows, and the bytes of all pages once unpacked."""
    rows = unpacked = 0
    for number, group in enumerate(footer[FILE_GROUPS]):
        rows += group[GROUP_ROWS]
        # of a group without rows nothing is read, and pyarrow writes odd offsets into it
        for index, column in enumerate(group[GROUP_COLUMNS] if group[GROUP_ROWS] else ()):
            place = f"row group {number}, column {index}"
            unpacked += _check_chunk(where, file, column[CHUNK_METADATA], place, size)
        cells = 8 * rows * max(len(group[GROUP_COLUMNS]), 1)
        if group[GROUP_ROWS] < 0 or implausible(cells, size):
            raise damaged(where, "its metadata", f"{size} bytes are said to hold {rows} rows")
    return rows, unpacked


def _check_chunk(where: Path, file: BinaryIO, chunk: Fields, place: str, size: int) -> int:
    """The bytes that the pages of one column take once unpacked."""
    start, length, values = chunk[DATA_PAGE], chunk[COMPRESSED], chunk[VALUES]
    if 0 < chunk.get(DICTIONARY_PAGE, 0) < start:
        start = chunk[DICTIONARY_PAGE]
    if start < 4 or length < 0 or start + length > size:
        raise damaged(where, place, f"bytes {start} to {start + length} of a file of {size}")
    if values < 0 or implausible(8 * values, size):
        raise damaged(where, place, f"{length} bytes are said to hold {values} values")
    position, end, unpacked = start, start + length, 0
    while position < end:
        file.seek(position)
        beginning = file.read(min(LONGEST_HEADER, end - position))
        try:
            header, used = read_struct(beginning)
            page, stored = header[PAGE_UNPACKED], header[PAGE_STORED]
            counts = [header[kind].get(PAGE_VALUES, 0) for kind in PAGE_HEADERS if kind in header]
            wrong = min(page, stored, *counts) < 0 or position + used + stored > end
        except (LookupError, TypeError, AttributeError) as error:
            raise damaged(where, f"byte {position} ({place})", "no page header") from error
        if wrong or implausible(8 * max(counts, default=0), size):
            raise damaged(
                where,
                f"byte {position} ({place})",
                f"a page of {stored} bytes, unpacked {page}, for {counts} values",
            )
        unpacked += page
        position += used + stored
    return unpacked
