"""WeightFormat: how a file format writes weights and reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

__all__ = ["WeightFormat"]


@dataclass(frozen=True)
class WeightFormat:
    """A file format for weights.

    Parameters
    ----------
    write : callable
        ``write(file, weights)`` writes nested dicts of arrays to an open binary file. What cannot
        be stored so is a WeightsError.
    read : callable
        ``read(file)`` returns what was written: nested dicts, or one dict with the names joined by
        dots. It must not execute anything in the file. A damaged file is a WeightsError.
    suffixes : tuple of str
        What the names of its files end in, such as ``".npz"``.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.formats.get("npz").suffixes
    ('.npz',)
    """

    write: Callable[[IO[bytes], Mapping[str, Any]], None]
    read: Callable[[IO[bytes]], Mapping[str, Any]]
    suffixes: tuple[str, ...]
