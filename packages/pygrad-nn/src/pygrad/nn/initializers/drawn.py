"""Initializers that draw from one distribution, whatever the layer: uniform, normal, orthogonal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pygrad import default_rng
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.nn.initializers.typing import Array, Fans, Generator, Shape

__all__ = ["normal", "orthogonal", "sparse", "trunc_normal", "uniform"]


def uniform(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Array:
    """Values drawn evenly from [low, high).

    Raises
    ------
    ArgumentError
        If `high` is below `low`.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((nn.initializers.uniform((9,), low=2, high=3) >= 2).all())
    True
    """
    if not low <= high:
        raise ArgumentError(f"uniform: low is {low} and high {high}; low must not be above high")
    return _drawing(rng).uniform(low, high, shape)


def normal(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    mean: float = 0.0,
    std: float = 1.0,
) -> Array:
    """Values of a normal distribution.

    Raises
    ------
    ArgumentError
        If `std` is negative.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.normal((2,), mean=3.0, std=0.0)
    array([3., 3.])
    """
    return _drawing(rng).normal(mean, _size(std, "normal", "std"), shape)


def trunc_normal(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
) -> Array:
    """Values of a normal distribution, drawn again where they lie outside of [a, b].

    Raises
    ------
    ArgumentError
        If `std` is negative, or `b` not above `a`.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((abs(nn.initializers.trunc_normal((99,), std=5.0)) <= 2).all())
    True
    """
    if not a < b:
        raise ArgumentError(f"trunc_normal: a is {a} and b {b}; a must be below b")
    if not _size(std, "trunc_normal", "std"):
        return np.full(shape, float(np.clip(mean, a, b)))
    low, high = (a - mean) / std, (b - mean) / std
    values = _standard_within(low, high, math.prod(shape), _drawing(rng))
    # rounding must not carry a value past a bound
    return np.clip(mean + std * values, a, b).reshape(shape)


def orthogonal(
    shape: Shape, fans: Fans | None = None, rng: Generator | None = None, *, gain: float = 1.0
) -> Array:
    """A random matrix with orthonormal rows or columns, whichever there are fewer of, times `gain`.

    Of more than two axes, those after the first count as one.

    Raises
    ------
    ShapeError
        If there are fewer than two axes.

    References
    ----------
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", ICLR 2014; the signs as in Mezzadri, "How to generate random matrices
    from the classical compact groups", Notices of the AMS 54 (2007).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> W = nn.initializers.orthogonal((2, 3))
    >>> np.allclose(W @ W.T, np.eye(2))
    True
    """
    if len(shape) < 2:
        raise ShapeError(f"orthogonal: the shape {tuple(shape)} must have at least two axes")
    rows, columns = shape[0], math.prod(shape[1:])
    tall = _drawing(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    # the signs of the diagonal are what QR is free to choose: with them every rotation is as likely
    q *= np.where(np.diagonal(r) < 0, -gain, gain)
    return (q if rows >= columns else q.T).reshape(shape)


def sparse(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    sparsity: float = 0.9,
    std: float = 0.01,
) -> Array:
    """Normal values, of which in each row a share `sparsity`, rounded up, is set to 0.

    A row of a matrix ``(in, out)`` holds the weights of one input.

    Raises
    ------
    ShapeError
        If the shape is not that of a matrix.
    ArgumentError
        If `sparsity` is outside of [0, 1].

    References
    ----------
    Martens, "Deep learning via Hessian-free optimization", ICML 2010, section 5.

    Examples
    --------
    >>> from pygrad import nn
    >>> (nn.initializers.sparse((3, 10), sparsity=0.75) == 0).sum(axis=1)
    array([8, 8, 8])
    """
    if len(shape) != 2:
        raise ShapeError(f"sparse: the shape {tuple(shape)} must be that of a matrix")
    if not 0 <= sparsity <= 1:
        raise ArgumentError(f"sparse: sparsity is {sparsity}; it must lie within [0, 1]")
    rng = _drawing(rng)
    values = normal(shape, rng=rng, std=std)
    dropped = rng.random(shape).argsort(axis=1)[:, : math.ceil(sparsity * shape[1])]
    np.put_along_axis(values, dropped, 0.0, axis=1)
    return values


def _drawing(rng: Generator | None) -> Generator:
    return default_rng() if rng is None else rng


def _size(value: float, where: str, name: str) -> float:
    if not value >= 0:
        raise ArgumentError(f"{where}: {name} is {value!r}; it must be at least 0")
    return value


def _standard_within(low: float, high: float, n: int, rng: Generator) -> Array:
    """Values of the standard normal distribution within [low, high], by rejection."""
    mass = (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2))) / 2
    # The density is the highest at `peak`. Where it has fallen to exp(-40) of that, nothing comes.
    peak = min(max(low, 0.0), high)
    reach = math.sqrt(peak * peak + 80)
    below, above = max(low, -reach), min(high, reach)
    values = np.empty(n)
    filled = 0
    while filled < n:
        wanted = n - filled
        if mass > 0.25:
            drawn = rng.standard_normal(wanted)
            drawn = drawn[(low <= drawn) & (drawn <= high)]
        else:
            drawn = rng.uniform(below, above, max(wanted, 64))
            kept = rng.random(len(drawn)) < np.exp((peak * peak - drawn * drawn) / 2)
            drawn = drawn[kept][:wanted]
        values[filled : filled + len(drawn)] = drawn
        filled += len(drawn)
    return values
