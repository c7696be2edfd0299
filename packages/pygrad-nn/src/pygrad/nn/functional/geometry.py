"""How windows lie on an image: kernel, stride, padding and dilation, checked and of full length."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from pygrad.exceptions import ArgumentError, ShapeError

__all__ = ["Geometry", "Pairs", "Sizes", "lengths", "paddings", "places", "window_count"]

Sizes: TypeAlias = int | Sequence[int]
Pairs: TypeAlias = tuple[tuple[int, int], ...]


class Geometry(NamedTuple):
    """A convolution's settings, each with an entry for every axis of the image."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pairs
    dilation: tuple[int, ...]
    groups: int
    size: tuple[int, ...]  # of the image that the windows lie on
    out: tuple[int, ...]  # how many windows
    winograd: bool = False  # whether Winograd's method is allowed


def lengths(where: str, name: str, value: Any, n: int, least: int = 1) -> tuple[int, ...]:
    """A whole number for each of `n` axes, from one number or a sequence."""
    if value.__class__ is tuple and len(value) == n:  # as layers give it: this is for every call
        for length in value:
            if length.__class__ is not int or length < least:
                break
        else:
            return value
    given = (value,) * n if not isinstance(value, (tuple, list)) else tuple(value)
    if len(given) == 1:
        given *= n
    found = []
    for length in given:
        try:
            found.append(operator.index(length))
        except TypeError:
            break
    if len(found) != n or len(given) != n or min(found) < least or bool in map(type, given):
        axes = "" if n == 1 else f", or {n} of them, one for each axis"
        raise ArgumentError(
            f"{where}: {name} is {value!r}; it must be a whole number of at least {least}{axes}"
        )
    return tuple(found)


def paddings(
    where: str, value: Any, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: Any
) -> Pairs:
    """The padding before and after, for each axis; 'same' leaves a stride of 1 its size."""
    n = len(kernel)
    if not isinstance(value, str):
        return tuple((p, p) for p in lengths(where, "padding", value, n, 0))
    if value == "valid":
        return ((0, 0),) * n
    if value != "same":
        raise ArgumentError(
            f"{where}: padding is {value!r}; it must be 'same', 'valid' or whole numbers"
        )
    if max(stride) > 1:
        raise ArgumentError(
            f"{where}: padding='same' with stride {stride} has no meaning; use a stride of 1, or "
            f"say the padding in numbers"
        )
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def window_count(
    where: str,
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
) -> tuple[int, ...]:
    """How many windows fit along each axis."""
    counts = []
    for n, k, s, (a, b), d in zip(size, kernel, stride, padding, dilation, strict=True):
        room = n + a + b - d * (k - 1) - 1
        if room < 0:
            raise ShapeError(
                f"{where}: a kernel of {kernel} with dilation {dilation} does not fit into an "
                f"image of {size} with padding {padding}; make the kernel smaller or the padding "
                f"larger"
            )
        counts.append(room // s + 1)
    return tuple(counts)


def places(geometry: Geometry) -> Iterator[tuple[slice, ...]]:
    """For each place in the kernel, where its value in every window lies in the padded image."""
    axes = [
        [slice(i * d, i * d + s * (m - 1) + 1, s) for i in range(k)]
        for k, s, d, m in zip(
            geometry.kernel, geometry.stride, geometry.dilation, geometry.out, strict=True
        )
    ]
    return itertools.product(*axes)
