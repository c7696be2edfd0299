"""Splitting a dataset into parts, such as one to train on and one to test with."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.checks import whole_number
from pygrad.data.dataset import Subset
from pygrad.data.indexing import length
from pygrad.data.shuffling import check_source, generator_from
from pygrad.data.stratify import classes_of, shared_out
from pygrad.exceptions import ArgumentError

__all__ = ["kfold", "ratio_split"]

# 0.7 + 0.2 + 0.1 misses one by 1e-16, the same ratios in float32 by 1e-8
TOLERANCE = 1e-6


def ratio_split(
    dataset: Any,
    *ratios: float | Iterable[float],
    shuffle: bool = True,
    stratify: ArrayLike | bool | None = None,
    seed: int | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[Subset, ...]:
    """Split a dataset into parts of the given ratios.

    With ratios that sum to one, every sample is in exactly one part. The size of a part is its
    exact share rounded down or up; the samples that rounding leaves over go to the parts with
    the largest fractions, and among equals to the smallest.

    Parameters
    ----------
    dataset : Dataset or sequence
        Anything with ``__len__`` and ``__getitem__``.
    *ratios : float
        One number for each part, or one list of them; at least 0, with a sum of at most 1.
    shuffle : bool
        False keeps the samples in order: the first part is the beginning of the dataset (with
        `stratify`, the beginning of each class).
    stratify : bool or sequence, optional
        True gives every part its share of each class of ``dataset.label``; a sequence says the
        class of each sample. A part's number of samples of a class is its exact share rounded
        down or up, and so is its total.
    seed : int, optional
        The same seed gives the same split.
    rng : numpy.random.Generator, optional
        Draws the split; by default PyGrad's own generator, which `pygrad.seed` restarts.

    Returns
    -------
    tuple of Subset
        As many as ratios.

    Raises
    ------
    ArgumentError
        If there is no ratio, one is negative or no number, or they sum to more than one; or if
        ``stratify=True`` and there are no labels.
    DataError
        If `stratify` is not one class for each sample.

    Warns
    -----
    UserWarning
        If the ratios sum to less than one, so that samples are left out; or if rounding leaves
        a part without a sample.

    Examples
    --------
    >>> from pygrad.data import ratio_split
    >>> train, test = ratio_split(list("abcdefg"), 0.7, 0.3, seed=0)
    >>> len(train), len(test)
    (5, 2)
    >>> train, valid, test = ratio_split(list("abcdefg"), [0.6, 0.2, 0.2], shuffle=False)
    >>> list(train), list(valid), list(test)
    (['a', 'b', 'c', 'd'], ['e', 'f'], ['g'])

    Of each class its share:

    >>> import numpy as np
    >>> classes = [0] * 90 + [1] * 10
    >>> train, test = ratio_split(range(100), 0.8, 0.2, stratify=classes, seed=0)
    >>> np.bincount(np.array(classes)[test.indices])
    array([18,  2])
    """
    shares = _checked_ratios(ratios)
    check_source("ratio_split", seed, rng)
    n = length("ratio_split", dataset)
    classes = classes_of("ratio_split", dataset, stratify, n)
    draw = generator_from(seed, rng) if shuffle else None
    order = np.arange(n) if draw is None else draw.permutation(n)
    if classes is None or n == 0:
        sizes = _sizes(shares, n)
        ends = np.cumsum(sizes).tolist()
        parts = [order[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    else:
        parts = _stratified(shares, order, classes)
        if draw is None:
            parts = [np.sort(part) for part in parts]
        else:
            parts = [draw.permutation(part) for part in parts]  # else class after class
    _warn_of_losses(shares, [len(part) for part in parts], n)
    return tuple(Subset(dataset, part) for part in parts)


def kfold(
    dataset: Any,
    k: int = 5,
    *,
    shuffle: bool = True,
    stratify: ArrayLike | bool | None = None,
    seed: int | None = None,
    rng: np.random.Generator | None = None,
) -> list[tuple[Subset, Subset]]:
    """Split a dataset k times, so that every sample is used for testing exactly once.

    Parameters
    ----------
    dataset : Dataset or sequence
        Anything with ``__len__`` and ``__getitem__``.
    k : int
        How many folds, from 2 to the number of samples. Their sizes differ by one at most.
    shuffle : bool
        False cuts the dataset as it lies into k stretches (with `stratify`, deals the samples of
        each class out in turn).
    stratify : bool or sequence, optional
        True gives every fold its share of each class of ``dataset.label``, rounded down or up; a
        sequence says the class of each sample.
    seed : int, optional
        The same seed gives the same folds.
    rng : numpy.random.Generator, optional
        Draws the folds; by default PyGrad's own generator, which `pygrad.seed` restarts.

    Returns
    -------
    list of (Subset, Subset)
        k pairs: what to train on, and what to test with. Each in the order of the dataset: the
        loader shuffles.

    Raises
    ------
    ArgumentError
        If `k` is no integer from 2 to the number of samples; or if ``stratify=True`` and there
        are no labels.
    DataError
        If `stratify` is not one class for each sample.

    Examples
    --------
    >>> from pygrad.data import kfold
    >>> for train, test in kfold(list("abcdef"), 3, shuffle=False):
    ...     print(list(train), list(test))
    ['c', 'd', 'e', 'f'] ['a', 'b']
    ['a', 'b', 'e', 'f'] ['c', 'd']
    ['a', 'b', 'c', 'd'] ['e', 'f']
    """
    check_source("kfold", seed, rng)
    n = length("kfold", dataset)
    folds = whole_number("kfold", "k", k, 2, max(n, 2))
    if n < folds:
        raise ArgumentError(f"kfold: k is {k} for {n} samples; each fold needs one at least")
    classes = classes_of("kfold", dataset, stratify, n)
    order = generator_from(seed, rng).permutation(n) if shuffle else np.arange(n)
    fold_of = np.empty(n, np.intp)
    if classes is None:
        fold_of[order] = np.arange(n) * folds // n  # stretches
    else:
        # dealt out class after class in one round: any stretch of it, so each class too, is
        # shared out evenly
        by_class = order[np.argsort(classes[order], kind="stable")]
        fold_of[by_class] = np.arange(n) % folds
    return [
        (
            Subset(dataset, np.flatnonzero(fold_of != i)),
            Subset(dataset, np.flatnonzero(fold_of == i)),
        )
        for i in range(folds)
    ]


def _stratified(
    shares: list[float], order: NDArray[np.intp], classes: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """The samples of each part, class after class."""
    total = math.fsum(shares)
    whole = abs(total - 1) <= TOLERANCE
    # what no part gets is a part of its own, so that it too is rounded as the others are
    wanted = [share / total for share in shares] if whole else [*shares, 1 - total]
    table = np.array(shared_out(np.bincount(classes).tolist(), wanted), np.intp)
    by_class = order[np.argsort(classes[order], kind="stable")]
    pieces = np.split(by_class, np.cumsum(table.ravel())[:-1])
    return [np.concatenate(pieces[p :: len(wanted)]) for p in range(len(shares))]


def _checked_ratios(ratios: tuple[Any, ...]) -> list[float]:
    if len(ratios) == 1 and isinstance(ratios[0], Iterable) and not isinstance(ratios[0], str):
        ratios = tuple(ratios[0])
    if not ratios:
        raise ArgumentError("ratio_split: no ratios; give one for each part, such as 0.8, 0.2")
    shares = []
    for ratio in ratios:
        try:
            share = float("nan") if isinstance(ratio, str) else float(ratio)
        except (TypeError, ValueError):
            share = float("nan")
        if not 0 <= share < math.inf:
            raise ArgumentError(
                f"ratio_split: ratio {ratio!r}; a ratio must be a number from 0 to 1"
            )
        shares.append(share)
    total = math.fsum(shares)
    if total > 1 + TOLERANCE:
        raise ArgumentError(
            f"ratio_split: the ratios sum to {total:.6g}; they must sum to at most 1: write "
            f"each as a share of the whole, such as {shares[0] / total:.3g} for the first"
        )
    if total == 0:
        raise ArgumentError("ratio_split: the ratios are all 0; at least one must be larger")
    return shares


def _sizes(shares: list[float], n: int) -> list[int]:
    """Largest remainder: round down, then give what is left to the largest fractions."""
    total = math.fsum(shares)
    whole = abs(total - 1) <= TOLERANCE
    given = n if whole else math.floor(total * n + 0.5)
    exact = [share * n / (total if whole else 1) for share in shares]
    sizes = [math.floor(size) for size in exact]

    # rounded, or 0.1 * 5 and 0.7 * 5 have different fractions
    fractions = [round(size - floor, 9) for size, floor in zip(exact, sizes, strict=True)]
    first_served = sorted(range(len(shares)), key=lambda k: (-fractions[k], sizes[k]))
    for k in first_served[: given - sum(sizes)]:
        sizes[k] += 1
    return sizes


def _warn_of_losses(shares: list[float], sizes: list[int], n: int) -> None:
    total = math.fsum(shares)
    if total < 1 - TOLERANCE:
        warnings.warn(
            f"ratio_split: the ratios sum to {total:.6g}, so {n - sum(sizes)} of {n} samples are "
            f"in no part",
            stacklevel=3,
        )
    for k, (share, size) in enumerate(zip(shares, sizes, strict=True)):
        if n > 0 and size == 0 and share > 0:
            warnings.warn(
                f"ratio_split: part {k} is empty: its ratio of {share:.6g} is less than one "
                f"sample of {n}",
                stacklevel=3,
            )
