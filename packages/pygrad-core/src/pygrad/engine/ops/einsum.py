"""Sums of products in Einstein's notation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.engine.kernels.einsum import LETTERS, as_text, written_out
from pygrad.engine.numpy_protocols import implements
from pygrad.exceptions import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from pygrad.variable import Variable

__all__ = ["einsum"]

_LARGE = 2**17  # products, from which on it pays to look for a good order, and for BLAS


class Einsum(Function):
    """y = a sum of products; the gradient of an operand is einsum of gy and the other operands."""

    requires = (
        "each operand needs a letter for each of its axes, or '...', and a letter stands for axes "
        "of one length, or of length 1"
    )

    def __init__(self, subscripts: str, optimize: Any = False) -> None:
        self.subscripts = subscripts
        self.optimize = optimize

    def forward(self, *xs):
        return np.einsum(self.subscripts, *xs, optimize=self.optimize)

    def backward(self, gy):
        xs = self.saved
        terms, output = written_out(self.subscripts, [x.ndim for x in xs])
        lengths: dict[str, int] = {}
        for term, x in zip(terms, xs, strict=True):
            for letter, n in zip(term, x.shape, strict=True):
                lengths[letter] = n if n != 1 else lengths.get(letter, 1)
        known = [(output, gy), *zip(terms, xs, strict=True)]
        return tuple(
            _gradient(term, x.shape, [*known[: i + 1], *known[i + 2 :]], lengths)
            if self.wants(i)
            else None
            for i, (term, x) in enumerate(zip(terms, xs, strict=True))
        )


def _gradient(term, shape, parts, lengths):
    """The gradient of an operand, from that of the result and the other operands."""
    spare = (c for c in LETTERS if c not in lengths)
    dtype = parts[0][1].dtype
    target = ""
    for i, (letter, n) in enumerate(zip(term, shape, strict=True)):
        if n != lengths[letter]:
            continue  # it was broadcast along this axis: the sum is its gradient
        if letter in term[:i]:  # a diagonal
            fresh = next(spare)
            parts.append((letter + fresh, np.eye(n, dtype=dtype)))
            letter = fresh
        elif not any(n in _lengths_of(letter, part) for part in parts):  # a sum over this axis
            parts.append((letter, np.ones(n, dtype)))
        target += letter
    inputs = ",".join(subscripts for subscripts, _ in parts)
    large = math.prod(lengths.values()) > _LARGE
    g = Einsum(f"{inputs}->{target}", len(parts) > 2 or large).on(*(x for _, x in parts))
    return g if g.shape == shape else g.reshape(shape)


def _lengths_of(letter, part):
    subscripts, x = part
    return [n for own, n in zip(subscripts, x.shape, strict=True) if own == letter]


@implements(np.einsum)
def einsum(*operands: Any, optimize: Any = False, **kwargs: Any) -> Variable:
    """Sums of products, in Einstein's notation.

    ``einsum("ij,jk->ik", a, b)`` is the product of two matrices: every letter is an axis, operands
    are multiplied where they share one, and what does not stand after the arrow is summed over.

    Parameters
    ----------
    *operands
        The subscripts and then the operands; or each operand and then the numbers of its axes, and
        at the end those of the result: ``einsum(a, [0, 1], b, [1, 2], [0, 2])``. Without an arrow
        the result has the letters that stand once, sorted. ``...`` stands for axes that broadcast;
        a letter that an operand has twice is its diagonal.
    optimize : bool, str or list
        Whether, or how, to look for an order in which the products take less time, as in NumPy.

    Raises
    ------
    ShapeError
        If subscripts and operands do not fit.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.einsum("ij,j", [[1, 2], [3, 4]], [1, 10])
    Variable([21 43])
    >>> F.einsum("ii", [[1, 2], [3, 4]])
    Variable(5)
    """
    for name, value in kwargs.items():
        if value is not None:
            raise UnsupportedError(f"einsum does not take {name}= with Variables")
    if len(operands) < 2:
        raise ArgumentError("einsum: give the subscripts and then the operands")
    try:
        subscripts, xs = as_text(operands)
    except (IndexError, TypeError):
        raise ArgumentError(
            "einsum: after each operand there must be a list of the numbers of its axes, each "
            f"from 0 to {len(LETTERS) - 1} or Ellipsis"
        ) from None
    return apply(Einsum(subscripts, optimize), *xs)
