"""Running: the loss and the metrics of an epoch, while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable
from pygrad.exceptions import WeightsError

if TYPE_CHECKING:
    from pygrad.nn.metrics import Metric

__all__ = ["Running"]


class Running:
    """Sums over the batches so far. The metrics are reset when it is made."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self.metrics = metrics
        self.total = 0.0
        self.samples = 0
        for metric in metrics:
            metric.reset()

    @property
    def loss(self) -> float:
        """The mean loss of a sample."""
        return self.total / self.samples if self.samples else float("nan")

    def add(self, loss: Variable, y: Any, target: Any, n: int) -> None:
        """Count a batch of `n` samples."""
        self.total += float(loss.data) * n
        self.samples += n
        for metric in self.metrics:
            metric.update(_array(y), _array(target))

    def result(self) -> dict[str, Any]:
        """What comes out, as numbers and lists."""
        found: dict[str, Any] = {"loss": self.loss}
        for metric in self.metrics:
            found[metric.name] = np.asarray(metric.compute()).tolist()
        return found

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        metrics = [(metric.name, metric.state()) for metric in self.metrics]
        return {"total": self.total, "samples": self.samples, "metrics": metrics}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        theirs, ours = [name for name, _ in state["metrics"]], [m.name for m in self.metrics]
        if theirs != ours:
            raise WeightsError(
                f"Trainer.fit: the checkpoint is of a run with the metrics {theirs}, and this one "
                f"has {ours}"
            )
        self.total, self.samples = state["total"], state["samples"]
        for metric, (_, own) in zip(self.metrics, state["metrics"], strict=True):
            metric.load_state(own)


def _array(thing: Any) -> Any:
    if isinstance(thing, Variable):
        return thing.data
    if isinstance(thing, tuple | dict):  # of several outputs; such a metric is of the user's making
        return thing
    return np.asarray(thing)
