"""Normalisation: of channels over a batch, of groups of channels, of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Variable
from pygrad.engine.function import Function, apply
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.functions import reshape
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.functional.kernels import normalisation as kernels

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm"]


class Normalise(Function):
    """y = (x - mean) / sqrt(var + eps) w + b, with mean and variance over some axes.

    w and b have the axes of x, or the last of them.
    Not centred, the mean counts as 0: then the variance is the mean square.
    """

    saves = (0, 1)
    requires = "x, w and b must be arrays of floats"
    mean: Any
    var: Any

    def __init__(self, axes: tuple[int, ...], eps: float, centred: bool = True) -> None:
        self.axes = axes
        self.eps = eps
        self.centred = centred

    def forward(self, x, w, b):
        # mean and variance go with the value of x that is saved: they spare the gradient a pass
        y, self.mean, self.var = kernels.normalised(x, w, b, self.axes, self.eps, self.centred)
        return y

    def backward(self, gy):
        return NormaliseGradients(self).on(*self.saved, gy)


class NormaliseGradients(Function):
    """The gradients of `Normalise`.

    With r = 1 / sqrt(var + eps), xhat = (x - mean) r, h = w gy, m the mean over the axes, and the
    projection P(h) = h - m(h) - xhat m(xhat h), which is its own transpose:
    gx = r P(h), gw = sum(gy xhat), gb = sum(gy); and d(xhat) = r P(dx), dr = -r**2 m(xhat dx).
    """

    requires = "x, w and g must be arrays of floats"

    def __init__(self, first: Normalise) -> None:
        self.axes, self.eps, self.centred = first.axes, first.eps, first.centred
        self.mean, self.var = first.mean, first.var

    def forward(self, x, w, g):
        wide = w.reshape((1,) * (x.ndim - w.ndim) + w.shape)
        settings = self.mean, self.var, self.axes, self.eps, self.centred
        gx, gw, gb = kernels.gradients(x, wide, g, *settings)
        return gx, gw.reshape(w.shape), gb.reshape(w.shape)

    def backward(self, u, v, t):
        x, w, g = self.saved
        mean = self.average
        d = x - mean(x) if self.centred else x
        r = 1 / np.sqrt(mean(d * d) + self.eps)
        xhat = d * r

        def project(h):
            p = h - xhat * mean(xhat * h)
            return p - mean(h) if self.centred else p

        h, along = g * w, r * project(u)
        bent = project(mean(h * xhat) * u + mean(u * xhat) * h)
        gx = r * project(v * g) - r * r * (xhat * mean(u * project(h)) + bent)
        return gx, self.like_weights(g * along), w * along + v * xhat + t

    def average(self, z):
        return z.mean(axis=self.axes, keepdims=True)

    def like_weights(self, z):
        shape = self.edges[1].shape if self.edges[1] is not None else self.saved[1].shape
        wide = (1,) * (z.ndim - len(shape)) + shape
        summed = z.sum(axis=tuple(i for i, n in enumerate(wide) if n == 1), keepdims=True)
        return summed.reshape(shape)


def batch_norm(
    x: ArrayLike,
    running_mean: Any = None,
    running_var: Any = None,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Variable:
    """Normalise each channel by its mean and variance over the batch, or by those that are given.

    ``y = (x - mean) / sqrt(var + eps) * W + b``

    Parameters
    ----------
    x : array_like, shape (N, C) or (N, C, ...)
    running_mean, running_var : Variable or array, shape (C,), optional
        In training they are changed in place: ``running += momentum * (new - running)``, with the
        unbiased variance. Else they are what `x` is normalised by.
    W, b : array_like, shape (C,), optional
        Scale and shift of each channel.
    training : bool
        Whether `x` is normalised by its own mean and variance; it also is without running ones.
    momentum : float
        How fast the running values follow.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If the shapes do not fit, or a channel has a single value to learn from.

    References
    ----------
    Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal
    covariate shift", ICML 2015.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.batch_norm([[1.0], [3.0]], training=True, eps=0.0)
    Variable([[-1.]
              [ 1.]])
    >>> F.batch_norm([[1.0], [3.0]], running_mean=[1.0], running_var=[4.0], eps=0.0)
    Variable([[0.]
              [1.]])
    """
    data = _floats("batch_norm", x)
    if data.ndim < 2:
        raise ShapeError(
            f"batch_norm: x has shape {data.shape}; it must have samples, channels, and any axes "
            f"more"
        )
    shape = (1, data.shape[1], *(1,) * (data.ndim - 2))
    w, b = _weights("batch_norm", data, W, b, (data.shape[1],), shape)
    if not training and running_mean is not None and running_var is not None:
        mean = _weight("batch_norm", "running_mean", running_mean, (data.shape[1],), shape)
        var = _weight("batch_norm", "running_var", running_var, (data.shape[1],), shape)
        scale = w / np.sqrt(var + eps)
        return data * scale + (b - mean * scale)
    n = data.size // max(data.shape[1], 1)
    if n == 1:
        raise ShapeError(
            f"batch_norm: x has shape {data.shape}, one value for each channel; in training there "
            f"must be more, for the variance of one is 0"
        )
    function = Normalise((0, *range(2, data.ndim)), eps)
    y: Variable = apply(function, data, w, b)
    if n and running_mean is not None:
        _follow(running_mean, function.mean.reshape(-1), momentum)
    if n and running_var is not None:
        _follow(running_var, function.var.reshape(-1) * (n / (n - 1)), momentum)
    return y


def group_norm(
    x: ArrayLike,
    num_groups: int,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    eps: float = 1e-5,
) -> Variable:
    """Normalise groups of channels, each sample by itself.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
    num_groups : int
        Into how many groups the channels are divided.
    W, b : array_like, shape (C,), optional
        Scale and shift of each channel.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If the channels do not divide into the groups, or the shapes do not fit.

    References
    ----------
    Wu and He, "Group normalization", ECCV 2018.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.group_norm([[1.0, 3.0, 10.0, 20.0]], 2, eps=0.0)
    Variable([[-1.  1. -1.  1.]])
    """
    data = _floats("group_norm", x)
    (groups,) = lengths("group_norm", "num_groups", num_groups, 1)
    if data.ndim < 2 or data.shape[1] % groups:
        raise ShapeError(
            f"group_norm: x has shape {data.shape}; x.shape[1], the channels, must be a multiple "
            f"of num_groups={groups}"
        )
    return _grouped("group_norm", data, groups, W, b, eps)


def instance_norm(
    x: ArrayLike,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    eps: float = 1e-5,
) -> Variable:
    """Normalise each channel of each sample by itself.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
    W, b : array_like, shape (C,), optional
        Scale and shift of each channel.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If a channel of a sample has a single value, or the shapes do not fit.

    References
    ----------
    Ulyanov, Vedaldi and Lempitsky, "Instance normalization: the missing ingredient for fast
    stylization", arXiv:1607.08022.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.instance_norm([[[1.0, 3.0], [10.0, 20.0]]], eps=0.0)
    Variable([[[-1.  1.]
               [-1.  1.]]])
    """
    data = _floats("instance_norm", x)
    if data.ndim < 3 or np.prod(data.shape[2:]) == 1:
        raise ShapeError(
            f"instance_norm: x has shape {data.shape}; a channel of a sample must have more than "
            f"one value, for the variance of one is 0"
        )
    return _grouped("instance_norm", data, data.shape[1], W, b, eps)


def layer_norm(
    x: ArrayLike,
    normalized_shape: Sizes,
    W: ArrayLike | None = None,
    b: ArrayLike | None = None,
    eps: float = 1e-5,
) -> Variable:
    """Normalise over the last axes, every row by itself.

    Parameters
    ----------
    x : array_like, shape (..., *normalized_shape)
    normalized_shape : int or tuple of int
        The lengths of the axes to normalise over.
    W, b : array_like, shape normalized_shape, optional
        Scale and shift.
    eps : float
        Added to the variance.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    Ba, Kiros and Hinton, "Layer normalization", arXiv:1607.06450.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.layer_norm([[1.0, 3.0], [10.0, 20.0]], 2, eps=0.0)
    Variable([[-1.  1.]
              [-1.  1.]])
    """
    data, shape, axes = _rows("layer_norm", x, normalized_shape)
    w, b = _weights("layer_norm", data, W, b, shape, shape)
    y: Variable = apply(Normalise(axes, eps), data, w, b)
    return y


def rms_norm(
    x: ArrayLike,
    normalized_shape: Sizes,
    W: ArrayLike | None = None,
    eps: float | None = None,
) -> Variable:
    """Divide by the root of the mean square over the last axes, every row by itself.

    Parameters
    ----------
    x : array_like, shape (..., *normalized_shape)
    normalized_shape : int or tuple of int
        The lengths of the axes to normalise over.
    W : array_like, shape normalized_shape, optional
        Scale.
    eps : float, optional
        Added to the mean square; by default the spacing of floats at 1, as in PyTorch.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.

    Examples
    --------
    >>> from pygrad.nn import functional as F
    >>> F.rms_norm([[3.0, 3.0], [1.0, -7.0]], 2).data.round(3)
    array([[ 1. ,  1. ],
           [ 0.2, -1.4]])
    """
    data, shape, axes = _rows("rms_norm", x, normalized_shape)
    w, b = _weights("rms_norm", data, W, None, shape, shape)
    eps = float(np.finfo(data.dtype).eps) if eps is None else eps
    y: Variable = apply(Normalise(axes, eps, centred=False), data, w, b)
    return y


def _grouped(where, x, groups, W, b, eps):
    n, c = x.shape[:2]
    w, b = _weights(where, x, W, b, (c,), (1, groups, c // groups, 1))
    inner = int(np.prod(x.shape[2:]))
    y = apply(Normalise((2, 3), eps), reshape(x, (n, groups, c // groups, inner)), w, b)
    return reshape(y, x.shape)


def _floats(where, x):
    x = operand(x, where)
    if x.dtype.kind == "c":
        raise DtypeError(f"{where}: x is complex; take its real and imaginary parts by themselves")
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def _rows(where, x, normalized_shape):
    x = _floats(where, x)
    given = normalized_shape
    n = len(given) if isinstance(given, (tuple, list)) else 1
    if not n:
        raise ArgumentError(f"{where}: normalized_shape is {given!r}; it must have an axis")
    shape = lengths(where, "normalized_shape", given, n)
    if x.shape[-n:] != shape:
        raise ShapeError(
            f"{where}: x has shape {x.shape}; its last axes must be normalized_shape, {shape}"
        )
    return x, shape, tuple(range(x.ndim - n, x.ndim))


def _weights(where, x, W, b, shape, wide):
    """`W` and `b` with as many axes as `x`; ones and zeros where there are none."""
    w = np.ones(wide, x.dtype) if W is None else _weight(where, "W", W, shape, wide)
    return w, (np.zeros(wide, x.dtype) if b is None else _weight(where, "b", b, shape, wide))


def _weight(where, name, value, shape, wide):
    value = operand(value, where)
    if value.shape != shape:
        raise ShapeError(f"{where}: {name} has shape {value.shape}; it must be {shape}")
    return value if wide == shape else reshape(value, wide)


def _follow(running, new, momentum):
    array = value_of(running)
    if not isinstance(array, np.ndarray):
        raise DtypeError(
            f"batch_norm: running statistics are changed in place, so they must be Variables or "
            f"arrays; got {running!r}"
        )
    array += (momentum * (new - array)).astype(array.dtype)
