"""ReduceLROnPlateau: a schedule that looks at a measure of success."""

from __future__ import annotations

import math
from typing import Literal

from pygrad.exceptions import ArgumentError
from pygrad.nn.optim import Optimizer
from pygrad.nn.schedulers.scheduler import Scheduler, checked, whole

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(Scheduler):
    """Multiply the learning rate by `factor` where a measure has stopped getting better.

    ``step(loss)`` is given the measure, once an epoch.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether the measure is to be small, as a loss, or large, as an accuracy.
    factor : float
        Below 1.
    patience : int
        After how many steps without progress the rate is reduced in the next one.
    threshold : float
        What counts as progress: that the measure is better than the best by this share of it, or
        by this much.
    threshold_mode : {"rel", "abs"}
    cooldown : int
        For how many steps after a reduction nothing is counted.
    min_lr : float or list of float
        The learning rate does not fall below it, for all groups or for each.
    eps : float
        A reduction by less than this is not made.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = nn.schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (1.0, 0.9, 0.9, 0.9):
    ...     schedule.step(loss)
    >>> optimizer.lr
    0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        self.mode = checked(self, "mode", mode, mode in ("min", "max"), "'min' or 'max'")
        self.factor = checked(self, "factor", factor, 0 <= factor < 1, "within [0, 1)")
        self.patience = whole(self, "patience", patience, 0)
        self.threshold = threshold
        self.threshold_mode = checked(
            self, "threshold_mode", threshold_mode, threshold_mode in ("rel", "abs"),
            "'rel' or 'abs'",
        )  # fmt: skip
        self.cooldown = whole(self, "cooldown", cooldown, 0)
        n = len(optimizer.param_groups)
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * n
        if len(self.min_lrs) != n:
            raise ArgumentError(
                f"ReduceLROnPlateau: min_lr has {len(self.min_lrs)} rates for {n} groups"
            )
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        super().__init__(optimizer)

    def step(self, metrics: float | None = None) -> None:
        """Look at the measure, and reduce the learning rates if it is time.

        Raises
        ------
        ArgumentError
            If no measure is given.
        """
        self.last_epoch += 1
        if metrics is None:
            if self.last_epoch == 0:
                return  # this is the constructor's
            self.last_epoch -= 1
            raise ArgumentError("ReduceLROnPlateau.step: give it the measure: step(loss)")
        value = float(metrics)
        if self._is_better(value):
            self.best = value
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=False):
                reduced = max(group["lr"] * self.factor, least)
                if group["lr"] - reduced > self.eps:
                    group["lr"] = reduced
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0

    def remembered(self) -> dict[str, type]:
        counts = {"num_bad_epochs": int, "cooldown_counter": int}
        return {**super().remembered(), "best": float, **counts}

    def _is_better(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs":
            return sign * value < sign * self.best - self.threshold
        return sign * value < sign * self.best * (1 - sign * self.threshold)
