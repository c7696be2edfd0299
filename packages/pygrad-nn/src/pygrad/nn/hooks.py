"""Hooks on modules: functions that see, and may change, what goes into a call and comes out.

A module without hooks pays nothing for them but a look at one empty list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pygrad import Function, Variable, as_variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.calls import Call, as_inputs, as_outputs, remembered
from pygrad.nn.tree import Owner

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["HOOKED", "Handle", "Hooked"]

Hook: TypeAlias = Callable[..., Any]

HOOKED: list[Handle] = []
"""The hooks that are registered, on whatever module: empty, and nobody needs to look further."""


class Hooked(Owner):
    """What may have hooks: the part of `Module` that registers them."""

    # a slot, for hooks are no state: copies and pickles leave them out
    __slots__ = ("_hooks",)
    _hooks: Hooks

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Have ``hook(module, args)`` called before `forward`, with the tuple of its arguments.

        What it returns, if not None, takes the place of the arguments: a tuple, or a single one.
        Copies of the module do not have its hooks.

        Returns
        -------
        Handle
            Its `remove` takes the hook away again; it is a context manager, too.

        Examples
        --------
        >>> from pygrad import nn
        >>> layer = nn.Linear(2, 1, init="ones", bias=False)
        >>> with layer.register_forward_pre_hook(lambda module, args: args[0] * 10):
        ...     y = layer([[1.0, 2.0]])
        >>> y
        Variable([[30.]])
        """
        hooks = self._own_hooks()
        return hooks.add(hooks.before, hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> Handle:
        """Have ``hook(module, args, output)`` called after `forward`.

        What it returns, if not None, takes the place of the output. See
        `register_forward_pre_hook` for the rest.

        Examples
        --------
        >>> from pygrad import nn
        >>> layer = nn.Linear(2, 1)
        >>> seen = []
        >>> handle = layer.register_forward_hook(lambda module, args, y: seen.append(y))
        >>> y = layer([[1.0, 2.0]])
        >>> seen[0] is y
        True
        >>> handle.remove()
        """
        hooks = self._own_hooks()
        return hooks.add(hooks.after, hook)

    def register_full_backward_hook(self, hook: Callable[..., Any]) -> Handle:
        """Have ``hook(module, grad_input, grad_output)`` called in the backward pass.

        Both are tuples of Variables: the gradients of the arguments that go by position, None for
        those without one, and the gradients of the results. What the hook returns, if not None,
        takes the place of `grad_input`. See `register_forward_pre_hook` for the rest.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> layer = nn.Linear(2, 1, init="ones")
        >>> handle = layer.register_full_backward_hook(lambda module, gx, gy: print(gx, gy))
        >>> layer(Variable([[1.0, 2.0]])).sum().backward()
        (Variable([[1. 1.]]),) (Variable([[1.]]),)
        >>> handle.remove()
        """
        hooks = self._own_hooks()
        return hooks.add(hooks.backward, hook)

    def _own_hooks(self) -> Hooks:
        if not hasattr(self, "_hooks"):
            self._hooks = Hooks()
        return self._hooks


class Handle:
    """What registering a hook returns: `remove` takes the hook away again.

    Examples
    --------
    >>> from pygrad import nn
    >>> layer = nn.Linear(2, 2)
    >>> handle = layer.register_forward_hook(lambda module, args, y: print(y.shape))
    >>> y = layer([[1.0, 2.0]])
    (1, 2)
    >>> handle.remove()
    >>> y = layer([[1.0, 2.0]])
    """

    def __init__(self, hooks: list[tuple[Handle, Hook]]) -> None:
        self._hooks = hooks

    def remove(self) -> None:
        """Take the hook away; doing it twice does no harm."""
        self._hooks[:] = [entry for entry in self._hooks if entry[0] is not self]
        if self in HOOKED:
            HOOKED.remove(self)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class Hooks:
    """The hooks of one module."""

    def __init__(self) -> None:
        self.before: list[tuple[Handle, Hook]] = []
        self.after: list[tuple[Handle, Hook]] = []
        self.backward: list[tuple[Handle, Hook]] = []

    def add(self, hooks: list[tuple[Handle, Hook]], hook: Hook) -> Handle:
        """Register a hook in one of the lists."""
        if not callable(hook):
            raise ArgumentError(f"register hook: {hook!r} cannot be called")
        handle = Handle(hooks)
        hooks.append((handle, hook))
        HOOKED.append(handle)
        return handle

    def call(self, module: Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, Call]:
        """The result of a call, and what is remembered of its arguments."""
        args, kwargs = as_inputs(module, args, kwargs)
        for _, hook in self.before[:]:
            changed = hook(module, args)
            if changed is not None:
                given = changed if isinstance(changed, tuple) else (changed,)
                args, kwargs = as_inputs(module, given, kwargs)
        crossing = None
        if self.backward:
            crossing = _Crossing(module, [hook for _, hook in self.backward])
            args = crossing.entered(args)
        where = type(module).__name__
        y = as_outputs(module.forward(*args, **kwargs), where)
        for _, hook in self.after[:]:
            changed = hook(module, args, y)
            if changed is not None:
                y = as_outputs(changed, where)
        return (y if crossing is None else crossing.left(y)), remembered(args, kwargs)


class _Crossing:
    """One call of a module with backward hooks: the gradients that come in and go out."""

    def __init__(self, module: Module, hooks: list[Hook]) -> None:
        self.module = module
        self.hooks = hooks
        self.waits = False  # whether an input has a gradient, which the hooks wait for
        self.places: list[int] = []
        self.n_args = 0
        self.grad_output: tuple[Any, ...] = ()

    def entered(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, behind a door that their gradients leave by."""
        self.n_args = len(args)
        self.places = [i for i, x in enumerate(args) if isinstance(x, Variable) and x.requires_grad]
        if not self.places:
            return args
        self.waits = True
        passed = _passed(_Entry(self), [args[i] for i in self.places])
        through = dict(zip(self.places, passed, strict=True))
        return tuple(through.get(i, x) for i, x in enumerate(args))

    def left(self, y: Any) -> Any:
        """The results, behind a door that their gradients come in by."""
        several = isinstance(y, (tuple, list))
        results = list(y) if several else [y]
        places = [i for i, r in enumerate(results) if isinstance(r, Variable) and r.requires_grad]
        if not places:
            return y
        passed = _passed(_Exit(self), [results[i] for i in places])
        for i, result in zip(places, passed, strict=True):
            results[i] = result
        if not several:
            return results[0]
        return type(y)(*results) if hasattr(y, "_fields") else type(y)(results)

    def call(self, grad_input: tuple[Any, ...]) -> tuple[Any, ...]:
        """Show the gradients to the hooks; returns those of the inputs, as they are left."""
        for hook in self.hooks:
            changed = hook(self.module, grad_input, self.grad_output)
            if changed is not None:
                grad_input = changed if isinstance(changed, tuple) else (changed,)
                if len(grad_input) != self.n_args:
                    raise ArgumentError(
                        f"{type(self.module).__name__}: a backward hook returned "
                        f"{len(grad_input)} gradients for {self.n_args} inputs"
                    )
        return grad_input


class _Door(Function):
    """Passes arrays on as they are."""

    saves = ()
    requires = ""

    def __init__(self, crossing: _Crossing) -> None:
        self.crossing = crossing

    def forward(self, *xs: Any) -> Any:
        return xs if len(xs) > 1 else xs[0]


class _Entry(_Door):
    """Where the gradients leave the module."""

    def backward(self, *gys: Any) -> Any:
        crossing = self.crossing
        grad_input: list[Any] = [None] * crossing.n_args
        for i, g in zip(crossing.places, gys, strict=True):
            grad_input[i] = as_variable(g)
        found = crossing.call(tuple(grad_input))
        kept = [found[i] for i in crossing.places]
        recorded = isinstance(gys[0], Variable)
        return tuple(
            g if g is None or isinstance(g, Variable) == recorded else _turned(g, recorded)
            for g in kept
        )


class _Exit(_Door):
    """Where the gradients enter the module."""

    def backward(self, *gys: Any) -> Any:
        self.crossing.grad_output = tuple(as_variable(g) for g in gys)
        if not self.crossing.waits:
            self.crossing.call((None,) * self.crossing.n_args)
        return gys


def _passed(door: _Door, xs: list[Variable]) -> tuple[Variable, ...]:
    passed = door(*xs)
    return passed if isinstance(passed, tuple) else (passed,)


def _turned(g: Any, recorded: bool) -> Any:
    return as_variable(g) if recorded else np.asarray(g.data)
