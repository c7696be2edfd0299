"""What pygrad-nn registers: its hooks, and its functions, layers and optimizers the same way."""

from __future__ import annotations

from collections.abc import Callable

from pygrad import hookimpl
from pygrad.nn import functional, hookspecs, layers, losses, metrics, optim, schedulers
from pygrad.nn.formats import WeightFormat, npy, npz, safetensors
from pygrad.nn.initializers.making import OWN
from pygrad.nn.training import command


@hookimpl
def register_commands(register: Callable[[str, object], None]) -> None:
    """``pygrad train``."""
    register("train", command)


@hookimpl
def register_hookspecs(register: Callable[[str, object], None]) -> None:
    register("nn", hookspecs)


@hookimpl
def register_initializers(register: Callable[[str, object], None]) -> None:
    for name, initializer in OWN.items():
        register(name, initializer)


@hookimpl
def register_functions(register: Callable[[str, object], None]) -> None:
    for name in functional.__all__:
        register(name, getattr(functional, name))


@hookimpl
def register_layers(register: Callable[[str, object], None]) -> None:
    for name in layers.__all__:
        if name[0].isupper():
            register(name, getattr(layers, name))


@hookimpl
def register_metrics(register: Callable[[str, object], None]) -> None:
    for name in sorted(set(metrics.__all__) - {"Metric", "as_metric", "get", "names"}):
        register(name, getattr(metrics, name))


@hookimpl
def register_losses(register: Callable[[str, object], None]) -> None:
    for name in losses.__all__:
        if name[0].isupper() and name != "Loss":
            register(name, getattr(losses, name))


@hookimpl
def register_optimizers(register: Callable[[str, object], None]) -> None:
    for optimizer in (
        optim.AdaDelta, optim.AdaGrad, optim.Adam, optim.Adamax, optim.AdamW, optim.LAMB,
        optim.LBFGS, optim.Lion, optim.Muon, optim.NAdam, optim.RAdam, optim.RMSprop, optim.Rprop,
        optim.SGD,
    ):  # fmt: skip
        register(optimizer.__name__, optimizer)


@hookimpl
def register_weight_formats(register: Callable[[str, object], None]) -> None:
    for name, module in (("npy", npy), ("npz", npz), ("safetensors", safetensors)):
        register(name, WeightFormat(module.write, module.read, (f".{name}",)))


@hookimpl
def register_schedulers(register: Callable[[str, object], None]) -> None:
    for name in schedulers.__all__:
        if name[0].isupper() and name != "Scheduler":
            register(name, getattr(schedulers, name))
