"""`F`: every function that PyGrad differentiates, built in or registered by a plugin.

``F.relu`` is a function; ``F.Relu`` is the Function class behind it, whose objects can be called
as well: ``F.Relu()(x)``. ``F.names()`` lists the functions, those of plugins included.
"""

from __future__ import annotations

from typing import Any

from pygrad.engine.ops.activation import (
    Dropout, LeakyRelu, LogSoftmax, Relu, Sigmoid, Softmax,
    dropout, leaky_relu, log_softmax, relu, sigmoid, softmax,
)  # fmt: skip
from pygrad.engine.ops.arithmetic import (
    Add, Divide, FloorDivide, Multiply, Negative, Positive, Power, Remainder, Subtract,
    add, divide, floor_divide, multiply, negative, positive, power, remainder, subtract,
)  # fmt: skip
from pygrad.engine.ops.assignment import SetItem, fill_diagonal
from pygrad.engine.ops.elementwise import (
    Abs, Astype, Clip, Exp, Log, Maximum, Minimum, Sign, Sqrt, Square, Where,
    abs, astype, clip, exp, log, maximum, minimum, sign, sqrt, square, where,
)  # fmt: skip
from pygrad.engine.ops.indexing import GetItem, ScatterAdd, get_item
from pygrad.engine.ops.joining import Concatenate, Split, Stack, concatenate, split, stack
from pygrad.engine.ops.linalg import Linear, Matmul, linear, matmul
from pygrad.engine.ops.loss import (
    MeanSquaredError, SoftmaxCrossEntropy,
    mean_squared_error, softmax_cross_entropy,
)  # fmt: skip
from pygrad.engine.ops.reduction import Max, Mean, Min, Sum, Var, max, mean, min, sum, var
from pygrad.engine.ops.shape import (
    BroadcastTo, ExpandDims, Reshape, Squeeze, SumTo, Swapaxes, Transpose,
    broadcast_to, expand_dims, reshape, squeeze, sum_to, swapaxes, transpose,
)  # fmt: skip
from pygrad.engine.ops.trigonometric import (
    Arccos, Arccosh, Arcsin, Arcsinh, Arctan, Arctan2, Arctanh, Cos, Cosh, Sin, Sinh, Tan, Tanh,
    arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh, cos, cosh, sin, sinh, tan, tanh,
)  # fmt: skip
from pygrad.plugins import registry as _registry

__all__ = [
    "Abs", "Add", "Arccos", "Arccosh", "Arcsin", "Arcsinh", "Arctan", "Arctan2", "Arctanh",
    "Astype", "BroadcastTo", "Clip", "Concatenate", "Cos", "Cosh", "Divide", "Dropout", "Exp",
    "ExpandDims", "FloorDivide", "GetItem", "LeakyRelu", "Linear", "Log", "LogSoftmax",
    "Matmul", "Max", "Maximum", "Mean", "MeanSquaredError", "Min", "Minimum", "Multiply",
    "Negative", "Positive", "Power", "Relu", "Remainder", "Reshape", "ScatterAdd", "SetItem",
    "Sigmoid", "Sign", "Sin", "Sinh", "Softmax", "SoftmaxCrossEntropy", "Split", "Sqrt",
    "Square", "Squeeze", "Stack", "Subtract", "Sum", "SumTo", "Swapaxes", "Tan", "Tanh",
    "Transpose", "Var", "Where",
    "abs", "add", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh",
    "astype", "broadcast_to", "clip", "concatenate", "cos", "cosh", "divide", "dropout", "exp",
    "expand_dims", "fill_diagonal", "floor_divide", "get", "get_item", "leaky_relu", "linear",
    "log", "log_softmax", "matmul", "max", "maximum", "mean", "mean_squared_error", "min",
    "minimum", "multiply", "names", "negative", "positive", "power", "relu", "remainder",
    "reshape", "sigmoid", "sign", "sin", "sinh", "softmax", "softmax_cross_entropy", "split",
    "sqrt", "square", "squeeze", "stack", "subtract", "sum", "sum_to", "swapaxes", "tan",
    "tanh", "transpose", "var", "where",
]  # fmt: skip

_functions = _registry("functions")


def get(name: str) -> Any:
    """The function registered under this name, built in or a plugin's.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.get("relu")(-1.0)
    Variable(0.0)
    """
    return _functions.get(name)


def names() -> list[str]:
    """The names of all functions, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.names()[:3]
    ['abs', 'add', 'arccos']
    """
    return _functions.names()


def __getattr__(name: str) -> Any:
    return _functions.attribute(name)
