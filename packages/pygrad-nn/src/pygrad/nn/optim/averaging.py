"""Averages of a model's weights over its training: plain (SWA) and exponential (EMA)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from pygrad import Parameter, no_grad
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.buffer import Buffer
from pygrad.nn.layers.batch_norm import BatchNorm
from pygrad.nn.module import Module
from pygrad.nn.tree import walk

__all__ = ["AveragedModel", "ExponentialMovingAverage", "update_bn"]


class AveragedModel(Module):
    """A copy of a model that holds the average of its weights over the times of `update`.

    It is a module: call it, save it and plot it as the model. After training with a high learning
    rate, the average of the weights is often better than the last ones.

    Parameters
    ----------
    model : Module
        It is copied; the copy is called `module`.
    avg_fn : callable, optional
        ``avg_fn(average, value, n)`` returns the new average of an array after `n` updates; by
        default the mean of all.
    use_buffers : bool
        Whether buffers are averaged as well; else they are copied.

    Attributes
    ----------
    n_averaged : Buffer
        How many times `update` was called. It is saved and loaded with the weights.

    References
    ----------
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> model = nn.Linear(1, 1, init="zeros")
    >>> average = nn.optim.AveragedModel(model)
    >>> for value in 1.0, 2.0:
    ...     model.W.data[...] = value
    ...     average.update(model)
    >>> average.module.W
    Parameter([[1.5]])
    """

    def __init__(
        self,
        model: Module,
        avg_fn: Callable[[Any, Any, int], Any] | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        self.n_averaged = Buffer(np.array(0, np.int64))
        self.module = copy.deepcopy(model)
        self.use_buffers = use_buffers
        self._avg_fn = avg_fn

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update(self, model: Module) -> None:
        """Take the present weights of the model into the average, in place.

        Raises
        ------
        ArgumentError
            If it is not a model like the one that was copied.
        """
        n = int(self.n_averaged.item())
        for average, value, kind in _pairs(self.module, model):
            if n and (self.use_buffers or kind is Parameter) and average.dtype.kind == "f":
                self._take(average, value, n)
            else:
                average[...] = value
        self.n_averaged.data[...] = n + 1

    def _take(self, average: Any, value: Any, n: int) -> None:
        if self._avg_fn is None:
            average += (value - average) / (n + 1)
        else:
            average[...] = self._avg_fn(average, value, n)


class ExponentialMovingAverage(AveragedModel):
    """A copy of a model whose weights follow the model's: ``a = decay a + (1 - decay) w``.

    The first `update` copies the weights.

    Parameters
    ----------
    model : Module
        It is copied; the copy is called `module`.
    decay : float
        How much of the average is kept in an update, within [0, 1].
    use_buffers : bool
        Whether buffers are averaged as well; else they are copied.

    Raises
    ------
    ArgumentError
        If `decay` is outside of [0, 1].

    References
    ----------
    Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control
    and Optimization 30 (1992).

    Examples
    --------
    >>> from pygrad import nn
    >>> model = nn.Linear(1, 1, init="zeros")
    >>> average = nn.optim.ExponentialMovingAverage(model, decay=0.75)
    >>> for value in 1.0, 2.0:
    ...     model.W.data[...] = value
    ...     average.update(model)
    >>> average.module.W
    Parameter([[1.25]])
    """

    def __init__(self, model: Module, decay: float = 0.999, use_buffers: bool = False) -> None:
        if not 0 <= decay <= 1:
            raise ArgumentError(
                f"ExponentialMovingAverage: decay is {decay}; it must lie within [0, 1]"
            )
        super().__init__(model, use_buffers=use_buffers)
        self.decay = decay

    def _take(self, average: Any, value: Any, n: int) -> None:
        average += (value - average) * average.dtype.type(1 - self.decay)

    def extra_repr(self) -> str:
        return f"decay={self.decay:g}"


def update_bn(loader: Iterable[Any], model: Module) -> None:
    """Measure the running means and variances of all batch norms anew, over a pass of the data.

    Averaged weights give other activations than those that the running values were measured on: so
    call it at the end, before the averaged model is used. The running values become the means over
    all batches. The model is called in training, and its modes and momenta are put back.

    Parameters
    ----------
    loader : iterable
        Batches for the model. Of a tuple or list, the first item is the input.
    model : Module
        A model without batch norms is left alone, and the data are not read.

    References
    ----------
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> model = nn.Sequential(nn.BatchNorm1d(1))
    >>> batches = [(np.array([[1.0], [3.0]]), None), (np.array([[5.0], [7.0]]), None)]
    >>> nn.optim.update_bn(batches, model)
    >>> model[0].running_mean
    Buffer([4.])
    """
    norms = [m for m in model.modules() if isinstance(m, BatchNorm)]
    if not norms:
        return
    modes = [(m, m.training) for m in model.modules()]
    momenta = [(m, m.momentum) for m in norms]
    try:
        model.train()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        with no_grad():
            for batch in loader:
                model(batch[0] if isinstance(batch, tuple | list) else batch)
    finally:
        for norm, momentum in momenta:
            norm.momentum = momentum
        for module, mode in modes:
            module.training = mode


def _pairs(mine: Module, theirs: Module) -> list[tuple[Any, Any, type]]:
    own = [(path, p) for path, p in walk(mine) if isinstance(p, (Parameter, Buffer))]
    given = {path: p for path, p in walk(theirs) if isinstance(p, (Parameter, Buffer))}
    if [path for path, _ in own] != list(given):
        raise ArgumentError(
            f"{type(theirs).__name__}: its weights are not those of the model that was copied; "
            f"make a new average for it"
        )
    pairs: list[tuple[Any, Any, type]] = []
    for path, p in own:
        q = given[path]
        if p.shape != q.shape:
            raise ShapeError(
                f"{'.'.join(path)} has shape {q.shape}, and its average {p.shape}; make a new "
                f"average for this model"
            )
        pairs.append((p.data, q.data, Parameter if isinstance(p, Parameter) else Buffer))
    return pairs
