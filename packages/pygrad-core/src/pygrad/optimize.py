"""minimize: SciPy's optimizers, given the derivatives of a function or a model.

SciPy works on one flat vector of float64; the arguments of a function are taken apart into one, and
put together again. SciPy is optional: ``pip install 'pygrad-core[scipy]'``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pygrad.engine.linearization import Linearization
from pygrad.engine.mode import no_grad
from pygrad.engine.trees import leaves_of, map_tree, with_arrays
from pygrad.exceptions import ArgumentError, DtypeError, MissingPluginError, ShapeError
from pygrad.transforms import grad, hessian, jacobian
from pygrad.variable import Parameter, Variable

__all__ = ["minimize"]

# what each of SciPy's methods asks for, beside the value; all others ask for the gradient
_NO_GRADIENT = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})
_PRODUCTS = frozenset({"newton-cg", "trust-ncg", "trust-krylov", "trust-constr"})
_HESSIAN = frozenset({"dogleg", "trust-exact"})


def minimize(
    f: Callable[..., Any],
    x0: Any,
    args: Sequence[Any] = (),
    method: str | Callable[..., Any] | None = None,
    *,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Find where a function is smallest, with SciPy's optimizers and PyGrad's derivatives.

    Every method is given what it can use: the gradient, the product of the Hessian with a vector
    ("Newton-CG", "trust-ncg", "trust-krylov", "trust-constr"), or the Hessian ("dogleg",
    "trust-exact"). Everything is computed in float64, and rounded to the dtypes of `x0` at the end.

    Parameters
    ----------
    f : callable
        Takes `x` and `args`, and returns a Variable with a single number. If `x0` consists of
        Parameters it takes `args` alone, and uses the Parameters by itself.
    x0 : tree of array_like, or Parameters
        Where to begin: an array, a number, or dicts, lists and tuples of them. Parameters, such as
        a model's, are trained in place.
    args : sequence
        Further arguments of `f`, handed on as they are.
    method : str or callable, optional
        One of `scipy.optimize.minimize`; by default its choice.
    bounds : optional
        As in SciPy, for the flat vector; or in the structure of `x0`, for each array a pair (low,
        high) for all its values, or a list of pairs. None is no bound; a dict may leave arrays out.
    constraints : optional
        As in SciPy. Their functions are given `x` as `f` is, and return a Variable; their Jacobians
        and Hessians come from PyGrad.
    tol, options : optional
        As in SciPy.
    callback : callable, optional
        As in SciPy, but given `x` in the structure of `x0`.

    Returns
    -------
    scipy.optimize.OptimizeResult
        Its `x` has the structure, shapes and dtypes of `x0`; the rest is SciPy's own.

    Raises
    ------
    MissingPluginError
        If SciPy is not installed.
    DtypeError
        If there are complex numbers: pass their two parts as two arrays.

    Examples
    --------
    >>> from pygrad.optimize import minimize
    >>> start = {"a": 0.0, "b": [3.0, 4.0]}
    >>> found = minimize(lambda p: (p["a"] - 1) ** 2 + p["b"][0] ** 2 + p["b"][1] ** 2, start)
    >>> found.success, found.x["a"].round(4)
    (True, np.float64(1.0))
    """
    try:
        from scipy import optimize
    except ModuleNotFoundError as error:
        raise MissingPluginError(
            "minimize: SciPy is not installed: install it with  pip install 'pygrad-core[scipy]'",
            name="scipy",
        ) from error
    flat = _Flat(x0)
    objective = _Objective(f, flat, tuple(args))
    name = method.lower() if isinstance(method, str) else method
    derivatives: dict[str, Any] = {}
    if name in _HESSIAN:
        derivatives["hess"] = objective.hessian
    elif name in _PRODUCTS or callable(name):
        derivatives["hessp"] = objective.product
    without = name in _NO_GRADIENT
    found = optimize.minimize(
        objective.value if without else objective.value_and_gradient,
        flat.start,
        method=method,
        jac=None if without else True,
        bounds=flat.bounds(bounds, optimize.Bounds),
        constraints=_constraints(constraints, flat, optimize),
        tol=tol,
        callback=_callback(callback, flat, name),
        options=None if options is None else dict(options),
        **derivatives,
    )
    found.x = flat.finished(found.x)
    return found


class _Flat:
    """What is looked for: a tree of arrays or of Parameters, and the vector SciPy has for it."""

    def __init__(self, x0: Any) -> None:
        found = list(leaves_of(x0))
        trained = [x for x in found if isinstance(x, Parameter)]
        if trained and len(trained) < len(found):
            raise ArgumentError(
                "minimize: x0 mixes Parameters with other things; Parameters are trained in place "
                "and are what `f` uses by itself, so they stand alone"
            )
        # a frozen Parameter stays as it is, and a shared one is trained once
        self.parameters = list({id(p): p for p in trained if p.requires_grad}.values())
        self._given = self.parameters if trained else x0
        self._tree = with_arrays(self._given, "minimize")
        self._arrays = list(leaves_of(self._tree))
        if any(x.dtype.kind == "c" for x in self._arrays):
            raise DtypeError(
                "minimize: x0 holds complex numbers; pass the real and the imaginary part as two "
                "arrays, and join them in f with `a + 1j * b`"
            )
        self.start = np.concatenate([np.zeros(0), *(x.ravel() for x in self._arrays)])

    def tree(self, x: Any) -> Any:
        """The vector, an array or a Variable, as the tree that `f` is given."""
        pieces = self._pieces(x)
        return map_tree(lambda _: next(pieces), self._tree)

    def finished(self, x: Any) -> Any:
        """The vector as the caller gave it: Variables for Variables, and everybody's dtype."""
        pieces = self._pieces(x)
        if self.parameters:
            for parameter, piece in zip(self.parameters, pieces, strict=True):
                parameter.data[...] = piece
            return self._given
        return map_tree(
            lambda like: next(pieces).astype(like.dtype if like.dtype.kind == "f" else float)[()],
            self._tree,
        )

    def bounds(self, bounds: Any, whole: type) -> Any:
        """The bounds as SciPy has them, a pair for each value."""
        if bounds is None or isinstance(bounds, whole):
            return bounds
        nested = isinstance(self._tree, dict | list | tuple) and not isinstance(bounds, Mapping)
        if nested and len(bounds) == self.start.size != len(self._tree):
            return bounds
        return list(_bounds(self._tree, bounds, ""))

    def _pieces(self, x: Any) -> Iterator[Any]:
        begin = 0
        for like in self._arrays:
            yield x[begin : begin + like.size].reshape(like.shape)
            begin += like.size


class _Objective:
    """A function of the flat vector, with its derivatives."""

    def __init__(self, f: Callable[..., Any], flat: _Flat, args: tuple[Any, ...]) -> None:
        self._flat = flat
        self._f = _calling(f, flat, args)
        self._slope = grad(self._f)
        self._at: Any = None  # the vector, at which the gradient has been linearised
        self._linearized: Any = None

    def value(self, x: Any) -> float:
        """The value, without a graph."""
        with no_grad():
            y = self._f(map_tree(lambda a: Variable(a, requires_grad=False), self._flat.tree(x)))
        data = np.asarray(y.data if isinstance(y, Variable) else y)
        if data.size != 1:
            raise ShapeError(
                f"minimize: {self._f.__name__} returned a result of shape {data.shape}; it must "
                f"return a single number, for example its sum()"
            )
        if data.dtype.kind == "c":
            raise DtypeError(
                f"minimize: {self._f.__name__} returned a complex number; what is minimised must "
                f"be real, for example abs(y)"
            )
        return float(data.item())

    def value_and_gradient(self, x: Any) -> tuple[float, Any]:
        """The value and the gradient."""
        at = Linearization(self._f, (self._flat.tree(x),), {}, [0], where="minimize")
        (y,) = at.single_output()
        (slopes,) = at.pulled_back([np.ones(y.shape, y.dtype)])
        return float(y.item()), _vector(slopes)

    def product(self, x: Any, v: Any) -> Any:
        """The product of the Hessian with a vector; at one point the graph is made once."""
        if self._at is None or not np.array_equal(x, self._at):
            point = (self._flat.tree(x),)
            self._linearized = Linearization(self._slope, point, {}, [0], where="minimize")
            self._at = x.copy()
        at = self._linearized
        return _vector(at.pulled_back(at.checked_seeds(self._flat.tree(v))))

    def hessian(self, x: Any) -> Any:
        """The whole Hessian."""
        return hessian(lambda x: self._f(self._flat.tree(x)))(x)


def _calling(f: Callable[..., Any], flat: _Flat, args: tuple[Any, ...]) -> Callable[..., Any]:
    """`f` as a function of the tree alone; the Parameters, if any, stand for what is in it."""
    if not flat.parameters:

        def call(tree: Any) -> Any:
            return f(tree, *args)
    else:

        def call(tree: Any) -> Any:
            before = [(p._data, p._node) for p in flat.parameters]
            try:
                for parameter, x in zip(flat.parameters, tree, strict=True):
                    parameter._data, parameter._node = x._data, x._node
                return f(*args)
            finally:
                for parameter, (data, node) in zip(flat.parameters, before, strict=True):
                    parameter._data, parameter._node = data, node

    call.__name__ = getattr(f, "__name__", "the function")
    return call


def _constraints(constraints: Any, flat: _Flat, optimize: Any) -> Any:
    """The constraints, with functions of the flat vector and their derivatives."""
    if isinstance(constraints, Mapping):
        return _constraint_dict(constraints, flat)
    if isinstance(constraints, optimize.NonlinearConstraint):
        value, slopes, function = _constraint(constraints.fun, flat, ())
        return optimize.NonlinearConstraint(
            value,
            constraints.lb,
            constraints.ub,
            jac=slopes,
            hess=lambda x, v: hessian(lambda x: (function(x) * v).sum())(x),
            keep_feasible=constraints.keep_feasible,
        )
    if isinstance(constraints, list | tuple):
        return [_constraints(c, flat, optimize) for c in constraints]
    return constraints


def _constraint_dict(constraint: Mapping[str, Any], flat: _Flat) -> dict[str, Any]:
    args = tuple(constraint.get("args", ()))
    value, slopes, _ = _constraint(constraint["fun"], flat, args)
    return {"type": constraint["type"], "fun": value, "jac": slopes}


def _constraint(fun: Callable[..., Any], flat: _Flat, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """A constraint's value and its Jacobian at a vector, and the function of Variables."""
    call = _calling(fun, flat, args)

    def function(x: Any) -> Any:
        return call(flat.tree(x)).reshape(-1)

    def value(x: Any) -> Any:
        with no_grad():
            return function(Variable(x, requires_grad=False)).data

    return value, jacobian(function), function


def _callback(callback: Callable[..., Any] | None, flat: _Flat, method: Any) -> Any:
    """The user's callback, given `x` in the structure of `x0`; SciPy looks at its signature."""
    if callback is None:
        return None
    if set(inspect.signature(callback).parameters) == {"intermediate_result"}:

        def with_result(intermediate_result: Any) -> Any:
            shown = {**intermediate_result, "x": flat.finished(intermediate_result.x)}
            return callback(intermediate_result=type(intermediate_result)(shown))

        return with_result
    if method == "trust-constr":
        return lambda xk, state: callback(flat.finished(xk), state)
    return lambda xk: callback(flat.finished(xk))


def _bounds(tree: Any, bounds: Any, where: str) -> Iterator[tuple[Any, Any]]:
    """For each value in the tree a pair; `where` says which part of the tree this is."""
    if bounds is None:
        yield from [(None, None)] * sum(x.size for x in leaves_of(tree))
    elif isinstance(tree, dict):
        if not isinstance(bounds, Mapping) or not bounds.keys() <= tree.keys():
            raise _misfit(where, f"a dict with keys among {list(tree)}", bounds)
        for key, item in tree.items():
            yield from _bounds(item, bounds.get(key), f"{where}[{key!r}]")
    elif isinstance(tree, list | tuple):
        if isinstance(bounds, Mapping) or len(bounds) != len(tree):
            raise _misfit(where, f"{len(tree)} items", bounds)
        for i, item in enumerate(tree):
            yield from _bounds(item, bounds[i], f"{where}[{i}]")
    elif tree is not None:
        yield from _bounds_of_an_array(tree, bounds, where)


def _bounds_of_an_array(x: Any, bounds: Any, where: str) -> Iterator[tuple[Any, Any]]:
    if len(bounds) == 2 and not any(isinstance(side, list | tuple) for side in bounds):
        sides = [np.broadcast_to(np.asarray(side, object), x.shape).ravel() for side in bounds]
        yield from zip(*sides, strict=True)
    elif len(bounds) == x.size:
        yield from bounds
    else:
        raise _misfit(where, f"a pair (low, high), or {x.size} pairs", bounds)


def _misfit(where: str, wanted: str, bounds: Any) -> ArgumentError:
    return ArgumentError(f"minimize: bounds{where} must be {wanted}; it is {bounds!r}")


def _vector(tree: Any) -> Any:
    return np.concatenate([np.zeros(0), *(np.ravel(x) for x in leaves_of(tree))])
