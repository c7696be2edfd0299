"""What a trainer gets from a loader: batches, each with what goes in and what should come out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from pygrad import Variable
from pygrad.exceptions import DataError, DtypeError, ShapeError

__all__ = ["answer", "batches_of", "count_of", "loss_of"]


def batches_of(loader: Any, skip: int = 0) -> Iterator[Any]:
    """The batches of one epoch; the first `skip` are left out.

    Raises
    ------
    DtypeError
        If it can be gone through only once, or not at all.
    """
    try:
        batches = iter(loader)
    except TypeError:
        batches = loader
    if batches is loader:
        raise DtypeError(
            f"Trainer: the loader is a {type(loader).__name__}, which cannot be gone through epoch "
            f"after epoch; give a pygrad.data.DataLoader or a list of batches"
        )
    return itertools.islice(batches, skip, None)


def answer(model: Any, batch: Any) -> tuple[Any, Any]:
    """What the model makes of a batch, and what it should be.

    A batch is the pair of inputs and targets. Inputs that are a tuple or a dict become several
    arguments. A batch that is an array is its own target, as an autoencoder wants it.
    """
    if isinstance(batch, tuple | list) and len(batch) == 2:
        x, target = batch
    elif hasattr(batch, "shape"):
        x = target = batch
    else:
        raise DataError(
            f"Trainer: a batch is {_described(batch)}; it must be a pair of inputs and targets, or "
            f"one array that is both; anything else wants a loop of its own"
        )
    if isinstance(x, tuple):
        return model(*x), target
    if isinstance(x, dict):
        return model(**x), target
    return model(x), target


def loss_of(loss: Any, y: Any, target: Any) -> Variable:
    """The loss of one batch, a single number."""
    value = loss(y, target)
    if not isinstance(value, Variable):
        raise DtypeError(
            f"Trainer: the loss returned a {type(value).__name__}; it must return a Variable"
        )
    if value.size != 1:
        raise ShapeError(
            f"Trainer: the loss has shape {value.shape}; it must be one number: take the mean"
        )
    return value if value.ndim == 0 else value.sum()


def count_of(y: Any, target: Any) -> int:
    """How many samples there are in a batch."""
    for thing in (target, y):
        shape = getattr(thing, "shape", ())
        if shape:
            return int(shape[0])
        if isinstance(thing, list | tuple) and thing:
            return len(thing)
    return 1


def _described(batch: Any) -> str:
    if isinstance(batch, tuple | list):
        return f"a {type(batch).__name__} of {len(batch)}"
    return f"a {type(batch).__name__}"
