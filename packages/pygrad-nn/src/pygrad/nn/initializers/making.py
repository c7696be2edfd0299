"""How layers make their parameters: with a shape, an initializer and a dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Parameter, default_rng, get_default_dtype
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError
from pygrad.nn.initializers import drawn, fixed, scaled
from pygrad.plugins import registry

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.nn.initializers.typing import Fans, Generator, Initializer, Shape

__all__ = ["OWN", "checked_dtype", "parameter"]

OWN = {
    f.__name__: f
    for f in (
        fixed.constant, fixed.identity, fixed.ones, fixed.zeros,
        drawn.normal, drawn.orthogonal, drawn.sparse, drawn.trunc_normal, drawn.uniform,
        scaled.fan_in_uniform, scaled.kaiming_normal, scaled.kaiming_uniform,
        scaled.lecun_normal, scaled.lecun_uniform, scaled.xavier_normal, scaled.xavier_uniform,
    )
}  # fmt: skip


def parameter(
    shape: Shape,
    init: Initializer,
    *,
    fans: Fans | None = None,
    dtype: npt.DTypeLike | None = None,
    rng: Generator | None = None,
    where: str = "parameter",
) -> Parameter:
    """Make a Parameter of a shape, with initial values: how layers make theirs.

    Parameters
    ----------
    shape : sequence of int
    init : str or callable
        The name of an initializer, or one itself.
    fans : (int, int), optional
        How many values flow into one output, and out of one input, where the shape does not say.
    dtype : dtype, optional
        Of floats; by default that of `pygrad.set_default_dtype`.
    rng : numpy.random.Generator, optional
        Draws the values; by default the generator that `pygrad.seed` restarts.
    where : str
        How errors name the layer.

    Raises
    ------
    UnknownNameError
        If there is no initializer of that name.
    ArgumentError
        If `init` is neither a name nor callable.
    ShapeError
        If the initializer returns another shape.
    DtypeError
        If `dtype` is not one of floats.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.parameter((2, 2), "identity")
    Parameter([[1. 0.]
               [0. 1.]])
    """
    dtype = checked_dtype(dtype, where)
    if isinstance(init, str):
        # one of PyGrad's own is found without loading any plugin
        found = OWN[init] if init in OWN else registry("initializers").get(init)
    elif callable(init):
        found = init
    else:
        raise ArgumentError(
            f"{where}: init is {init!r}; it must be the name of an initializer, as 'zeros', or a "
            f"function f(shape, fans, rng) that returns an array"
        )
    shape = tuple(shape)
    values = np.asarray(found(shape, fans, default_rng() if rng is None else rng))
    if values.shape != shape:
        raise ShapeError(
            f"{where}: the initializer returned shape {values.shape}, but {shape} was asked for"
        )
    return Parameter(values.astype(dtype))


def checked_dtype(dtype: npt.DTypeLike | None, where: str) -> np.dtype[Any]:
    """The dtype for a layer's parameters, the default one for None.

    Raises
    ------
    DtypeError
        If it is not one of floats.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.checked_dtype(None, "Linear")
    dtype('float32')
    """
    found = get_default_dtype() if dtype is None else np.dtype(dtype)
    if found.kind != "f":
        raise DtypeError(
            f"{where}: dtype is {found}; parameters are trained in small steps, so they must be "
            f"floats: float32 or float64"
        )
    return found
