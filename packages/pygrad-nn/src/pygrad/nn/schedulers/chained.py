"""Schedules made of schedules: all at once, or one after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pygrad.exceptions import ArgumentError, WeightsError
from pygrad.nn.optim import Optimizer
from pygrad.nn.schedulers.scheduler import Scheduler, whole

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Several(Scheduler):
    """What both kinds have in common: their parts, and the state of those."""

    schedulers: list[Scheduler]

    def weight_dict(self) -> dict[str, Any]:
        parts = {str(i): part.weight_dict() for i, part in enumerate(self.schedulers)}
        return {"last_epoch": np.array(self.last_epoch), "schedulers": parts}

    def load_weight_dict(self, weights: Mapping[str, Any]) -> None:
        where = f"{type(self).__name__}.load_weight_dict"
        given = weights.get("schedulers") if isinstance(weights, Mapping) else None
        names = [str(i) for i in range(len(self.schedulers))]
        if not isinstance(given, Mapping) or sorted(given) != sorted(names):
            raise WeightsError(f"{where}: expected last_epoch and schedulers.{names}")
        last = np.asarray(weights.get("last_epoch", ""))
        if last.shape or last.dtype.kind not in "iu":
            raise WeightsError(f"{where}: last_epoch is {weights.get('last_epoch')!r}")
        before = [part.weight_dict() for part in self.schedulers]
        try:
            for name, part in zip(names, self.schedulers, strict=True):
                part.load_weight_dict(given[name])
        except WeightsError:
            for part, kept in zip(self.schedulers, before, strict=True):
                part.load_weight_dict(kept)
            raise
        self.last_epoch = int(last)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.schedulers))})"


class ChainedScheduler(_Several):
    """Several schedules of one optimizer, which all take a step in each step.

    Parameters
    ----------
    schedulers : sequence of Scheduler
        Such as multiply the learning rate; their factors are multiplied.

    Raises
    ------
    ArgumentError
        If there are none, or they have several optimizers.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> warm_up = nn.schedulers.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> decay = nn.schedulers.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = nn.schedulers.ChainedScheduler([warm_up, decay])
    >>> schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(self, schedulers: Sequence[Scheduler]) -> None:
        self.schedulers = _of_one_optimizer(self, list(schedulers))
        self.optimizer = self.schedulers[0].optimizer
        self.last_epoch = 0

    def step(self) -> None:
        self.last_epoch += 1
        for part in self.schedulers:
            part.step()


class SequentialLR(_Several):
    """Schedules of one optimizer, one after the other: a warm-up, then a decay.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : sequence of Scheduler
    milestones : sequence of int
        In which step each of them takes over from the one before; one less than there are.

    Raises
    ------
    ArgumentError
        If the numbers do not fit, or the schedules have several optimizers.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> warm_up = nn.schedulers.WarmupLR(optimizer, warmup_steps=1)
    >>> decay = nn.schedulers.ExponentialLR(optimizer, gamma=0.1)
    >>> schedule = nn.schedulers.SequentialLR(optimizer, [warm_up, decay], milestones=[1])
    >>> rates = []
    >>> for _ in range(3):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [0.5, 1.0, 0.1]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[Scheduler], milestones: Sequence[int]
    ) -> None:
        self.schedulers = _of_one_optimizer(self, list(schedulers))
        if self.schedulers[0].optimizer is not optimizer:
            raise ArgumentError("SequentialLR: the schedules are those of another optimizer")
        self.milestones = [whole(self, "a milestone", m) for m in milestones]
        if len(self.milestones) != len(self.schedulers) - 1:
            raise ArgumentError(
                f"SequentialLR: there are {len(self.schedulers)} schedules and "
                f"{len(self.milestones)} milestones; there must be one less of these"
            )
        self.optimizer = optimizer
        self.last_epoch = 0
        # making each of them has set the rate; undo that, and let the first one set it again
        self._begin(0)

    def step(self) -> None:
        self.last_epoch += 1
        i = bisect_right(self.milestones, self.last_epoch)
        if i and self.milestones[i - 1] == self.last_epoch:
            self._begin(i)
        else:
            self.schedulers[i].step()

    def _begin(self, i: int) -> None:
        part = self.schedulers[i]
        base = self.schedulers[0].base_lrs
        for group, lr in zip(self.optimizer.param_groups, base, strict=False):
            group["lr"] = lr
        part.base_lrs = list(base)
        part.last_epoch = -1
        part.step()


def _of_one_optimizer(owner: Scheduler, schedulers: list[Scheduler]) -> list[Scheduler]:
    name = type(owner).__name__
    if not schedulers:
        raise ArgumentError(f"{name}: there are no schedules")
    for i, part in enumerate(schedulers):
        if not isinstance(part, Scheduler):
            raise ArgumentError(f"{name}: item {i} is a {type(part).__name__}, not a schedule")
        if part.optimizer is not schedulers[0].optimizer:
            raise ArgumentError(f"{name}: item {i} is a schedule of another optimizer")
    return schedulers
