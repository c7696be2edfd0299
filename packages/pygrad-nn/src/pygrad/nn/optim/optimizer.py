"""Optimizer, the base of all optimizers: which parameters there are, and when they are updated."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from pygrad import Parameter, Variable
from pygrad.engine.function import Function, Leaf
from pygrad.exceptions import ArgumentError, DtypeError
from pygrad.nn.optim.bucket import buckets_of
from pygrad.nn.tree import Owner

__all__ = ["Optimizer", "checked_number"]


class Optimizer:
    """The base of all optimizers: subclass it and write `numbers` and `update`.

    Parameters
    ----------
    params : iterable of Parameter or Variable
        What is to be trained, as ``model.params()``; what is there twice counts once.

    Attributes
    ----------
    params : list of Variable
    state_names : tuple of str
        The arrays that the update remembers of each parameter. They begin as zeros.

    Raises
    ------
    ArgumentError
        If there are no parameters, or something among them cannot be trained.
    DtypeError
        If a parameter does not consist of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Variable, nn
    >>> class SignDescent(nn.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params)
    ...         self.lr = lr
    ...     def numbers(self, step):
    ...         return (self.lr,)
    ...     def update(self, out, g, scratch, lr):
    ...         np.sign(g, out=out)
    ...         np.multiply(out, lr, out=out)
    >>> x = Variable([3.0, -2.0])
    >>> optimizer = SignDescent([x])
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    Variable([ 2.9 -1.9])
    """

    state_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Iterable[Variable]) -> None:
        self.params = _checked_params(params, type(self).__name__)
        self._buckets = buckets_of(self.params)

    def numbers(self, step: int) -> tuple[float, ...]:
        """The numbers that `update` needs in step number `step`, which counts from 1.

        They reach it as 0-d arrays of the parameters' dtype.
        """
        raise NotImplementedError(f"{type(self).__name__} must define numbers(self, step)")

    def update(self, out: Any, g: Any, scratch: Any, *args: Any, **kwargs: Any) -> None:
        """Write to `out` what is to be subtracted from the parameters.

        `g` holds their gradients and `scratch` is free to use; the arrays of `state_names` and the
        `numbers` follow, each as an argument. All arrays are flat and of one length, and hold a
        part of a parameter or several of them together. So the update must be elementwise, and it
        must write where things are: ``np.multiply(g, lr, out=out)``.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(self, out, g, ...)")

    def step(self) -> None:
        """Update every parameter that has a gradient, in place."""
        for bucket in list(self._buckets):
            gradients = bucket.gradients()
            if not gradients:
                continue
            if len(gradients) < len(bucket.params):
                # from here on they have different histories
                place = self._buckets.index(bucket)
                self._buckets[place : place + 1] = bucket.split()
                bucket = self._buckets[place]
            bucket.steps += 1
            numbers = bucket.as_arrays(self.numbers(bucket.steps))
            bucket.update(gradients, self.update, bucket.states(self.state_names), numbers)

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter: it becomes None, and its graph is freed."""
        for p in self.params:
            if isinstance(leaf := p._node, Leaf):  # frozen parameters have none
                leaf.grad = None

    def __repr__(self) -> str:
        settings = {k: v for k, v in vars(self).items() if k != "params" and not k.startswith("_")}
        shown = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        return f"{type(self).__name__}({shown})"


def checked_number(
    owner: Optimizer, name: str, value: Any, *, below: float = math.inf, at_most: float = math.inf
) -> float:
    """The value of a setting, if it is a number from 0 up to `at_most`, or just below `below`."""
    number = float(value) if isinstance(value, (int, float, np.number)) else math.nan
    if 0 <= number < below and number <= at_most:  # NaN fails every comparison
        return number
    upper = f"within [0, {below:g})" if below < math.inf else "of at least 0"
    upper = f"within [0, {at_most:g}]" if at_most < math.inf else upper
    raise ArgumentError(
        f"{type(owner).__name__}: {name} is {value!r}; it must be a finite number {upper}"
    )


def _checked_params(params: Iterable[Variable], where: str) -> list[Variable]:
    if isinstance(params, Owner):
        raise ArgumentError(f"{where}: params is a module; give its parameters: model.params()")
    if isinstance(params, Variable):
        raise ArgumentError(f"{where}: params is a single Variable; give a list of them: [x]")
    try:
        given = list(params)
    except TypeError:
        raise ArgumentError(
            f"{where}: params is {params!r}; give a list of parameters, as model.params() is"
        ) from None
    if not given:
        raise ArgumentError(
            f"{where}: there are no parameters to train; are the layers attributes of the model?"
        )
    for i, p in enumerate(given):
        _check_param(p, f"{where}: item {i} of params")
    # what is there twice has one gradient and must not take two steps
    return list({id(p): p for p in given}.values())


def _check_param(p: Any, where: str) -> None:
    if not isinstance(p, Variable):
        raise ArgumentError(f"{where} is {p!r}; it must be a Parameter or a Variable")
    if isinstance(p._node, Function):
        raise ArgumentError(f"{where} was computed from others; train those that it came from")
    if not p.requires_grad and not isinstance(p, Parameter):
        raise ArgumentError(f"{where} is a constant, which never has a gradient")
    if p.dtype.kind != "f":
        raise DtypeError(
            f"{where} has dtype {p.dtype}; a step is a small number, so it must hold floats: "
            f"Variable(x.data.astype(float))"
        )
    if not p.data.flags.writeable:
        raise ArgumentError(f"{where} has a read-only array; use a copy: x.data = x.data.copy()")
