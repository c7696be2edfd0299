"""Sine waves that are made, not measured: the smallest series to learn the next value of."""

from __future__ import annotations

import numpy as np

from pygrad.data.checks import real_number, whole_number
from pygrad.data.dataset import Dataset
from pygrad.data.shuffling import check_source, generator_from

__all__ = ["sines"]


def sines(
    n: int = 200,
    *,
    length: int = 32,
    noise: float = 0.0,
    seed: int | None = None,
    rng: np.random.Generator | None = None,
) -> Dataset:
    """Stretches of sine waves, each with the value that comes next.

    Parameters
    ----------
    n : int
        How many waves. Each has a phase of its own and a period of its own, 8 to 32 steps.
    length : int
        How many steps of each are shown.
    noise : float
        Standard deviation of what is added to the values shown; what comes next is exact.
    seed : int, optional
        The same seed gives the same waves.
    rng : numpy.random.Generator, optional
        Draws the waves; by default PyGrad's own generator, which `pygrad.seed` restarts.

    Returns
    -------
    Dataset
        ``data`` of shape (n, length, 1), float32, from -1 to 1 but for the noise. ``label`` of
        shape (n, 1), float32.

    Raises
    ------
    ArgumentError
        If `n` or `length` is no integer of at least 1, or `noise` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import datasets
    >>> shown, following = datasets.sines(1, length=3, seed=0)[0]
    >>> a, b, c = shown[:, 0]  # for any sine, sin(t + h) + sin(t - h) = 2 cos(h) sin(t)
    >>> bool(np.isclose((a + c) / b, (b + following[0]) / c, rtol=1e-4))
    True
    """
    count = whole_number("sines", "n", n, 1)
    steps = whole_number("sines", "length", length, 1)
    sigma = real_number("sines", "noise", noise, 0)
    check_source("sines", seed, rng)
    draw = generator_from(seed, rng)
    phase = draw.uniform(0, 2 * np.pi, (count, 1))
    period = draw.uniform(8, 32, (count, 1))
    waves = np.sin(phase + 2 * np.pi / period * np.arange(steps + 1))
    shown = waves[:, :-1]
    if sigma:
        shown = shown + draw.normal(0, sigma, shown.shape)
    return Dataset(shown[:, :, None].astype(np.float32), waves[:, -1:].astype(np.float32))
