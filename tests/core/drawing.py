"""What hypothesis draws to test functions with: shapes, axes, indices; the same in every run."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import settings
from hypothesis.extra import numpy as hnp


def drawn(examples):
    """The settings of a test: the same examples in every run, in bounded time."""
    return settings(derandomize=True, deadline=None, database=None, max_examples=examples)


def shapes(min_dims=0, max_dims=4, min_side=1, max_side=4):
    return hnp.array_shapes(
        min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side
    )


def axes_of(ndim):
    """One axis, by its number from either end; of a 0-d array, 0."""
    return st.integers(-ndim, ndim - 1) if ndim else st.just(0)


def axis_arguments(ndim):
    """What `axis=` of a reduction takes: None, a number, or several of either sign."""
    if not ndim:
        return st.none()
    one = axes_of(ndim)
    several = st.lists(one, min_size=1, max_size=ndim, unique_by=lambda a: a % ndim).map(tuple)
    return st.none() | one | several


@st.composite
def indices_of(draw, shape):
    """Whatever an ndarray of the shape can be indexed with: basic, advanced, and mixed."""
    kind = draw(st.sampled_from(["basic", "integers", "mask", "mixed", "mixed", "mixed"]))
    if kind == "basic" or not shape or 0 in shape:
        return draw(hnp.basic_indices(shape, allow_newaxis=True, max_dims=6))
    if kind == "integers":
        return draw(hnp.integer_array_indices(shape, result_shape=shapes(0, 2, 0, 3)))
    if kind == "mask":
        ndim = draw(st.integers(1, len(shape)))
        return draw(hnp.arrays(bool, shape[:ndim]))
    return draw(_mixed(shape))


@st.composite
def _mixed(draw, shape):
    """Slices, numbers, new axes, an Ellipsis, and integer or boolean arrays side by side."""
    several = draw(hnp.array_shapes(max_dims=2, max_side=3))  # the arrays broadcast against this
    parts = []
    rest = list(shape)
    ellipsis_at = draw(st.integers(0, len(shape) + 2))  # beyond the end: none
    while rest:
        if draw(st.integers(0, 4)) == 0:
            parts.append(np.newaxis)
        n = rest.pop(0)
        kind = draw(st.sampled_from(["slice", "number", "array", "list", "mask"]))
        if kind == "slice":
            parts.append(draw(st.slices(n)))
        elif kind == "number":
            parts.append(draw(st.integers(-n, n - 1)))
        elif kind == "array":
            stretched = tuple(draw(st.sampled_from([1, side])) for side in several)
            parts.append(draw(hnp.arrays(np.intp, stretched, elements=st.integers(-n, n - 1))))
        elif kind == "list":
            length = several[-1]
            values = st.integers(-n, n - 1)
            parts.append(draw(st.lists(values, min_size=length, max_size=length)))
        else:
            mask = np.zeros(n, bool)  # as many places as the arrays beside it have columns
            mask[: several[-1]] = True
            parts.append(draw(st.permutations(mask.tolist())) if mask.sum() == several[-1] else 0)
    if ellipsis_at <= len(shape):
        # what the Ellipsis stands for is taken out, so that the index is not too long
        parts[ellipsis_at : ellipsis_at + draw(st.integers(0, 1))] = [Ellipsis]
    return tuple(np.array(p) if isinstance(p, list) and draw(st.booleans()) else p for p in parts)
