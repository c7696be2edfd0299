"""Buffer: an array that a module keeps, and saves with its weights, but does not train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad import Variable

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["Buffer"]


class Buffer(Variable):
    """A constant that belongs to a module: saved and loaded with the weights, never trained.

    As an attribute of a `Module` it has its place in `Module.weight_dict`, but `Module.params` does
    not list it, so no optimizer changes it or decays it.

    Examples
    --------
    >>> from pygrad import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Buffer(2.0)
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> scale = Scale()
    >>> scale.weight_dict()
    {'factor': array(2.)}
    >>> scale.params()
    []
    """

    __slots__ = ()

    def __init__(
        self, data: ArrayLike, name: str | None = None, requires_grad: bool = False
    ) -> None:
        super().__init__(data, name, requires_grad)
