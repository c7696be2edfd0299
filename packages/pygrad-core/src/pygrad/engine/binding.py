"""The one place where the circle of imports is broken.

A Function makes Variables and a Variable calls functions. So the engine reads the class from here,
and the last line of variable.py writes it.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Variable"]

Variable: Any = None
