"""The recording flag: is a graph being built?

The flag is a `ContextVar`, so each thread and each asyncio task has its own.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from pygrad.exceptions import ArgumentError

__all__ = ["Switch", "enable_grad", "is_recording", "no_grad", "recorder", "set_recording"]

P = ParamSpec("P")
R = TypeVar("R")

# False, or what "on" means here: True, or something that wants to hear of what is recorded, by its
# method `saw`
_flag: ContextVar[Any] = ContextVar("pygrad_recording", default=True)
_on: ContextVar[Any] = ContextVar("pygrad_recorder", default=True)

# bound once: the engine asks for every operation
is_recording = _flag.get
set_recording = _flag.set
recorder = _on.get


class Switch:
    """A context manager and decorator that sets the flag and puts it back.

    A `_value` of False switches off, True on; anything else is what "on" means inside.
    """

    __slots__ = ("_before",)
    _value: Any

    def __init__(self) -> None:
        self._before: list[tuple[Any, Any]] = []  # a stack, so that one object may be entered twice

    def __enter__(self) -> None:
        self._before.append((_flag.get(), _on.get()))
        value = self._value
        if value.__class__ is not bool:
            _on.set(value)
            value = _flag.get() and value  # within no_grad it stays off
        _flag.set(value and _on.get())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        flag, on = self._before.pop()
        _flag.set(flag)
        _on.set(on)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
            # its body runs after the decorator has returned, where the flag is long put back
            name = type(self).__name__
            raise ArgumentError(
                f"{name}: {function.__name__} is a generator or a coroutine, whose body runs "
                f"later; write `with {name}():` inside it"
            )

        @functools.wraps(function)
        def switched(*args: P.args, **kwargs: P.kwargs) -> R:
            with type(self)():
                return function(*args, **kwargs)

        return switched


class no_grad(Switch):  # noqa: N801  (PyTorch's name)
    """Build no graph inside: results are constants. A context manager and a decorator.

    Examples
    --------
    >>> import pygrad
    >>> x = pygrad.Variable(3.0)
    >>> with pygrad.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False

    >>> @pygrad.no_grad()
    ... def predict(x):
    ...     return x * x
    >>> predict(x).requires_grad
    False
    """

    __slots__ = ()
    _value = False


class enable_grad(Switch):  # noqa: N801
    """Build the graph inside, even within `no_grad`. A context manager and a decorator.

    Examples
    --------
    >>> import pygrad
    >>> x = pygrad.Variable(3.0)
    >>> with pygrad.no_grad(), pygrad.enable_grad():
    ...     y = x * x
    >>> y.requires_grad
    True
    """

    __slots__ = ()
    _value = True
