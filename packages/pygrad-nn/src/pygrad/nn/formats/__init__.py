"""Weight formats by name: those that come with PyGrad, and those that plugins registered.

The suffix of a file says which one it is: ``model.save("net.npz")``.

Examples
--------
>>> from pygrad import nn
>>> nn.formats.names()
['npy', 'npz', 'safetensors']
"""

from __future__ import annotations

from pygrad.exceptions import DuplicateNameError
from pygrad.nn.formats.weight_format import WeightFormat
from pygrad.plugins import registry as _registry

__all__ = ["WeightFormat", "for_file", "get", "names"]


def get(name: str) -> WeightFormat:
    """The format registered under this name.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.formats.get("safetensors").suffixes
    ('.safetensors',)
    """
    found: WeightFormat = _registry("weight_formats").get(name)
    return found


def names() -> list[str]:
    """The names of all formats, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "npz" in nn.formats.names()
    True
    """
    return _registry("weight_formats").names()


def for_file(name: str) -> WeightFormat | None:
    """The format that a file's name ends in; None if it ends in none.

    Raises
    ------
    DuplicateNameError
        If several formats claim the ending.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.formats.for_file("net.npz") is nn.formats.get("npz")
    True
    """
    claims = {f: get(f) for f in names()}
    fitting = {f: x for f, x in claims.items() if name.lower().endswith(x.suffixes)}
    if len(fitting) > 1:
        owners = " and ".join(f"{f} ({_registry('weight_formats').owner(f)})" for f in fitting)
        raise DuplicateNameError(f"weight formats: {name!r} may be of {owners}; uninstall one")
    return next(iter(fitting.values()), None)
