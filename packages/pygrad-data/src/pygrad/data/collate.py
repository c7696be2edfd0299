"""Many samples made into one batch.

A tuple or a dict is a structure: it is batched entry by entry. Everything else is a value: arrays,
numbers and lists of numbers are stacked along a new first axis, text is gathered in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from pygrad.exceptions import DataError

__all__ = ["Join", "collate", "collate_mappings", "collate_tuples", "stack"]

Join = Callable[[Sequence[Any], Sequence[int], str], Any]
"""What makes one batch of one entry of the samples: `stack`, or what takes its place."""


def collate(samples: Sequence[Any], indices: Sequence[int] | None = None) -> Any:
    """One batch of whole samples, as a dataset's ``__getitem__`` returns them.

    It is what a loader does without a ``collate_fn``, for one of your own to build on.

    Parameters
    ----------
    samples : sequence
        What the dataset returned; at least one sample.
    indices : sequence of int, optional
        The number of each sample in its dataset, for the error messages.

    Raises
    ------
    DataError
        If the samples differ in shape, keys or kind; the message names the first that does.

    Examples
    --------
    >>> from pygrad.data import collate
    >>> collate([([1, 2], "one"), ([3, 4], "two")])
    (array([[1, 2],
           [3, 4]]), ['one', 'two'])
    """
    if indices is None:
        indices = range(len(samples))
    # a sample (3.0, 1) is a value with its label, where (3.0, 1) inside a sample is a point
    if samples and isinstance(samples[0], tuple):
        return collate_tuples(samples, indices, "sample")
    return stack(samples, indices, "sample")


def stack(values: Sequence[Any], indices: Sequence[int], what: str) -> Any:
    """One batch of one entry of the samples; `what` names the entry in error messages."""
    if not values:
        raise DataError(f"{what}: there is nothing to make a batch of; it needs one sample or more")
    first = values[0]
    if isinstance(first, np.ndarray):
        return _stack_arrays(values, indices, what)
    if isinstance(first, str | bytes):
        return _gather_text(values, indices, what)
    if isinstance(first, Mapping):
        return collate_mappings(values, indices, what)
    if isinstance(first, tuple) and not _is_point(first):
        return collate_tuples(values, indices, what)
    return _stack_values(values, indices, what)


def _is_point(value: tuple[Any, ...]) -> bool:
    return type(value) is tuple and all(isinstance(entry, Number) for entry in value)


def _stack_arrays(values: Sequence[Any], indices: Sequence[int], what: str) -> Any:
    try:
        return np.stack(values)
    except (ValueError, TypeError) as error:
        raise _why_not(values, indices, what, error) from error


def _stack_values(values: Sequence[Any], indices: Sequence[int], what: str) -> Any:
    try:
        batch = np.array(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise _why_not(values, indices, what, error) from error
    if batch.dtype.kind == "O":
        raise _why_not(values, indices, what, None)
    if batch.dtype.kind in "US":
        # NumPy makes text of the numbers that stand beside text
        leaves = np.array(values, dtype=object).ravel()
        if not all(isinstance(leaf, type(leaves[0])) for leaf in leaves):
            raise DataError(f"{what}: numbers and text are mixed; a batch holds one or the other")
    return batch


def _gather_text(values: Sequence[Any], indices: Sequence[int], what: str) -> list[Any]:
    kind = str if isinstance(values[0], str) else bytes
    for index, value in zip(indices, values, strict=True):
        if not isinstance(value, kind):
            raise _unlike(what, indices[0], values[0], index, value)
    # a list: an array of text would pad all to the longest, and drop NULs at the end
    return list(values)


def collate_tuples(
    values: Sequence[Any], indices: Sequence[int], what: str, join: Join = stack
) -> Any:
    """One batch of tuples, entry by entry."""
    first = values[0]
    for index, value in zip(indices, values, strict=True):
        if not isinstance(value, tuple):
            raise _unlike(what, indices[0], first, index, value)
        if len(value) != len(first):
            raise DataError(
                f"{what}: sample {index} has {len(value)} entries but sample {indices[0]} has "
                f"{len(first)}; all samples must have the same entries"
            )
    entries = [
        join(column, indices, f"{what}[{position}]")
        for position, column in enumerate(zip(*values, strict=True))
    ]
    if type(first) is tuple:
        return tuple(entries)
    return type(first)(*entries)  # a named tuple


def collate_mappings(
    values: Sequence[Any], indices: Sequence[int], what: str, join: Join = stack
) -> dict[Any, Any]:
    """One batch of dicts, key by key."""
    first = values[0]
    for index, value in zip(indices, values, strict=True):
        if not isinstance(value, Mapping):
            raise _unlike(what, indices[0], first, index, value)
        if value.keys() != first.keys():
            raise DataError(
                f"{what}: sample {index} has the keys {list(value)} but sample {indices[0]} has "
                f"{list(first)}; all samples must have the same keys"
            )
    return {
        key: join([value[key] for value in values], indices, f"{what}[{key!r}]") for key in first
    }


def _unlike(what: str, index0: int, value0: Any, index: int, value: Any) -> DataError:
    return DataError(
        f"{what}: sample {index} is a {type(value).__name__} but sample {index0} is a "
        f"{type(value0).__name__}; all samples must be of one kind"
    )


def _why_not(
    values: Sequence[Any], indices: Sequence[int], what: str, error: Exception | None
) -> DataError:
    """The error for values that NumPy did not stack into numbers or text."""
    for index, value in zip(indices, values, strict=True):
        if value is None:
            return DataError(
                f"{what}: sample {index} is None; it must be an array, a number or text "
                f"(does __getitem__ or a transform lack its `return`?)"
            )
    shapes = []
    for index, value in zip(indices, values, strict=True):
        try:
            shapes.append(np.shape(value))
        except ValueError:
            return DataError(
                f"{what}: sample {index} is a ragged list, whose rows differ in length; "
                f"pad or cut them to one length"
            )
        if shapes[-1] != shapes[0]:
            return DataError(
                f"{what}: sample {index} has shape {shapes[-1]} but sample {indices[0]} has "
                f"{shapes[0]}; all samples of a batch must have one shape: pad or cut them, "
                f"in `transform` for instance"
            )
    reason = f" ({error})" if error else ""
    return DataError(
        f"{what}: sample {indices[0]} is a {type(values[0]).__name__}, which NumPy cannot stack "
        f"into numbers{reason}; return an array, a number, text, or a tuple or dict of those"
    )
