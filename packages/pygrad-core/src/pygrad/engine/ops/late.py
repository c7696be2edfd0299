"""The families of functions that wait for their first use, by name or by NumPy's own call.

`import pygrad` leaves out what most programs never call: it would take a third more time.
"""

from __future__ import annotations

from pygrad.engine.ops import (
    along,
    angles,
    convolution,
    counting,
    cross,
    differences,
    editing,
    einsum,
    gelu,
    interpolation,
    magnitude,
    nan_aware,
    nan_reduction,
    padding,
    plain,
    polynomials,
    powers,
    quantiles,
    rearranging,
    rectifier,
    smooth_activation,
    sorting,
    spacing,
    special,
    splitting,
    writing,
)

__all__ = ["FAMILIES"]

FAMILIES = (
    along,
    angles,
    convolution,
    counting,
    cross,
    differences,
    editing,
    einsum,
    gelu,
    interpolation,
    magnitude,
    nan_aware,
    nan_reduction,
    padding,
    plain,
    polynomials,
    powers,
    quantiles,
    rearranging,
    rectifier,
    smooth_activation,
    sorting,
    spacing,
    special,
    splitting,
    writing,
)
