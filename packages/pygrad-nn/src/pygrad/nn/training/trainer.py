"""Trainer, the training loop for those who do not want to write it."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable, no_grad
from pygrad.exceptions import ArgumentError, TrainingError, WeightsError
from pygrad.nn import metrics as metrics_by_name
from pygrad.nn.checks import whole_number
from pygrad.nn.training.batches import answer, batches_of, count_of, loss_of
from pygrad.nn.training.callbacks import Callback
from pygrad.nn.training.checkpoints import checkpoint_file, load_checkpoint, save_checkpoint
from pygrad.nn.training.history import History
from pygrad.nn.training.interrupts import Interrupts, deferred_interrupts
from pygrad.nn.training.progress import bar, line
from pygrad.nn.training.running import Running
from pygrad.nn.training.steps import advance, clips
from pygrad.nn.training.troubles import not_finite, why_not_finite

if TYPE_CHECKING:
    from pygrad.nn.metrics import Metric
    from pygrad.nn.module import Module

__all__ = ["Trainer"]

_MINUTE = 60.0  # seconds between checkpoints within an epoch, where nothing else is said


class Trainer:
    """A training loop: epochs, measuring, checkpoints, and going on after a break.

    Parameters
    ----------
    model : Module
    loss : callable
        ``loss(model(inputs), targets)`` gives one number, as a function or a loss module does.
    optimizer : Optimizer
    schedule : optional
        Changes the learning rate; its ``step()`` is called after each epoch. One that takes a
        measure, as ReduceLROnPlateau does, is given the validation loss, or else the loss.
    metrics : sequence of Metric or str
        What else is measured, in training and in validation: ``["Accuracy"]``.
    callbacks : sequence of Callback
        Such as `EarlyStopping` and `BestWeights`.
    checkpoint : path, optional
        A file for the state of the run. It is written after each epoch, within long ones once a
        minute, and on Ctrl-C; a later `fit` of the same run goes on from there, to the bit.
    accumulate : int
        How many batches make one update; their gradients are averaged.
    clip_norm, clip_value : float, optional
        Shorten the gradient to this norm, or cut each of its values to this size.
    schedule_each : {"epoch", "step"}
        When the schedule is asked: after each epoch, or after each update.
    checkpoint_every : int, optional
        Write the checkpoint after every so many updates, in place of once a minute.
    progress : bool
        Print a line for each epoch and, on a terminal, show a bar in the meantime (with tqdm, which
        comes with ``pip install 'pygrad-nn[progress]'``).

    Attributes
    ----------
    history : History
        What was measured, a dict an epoch.
    epoch, step : int
        How many whole epochs, and how many updates, there have been.

    Raises
    ------
    ArgumentError
        If a setting is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn, functions as F
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(64, 2))
    >>> batches = [(x, (x[:, 0] > x[:, 1]).astype(int))]
    >>> model = nn.Linear(2, 2, rng=rng)
    >>> optimizer = nn.optim.Adam(model.params(), lr=0.1)
    >>> trainer = nn.Trainer(
    ...     model, F.softmax_cross_entropy, optimizer, metrics=["Accuracy"], progress=False)
    >>> history = trainer.fit(batches, epochs=30)
    >>> history[-1]["accuracy"] > 0.9
    True
    """

    history: History
    epoch: int
    step: int
    stopped: str | None  # why, by a callback
    _batch: int
    _may_load: bool

    def __init__(
        self,
        model: Module,
        loss: Callable[[Any, Any], Variable],
        optimizer: Any,
        schedule: Any = None,
        metrics: Sequence[Metric | str] = (),
        callbacks: Sequence[Callback] = (),
        checkpoint: str | os.PathLike[str] | None = None,
        *,
        accumulate: int = 1,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        schedule_each: str = "epoch",
        checkpoint_every: int | None = None,
        progress: bool = True,
    ) -> None:
        if schedule_each not in ("epoch", "step"):
            raise ArgumentError(
                f"Trainer: schedule_each is {schedule_each!r}; it must be 'epoch' or 'step'"
            )
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.metrics = [metrics_by_name.as_metric(metric) for metric in metrics]
        self.callbacks = list(callbacks)
        self.checkpoint = None if checkpoint is None else checkpoint_file(checkpoint, "Trainer")
        self.accumulate = whole_number("Trainer", "accumulate", accumulate)
        self.schedule_each = schedule_each
        self.checkpoint_every = checkpoint_every and whole_number(
            "Trainer", "checkpoint_every", checkpoint_every
        )
        self.progress = progress
        self._clips = clips(clip_norm, clip_value)
        self._begin()

    def fit(
        self, loader: Iterable[Any], epochs: int, validation: Any = None, resume: bool = True
    ) -> History:
        """Train until there have been so many epochs in all.

        A batch is a pair of inputs and targets; inputs that are a tuple or a dict are several
        arguments of the model. A batch that is one array is its own target.

        Parameters
        ----------
        loader : iterable
            Batches, anew in each loop over it: a `pygrad.data.DataLoader`, or a list.
        epochs : int
            The total: what a checkpoint or an earlier call of `fit` has done counts.
        validation : iterable, optional
            Batches to `evaluate` after each epoch; what comes out is called ``val_...``.
        resume : bool
            Go on from the checkpoint, if there is one, or from an earlier `fit`. False: begin
            again at epoch 1, with the weights as they are.

        Returns
        -------
        History
            What was measured, a dict an epoch.

        Raises
        ------
        TrainingError
            If the loss or a weight is no longer a finite number; it says since when, and why.
        WeightsError
            If the checkpoint is damaged, or of another run.
        KeyboardInterrupt
            On Ctrl-C, once the step is finished and the checkpoint written.
        """
        epochs = whole_number("Trainer", "epochs", epochs)
        if not resume:
            self._begin()
        elif self._may_load and self.checkpoint is not None and os.path.exists(self.checkpoint):
            self._load(loader)
        self._may_load = False
        self.model.train()
        for callback in self.callbacks:
            callback.start(self)
        try:
            with deferred_interrupts() as interrupts:
                while self.epoch < epochs and self.stopped is None:
                    self._train(loader, epochs, interrupts)
                    self._finish_epoch(loader, epochs, validation)
                    self._save(loader)
                    if interrupts.asked:
                        raise KeyboardInterrupt
        except BaseException:
            # the next fit takes the checkpoint, or else begins this epoch anew
            self._may_load = True
            self._batch, self._running = 0, Running(self.metrics)
            raise
        finally:
            for callback in self.callbacks:
                callback.end(self)
        return self.history

    def evaluate(self, loader: Iterable[Any]) -> dict[str, Any]:
        """Measure the loss and the metrics on data, in evaluation mode and without gradients.

        Returns
        -------
        dict
            ``{"loss": ..., "accuracy": ...}``. The loss is the mean over samples.
        """
        modes = [(module, module.training) for module in self.model.modules()]
        running = Running([copy.deepcopy(metric) for metric in self.metrics])
        self.model.eval()
        try:
            with no_grad():
                for batch in batches_of(loader):
                    y, target = answer(self.model, batch)
                    running.add(loss_of(self.loss, y, target), y, target, count_of(y, target))
        finally:
            for module, mode in modes:
                module.training = mode
        return running.result()

    def stop(self, reason: str) -> None:
        """End the training after this epoch; what a callback calls."""
        self.stopped = reason

    def better(self, name: str) -> str:
        """Whether less of a quantity is better or more: ``"min"`` or ``"max"``."""
        own = name.removeprefix("val_")
        return next((m.better for m in self.metrics if m.name == own), "min")

    # ------------------------------------------------------------------ one epoch

    def _train(self, loader: Iterable[Any], epochs: int, interrupts: Interrupts) -> None:
        # a loader that knows its position goes on by itself
        skip = 0 if hasattr(loader, "load_state") else self._batch
        title = f"epoch {self.epoch + 1}/{epochs}"
        with bar(self.progress, title, loader, self._batch) as shown:
            for batch in batches_of(loader, skip):
                self._add_gradient(batch)
                self._batch += 1
                shown.set_postfix_str(f"loss {self._running.loss:.4g}", refresh=False)
                shown.update()
                if self._batch % self.accumulate:
                    continue
                self._update()
                if interrupts.asked or self._is_time_to_save():
                    self._save(loader)
                if interrupts.asked:
                    raise KeyboardInterrupt
        if rest := self._batch % self.accumulate:  # fewer than their gradients were divided by
            for p in self.optimizer.params:
                if p.grad is not None:
                    p.grad = p.grad * (self.accumulate / rest)
            self._update()
        if not self._batch:
            raise ArgumentError("Trainer: the loader gave no batch")

    def _add_gradient(self, batch: Any) -> None:
        y, target = answer(self.model, batch)
        loss = loss_of(self.loss, y, target)
        if not np.isfinite(loss.data):
            raise TrainingError(
                f"Trainer.fit: the loss is {loss.item()} in epoch {self.epoch + 1}, batch "
                f"{self._batch + 1}: {why_not_finite(self.model, batch)}"
            )
        (loss if self.accumulate == 1 else loss / self.accumulate).backward()
        self._running.add(loss, y, target, count_of(y, target))

    def _update(self) -> None:
        for clip in self._clips:
            clip(self.optimizer)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        if self.schedule is not None and self.schedule_each == "step":
            self.schedule.step()
        for callback in self.callbacks:
            callback.step(self)

    def _finish_epoch(self, loader: Iterable[Any], epochs: int, validation: Any) -> None:
        record: dict[str, Any] = {"epoch": self.epoch + 1}
        if hasattr(self.optimizer, "lr"):
            record["lr"] = float(self.optimizer.lr)
        record.update(self._running.result())
        if validation is not None:
            found = self.evaluate(validation)
            record.update({f"val_{name}": value for name, value in found.items()})
        if self.schedule is not None and self.schedule_each == "epoch":
            advance(self.schedule, record)
        self.epoch += 1
        self._batch, self._running = 0, Running(self.metrics)
        self.history.append(record)
        if self.progress:
            print(line(record, epochs), flush=True)
        for callback in self.callbacks:
            callback.epoch(self, record)
        if self.stopped is not None and self.progress:
            print(f"stopped: {self.stopped}", flush=True)

    # ---------------------------------------------------------------- checkpoints

    def _begin(self) -> None:
        self.history = History()
        self.epoch = self.step = self._batch = 0
        self.stopped = None
        self._running = Running(self.metrics)
        self._may_load = True
        self._saved_at = time.monotonic()

    def _is_time_to_save(self) -> bool:
        if self.checkpoint is None:
            return False
        if self.checkpoint_every is not None:
            return self.step % self.checkpoint_every == 0
        return time.monotonic() - self._saved_at > _MINUTE

    def _save(self, loader: Any) -> None:
        if self.checkpoint is None:
            return
        if names := not_finite(self.model):
            raise TrainingError(
                f"Trainer.fit: after step {self.step} these weights are no longer finite numbers: "
                f"{', '.join(names)}; the checkpoint {self.checkpoint!r} is the one before it; use "
                f"a smaller learning rate, or clip_norm"
            )
        save_checkpoint(
            self.checkpoint,
            self.model,
            self.optimizer,
            self.schedule,
            loader if hasattr(loader, "load_state") else None,
            epoch=self.epoch,
            step=self.step,
            batch=self._batch,
            stopped=self.stopped,
            running=self._running.state(),
            history=list(self.history),
            callbacks=[(type(c).__name__, c.state()) for c in self.callbacks],
        )
        self._saved_at = time.monotonic()

    def _load(self, loader: Any) -> None:
        assert self.checkpoint is not None
        extra = load_checkpoint(
            self.checkpoint,
            self.model,
            self.optimizer,
            self.schedule,
            loader if hasattr(loader, "load_state") else None,
        )
        names = [type(callback).__name__ for callback in self.callbacks]
        if not {"epoch", "step", "batch", "running", "history", "callbacks"} <= extra.keys():
            raise WeightsError(
                f"Trainer.fit: the checkpoint {self.checkpoint!r} was not made by a Trainer"
            )
        if names != [name for name, _ in extra["callbacks"]]:
            raise WeightsError(
                f"Trainer.fit: the checkpoint {self.checkpoint!r} is of a run with the callbacks "
                f"{[name for name, _ in extra['callbacks']]}, and this one has {names}"
            )
        self.epoch, self.step, self._batch = extra["epoch"], extra["step"], extra["batch"]
        self.stopped = extra["stopped"]
        self.history = History(extra["history"])
        self._running.load_state(extra["running"])
        for callback, (_, state) in zip(self.callbacks, extra["callbacks"], strict=True):
            callback.load_state(state)
