"""`export`: a model's forward pass as lines of NumPy, checked against the model itself."""

from __future__ import annotations

import inspect
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import describe
from pygrad.exceptions import ArgumentError, GraphError
from pygrad.files import replacing
from pygrad.nn.exporting import code, runtime
from pygrad.nn.exporting.tracing import Source, Trace, trace
from pygrad.nn.state import as_file_name, refuse
from pygrad.nn.tree import float_dtype

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["export"]

_TOLERANCE = 1e-4  # of the outputs' size: far above rounding, far below a mistake


def export(model: Module, path: str | os.PathLike[str], x: Any = None) -> None:
    """Write a model as one readable Python file, with its weights beside it; it needs NumPy alone.

    The file has a function ``predict(x)`` with the forward pass of evaluation, a line an operation,
    for batches of any length. The weights lie beside it, under the same name with ``.npz``.

    The model is run twice, on copies, with batches of different lengths; what it does must be the
    same both times. Then the file is run too, and has to give what the model gives.

    Parameters
    ----------
    model : Module
        Its input is one array, its output one or several.
    path : str or path
        The file; ``.py`` is added if it is not there.
    x : array, optional
        A batch such as it will be given. By default random numbers of the shape of the last call;
        a model of whole numbers, such as words, needs one.

    Raises
    ------
    GraphError
        If the model has not been called yet, and no `x` is given.
    ArgumentError
        If it does something that cannot be written down: a function without code for it, an
        operation that depends on the data in other ways. The message says what. No file is written
        then.
    WeightsFileError
        If a file cannot be written.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    >>> nn.export(model, "small.py", x=np.ones((4, 3)))
    >>> import runpy
    >>> predict = runpy.run_path("small.py")["predict"]
    >>> bool(np.allclose(predict(np.ones((4, 3))), model.eval()(np.ones((4, 3))).data))
    True
    """
    import runpy  # these would make every import of pygrad.nn slower
    import tempfile

    from pygrad.nn.formats import npz

    target = as_file_name(path, "nn.export")
    target = target if target.endswith(".py") else f"{target}.py"
    first, second = (trace(model, batch) for batch in _batches(model, x))
    _check_alike(first, second)
    text, weights = _Text(type(model).__name__, first, second).written()
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, Path(target).name)
        draft.write_text(text, encoding="utf-8")
        with open(draft.with_suffix(".npz"), "wb") as file:
            npz.write(file, weights)
        for done in (first, second):
            _compare(runpy.run_path(str(draft))["predict"](done.x), done.values, model)
    beside = str(Path(target).with_suffix(".npz"))
    try:
        with replacing(beside) as file:
            npz.write(file, weights)
        with replacing(target) as file:
            file.write(text.encode())
    except OSError as error:
        refuse(f"nn.export: {target!r}", target, error)


def _batches(model: Module, x: Any) -> tuple[Any, Any]:
    """Two batches, the second longer by one sample and with other values."""
    rng = np.random.default_rng(0)
    dtype = float_dtype(model) or np.dtype(np.float32)
    if x is None:
        call = model.last_call
        if call is None or len(call.inputs) != 1 or len(call.args) != 1:
            raise GraphError(
                f"nn.export: {type(model).__name__} has not been called with one array yet, so its "
                f"shapes are not known; call it, or give a batch: nn.export(model, path, x=batch)"
            )
        if call.inputs[0].dtype.kind != "f":
            raise GraphError(
                "nn.export: the model is given whole numbers, and which are allowed is not known; "
                "give a batch: nn.export(model, path, x=batch)"
            )
        x = rng.normal(size=call.inputs[0].shape)
    x = np.asarray(x)
    if x.ndim < 1 or not x.size:
        raise ArgumentError(f"nn.export: x has shape {x.shape}; it must be a batch of samples")
    longer = np.concatenate([x[::-1], x[:1]])
    if x.dtype.kind == "f":
        x = x.astype(dtype)
        longer = (longer + rng.normal(scale=0.1 * x.std() + 1e-3, size=longer.shape)).astype(dtype)
    return x, longer


def _check_alike(first: Trace, second: Trace) -> None:
    for a, b in zip(first.operations, second.operations, strict=False):
        if type(a.node) is not type(b.node):
            break
        if not code.known(a.node):
            raise ArgumentError(
                f"nn.export: the model calls {describe(a.node)}, which cannot be written as NumPy "
                f"code; save its weights instead, and load them where PyGrad is"
            )
    else:
        if len(first.operations) == len(second.operations):
            return
    raise ArgumentError(
        "nn.export: the model does different things for different batches, so there is no one "
        "program for it"
    )


class _Text:
    """The file in the making."""

    def __init__(self, name: str, first: Trace, second: Trace) -> None:
        self.name = re.sub(r"\W", "_", name)
        self.first, self.second = first, second
        self.weights: dict[str, Any] = {}
        self.helpers: set[str] = set()

    def written(self) -> tuple[str, dict[str, Any]]:
        body: list[str] = []
        for i, (a, b) in enumerate(zip(self.first.operations, self.second.operations, strict=True)):
            if i in self.first.layers:
                title = " ".join(self.first.layers[i].split())
                body.append(f"# {title}")
            args = [self.value(s, t) for s, t in zip(a.inputs, b.inputs, strict=True)]
            writing = code.Writing(
                args, (a.node, b.node), (self.first.x, self.second.x), self.constant
            )
            try:
                body.append(f"h{i + 1} = {code.expression(writing)}")
            except ArgumentError as error:
                raise ArgumentError(
                    f"nn.export: the model calls {describe(a.node)}, which cannot be written as "
                    f"NumPy code here: {error}"
                ) from error
            self.helpers |= writing.helpers
        outputs = [
            self.value(s, t) for s, t in zip(self.first.outputs, self.second.outputs, strict=True)
        ]
        body.append(f"return {', '.join(outputs)}")
        return self.file(body), self.weights

    def file(self, body: list[str]) -> str:
        x = self.first.x
        shape = ", ".join(["n", *map(str, x.shape[1:])]) + ("," if x.ndim == 1 else "")
        start = [f"x = np.asarray(x, dtype=np.{x.dtype.name})"]
        if any(re.search(r"\bn\b", line) for line in body if not line.startswith("#")):
            start.append("n = len(x)")
        helpers = "".join(f"\n\n{source}" for source in self.sources())
        math = "import math\n" if "math." in helpers else ""
        lines = "\n".join(f"    {line}" for line in [*start, *body])
        return (
            f'"""{self.name} as plain NumPy, exported from PyGrad. Its weights lie beside it."""\n'
            "\n"
            f"{math}from pathlib import Path\n\nimport numpy as np\n\n"
            f'with np.load(Path(__file__).with_suffix(".npz"), allow_pickle=False) as file:\n'
            f"    W = dict(file)\n{helpers}\n\ndef predict(x):\n"
            f'    """The outputs for a batch of shape ({shape})."""\n{lines}\n'
        )

    def sources(self) -> list[str]:
        """The functions that the body calls, those that they call first."""
        needed: dict[str, Any] = {}
        for name in sorted(self.helpers):
            for function in runtime.NEEDS.get(name, []):
                needed[function.__name__] = function
            needed[name] = getattr(runtime, name)
        return [_plain(inspect.getsource(function)) for function in needed.values()]

    def value(self, a: Source, b: Source) -> str:
        if a.kind != b.kind or (a.kind != "constant" and a.key != b.key):
            raise ArgumentError("nn.export: the model does different things for different batches")
        if a.kind == "input":
            return "x"
        if a.kind == "weight":
            self.weights[a.key] = self.first.weights[a.key]
            return f"W[{json.dumps(a.key)}]"
        if a.kind == "result":
            number, output = a.key
            several = self.first.operations[number].several
            return f"h{number + 1}[{output}]" if several else f"h{number + 1}"
        return self.same_constant(a.key, b.key)

    def same_constant(self, a: Any, b: Any) -> str:
        if (filled := self.filled(a, b)) is not None:
            return filled
        same = np.shape(a) == np.shape(b) and np.array_equal(a, b)
        if not same:
            raise ArgumentError(
                f"nn.export: the model computes an array of shape {np.shape(a)} from its data "
                f"outside of the graph, with NumPy or under no_grad; use PyGrad's functions for it"
            )
        if isinstance(a, bool | int | float):
            return repr(a) if np.isfinite(a) else f'float("{a}")'
        return self.constant(np.asarray(a))

    def filled(self, a: Any, b: Any) -> str | None:
        """An array of one value whose size goes with the batch, as the first state of an LSTM."""
        shapes = np.shape(a), np.shape(b)
        if shapes[0] == shapes[1] or len(shapes[0]) != len(shapes[1]) or not a.size:
            return None
        value = a.flat[0]
        if not ((a == value).all() and (b == value).all() and np.isfinite(value)):
            return None
        batches = len(self.first.x), len(self.second.x)
        lengths = []
        for pair in zip(*shapes, strict=True):
            if pair[0] != pair[1] and pair != batches:
                return None
            lengths.append("n" if pair == batches else str(pair[0]))
        shape = ", ".join(lengths) + ("," if len(lengths) == 1 else "")
        return f"np.full(({shape}), {value.item()!r}, np.{a.dtype.name})"

    def constant(self, array: Any) -> str:
        """The text for an array that is no weight."""
        if array.ndim == 0 and np.isfinite(array):
            return f"np.{array.dtype.name}({array.item()!r})"
        name = next((k for k, v in self.weights.items() if v is array), None)
        if name is None:
            name = f"constant_{sum(k.startswith('constant_') for k in self.weights) + 1}"
            self.weights[name] = array
        return f"W[{json.dumps(name)}]"


def _plain(source: str) -> str:
    """A function's source without annotations, on as few lines as they fit."""
    head, body = re.match(r"(def .*?\) -> Any:)\n(.*)", source, re.DOTALL).groups()  # type: ignore[union-attr]
    head = " ".join(head.split()).replace("( ", "(").replace(" )", ")").replace(" -> Any", "")
    head = re.sub(r": (?:Any|int|float|bool)\b", "", head).replace(" = ", "=")
    return f"{head}\n{body}"


def _compare(found: Any, wanted: list[Any], model: Module) -> None:
    found = found if isinstance(found, tuple) else (found,)
    for a, b in zip(found, wanted, strict=True):
        size = np.abs(b).max(initial=0) + 1e-30
        if a.shape != b.shape or not np.abs(a - b).max(initial=0) <= _TOLERANCE * size:
            raise ArgumentError(
                f"nn.export: the exported {type(model).__name__} gives other outputs than the "
                f"model, so it was not written; please report this"
            )
