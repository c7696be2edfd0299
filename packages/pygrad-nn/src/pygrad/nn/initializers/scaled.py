"""Initializers whose spread fits the number of a layer's inputs and outputs, the fans."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from pygrad.exceptions import ArgumentError, ShapeError
from pygrad.nn.initializers.drawn import normal, uniform

if TYPE_CHECKING:
    from pygrad.nn.initializers.typing import Array, Fans, Generator, Shape

__all__ = [
    "calculate_gain", "fan_in_uniform", "fans_of", "kaiming_normal", "kaiming_uniform",
    "lecun_normal", "lecun_uniform", "xavier_normal", "xavier_uniform",
]  # fmt: skip


def fan_in_uniform(shape: Shape, fans: Fans | None = None, rng: Generator | None = None) -> Array:
    """Values drawn evenly from within ``1 / sqrt(fan_in)`` of 0: PyTorch's start of most layers.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((abs(nn.initializers.fan_in_uniform((4, 9))) <= 0.5).all())
    True
    """
    fan_in, _ = _fans(shape, fans)
    return _within(1 / math.sqrt(fan_in) if fan_in else 0.0, shape, rng)


def xavier_uniform(
    shape: Shape, fans: Fans | None = None, rng: Generator | None = None, *, gain: float = 1.0
) -> Array:
    """Values drawn evenly from within ``gain * sqrt(6 / (fan_in + fan_out))`` of 0.

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    AISTATS 2010, equation 16.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((abs(nn.initializers.xavier_uniform((3, 3))) <= 1).all())
    True
    """
    return _within(gain * math.sqrt(3) * _spread(sum(_fans(shape, fans)) / 2), shape, rng)


def xavier_normal(
    shape: Shape, fans: Fans | None = None, rng: Generator | None = None, *, gain: float = 1.0
) -> Array:
    """Normal values with standard deviation ``gain * sqrt(2 / (fan_in + fan_out))``.

    References
    ----------
    As `xavier_uniform`, equation 12.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.xavier_normal((3, 3)).shape
    (3, 3)
    """
    return normal(shape, rng=rng, std=gain * _spread(sum(_fans(shape, fans)) / 2))


def kaiming_uniform(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> Array:
    """Values drawn evenly from within ``gain * sqrt(3 / fan)`` of 0, for layers before a ReLU.

    Parameters
    ----------
    shape, fans, rng
        As for every initializer.
    a : float
        The slope of the leaky ReLU on negative values.
    mode : {"fan_in", "fan_out"}
        Whether the values keep their size on the way forward, or the gradients on the way back.
    nonlinearity : str
        What comes after the layer; `calculate_gain` knows the gain.

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equations 10 and 15.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((abs(nn.initializers.kaiming_uniform((6, 3))) <= 1).all())
    True
    """
    return _within(math.sqrt(3) * _kaiming(shape, fans, a, mode, nonlinearity), shape, rng)


def kaiming_normal(
    shape: Shape,
    fans: Fans | None = None,
    rng: Generator | None = None,
    *,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> Array:
    """Normal values with standard deviation ``gain / sqrt(fan)``; see `kaiming_uniform`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.kaiming_normal((8, 4, 3, 3), mode="fan_out").shape
    (8, 4, 3, 3)
    """
    return normal(shape, rng=rng, std=_kaiming(shape, fans, a, mode, nonlinearity))


def lecun_uniform(shape: Shape, fans: Fans | None = None, rng: Generator | None = None) -> Array:
    """Values drawn evenly from within ``sqrt(3 / fan_in)`` of 0.

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.6; for SELU: Klambauer et
    al., "Self-normalizing neural networks", NeurIPS 2017.

    Examples
    --------
    >>> from pygrad import nn
    >>> bool((abs(nn.initializers.lecun_uniform((3, 2))) <= 1).all())
    True
    """
    return _within(math.sqrt(3) * _spread(_fans(shape, fans)[0]), shape, rng)


def lecun_normal(shape: Shape, fans: Fans | None = None, rng: Generator | None = None) -> Array:
    """Normal values with standard deviation ``1 / sqrt(fan_in)``; see `lecun_uniform`.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.lecun_normal((3, 2)).shape
    (3, 2)
    """
    return normal(shape, rng=rng, std=_spread(_fans(shape, fans)[0]))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much larger weights must be for the values to keep their size through an activation.

    Parameters
    ----------
    nonlinearity : str
        ``"linear"``, ``"sigmoid"``, ``"conv2d"`` and other layers: 1; ``"tanh"``: 5/3; ``"relu"``:
        the root of 2; ``"leaky_relu"``: ``sqrt(2 / (1 + param**2))``; ``"selu"``: 3/4.
    param : float, optional
        The slope of the leaky ReLU, by default 0.01.

    Raises
    ------
    ArgumentError
        If nobody knows the gain.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.calculate_gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else float(param)
        return math.sqrt(2 / (1 + slope**2))
    try:
        return _GAINS[nonlinearity]
    except KeyError:
        raise ArgumentError(
            f"calculate_gain: nonlinearity is {nonlinearity!r}; known are leaky_relu, "
            f"{', '.join(_GAINS)}"
        ) from None


_LAYERS = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d")
_GAINS = dict.fromkeys((*_LAYERS, "sigmoid"), 1.0)
_GAINS |= {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def fans_of(shape: Shape) -> Fans:
    """How many values flow into one output and out of one input of a layer with such a weight.

    Raises
    ------
    ShapeError
        If there are fewer than two axes.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.fans_of((10, 20)), nn.initializers.fans_of((8, 4, 3, 3))
    ((10, 20), (36, 72))
    """
    if len(shape) < 2:
        raise ShapeError(
            f"initializer: the shape {tuple(shape)} has fewer than two axes, and does not say how "
            f"many inputs and outputs there are; give fans=(inputs, outputs)"
        )
    if len(shape) == 2:
        return shape[0], shape[1]
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def _fans(shape: Shape, fans: Fans | None) -> Fans:
    return fans_of(shape) if fans is None else fans


def _kaiming(shape: Shape, fans: Fans | None, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"kaiming: mode is {mode!r}; it must be 'fan_in' or 'fan_out'")
    fan = _fans(shape, fans)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) * _spread(fan)


def _spread(fan: float) -> float:
    return 1 / math.sqrt(fan) if fan else 0.0  # of nothing, nothing is drawn


def _within(bound: float, shape: Shape, rng: Generator | None) -> Array:
    return uniform(shape, rng=rng, low=-bound, high=bound)
