"""Normalisation layers that treat every sample by itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pygrad import Parameter, Variable
from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn import functional
from pygrad.nn.checks import as_floats, whole_number
from pygrad.nn.functional.geometry import Sizes, lengths
from pygrad.nn.initializers import checked_dtype, parameter
from pygrad.nn.module import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from pygrad.nn.initializers import Initializer

__all__ = ["GroupNorm", "InstanceNorm2d", "LayerNorm", "RMSNorm", "scale_and_shift", "work_of_norm"]


class GroupNorm(Module):
    """Normalise groups of channels, each sample by itself, then scale and shift each channel.

    Parameters
    ----------
    num_groups, num_channels : int
        How many channels there are, and into how many groups they are divided.
    eps : float
        Added to the variance.
    affine : bool
        Whether there are `W` and `b`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        For an `init` that draws; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``. With "zeros" in its last norm, a residual block starts as the
        identity.

    Attributes
    ----------
    W, b : Parameter, shape (num_channels,), or None
        They start at 1 and 0, if `init` does not say otherwise of `W`.

    Raises
    ------
    ArgumentError
        If a size is no whole number of at least 1, or the channels do not divide into the groups.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Wu and He, "Group normalization", ECCV 2018.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.GroupNorm(2, 4, eps=0)([[1.0, 3.0, 10.0, 20.0]])
    Variable([[-1.  1. -1.  1.]])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "ones",
    ) -> None:
        super().__init__()
        self.num_groups = whole_number("GroupNorm", "num_groups", num_groups)
        self.num_channels = whole_number("GroupNorm", "num_channels", num_channels)
        if self.num_channels % self.num_groups:
            raise ArgumentError(
                f"GroupNorm: num_channels is {num_channels}; it must be a multiple of "
                f"num_groups={num_groups}"
            )
        self.eps = float(eps)
        self.W, self.b = scale_and_shift(
            "GroupNorm", affine, (self.num_channels,), dtype, rng, init
        )

    def forward(self, x: Variable) -> Variable:
        """Normalise `x` of shape (N, num_channels, ...)."""
        x = x if self.W is None else as_floats(x, self.W)
        if self.W is None and x.ndim > 1 and x.shape[1] != self.num_channels:
            raise ShapeError(
                f"GroupNorm: x has shape {x.shape}; it must have {self.num_channels} channels"
            )
        return functional.group_norm(x, self.num_groups, self.W, self.b, self.eps)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return work_of_norm(output, self.W is not None)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}" + _rest(self.eps, self.W is not None)


class InstanceNorm2d(Module):
    """Normalise each channel of each image by itself.

    Parameters
    ----------
    num_features : int
        How many channels there are.
    eps : float
        Added to the variance.
    affine : bool
        Whether there are `W` and `b`; by default there are none, as in PyTorch.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        For an `init` that draws; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``. With "zeros" in its last norm, a residual block starts as the
        identity.

    Attributes
    ----------
    W, b : Parameter, shape (num_features,), or None
        They start at 1 and 0, if `init` does not say otherwise of `W`.

    Raises
    ------
    ArgumentError
        If a size is no whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Ulyanov, Vedaldi and Lempitsky, "Instance normalization: the missing ingredient for fast
    stylization", arXiv:1607.08022.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.InstanceNorm2d(1, eps=0)([[[[1.0, 3.0]]]])
    Variable([[[[-1.  1.]]]])
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        affine: bool = False,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "ones",
    ) -> None:
        super().__init__()
        self.num_features = whole_number("InstanceNorm2d", "num_features", num_features)
        self.eps = float(eps)
        self.W, self.b = scale_and_shift(
            "InstanceNorm2d", affine, (self.num_features,), dtype, rng, init
        )

    def forward(self, x: Variable) -> Variable:
        """Normalise `x` of shape (N, num_features, H, W) or (num_features, H, W)."""
        if x.ndim not in (3, 4) or x.shape[-3] != self.num_features:
            raise ShapeError(
                f"InstanceNorm2d: x has shape {x.shape}; it must be (N, C, H, W) or (C, H, W) with "
                f"C = {self.num_features}"
            )
        x = x if self.W is None else as_floats(x, self.W)
        single = x.ndim == 3
        y = functional.instance_norm(x[None] if single else x, self.W, self.b, self.eps)
        return y[0] if single else y

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return work_of_norm(output, self.W is not None)

    def extra_repr(self) -> str:
        return f"{self.num_features}" + (", affine=True" if self.W is not None else "")


class LayerNorm(Module):
    """Normalise over the last axes, every row by itself, then scale and shift.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The lengths of those axes.
    eps : float
        Added to the variance.
    elementwise_affine : bool
        Whether there are `W` and `b`.
    bias : bool
        Whether there is a `b` beside `W`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        For an `init` that draws; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``. With "zeros" in its last norm, a residual block starts as the
        identity.

    Attributes
    ----------
    W, b : Parameter, shape normalized_shape, or None
        They start at 1 and 0, if `init` does not say otherwise of `W`.

    Raises
    ------
    ArgumentError
        If a length is no whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Ba, Kiros and Hinton, "Layer normalization", arXiv:1607.06450.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.LayerNorm(2, eps=0)([[1.0, 3.0], [10.0, 20.0]])
    Variable([[-1.  1.]
              [-1.  1.]])
    """

    def __init__(
        self,
        normalized_shape: Sizes,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "ones",
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape("LayerNorm", normalized_shape)
        self.eps = float(eps)
        self.W, self.b = scale_and_shift(
            "LayerNorm", elementwise_affine, self.normalized_shape, dtype, rng, init, bias
        )

    def forward(self, x: Variable) -> Variable:
        """Normalise `x` of shape (..., *normalized_shape)."""
        x = x if self.W is None else as_floats(x, self.W)
        return functional.layer_norm(x, self.normalized_shape, self.W, self.b, self.eps)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return work_of_norm(output, self.W is not None)

    def extra_repr(self) -> str:
        return f"{_shown(self.normalized_shape)}" + _rest(
            self.eps, self.W is not None, "elementwise_affine", self.W is None or self.b is not None
        )


class RMSNorm(Module):
    """Divide by the root of the mean square over the last axes, every row by itself, then scale.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The lengths of those axes.
    eps : float, optional
        Added to the mean square; by default the spacing of floats at 1, as in PyTorch.
    elementwise_affine : bool
        Whether there is a `W`.
    dtype : dtype, optional
        Of the parameters; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        For an `init` that draws; by default the generator that `pygrad.seed` restarts.
    init : str or callable, optional
        What `W` starts with: the name of one of `nn.initializers`, or a function
        ``f(shape, fans, rng)``. With "zeros" in its last norm, a residual block starts as the
        identity.

    Attributes
    ----------
    W : Parameter, shape normalized_shape, or None
        It starts at 1, if `init` does not say otherwise.

    Raises
    ------
    ArgumentError
        If a length is no whole number of at least 1.
    DtypeError
        If `dtype` is not one of floats.

    References
    ----------
    Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.RMSNorm(2)([[1.0, -7.0]]).data.round(3)
    array([[ 0.2, -1.4]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: Sizes,
        eps: float | None = None,
        elementwise_affine: bool = True,
        dtype: npt.DTypeLike | None = None,
        rng: np.random.Generator | None = None,
        init: Initializer = "ones",
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape("RMSNorm", normalized_shape)
        self.eps = None if eps is None else float(eps)
        self.W, _ = scale_and_shift(
            "RMSNorm", elementwise_affine, self.normalized_shape, dtype, rng, init, bias=False
        )

    def forward(self, x: Variable) -> Variable:
        """Normalise `x` of shape (..., *normalized_shape)."""
        x = x if self.W is None else as_floats(x, self.W)
        return functional.rms_norm(x, self.normalized_shape, self.W, self.eps)

    def multiply_adds(self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> int:
        return work_of_norm(output, self.W is not None)

    def extra_repr(self) -> str:
        return f"{_shown(self.normalized_shape)}" + _rest(
            1e-5 if self.eps is None else self.eps, self.W is not None, "elementwise_affine"
        )


def scale_and_shift(
    where: str,
    affine: bool,
    shape: tuple[int, ...],
    dtype: npt.DTypeLike | None,
    rng: np.random.Generator | None,
    init: Initializer,
    bias: bool = True,
) -> tuple[Parameter | None, Parameter | None]:
    """W and b of a norm, or None for what it goes without."""
    dtype = checked_dtype(dtype, where)
    if not affine:
        return None, None
    W = parameter(shape, init, dtype=dtype, rng=rng, where=where)
    return W, parameter(shape, "zeros", dtype=dtype, where=where) if bias else None


def work_of_norm(output: tuple[int, ...], affine: bool, measured: bool = True) -> int:
    """For each value: its part in the variance, if that is measured; to divide; to scale it."""
    return math.prod(output) * (measured + 1 + affine)


def _shape(where: str, given: Sizes) -> tuple[int, ...]:
    n = len(given) if isinstance(given, (tuple, list)) else 1
    return lengths(where, "normalized_shape", given, n)


def _shown(shape: tuple[int, ...]) -> int | tuple[int, ...]:
    return shape[0] if len(shape) == 1 else shape


def _rest(eps: float, affine: bool, name: str = "affine", bias: bool = True) -> str:
    text = "" if eps == 1e-5 else f", eps={eps:g}"
    text += "" if affine else f", {name}=False"
    return text if bias else f"{text}, bias=False"
