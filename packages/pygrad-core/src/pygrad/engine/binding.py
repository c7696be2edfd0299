"""The one place where the circle of imports is broken.

A Function makes Variables and a Variable calls functions. So the engine reads the classes from
here, and the last line of variable.py writes them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Unkept", "Variable"]

Variable: Any = None
Unkept: Any = None
