"""Schedules that multiply: step by step, at milestones, exponentially, linearly, polynomially."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pygrad.exceptions import ArgumentError
from pygrad.nn.optim import Optimizer
from pygrad.nn.optim.groups import Group
from pygrad.nn.schedulers.scheduler import Scheduler, checked, whole

__all__ = [
    "ConstantLR", "ExponentialLR", "LambdaLR", "LinearLR", "MultiStepLR", "PolynomialLR", "StepLR",
    "WarmupLR",
]  # fmt: skip


class StepLR(Scheduler):
    """Multiply the learning rate by `gamma` every `step_size` steps.

    Raises
    ------
    ArgumentError
        If `step_size` is no whole number of at least 1.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(4):
    ...     schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = whole(self, "step_size", step_size)
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        return lr * self.gamma if step and step % self.step_size == 0 else lr


class MultiStepLR(Scheduler):
    """Multiply the learning rate by `gamma` at each of the `milestones`, which are steps.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for _ in range(4):
    ...     schedule.step()
    >>> optimizer.lr
    0.25
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1) -> None:
        self.milestones = sorted(whole(self, "a milestone", m, 0) for m in milestones)
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        # a milestone that is given twice counts twice
        return lr * self.gamma ** (self.milestones.count(step) if step else 0)


class ExponentialLR(Scheduler):
    """Multiply the learning rate by `gamma` in every step.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(3):
    ...     schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        return lr * self.gamma if step else lr


class LambdaLR(Scheduler):
    """Set the learning rate to that at the start times ``lr_lambda(step)``.

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable, or a list of them
        One for all groups, or one for each.

    Raises
    ------
    ArgumentError
        If there are not as many functions as groups.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.LambdaLR(optimizer, lambda step: 1 / (1 + step))
    >>> schedule.step()
    >>> optimizer.lr
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
    ) -> None:
        n = len(optimizer.param_groups)
        self._functions = [lr_lambda] * n if callable(lr_lambda) else list(lr_lambda)
        if len(self._functions) != n:
            raise ArgumentError(
                f"LambdaLR: there are {len(self._functions)} functions for {n} groups"
            )
        super().__init__(optimizer)

    def set_group(self, group: Group, i: int) -> None:
        group["lr"] = self.base_lrs[i] * self._functions[i](self.last_epoch)


class ConstantLR(Scheduler):
    """Multiply the learning rate by `factor` for the first `total_iters` steps.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.ConstantLR(optimizer, factor=0.25, total_iters=1)
    >>> optimizer.lr
    0.25
    >>> schedule.step()
    >>> optimizer.lr
    1.0
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5) -> None:
        self.factor = checked(self, "factor", factor, 0 < factor <= 1, "within (0, 1]")
        self.total_iters = whole(self, "total_iters", total_iters, 0)
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        if not step:
            return lr * self.factor
        return lr / self.factor if step == self.total_iters else lr


class LinearLR(Scheduler):
    """Go linearly from `start_factor` to `end_factor` times the learning rate, as a warm-up does.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> optimizer.lr
    0.5
    >>> schedule.step()
    >>> optimizer.lr
    0.75
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor = checked(
            self, "start_factor", start_factor, 0 < start_factor <= 1, "within (0, 1]"
        )
        self.end_factor = checked(
            self, "end_factor", end_factor, 0 <= end_factor <= 1, "within [0, 1]"
        )
        self.total_iters = whole(self, "total_iters", total_iters)
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        if not step:
            return lr * self.start_factor
        if step > self.total_iters:
            return lr
        return lr * self._factor(step) / self._factor(step - 1)

    def _factor(self, step: int) -> float:
        share = step / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * share


class WarmupLR(LinearLR):
    """Warm up: let the learning rate grow linearly to its full size over the first steps.

    In step t of `warmup_steps` it is ``(t + 1) / (warmup_steps + 1)`` of it. For a schedule that
    goes on from there see `SequentialLR`.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.WarmupLR(optimizer, warmup_steps=3)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates.append(round(optimizer.lr, 3))
    ...     schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(self, optimizer: Optimizer, warmup_steps: int) -> None:
        steps = whole(self, "warmup_steps", warmup_steps)
        super().__init__(optimizer, 1 / (steps + 1), 1.0, steps)


class PolynomialLR(Scheduler):
    """Let the learning rate fall to 0 over `total_iters` steps: ``(1 - t / total_iters)**power``.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.PolynomialLR(optimizer, total_iters=4, power=2.0)
    >>> schedule.step()
    >>> optimizer.lr
    0.5625
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0) -> None:
        self.total_iters = whole(self, "total_iters", total_iters)
        self.power = power
        super().__init__(optimizer)

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        if not step or step > self.total_iters:
            return lr
        left = (self.total_iters - step) / (self.total_iters - step + 1)
        return float(lr * left**self.power)
