"""The random mask of dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["keep_mask"]

_LEVELS = 65536


def keep_mask(
    shape: tuple[int, ...], p: float, dtype: np.dtype[Any], rng: np.random.Generator
) -> Any:
    """An array of zeros, with probability `p`, and elsewhere of the reciprocal of the share kept.

    Sixteen random bits decide on each value: p is rounded to 1/65536, and the scale is that of the
    rounded p, so that the mean is kept exactly. Raw bits cost half of `rng.integers`.
    """
    threshold = round(p * _LEVELS)
    if threshold == _LEVELS:
        return np.zeros(shape, dtype)
    size = 1
    for n in shape:
        size *= n
    bits = _sixteen_bits(size, rng).reshape(shape)
    scale = dtype.type(_LEVELS / (_LEVELS - threshold))
    return np.multiply(bits >= threshold, scale, dtype=dtype)


def _sixteen_bits(size: int, rng: np.random.Generator) -> Any:
    source = rng.bit_generator
    if isinstance(source, np.random.MT19937):  # its raw draws have 32 bits, the others' 64
        return rng.integers(0, _LEVELS, size, dtype=np.uint16)
    raw = np.asarray(source.random_raw(-(-size // 4)))  # takes the generator's lock, for threads
    return raw.view(np.uint16)[:size]
