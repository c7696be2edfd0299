"""What a Variable refuses to do, and what to do instead. Imported when it does so, not before."""

from __future__ import annotations

import opcode
import sys
from importlib import import_module

import numpy as np

from pygrad.engine.numpy_protocols import FUNCTIONS, LATE, PLAIN_FUNCTIONS, PLAIN_UFUNCS, UFUNCS

__all__ = ["assigned_to_array", "loss", "missing_attribute", "missing_function"]

_ASSIGNMENTS = {opcode.opmap.get("STORE_SUBSCR"), opcode.opmap.get("STORE_SLICE")}

_CPU = "PyGrad computes on the CPU alone; leave the call out"
_CONVERT = "use x.astype(dtype)"

_INSTEAD = {
    "bmm": "write x @ y",
    "chunk": "write np.array_split(x, n, axis)",
    "clamp": "write np.clip(x, low, high)",
    "clone": "use x.copy()",
    "contiguous": "PyGrad needs no such call; leave it out",
    "cpu": _CPU,
    "cuda": _CPU,
    "dim": "it is x.ndim",
    "double": _CONVERT,
    "expand": "write np.broadcast_to(x, shape)",
    "fill": "write x[...] = value",
    "flat": "x.ravel() has the values along one axis",
    "float": _CONVERT,
    "gather": "write np.take_along_axis(x, indices, axis)",
    "index_select": "write np.take(x, indices, axis)",
    "itemset": "write x[index] = value",
    "long": _CONVERT,
    "masked_fill": "write np.where(mask, value, x)",
    "mm": "write x @ y",
    "norm": "write np.linalg.norm(x)",
    "numel": "it is x.size",
    "partition": "np.partition(x, kth) gives a new one",
    "permute": "use x.transpose(axes)",
    "put": "write np.put(x, places, values)",
    "log_softmax": "write F.log_softmax(x)",
    "relu": "write F.relu(x)",
    "requires_grad_": "write x.requires_grad = True",
    "resize": "np.resize(x, shape) gives a new one",
    "sigmoid": "write F.sigmoid(x)",
    "softmax": "write F.softmax(x)",
    "sort": "np.sort(x) gives a sorted one",
    "to": f"{_CONVERT}; PyGrad computes on the CPU alone",
    "unsqueeze": "use np.expand_dims(x, axis)",
    "view": "use x.reshape(shape), or x.data.view(dtype)",
}

_FUNCTIONS_INSTEAD = {
    "bmm": "F.matmul(x, y)",
    "cat": "F.concatenate([x, y], axis)",
    "clamp": "F.clip(x, low, high)",
    "hardtanh": "F.hard_tanh(x)",
    "interpolate": "F.upsample(x, scale_factor=2)",
    "logsigmoid": "F.log_sigmoid(x)",
    "mm": "F.matmul(x, y)",
    "mse_loss": "F.mean_squared_error(x, target)",
    "normalize": "x / F.linalg.norm(x, axis=1, keepdims=True)",
    "one_hot": "np.eye(classes)[labels]",
    "permute": "F.transpose(x, axes)",
    "relu6": "F.hard_tanh(x, 0, 6)",
    "unsqueeze": "F.expand_dims(x, axis)",
}


def assigned_to_array(depth: int) -> bool:
    """Whether the code that many frames above is just executing ``array[index] = variable``.

    NumPy asks a 0-d Variable for a float then, as `float` does, and only the caller's instruction
    tells an assignment, which loses gradients unseen, from a conversion, which somebody wanted.
    """
    frame = sys._getframe(depth + 1)
    return frame.f_code.co_code[frame.f_lasti] in _ASSIGNMENTS


def loss(depth: int) -> str:
    """The message where an array would take the values of a Variable and lose its gradients."""
    if assigned_to_array(depth + 1):
        return (
            "array[index] = x: an array cannot hold the graph, so the gradients of x would be "
            "lost; make the array a Variable before: array = as_variable(array), or assign "
            "x.numpy() for the values alone"
        )
    return (
        "np.array(x): an array cannot hold the graph, so the gradients of x would be lost; "
        "use F.stack([...]) to put Variables together, or x.numpy() for the values alone"
    )


def missing_attribute(kind: str, name: str) -> str:
    """The message for an attribute that an ndarray or a tensor has, and a Variable has not."""
    message = f"{kind!r} object has no attribute {name!r}"
    function = getattr(np, name, None)
    import_module(LATE)  # then the tables are whole
    tables = (FUNCTIONS, PLAIN_FUNCTIONS, UFUNCS, PLAIN_UFUNCS)
    if name in _INSTEAD:
        return f"{message}; {_INSTEAD[name]}"
    if callable(function) and any(function in table for table in tables):
        return f"{message}; write np.{name}(x)"
    if hasattr(np.ndarray, name):
        return f"{message}; its array has: x.data.{name}"
    return message


def missing_function(name: str, message: str) -> str:
    """The message for a function that PyTorch has, and F has under another name."""
    instead = _FUNCTIONS_INSTEAD.get(name)
    return (
        f"functions: there is no function called {name!r}; write {instead}" if instead else message
    )
