"""Loss, the base of losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pygrad.engine.ops.loss import check_reduction
from pygrad.nn.buffer import Buffer
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["Loss", "Reduction", "kept"]

Reduction: TypeAlias = Literal["mean", "sum", "none"]


class Loss(Module):
    """The base of losses: a module with a `reduction`, the mean, the sum or none.

    Raises
    ------
    ArgumentError
        If `reduction` is something else.

    Examples
    --------
    >>> from pygrad import functions as F, nn
    >>> class Quartic(nn.losses.Loss):
    ...     def forward(self, prediction, target):
    ...         return ((prediction - target) ** 4).mean()
    >>> Quartic()([1.0, 3.0], [1.0, 1.0])
    Variable(8.0)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        super().__init__()
        check_reduction(reduction, type(self).__name__)
        self.reduction: Any = reduction

    def extra_repr(self) -> str:
        import inspect

        shown = []
        for name, parameter in inspect.signature(type(self)).parameters.items():
            value = getattr(self, name)
            if isinstance(value, Buffer):
                shown.append(f"{name}={value.tolist()}")
            elif value != parameter.default:
                shown.append(f"{name}={value!r}")
        return ", ".join(shown)


def kept(weight: ArrayLike | None) -> Buffer | None:
    """A weight as a buffer: saved and loaded with those of a model that holds the loss."""
    return None if weight is None else Buffer(weight)
