"""Why a loss is no longer a number: a look at the data and at the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["not_finite", "why_not_finite"]


def not_finite(model: Module) -> list[str]:
    """The names of the parameters that hold NaN or infinity."""
    return [name for name, p in model.named_params() if not np.isfinite(p.data).all()]


def why_not_finite(model: Module, batch: Any) -> str:
    """What is wrong, and what to do about it."""
    for array in _arrays(batch):
        if array.dtype.kind in "fc" and not np.isfinite(array).all():
            bad = np.argwhere(~np.isfinite(array))[0]
            place = ", ".join(map(str, bad))
            return (
                f"the batch holds {array[tuple(bad)]}, in an array of shape {array.shape} at "
                f"[{place}]; clean the data"
            )
    if names := not_finite(model):
        return (
            f"these weights are no longer finite numbers: {', '.join(names)}; the last update was "
            f"too large: use a smaller learning rate, or clip_norm"
        )
    return (
        "the data and the weights are finite, so it became so within the model or the loss, as by "
        "an overflow, by log(0) or by 0/0; use a smaller learning rate, or look for such a place"
    )


def _arrays(thing: Any) -> Iterator[Any]:
    if isinstance(thing, Variable):
        yield thing.data
    elif isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, tuple | list | dict):
        for item in thing.values() if isinstance(thing, dict) else thing:
            yield from _arrays(item)
