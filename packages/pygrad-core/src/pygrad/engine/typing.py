"""Names for the types in public signatures, for type checkers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    import numpy.typing as npt

    from pygrad.variable import Variable

    # what a function takes: a Variable, an array, a number, or nested lists of numbers
    ArrayLike: TypeAlias = Variable | npt.ArrayLike
    Axis: TypeAlias = int | tuple[int, ...] | None
    # which values count: booleans that broadcast
    Mask: TypeAlias = ArrayLike | bool
    # where a Fourier transform has its factor
    Norm: TypeAlias = Literal["backward", "ortho", "forward"] | None
