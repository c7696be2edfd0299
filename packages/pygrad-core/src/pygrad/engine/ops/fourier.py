"""Discrete Fourier transforms along one axis or several, of complex and of real signals.

Inside a walk a gradient is a covector (see docs/complex.md), so the rule of a transform is its
transpose: `fft` is its own, for the matrix is symmetric. Transforms of real signals come in pairs:
`rfft` and `hfft`, `irfft` and `ihfft`.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.kernels.fourier import multiplicity, share
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops.indexing import ScatterAdd
from pygrad.exceptions import ArgumentError, DtypeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Norm
    from pygrad.variable import Variable

__all__ = [
    "Fft",
    "Hfft",
    "Ifft",
    "Ihfft",
    "Irfft",
    "Rfft",
    "Transform",
    "along_one",
    "along_several",
]


class Transform(Unary):
    """A transform along some axes, each of which is first padded with zeros or cut to a length."""

    saves = ()

    def __init__(self, lengths: Sequence[int], axes: Sequence[int], norm: Norm) -> None:
        self.lengths = tuple(lengths)
        self.axes = tuple(axes)
        self.norm = norm

    def taken_back(self, g):
        """The gradient without what was padded, and with zeros for what was cut off."""
        shape = self.edges[0].shape
        if g.shape == shape:
            return g
        kept = tuple(map(slice, map(min, g.shape, shape)))
        g = g[kept]
        return g if g.shape == shape else ScatterAdd(kept, shape).on(g)


class Fft(Transform):
    """y[k] = sum of x[j] exp(-2 pi i j k / n), along one axis or several; it is symmetric."""

    def forward(self, x):
        if len(self.axes) == 1:
            return np.fft.fft(x, self.lengths[0], self.axes[0], self.norm)
        return np.fft.fftn(x, self.lengths, self.axes, self.norm)

    def backward(self, gy):
        return self.taken_back(Fft(self.lengths, self.axes, self.norm).on(gy))


class Ifft(Transform):
    """y[j] = sum of x[k] exp(2 pi i j k / n) / n, along one axis or several; it is symmetric."""

    def forward(self, x):
        if len(self.axes) == 1:
            return np.fft.ifft(x, self.lengths[0], self.axes[0], self.norm)
        return np.fft.ifftn(x, self.lengths, self.axes, self.norm)

    def backward(self, gy):
        return self.taken_back(Ifft(self.lengths, self.axes, self.norm).on(gy))


class Rfft(Transform):
    """The half of the `Fft` of a real x that its last axis needs; gx = Re of the sum over it.

    `Hfft` gives that sum, and counts double what stands in the whole spectrum twice.
    """

    def forward(self, x):
        if len(self.axes) == 1:
            return np.fft.rfft(x, self.lengths[0], self.axes[0], self.norm)
        return np.fft.rfftn(x, self.lengths, self.axes, self.norm)

    def backward(self, gy):
        *others, n = self.lengths
        *axes, last = self.axes
        if axes:
            gy = Fft(others, axes, self.norm).on(gy)
        g = gy * share(n, last, gy)
        return self.taken_back(Hfft([n], [last], self.norm).on(g))


class Irfft(Transform):
    """The real x whose `Rfft` is given; what is known twice counts twice in the gradient."""

    def forward(self, x):
        if len(self.axes) == 1:
            return np.fft.irfft(x, self.lengths[0], self.axes[0], self.norm)
        return np.fft.irfftn(x, self.lengths, self.axes, self.norm)

    def backward(self, gy):
        *others, n = self.lengths
        *axes, last = self.axes
        g = Ihfft([n], [last], self.norm).on(gy.real)
        g = g * multiplicity(n, last, g)
        if axes:
            g = Ifft(others, axes, self.norm).on(g)
        return self.taken_back(g)


class Hfft(Transform):
    """The real spectrum of a signal of which one half mirrors the other, along one axis."""

    def forward(self, x):
        return np.fft.hfft(x, self.lengths[0], self.axes[0], self.norm)

    def backward(self, gy):
        g = Rfft(self.lengths, self.axes, self.norm).on(gy.real)
        return self.taken_back(g * multiplicity(self.lengths[0], self.axes[0], g))


class Ihfft(Transform):
    """The half of a signal that has a real spectrum x, along one axis."""

    def forward(self, x):
        return np.fft.ihfft(x, self.lengths[0], self.axes[0], self.norm)

    def backward(self, gy):
        g = gy * share(self.lengths[0], self.axes[0], gy)
        return self.taken_back(Irfft(self.lengths, self.axes, self.norm).on(g))


def along_one(
    transform: type[Transform],
    a: ArrayLike,
    n: int | None,
    axis: int,
    norm: Norm,
    where: str,
    from_half: bool = False,
) -> Variable:
    """The transform along an axis, with its arguments read as `numpy.fft` reads them."""
    x = _signal(a, transform, where)
    axis = as_axis(axis, x.ndim, where)
    n = _length(n, x.shape[axis], where, from_half)
    return apply(transform([n], [axis], _norm(norm, where)), x)


def along_several(
    transform: type[Transform],
    a: ArrayLike,
    s: Sequence[int] | None,
    axes: Sequence[int] | None,
    norm: Norm,
    where: str,
    from_half: bool = False,
) -> Variable:
    """The same along several axes, or all."""
    x = _signal(a, transform, where)
    if axes is None:
        axes = range(x.ndim) if s is None else range(-len(s), 0)
    axes = [as_axis(axis, x.ndim, where) for axis in axes]
    given = [None] * len(axes) if s is None else list(s)
    if len(given) != len(axes):
        raise ArgumentError(
            f"{where}: s has {len(given)} lengths for {len(axes)} axes; there must be as many"
        )
    norm = _norm(norm, where)
    lengths = [
        _length(x.shape[axis] if n == -1 else n, x.shape[axis], where, from_half and i == len(axes))
        for i, (n, axis) in enumerate(zip(given, axes, strict=True), 1)
    ]
    if len(set(axes)) == len(axes) > 0:
        return apply(transform(lengths, axes, norm), x)
    return _one_by_one(transform, x, lengths, axes, norm, where)


def _one_by_one(transform, x, lengths, axes, norm, where):
    """The same where an axis is transformed several times, or none is: in NumPy's order."""
    steps = [(transform, n, axis) for n, axis in zip(lengths, axes, strict=True)]
    if transform in (Rfft, Irfft):
        if not steps:
            raise ArgumentError(f"{where}: axes is empty; there must be one axis at least")
        complex_one = Fft if transform is Rfft else Ifft
        steps[:-1] = [(complex_one, n, axis) for _, n, axis in steps[:-1]]
    for step, n, axis in steps if transform is Irfft else steps[::-1]:
        x = apply(step([n], [axis], norm), x)
    return x


def _signal(a, transform, where):
    x = operand(a, where)
    if x.dtype.kind == "c" and transform in (Rfft, Ihfft):
        raise DtypeError(
            f"{where}: the signal is complex ({x.dtype}); it must be real: take its real part, "
            f"or use {'ifft' if transform is Ihfft else where[1:]}"
        )
    return x


def _length(n, m, where, from_half):
    """The length of a transform of `m` values, which is `n` where that is given."""
    if n is None:
        n = 2 * (m - 1) if from_half else m
    n = operator.index(n)
    if n < 1:
        raise ArgumentError(f"{where}: the transform would have length {n}; it must be positive")
    return n


def _norm(norm, where):
    if norm not in (None, "backward", "ortho", "forward"):
        raise ArgumentError(
            f"{where}: norm is {norm!r}; it must be None, 'backward', 'ortho' or 'forward'"
        )
    return norm
