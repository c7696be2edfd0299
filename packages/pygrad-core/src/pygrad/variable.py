"""Variable, an array that remembers how it was computed, and Parameter, one that is trained.

Every operator and method stands here with its signature; what they compute and how it is
differentiated stands in `engine/ops/`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import backward as walk
from pygrad.engine import binding
from pygrad.engine.absent import Foreign
from pygrad.engine.checks import as_operand
from pygrad.engine.function import Function, Leaf, Node, creator
from pygrad.engine.mode import is_recording
from pygrad.engine.numpy_protocols import UFUNCS, call_function, plain
from pygrad.engine.ops import (
    arithmetic,
    assignment,
    complex_parts,
    cumulative,
    diagonal,
    dimensions,
    elementwise,
    indexing,
    linalg,
    products,
    reduction,
    repeating,
    rounding,
    shape,
    taking,
    ufunc_methods,
    variance,
)
from pygrad.exceptions import GraphError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis, Mask

__all__ = ["Parameter", "Variable", "as_variable"]

_add = arithmetic.Add.operate
_subtract = arithmetic.Subtract.operate
_multiply = arithmetic.Multiply.operate
_divide = arithmetic.Divide.operate
_floor_divide = arithmetic.FloorDivide.operate
_remainder = arithmetic.Remainder.operate
_power = arithmetic.Power.operate


class Variable(Foreign):
    """An array that remembers how it was computed, so that results can be differentiated.

    Parameters
    ----------
    data : array_like
        Numbers. An ndarray is shared, not copied.
    name : str, optional
        What pictures and messages call it.
    requires_grad : bool
        Whether gradients are computed for it. A constant (False) costs nothing in the graph.

    Raises
    ------
    DtypeError
        If `data` is text, None or other objects.

    Examples
    --------
    >>> from pygrad import Variable
    >>> x = Variable(3)
    >>> y = x * x
    >>> y.backward()
    >>> x.grad
    Variable(6)
    """

    # _data: an ndarray, or for a 0-d result a NumPy scalar, which calculates several times as fast.
    # _node: the graph's node, None for a constant. _name: of a constant; others' nodes have it.
    __slots__ = ("__weakref__", "_data", "_name", "_node")

    _data: Any
    _node: Node | None
    _name: str | None

    def __init__(
        self, data: ArrayLike, name: str | None = None, requires_grad: bool = True
    ) -> None:
        value = as_operand(data._data if isinstance(data, Variable) else data, type(self).__name__)
        if not isinstance(value, (np.ndarray, np.generic)):
            value = np.asarray(value)[()]
        self._data = value
        self._node = None
        if requires_grad:
            self._node = Leaf(value.shape, value.dtype, name)
        elif name is not None:
            self._name = name

    # ---------------------------------------------------------------- value

    @property
    def data(self) -> np.ndarray[Any, Any]:
        """The values, as an ndarray that is shared and may be changed in place."""
        value = self._data
        if value.__class__ is not np.ndarray:
            self._data = value = np.asarray(value)
        return value  # type: ignore[no-any-return]

    @data.setter
    def data(self, value: Any) -> None:
        value = as_operand(value._data if isinstance(value, Variable) else value, "data")
        self._data = value = np.asarray(value)
        if isinstance(self._node, Leaf):
            self._node.shape = value.shape
            self._node.dtype = value.dtype

    def numpy(self) -> np.ndarray[Any, Any]:
        """The values, as an ndarray: the same as `data`."""
        return self.data

    def item(self) -> Any:
        """The single value, as a Python number.

        Examples
        --------
        >>> from pygrad import Variable
        >>> Variable([2.5]).item()
        2.5
        """
        return self._data.item()

    def tolist(self) -> Any:
        """The values as nested lists of Python numbers."""
        return self._data.tolist()

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self._data.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of values."""
        return self._data.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        return self._data.dtype  # type: ignore[no-any-return]

    # ---------------------------------------------------------------- graph

    @property
    def name(self) -> str | None:
        """What pictures and messages call this Variable."""
        return getattr(self, "_name", None) if self._node is None else self._node.name

    @name.setter
    def name(self, name: str | None) -> None:
        if self._node is None:
            self._name = name
        else:
            self._node.name = name

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for it: it is a leaf that wants one, or made from such."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if isinstance(self._node, Function):
            if not wanted:
                raise GraphError(
                    "requires_grad: this Variable was computed from others; x.detach() gives its "
                    "values without the graph"
                )
        elif wanted != self.requires_grad:
            name = self.name
            self._node = Leaf(self.shape, self.dtype, name) if wanted else None
            self.name = name

    @property
    def creator(self) -> Function | None:
        """The function that computed this Variable; None for one that nobody did."""
        return creator(self._node)

    @property
    def grad(self) -> Variable | None:
        """The gradient that `backward` stored, or None."""
        node = self._node
        if node.__class__ is Leaf:
            return node.grad
        gradient: Variable | None = getattr(node, "_grad", None)
        if gradient is not None and self._data.dtype.kind != "c":
            return gradient.real  # as a real leaf has the real part
        return gradient

    @grad.setter
    def grad(self, value: ArrayLike | None) -> None:
        if self._node is None:
            raise GraphError("grad: a constant has no gradient; make it with requires_grad=True")
        gradient = None if value is None else as_variable(value)
        if isinstance(self._node, Leaf):
            self._node.grad = gradient
        else:
            self._node._grad = gradient

    def zero_grad(self) -> None:
        """Forget the gradient: it becomes None, and a graph that it was part of is freed."""
        node = self._node
        if node.__class__ is Leaf:
            node.grad = None
        elif node is not None:
            self.grad = None

    def detach(self) -> Variable:
        """The same values, shared, as a constant."""
        return Variable(self._data, requires_grad=False)

    def backward(
        self,
        gradient: ArrayLike | None = None,
        *,
        retain_grad: bool = False,
        create_graph: bool = False,
    ) -> None:
        """Compute the gradient of this result and add it to `grad` of each leaf it came from.

        A gradient has the dtype of its leaf. An integer leaf has an integer gradient where all
        arithmetic was integer, and a float one otherwise. The graph stays as it is: a second
        `backward` works, and adds.

        Parameters
        ----------
        gradient : array_like, optional
            The gradient of whatever comes after with respect to this result, of the same shape.
            By default ones, with a warning if there is more than one value.
        retain_grad : bool
            Store the gradients of intermediate results in their `grad`, too.
        create_graph : bool
            Record the computation of the gradients, so that they can be differentiated.

        Raises
        ------
        GraphError
            If nothing was recorded.
        ShapeError
            If `gradient` does not have this result's shape.

        Examples
        --------
        >>> from pygrad import Variable
        >>> x = Variable(2.0)
        >>> y = x**3
        >>> y.backward(create_graph=True)
        >>> slope = x.grad
        >>> x.zero_grad()
        >>> slope.backward()
        >>> slope, x.grad
        (Variable(12.0), Variable(12.0))
        """
        walk.backward(self, gradient, retain_grad=retain_grad, create_graph=create_graph)

    # ----------------------------------------------------------- arithmetic

    # not called by methods, which would cost as much as adding two numbers
    __add__ = _add
    __sub__ = _subtract
    __mul__ = _multiply
    __truediv__ = _divide
    __floordiv__ = _floor_divide
    __mod__ = _remainder
    __pow__ = _power

    def __radd__(self, other: ArrayLike) -> Variable:
        return _add(other, self)

    def __rsub__(self, other: ArrayLike) -> Variable:
        return _subtract(other, self)

    def __rmul__(self, other: ArrayLike) -> Variable:
        return _multiply(other, self)

    def __rtruediv__(self, other: ArrayLike) -> Variable:
        return _divide(other, self)

    def __rfloordiv__(self, other: ArrayLike) -> Variable:
        return _floor_divide(other, self)

    def __rmod__(self, other: ArrayLike) -> Variable:
        return _remainder(other, self)

    def __divmod__(self, other: ArrayLike) -> tuple[Variable, Variable]:
        return _floor_divide(self, other), _remainder(self, other)

    def __rdivmod__(self, other: ArrayLike) -> tuple[Variable, Variable]:
        return _floor_divide(other, self), self.__rmod__(other)

    def __rpow__(self, other: ArrayLike) -> Variable:
        return _power(other, self)

    def __matmul__(self, other: ArrayLike) -> Variable:
        return linalg.matmul(self, other)

    def __rmatmul__(self, other: ArrayLike) -> Variable:
        return linalg.matmul(other, self)

    def __neg__(self) -> Variable:
        return arithmetic.negative(self)

    def __pos__(self) -> Variable:
        return arithmetic.positive(self)

    def __abs__(self) -> Variable:
        return elementwise.abs(self)

    # ---------------------------------------------------------- comparisons
    # They give plain arrays of booleans, for there is nothing in them to differentiate.

    def __eq__(self, other: Any) -> Any:
        return self._data == _value(other)

    def __ne__(self, other: Any) -> Any:
        return self._data != _value(other)

    def __lt__(self, other: Any) -> Any:
        return self._data < _value(other)

    def __le__(self, other: Any) -> Any:
        return self._data <= _value(other)

    def __gt__(self, other: Any) -> Any:
        return self._data > _value(other)

    def __ge__(self, other: Any) -> Any:
        return self._data >= _value(other)

    __hash__ = object.__hash__

    # ------------------------------------------------------------ container

    def __getitem__(self, index: Any) -> Variable:
        return indexing.get_item(self, index)

    def __setitem__(self, index: Any, value: ArrayLike) -> None:
        """Assign to a part: gradients flow to the value, and to the part that was not overwritten.

        While a graph is recorded, the Variable becomes an intermediate result; under `no_grad` its
        array is written to in place. What was computed from the Variable before keeps its value and
        its gradient. The array is copied only where somebody else holds it, too.

        Raises
        ------
        GraphError
            If the Variable is a view of another one, or a Parameter, while a graph is recorded.
        DtypeError
            If the value does not fit the dtype, as floats do not fit integers.

        Examples
        --------
        >>> import numpy as np
        >>> from pygrad import Variable
        >>> a = Variable(2.0)
        >>> x = Variable(np.zeros(3), requires_grad=False)
        >>> x[1] = a * a
        >>> (x * x).sum().backward()
        >>> a.grad
        Variable(32.0)
        """
        assignment.set_item(self, index, value)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d Variable")
        return len(self._data)

    def __iter__(self) -> Iterator[Variable]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d Variable")
        return (self[i] for i in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self._data == _value(value)))

    def __bool__(self) -> bool:
        return bool(self._data)

    def __int__(self) -> int:
        return int(self._number())

    def __float__(self) -> float:
        return float(self._number())

    def __complex__(self) -> complex:
        return complex(self._number())

    def __index__(self) -> int:
        return operator.index(self._data)

    def __round__(self, ndigits: int = 0) -> Variable:
        return rounding.round(self, ndigits)

    def _number(self) -> Any:
        if self._node is not None and is_recording():
            from pygrad.engine import refusals

            if refusals.assigned_to_array(2):
                raise GraphError(refusals.loss(2))
        return self._data.item()

    # -------------------------------------------------------------- methods

    @property
    def T(self) -> Variable:
        """The axes in reverse order."""
        return shape.transpose(self)

    @property
    def real(self) -> Variable:
        """The real part; of a real Variable, itself (see `functions.real`)."""
        return complex_parts.real(self)

    @property
    def imag(self) -> Variable:
        """The imaginary part; 0 for a real Variable (see `functions.imag`)."""
        return complex_parts.imag(self)

    def conj(self) -> Variable:
        """The complex conjugate (see `functions.conj`)."""
        return complex_parts.conj(self)

    def conjugate(self) -> Variable:
        """The complex conjugate: NumPy's other name for `conj`."""
        return complex_parts.conj(self)

    @property
    def mT(self) -> Variable:  # noqa: N802  (NumPy's name)
        """The last two axes exchanged (see `functions.matrix_transpose`)."""
        return dimensions.matrix_transpose(self)

    def dot(self, b: ArrayLike) -> Variable:
        """See `pygrad.functions.dot`."""
        return products.dot(self, b)

    def copy(self) -> Variable:
        """The same values in an array of their own, as a part of the graph."""
        return elementwise.copy(self)

    def reshape(self, *lengths: Any, order: str = "C") -> Variable:
        """The same values in another shape: ``x.reshape(2, 3)`` or ``x.reshape((2, 3))``.

        Examples
        --------
        >>> from pygrad import Variable
        >>> Variable([[1, 2], [3, 4]]).reshape(1, 4)
        Variable([[1 2 3 4]])
        """
        return shape.reshape(self, lengths[0] if len(lengths) == 1 else lengths, order)

    def transpose(self, *axes: Any) -> Variable:
        """The axes in another order, or reversed: ``x.transpose(1, 0)``, ``x.transpose()``."""
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return shape.transpose(self, given or None)

    def swapaxes(self, axis1: int, axis2: int) -> Variable:
        """Exchange two axes (see `functions.swapaxes`)."""
        return shape.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: int | tuple[int, ...] | None = None) -> Variable:
        """Remove axes of length 1 (see `functions.squeeze`)."""
        return shape.squeeze(self, axis)

    def ravel(self, order: str = "C") -> Variable:
        """The values along one axis, shared where possible (see `functions.ravel`)."""
        return dimensions.ravel(self, order)

    def flatten(self, order: str = "C") -> Variable:
        """The values along one axis, copied (see `functions.flatten`)."""
        return dimensions.flatten(self, order)

    def repeat(self, repeats: int | Sequence[int], axis: int | None = None) -> Variable:
        """Repeat each value along an axis (see `functions.repeat`)."""
        return repeating.repeat(self, repeats, axis)

    def take(self, indices: ArrayLike, axis: int | None = None, *, mode: str = "raise") -> Variable:
        """The values at places along an axis (see `functions.take`)."""
        return taking.take(self, indices, axis, mode=mode)

    def compress(self, condition: ArrayLike, axis: int | None = None) -> Variable:
        """The slices along an axis for which a condition holds (see `functions.compress`)."""
        return taking.compress(condition, self, axis)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
        """The diagonal of a matrix (see `functions.diagonal`)."""
        return diagonal.diagonal(self, offset, axis1, axis2)

    def trace(
        self,
        offset: int = 0,
        axis1: int = 0,
        axis2: int = 1,
        dtype: npt.DTypeLike | None = None,
    ) -> Variable:
        """The sum of the diagonal of a matrix (see `functions.trace`)."""
        return diagonal.trace(self, offset, axis1, axis2, dtype)

    def sum(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        dtype: npt.DTypeLike | None = None,
        initial: ArrayLike | None = None,
        where: Mask = True,
    ) -> Variable:
        """Sum over an axis, several, or all (see `functions.sum`)."""
        return reduction.sum(self, axis, keepdims, dtype=dtype, initial=initial, where=where)

    def prod(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        dtype: npt.DTypeLike | None = None,
        initial: ArrayLike | None = None,
        where: Mask = True,
    ) -> Variable:
        """Product over an axis, several, or all (see `functions.prod`)."""
        return cumulative.prod(self, axis, keepdims, dtype=dtype, initial=initial, where=where)

    def cumsum(self, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Variable:
        """Running sum along an axis (see `functions.cumsum`)."""
        return cumulative.cumsum(self, axis, dtype)

    def cumprod(self, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Variable:
        """Running product along an axis (see `functions.cumprod`)."""
        return cumulative.cumprod(self, axis, dtype)

    def mean(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        dtype: npt.DTypeLike | None = None,
        where: Mask = True,
    ) -> Variable:
        """Mean over an axis, several, or all (see `functions.mean`)."""
        return reduction.mean(self, axis, keepdims, dtype=dtype, where=where)

    def var(
        self,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        dtype: npt.DTypeLike | None = None,
        where: Mask = True,
    ) -> Variable:
        """Variance over an axis, several, or all (see `functions.var`)."""
        return variance.var(self, axis, ddof, keepdims, dtype=dtype, where=where)

    def std(
        self,
        axis: Axis = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        dtype: npt.DTypeLike | None = None,
        where: Mask = True,
    ) -> Variable:
        """Standard deviation over an axis, several, or all (see `functions.std`)."""
        return variance.std(self, axis, ddof, keepdims, dtype=dtype, where=where)

    def max(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        initial: float | None = None,
        where: Mask = True,
    ) -> Variable:
        """The largest value along an axis, several, or all (see `functions.max`)."""
        return reduction.max(self, axis, keepdims, initial=initial, where=where)

    def min(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        *,
        initial: float | None = None,
        where: Mask = True,
    ) -> Variable:
        """The smallest value along an axis, several, or all (see `functions.min`)."""
        return reduction.min(self, axis, keepdims, initial=initial, where=where)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """The place of the largest value along an axis, or in all, as plain numbers."""
        return np.argmax(self._data, axis, keepdims=keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Any:
        """The place of the smallest value along an axis, or in all, as plain numbers."""
        return np.argmin(self._data, axis, keepdims=keepdims)

    def argsort(self, axis: int | None = -1) -> np.ndarray[Any, Any]:
        """The places of the values in ascending order, stable, as plain numbers."""
        return np.argsort(self._data, axis, kind="stable")

    def nonzero(self) -> tuple[np.ndarray[Any, Any], ...]:
        """The places of the values that are not zero, as plain numbers."""
        return np.nonzero(self.data)

    def searchsorted(self, v: ArrayLike, side: str = "left", sorter: Any = None) -> Any:
        """The places in this sorted Variable where `v` belongs, as plain numbers."""
        return np.searchsorted(self.data, plain(v), side, sorter)  # type: ignore[call-overload]

    def any(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether any value along the axes is not zero, as plain booleans."""
        return np.any(self._data, axis, keepdims=keepdims)

    def all(self, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether no value along the axes is zero, as plain booleans."""
        return np.all(self._data, axis, keepdims=keepdims)

    def clip(
        self,
        a_min: ArrayLike | None = None,
        a_max: ArrayLike | None = None,
        *,
        min: ArrayLike | None = None,
        max: ArrayLike | None = None,
    ) -> Variable:
        """Limit the values to ``[a_min, a_max]`` (see `functions.clip`)."""
        return elementwise.clip(self, a_min, a_max, min=min, max=max)

    def round(self, decimals: int = 0) -> Variable:
        """Round to a number of decimals; its gradient is 0 (see `functions.round`)."""
        return rounding.round(self, decimals)

    def astype(self, dtype: npt.DTypeLike, copy: bool = True) -> Variable:
        """The values in another dtype, always copied (see `functions.astype`)."""
        return elementwise.astype(self, dtype)

    # ------------------------------------------------------------ protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        # the way of `array * variable`: one look-up and nothing else
        if method == "__call__" and not kwargs and ufunc in UFUNCS:
            return UFUNCS[ufunc](*inputs)
        return ufunc_methods.call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        return call_function(func, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if self._node is not None and is_recording():
            from pygrad.engine import refusals

            raise GraphError(refusals.loss(1))
        if copy:
            return np.array(self._data, dtype=dtype)
        return np.asarray(self._data, dtype=dtype)

    def __dlpack__(self, **settings: Any) -> Any:
        if self._node is not None and is_recording():
            raise GraphError(
                "from_dlpack(x): who takes the values cannot see the graph, so the gradients of x "
                "would be lost; pass x.detach() for the values alone"
            )
        return self.data.__dlpack__(**settings)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        return self.data.__dlpack_device__()

    def __repr__(self) -> str:
        prefix, value = type(self).__name__ + "(", self._data
        shown = np.array2string(value, prefix=prefix) if value.ndim else str(value)
        return f"{prefix}{shown})"

    def __format__(self, spec: str) -> str:
        if spec and not self.ndim:
            return format(self.item(), spec)
        try:
            return format(str(self), spec)
        except ValueError as error:
            raise TypeError(
                f"format: {spec!r} is for a single number, and this Variable has shape "
                f"{self.shape}; use np.array2string(x, precision=3), or format x.tolist()"
            ) from error

    def __copy__(self) -> Variable:
        # an array of its own, as of an ndarray
        return type(self)(np.array(self._data), self.name, self.requires_grad)

    def __reduce__(self) -> tuple[Callable[..., Variable], tuple[Any, ...]]:
        # a copy or a pickle has the value; the graph belongs to the original
        return type(self), (self._data, self.name, self.requires_grad)


class Unkept(Variable):
    """A Variable without its value, which no rule needs: reading it raises."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Variable(value not kept)"  # an inspector lists these: it must not fail

    def __getattr__(self, name: str) -> Any:
        if name == "_data":
            raise GraphError(
                "the value of this Variable was not kept: no derivative rule needs it; hold on to "
                "the Variable itself if you need its value"
            )
        raise AttributeError(f"'Variable' object has no attribute {name!r}")


class Parameter(Variable):
    """A Variable that a module owns and an optimizer trains; it keeps the dtype of its data.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Parameter
    >>> Parameter(np.zeros(2, np.float32)).dtype
    dtype('float32')
    """

    __slots__ = ()

    def __setitem__(self, index: Any, value: ArrayLike) -> None:
        """Write to the array in place, under `no_grad` alone."""
        if is_recording():
            raise GraphError(
                "assignment: a Parameter is what is trained, and would no longer be it after an "
                "assignment that is recorded; write `with no_grad():` around it to set its values"
            )
        super().__setitem__(index, value)


def as_variable(x: ArrayLike) -> Variable:
    """`x` itself if it is a Variable, else a constant Variable that shares its values.

    Examples
    --------
    >>> from pygrad import as_variable
    >>> as_variable([1, 2]).requires_grad
    False
    """
    return x if isinstance(x, Variable) else Variable(x, requires_grad=False)


def _value(x: Any) -> Any:
    if isinstance(x, Variable):
        return x._data
    return plain(x) if x.__class__ is list or x.__class__ is tuple else x


# the late binding that lets functions make Variables: see engine/binding.py
binding.Variable, binding.Unkept = Variable, Unkept
