"""From cells of text to columns: which type they share is guessed, what is missing marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FALSE", "MISSING", "TRUE", "categories_of", "column_of_cells", "dates_of"]

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "#N/A", "NULL", "null", "None")
"""Cells that stand for a missing value."""

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")

# Whole columns are matched at once, cells joined by newlines: a match for each cell costs ten
# times as much. The possessive quantifiers keep a mismatch from being tried in other ways.
INTEGERS = re.compile(r"(?:[ \t]*+-?[0-9]++[ \t]*+\n)*+")
FLOATS = re.compile(
    r"(?:[ \t]*+[-+]?"
    r"(?:[0-9]++(?:\.[0-9]*+)?+(?:[eE][-+]?[0-9]++)?+|\.[0-9]++(?:[eE][-+]?[0-9]++)?+"
    r"|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?+|[nN][aA][nN])[ \t]*+\n)*+"
)
DAYS = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)*+")
TIMES = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?+\n)*+"
)


def column_of_cells(cells: Sequence[str], missing: Collection[str]) -> NDArray[Any]:
    """The cells as int64, bool, datetime64, float64 or, where nothing else fits, text.

    With missing cells integers and truth values become float64, and missing text is None.
    """
    absent = set(missing)
    gaps = [cell in absent for cell in cells]
    present = [cell for cell, gap in zip(cells, gaps, strict=True) if not gap]
    if not present:
        return np.full(len(cells), np.nan)
    values = _numbers(present)
    if values is None and set(present) <= {*TRUE, *FALSE}:
        values = np.array([cell in TRUE for cell in present])
    if values is None:
        values = dates_of(present)
    whole = len(present) == len(cells)
    if values is None:
        text = np.empty(len(cells), object)
        text[:] = [None if gap else cell for cell, gap in zip(cells, gaps, strict=True)]
        return text
    if whole:
        return values
    if values.dtype.kind == "M":
        column: NDArray[Any] = np.full(len(cells), "NaT", values.dtype)
    else:
        column = np.full(len(cells), np.nan)
    column[~np.array(gaps)] = values
    return column


def _numbers(cells: list[str]) -> NDArray[Any] | None:
    # most columns of text show it in their first cells
    if not FLOATS.fullmatch("\n".join(cells[:50]) + "\n"):
        return None
    joined = "\n".join(cells) + "\n"
    if joined.count("\n") != len(cells):
        return None  # a cell with lines of its own
    if INTEGERS.fullmatch(joined):
        # 18 digits always fit into int64
        if max(map(len, cells)) <= 18 or all(_fits(cell) for cell in cells):
            return np.array([int(cell) for cell in cells], np.int64)
    elif not FLOATS.fullmatch(joined):
        return None
    return np.array([float(cell) for cell in cells])


def _fits(cell: str) -> bool:
    digits = cell.strip(" \t-").lstrip("0")
    if len(digits) != 19:  # those of 2**63
        return len(digits) < 19
    return int(digits) < 2**63 + ("-" in cell)


def dates_of(cells: list[str]) -> NDArray[Any] | None:
    """Dates as datetime64[D], times as datetime64[s] or [ns]; None for anything else."""
    joined = "\n".join(cells) + "\n"
    if joined.count("\n") != len(cells):
        return None
    if not (DAYS if len(cells[0]) == 10 else TIMES).fullmatch(joined):
        return None
    fine = any(len(cell) > 19 for cell in cells)
    unit = "D" if len(cells[0]) == 10 else "ns" if fine else "s"
    if unit == "ns" and not all("1678" <= cell[:4] <= "2261" for cell in cells):
        return None  # nanoseconds reach no further in 64 bits
    try:
        return np.array(cells, f"datetime64[{unit}]")
    except ValueError:  # 2023-02-30
        return None


def categories_of(text: NDArray[Any]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Codes in the alphabetical order of the values, -1 for None; and the values."""
    values = sorted({str(value) for value in text.tolist() if value is not None})
    codes: dict[str | None, int] = {value: code for code, value in enumerate(values)}
    codes[None] = -1
    return np.array([codes[value] for value in text.tolist()], np.int64), tuple(values)
