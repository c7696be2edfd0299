"""Function, the node of the graph: what was computed, from which nodes, and its derivative rule.

A node *is* the Function instance. Its edges point to the nodes of its inputs, never to Variables,
and it keeps only the arrays that its rule needs. So the graph has no reference cycles, and goes
away by reference count as soon as the last Variable on it does.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import NUMBERS, as_operand, checked, describe, refused_complex
from pygrad.engine.masking import note_masking
from pygrad.engine.mode import is_recording
from pygrad.engine.numpy_protocols import UFUNCS
from pygrad.exceptions import AxisError, DtypeError, PyGradError, ShapeError

if TYPE_CHECKING:
    from pygrad.variable import Variable

__all__ = [
    "OUTPUT", "Function", "Leaf", "Node", "Unary", "apply", "apply_unary", "creator", "next_serial",
    "output_nodes", "result", "with_variables",
]  # fmt: skip

OUTPUT = -1
"""In `Function.saves`: keep the output for the rule."""

_new = object.__new__
# creation order is a topological order, so the backward walk never sorts
next_serial = itertools.count().__next__


def _picker(saves: tuple[int, ...]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """What picks the saved arrays out of all: made once a class, for every call would be slow."""
    if len(saves) > 1:
        return operator.itemgetter(*saves)
    if saves:
        (i,) = saves
        return staticmethod(lambda arrays: (arrays[i],))
    return staticmethod(lambda arrays: ())


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

    The gradient of x is the gx for which the result changes by ``Re(sum(gx * dx))``. So y = f(x)
    has ``gx = gy * f'(x)``, of complex numbers too.

    Settings are attributes, set in `__init__`. Arrays are never stored by hand.

    Rules for complex numbers have no conjugates: a gradient ``gy`` stands for ``dL = real(sum(gy *
    dy))``, so ``gx = gy * f'(x)`` holds wherever `f` has a complex derivative; a function from
    complex to real numbers takes ``gy.real`` first (docs/complex.md).

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
    # whether it only marks where a graph begins: its output is no view of another Variable
    begins: ClassVar[bool] = False
    _settings: ClassVar[tuple[str, ...]] = ()  # the slots of subclasses
    _pick: ClassVar[Any]  # what picks the saved arrays out of all

    edges: tuple[Any, ...]  # of Node | None; a rule that is asked about an input knows it has one
    saved: tuple[Any, ...]
    serial: int
    shape: tuple[int, ...]
    _grad: Variable | None
    outputs_like: list[tuple[tuple[int, ...], np.dtype[Any]]]  # of several outputs alone

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        bases = (base for base in cls.__mro__ if base is not Function)
        cls._settings = tuple(s for base in bases for s in base.__dict__.get("__slots__", ()))
        cls._pick = _picker(cls.saves or ())
        if ufunc is not None:
            UFUNCS[ufunc] = lambda *inputs: apply(cls(), *inputs)
        if cls.requires is None and "backward" in cls.__dict__:
            # once for the class: the walk has no time to look at what rules return
            cls.backward = checked(cls.__dict__["backward"])  # type: ignore[method-assign]

    def forward(self, *inputs: Any) -> Any:
        """Compute the output from plain arrays."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, *inputs)")

    def backward(self, *gradients: Any) -> Any:
        """Compute the inputs' gradients from the outputs'."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, gy)")

    def __call__(self, *inputs: Any) -> Any:
        """Apply the function to Variables, arrays or numbers, and record it in the graph."""
        if hasattr(self, "edges"):
            self = _uncalled(self)
        return apply(self, *inputs)

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
            for edge, (kept, value) in zip(
                self.edges, map(self._kept, itertools.count()), strict=False
            )
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
            # outputs count from the end, as their numbers do: y[0] is OUTPUT, which is -1
            self.saved = self._pick([*arrays, *y[::-1]])

    def _several(
        self, y: tuple[Any, ...], arrays: list[Any], edges: list[Node | None], tracked: bool
    ) -> tuple[Variable, ...]:
        outputs = tuple([_as_result(array, self) for array in y])
        if not (tracked and (recording := is_recording())):
            return tuple(result(array, None) for array in outputs)
        self._record(tuple(edges), outputs[0].shape, arrays, outputs)
        self.outputs_like = [(array.shape, array.dtype) for array in outputs]
        if recording is not True:
            recording.saw(self, arrays, outputs)
        return tuple(map(result, outputs, output_nodes(self)))

    def _kept(self, position: int) -> tuple[bool, Any]:
        saves = range(len(self.edges)) if self.saves is None else self.saves
        for i, value in zip(saves, self.saved, strict=True):
            if i == position and value is not None:
                return True, value.data if isinstance(value, binding.Variable) else value
        return False, None

    def _constant(self, x: Any) -> Any:
        x = as_operand(x, self)
        return np.asarray(x) if x.__class__ in NUMBERS else x

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
            if "supported for" in str(error) and any(map(np.iscomplexobj, arrays)):
                return refused_complex(name)
        else:
            return error
        return kind(f"{name}: {error}; the inputs have shapes {shapes}; {self.requires}")


class Unary(Function):
    """A function of one array of numbers."""

    __slots__ = ()
    requires = "x must be an array of numbers"

    def __init_subclass__(cls, ufunc: np.ufunc | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if ufunc is not None:
            UFUNCS[ufunc] = lambda x: apply_unary(cls(), x)


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
        if len(arrived.by_output) < len(self.function.outputs_like):
            note_masking()  # an output that nobody used has a gradient of zeros
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


def apply(function: Function, *inputs: Any) -> Any:
    """Call a function object that was never called before: the way all public functions go."""
    Variable = binding.Variable
    arrays: list[Any] = []
    edges: list[Node | None] = []
    tracked = False
    for x in inputs:
        if isinstance(x, Variable):
            node = x._node
            arrays.append(x._data)
            edges.append(node)
            if node is not None:
                tracked = True
        else:
            arrays.append(function._constant(x))
            edges.append(None)
    try:
        y = function.forward(*arrays)
    except Exception as error:
        raise function._explained(error, arrays) from error
    if y.__class__ is tuple:
        return function._several(y, arrays, edges, tracked)
    if y.__class__ is not np.ndarray:
        y = _as_result(y, function)
    variable = _new(Variable)
    variable._data = y
    if tracked and (recording := is_recording()):
        function._record(tuple(edges), y.shape, arrays, (y,))
        variable._node = function
        if recording is not True:
            recording.saw(function, arrays, (y,))
    else:
        variable._node = None
    return variable


def apply_unary(function: Function, x: Any) -> Any:
    """What `apply` does, for a function of one input and one output, in two thirds of the time."""
    if isinstance(x, binding.Variable):
        array, edge = x._data, x._node
    else:
        array, edge = function._constant(x), None
    try:
        y = function.forward(array)
    except Exception as error:
        raise function._explained(error, (array,)) from error
    if y.__class__ is not np.ndarray:
        y = _as_result(y, function)
    variable = _new(binding.Variable)
    variable._data = y
    if edge is not None and (recording := is_recording()):
        function.edges = (edge,)
        function.serial = next_serial()
        function.shape = y.shape
        function.saved = (array,) if function.saves is None else function._pick((array, y))
        variable._node = function
        if recording is not True:
            recording.saw(function, (array,), (y,))
    else:
        variable._node = None
    return variable


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
    twin = _uncalled(node)
    twin.edges, twin.saved, twin.serial, twin.shape = node.edges, (), node.serial, node.shape
    if isinstance(node, _Collector):
        twin.function = with_variables(node.function)  # type: ignore[attr-defined]
        return twin
    outputs = output_nodes(node)
    if outputs[0] is not node:
        twin.outputs_like = node.outputs_like
    if node.saved:
        saves = range(len(node.edges)) if node.saves is None else node.saves
        nodes = (*node.edges, *outputs[::-1])  # so that nodes[OUTPUT] is the output's
        twin.saved = tuple([
            value if value is None or value.__class__ in NUMBERS else result(value, nodes[i])
            for i, value in zip(saves, node.saved, strict=True)
        ])  # fmt: skip
    return twin


def _as_result(y: Any, function: Function) -> Any:
    if isinstance(y, (np.ndarray, np.generic)):
        return y
    if isinstance(y, binding.Variable):
        raise DtypeError(
            f"{type(function).__name__}.forward returned a Variable; forward takes plain arrays "
            f"and must return plain arrays"
        )
    return np.asarray(y)


def _unkept(node: Node | None) -> Any:
    """A Variable without a value; reading it raises."""
    variable = _new(binding.Unkept)
    variable._node = node
    return variable


def _uncalled(node: Function) -> Function:
    """A function with the same settings, that was never called."""
    twin: Function = _new(node.__class__)
    for slot in node._settings:
        if hasattr(node, slot):
            setattr(twin, slot, getattr(node, slot))
    if hasattr(node, "__dict__"):
        twin.__dict__.update(node.__dict__)
    return twin
