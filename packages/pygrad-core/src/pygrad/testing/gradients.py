"""check_gradients: a function's derivatives beside finite differences, to any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import misshapen
from pygrad.engine.trees import map_tree, with_arrays
from pygrad.exceptions import ArgumentError, GradientError, ShapeError
from pygrad.testing.diagnosis import diagnose
from pygrad.testing.differences import Projected, random_like, values_of
from pygrad.variable import Variable

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["check_gradients"]

_ORDINALS = {1: "first", 2: "second", 3: "third"}


def check_gradients(
    f: Callable[..., Any],
    inputs: Sequence[Any] | Mapping[str, Any] | ArrayLike,
    order: int = 2,
    *,
    rtol: float | None = None,
    step: float | None = None,
    seed: int = 0,
) -> None:
    """Compare the derivatives of `f` with finite differences, along random directions.

    With random weights `u` and a random direction `v`, the slope of ``sum(u * f(x + t v))`` at
    ``t = 0`` must be ``sum(gradient * v)``. The slope comes from a stencil of five points, whose
    error is of the fourth order. For each further order the same is asked of the gradient. Of
    complex numbers the real and the imaginary parts are weighted and moved, each by its own.

    Before that, `f` must give the same value twice and leave its inputs as they are. Inputs of
    float32 or complex64 are checked in double precision first; then the value and the derivatives
    in their own precision must agree with those.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a Variable of any shape, or dicts, lists and tuples of them.
    inputs : sequence, mapping, or array
        The point: the arguments of `f`, or a dict of its keywords, or its only argument. Each is an
        array, a number, a list of numbers, or a dict, list or tuple that holds arrays. Floats and
        complex numbers are moved; integers are handed on as they are. Keep away from kinks, such
        as 0 for `relu`: by more than 0.01.
    order : int
        The highest derivative to check, 1 or more.
    rtol : float, optional
        The error allowed, relative to the size of the slope: by default 1e-6, and a thousand times
        the spacing of numbers in float32.
    step : float, optional
        How far the stencil reaches: by default 1e-3. Give a smaller one where the point is closer
        than that to a kink, or to the end of the domain.
    seed : int
        Of the random directions.

    Raises
    ------
    GradientError
        If a derivative is wrong; the message says which, by how much, and what kind of mistake it
        looks like: a sign, a factor, a conjugate, a transposed array, a missing sum over broadcast
        axes, some of the elements, or a point at which `f` is not differentiable.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> from pygrad.testing import check_gradients
    >>> check_gradients(F.tanh, [[0.5, -1.0]])
    >>> check_gradients(lambda p: F.sqrt(p["x"]) / p["k"], [{"x": 2.0, "k": 3.0}], order=3)
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ArgumentError(f"check_gradients: order is {order!r}; it must be 1 or more")
    rng = np.random.default_rng(seed)
    point = _Point(f, inputs)
    narrow = point.start
    wide = [_widened(x) for x in narrow]
    outputs = _checked_values(point, wide)
    eps = _spacing([*outputs, *wide])
    step = step or max(1e-3, eps**0.2)
    g: Callable[..., Any] = point.call
    for k in range(1, order + 1):
        u = [random_like(y, rng).astype(_narrowest(y, narrow)) for y in outputs]
        at = Projected(g, u)
        name = f"{_ORDINALS.get(k, f'{k}th')} derivative"
        outputs = _compare(at, wide, point.names, rtol or max(1e-6, 1e3 * eps), step, rng, name)
        if any(x is not y for x, y in zip(narrow, wide, strict=True)):
            allowed = rtol or 1e3 * _spacing(narrow)
            if k == 1:
                _agree(
                    values_of(g(*map(Variable, narrow))), at.values(wide), allowed, ["f"], "value"
                )
            _agree(values_of(at.gradient(*narrow)), outputs, allowed, point.names, name)
        g = at.gradient


class _Point:
    """The arguments of a function, taken apart: which arrays move, and how it is called."""

    def __init__(self, f: Callable[..., Any], inputs: Any) -> None:
        self._f = f
        if isinstance(inputs, np.ndarray | np.generic | Variable):
            inputs = [inputs]
        args, kwargs = ((), inputs) if isinstance(inputs, Mapping) else (inputs, {})
        self._tree = (
            tuple(with_arrays(x, "check_gradients") for x in args),
            {name: with_arrays(x, "check_gradients") for name, x in kwargs.items()},
        )
        self.names: list[str] = []
        self.start: list[Any] = []
        for part in self._tree:
            for name, x in _named_leaves(part):
                if x.dtype.kind in "fc":
                    self.names.append(name)
                    self.start.append(x)
        if not self.start:
            raise ArgumentError("check_gradients: there is no input of floats to differentiate by")

    def call(self, *xs: Any) -> Any:
        """The function of the moved arrays alone."""
        given = iter(xs)
        args, kwargs = map_tree(
            lambda x: next(given) if x.dtype.kind in "fc" else Variable(x, requires_grad=False),
            self._tree,
        )
        return self._f(*args, **kwargs)


def _checked_values(point: _Point, xs: list[Any]) -> list[Any]:
    """What the function returns, the same each time, with its inputs left alone."""
    results = []
    for record in (False, True):
        arrays = [x.copy() for x in xs]
        results.append(values_of(point.call(*(Variable(x, requires_grad=record) for x in arrays))))
        for name, x, was in zip(point.names, arrays, xs, strict=True):
            if not np.array_equal(x, was, equal_nan=True):
                raise GradientError(f"value: f changes {name} in place; it must work on a copy")
    for y, again in zip(*results, strict=True):
        if not np.all(np.isfinite(y)):
            raise GradientError(
                "value: f is not finite at this point, so it has no derivative there; "
                "choose another"
            )
        if not np.array_equal(y, again):
            raise GradientError(
                "value: f gives different values at one point, once without a graph and once with; "
                "random numbers must come from a generator that f makes anew, with a seed"
            )
    return results[0]


def _compare(
    at: Projected,
    xs: list[Any],
    names: list[str],
    rtol: float,
    step: float,
    rng: np.random.Generator,
    order: str,
) -> list[Any]:
    """Compare one order at a point, and return the gradients by the rules."""
    try:
        gradients = values_of(at.gradient(*xs))
    except ShapeError as error:
        raise GradientError(f"{order}: {error}") from error
    for i, (x, g) in enumerate(zip(xs, gradients, strict=True)):
        where = f"{order} with respect to {names[i]}"
        if g.shape != x.shape:
            raise GradientError(
                f"{where}: the gradient has shape {g.shape} and the input {x.shape}"
                f"{misshapen(g.shape, x.shape)}"
            )
        v = random_like(x, rng)
        found = float(np.sum((np.conj(g) * v).real))
        expected, size = at.slope(xs, i, v, step)
        allowed = rtol * (abs(expected) + abs(found) + size + 1e-3)
        if not abs(found - expected) <= allowed:  # written so that NaN is refused
            raise GradientError(
                f"{where}: the rule gives a slope of {found:.9g} along a random direction, but "
                f"finite differences give {expected:.9g}{diagnose(at, xs, i, step, rtol)}"
            )
    return gradients


def _agree(narrow: list[Any], wide: list[Any], rtol: float, names: list[str], what: str) -> None:
    """Whether single precision comes to the same as double precision."""
    scale = max((float(np.max(np.abs(y), initial=0)) for y in wide), default=0.0)
    for i, (x, y) in enumerate(zip(narrow, wide, strict=True)):
        wrong = ~(np.abs(x - y) <= rtol * (np.abs(y) + 0.1 * scale + 0.1))
        if np.any(wrong):
            where = f"{what} of f" if what == "value" else f"{what} with respect to {names[i]}"
            raise GradientError(
                f"{where}: in {x.dtype} it is {x[wrong].ravel()[0]:.9g}, but in {y.dtype} "
                f"{y[wrong].ravel()[0]:.9g}; it looks like a loss of precision: a cancellation, an "
                f"overflow, or a constant too small for {x.dtype}"
            )


def _named_leaves(tree: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays in a tree, each with what an error calls it: input 0['W'][1]."""
    if isinstance(tree, dict | list | tuple):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, item in items:
            yield from _named_leaves(item, f"{name}[{key!r}]" if name else f"input {key}")
    elif tree is not None:
        yield name, tree


def _widened(x: Any) -> Any:
    """In double precision; itself if it is."""
    wide = np.complex128 if x.dtype.kind == "c" else np.float64
    return x if x.dtype.itemsize >= np.dtype(wide).itemsize else x.astype(wide)


def _spacing(arrays: Sequence[Any]) -> float:
    """The relative spacing of numbers in the narrowest of the arrays."""
    return max((float(np.finfo(x.dtype).eps) for x in arrays if x.dtype.kind in "fc"), default=0.0)


def _narrowest(y: Any, xs: Sequence[Any]) -> Any:
    """A dtype for weights of `y` that single precision can hold where it is asked for."""
    if _spacing(xs) < 1e-9:
        return np.complex128 if y.dtype.kind == "c" else np.float64
    return np.complex64 if y.dtype.kind == "c" else np.float32
