"""Swish as a function: ``y = x sigmoid(x)``."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pygrad import Function, Variable


class SwishFunction(Function):
    """y = x s, where s = sigmoid(x); dy/dx = s + y (1 - s)."""

    def forward(self, x: Any) -> Any:
        return x * sigmoid(x)

    def backward(self, gy: Any) -> Any:
        # Operators and NumPy ufuncs alone: of arrays this makes arrays, and of Variables Variables,
        # so that the gradient can be differentiated in its turn.
        (x,) = self.saved
        s = sigmoid(x)
        return gy * (s + x * s * (1 - s))


def sigmoid(x: Any) -> Any:
    return 0.5 * np.tanh(0.5 * x) + 0.5  # 1 / (1 + exp(-x)), which would overflow


def swish(x: ArrayLike | Variable) -> Variable:
    """Swish, elementwise: ``y = x sigmoid(x)``.

    Ramachandran, Zoph and Le, Searching for Activation Functions (2017), with beta = 1.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.swish([0.0, 100.0])
    Variable([  0. 100.])
    """
    y: Variable = SwishFunction()(x)
    return y
