"""How many samples of each class each part of a split gets, so that all parts look alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.exceptions import ArgumentError, DataError

__all__ = ["classes_of", "shared_out"]


def classes_of(where: str, dataset: Any, stratify: Any, n: int) -> NDArray[np.intp] | None:
    """The class of each sample as a number from 0; None where nothing is to be stratified."""
    if stratify is None or stratify is False:
        return None
    labels = stratify
    if stratify is True:
        labels = getattr(dataset, "label", None)
        if labels is None:
            raise ArgumentError(
                f"{where}: stratify=True, but a {type(dataset).__name__} without labels has no "
                f"classes; pass them, one for each sample, as stratify=[...]"
            )
    try:
        values = np.asarray(labels)
    except ValueError as error:
        raise DataError(f"{where}: stratify needs one class for each sample ({error})") from error
    if values.ndim != 1:
        raise DataError(
            f"{where}: stratify has shape {values.shape}; it must be one class for each sample "
            f"(of one-hot rows, pass their argmax(axis=1))"
        )
    if len(values) != n:
        raise DataError(f"{where}: stratify has {len(values)} classes for {n} samples")
    if values.dtype.kind in "fc" and (values != np.round(values)).any():
        raise DataError(
            f"{where}: stratify has numbers that are not whole, such as "
            f"{values[values != np.round(values)][0]}; it needs classes: cut the numbers into "
            f"ranges, with numpy.digitize for instance"
        )
    try:
        numbers: NDArray[np.intp] = np.unique(values, return_inverse=True)[1].astype(np.intp)
    except TypeError as error:
        raise DataError(f"{where}: stratify mixes kinds of classes ({error})") from error
    return numbers


def shared_out(counts: list[int], shares: list[float]) -> list[list[int]]:
    """A row for each class: how many of its samples each part gets.

    Each number is the exact share ``counts[c] * shares[p]`` rounded down or up, and so is each
    part's total; each row sums to its class's count.

    Parameters
    ----------
    counts : list of int
        Samples of each class.
    shares : list of float
        The shares of the parts; they sum to one.

    Notes
    -----
    This is controlled rounding (L. H. Cox, J. American Statistical Association 82 (1987) 520),
    found as a flow: what rounding down leaves over of a class goes to different parts, to the
    emptiest first; then single samples are passed on, along the shortest way, out of parts that
    got too many and into parts that got too few. That such ways exist follows from the exact
    shares being such a flow themselves.
    """
    exact = [[count * share for share in shares] for count in counts]
    table = [[_floor(value) for value in row] for row in exact]
    open_to = [
        [value - floor > 1e-9 for value, floor in zip(*rows, strict=True)]
        for rows in zip(exact, table, strict=True)
    ]
    parts = range(len(shares))
    totals = [math.fsum(row[p] for row in exact) for p in parts]
    filled = [sum(row[p] for row in table) for p in parts]
    given = [[0] * len(shares) for _ in counts]  # 1 where a class is rounded up in a part
    for c, row in enumerate(table):
        missing = [p for p in parts if open_to[c][p]]
        missing.sort(key=lambda p: filled[p] - totals[p])
        for p in missing[: counts[c] - sum(row)]:
            given[c][p] = 1
            filled[p] += 1

    most = [-_floor(-total) for total in totals]
    least = [_floor(total) for total in totals]
    for p in parts:
        while filled[p] > most[p] and _pass_on(
            p, [q for q in parts if filled[q] < most[q]], given, open_to, filled
        ):
            pass
    for p in parts:
        while filled[p] < least[p] and any(
            _pass_on(q, [p], given, open_to, filled) for q in parts if filled[q] > least[q]
        ):
            pass
    return [
        [floor + one for floor, one in zip(*rows, strict=True)]
        for rows in zip(table, given, strict=True)
    ]


def _pass_on(
    start: int,
    ends: list[int],
    given: list[list[int]],
    open_to: list[list[bool]],
    filled: list[int],
) -> bool:
    """Move one sample out of part `start`, by way of others if need be, into one of `ends`."""
    came_from: dict[int, tuple[int, int]] = {}
    queue = [start]
    for p in queue:
        if p in ends:
            end = p
            while p != start:
                q, c = came_from[p]
                given[c][q], given[c][p] = 0, 1
                p = q
            filled[start] -= 1
            filled[end] += 1
            return True
        for c, row in enumerate(given):
            for q in range(len(filled)):
                if row[p] and not row[q] and open_to[c][q] and q != start and q not in came_from:
                    came_from[q] = (p, c)
                    queue.append(q)
    return False


def _floor(value: float) -> int:
    # 0.1 * 30 is a little over 3, and (1 - 0.9) * 30 a little under
    return math.floor(value + 1e-9 * max(1.0, abs(value)))
