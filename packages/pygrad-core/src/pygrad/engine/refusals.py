"""What a Variable refuses to do, and what to do instead. Imported when it does so, not before."""

from __future__ import annotations

import opcode
import sys

__all__ = ["assigned_to_array", "loss", "missing_function"]

_ASSIGNMENTS = {opcode.opmap.get("STORE_SUBSCR"), opcode.opmap.get("STORE_SLICE")}

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


def missing_function(name: str, message: str) -> str:
    """The message for a function that PyTorch has, and F has under another name."""
    instead = _FUNCTIONS_INSTEAD.get(name)
    return (
        f"functions: there is no function called {name!r}; write {instead}" if instead else message
    )
