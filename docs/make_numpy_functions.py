"""Write docs/numpy-functions.md from the code:  python docs/make_numpy_functions.py

The page has a row for every public function and ufunc of numpy, numpy.linalg and numpy.fft. Write
it with the newest NumPy; tests/docs/test_numpy_functions.py says when it is out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import pygrad.fft
import pygrad.linalg  # noqa: F401  (they fill the tables)
from pygrad.engine.numpy_advice import ADVICE
from pygrad.engine.numpy_protocols import FUNCTIONS, PLAIN_FUNCTIONS, PLAIN_UFUNCS, UFUNCS
from pygrad.engine.ops import late  # noqa: F401

PAGE = Path(__file__).with_name("numpy-functions.md")

EVERY_ORDER = "every order"
PLAIN = "plain"
NO_RULE = "no rule"
NO_ARRAYS = "takes no arrays"

SECTIONS = {
    "numpy: ufuncs": (np, True),
    "numpy: functions": (np, False),
    "numpy.linalg": (np.linalg, False),
    "numpy.fft": (np.fft, False),
}

# They take anything that is like an array, and NumPy does not ask a Variable how.
CONVERSIONS = {
    "np.array", "np.asanyarray", "np.asarray", "np.asarray_chkfinite", "np.ascontiguousarray",
    "np.asfortranarray", "np.asmatrix", "np.fromiter", "np.from_dlpack", "np.require",
}  # fmt: skip

# It is np.vstack, and asks a Variable nothing before it calls that.
ANOTHER_NAME = {"np.row_stack"}

INTRODUCTION = f"""\
# NumPy's functions on Variables

NumPy's own functions take Variables: `np.exp(x)`, `np.sum(x, axis=0)`, `np.concatenate([x, y])`.
This page lists every public function of NumPy {{version}}. It is written by
[`make_numpy_functions.py`](make_numpy_functions.py) from the tables that PyGrad itself uses.

- **{EVERY_ORDER}**: the result is a Variable, and can be differentiated as often as you like.
- **{PLAIN}**: there is nothing to differentiate in the result. It is what NumPy gives for the
  values: places, counts, shapes, booleans, texts.
- **{NO_RULE}**: a Variable raises `pygrad.exceptions.UnsupportedError`, which says what stands
  here; nothing is lost in silence. For the values alone, pass `x.numpy()`.
- **{NO_ARRAYS}**: it has no arrays for arguments, so it works as ever.

Those of {EVERY_ORDER} are in `pygrad.functions` as well, but for second names such as `np.acos`.

## Arguments

They are NumPy's, by position and by name: `axis`, `keepdims`, `ddof`, `initial`, `where`,
`dtype` and so on. One that cannot be had with a Variable, such as `out=` of a reduction, raises
an error that names it.

Ufuncs have their methods as well: `np.add.reduce(x)`, `np.maximum.accumulate(x)`,
`np.multiply.outer(x, y)`, `np.add.reduceat(x, places)`, and `np.add.at(x, places, values)`,
which is an assignment to a Variable. `out=` takes a Variable, whose value the result becomes.
`where=` needs `out=`, and then computes nothing but what it is asked for. `dtype=`, `casting=`
and `signature=` choose the loop as they do in NumPy.

An array cannot hold the graph. So `array[0] = x`, `array += x`, `np.array([x, y])` and
`np.asarray(x)` are errors while a graph is recorded. Write `F.stack([x, y])` to put Variables
together, and `array = as_variable(array)` before assigning to its parts. `float(x)` and
`x.item()` give the value alone, and so do `array.fill(x)` and `np.fromiter`, which ask for a float.
"""


def names_of(module: ModuleType, ufuncs: bool) -> Iterator[tuple[str, Any]]:
    """The public functions of a module of NumPy's, by the name that users write."""
    for name in sorted(dir(module)):
        thing = getattr(module, name)
        if name.startswith("_") or isinstance(thing, type) or not callable(thing) or name == "test":
            continue
        if isinstance(thing, np.ufunc) == ufuncs:
            yield f"{module.__name__.replace('numpy', 'np')}.{name}", thing


def state(name: str, function: Callable[..., Any]) -> tuple[str, str]:
    """What PyGrad does with the function, and what to use instead."""
    if function in UFUNCS or function in FUNCTIONS or name in ANOTHER_NAME:
        return EVERY_ORDER, ""
    if function in PLAIN_UFUNCS or function in PLAIN_FUNCTIONS:
        return PLAIN, ""
    asks = isinstance(function, np.ufunc) or hasattr(function, "_implementation")
    if asks or name in CONVERSIONS or name in ADVICE:
        conversion = ADVICE["np.asarray"] if name in CONVERSIONS else ""
        return NO_RULE, ADVICE.get(name, conversion).replace("*", r"\*")
    return NO_ARRAYS, ""


def rows(module: ModuleType, ufuncs: bool) -> Iterator[str]:
    for name, function in names_of(module, ufuncs):
        kind, instead = state(name, function)
        yield f"| `{name}` | {kind} | {instead} |"


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION.format(version=".".join(np.__version__.split(".")[:2]))]
    for title, (module, ufuncs) in SECTIONS.items():
        found = list(rows(module, ufuncs))
        parts.append(f"\n## {title}\n\n| function | with Variables | instead |\n|---|---|---|\n")
        parts.append("\n".join(found) + "\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE} is written")
