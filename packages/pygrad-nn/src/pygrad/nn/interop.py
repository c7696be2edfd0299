"""Weights to and from PyTorch, as plain dicts of arrays; PyTorch itself is not needed.

A model with the attributes of its counterpart has the same names but for the last part: `W` of a
layer is PyTorch's ``weight`` and `b` its ``bias``. Some are transposed, as that of `Linear`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad import Variable
from pygrad.exceptions import DtypeError, WeightsError
from pygrad.nn import layers as L
from pygrad.nn.layers.recurrent_base import Recurrent
from pygrad.nn.layers.recurrent_cells import Cell
from pygrad.nn.state import load_weights
from pygrad.nn.tree import Owner, Path, members

if TYPE_CHECKING:
    from pygrad.nn.module import Module

__all__ = ["LAYERS", "Layout", "from_torch_state_dict", "to_torch_state_dict"]


@dataclass(frozen=True)
class Layout:
    """What a layer's weights are called in PyTorch, and how they lie there.

    Parameters
    ----------
    names : dict
        PyTorch's name for the layer's own: ``{"W": "weight"}``. It counts for names that go on
        behind an underscore, too: ``W_ih`` for ``W_ih_l0``. None: PyTorch keeps no such thing. What
        is not there has the same name.
    transposed : tuple of str
        The layer's own names of the matrices that PyTorch has with their axes swapped.
    optional : tuple of str
        Those that may be missing in a state dict.

    Examples
    --------
    >>> from pygrad import nn
    >>> class Scaled(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factors = nn.Parameter([1.0, 2.0])
    >>> nn.interop.LAYERS[Scaled] = nn.interop.Layout({"factors": "gamma"})
    >>> nn.interop.to_torch_state_dict(Scaled())
    {'gamma': array([1., 2.])}
    """

    names: Mapping[str, str | None] = field(default_factory=dict)
    transposed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def rule(self, name: str) -> tuple[str | None, bool]:
        """PyTorch's name, and whether it is transposed."""
        key = max((k for k in self.names if name == k or name.startswith(f"{k}_")), default="")
        theirs = self.names[key] if key else ""
        if theirs is None:
            return None, False
        return theirs + name[len(key) :], key in self.transposed


_PLAIN = {"W": "weight", "b": "bias"}
_RECURRENT = Layout(
    {"W_ih": "weight_ih", "W_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"},
    transposed=("W_ih", "W_hh"),
)
_NORM = Layout(_PLAIN, optional=("num_batches_tracked",))

LAYERS: dict[type, Layout] = {
    L.Linear: Layout(_PLAIN, transposed=("W",)),
    L.Bilinear: Layout(_PLAIN),
    L.Embedding: Layout(_PLAIN),
    L.LearnedPositionalEncoding: Layout(_PLAIN),
    L.Conv1d: Layout(_PLAIN),
    L.Conv2d: Layout(_PLAIN),
    L.Conv3d: Layout(_PLAIN),
    L.ConvTranspose1d: Layout(_PLAIN),
    L.ConvTranspose2d: Layout(_PLAIN),
    L.BatchNorm1d: _NORM,
    L.BatchNorm2d: _NORM,
    L.InstanceNorm2d: _NORM,
    L.LayerNorm: Layout(_PLAIN),
    L.GroupNorm: Layout(_PLAIN),
    L.RMSNorm: Layout(_PLAIN),
    L.Dropout: Layout({"dropout": None}),  # the rate; in PyTorch it is no weight
    Recurrent: _RECURRENT,
    Cell: _RECURRENT,
    L.MultiheadAttention: Layout(
        {
            "in_proj_W": "in_proj_weight", "in_proj_b": "in_proj_bias",
            "q_proj_W": "q_proj_weight", "k_proj_W": "k_proj_weight", "v_proj_W": "v_proj_weight",
            "k_b": "bias_k", "v_b": "bias_v",
        },
        transposed=("in_proj_W", "q_proj_W", "k_proj_W", "v_proj_W"),
    ),
}  # fmt: skip
"""By class; a subclass has that of its base. A layer that is not there has PyTorch's own names."""


def to_torch_state_dict(
    model: Module, rename: Callable[[str], str] | None = None, conv1d: Sequence[str] = ()
) -> dict[str, np.ndarray[Any, Any]]:
    """The weights as PyTorch's ``load_state_dict`` takes them, once the arrays are tensors.

    Parameters
    ----------
    model : Module
    rename : callable, optional
        Makes of a name here, such as ``"fc1.weight"``, what it is called there.
    conv1d : sequence of str
        Names of linear layers whose weight is of shape (in, out) there, as in GPT-2, whose layers
        of that kind are called Conv1D; patterns like ``"*.c_attn"``.

    Returns
    -------
    dict of arrays
        Copies, contiguous as the package safetensors wants them. What is shared is there under each
        of its names.

    Examples
    --------
    >>> from pygrad import nn
    >>> state = nn.interop.to_torch_state_dict(nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.1)))
    >>> {name: array.shape for name, array in state.items()}
    {'0.weight': (2, 3), '0.bias': (2,)}
    """
    return {
        entry.theirs: np.array(_turned(entry.weight.data, entry.transposed), order="C")
        for entry in _entries(model, rename, conv1d)
        if entry.theirs is not None
    }


def from_torch_state_dict(
    model: Module,
    state_dict: Mapping[str, Any],
    strict: bool = True,
    rename: Callable[[str], str] | None = None,
    conv1d: Sequence[str] = (),
) -> list[str] | None:
    """Load what ``state_dict()`` of a PyTorch model gave, as arrays, into a model of the same form.

    Parameters
    ----------
    model : Module
    state_dict : dict of arrays
        Tensors in the memory of the CPU will do, too.
    strict : bool
        As for `Module.load`: with False, what fits is loaded, and the rest is returned as a list.
    rename, conv1d
        As for `to_torch_state_dict`.

    Raises
    ------
    WeightsError
        It lists every name that is missing, unexpected, or whose array does not fit. The model is
        as it was then.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn
    >>> model = nn.Linear(3, 2)
    >>> nn.interop.from_torch_state_dict(model, {"weight": np.ones((2, 3)), "bias": np.zeros(2)})
    >>> model([1.0, 2.0, 3.0])
    Variable([6. 6.])
    """
    if not isinstance(state_dict, Mapping):
        raise WeightsError(
            f"from_torch_state_dict: expected a dict of arrays, got a {type(state_dict).__name__}"
        )
    left = dict(state_dict)
    weights: dict[str, Any] = {}
    done: set[int] = set()
    for entry in _entries(model, rename, conv1d):
        name = ".".join(entry.path)
        if entry.theirs in left:
            value = left.pop(entry.theirs)
            if id(entry.weight) not in done:  # else it is another name of what is shared
                weights[name] = _turned(_array(value, entry.theirs), entry.transposed)
                done.add(id(entry.weight))
        elif entry.theirs is None or entry.optional:
            weights.setdefault(name, entry.weight.data)  # it stays as it is
    return load_weights(model, {**weights, **left}, "from_torch_state_dict", strict)


class _Entry(NamedTuple):
    path: Path
    theirs: str | None
    weight: Variable
    transposed: bool
    optional: bool


def _entries(
    model: Module, rename: Callable[[str], str] | None, conv1d: Sequence[str]
) -> Iterator[_Entry]:
    """Every weight under each of its names, the first that `Module` knows it by first."""
    known: dict[int, Path] = {}

    def inside(owner: Owner, path: Path, above: tuple[Owner, ...]) -> Iterator[_Entry]:
        layout = _layout(type(owner))
        straight = any(fnmatch.fnmatchcase(".".join(path), pattern) for pattern in conv1d)
        for way, thing in members(owner):
            if isinstance(thing, Owner):
                if not any(thing is other for other in above):
                    yield from inside(thing, path + way, (*above, thing))
                continue
            name, transposed = layout.rule(way[0])
            theirs = None if name is None else ".".join((*path, name, *way[1:]))
            yield _Entry(
                known.setdefault(id(thing), path + way),
                rename(theirs) if rename is not None and theirs is not None else theirs,
                thing,
                transposed and not straight,
                way[0] in layout.optional,
            )

    return inside(model, (), (model,))


def _layout(kind: type) -> Layout:
    return next((LAYERS[base] for base in kind.__mro__ if base in LAYERS), Layout())


def _turned(array: Any, transposed: bool) -> Any:
    return array.T if transposed and array.ndim == 2 else array


def _array(value: Any, name: object) -> Any:
    try:
        return np.asarray(value.data if isinstance(value, Variable) else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise DtypeError(
            f"from_torch_state_dict: {name} is a {type(value).__name__} that NumPy cannot read: "
            f"{error}; give tensor.float().cpu().numpy()"
        ) from error
