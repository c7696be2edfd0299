"""Scheduler, the base of all schedules: a learning rate for each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from pygrad.exceptions import ArgumentError, WeightsError
from pygrad.nn.checks import whole_number
from pygrad.nn.optim import Optimizer
from pygrad.nn.optim.groups import Group

__all__ = ["Scheduler", "checked", "whole"]

T = TypeVar("T")


class Scheduler:
    """The base of schedules: subclass it and write `rate`.

    Making one sets the learning rate of the first step; each call of `step` sets the next one.
    Call it after ``optimizer.step()``, once an epoch or once a batch, as the schedule means it.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate is set, in each of its groups.

    Attributes
    ----------
    last_epoch : int
        How often `step` was called.
    base_lrs : list of float
        The learning rate of each group when the schedule was made.

    Raises
    ------
    ArgumentError
        If `optimizer` is none.

    Examples
    --------
    >>> from pygrad import Variable, nn
    >>> class Halving(nn.schedulers.Scheduler):
    ...     def rate(self, lr, base_lr, step):
    ...         return lr / 2 if step else lr
    >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
    >>> schedule = Halving(optimizer)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     schedule.step()
    >>> optimizer.lr
    0.125
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise ArgumentError(
                f"{type(self).__name__}: expected an optimizer, got a {type(optimizer).__name__}"
            )
        self.optimizer = optimizer
        self.base_lrs: list[float] = [group["lr"] for group in optimizer.param_groups]
        self.last_epoch = -1
        self.step()

    def rate(self, lr: float, base_lr: float, step: int) -> float:
        """The learning rate in step number `step`, which counts from 0.

        `lr` is the present one, and `base_lr` the one that the schedule started from. Changes in
        terms of `lr` let several schedules work on one optimizer.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define rate(self, lr, base_lr, step)"
        )

    def step(self) -> None:
        """Set the next learning rate."""
        self.last_epoch += 1
        for i, group in enumerate(self.optimizer.param_groups[: len(self.base_lrs)]):
            self.set_group(group, i)

    def set_group(self, group: Group, i: int) -> None:
        """Set the learning rate of group number `i`."""
        group["lr"] = self.rate(group["lr"], self.base_lrs[i], self.last_epoch)

    def get_last_lr(self) -> list[float]:
        """The present learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def weight_dict(self) -> dict[str, Any]:
        """What the schedule has to remember, as arrays; the learning rates are the optimizer's.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> optimizer = nn.optim.SGD([Variable(1.0)], lr=1.0)
        >>> nn.schedulers.StepLR(optimizer, 2).weight_dict()
        {'last_epoch': array(0), 'base_lrs': array([1.])}
        """
        return {
            name: np.array(getattr(self, name), kind) for name, kind in self.remembered().items()
        }

    def load_weight_dict(self, weights: Mapping[str, Any]) -> None:
        """Go on from what `weight_dict` of such a schedule gave, or on an error not at all.

        Raises
        ------
        WeightsError
            If a name is missing or unexpected, or an array does not fit.
        """
        where = f"{type(self).__name__}.load_weight_dict"
        own = self.weight_dict()
        if not isinstance(weights, Mapping) or set(weights) != set(own):
            given = sorted(weights) if isinstance(weights, Mapping) else type(weights).__name__
            raise WeightsError(f"{where}: expected {sorted(own)}, got {given}")
        loaded = {}
        for name, array in own.items():
            value = np.asarray(weights[name])
            if value.shape != array.shape or value.dtype.kind not in "iuf":
                raise WeightsError(f"{where}: {name} is {weights[name]!r}, expected {array!r}")
            loaded[name] = value.astype(array.dtype).tolist()
        for name, number in loaded.items():
            setattr(self, name, number)

    def remembered(self) -> dict[str, type]:
        """The attributes that `weight_dict` has, each with its kind of number."""
        return {"last_epoch": int, "base_lrs": float}

    def __repr__(self) -> str:
        hidden = {"optimizer", *self.remembered()}
        shown = [f"{k}={v!r}" for k, v in vars(self).items() if k not in hidden and k[0] != "_"]
        return f"{type(self).__name__}({', '.join(shown)})"


def checked(owner: object, name: str, value: T, condition: bool, must: str) -> T:
    """The value of a setting, if the condition holds."""
    if not condition:
        raise ArgumentError(f"{type(owner).__name__}: {name} is {value!r}; it must be {must}")
    return value


def whole(owner: object, name: str, value: Any, least: int = 1) -> int:
    """The value of a setting that counts steps."""
    return whole_number(type(owner).__name__, name, value, least)
