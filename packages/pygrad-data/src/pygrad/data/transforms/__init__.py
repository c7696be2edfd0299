"""Transforms of samples and batches, by name: PyGrad's own, and those that plugins registered.

Examples
--------
>>> import numpy as np
>>> from pygrad.data import transforms
>>> transforms.get("Flatten")()(np.zeros((8, 8))).shape
(64,)
"""

from typing import Any

from pygrad.data.transforms.colour import ColorJitter
from pygrad.data.transforms.cropping import CenterCrop, Cutout, Flip, Pad, RandomCrop
from pygrad.data.transforms.mixing import Mixup
from pygrad.data.transforms.normalize import Normalize
from pygrad.data.transforms.resampling import Resize, Rotate
from pygrad.data.transforms.transform import Compose, Lambda, RandomTransform, Transform
from pygrad.data.transforms.values import Flatten, GaussianNoise, OneHot, Standardize, ToFloat
from pygrad.plugins import registry

__all__ = [
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "Cutout",
    "Flatten",
    "Flip",
    "GaussianNoise",
    "Lambda",
    "Mixup",
    "Normalize",
    "OneHot",
    "Pad",
    "RandomCrop",
    "RandomTransform",
    "Resize",
    "Rotate",
    "Standardize",
    "ToFloat",
    "Transform",
    "get",
    "names",
]

BASES = ("RandomTransform", "Transform")  # to derive from, not to use


def get(name: str) -> Any:
    """The transform registered under this name, to be called with its settings.

    Parameters
    ----------
    name : str
        One of `names()`.

    Raises
    ------
    UnknownNameError
        If nobody registered the name; the message says which are near.

    Examples
    --------
    >>> from pygrad.data import transforms
    >>> transforms.get("OneHot")(3)(2)
    array([0., 0., 1.], dtype=float32)
    """
    return registry("transforms").get(name)


def names() -> list[str]:
    """The names of all transforms, in alphabetical order.

    Examples
    --------
    >>> from pygrad.data import transforms
    >>> "RandomCrop" in transforms.names()
    True
    """
    return registry("transforms").names()
