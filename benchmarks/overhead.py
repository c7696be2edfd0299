"""Print where the time of one operation goes, line by line.

    python benchmarks/overhead.py           y = a * b of single numbers, forwards and backwards
    python benchmarks/overhead.py 100       of arrays of 100 values

Each line is the time of one piece alone, the least of several repetitions, in nanoseconds and as a
multiple of the NumPy call that the operation is about. The pieces do not add up to the whole to the
last nanosecond: a cache is warm for a piece alone.
"""

from __future__ import annotations

import sys
import time
import timeit

import numpy as np

from pygrad import Variable
from pygrad.engine.function import next_serial
from pygrad.engine.mode import is_recording
from pygrad.engine.ops.arithmetic import Multiply

NUMBER, REPEAT = 20_000, 7


def nanoseconds(statement: str, names: dict) -> float:
    times = timeit.repeat(
        statement, timer=time.process_time, globals=names, number=NUMBER, repeat=REPEAT
    )
    return min(times) / NUMBER * 1e9


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else None
    a = np.float64(1.5) if size is None else np.full(size, 1.5)
    x, y = Variable(a), Variable(a)
    names = {
        "a": a, "x": x, "y": y, "z": x * y, "c": Variable(a, requires_grad=False),
        "node": (x * y).creator, "seed": a * 0 + 1,
        "Variable": Variable, "Multiply": Multiply, "new": object.__new__,
        "next_serial": next_serial, "is_recording": is_recording,
    }  # fmt: skip
    empty = nanoseconds("pass", names)
    numpy = nanoseconds("a * a", names) - empty
    sections = {
        "forward": [
            ("NumPy's own a * a", "a * a"),
            ("x * y, the whole of it", "x * y"),
            ("x * y without a graph (constants)", "c * c"),
            ("  look at both operands", "isinstance(x, Variable); isinstance(y, Variable)"),
            ("  make the Variable", "v = new(Variable); v._data = a; v._node = None"),
            ("  is a graph recorded?", "is_recording()"),
            ("  make the node", "Multiply()"),
            ("  its serial number", "next_serial()"),
            ("  its edges and arrays", "n = (x, y); m = (a, a)"),
        ],
        "backward": [
            ("the rule alone, two products", "node.backward(seed)"),
            ("z.backward(seed), a walk of one node", "z.backward(seed); x.grad = y.grad = None"),
        ],
    }
    print(f"{'':44}{'ns':>8}{'of NumPy':>10}")
    for title, lines in sections.items():
        print(title)
        for label, statement in lines:
            spent = nanoseconds(statement, names) - empty
            print(f"  {label:42}{spent:8.0f}{spent / numpy:10.2f}")
            x.grad = y.grad = None
    whole = chain(names)
    print("a chain of 100, per operation")
    print(f"  {'forward and backward':42}{whole:8.0f}{whole / numpy:10.2f}")


def chain(names: dict) -> float:
    statement = "v = x\nfor _ in range(100): v = v * y\nv.backward(seed); x.grad = y.grad = None"
    times = timeit.repeat(
        statement, timer=time.process_time, globals=names, number=200, repeat=REPEAT
    )
    return min(times) / 200 / 100 * 1e9


if __name__ == "__main__":
    main()
