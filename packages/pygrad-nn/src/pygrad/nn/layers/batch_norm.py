"""Batch normalisation layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from pygrad import Variable
from pygrad.exceptions import ShapeError
from pygrad.nn import functional
from pygrad.nn.buffer import Buffer
from pygrad.nn.checks import as_floats, whole_number
from pygrad.nn.initializers import checked_dtype
from pygrad.nn.layers.normalisation import scale_and_shift, work_of_norm
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["BatchNorm", "BatchNorm1d", "BatchNorm2d"]


class BatchNorm(Module):
    """The base of BatchNorm1d and BatchNorm2d, which document it."""

    shapes: ClassVar[dict[int, str]]  # what x may look like, by its number of axes

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "ones",
    ) -> None:
        super().__init__()
        where = type(self).__name__
        n = self.num_features = whole_number(where, "num_features", num_features)
        dtype = checked_dtype(dtype, where)
        self.eps = float(eps)
        self.momentum = None if momentum is None else float(momentum)
        self.W, self.b = scale_and_shift(where, affine, (n,), dtype, rng, init)
        track = track_running_stats
        self.running_mean = Buffer(np.zeros(n, dtype)) if track else None
        self.running_var = Buffer(np.ones(n, dtype)) if track else None
        self.num_batches_tracked = Buffer(np.zeros((), np.int64)) if track else None

    def forward(self, x: Variable) -> Variable:
        """Normalise `x`; in training, by its own statistics, and learn from them."""
        if x.ndim not in self.shapes or x.shape[1] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__}: x has shape {x.shape}; it must be "
                f"{' or '.join(self.shapes.values())} with C = {self.num_features}"
            )
        like = self.W if self.W is not None else self.running_mean
        if like is not None:
            x = as_floats(x, like)
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            # of a set of arrays that are there: what refers to the buffer sees it
            count = self.num_batches_tracked.data
            count += 1
            if momentum is None:
                momentum = 1 / count.item()
        return functional.batch_norm(
            x, self.running_mean, self.running_var, self.W, self.b, self.training,
            0.0 if momentum is None else momentum, self.eps,
        )  # fmt: skip

    def reset_running_stats(self) -> None:
        """Let the running values start anew, at 0 and 1."""
        for buffer, value in (
            (self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0),
        ):  # fmt: skip
            if buffer is not None:
                buffer.data[...] = value

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        measured = self.training or self.running_mean is None
        return work_of_norm(output, self.W is not None, measured)

    def extra_repr(self) -> str:
        text = f"{self.num_features}"
        if self.eps != 1e-5:
            text += f", eps={self.eps:g}"
        if self.momentum != 0.1:
            text += f", momentum={self.momentum}"
        if self.W is None:
            text += ", affine=False"
        return text + ("" if self.running_mean is not None else ", track_running_stats=False")


class BatchNorm1d(BatchNorm):
    """Normalise each feature by its mean and variance over the batch, then scale and shift it.

    ``y = (x - mean) / sqrt(var + eps) * W + b``. After `eval`, the running mean and variance take
    the place of the batch's.

    Parameters
    ----------
    num_features : int
        C, how many features there are.
    eps : float
        Added to the variance.
    momentum : float or None
        How fast the running values follow: ``running += momentum * (new - running)``. None makes
        them the mean over all batches.
    affine : bool
        Whether there are `W` and `b`.
    track_running_stats : bool
        Whether there are running values. Without them, the batch's are used after `eval` too.
    dtype : dtype, optional
        Of the parameters and running values; by default that of
        `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        For an `init` that draws; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``. With "zeros" in its last norm, a residual block starts as the
        identity.

    Attributes
    ----------
    W, b : Parameter, shape (C,), or None
        They start at 1 and 0, if `init` does not say otherwise of `W`.
    running_mean, running_var : Buffer, shape (C,), or None
        They start at 0 and 1, are saved with the weights and never trained. The variance is
        unbiased.
    num_batches_tracked : Buffer, or None

    Raises
    ------
    ArgumentError
        If `num_features` is not a whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.
    ShapeError
        Of a call, if `x` is not of shape (N, C) or (N, C, L), or N is 1 in training.

    References
    ----------
    Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal
    covariate shift", ICML 2015.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.BatchNorm1d(1, eps=0)([[1.0], [3.0]])
    Variable([[-1.]
              [ 1.]])
    """

    shapes = {2: "(N, C)", 3: "(N, C, L)"}  # noqa: RUF012


class BatchNorm2d(BatchNorm):
    """Normalise each channel by its mean and variance over the batch, then scale and shift it.

    ``y = (x - mean) / sqrt(var + eps) * W + b``. After `eval`, the running mean and variance take
    the place of the batch's.

    Parameters
    ----------
    num_features : int
        C, how many channels there are.
    eps, momentum, affine, track_running_stats, dtype, rng, init
        As for `BatchNorm1d`.

    Attributes
    ----------
    W, b, running_mean, running_var, num_batches_tracked
        As for `BatchNorm1d`.

    Raises
    ------
    ArgumentError
        If `num_features` is not a whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.
    ShapeError
        Of a call, if `x` is not of shape (N, C, H, W), or a channel has one value in training.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> layer = nn.BatchNorm2d(3)
    >>> layer(np.random.default_rng(0).normal(2, 3, (8, 3, 4, 4))).data.std().round(2)
    np.float32(1.0)
    >>> layer.eval()
    BatchNorm2d(3)
    """

    shapes = {4: "(N, C, H, W)"}  # noqa: RUF012
