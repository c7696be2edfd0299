"""Which random numbers shuffle: a seed's, a generator's, or those of PyGrad's own generator."""

from __future__ import annotations

import operator

import numpy as np

from pygrad.exceptions import ArgumentError
from pygrad.randomness import default_rng

__all__ = ["check_source", "generator_from", "seeded"]


def check_source(where: str, seed: int | None, rng: np.random.Generator | None) -> None:
    """Refuse a seed or a generator that is none, and the two together."""
    if seed is not None and rng is not None:
        raise ArgumentError(f"{where}: got both seed={seed!r} and rng=...; give one of them")
    if seed is not None:
        try:
            usable = operator.index(seed) >= 0
        except TypeError:
            usable = False
        if not usable:
            raise ArgumentError(
                f"{where}: seed is {seed!r}; it must be an integer of at least 0, or None"
            )
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise ArgumentError(
            f"{where}: rng is a {type(rng).__name__}; it must be a numpy.random.Generator, such "
            f"as numpy.random.default_rng(0)"
        )


def generator_from(seed: int | None, rng: np.random.Generator | None) -> np.random.Generator:
    """The generator to draw from, for checked arguments."""
    if seed is not None:
        return seeded(seed)
    return default_rng() if rng is None else rng


def seeded(seed: int, *key: int) -> np.random.Generator:
    """A generator that depends on the seed alone, and on a key such as the number of the epoch."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))
