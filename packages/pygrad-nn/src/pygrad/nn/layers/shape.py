"""Layers that leave the values as they are."""

from __future__ import annotations

from typing import Any

from pygrad import Variable
from pygrad.exceptions import AxisError
from pygrad.nn.module import Module

__all__ = ["Flatten", "Identity"]


class Flatten(Module):
    """Make one axis of several: by default each sample becomes a row.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last of the axes.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> nn.Flatten()(np.ones((8, 3, 4, 5))).shape
    (8, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, x: Variable) -> Variable:
        """Reshape `x`, which must have those axes."""
        first, last = (d + x.ndim if d < 0 else d for d in (self.start_dim, self.end_dim))
        if not 0 <= first <= last < x.ndim:
            raise AxisError(
                f"Flatten: x has shape {x.shape}; start_dim={self.start_dim} and "
                f"end_dim={self.end_dim} must be axes of it, in this order"
            )
        merged = 1
        for n in x.shape[first : last + 1]:
            merged *= n
        return x.reshape((*x.shape[:first], merged, *x.shape[last + 1 :]))

    def extra_repr(self) -> str:
        shown = [] if self.start_dim == 1 else [f"start_dim={self.start_dim}"]
        return ", ".join(shown + ([] if self.end_dim == -1 else [f"end_dim={self.end_dim}"]))


class Identity(Module):
    """Hand on the input as it is, whatever the arguments: a stand-in where a layer is expected.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Identity()([1.0, 2.0])
    Variable([1. 2.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, x: Any) -> Any:
        return x
