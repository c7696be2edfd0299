"""Schedules that follow a cosine: once, with warm restarts, or in one large cycle."""

from __future__ import annotations

import math
from typing import Any, Literal

from pygrad.exceptions import ArgumentError
from pygrad.nn.optim import Optimizer
from pygrad.nn.optim.groups import Group
from pygrad.nn.schedulers.scheduler import Scheduler, checked, whole

__all__ = ["SWALR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "OneCycleLR"]


class CosineAnnealingLR(Scheduler):
    """Let the learning rate fall to `eta_min` over `T_max` steps, along half a cosine.

    Where it goes on for longer, the rate grows again.

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017,
    equation 5, without the restarts.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.CosineAnnealingLR(optimizer, T_max=4)
    >>> for _ in range(2):
    ...     schedule.step()
    >>> round(optimizer.lr, 6)
    0.5
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = whole(self, "T_max", T_max)
        self.eta_min = eta_min
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        if not step:
            return lr
        before, now = self._height(step - 1), self._height(step)
        if (step - 1 - self.T_max) % (2 * self.T_max) == 0:
            # at the lowest point there is nothing left to multiply
            return lr + (base_lr - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        return now / before * (lr - self.eta_min) + self.eta_min

    def _height(self, step: int) -> float:
        return 1 + math.cos(math.pi * step / self.T_max)


class CosineAnnealingWarmRestarts(Scheduler):
    """Let the learning rate fall along half a cosine again and again, from the start each time.

    Parameters
    ----------
    optimizer : Optimizer
    T_0 : int
        How many steps the first fall takes.
    T_mult : int
        How many times longer each one takes than the one before it.
    eta_min : float
        Where the falls end.

    References
    ----------
    As `CosineAnnealingLR`.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(optimizer.lr, 6))
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0
    ) -> None:
        self.T_0 = whole(self, "T_0", T_0)
        self.T_mult = whole(self, "T_mult", T_mult)
        self.eta_min = eta_min
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        length = self.T_0
        if self.T_mult == 1:
            step %= length
        else:
            while step >= length:
                step -= length
                length *= self.T_mult
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * step / length)) / 2


class SWALR(Scheduler):
    """Go over to the constant learning rate at which weights are averaged (see `AveragedModel`).

    Parameters
    ----------
    optimizer : Optimizer
    swa_lr : float or list of float
        The learning rate to end with, for all groups or for each.
    anneal_epochs : int
        How many steps the way there takes.
    anneal_strategy : {"cos", "linear"}

    Raises
    ------
    ArgumentError
        If a setting is out of range, or there are not as many rates as groups.

    References
    ----------
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.SWALR(optimizer, 0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> schedule.step()
    >>> optimizer.lr
    0.75
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
    ) -> None:
        groups = optimizer.param_groups
        self.swa_lrs = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(groups)
        if len(self.swa_lrs) != len(groups):
            raise ArgumentError(
                f"SWALR: swa_lr has {len(self.swa_lrs)} rates for {len(groups)} groups"
            )
        self.anneal_epochs = whole(self, "anneal_epochs", anneal_epochs, 0)
        self.anneal_strategy = checked(
            self, "anneal_strategy", anneal_strategy, anneal_strategy in ("cos", "linear"),
            "'cos' or 'linear'",
        )  # fmt: skip
        super().__init__(optimizer)

    def set_group(self, group: Group, i: int) -> None:
        share = min(self.last_epoch / self.anneal_epochs, 1.0) if self.anneal_epochs else 1.0
        if self.anneal_strategy == "cos":
            share = (1 - math.cos(math.pi * share)) / 2
        group["lr"] = self.base_lrs[i] + (self.swa_lrs[i] - self.base_lrs[i]) * share


class OneCycleLR(Scheduler):
    """Let the learning rate grow to `max_lr` and fall to nearly 0, and the momentum go against it.

    Call `step` after every batch. It begins with ``max_lr / div_factor`` and ends with
    ``max_lr / div_factor / final_div_factor``.

    Parameters
    ----------
    optimizer : Optimizer
    max_lr : float or list of float
        The highest learning rate, for all groups or for each.
    total_steps : int, optional
        How many steps there are; or give `epochs` and `steps_per_epoch`.
    epochs, steps_per_epoch : int, optional
    pct_start : float
        The share of the steps in which the rate grows.
    anneal_strategy : {"cos", "linear"}
    cycle_momentum : bool
        Whether `momentum`, or `beta_1`, falls while the rate grows.
    base_momentum, max_momentum : float
        Between which.
    div_factor, final_div_factor : float
    three_phase : bool
        Whether it falls in two parts: as it grew, and then to the end.

    Raises
    ------
    ArgumentError
        If the number of steps is not given, or a setting is out of range, or there is no momentum;
        and in `step`, if there are no more steps.

    References
    ----------
    Smith and Topin, "Super-convergence: very fast training of neural networks using large learning
    rates", arXiv:1708.07120.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)])
    >>> schedule = nn.schedulers.OneCycleLR(optimizer, max_lr=1.0, total_steps=11)
    >>> round(optimizer.lr, 4), round(optimizer.momentum, 4)
    (0.04, 0.95)
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ArgumentError("OneCycleLR: give total_steps, or epochs and steps_per_epoch")
            total_steps = whole(self, "epochs", epochs) * whole(
                self, "steps_per_epoch", steps_per_epoch
            )
        self.total_steps = whole(self, "total_steps", total_steps)
        self.pct_start = checked(self, "pct_start", pct_start, 0 <= pct_start <= 1, "within [0, 1]")
        self.anneal_strategy = checked(
            self, "anneal_strategy", anneal_strategy, anneal_strategy in ("cos", "linear"),
            "'cos' or 'linear'",
        )  # fmt: skip
        groups = optimizer.param_groups
        self.max_lrs = list(max_lr) if isinstance(max_lr, (list, tuple)) else [max_lr] * len(groups)
        if len(self.max_lrs) != len(groups):
            raise ArgumentError(
                f"OneCycleLR: max_lr has {len(self.max_lrs)} rates for {len(groups)} groups"
            )
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self._momentum = _name_of_momentum(groups[0]) if cycle_momentum else None
        self._phases = _phases(self.total_steps, pct_start, three_phase)
        super().__init__(optimizer)
        self.base_lrs = [lr / div_factor for lr in self.max_lrs]

    def set_group(self, group: Group, i: int) -> None:
        step = self.last_epoch
        if step > self.total_steps:
            raise ArgumentError(
                f"OneCycleLR: step number {step} of {self.total_steps}; the cycle is over"
            )
        high = self.max_lrs[i]
        first = high / self.div_factor
        rates = {"first": first, "high": high, "last": first / self.final_div_factor}
        momenta = {"first": self.max_momentum, "high": self.base_momentum}
        momenta["last"] = self.max_momentum
        start = 0.0
        for k, (end, a, b) in enumerate(self._phases):
            if step <= end or k == len(self._phases) - 1:
                share = (step - start) / (end - start)
                group["lr"] = self._between(rates[a], rates[b], share)
                if self._momentum is not None:
                    group[self._momentum] = self._between(momenta[a], momenta[b], share)
                return
            start = end

    def _between(self, a: float, b: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return a + (b - a) * share
        return b + (a - b) / 2 * (1 + math.cos(math.pi * share))


def _phases(steps: int, growing: float, three: bool) -> list[tuple[float, str, str]]:
    """Where each part ends, and between which rates it goes."""
    top = float(growing * steps) - 1
    if three:
        return [
            (top, "first", "high"), (2 * growing * steps - 2, "high", "first"),
            (steps - 1, "first", "last"),
        ]  # fmt: skip
    return [(top, "first", "high"), (steps - 1, "high", "last")]


def _name_of_momentum(group: Any) -> str:
    for name in ("beta_1", "momentum"):
        if group.get(name):
            return name
    raise ArgumentError(
        "OneCycleLR: the optimizer has no momentum to cycle; give it one, or cycle_momentum=False"
    )
