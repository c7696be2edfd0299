"""Metric, the base of what is measured beside the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

__all__ = ["Metric"]


class Metric:
    """The base of metrics: subclass it, count in `update`, and say in `compute` what comes out.

    Its attributes are numbers, strings, arrays or None, so that a checkpoint can keep them.

    Attributes
    ----------
    name : str
        What the quantity is called: its column in the history.
    better : {"max", "min"}
        Whether more of it is better or less.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> class LargestError(nn.metrics.Metric):
    ...     name, better = "largest_error", "min"
    ...     def reset(self):
    ...         self.largest = 0.0
    ...     def update(self, y, target):
    ...         self.largest = max(self.largest, float(np.abs(y - target).max()))
    ...     def compute(self):
    ...         return self.largest
    >>> metric = LargestError()
    >>> metric(np.array([1.0, 2.0]), np.array([1.5, 2.0]))
    0.5
    """

    name: str
    better: ClassVar[str] = "max"

    def reset(self) -> None:
        """Begin to count anew."""
        raise NotImplementedError(f"{type(self).__name__} must define reset(self)")

    def update(self, y: Any, target: Any) -> None:
        """Count a batch: the model's outputs and the targets, as arrays."""
        raise NotImplementedError(f"{type(self).__name__} must define update(self, y, target)")

    def compute(self) -> Any:
        """What comes out of all that was counted: a number or an array."""
        raise NotImplementedError(f"{type(self).__name__} must define compute(self)")

    def __call__(self, y: Any, target: Any) -> Any:
        """The value for these data alone."""
        self.reset()
        self.update(y, target)
        return self.compute()

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps: every attribute."""
        return dict(vars(self))

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        vars(self).update(state)
