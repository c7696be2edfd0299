"""A line search for the strong Wolfe conditions.

Along a direction, f(t) must fall by a share of what its slope at 0 promises, and its slope at t
must be a good deal flatter than that at 0. First t grows until an interval is known to hold such a
point; then the interval shrinks around it, by cubic interpolation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Point", "strong_wolfe"]

_FALL, _FLATTER = 1e-4, 0.9


@dataclass(eq=False, slots=True)
class Point:
    """A point on the line: where it is, and the function, its gradient and its slope there."""

    t: float
    f: float
    g: Any
    slope: float


def strong_wolfe(
    evaluate: Callable[[float], Point],
    drop: Callable[[Point], None],
    t: float,
    start: Point,
    tolerance: float,
    budget: int,
) -> tuple[Point, int]:
    """The point that is found, and how often the function was evaluated.

    Parameters
    ----------
    evaluate, drop : callable
        The point at t; and what is called with each point that is not needed any more.
    t : float
        Where to look first.
    start : Point
        That at 0, with a negative slope.
    tolerance : float
        The length of an interval that is not divided any further.
    budget : int
        How many evaluations there may be after the first.

    References
    ----------
    Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 3.5 and 3.6; the choice of
    points follows Schmidt's minFunc, as PyTorch's does.
    """
    last, point = start, evaluate(t)
    count = 0
    while count < budget:
        if _is_too_high(point, start) or (count > 1 and point.f >= last.f):
            break
        if _is_flat(point, start):
            if last is not start:
                drop(last)
            return point, count + 1
        if point.slope >= 0:
            break
        nearest = point.t + 0.01 * (point.t - last.t)
        t = _cubic(last, point, (nearest, point.t * 10))
        if last is not start:
            drop(last)
        last, point = point, evaluate(t)
        count += 1
    else:
        found, other = (start, point) if start.f <= point.f else (point, start)
        for unneeded in (last, other):
            if unneeded is not start and unneeded is not found:
                drop(unneeded)
        return found, count + 1
    found, count = _zoom(evaluate, drop, [last, point], start, tolerance, budget, count)
    return found, count + 1


def _zoom(
    evaluate: Callable[[float], Point],
    drop: Callable[[Point], None],
    ends: list[Point],
    start: Point,
    tolerance: float,
    budget: int,
    count: int,
) -> tuple[Point, int]:
    low = 0 if ends[0].f <= ends[1].f else 1
    stuck = False
    found = None
    while count < budget and found is None and abs(ends[1].t - ends[0].t) >= tolerance:
        t, stuck = _inside(_cubic(ends[0], ends[1]), ends, stuck)
        point = evaluate(t)
        count += 1
        if _is_too_high(point, start) or point.f >= ends[low].f:
            gone, ends[1 - low] = ends[1 - low], point
            low = 0 if ends[0].f <= ends[1].f else 1
        else:
            gone = ends[low]
            if _is_flat(point, start):
                found = point
            elif point.slope * (ends[1 - low].t - ends[low].t) >= 0:
                gone, ends[1 - low] = ends[1 - low], ends[low]
            ends[low] = point
        if gone is not start:
            drop(gone)
    if ends[1 - low] is not start:
        drop(ends[1 - low])
    return ends[low], count


def _is_too_high(point: Point, start: Point) -> bool:
    return point.f > start.f + _FALL * point.t * start.slope


def _is_flat(point: Point, start: Point) -> bool:
    return abs(point.slope) <= -_FLATTER * start.slope


def _inside(t: float, ends: list[Point], stuck: bool) -> tuple[float, bool]:
    """Where to look next: not twice in a row near an end, for then the interval hardly shrinks."""
    low, high = sorted((ends[0].t, ends[1].t))
    margin = 0.1 * (high - low)
    if min(high - t, t - low) >= margin:
        return t, False
    if stuck or t >= high or t <= low:
        return (high - margin if abs(t - high) < abs(t - low) else low + margin), False
    return t, True


def _cubic(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """The minimum of the cubic through two points with their slopes, within the bounds."""
    low, high = bounds or (min(a.t, b.t), max(a.t, b.t))
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    d2 = math.sqrt(square)
    left, right = (a, b) if a.t <= b.t else (b, a)
    divisor = right.slope - left.slope + 2 * d2
    if divisor == 0:
        return (low + high) / 2
    t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / divisor)
    return min(max(t, low), high)
