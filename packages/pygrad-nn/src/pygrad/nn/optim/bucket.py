"""Bucket: parameters that are updated together, and the state that an optimizer keeps for them.

An update is a dozen passes over arrays. For a small array the price is that of the calls, and a
large one has left the cache before the next pass comes. So small parameters share flat buffers,
into which their gradients are gathered; a large one is a bucket of its own, updated where it
stands; and both are worked through in blocks that stay in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad import Variable
from pygrad.engine.function import Leaf
from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    from pygrad.nn.optim.optimizer import Optimizer

__all__ = ["Bucket", "buckets_from", "buckets_of"]

# In values. Adam on a 784-256-128-10 net, float32: blocks of 16k take 0.90 of PyTorch's time, of
# 32k 0.79, of 64k 0.75. Gathering costs a copy, which pays below some 32k.
_BLOCK = 65536
_SMALL = 32768


class _Buffers(NamedTuple):
    """Memory for an update; nothing in it outlives a step."""

    out: Any  # what is to be subtracted: of all parameters if they are gathered, else of one block
    scratch: Any  # one block
    decayed: Any = None  # one block: a gradient with weight decay in it, where it is not gathered
    gathered: Any = None  # the gradients, flat
    parts: Sequence[Any] = ()  # of `gathered`, one in the shape of each parameter
    out_parts: Sequence[Any] = ()  # of `out`


class Bucket:
    """Parameters of one dtype that have had their gradients at the same time, always so far.

    Attributes
    ----------
    params : list of Variable
    steps : int
        How many updates they have had.
    state : dict of str to ndarray
        The optimizer's arrays by name; flat, the parameters one after the other.
    """

    def __init__(self, params: Sequence[Variable]) -> None:
        self.params = list(params)
        self.shapes = [p.shape for p in params]
        self.size = sum(p.size for p in params)
        self.dtype = params[0].dtype
        self.steps = 0
        self.state: dict[str, np.ndarray[Any, Any]] = {}
        self._buffers: _Buffers | None = None
        self._numbers: tuple[float, ...] = ()
        self._arrays: list[np.ndarray[Any, Any]] = []

    def gradients(self) -> list[Any]:
        """The gradients of those parameters that have one."""
        # past the properties `grad` and `data`, which would double the time
        return [
            leaf.grad._data
            for p in self.params
            if isinstance(leaf := p._node, Leaf) and leaf.grad is not None
        ]

    def split(self) -> tuple[Bucket, Bucket]:
        """Two buckets that go on from here: the parameters with a gradient, and those without."""
        has = [p.grad is not None for p in self.params]
        return self._part(has), self._part([not h for h in has])

    def states(
        self, names: Iterable[str], start: Callable[[str], float]
    ) -> list[np.ndarray[Any, Any]]:
        """The arrays of these names; where they are new, `start` says what they begin as."""
        try:
            return list(map(self.state.__getitem__, names))
        except KeyError:
            for name in names:
                if name not in self.state:
                    self.state[name] = np.full(self.size, start(name), self.dtype)
            return self.states(names, start)

    def state_of(self, index: int) -> dict[str, np.ndarray[Any, Any]]:
        """The optimizer's arrays of one parameter, copies in its shape."""
        return {name: self._views(flat)[index].copy() for name, flat in self.state.items()}

    def as_arrays(self, numbers: tuple[float, ...]) -> list[np.ndarray[Any, Any]]:
        """Numbers as 0-d arrays, kept as long as they are the same.

        Against a float32 array a Python number takes twice the time of a 0-d array.
        """
        if numbers != self._numbers:
            self._numbers = numbers
            self._arrays = [np.array(number, self.dtype) for number in numbers]
        return self._arrays

    def update(self, gradients: list[Any], owner: Optimizer) -> None:
        """Subtract what the optimizer's `update` makes of the gradients."""
        self.steps += 1
        # the other arguments of the rule; small networks pay for every line here
        rest: list[Any] = self.states(owner.state_names, owner.start)
        rest += self.as_arrays(owner.numbers(self.steps))
        decay: tuple[Any, Any] = owner.decay()
        added = np.array(decay[0], self.dtype) if decay[0] else None
        shrunk = np.array(decay[1], self.dtype) if decay[1] != 1 else None
        try:
            if self.size >= _SMALL and len(gradients) == 1 and not owner.whole:
                value = self.params[0].data
                if value.flags.c_contiguous:
                    g = gradients[0].reshape(-1)
                    self._update_in_place(value.reshape(-1), g, owner, rest, added, shrunk)
                    return
            self._update_gathered(gradients, owner, rest, added, shrunk)
        except ValueError as error:
            raise self._explained(error, gradients) from error

    def _update_in_place(
        self, value: Any, gradient: Any, owner: Optimizer, rest: list[Any], added: Any, shrunk: Any
    ) -> None:
        if self._buffers is None or (added is not None and self._buffers.decayed is None):
            blocks = np.empty((2 if added is None else 3, min(self.size, _BLOCK)), self.dtype)
            self._buffers = _Buffers(*blocks)
        out, scratch, decayed = self._buffers[:3]
        for start in range(0, self.size, _BLOCK):
            cut = slice(start, start + _BLOCK)
            block, g = value[cut], gradient[cut]
            n = len(block)
            if added is not None:
                np.multiply(block, added, out=decayed[:n])
                g = np.add(decayed[:n], g, out=decayed[:n])
            elif shrunk is not None:
                block *= shrunk
            owner.update(out[:n], g, scratch[:n], *[a[cut] if a.ndim else a for a in rest])
            block -= out[:n]

    def _update_gathered(
        self, gradients: list[Any], owner: Optimizer, rest: list[Any], added: Any, shrunk: Any
    ) -> None:
        if self._buffers is None or self._buffers.gathered is None:
            self._buffers = self._gathering_buffers()
        out, scratch, _, gathered, parts, out_parts = self._buffers
        for part, gradient in zip(parts, gradients, strict=True):
            part[...] = gradient
        if added is not None:
            for p, part in zip(self.params, out_parts, strict=True):
                part[...] = p.data
            np.multiply(out, added, out=out)
            np.add(gathered, out, out=gathered)
        if self.size <= _BLOCK:
            owner.update(out, gathered, scratch, *rest)
        else:
            for start in range(0, self.size, _BLOCK):
                cut = slice(start, start + _BLOCK)
                g = gathered[cut]
                cuts = [a[cut] if a.ndim else a for a in rest]
                owner.update(out[cut], g, scratch[: len(g)], *cuts)
        if owner.whole:
            for p, part, free in zip(self.params, out_parts, parts, strict=True):
                owner.finish(part, p.data, free)
        for p, part in zip(self.params, out_parts, strict=True):
            value = p.data
            if shrunk is not None:
                value *= shrunk
            value -= part

    def _gathering_buffers(self) -> _Buffers:
        gathered, out = np.empty((2, self.size), self.dtype)
        scratch = np.empty(min(self.size, _BLOCK), self.dtype)
        return _Buffers(out, scratch, None, gathered, self._views(gathered), self._views(out))

    def _views(self, flat: Any) -> list[Any]:
        """Parts of a flat array, one in the shape of each parameter."""
        views, start = [], 0
        for shape in self.shapes:
            size = math.prod(shape)
            views.append(flat[start : start + size].reshape(shape))
            start += size
        return views

    def _part(self, chosen: list[bool]) -> Bucket:
        part = Bucket([p for p, c in zip(self.params, chosen, strict=True) if c])
        part.steps = self.steps
        for name, flat in self.state.items():
            views = self._views(flat)
            part.state[name] = np.concatenate(
                [view for view, c in zip(views, chosen, strict=True) if c], axis=None
            )
        return part

    def _explained(self, error: ValueError, gradients: list[Any]) -> Exception:
        for shape, gradient in zip(self.shapes, gradients, strict=True):
            if gradient.shape != shape:
                return ShapeError(
                    f"step: a parameter had shape {shape} when the optimizer was made and has a "
                    f"gradient of shape {gradient.shape} now; make a new optimizer"
                )
        return error

    def __getstate__(self) -> dict[str, Any]:
        # the views among the buffers would be copied as arrays of their own
        return {**self.__dict__, "_buffers": None}


def buckets_of(params: Iterable[Variable]) -> list[Bucket]:
    """The parameters in buckets: each large one alone, the small ones of a dtype together."""
    together: dict[Any, list[Variable]] = {}
    for p in params:
        together.setdefault(p.dtype if p.size < _SMALL else id(p), []).append(p)
    return [Bucket(members) for members in together.values()]


def buckets_from(
    params: Sequence[Variable], steps: Sequence[int], states: Sequence[Mapping[str, Any]]
) -> list[Bucket]:
    """Buckets that go on from the steps and arrays of each parameter, as `state_of` gives them."""
    alike: dict[Any, list[int]] = {}
    for i, (taken, state) in enumerate(zip(steps, states, strict=True)):
        alike.setdefault((taken, *sorted(state)), []).append(i)
    buckets = []
    for places in alike.values():
        by_id = {id(params[i]): i for i in places}
        for bucket in buckets_of([params[i] for i in places]):
            own = [by_id[id(p)] for p in bucket.params]
            bucket.steps = steps[own[0]]
            bucket.state = {
                name: np.concatenate(
                    [np.asarray(states[i][name], bucket.dtype) for i in own], axis=None
                )
                for name in states[own[0]]
            }
            buckets.append(bucket)
    return buckets
