"""L-BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ArgumentError
from pygrad.nn.optim import saving
from pygrad.nn.optim.line_search import Point, strong_wolfe
from pygrad.nn.optim.optimizer import Optimizer, checked_number, evaluated

__all__ = ["LBFGS"]

L = TypeVar("L")


class LBFGS(Optimizer):
    """L-BFGS: Newton's method, with the curvature guessed from the last gradients.

    One call of `step` takes up to `max_iter` steps, and calls the closure for each. It is meant
    for whole batches, where the loss is the same function each time.

    Parameters
    ----------
    params : iterable of Parameter or Variable
        As ``model.params()``, all in one group.
    lr : float
        The length of a step, or where the line search looks first.
    max_iter : int
        How many steps there are in a call of `step`.
    max_eval : int, optional
        How many evaluations of the closure; by default 5/4 of `max_iter`.
    tolerance_grad : float
        It ends where no value of the gradient is larger.
    tolerance_change : float
        It ends where neither the loss nor any parameter changes by more.
    history_size : int
        How many steps are remembered; each takes twice the memory of the parameters.
    line_search_fn : {"strong_wolfe"}, optional
        Without it every step has the length `lr`. With it the loss falls in every step.

    Raises
    ------
    ArgumentError
        If a setting is outside its range, or there are several groups.

    References
    ----------
    Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 7.4 and 7.5.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> x = Variable([-1.0, 2.0])
    >>> optimizer = nn.optim.LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     loss = optimizer.step(closure)
    >>> x.data.round(5)
    array([1., 1.])
    """

    def __init__(
        self,
        params: Iterable[Variable] | Iterable[Mapping[str, Any]],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Literal["strong_wolfe"] | None = None,
    ) -> None:
        super().__init__(params)
        if len(self._parts) != 1:
            raise ArgumentError("LBFGS: there are several groups; it sees all parameters as one")
        self.lr = checked_number(self, "lr", lr)
        self.max_iter = int(checked_number(self, "max_iter", max_iter))
        default = self.max_iter * 5 // 4
        self.max_eval = int(
            checked_number(self, "max_eval", default if max_eval is None else max_eval)
        )
        self.tolerance_grad = checked_number(self, "tolerance_grad", tolerance_grad)
        self.tolerance_change = checked_number(self, "tolerance_change", tolerance_change)
        self.history_size = int(checked_number(self, "history_size", history_size))
        if line_search_fn not in (None, "strong_wolfe"):
            raise ArgumentError(
                f"LBFGS: line_search_fn is {line_search_fn!r}; it must be 'strong_wolfe' or None"
            )
        self.line_search_fn = line_search_fn
        self._memory = _Memory(self.params)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Refused: all parameters are one group.

        Raises
        ------
        ArgumentError
            Always.
        """
        raise ArgumentError("LBFGS: it sees all parameters as one, so there is a single group")

    def step(self, closure: Callable[[], L] | None = None) -> L:
        """Take up to `max_iter` steps; see `Optimizer.step` for the closure, which it must have.

        Returns
        -------
        loss
            What the closure returned first.

        Raises
        ------
        ArgumentError
            If there is no closure.
        """
        if closure is None:
            raise ArgumentError(
                "LBFGS.step: it evaluates the loss several times; give step(closure), a function "
                "that calls zero_grad, computes the loss, calls backward and returns the loss"
            )
        memory, line_search = self._memory, self.line_search_fn is not None
        first = self._evaluate(closure)
        loss, evaluations = _number(first), 1
        memory.evaluations += 1
        g = memory.gradient()
        for i in range(self.max_iter):
            if not i and _largest(g) <= self.tolerance_grad:
                break
            memory.steps += 1
            memory.turn(g, self.history_size)
            d = memory.direction
            t = self.lr
            if memory.steps == 1:
                t *= min(1.0, 1 / float(np.abs(g).sum()))
            before, slope = loss, float(np.vdot(g, d))
            if slope > -self.tolerance_change:
                break
            memory.remember_position()
            last = i + 1 == self.max_iter
            if line_search:
                start = Point(0.0, loss, g, slope)

                def at(t: float) -> Point:
                    memory.move(t)
                    f = _number(self._evaluate(closure))
                    g = memory.gradient()
                    return Point(t, f, g, float(np.vdot(g, memory.direction)))

                found, count = strong_wolfe(
                    at, lambda point: memory.free.append(point.g), t, start,
                    self.tolerance_change / max(_largest(d), 1e-300),
                    self.max_eval - evaluations,
                )  # fmt: skip
                if found is not start:
                    memory.free.append(g)
                loss, g, t = found.f, found.g, found.t
                memory.move(t)
            else:
                memory.move(t)
                count = 0
                if not last:  # nobody asks for the gradient after the last step
                    loss, count = _number(self._evaluate(closure)), 1
                    memory.free.append(g)
                    g = memory.gradient()
            memory.length = t
            evaluations += count
            memory.evaluations += count
            if (
                last
                or evaluations >= self.max_eval
                or _largest(g) <= self.tolerance_grad
                or _largest(d) * abs(t) <= self.tolerance_change
                or abs(loss - before) < self.tolerance_change
            ):
                break
        memory.free.append(g)
        return first

    def weight_dict(self) -> dict[str, Any]:
        groups = saving.weight_dict(self)["groups"]
        return {"groups": groups, "memory": self._memory.arrays()}

    def load_weight_dict(self, weights: Mapping[str, Any]) -> None:
        problems: list[str] = []
        memory = _Memory(self.params)
        given = weights.get("memory") if isinstance(weights, Mapping) else None
        if isinstance(given, Mapping):
            memory.take(given, problems)
        else:
            problems.append("missing: memory")
        saving.refuse(self, problems)
        zeros = {str(i): {"steps": 0} for i in range(len(self.params))}
        saving.load_weight_dict(self, {"groups": weights.get("groups"), "params": zeros})
        self._memory = memory

    def _evaluate(self, closure: Callable[[], L]) -> L:
        loss: Any = evaluated(closure)
        for hook in self._hooks:
            hook(self)
        return loss  # type: ignore[no-any-return]


class _Memory:
    """The last steps, all parameters as one vector; and buffers, which are used again."""

    def __init__(self, params: list[Variable]) -> None:
        self.params = params
        self.size = sum(p.size for p in params)
        self.dtype = np.result_type(*(p.dtype for p in params))
        self.steps = 0
        self.evaluations = 0
        self.length = 0.0
        self.scale = 1.0
        self.moves: list[Any] = []
        self.changes: list[Any] = []  # of the gradient, in each move
        self.inverses: list[float] = []  # one over the product of the two
        self.free: list[Any] = []
        self.direction: Any = None
        self.last: Any = None  # the gradient before the last step
        self._position: Any = None

    def buffer(self) -> Any:
        return self.free.pop() if self.free else np.empty(self.size, self.dtype)

    def gradient(self) -> Any:
        """The gradients of all parameters, zeros where there is none, in a buffer."""
        flat, start = self.buffer(), 0
        for p in self.params:
            part = flat[start : start + p.size].reshape(p.shape)
            part[...] = 0 if p.grad is None else p.grad.data
            start += p.size
        return flat

    def remember_position(self) -> None:
        """Note where the parameters are: `move` counts from here."""
        if self._position is None:
            self._position = self.buffer()
        start = 0
        for p in self.params:
            self._position[start : start + p.size].reshape(p.shape)[...] = p.data
            start += p.size

    def move(self, t: float) -> None:
        """Set the parameters to the position and `t` times the direction from there."""
        there, start = self.buffer(), 0
        np.multiply(self.direction, t, out=there)
        np.add(there, self._position, out=there)
        for p in self.params:
            value = p.data
            value[...] = there[start : start + p.size].reshape(p.shape)
            start += p.size
        self.free.append(there)

    def turn(self, g: Any, history_size: int) -> None:
        """Learn from the last step, and find the next direction from the gradient."""
        if self.direction is None:
            self.direction, self.last = self.buffer(), self.buffer()
        elif history_size:
            self._learn(g, history_size)
        np.copyto(self.last, g)
        d, scratch = self.direction, self.buffer()
        np.negative(g, out=d)
        shares = []
        for s, y, inverse in reversed(
            list(zip(self.moves, self.changes, self.inverses, strict=True))
        ):
            share = float(np.vdot(s, d)) * inverse
            shares.append(share)
            np.multiply(y, share, out=scratch)
            np.subtract(d, scratch, out=d)
        np.multiply(d, self.scale, out=d)
        for s, y, inverse in zip(self.moves, self.changes, self.inverses, strict=True):
            np.multiply(s, shares.pop() - float(np.vdot(y, d)) * inverse, out=scratch)
            np.add(d, scratch, out=d)
        self.free.append(scratch)

    def _learn(self, g: Any, history_size: int) -> None:
        y, s = self.buffer(), self.buffer()
        np.subtract(g, self.last, out=y)
        np.multiply(self.direction, self.length, out=s)
        product = float(np.vdot(y, s))
        if not product > 1e-10:  # no curvature to learn from
            self.free += [y, s]
            return
        while len(self.moves) >= history_size:
            self.free += [self.moves.pop(0), self.changes.pop(0)]
            self.inverses.pop(0)
        self.moves.append(s)
        self.changes.append(y)
        self.inverses.append(1 / product)
        self.scale = product / float(np.vdot(y, y))

    def arrays(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        kept = len(self.moves)
        started = self.direction is not None
        shape = kept, self.size
        return {
            "steps": np.array(self.steps, np.int64),
            "evaluations": np.array(self.evaluations, np.int64),
            "length": np.array(float(self.length)),
            "scale": np.array(float(self.scale)),
            "inverses": np.array(self.inverses, np.float64),
            "moves": np.array(self.moves, self.dtype).reshape(shape),
            "changes": np.array(self.changes, self.dtype).reshape(shape),
            "direction": self.direction.copy() if started else np.empty(0, self.dtype),
            "last": self.last.copy() if started else np.empty(0, self.dtype),
        }

    def take(self, given: Mapping[str, Any], problems: list[str]) -> None:
        """Go on from what `arrays` gave; what does not fit is added to the problems."""
        own = self.arrays()
        problems += [f"missing: memory.{name}" for name in own if name not in given]
        problems += [f"unexpected: memory.{name}" for name in given if name not in own]
        if problems:
            return
        found = {name: np.asarray(given[name]) for name in own}
        kept = len(found["inverses"]) if found["inverses"].ndim == 1 else 0
        started = bool(found["direction"].size)
        vector = (self.size,) if started else (0,)
        shapes = {
            "steps": (), "evaluations": (), "length": (), "scale": (), "inverses": (kept,),
            "moves": (kept, self.size), "changes": (kept, self.size),
            "direction": vector, "last": vector,
        }  # fmt: skip
        for name, shape in shapes.items():
            if found[name].shape != shape:
                problems.append(f"memory.{name}: shape {found[name].shape}, expected {shape}")
        if problems:
            return
        self.steps, self.evaluations = int(found["steps"]), int(found["evaluations"])
        self.length, self.scale = float(found["length"]), float(found["scale"])
        self.inverses = found["inverses"].tolist()
        self.moves = [row.astype(self.dtype) for row in found["moves"]]
        self.changes = [row.astype(self.dtype) for row in found["changes"]]
        if started:
            self.direction = found["direction"].astype(self.dtype)
            self.last = found["last"].astype(self.dtype)


def _number(loss: Any) -> float:
    return math.nan if loss is None else float(loss)


def _largest(x: Any) -> float:
    # of the smallest and the largest value, so that no array of absolute values is made
    return float(max(x.max(), -x.min())) if x.size else 0.0
