"""Points in the plane that are made, not measured: as many as wanted, and their classes.

Each is drawn afresh at every call; ``seed=`` repeats it. Classes are as equal in size as `n`
allows, and the points come in random order.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pygrad.data.checks import real_number, whole_number
from pygrad.data.dataset import Dataset
from pygrad.data.shuffling import check_source, generator_from

__all__ = ["blobs", "checkerboard", "circles", "moons", "spirals", "xor"]

Points: TypeAlias = NDArray[np.float64]
Generator: TypeAlias = np.random.Generator


def moons(
    n: int = 200, *, noise: float = 0.1, seed: int | None = None, rng: Generator | None = None
) -> Dataset:
    """Two half moons that reach into each other: two classes that no straight line parts.

    Parameters
    ----------
    n : int
        How many points.
    noise : float
        Standard deviation of what is added to each coordinate; 0 for points on the curves.
    seed : int, optional
        The same seed gives the same points.
    rng : numpy.random.Generator, optional
        Draws the points; by default PyGrad's own generator, which `pygrad.seed` restarts.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 2), float32. ``label`` of shape (n,), int64: 0 for the upper moon,
        a half circle of radius 1 around (0, 0); 1 for the lower, around (1, 0.5).

    Raises
    ------
    ArgumentError
        If `n` is no integer of at least 1, or `noise` is negative.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> points = datasets.moons(500, noise=0.05, seed=0)
    >>> points.data.shape, points.label.sum().item()
    ((500, 2), 250)
    """
    draw, label = _start("moons", n, 2, seed, rng)
    angle = draw.uniform(0, np.pi, len(label)) + np.pi * label
    centre = np.stack([label, 0.5 * label], axis=1)
    return _finish("moons", centre + _on_circle(angle), label, noise, draw)


def circles(
    n: int = 200,
    *,
    noise: float = 0.05,
    ratio: float = 0.5,
    seed: int | None = None,
    rng: Generator | None = None,
) -> Dataset:
    """Two circles, one inside the other.

    Parameters
    ----------
    n, noise, seed, rng
        As for `moons`.
    ratio : float
        Radius of the inner circle; the outer one's is 1.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 2), float32. ``label`` of shape (n,), int64: 0 outside, 1 inside.

    Raises
    ------
    ArgumentError
        If `n` is no integer of at least 1, or `noise` or `ratio` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import datasets
    >>> points = datasets.circles(100, noise=0, seed=0)
    >>> radii = np.hypot(*points.data.T)
    >>> sorted({round(float(r), 3) for r in radii})
    [0.5, 1.0]
    """
    draw, label = _start("circles", n, 2, seed, rng)
    inner = real_number("circles", "ratio", ratio, 0)
    radius = np.where(label == 1, inner, 1.0)
    angle = draw.uniform(0, 2 * np.pi, len(label))
    return _finish("circles", radius[:, None] * _on_circle(angle), label, noise, draw)


def spirals(
    n: int = 300,
    *,
    noise: float = 0.02,
    classes: int = 3,
    turns: float = 0.75,
    seed: int | None = None,
    rng: Generator | None = None,
) -> Dataset:
    """Spiral arms around one centre, each a class.

    Parameters
    ----------
    n, noise, seed, rng
        As for `moons`.
    classes : int
        How many arms.
    turns : float
        How far each arm winds.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 2), float32, within the unit circle but for the noise. ``label`` of
        shape (n,), int64, from 0 to ``classes - 1``.

    Raises
    ------
    ArgumentError
        If `n` or `classes` is no integer of at least 1, or `noise` or `turns` is negative.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> import numpy as np
    >>> np.bincount(datasets.spirals(90, seed=0).label)
    array([30, 30, 30])
    """
    arms = whole_number("spirals", "classes", classes, 1)
    winding = real_number("spirals", "turns", turns, 0)
    draw, label = _start("spirals", n, arms, seed, rng)
    along = draw.uniform(0, 1, len(label))
    angle = 2 * np.pi * (label / arms + winding * along)
    return _finish("spirals", along[:, None] * _on_circle(angle), label, noise, draw)


def blobs(
    n: int = 300,
    *,
    noise: float = 0.3,
    classes: int = 3,
    features: int = 2,
    seed: int | None = None,
    rng: Generator | None = None,
) -> Dataset:
    """Round clouds, each a class.

    Parameters
    ----------
    n, seed, rng
        As for `moons`.
    noise : float
        Standard deviation of a cloud in each direction.
    classes : int
        How many clouds. In the plane they stand evenly on the unit circle; elsewhere their
        centres are drawn from -1 to 1.
    features : int
        Of how many numbers a point consists.

    Returns
    -------
    Dataset
        ``data`` of shape (n, features), float32. ``label`` of shape (n,), int64, from 0 to
        ``classes - 1``.

    Raises
    ------
    ArgumentError
        If `n`, `classes` or `features` is no integer of at least 1, or `noise` is negative.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> datasets.blobs(100, classes=5, features=8).data.shape
    (100, 8)
    """
    clouds = whole_number("blobs", "classes", classes, 1)
    size = whole_number("blobs", "features", features, 1)
    draw, label = _start("blobs", n, clouds, seed, rng)
    if size == 2:
        centres = _on_circle(2 * np.pi * np.arange(clouds) / clouds)
    else:
        centres = draw.uniform(-1, 1, (clouds, size))
    return _finish("blobs", centres[label], label, noise, draw)


def checkerboard(
    n: int = 400,
    *,
    noise: float = 0.0,
    squares: int = 4,
    seed: int | None = None,
    rng: Generator | None = None,
) -> Dataset:
    """Black and white squares.

    Parameters
    ----------
    n, noise, seed, rng
        As for `moons`.
    squares : int
        How many there are along one side.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 2), float32, from -1 to 1 but for the noise. ``label`` of shape (n,),
        int64: 0 for the squares of the colour of the lower left one, 1 for the others.

    Raises
    ------
    ArgumentError
        If `n` is no integer of at least 1, `squares` none of at least 2, or `noise` is negative.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> x, y = datasets.checkerboard(1, squares=2, seed=0)[0]
    >>> (x > 0).tolist(), int(y)
    ([True, True], 0)
    """
    side = whole_number("checkerboard", "squares", squares, 2)
    draw, label = _start("checkerboard", n, 2, seed, rng)
    column = draw.integers(side, size=len(label))
    # of the rows whose colour is the label's: there are as many of each, or one more of the first
    first = (column + label) % 2
    row = first + 2 * draw.integers((side - first + 1) // 2)
    within = draw.uniform(0, 1, (len(label), 2))
    points = 2 * (np.stack([column, row], axis=1) + within) / side - 1
    return _finish("checkerboard", points, label, noise, draw)


def xor(
    n: int = 200, *, noise: float = 0.1, seed: int | None = None, rng: Generator | None = None
) -> Dataset:
    """Exclusive or: four corners of a square, of which opposite ones are of one class.

    Parameters
    ----------
    n, noise, seed, rng
        As for `moons`. With ``n=4, noise=0`` it is the truth table.

    Returns
    -------
    Dataset
        ``data`` of shape (n, 2), float32: around (0, 0), (1, 1), (0, 1) and (1, 0). ``label`` of
        shape (n,), int64: 0 for the first two, 1 for the others.

    Raises
    ------
    ArgumentError
        If `n` is no integer of at least 1, or `noise` is negative.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> table = datasets.xor(4, noise=0)
    >>> sorted((int(a), int(b), int(y)) for (a, b), y in table)
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    """
    draw, corner = _start("xor", n, 4, seed, rng)
    points = np.array([[0, 0], [0, 1], [1, 1], [1, 0]], float)[corner]
    return _finish("xor", points, corner % 2, noise, draw)


def _start(
    where: str, n: int, classes: int, seed: int | None, rng: Generator | None
) -> tuple[Generator, NDArray[np.int64]]:
    """The generator to draw from, and a class for each point, in random order."""
    count = whole_number(where, "n", n, 1)
    check_source(where, seed, rng)
    draw = generator_from(seed, rng)
    return draw, draw.permutation(np.arange(count, dtype=np.int64) % classes)


def _on_circle(angle: NDArray[np.float64]) -> Points:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _finish(
    where: str, points: Points, label: NDArray[np.int64], noise: float, draw: Generator
) -> Dataset:
    sigma = real_number(where, "noise", noise, 0)
    if sigma:
        points = points + draw.normal(0, sigma, points.shape)
    return Dataset(points.astype(np.float32), label)
