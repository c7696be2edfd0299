"""What losses have in common: operands of one shape, constants, and the mean or sum at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import as_operand
from pygrad.engine.operands import operand, value_of
from pygrad.engine.ops.loss import check_reduction
from pygrad.exceptions import DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["alike", "constant", "floats", "labels_of", "mean_of", "reduced"]


def floats(x: ArrayLike, where: str, dtype: Any = float) -> Variable:
    """`x` as a Variable of floats; whole numbers are converted, to `dtype`."""
    v = operand(x, where)
    return v.astype(dtype) if v.dtype.kind in "biu" else v


def alike(where: str, **given: ArrayLike) -> list[Variable]:
    """The operands as Variables of floats, if all have one shape."""
    found = {name: operand(x, where) for name, x in given.items()}
    first, *others = found
    for name in others:
        if found[name].shape != found[first].shape:
            raise ShapeError(
                f"{where}: {first} has shape {found[first].shape} but {name} has "
                f"{found[name].shape}; they must be equal"
            )
    # labels that are whole numbers must not widen a loss in float32
    dtypes = [v.dtype for v in found.values() if v.dtype.kind == "f"]
    dtype = np.result_type(*dtypes) if dtypes else float
    return [floats(v, where, dtype) for v in found.values()]


def constant(x: ArrayLike | None, like: Variable, where: str) -> Any:
    """An argument without a gradient, of the dtype of the loss; None stays."""
    return None if x is None else np.asarray(as_operand(value_of(x), where), like.dtype)


def labels_of(x: ArrayLike, where: str) -> Any:
    """Class labels as a plain array."""
    labels = np.asarray(as_operand(value_of(x), where))
    if labels.dtype.kind not in "iu" and labels.size:
        raise DtypeError(
            f"{where}: the target has dtype {labels.dtype}; it must be integers, the numbers of "
            f"the classes: target.astype(int)"
        )
    return labels.astype(np.intp, copy=False)


def reduced(y: Variable, reduction: str, where: str) -> Variable:
    """The mean of the losses, their sum, or the losses themselves."""
    check_reduction(reduction, where)
    if reduction == "none":
        return y
    return y.sum() if reduction == "sum" else mean_of(y, y.size, where)


def mean_of(y: Variable, n: Any, where: str) -> Variable:
    """The sum over `n`, of which there must be something."""
    if not y.size:
        raise ShapeError(f"{where}: there are no values, so there is no mean of them")
    return y.sum() / n
