"""Function, the node of the graph: what was computed, from which nodes, and its derivative rule.

A node *is* the Function instance. Its edges point to the nodes of its inputs, never to Variables,
and it keeps only the arrays that its rule needs. So the graph has no reference cycles, and goes
away by reference count as soon as the last Variable on it does.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from pygrad.engine import binding
from pygrad.engine.mode import is_recording
from pygrad.engine.numpy_protocols import UFUNCS
from pygrad.exceptions import (
    AxisError,
    DtypeError,
    GraphError,
    PyGradError,
    ShapeError,
)

if TYPE_CHECKING:
    from pygrad.variable import Variable

__all__ = [
    "OUTPUT", "Arrived", "Elementwise", "Function", "Leaf", "Node", "Unary", "as_operand", "creator",
    "describe", "next_serial", "output_nodes", "result", "sum_to_shape", "with_variables",
]  # fmt: skip

OUTPUT = -1
"""In `Function.saves`: keep the output for the rule."""

_new = object.__new__
# creation order is a topological order, so the backward walk never sorts
next_serial = itertools.count().__next__
_NUMBERS = frozenset({int, float, bool, complex})


class Leaf:
    """The node of a Variable that nobody computed; a gradient that arrives here is stored."""

    __slots__ = ("__weakref__", "dtype", "grad", "name", "shape")
    edges: ClassVar[tuple[Node | None, ...]] = ()

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], name: str | None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.name = name
        self.grad: Variable | None = None


class Function:
    """A function of arrays and its derivative; subclass it to teach PyGrad a new one.

    `forward` takes arrays and returns an array, or a tuple of them. `backward` takes the gradient
    of each output and returns the gradient of the input, or one for each input (None for an input
    that has none). It finds its arrays in `self.saved` and is written with operators, array
    methods and NumPy ufuncs alone: a first-order pass hands it plain arrays and a
    ``create_graph=True`` pass hands it Variables, so that one rule serves every order.

    Settings are attributes, set in `__init__`. Arrays are never stored by hand.

    Attributes
    ----------
    saves : tuple of int, optional
        What `self.saved` holds: the positions of inputs, and `OUTPUT`. By default every input.
    saved : tuple
        Those arrays, inside `backward`.
    edges : tuple
        The nodes of the inputs; None for a constant.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Function, Variable
    >>> class Cube(Function):
    ...     def forward(self, x):
    ...         return x**3
    ...     def backward(self, gy):
    ...         (x,) = self.saved
    ...         return gy * 3 * x**2
    >>> x = Variable(2.0)
    >>> y = Cube()(x)
    >>> y.backward()
    >>> x.grad
    Variable(12.0)
    """

    __slots__ = (
        "__weakref__", "_grad", "_name", "edges", "outputs_like", "saved", "serial", "shape",
    )  # fmt: skip

    saves: ClassVar[tuple[int, ...] | None] = None
    # what must hold for the inputs; built-in functions say it, and then NumPy's refusal is
    # turned into a PyGradError that quotes it
    requires: ClassVar[str | None] = None
    _slots: ClassVar[tuple[str, ...]] = ()

    edges: tuple[Node | None, ...]
    saved: tuple[Any, ...]
    serial: int
    shape: tuple[int, ...]
    outputs_like: list[tuple[tuple[int, ...], np.dtype[Any]]]  # of several outputs alone

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        slots = (slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ()))
        cls._slots = tuple(s for s in slots if s not in ("__weakref__", "_grad", "_name"))
        if ufunc is not None:
            UFUNCS[ufunc] = lambda *inputs: cls()(*inputs)
        if cls.requires is None and "backward" in cls.__dict__:
            # once for the class: the walk has no time to look at what rules return
            cls.backward = _checked(cls.__dict__["backward"])  # type: ignore[method-assign]

    def forward(self, *inputs: Any) -> Any:
        """Compute the output from plain arrays."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, *inputs)")

    def backward(self, *gradients: Any) -> Any:
        """Compute the inputs' gradients from the outputs'."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, gy)")

    def __call__(self, *inputs: Any) -> Any:
        """Apply the function to Variables, arrays or numbers, and record it in the graph."""
        if hasattr(self, "edges"):
            return _copy(self, without=("edges", "saved", "serial", "shape"))(*inputs)
        arrays = []
        edges: list[Node | None] = []
        tracked = False
        for x in inputs:
            if isinstance(x, binding.Variable):
                arrays.append(x._data)
                edges.append(x._node)
                tracked = tracked or x._node is not None
            else:
                arrays.append(self._constant(x))
                edges.append(None)
        try:
            y = self.forward(*arrays)
        except Exception as error:
            raise self._explained(error, arrays) from error
        if y.__class__ is tuple:
            return self._several(y, arrays, edges, tracked)
        y = _as_result(y, self)
        node = None
        if tracked and is_recording():
            self._record(tuple(edges), y.shape, arrays, (y,))
            node = self
        return result(y, node)

    def on(self, *inputs: Any) -> Any:
        """The function as a rule uses it: of plain arrays a plain array, else a Variable."""
        for x in inputs:
            if isinstance(x, binding.Variable):
                return self(*inputs)
        return self.forward(*inputs)

    def wants(self, i: int) -> bool:
        """Whether input `i` wants a gradient; a costly rule asks first."""
        return self.edges[i] is not None

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The inputs as Variables on the same nodes.

        The value of one that was not kept for the rule raises GraphError when asked for.
        """
        return tuple(
            result(value, edge) if kept else _unkept(edge)
            for edge, (kept, value) in zip(self.edges, map(self._kept, itertools.count()), strict=False)
        )

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The outputs as Variables on the same nodes; their values as for `inputs`."""
        made = []
        for i, node in enumerate(output_nodes(self)):
            kept, value = self._kept(OUTPUT - i)
            made.append(result(value, node) if kept else _unkept(node))
        return tuple(made)

    @property
    def name(self) -> str | None:
        """The name given to the Variable that this function made."""
        return getattr(self, "_name", None)

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _record(
        self, edges: tuple[Node | None, ...], shape: Any, arrays: list[Any], y: tuple[Any, ...]
    ) -> None:
        self.edges = edges
        self.serial = next_serial()
        self.shape = shape
        if self.saves is None:
            self.saved = tuple(arrays)
        else:
            self.saved = tuple([y[-1 - i] if i < 0 else arrays[i] for i in self.saves])

    def _several(
        self, y: tuple[Any, ...], arrays: list[Any], edges: list[Node | None], tracked: bool
    ) -> tuple[Variable, ...]:
        outputs = [_as_result(array, self) for array in y]
        if not (tracked and is_recording()):
            return tuple(result(array, None) for array in outputs)
        self._record(tuple(edges), outputs[0].shape, arrays, tuple(outputs))
        self.outputs_like = [(array.shape, array.dtype) for array in outputs]
        return tuple(map(result, outputs, output_nodes(self)))

    def _kept(self, position: int) -> tuple[bool, Any]:
        saves = range(len(self.edges)) if self.saves is None else self.saves
        for i, value in zip(saves, self.saved, strict=True):
            if i == position and value is not None:
                return True, value.data if isinstance(value, binding.Variable) else value
        return False, None

    def _constant(self, x: Any) -> Any:
        x = as_operand(x, self)
        return np.asarray(x) if x.__class__ in _NUMBERS else x

    def _explained(self, error: Exception, arrays: Iterable[Any]) -> Exception:
        """NumPy's refusal in PyGrad's words; for a user's own function, the same with a note."""
        shapes = " and ".join(str(np.shape(array)) for array in arrays)
        name = describe(self)
        if self.requires is None or isinstance(error, PyGradError):
            if not isinstance(error, PyGradError):
                error.add_note(f"raised by {name}.forward on shapes {shapes}")
            return error
        kind: type[PyGradError]
        if isinstance(error, IndexError):  # NumPy's AxisError is one
            kind = AxisError
        elif isinstance(error, ValueError):
            kind = ShapeError
        elif isinstance(error, TypeError):
            kind = DtypeError
        else:
            return error
        return kind(f"{name}: {error}; the inputs have shapes {shapes}; {self.requires}")


class Unary(Function):
    """A function of one array of numbers."""

    __slots__ = ()
    requires = "x must be an array of numbers"


class Elementwise(Function):
    """A function of several operands that broadcast against one another.

    Python numbers stay Python numbers, so that they never widen a float32 operand. Whether an
    operand was broadcast is decided once, in the forward pass, by choosing the node's class:
    `rule` itself, or the twin `rule.broadcast` that sums each gradient back to its operand's shape.
    """

    __slots__ = ("shapes",)
    requires = "the shapes must broadcast together"
    broadcast: ClassVar[type[Elementwise]]

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(ufunc=ufunc, **kwargs)
        if "broadcast" not in cls.__dict__ and _Broadcasting not in cls.__mro__:
            twin = {"__slots__": (), "__doc__": cls.__doc__, "__module__": cls.__module__}
            cls.broadcast = type(cls.__name__, (_Broadcasting, cls), twin)

    def _record(
        self, edges: tuple[Node | None, ...], shape: Any, arrays: list[Any], y: tuple[Any, ...]
    ) -> None:
        super()._record(edges, shape, arrays, y)
        for edge, array in zip(edges, arrays, strict=True):
            if edge is not None and array.shape != shape:
                self.__class__ = self.broadcast
                self.shapes = tuple(np.shape(array) for array in arrays)
                return

    def _constant(self, x: Any) -> Any:
        return as_operand(x, self)


class _Broadcasting(Function):
    """What `Elementwise.broadcast` puts in front of a rule."""

    __slots__ = ()
    requires = ""

    def backward(self, gy: Any) -> Any:
        gradients = super().backward(gy)
        return tuple(
            None if g is None or edge is None else sum_to_shape(g, shape)
            for g, edge, shape in zip(gradients, self.edges, self.shapes, strict=True)  # type: ignore[attr-defined]
        )


class _Collector(Function):
    """Stands between a function of several outputs and them, and gathers their gradients."""

    __slots__ = ("function",)
    saves = ()
    requires = ""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.edges = function.edges
        self.serial = function.serial
        self.saved = ()
        self.shape = ()

    def backward(self, arrived: Any) -> Any:
        gradients = [
            arrived.by_output[i] if i in arrived.by_output else np.zeros(shape, dtype)
            for i, (shape, dtype) in enumerate(self.function.outputs_like)
        ]
        return self.function.backward(*gradients)


class _Output(Function):
    """One output of a function of several."""

    __slots__ = ("index",)
    saves = ()
    requires = ""

    def __init__(self, collector: _Collector, index: int, shape: tuple[int, ...]) -> None:
        self.edges = (collector,)
        self.index = index
        self.shape = shape
        self.serial = next_serial()
        self.saved = ()

    def backward(self, gy: Any) -> Any:
        return Arrived({self.index: gy})


class Arrived:
    """Gradients of some outputs of one function; `+` is all that the walk asks of a gradient."""

    __slots__ = ("by_output",)

    def __init__(self, by_output: dict[int, Any]) -> None:
        self.by_output = by_output

    def __add__(self, other: Arrived) -> Arrived:
        # each output sends its own gradient once, so no two entries meet
        return Arrived({**self.by_output, **other.by_output})


Node: TypeAlias = Function | Leaf


def result(y: Any, node: Node | None) -> Any:
    """Make the Variable of a result, past `Variable.__init__`."""
    variable = _new(binding.Variable)
    variable._data = y
    variable._node = node
    return variable


def creator(node: Node | None) -> Function | None:
    """The Function that a user means by the creator of the Variable on `node`."""
    if isinstance(node, _Output):
        collector: Any = node.edges[0]
        return collector.function  # type: ignore[no-any-return]
    return node if isinstance(node, Function) else None


def output_nodes(function: Function) -> list[Function]:
    """The nodes of a function's outputs: itself, or for one of several outputs fresh stand-ins.

    Stand-ins hold no state, so any two for the same output are as good as one.
    """
    if not hasattr(function, "outputs_like"):
        return [function]
    collector = _Collector(function)
    return [_Output(collector, i, like[0]) for i, like in enumerate(function.outputs_like)]


def with_variables(node: Function) -> Function:
    """A copy of the node for a ``create_graph=True`` pass: what it saved, as Variables."""
    twin = _copy(node)
    if isinstance(node, _Collector):
        twin.function = with_variables(node.function)  # type: ignore[attr-defined]
        return twin
    saves = range(len(node.edges)) if node.saves is None else node.saves
    nodes = (*node.edges, *reversed(output_nodes(node)))  # so that nodes[OUTPUT] is the output's
    twin.saved = tuple(
        value if value is None or value.__class__ in _NUMBERS else result(value, nodes[i])
        for i, value in zip(saves, node.saved, strict=True)
    )
    return twin


def sum_to_shape(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` over the axes along which an operand of `shape` was broadcast."""
    if g.shape == shape:
        return g
    added = g.ndim - len(shape)
    axes = tuple(i for i in range(g.ndim) if i < added or (shape[i - added] == 1 != g.shape[i]))
    return g.sum(axis=axes, keepdims=True).reshape(shape)


def as_operand(x: Any, where: Function | str) -> Any:
    """`x` as something NumPy calculates with; Python numbers stay what they are."""
    if x.__class__ in _NUMBERS:
        return x
    if isinstance(x, (np.ndarray, np.generic)):
        array: Any = x
    else:
        try:
            array = np.asarray(x)
        except PyGradError:
            raise
        except ValueError as error:
            raise ShapeError(f"{describe(where)}: the rows of a list differ in length: {error}") from error
    if array.dtype.kind not in "biufc":
        shown = repr(x)
        shown = shown if len(shown) < 60 else shown[:57] + "..."
        raise DtypeError(
            f"{describe(where)}: expected numbers, got {shown} (dtype {array.dtype}); "
            f"convert it to numbers first"
        )
    return array


def describe(where: Function | str | Callable[..., Any]) -> str:
    """How an error names the place it comes from: the public name of a function."""
    if isinstance(where, str):
        return where
    name = type(where).__name__
    # built-in functions are known to users by their lower-case name: SoftmaxCrossEntropy
    if type(where).requires is None:  # type: ignore[union-attr]
        return name
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def _checked(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A user's rule, refusing to return what cannot be the inputs' gradients."""

    @functools.wraps(backward)
    def checked(self: Function, *gys: Any) -> Any:
        gxs = backward(self, *gys)
        if gxs.__class__ is not tuple:
            gxs = (gxs,)
        name, edges = type(self).__name__, self.edges
        if len(gxs) != len(edges):
            raise GraphError(
                f"{name}.backward returned {len(gxs)} gradients for {len(edges)} inputs; it must "
                f"return one for each, None for an input that has none"
            )
        for i, (parent, gx) in enumerate(zip(edges, gxs, strict=True)):
            if parent is None or gx is None:
                continue
            if not hasattr(gx, "dtype"):
                raise DtypeError(
                    f"{name}.backward returned a {type(gx).__name__} as the gradient of input {i}; "
                    f"it must return an array"
                )
            if gx.shape != parent.shape:
                raise ShapeError(
                    f"{name}.backward returned a gradient of shape {gx.shape} for input {i} of "
                    f"shape {parent.shape}; they must be equal"
                )
        return gxs

    return checked


def _as_result(y: Any, function: Function) -> Any:
    if isinstance(y, (np.ndarray, np.generic)):
        return y
    if isinstance(y, binding.Variable):
        raise DtypeError(
            f"{type(function).__name__}.forward returned a Variable; forward takes plain arrays and "
            f"must return plain arrays"
        )
    return np.asarray(y)


def _unkept(node: Node | None) -> Any:
    """A Variable without a value; reading it raises (see `Variable.__getattr__`)."""
    variable = _new(binding.Variable)
    variable._node = node
    return variable


def _copy(node: Function, without: tuple[str, ...] = ()) -> Function:
    twin: Function = _new(node.__class__)
    for slot in node._slots:
        if slot not in without and hasattr(node, slot):
            setattr(twin, slot, getattr(node, slot))
    if hasattr(node, "__dict__"):
        twin.__dict__.update(node.__dict__)
    return twin

