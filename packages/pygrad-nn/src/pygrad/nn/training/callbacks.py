"""Callbacks: what happens beside the training, such as stopping early or keeping the best."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pygrad.exceptions import ArgumentError, UnknownNameError

if TYPE_CHECKING:
    from pygrad.nn.training.trainer import Trainer

__all__ = ["BestWeights", "Callback", "EarlyStopping"]


class Callback:
    """The base of callbacks: subclass it and write the methods that you need.

    Examples
    --------
    >>> from pygrad import nn
    >>> class Shout(nn.Callback):
    ...     def epoch(self, trainer, record):
    ...         print(f"EPOCH {record['epoch']}!")
    >>> model = nn.Linear(1, 1)
    >>> trainer = nn.Trainer(
    ...     model, lambda y, t: ((y - t) ** 2).mean(), nn.optim.SGD(model.params()),
    ...     callbacks=[Shout()], progress=False)
    >>> history = trainer.fit([([[1.0]], [[2.0]])], epochs=1)
    EPOCH 1!
    """

    def start(self, trainer: Trainer) -> None:
        """Called when `Trainer.fit` begins."""

    def step(self, trainer: Trainer) -> None:
        """Called after each update of the weights; ``trainer.step`` counts them."""

    def epoch(self, trainer: Trainer, record: dict[str, Any]) -> None:
        """Called after each epoch with what was measured; ``trainer.stop(reason)`` ends it all."""

    def end(self, trainer: Trainer) -> None:
        """Called when `Trainer.fit` is over, also by an error or Ctrl-C."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""


class _Monitor(Callback):
    """Watches one quantity and knows its best value so far."""

    def __init__(self, monitor: str, mode: str | None, min_delta: float) -> None:
        if mode not in (None, "min", "max"):
            raise ArgumentError(
                f"{type(self).__name__}: mode is {mode!r}; it must be 'min', 'max', or None for "
                f"what the metric says of itself"
            )
        if not min_delta >= 0:
            raise ArgumentError(
                f"{type(self).__name__}: min_delta is {min_delta!r}; it must be at least 0"
            )
        self.monitor = monitor
        self.mode = mode
        self.min_delta = min_delta
        self.best: float | None = None

    def improved(self, trainer: Trainer, record: Mapping[str, Any]) -> bool:
        """Whether the value is better than all before it by more than `min_delta`."""
        if self.monitor not in record:
            raise UnknownNameError(
                f"{type(self).__name__}: there is no {self.monitor!r}; measured were "
                f"{', '.join(record)}; val_... comes with fit(..., validation=...)"
            )
        value = float(record[self.monitor])
        if math.isnan(value):
            return False
        upwards = (self.mode or trainer.better(self.monitor)) == "max"
        gain = 0.0 if self.best is None else (value - self.best) * (1 if upwards else -1)
        if self.best is None or gain > self.min_delta:
            self.best = value
            return True
        return False

    def state(self) -> dict[str, Any]:
        return {"best": self.best}

    def load_state(self, state: Mapping[str, Any]) -> None:
        self.best = state.get("best")


class EarlyStopping(_Monitor):
    """Stop when a quantity has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        The quantity: ``"val_loss"``, ``"loss"``, or a metric's name, with ``val_`` before it for
        that on the validation data.
    patience : int
        How many epochs without improvement there may be one after the other.
    mode : {None, "min", "max"}
        Whether less is better or more; by default what the metric says.
    min_delta : float
        An improvement by no more than this is none.

    Examples
    --------
    >>> from pygrad import nn
    >>> stopping = nn.EarlyStopping("val_loss", patience=3)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 5,
        mode: str | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not patience >= 1:
            raise ArgumentError(f"EarlyStopping: patience is {patience!r}; it must be at least 1")
        self.patience = patience
        self.waited = 0

    def epoch(self, trainer: Trainer, record: dict[str, Any]) -> None:
        if self.improved(trainer, record):
            self.waited = 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            trainer.stop(f"{self.monitor} has not improved for {self.patience} epochs")

    def state(self) -> dict[str, Any]:
        return {**super().state(), "waited": self.waited}

    def load_state(self, state: Mapping[str, Any]) -> None:
        super().load_state(state)
        self.waited = state.get("waited", 0)


class BestWeights(_Monitor):
    """Save the weights whenever a quantity is better than ever before.

    Parameters
    ----------
    path : str or path
        Where to, as for `Module.save`: ``model.load(path)`` takes them back.
    monitor, mode, min_delta
        As for `EarlyStopping`.

    Examples
    --------
    >>> from pygrad import nn
    >>> best = nn.BestWeights("best.npz", "val_accuracy")
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        monitor: str = "val_loss",
        mode: str | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.path = path

    def epoch(self, trainer: Trainer, record: dict[str, Any]) -> None:
        if self.improved(trainer, record):
            trainer.model.save(self.path)
