"""Transforms: functions that take a function and give its derivative.

All of them take arguments that are arrays, numbers or Variables, or dicts, lists and tuples of
them. The function is given Variables. What comes back has the arguments' structure: arrays for
arrays, Variables for Variables. Nothing is stored in anybody's `grad`.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from pygrad.engine.checkpointing import run_checkpointed
from pygrad.engine.linearization import Linearization
from pygrad.exceptions import ArgumentError

__all__ = [
    "checkpoint",
    "elementwise_grad",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "value_and_grad",
    "vjp",
]


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn `f` into a function that returns its gradient.

    Parameters
    ----------
    f : callable
        Takes Variables and returns a single number, as a Variable of one value.
    argnums : int or sequence of int
        Which positional arguments to differentiate with respect to.
    has_aux : bool
        Whether `f` returns a pair of that number and something else, which is handed on.

    Returns
    -------
    callable
        It takes what `f` takes, and returns the gradient with respect to the argument, or a tuple
        of them if `argnums` is a sequence; with `has_aux` a pair of that and the something else. An
        argument that `f` ignores has zeros.

    Raises
    ------
    ShapeError
        If `f` returns more than one value.
    DtypeError
        If `f` does not return a Variable, or a complex one: only what is real has a gradient.

    Examples
    --------
    >>> from pygrad import grad
    >>> float(grad(lambda x: x**3)(2.0))
    12.0
    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0
    """
    both = value_and_grad(f, argnums, has_aux=has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, slopes = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Turn `f` into a function that returns its value and its gradient; otherwise as `grad`.

    With `has_aux`, the value is the pair that `f` returns.

    Examples
    --------
    >>> from pygrad import value_and_grad
    >>> value, slope = value_and_grad(lambda x: x * x)(3.0)
    >>> float(value), float(slope)
    (9.0, 6.0)
    """

    _check_callable(f, "grad")

    @functools.wraps(f)
    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        chosen, positions = _chosen(args, argnums, "grad")
        at = Linearization(f, args, kwargs, positions, has_aux)
        (y,) = at.single_output()
        slopes = at.pulled_back([_one_like(y)])
        return at.value(), slopes[0] if chosen else slopes

    return both


@overload
def vjp(
    f: Callable[..., Any], *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]: ...
@overload
def vjp(
    f: Callable[..., Any], *primals: Any, has_aux: Literal[True]
) -> tuple[Any, Callable[[Any], tuple[Any, ...]], Any]: ...
def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """Linearise `f` at the primals: its value, and the product of vectors with its Jacobian.

    Returns
    -------
    value
        ``f(*primals)``.
    pull_back : callable
        Takes a `v` of the structure and shapes of the value and returns, for each of the primals,
        the gradient of ``sum(v * f(*primals))``, in a tuple; where the value is complex, that of
        ``sum(real(conj(v) * f(*primals)))``. It may be called again and again.
    aux
        With `has_aux` alone: `f` returns a pair of the value and something else; this is the else.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import vjp
    >>> value, pull_back = vjp(lambda x: x**2, np.array([1.0, 2.0]))
    >>> value, pull_back(np.array([1.0, 10.0]))
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    _check_callable(f, "vjp")
    at = Linearization(f, primals, {}, range(len(primals)), has_aux, "vjp")

    def pull_back(v: Any) -> tuple[Any, ...]:
        return at.pulled_back(at.checked_seeds(v))

    if has_aux:
        value, aux = at.value()
        return value, pull_back, aux
    return at.value(), pull_back


@overload
def jvp(
    f: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    *,
    has_aux: Literal[False] = False,
) -> tuple[Any, Any]: ...
@overload
def jvp(
    f: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    *,
    has_aux: Literal[True],
) -> tuple[Any, Any, Any]: ...
def jvp(
    f: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    *,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """The value of `f`, and its derivative along a direction, the tangents.

    It is found by differentiating the product with the Jacobian from the left by its vector, so it
    costs about three evaluations of `f`, however many inputs and outputs there are.

    Returns
    -------
    value, slope
        Both of the structure of what `f` returns.
    aux
        With `has_aux` alone: `f` returns a pair of the value and something else; this is the else.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import jvp
    >>> jvp(lambda x: x**2, [np.array([1.0, 2.0])], [np.array([1.0, 10.0])])
    (array([1., 4.]), array([ 2., 40.]))
    """
    _check_callable(f, "jvp")
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple):
        raise ArgumentError(
            "jvp: primals and tangents are the arguments of f in a list or tuple each, even where "
            "there is but one: jvp(f, (x,), (v,))"
        )
    if len(primals) != len(tangents):
        raise ArgumentError(
            f"jvp: there are {len(primals)} primals but {len(tangents)} tangents; each needs one"
        )
    at = Linearization(f, tuple(primals), {}, range(len(primals)), has_aux, "jvp")
    slope = at.pushed_forward(at.checked_tangents(tuple(tangents)))
    if has_aux:
        value, aux = at.value()
        return value, slope, aux
    return at.value(), slope


def jacobian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn `f` into a function that returns its Jacobian, all first derivatives.

    For an output of shape ``m`` and an argument of shape ``n`` it has the shape ``m + n``. With
    `argnums` in a sequence there is a tuple of them, and if `f` returns a tree, a tree of those. It
    is computed row by row, so that beside the result only one row's memory is needed. `has_aux` as
    for `grad`.

    Either side may be complex. A complex function of real numbers has complex slopes; a real
    function of complex numbers has a gradient in each row, as `grad` gives it. From complex to
    complex there is no single matrix, and DtypeError says so.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import jacobian
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    _check_callable(f, "jacobian")

    @functools.wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        chosen, positions = _chosen(args, argnums, "jacobian")
        at = Linearization(f, args, kwargs, positions, has_aux, "jacobian")
        matrices = at.jacobians(single=chosen)
        return (matrices, at.value()[1]) if has_aux else matrices

    return matrix


def hessian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn `f` into a function that returns its Hessian, all second derivatives of a number.

    For an argument of shape ``n`` it has the shape ``n + n``, computed row by row. With `argnums`
    in a sequence there is a tuple of tuples: at ``[i][j]`` the derivatives by the arguments `i` and
    `j`. `has_aux` as for `grad`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums, has_aux=has_aux), argnums, has_aux=has_aux)


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """The product of the Hessian of `f` at `x` with `v`, without the Hessian.

    It costs a few gradients, however large `x` is.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import hvp
    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    at = Linearization(grad(f), (x,), {}, [0], where="hvp")
    return at.pulled_back(at.checked_seeds(v))[0]


def elementwise_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Turn an elementwise `f` into the function of its derivatives, each at its own point.

    Each value of the result must depend on the value at its own place alone: what is computed is
    the gradient of the sum.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import elementwise_grad
    >>> elementwise_grad(np.sin)(np.array([0.0, np.pi]))
    array([ 1., -1.])
    """

    _check_callable(f, "elementwise_grad")

    @functools.wraps(f)
    def slopes(*args: Any, **kwargs: Any) -> Any:
        chosen, positions = _chosen(args, argnums, "elementwise_grad")
        at = Linearization(f, args, kwargs, positions, where="elementwise_grad")
        at.refuse_complex_outputs()
        found = at.pulled_back([_one_like(y) for y in at.outputs])
        return found[0] if chosen else found

    return slopes


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """Turn `f` into a function whose intermediate results are forgotten, and computed again later.

    It saves memory at the price of a second evaluation in each backward pass. The graph has a
    single node for the call, which keeps its arguments alone. Parameters that `f` uses without
    being given them, such as those of a model, have their gradients as well. Random numbers from
    the default generator are the same in both evaluations.

    Examples
    --------
    >>> from pygrad import Variable, checkpoint
    >>> x = Variable(2.0)
    >>> y = checkpoint(lambda x: (x * x) * (x * x))(x)
    >>> y.creator
    <Checkpoint>
    >>> y.backward()
    >>> x.grad
    Variable(32.0)
    """

    _check_callable(f, "checkpoint")

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        return run_checkpointed(f, args, kwargs)

    return checkpointed


def _check_callable(f: Any, where: str) -> None:
    if not callable(f):
        raise ArgumentError(
            f"{where}: expected a function, got a {type(f).__name__}; give the function itself, "
            f"{where}(f), and not what it returns"
        )


def _chosen(
    args: tuple[Any, ...], argnums: int | Sequence[int], where: str
) -> tuple[bool, list[int]]:
    """Whether one argument was chosen by its number, and the numbers, counted from 0."""
    single = hasattr(argnums, "__index__")
    numbers: Any = [argnums] if single else argnums
    try:
        wanted = [operator.index(number) for number in numbers]
    except TypeError:
        raise ArgumentError(
            f"{where}: argnums is {argnums!r}; it must be the number of an argument, or several"
        ) from None
    for number in wanted:
        if not -len(args) <= number < len(args):
            raise ArgumentError(
                f"{where}: argnums names argument {number}, but the function was called with "
                f"{len(args)} positional arguments"
            )
    positions = [number % len(args) for number in wanted]
    if len(set(positions)) < len(positions):
        raise ArgumentError(f"{where}: argnums {argnums!r} names one argument twice")
    return single, positions


def _one_like(y: Any) -> Any:
    return np.ones(y.shape, y.dtype)
