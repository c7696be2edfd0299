"""What PyTorch calls things that have other names here: an error that knows the name says so."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["IN_MODULE", "IN_NN", "IN_OPTIMIZER", "refuse"]

IN_MODULE = {
    "add_module": "assign it: self.name = layer",
    "bfloat16": "parameters are float32 or float64: model.astype('float32')",
    "bias": "it is called b here",
    "cpu": "PyGrad computes on the CPU alone; leave the call out",
    "cuda": "PyGrad computes on the CPU alone; leave the call out",
    "double": "use model.astype('float64')",
    "float": "use model.astype('float32')",
    "half": "use model.astype('float16')",
    "load_state_dict": "use model.load_weight_dict(weights), or nn.interop.from_torch_state_dict "
    "for weights of PyTorch",
    "named_children": "use model.named_modules(), or model.children()",
    "named_parameters": "use model.named_params()",
    "parameters": "use model.params()",
    "register_buffer": "assign it: self.name = nn.Buffer(array)",
    "register_module": "assign it: self.name = layer",
    "register_parameter": "assign it: self.name = nn.Parameter(array)",
    "requires_grad_": "use model.freeze() or model.unfreeze()",
    "state_dict": "use model.weight_dict(), or nn.interop.to_torch_state_dict for PyTorch",
    "to": "use model.astype(dtype); PyGrad computes on the CPU alone, so there is no device",
    "weight": "it is called W here, of shape (in, out) in a Linear",
}
"""Of a module."""

IN_OPTIMIZER = {
    "load_state_dict": "use optimizer.load_weight_dict(weights)",
    "state_dict": "use optimizer.weight_dict()",
}
"""Of an optimizer."""

IN_NN = {
    "init": "use nn.initializers, or init= of a layer: nn.Linear(2, 3, init='xavier_uniform')",
    "utils": "use nn.optim.clip_grad_norm and nn.optim.clip_grad_value",
}
"""Of the module `nn`."""


def refuse(owner: Any, name: str, elsewhere: dict[str, str]) -> NoReturn:
    """Raise the AttributeError for an attribute that is not there.

    Raises
    ------
    AttributeError
        With PyGrad's name for it, where PyTorch has this one.
    """
    if name in elsewhere:
        message = f"{type(owner).__name__!r} object has no attribute {name!r}; {elsewhere[name]}"
        raise AttributeError(message, name=name, obj=owner)
    # Python's own message. And where the attribute is a property that failed inside, the error
    # that it failed with.
    object.__getattribute__(owner, name)
    raise AttributeError(name)
