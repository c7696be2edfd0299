"""Activations as layers: for `Sequential`, and for configurations. Each calls a function of F."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pygrad import functions as F
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from pygrad import Variable

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "SELU", "Hardtanh", "LeakyReLU", "LogSigmoid",
    "LogSoftmax", "Mish", "ReLU", "ReLU6", "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign",
    "Tanh",
]  # fmt: skip


class _Activation(Module):
    """It shows the settings that are not the default."""

    def extra_repr(self) -> str:
        import inspect

        shown = [
            f"{name}={getattr(self, name)!r}"
            for name, parameter in inspect.signature(type(self)).parameters.items()
            if getattr(self, name) != parameter.default
        ]
        return ", ".join(shown)


class _Plain(_Activation):
    """`inplace`, where PyTorch has it, is taken and shown, and changes nothing: results are new."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class _WithAlpha(_Activation):
    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace


class _AlongAxis(Module):
    def __init__(self, axis: int = -1, *, dim: int | None = None) -> None:
        super().__init__()
        self.axis = axis if dim is None else dim

    def extra_repr(self) -> str:
        return f"axis={self.axis}"


class ReLU(_Plain):
    """Rectified linear unit: `functions.relu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.ReLU()([-1.0, 2.0])
    Variable([0. 2.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.relu(x)


class ReLU6(_Plain):
    """Rectified linear unit that ends at 6: ``min(max(x, 0), 6)``.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.ReLU6()([-1.0, 2.0, 9.0])
    Variable([0. 2. 6.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.hard_tanh(x, 0.0, 6.0)


class LeakyReLU(_Activation):
    """Rectified linear unit with a small slope on negative values: `functions.leaky_relu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.LeakyReLU(0.5)([-1.0, 2.0])
    Variable([-0.5  2. ])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, x: Variable) -> Variable:
        return F.leaky_relu(x, self.negative_slope)


class ELU(_WithAlpha):
    """Exponential linear unit: `functions.elu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.ELU()([0.0, 2.0])
    Variable([0. 2.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.elu(x, self.alpha)


class SELU(_Plain):
    """Scaled exponential linear unit: `functions.selu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.SELU()([0.0, 1.0])
    Variable([0.         1.05070099])
    """

    def forward(self, x: Variable) -> Variable:
        return F.selu(x)


class CELU(_WithAlpha):
    """Continuously differentiable exponential linear unit: `functions.celu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.CELU()([0.0, 2.0])
    Variable([0. 2.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.celu(x, self.alpha)


class GELU(_Activation):
    """Gaussian error linear unit: `functions.gelu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.GELU()([0.0, 1.0])
    Variable([0.         0.84134475])
    """

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Variable) -> Variable:
        return F.gelu(x, self.approximate)


class SiLU(_Plain):
    """Sigmoid linear unit, also called swish: `functions.silu`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.SiLU()([0.0, 1.0])
    Variable([0.         0.73105858])
    """

    def forward(self, x: Variable) -> Variable:
        return F.silu(x)


class Mish(_Plain):
    """Mish: `functions.mish`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Mish()([0.0, 1.0])
    Variable([0.         0.86509839])
    """

    def forward(self, x: Variable) -> Variable:
        return F.mish(x)


class Sigmoid(_Activation):
    """Logistic function: `functions.sigmoid`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Sigmoid()([0.0])
    Variable([0.5])
    """

    def forward(self, x: Variable) -> Variable:
        return F.sigmoid(x)


class LogSigmoid(_Activation):
    """Logarithm of the logistic function: `functions.log_sigmoid`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.LogSigmoid()([0.0])
    Variable([-0.69314718])
    """

    def forward(self, x: Variable) -> Variable:
        return F.log_sigmoid(x)


class Tanh(_Activation):
    """Hyperbolic tangent: `functions.tanh`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Tanh()([0.0])
    Variable([0.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.tanh(x)


class Hardtanh(_Activation):
    """Limits values to [min_val, max_val]: `functions.hard_tanh`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Hardtanh()([-3.0, 0.5])
    Variable([-1.   0.5])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, x: Variable) -> Variable:
        return F.hard_tanh(x, self.min_val, self.max_val)


class Softplus(_Activation):
    """Smooth ReLU: `functions.softplus`, exact for large values, too.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Softplus()([0.0])
    Variable([0.69314718])
    """

    def __init__(self, beta: float = 1.0, threshold: float | None = None) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, x: Variable) -> Variable:
        return F.softplus(x, self.beta, self.threshold)


class Softsign(_Activation):
    """``x / (1 + abs(x))``: `functions.softsign`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Softsign()([1.0])
    Variable([0.5])
    """

    def forward(self, x: Variable) -> Variable:
        return F.softsign(x)


class Softmax(_AlongAxis):
    """Values that are positive and sum to 1 along `axis`: `functions.softmax`.

    PyTorch's name of the axis, `dim`, will do as well.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.Softmax()([[0.0, 0.0]])
    Variable([[0.5 0.5]])
    """

    def forward(self, x: Variable) -> Variable:
        return F.softmax(x, self.axis)


class LogSoftmax(_AlongAxis):
    """Logarithms of the softmax along `axis`: `functions.log_softmax`.

    PyTorch's name of the axis, `dim`, will do as well.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.LogSoftmax()([[0.0, 0.0]])
    Variable([[-0.69314718 -0.69314718]])
    """

    def forward(self, x: Variable) -> Variable:
        return F.log_softmax(x, self.axis)


class GLU(_AlongAxis):
    """Gated linear unit of the two halves along `axis`: `functions.glu`.

    PyTorch's name of the axis, `dim`, will do as well.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.GLU()([2.0, 0.0])
    Variable([1.])
    """

    def forward(self, x: Variable) -> Variable:
        return F.glu(x, self.axis)
