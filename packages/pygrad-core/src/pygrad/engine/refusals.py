"""What a Variable refuses to do, and what to do instead. Imported when it does so, not before."""

from __future__ import annotations

import opcode
import sys
from importlib import import_module

import numpy as np

from pygrad.engine.numpy_protocols import FUNCTIONS, LATE, PLAIN_FUNCTIONS, PLAIN_UFUNCS, UFUNCS

__all__ = ["assigned_to_array", "loss", "missing_attribute"]

_ASSIGNMENTS = {opcode.opmap.get("STORE_SUBSCR"), opcode.opmap.get("STORE_SLICE")}

_INSTEAD = {
    "fill": "write x[...] = value",
    "flat": "x.ravel() has the values along one axis",
    "itemset": "write x[index] = value",
    "partition": "np.partition(x, kth) gives a new one",
    "permute": "use x.transpose(axes)",
    "put": "write np.put(x, places, values)",
    "resize": "np.resize(x, shape) gives a new one",
    "sort": "np.sort(x) gives a sorted one",
    "unsqueeze": "use np.expand_dims(x, axis)",
    "view": "use x.reshape(shape), or x.data.view(dtype)",
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
