"""Two novels by Jane Austen: a megabyte of English that belongs to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.data.checks import whole_number
from pygrad.data.dataset import Dataset
from pygrad.data.datasets.bundled import load_bundled

__all__ = ["austen"]

SHA256 = "cebe6e05a6d37a81053f298ca94632e8d7038d8098702861d7d18a10e9e4933a"


def austen(
    *,
    window: int | None = None,
    transform: Callable[[Any], Any] | None = None,
    target_transform: Callable[[Any], Any] | None = None,
) -> Dataset:
    r"""Pride and Prejudice, and Persuasion: line by line, or as characters and their successors.

    Parameters
    ----------
    window : int, optional
        Without it a sample is one line of text. With it a sample is a stretch of this many
        characters, and its label the same stretch one character further on, which is what a model
        that guesses the next character learns from. Stretches follow one another and do not
        overlap; what is left at the end of the text is left out.
    transform, target_transform : callable, optional
        Called with one sample's data (label), each time it is read; see `Dataset`.

    Returns
    -------
    Dataset
        ``data`` a list of 21,361 lines, no label; ``"\n".join(dataset.data)`` is the whole text of
        1,151,624 characters. Or, with `window`, ``data`` and ``label`` of shape (stretches,
        window), int64: the characters' ASCII codes, from 10 to 122, which ``chr`` turns back.

    Raises
    ------
    ArgumentError
        If `window` is no positive integer, or longer than the text.
    DataError
        If the file that comes with PyGrad is damaged.

    Notes
    -----
    Jane Austen, 1813 and 1818, in the public domain; Project Gutenberg's text in the copy of the
    R package janeaustenr. ``austen.txt`` beside this file says more.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> print("\n".join(datasets.austen()[9:11]))
    It is a truth universally acknowledged, that a single man in possession
    of a good fortune, must be in want of a wife.

    >>> stretches = datasets.austen(window=19)
    >>> x, y = stretches[0]
    >>> "".join(map(chr, x)), "".join(map(chr, y))
    ('PRIDE AND PREJUDICE', 'RIDE AND PREJUDICE\n')
    """
    codes = load_bundled("austen.npz", SHA256)["text"]
    if window is None:
        lines = codes.tobytes().decode("ascii").removesuffix("\n").split("\n")
        return Dataset(lines, None, transform, target_transform)
    size = whole_number("austen", "window", window, 1, len(codes) - 1)
    end = (len(codes) - 1) // size * size
    data = codes[:end].reshape(-1, size).astype(np.int64)
    label = codes[1 : end + 1].reshape(-1, size).astype(np.int64)
    return Dataset(data, label, transform, target_transform)
