"""PyGrad: automatic differentiation and neural networks in pure Python on NumPy."""

from __future__ import annotations

from pkgutil import extend_path
from typing import TYPE_CHECKING

# pygrad.nn, .data and .viz are distributions of their own, and may lie in other folders
__path__ = extend_path(__path__, __name__)

from pygrad import _lazy, exceptions, functions, plugins
from pygrad.dtypes import get_default_dtype, set_default_dtype
from pygrad.engine.anomaly import detect_anomaly
from pygrad.engine.function import OUTPUT, Function
from pygrad.engine.mode import enable_grad, no_grad
from pygrad.randomness import default_rng, seed
from pygrad.transforms import (
    checkpoint,
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from pygrad.variable import Parameter, Variable, as_variable

if TYPE_CHECKING:
    from pygrad import fft, linalg, optimize, testing
    from pygrad.plugins.manager import hookimpl
else:
    __getattr__, __dir__ = _lazy.attribute, _lazy.listing

__all__ = [
    "OUTPUT",
    "Function",
    "Parameter",
    "Variable",
    "__version__",
    "as_variable",
    "checkpoint",
    "default_rng",
    "detect_anomaly",
    "elementwise_grad",
    "enable_grad",
    "exceptions",
    "fft",
    "functions",
    "get_default_dtype",
    "grad",
    "hessian",
    "hookimpl",
    "hvp",
    "jacobian",
    "jvp",
    "linalg",
    "no_grad",
    "optimize",
    "plugins",
    "seed",
    "set_default_dtype",
    "testing",
    "value_and_grad",
    "vjp",
]

__version__ = "1.0.0"

_lazy.explain_missing_parts()
