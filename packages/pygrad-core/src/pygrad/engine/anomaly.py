"""detect_anomaly: the first NaN, and arrays that were changed too early, with the user's own line.

The recording flag is then not True but a `Watch`, which hears of every operation that is recorded.
So nothing is asked for, and nothing is paid, where no anomaly is looked for.
"""

from __future__ import annotations

import linecache
import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import describe
from pygrad.engine.function import Function
from pygrad.engine.mode import Switch
from pygrad.exceptions import AnomalyError

__all__ = ["detect_anomaly"]


class detect_anomaly(Switch):  # noqa: N801  (PyTorch's name)
    """Raise at the first NaN or infinity inside, and where an array was changed too early.

    A context manager and a decorator. Both passes belong inside: the forward pass is where the
    lines of code are noted. It looks at every number and remembers a checksum of every array that
    is kept for the backward pass, so the computation takes several times as long.

    Raises
    ------
    AnomalyError
        If an operation that is recorded gives NaN or infinity, or its derivative does; or if an
        array that a derivative needs is not what it was. The message names the function, the
        shapes, and file and line of the code that called it.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Variable, detect_anomaly
    >>> x = Variable([1.0, 2.0], name="x")
    >>> with detect_anomaly():
    ...     y = (x * x).sum()
    ...     x.data[0] = 5.0
    ...     y.backward()
    Traceback (most recent call last):
        ...
    pygrad.exceptions.AnomalyError: multiply: x, its input 0 of shape (2,), was changed in place...
    """

    __slots__ = ()

    @property
    def _value(self) -> Any:
        return Watch()


class Watch:
    """What is known of the operations recorded inside one `detect_anomaly`."""

    def __init__(self) -> None:
        self._seen: WeakKeyDictionary[Function, _Sighting] = WeakKeyDictionary()

    def saw(self, node: Function, arrays: Sequence[Any], outputs: tuple[Any, ...]) -> None:
        """Hear of an operation that was recorded just now."""
        line = _users_line()
        for y in outputs:
            if not _is_finite(y):
                raise AnomalyError(
                    f"{describe(node)} gave {_kind(y)} for {_inputs(node, arrays)},{line}"
                    f"{_blame(node, arrays, y)}"
                )
        self._seen[node] = _Sighting(line, tuple(map(_checksum, node.saved)))

    def over(self, prepare: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
        """The rules of a walk, each looked at before and after."""

        def prepared(node: Any) -> Any:
            return _Watched(self, node, node if prepare is None else prepare(node))

        return prepared

    def check_saved(self, node: Function) -> str:
        """Refuse arrays that are not what they were; the line that made the node."""
        sighting = self._seen.get(node)
        if sighting is None:
            return " outside of detect_anomaly"
        for i, (value, before) in enumerate(zip(node.saved, sighting.checksums, strict=True)):
            if _checksum(value) != before:
                raise AnomalyError(
                    f"{describe(node)}: {_what(node, i)} of shape {np.shape(value)}, was changed "
                    f"in place after it was used{sighting.line}; its gradient would be wrong: "
                    f"change a copy, or change it after backward()"
                )
        return sighting.line


class _Sighting:
    __slots__ = ("checksums", "line")

    def __init__(self, line: str, checksums: tuple[int | None, ...]) -> None:
        self.line = line
        self.checksums = checksums


class _Watched:
    """A rule whose arrays are compared with what they were, and whose results are looked at."""

    __slots__ = ("_node", "_rule", "_watch")

    def __init__(self, watch: Watch, node: Any, rule: Any) -> None:
        self._watch, self._node, self._rule = watch, node, rule

    def backward(self, gy: Any) -> tuple[Any, ...]:
        # a function of several outputs is known by what gathers their gradients
        node = getattr(self._node, "function", self._node)
        line = self._watch.check_saved(node)
        gxs = self._rule.backward(gy)
        gxs = gxs if gxs.__class__ is tuple else (gxs,)
        for i, (gx, edge) in enumerate(zip(gxs, node.edges, strict=False)):
            if edge is not None and not _is_finite(gx):
                raise AnomalyError(
                    f"{describe(node)}.backward gave {_kind(gx)} as the gradient of its input {i}, "
                    f"of shape {np.shape(gx)}, from a gradient of shape {np.shape(gy)}; "
                    f"{describe(node)} was called{line}"
                )
        return gxs


def _users_line() -> str:
    """Where the user's code is now: the innermost frame that is neither PyGrad's nor NumPy's.

    What a rule of PyGrad's computes belongs to the line that called the function it is a rule of.
    """
    frame = sys._getframe(1)
    while _is_internal(frame.f_globals.get("__name__", "")) and frame.f_back is not None:
        if frame.f_code is _Watched.backward.__code__:
            return str(frame.f_locals["line"])
        frame = frame.f_back
    path, number = frame.f_code.co_filename, frame.f_lineno
    code = linecache.getline(path, number).strip()
    return f" at {path}:{number}" + (f" ({code})" if code else "")


def _is_internal(module: str) -> bool:
    return module.partition(".")[0] in ("pygrad", "numpy")


def _value(x: Any) -> Any:
    return x._data if isinstance(x, binding.Variable) else x


def _is_finite(x: Any) -> bool:
    value = np.asarray(_value(x))
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _kind(x: Any) -> str:
    return "NaN" if np.isnan(np.asarray(_value(x))).any() else "infinity"


def _checksum(x: Any) -> int | None:
    value = _value(x)
    # NumPy scalars and Python numbers cannot change
    return zlib.crc32(np.ascontiguousarray(value).data) if isinstance(value, np.ndarray) else None


def _inputs(node: Function, arrays: Sequence[Any]) -> str:
    shapes = " and ".join(str(np.shape(array)) for array in arrays)
    return f"input{'s' if len(arrays) > 1 else ''} of shape {shapes}"


def _blame(node: Function, arrays: Sequence[Any], y: Any) -> str:
    """Which input was not finite to begin with; one that was written to has become the result."""
    for i, array in enumerate(arrays):
        if array is not y and not _is_finite(array):
            name = _name(node, i)
            return f"; {name + ', ' if name else ''}its input {i}, held {_kind(array)} before"
    return ""


def _name(node: Function, i: int) -> str | None:
    edge = node.edges[i]
    return None if edge is None else edge.name


def _what(node: Function, position: int) -> str:
    """What the saved array at `position` is to the function, by name if it has one."""
    i = position if node.saves is None else node.saves[position]
    if i < 0:
        return f"{node.name + ', ' if node.name else ''}its result"
    name = _name(node, i)
    return f"{name + ', ' if name else ''}its input {i}"
