"""From a data set to the loaders of its parts, in one call: what is registered as a batcher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygrad.data.loader import DataLoader
from pygrad.data.split import ratio_split

__all__ = ["in_batches"]


def in_batches(
    dataset: Any,
    split: Sequence[float] = (1.0,),
    *,
    stratify: bool = False,
    seed: int | None = None,
    **settings: Any,
) -> list[DataLoader]:
    """A loader for each part of a data set; that of the first part shuffles, for training.

    Parameters
    ----------
    dataset : Dataset or sequence
    split : sequence of float
        The share of each part, as for `ratio_split`.
    stratify : bool
        Whether each class has these shares in each part.
    seed : int, optional
        Fixes who comes into which part, and the order of training.
    **settings
        For `DataLoader`: ``batch_size=32``.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.
    DataError
        If a part would be empty.

    Examples
    --------
    >>> from pygrad import data
    >>> train, test = data.in_batches(data.datasets.iris(), [0.8, 0.2], seed=0, batch_size=40)
    >>> len(train), len(test)
    (3, 1)
    """
    parts: Sequence[Any] = [dataset]
    if len(split) > 1 or split[0] != 1:
        parts = ratio_split(dataset, list(split), stratify=stratify or None, seed=seed)
    shuffle = settings.pop("shuffle", True)
    return [
        DataLoader(part, shuffle=shuffle and i == 0, seed=seed, **settings)
        for i, part in enumerate(parts)
    ]
