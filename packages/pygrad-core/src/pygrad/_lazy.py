"""What ``import pygrad`` leaves for later, and what it says where a part is not installed.

`pygrad.nn`, `pygrad.data` and `pygrad.viz` come from distributions of their own, which may not be
there; the modules in `LATER` and `pygrad.hookimpl` would make every start slower for the sake of
few.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from pygrad.exceptions import MissingPluginError

__all__ = ["attribute", "explain_missing_parts", "listing"]

PARTS = ("data", "nn", "viz")
LATER = ("fft", "linalg", "optimize", "testing")


def attribute(name: str) -> Any:
    """The ``__getattr__`` of `pygrad`."""
    if name == "hookimpl":
        from pygrad.plugins.manager import hookimpl

        return hookimpl
    if name not in LATER and name not in PARTS:
        raise AttributeError(f"module 'pygrad' has no attribute {name!r}")
    try:
        return import_module(f"pygrad.{name}")
    except MissingPluginError as error:
        if error.name != f"pygrad-{name}":
            raise
        # so that hasattr(pygrad, "viz") is False, and `from pygrad import viz` asks the finder
        raise AttributeError(str(error)) from None


def listing() -> list[str]:
    """The ``__dir__`` of `pygrad`: what is there, and what is imported on first use."""
    door = sys.modules["pygrad"]
    return sorted({*vars(door), *door.__all__})


def explain_missing_parts() -> None:
    """Have the import of a part that is not there say how to get it."""
    sys.meta_path.append(_MissingPart())


class _MissingPart:
    """The last finder on ``sys.meta_path``: when it is asked, no other has found the part."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, part = fullname.partition(".")
        if package == "pygrad" and part in PARTS:
            # the name is not "pygrad.viz": for that, `from pygrad import viz` takes the error for
            # an ordinary missing attribute, and the message is lost
            raise MissingPluginError(
                f"No module named {fullname!r}: install it with  pip install 'pygrad[{part}]'",
                name=f"pygrad-{part}",
            )
        return None
