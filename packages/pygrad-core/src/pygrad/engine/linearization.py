"""Linearization: a function run once, with the graph of that run, ready to be differentiated.

Every transform is made of one. The graph begins at nodes of its own, so that a walk ends there; and
those nodes lead on to the nodes of the caller's Variables, so that what a transform returns can be
differentiated in its turn.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.backward import gradients
from pygrad.engine.checks import as_operand, users_frame
from pygrad.engine.function import Function, next_serial, result
from pygrad.engine.mode import enable_grad, is_recording
from pygrad.engine.ops.joining import stack
from pygrad.engine.trees import leaves_of, map_tree
from pygrad.exceptions import DtypeError, ShapeError

__all__ = ["Input", "Linearization"]

# how many transforms are running a user's function: inside one, a derivative may itself be
# differentiated, through a closure even where no argument shows it
_depth: ContextVar[int] = ContextVar("pygrad_transform_depth", default=0)


class Input(Function):
    """Where the graph of one run begins: the identity, from the caller's Variable if any."""

    __slots__ = ()
    saves = ()
    requires = ""
    begins = True

    def backward(self, gy: Any) -> Any:
        return gy

    @classmethod
    def of(cls, x: Any) -> Any:
        """The Variable for the user's function that stands for `x`."""
        is_variable = isinstance(x, binding.Variable)
        value = x._data if is_variable else np.asarray(as_operand(x, "transform"))[()]
        node = cls()
        node.edges = (x._node if is_variable else None,)
        node.saved = ()
        node.serial = next_serial()
        node.shape = value.shape
        return result(value, node)


class Linearization:
    """A function, run once on some arguments, to be differentiated by those at `positions`.

    Attributes
    ----------
    outputs : list of Variable
        The leaves of what the function returned.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        positions: Iterable[int],
        has_aux: bool = False,
        where: str = "grad",
    ) -> None:
        inside = _depth.get() > 0
        self._nested = inside or (
            is_recording() and any(map(_in_a_graph, leaves_of((args, kwargs))))
        )
        self._where = where
        self._positions = list(positions)
        self._name = getattr(f, "__name__", "the function")
        self._args = [args[p] for p in self._positions]
        self._variables = self._nested or any(
            isinstance(x, binding.Variable) for x in leaves_of(self._args)
        )
        inputs = {p: map_tree(Input.of, args[p]) for p in self._positions}
        # f may assign to the Variables that it is given; their first nodes and values are kept here
        self._inputs = [result(x._data, x._node) for x in leaves_of(list(inputs.values()))]
        given = [inputs.get(i, arg) for i, arg in enumerate(args)]
        _depth.set(_depth.get() + 1)
        try:
            with enable_grad():
                returned = f(*given, **kwargs)
        finally:
            _depth.set(_depth.get() - 1)
        if has_aux:
            self._result, self._aux = self._pair(returned)
        else:
            self._result = returned
        self._has_aux = has_aux
        self.outputs = [self._checked_output(y) for y in leaves_of(self._result)]
        self._warn_of_integers()

    # ------------------------------------------------------------- results

    def value(self) -> Any:
        """What the function returned; with `has_aux` the pair of it."""
        value = map_tree(self._handed_back, self._result)
        if not self._has_aux:
            return value
        return value, map_tree(
            lambda x: self._handed_back(x) if isinstance(x, binding.Variable) else x,
            self._aux,
        )

    def single_output(self) -> list[Any]:
        """The outputs, which must be one Variable with one value, and real."""
        if not self.outputs:
            raise ShapeError(
                f"{self._where}: {self._name} returned {self._result!r}; it must return a single "
                f"number: is its `return` missing?"
            )
        if len(self.outputs) != 1 or self.outputs[0].size != 1:
            shapes = " and ".join(str(y.shape) for y in self.outputs)
            raise ShapeError(
                f"{self._where}: {self._name} returned a result of shape {shapes}; it must "
                f"return a single number, for example its sum()"
            )
        self.refuse_complex_outputs()
        return self.outputs

    def refuse_complex_outputs(self) -> None:
        """Raise if there is a result that has no gradient, since it is complex."""
        if any(y.dtype.kind == "c" for y in self.outputs):
            raise DtypeError(
                f"{self._where}: {self._name} returned a complex number, which has no gradient of "
                f"its own; return something real, for example its abs(), .real or .imag, or say by "
                f"vjp or jvp which direction is meant"
            )

    def pulled_back(self, seeds: Sequence[Any]) -> tuple[Any, ...]:
        """For each chosen argument, the gradient of ``sum(seed * output)``."""
        found = iter(self._gradients(self.outputs, list(map(_conj, seeds)), self._inputs))
        return tuple(
            map_tree(lambda x: self._delivered(_conj(next(found)), x), arg) for arg in self._args
        )

    def pushed_forward(self, tangents: Sequence[Any]) -> Any:
        """The slopes of the outputs where the arguments move along the tangents.

        J t is the derivative of u (J t), that is of (u J) t, by u: so u J is recorded for a u that
        need not have a value, and differentiated in the direction of t.
        """
        u = [Input.of(np.zeros(y.shape, y.dtype)) for y in self.outputs]
        nodes = [x._node for x in self._inputs]
        rows = gradients(self.outputs, u, nodes, create_graph=True)
        moving = [(row, t) for row, t in zip(rows, tangents, strict=True) if row is not None]
        found = iter(
            self._gradients([row for row, _ in moving], [t for _, t in moving], u)
            if moving
            else [None] * len(u)
        )
        return map_tree(lambda y: self._delivered(next(found), y, of_result=True), self._result)

    def jacobians(self, single: bool) -> Any:
        """In the structure of the outputs, for each chosen argument the matrix of all slopes."""
        return map_tree(lambda y: self._jacobian(y, single), self._result)

    # -------------------------------------------------------------- checks

    def checked_seeds(self, v: Any) -> list[Any]:
        """The leaves of `v`, which must fit the outputs."""
        return _fitting(v, self.outputs, self._where, "the vector", "the result")

    def checked_tangents(self, tangents: Any) -> list[Any]:
        """The leaves of the tangents, which must fit the arguments."""
        return _fitting(tangents, self._inputs, self._where, "the tangents", "the primals")

    def _pair(self, returned: Any) -> tuple[Any, Any]:
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise DtypeError(
                f"{self._where}: with has_aux, {self._name} must return a pair: the result, and "
                f"what else it has to say; it returned a {type(returned).__name__}"
            )
        return returned

    def _checked_output(self, y: Any) -> Any:
        if not isinstance(y, binding.Variable):
            raise DtypeError(
                f"{self._where}: {self._name} returned a {type(y).__name__}; it must return a "
                f"Variable, computed from its arguments with operators, pygrad.functions or "
                f"NumPy's own calls"
            )
        return y

    def _warn_of_integers(self) -> None:
        if any(x.dtype.kind in "biu" for x in self._inputs) and any(
            y.dtype.kind in "fc" and y.requires_grad for y in self.outputs
        ):
            warnings.warn(
                f"{self._name} is differentiated by integers and returns floats; its slope is that "
                f"at whole numbers: pass floats if that is not what you mean",
                stacklevel=users_frame(),
            )

    # ------------------------------------------------------------- helpers

    def _gradients(
        self, outputs: Sequence[Any], seeds: Sequence[Any], inputs: list[Any]
    ) -> list[Any]:
        nodes = [x._node for x in inputs]
        return gradients(outputs, seeds, nodes, create_graph=self._nested)

    def _handed_back(self, y: Any) -> Any:
        if self._nested:
            return y
        return result(y._data, None) if self._variables else y._data

    def _delivered(self, g: Any, x: Any, of_result: bool = False) -> Any:
        """A gradient with the shape, dtype and kind of what it belongs to."""
        is_variable = isinstance(x, binding.Variable)
        value = x if is_variable else np.asarray(as_operand(x, self._where))
        if g is None:
            g = np.zeros(value.shape, value.dtype)[()]
        if g.dtype != value.dtype and value.dtype.kind in "fc":
            g = (g.real if value.dtype.kind == "f" and g.dtype.kind == "c" else g).astype(
                value.dtype
            )
        as_variable = is_variable and (self._variables or not of_result)
        if isinstance(g, binding.Variable):
            return g if g.requires_grad or as_variable else g._data
        return result(g, None) if as_variable else g

    def _jacobian(self, y: Any, single: bool) -> Any:
        if y.dtype.kind == "c" and any(x.dtype.kind == "c" for x in self._inputs):
            raise DtypeError(
                f"{self._where}: {self._name} leads from complex to complex numbers, where no "
                f"single matrix has all slopes; take those of its .real and of its .imag, or use "
                f"jvp, vjp or hvp"
            )
        matrices = self._matrices(y, 1)
        if y.dtype.kind == "c":
            parts = zip(matrices, self._matrices(y, -1j), strict=True)
            matrices = [real + imaginary * 1j for real, imaginary in parts]
        shapes = (y.shape + x.shape for x in self._inputs)
        found = (matrix.reshape(shape) for matrix, shape in zip(matrices, shapes, strict=True))
        trees = tuple(map_tree(lambda _: next(found), arg) for arg in self._args)
        return trees[0] if single else trees

    def _matrices(self, y: Any, one: complex) -> list[Any]:
        """For each argument, row by row the gradients of all values of `y`, times `one`."""
        args = list(leaves_of(self._args))
        if self._nested:
            rows = [self._row(y, k, one) for k in range(y.size)]
            columns = ([self._delivered(row[i], arg) for row in rows] for i, arg in enumerate(args))
            return list(map(_stacked, columns, self._inputs))
        # row by row into place: beside the result, one row's memory is all that is needed
        matrices = [
            np.zeros((y.size, *x.shape), x.dtype if x.dtype.kind in "fc" else y.real.dtype)
            for x in self._inputs
        ]
        for k in range(y.size):
            for matrix, g in zip(matrices, self._row(y, k, one), strict=True):
                if g is not None:
                    matrix[k] = g if matrix.dtype.kind == "c" else g.real
        return [self._delivered(m, arg) for m, arg in zip(matrices, args, strict=True)]

    def _row(self, y: Any, k: int, one: complex) -> list[Any]:
        seed = np.zeros(y.size, y.dtype)
        seed[k] = one
        return list(map(_conj, self._gradients([y], [seed.reshape(y.shape)[()]], self._inputs)))


def _conj(g: Any) -> Any:
    """Between the walk's gradients, which are covectors, and the conjugates that users have."""
    return g.conj() if g is not None and g.dtype.kind == "c" else g


def _stacked(rows: list[Any], x: Any) -> Any:
    if not rows:
        return np.zeros((0, *x.shape), x.dtype)
    if any(isinstance(row, binding.Variable) for row in rows):
        return stack(rows)
    return np.stack(rows)


def _fitting(tree: Any, like: Sequence[Any], where: str, what: str, whose: str) -> list[Any]:
    leaves = list(leaves_of(tree))
    if len(leaves) != len(like):
        raise ShapeError(
            f"{where}: {what} consists of {len(leaves)} arrays but {whose} of {len(like)}; they "
            f"must have the same structure"
        )
    seeds = []
    for leaf, x in zip(leaves, like, strict=True):
        seed = leaf if isinstance(leaf, binding.Variable) else as_operand(leaf, where)
        if np.shape(seed) != x.shape:
            raise ShapeError(
                f"{where}: {what} has shape {np.shape(seed)} where {whose} has {x.shape}; they "
                f"must be equal"
            )
        if x.dtype.kind != "c" and np.iscomplexobj(seed):
            raise DtypeError(
                f"{where}: there are complex numbers in {what} where those of {whose} are real "
                f"({x.dtype}); they must be real, too"
            )
        seeds.append(seed if isinstance(seed, binding.Variable) else np.asarray(seed)[()])
    return seeds


def _in_a_graph(x: Any) -> bool:
    return isinstance(x, binding.Variable) and x.requires_grad
