"""What operands and rules must be, and the errors that say so."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.exceptions import DtypeError, GraphError, PyGradError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.function import Function

__all__ = [
    "NUMBERS", "as_operand", "checked", "describe", "misshapen", "refuse_complex",
    "refused_complex", "users_frame",
]  # fmt: skip

_PACKAGE = __file__.rpartition("engine")[0]

NUMBERS = frozenset({int, float, bool, complex})
"""Python's numbers, which NumPy fits to the dtype of what they meet."""


def as_operand(x: Any, where: Function | str) -> Any:
    """`x` as something NumPy calculates with; Python numbers stay what they are."""
    if x.__class__ in NUMBERS:
        return x
    if isinstance(x, (np.ndarray, np.generic)):
        array: Any = x
    else:
        try:
            array = np.asarray(x)
        except PyGradError:
            raise
        except ValueError as error:
            raise ShapeError(
                f"{describe(where)}: the rows of a list differ in length: {error}"
            ) from error
    if array.dtype.kind not in "biufc":
        shown = repr(x)
        shown = shown if len(shown) < 60 else shown[:57] + "..."
        raise DtypeError(
            f"{describe(where)}: expected numbers, got {shown} (dtype {array.dtype}); "
            f"convert it to numbers first"
        )
    return array


def describe(where: Function | str | Callable[..., Any]) -> str:
    """How an error names the place it comes from: the public name of a function."""
    if isinstance(where, str):
        return where
    name = type(where).__name__
    # built-in functions are known to users by their lower-case name: SoftmaxCrossEntropy
    if type(where).requires is None:  # type: ignore[union-attr]
        return name
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def refuse_complex(x: Any, where: Function | str) -> None:
    """Refuse complex numbers where a function has no meaning for them that anybody agrees on."""
    if x.dtype.kind == "c":
        raise refused_complex(describe(where))


def refused_complex(name: str) -> DtypeError:
    """The error of a function that takes real numbers alone."""
    return DtypeError(
        f"{name}: an input is complex, but it must be real; take its real part, x.real, its "
        f"magnitude, abs(x), or both parts one by one"
    )


def checked(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A user's rule, refusing to return what cannot be the inputs' gradients."""

    @functools.wraps(backward)
    def checked(self: Function, *gys: Any) -> Any:
        gxs = backward(self, *gys)
        if gxs.__class__ is not tuple:
            gxs = (gxs,)
        name, edges = type(self).__name__, self.edges
        if len(gxs) != len(edges):
            raise GraphError(
                f"{name}.backward returned {len(gxs)} gradients for {len(edges)} inputs; it must "
                f"return one for each, None for an input that has none"
            )
        for i, (parent, gx) in enumerate(zip(edges, gxs, strict=True)):
            if parent is None or gx is None:
                continue
            if not hasattr(gx, "dtype"):
                raise DtypeError(
                    f"{name}.backward returned a {type(gx).__name__} as the gradient of input {i}; "
                    f"it must return an array"
                )
            if gx.dtype.kind not in "biufc":
                raise DtypeError(
                    f"{name}.backward returned an array of {gx.dtype} as the gradient of input "
                    f"{i}; it must hold numbers"
                )
            if gx.shape != parent.shape:
                raise ShapeError(
                    f"{name}.backward returned a gradient of shape {gx.shape} for input {i} of "
                    f"shape {parent.shape}; they must be equal{misshapen(gx.shape, parent.shape)}"
                )
        return gxs

    return checked


def misshapen(found: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """The end of a message about a gradient's shape: what it looks like, if like anything."""
    if found == expected[::-1]:
        return "; it looks like a transposed gradient"
    try:
        stretched = np.broadcast_shapes(found, expected) == found
    except ValueError:
        stretched = False
    if stretched:
        return (
            "; it looks like a missing sum over broadcast axes: sum the gradient over the axes "
            "that the input was stretched along"
        )
    return ""


def users_frame() -> int:
    """The `stacklevel` of a warning, given where this is called, that names the user's own line."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    return level
