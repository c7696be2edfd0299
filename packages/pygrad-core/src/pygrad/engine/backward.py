"""The walk from a result back to its leaves, and what is done with the gradients it brings.

The walk visits the nodes in the reverse order of their creation, which is a topological order.
It is a loop: neither the depth of the graph nor its width costs stack. All it keeps is in local
variables, so several threads may walk one graph at once.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.checks import as_operand, describe, users_frame
from pygrad.engine.function import Arrived, Leaf, Node, result, with_variables
from pygrad.engine.guarding import Guarding, any_nan, masked, unguarded
from pygrad.engine.masking import Masks
from pygrad.engine.mode import is_recording, recorder, set_recording
from pygrad.exceptions import GraphError, ShapeError

if TYPE_CHECKING:
    from pygrad.variable import Variable

__all__ = ["backward", "gradients"]

_storing = threading.Lock()


def backward(
    y: Variable, gradient: Any = None, *, retain_grad: bool = False, create_graph: bool = False
) -> None:
    """Store in each leaf the gradient of `y` with respect to it (see `Variable.backward`)."""
    if y._node is None:
        raise GraphError(
            "backward: this Variable was computed from constants or under no_grad, so there is no "
            "graph to walk; make an input with Variable(data) and compute outside no_grad"
        )
    seeds = {y._node: _seed(y, gradient)}
    arrived, borrowed = _walk(seeds, create_graph, retain_grad)
    with _storing:
        for leaf, g in arrived.items():
            if (
                leaf.grad is None
                and g.__class__ is np.ndarray
                and (dtype := g.dtype) is leaf.dtype
                and dtype.kind != "c"
            ):
                leaf.grad = result(g.copy() if leaf in borrowed else g, None)
            else:
                leaf.grad = _for_leaf(leaf, g, leaf in borrowed)


def gradients(
    outputs: Sequence[Variable],
    seeds: Sequence[Any],
    nodes: Sequence[Node],
    *,
    create_graph: bool = False,
) -> list[Any]:
    """The gradients of ``sum(seed * output)`` with respect to nodes; None where it ignores one.

    The walk ends at these nodes, wherever they stand in the graph, and nothing is stored: this is
    what the transforms are made of. Arrays come back, or with `create_graph` Variables.
    """
    roots: dict[Any, Any] = {}
    for y, seed in zip(outputs, seeds, strict=True):
        if y._node is not None:
            roots[y._node] = roots[y._node] + seed if y._node in roots else seed
    ends = {node: roots.pop(node, _NOTHING) for node in nodes}
    if roots:
        arrived, _ = _walk(roots, create_graph, retain_grad=False, ends=ends)
    else:
        arrived = ends
    return [None if arrived[node] is _NOTHING else arrived[node] for node in nodes]


class _Nothing:
    """What has arrived at an end before anything has; the first gradient is copied, and summed."""

    def __add__(self, gx: Any) -> Any:
        return _owned(gx, True)


_NOTHING = _Nothing()


def _walk(
    roots: dict[Any, Any],
    create_graph: bool,
    retain_grad: bool,
    ends: dict[Any, Any] | None = None,
) -> tuple[dict[Any, Any], set[Any]]:
    """What has arrived at the leaves, and at which of them it is somebody else's array.

    Where a branch not taken may have made NaN of a zero, the walk is repeated with care.
    """
    prepare: Any = with_variables if create_graph else None
    watch = recorder()
    masks = Masks()
    try:
        if watch is not True:
            # with care from the first, or it would find what is no anomaly
            return _guarded_walk(roots, create_graph, retain_grad, ends, watch.over(prepare))
        arrived, borrowed = _walk_once(roots, create_graph, retain_grad, ends, prepare)
        if masks:
            if any_nan(arrived.values()):
                arrived, borrowed = _guarded_walk(roots, create_graph, retain_grad, ends, prepare)
            if create_graph:
                arrived = {node: masked(g) for node, g in arrived.items()}
        return arrived, borrowed
    finally:
        masks.close()


def _guarded_walk(
    roots: dict[Any, Any],
    create_graph: bool,
    retain_grad: bool,
    ends: dict[Any, Any] | None,
    prepare: Callable[[Any], Any] | None,
) -> tuple[dict[Any, Any], set[Any]]:
    """The same with gradients for which 0 * inf is 0."""

    def prepared(node: Any) -> Any:
        return Guarding(node if prepare is None else prepare(node))

    arrived, borrowed = _walk_once(roots, create_graph, retain_grad, ends, prepared)
    return {node: unguarded(g) for node, g in arrived.items()}, borrowed


def _walk_once(
    roots: dict[Any, Any],
    create_graph: bool,
    retain_grad: bool,
    ends: dict[Any, Any] | None,
    prepare: Callable[[Any], Any] | None,
) -> tuple[dict[Any, Any], set[Any]]:
    """The walk. `prepare` makes of a node what its rule is called on, if that is not the node.

    The first gradient to reach a node is kept as it is, the second makes a sum that the walk owns,
    and from the third on the walk adds in place. Something has arrived at `ends` before it begins,
    so they are never first reached, never visited, and end the walk as leaves do.
    """
    Variable, ndarray = binding.Variable, np.ndarray
    arrived: dict[Any, Any] = dict(ends) if ends else {}
    owned: set[Any] = set()
    borrowed: set[Any] = set()
    waiting: list[tuple[int, int, Any]] = []  # a heap, the newest first
    for root, seed in roots.items():
        is_variable = isinstance(seed, Variable)
        if is_variable != create_graph:
            seed = seed._data if is_variable else result(seed, None)
        arrived[root] = seed
        if root.edges:
            heappush(waiting, (-root.serial, id(root), root))
        else:
            borrowed.add(root)
    if not waiting:
        return arrived, borrowed
    node: Any = heappop(waiting)[2]
    recording = is_recording()
    set_recording(create_graph and recorder())  # as no_grad and enable_grad do, in less time
    try:
        while True:
            gy = arrived.pop(node)
            if retain_grad:
                node._grad = _retained(gy)
            rule = node if prepare is None else prepare(node)
            try:
                gxs = rule.backward(gy)
            except Exception as error:
                error.add_note(
                    f"raised by {describe(node)}.backward with a gradient of shape {np.shape(gy)}"
                )
                raise
            if gxs.__class__ is not tuple:
                gxs = (gxs,)
            # the newest producer is held here, its siblings wait: a chain never touches the heap
            newest = None
            i = 0  # counted by hand: `zip` and `enumerate` take a tenth of the time of an operation
            for parent in node.edges:
                if parent is not None and (gx := gxs[i]) is not None:
                    if gx.__class__ is Variable and not create_graph:
                        gx = gx._data  # from a rule that calculates with `self.inputs`
                    total = arrived.get(parent)
                    if total is None:
                        arrived[parent] = gx
                        if not parent.edges:
                            if _is_borrowed(gx, gy, gxs, node):
                                borrowed.add(parent)
                        elif newest is None:
                            newest = parent
                        elif newest.serial > parent.serial:
                            heappush(waiting, (-parent.serial, id(parent), parent))
                        else:
                            heappush(waiting, (-newest.serial, id(newest), newest))
                            newest = parent
                    elif parent in owned:
                        try:
                            total += gx
                        except TypeError:  # a gradient of a wider kind: float to an integer sum
                            arrived[parent] = total + gx
                    else:
                        arrived[parent] = total = total + gx
                        if total.__class__ is ndarray and not create_graph:
                            owned.add(parent)
                i += 1  # noqa: SIM113
            if newest is None:
                if not waiting:
                    return arrived, borrowed - owned
                node = heappop(waiting)[2]
            elif waiting and -waiting[0][0] > newest.serial:
                heappush(waiting, (-newest.serial, id(newest), newest))
                node = heappop(waiting)[2]
            else:
                node = newest
    finally:
        set_recording(recording)


def _is_borrowed(gx: Any, gy: Any, gxs: tuple[Any, ...], node: Any) -> bool:
    """Whether `gx` may be an array that somebody else holds as well.

    It is if the rule passed on what it was given or what it saved, or a view of anything, or gave
    one array to two inputs. Reference counts would say it too, but CPython 3.14 elides them.
    """
    array = gx._data if gx.__class__ is binding.Variable else gx
    if array.__class__ is not np.ndarray:
        return False  # a NumPy scalar, which nobody can change
    if gx is gy or array.base is not None:
        return True
    for kept in node.saved:
        if kept is array:
            return True
    twins = 0
    for g in gxs:
        if g is gx:
            twins += 1
    return twins > 1


def _owned(g: Any, borrowed: bool) -> Any:
    """`g` in an array of its own."""
    if not borrowed:
        return g
    if isinstance(g, binding.Variable):
        return result(np.array(g._data), g._node)
    return g.copy() if g.__class__ is np.ndarray else g


def _retained(gy: Any) -> Any:
    """The gradient of an intermediate result, for users: plain, of its own, and conjugated."""
    if isinstance(gy, Arrived):
        return None
    g = _owned(unguarded(gy._data if isinstance(gy, binding.Variable) else gy), True)
    return result(g.conj() if g.dtype.kind == "c" else g, None)


def _for_leaf(leaf: Leaf, g: Any, borrowed: bool) -> Any:
    """The Variable to store: with the leaf's dtype, an array of its own, added to what is there."""
    if g.dtype is not leaf.dtype or leaf.dtype.kind == "c":
        cast = _cast(g, leaf.dtype)
        borrowed = borrowed and (cast is g or g.dtype.kind == "c")  # the real part is a view
        g = cast
    g = _owned(g, borrowed)
    if not isinstance(g, binding.Variable):
        g = result(g, None)
    return g if leaf.grad is None else leaf.grad + g


def _cast(g: Any, dtype: np.dtype[Any]) -> Any:
    """A gradient as users see it: of the leaf's dtype, and conjugated."""
    if g.dtype.kind == "c":
        g = g.conj() if dtype.kind == "c" else g.real
    # an integer leaf has an integer gradient where the arithmetic was integer, else a float one
    if dtype.kind not in "biu" and g.dtype != dtype:
        g = g.astype(dtype)
    return g


def _seed(y: Variable, gradient: Any) -> Any:
    """The gradient that the walk starts with: ones, or what the caller gave."""
    value = y._data
    if gradient is None:
        if value.dtype.kind == "c":
            raise GraphError(
                "backward: a complex result has no gradient of its own; make it real, for example "
                "with abs(), or say which direction is meant: backward(gradient=...)"
            )
        if value.size != 1:
            warnings.warn(
                f"backward: on a result of shape {value.shape} it starts from ones, which gives "
                f"the gradient of the sum; call .sum().backward() or give backward(gradient=...)",
                stacklevel=users_frame(),
            )
        return np.ones(value.shape, value.dtype) if value.ndim else value.dtype.type(1)
    seed = gradient if isinstance(gradient, binding.Variable) else as_operand(gradient, "backward")
    if np.shape(seed) != value.shape:
        raise ShapeError(
            f"backward: gradient has shape {np.shape(seed)} but the result has {value.shape}; "
            f"they must be equal"
        )
    if not isinstance(seed, binding.Variable):
        seed = np.asarray(seed, value.dtype if value.dtype.kind in "fc" else None)[()]
    # inside the walk a gradient is a covector (see engine/function.py): users have its conjugate
    return seed.conj() if seed.dtype.kind == "c" else seed
