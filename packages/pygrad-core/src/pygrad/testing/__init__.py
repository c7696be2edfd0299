"""Checking derivative rules against finite differences; for plugin authors as for PyGrad itself.

`check_gradients` checks a function at a point, to any order, and says what a mistake looks like.
`Case` is a row in a table of such checks, with all that is asked of PyGrad's own functions.
"""

from pygrad.testing.case import Case
from pygrad.testing.gradients import check_gradients

__all__ = ["Case", "check_gradients"]
