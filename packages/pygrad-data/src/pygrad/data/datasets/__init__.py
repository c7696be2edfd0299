"""Data sets by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad.data import datasets
>>> digits = datasets.get("digits")()
>>> digits.data.shape, digits.label.shape
((1797, 64), (1797,))
"""

from collections.abc import Callable
from typing import Any

from pygrad.data.datasets.austen import austen
from pygrad.data.datasets.cifar import cifar10, cifar100
from pygrad.data.datasets.digits import digits
from pygrad.data.datasets.emnist import emnist
from pygrad.data.datasets.generated import blobs, checkerboard, circles, moons, spirals, xor
from pygrad.data.datasets.houses import houses
from pygrad.data.datasets.iris import iris
from pygrad.data.datasets.mnist import fashion_mnist, kmnist, mnist
from pygrad.data.datasets.mnist_5k import mnist_5k
from pygrad.data.datasets.waves import sines
from pygrad.data.datasets.wine import wine
from pygrad.plugins import registry

__all__ = [
    "austen",
    "blobs",
    "checkerboard",
    "cifar10",
    "cifar100",
    "circles",
    "digits",
    "emnist",
    "fashion_mnist",
    "get",
    "houses",
    "iris",
    "kmnist",
    "mnist",
    "mnist_5k",
    "moons",
    "names",
    "sines",
    "spirals",
    "wine",
    "xor",
]


def get(name: str) -> Callable[..., Any]:
    """The function registered under this name; calling it gives the data set.

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
    >>> from pygrad.data import datasets
    >>> len(datasets.get("digits")())
    1797
    """
    found: Callable[..., Any] = registry("datasets").get(name)
    return found


def names() -> list[str]:
    """The names of all data sets, in alphabetical order.

    Examples
    --------
    >>> from pygrad.data import datasets
    >>> "digits" in datasets.names()
    True
    """
    return registry("datasets").names()
