"""Module, the base of every layer and every network: it owns parameters and calls `forward`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pygrad import Parameter, Variable
from pygrad.nn import habits, state
from pygrad.nn.buffer import Buffer
from pygrad.nn.calls import Call, Spec, as_input, as_inputs, as_outputs, remembered
from pygrad.nn.hooks import HOOKED, Hooked
from pygrad.nn.initializers import checked_dtype
from pygrad.nn.tree import members, walk
from pygrad.plugins import registry

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

__all__ = ["Module"]

M = TypeVar("M", bound="Module")


class Module(Hooked):
    """The base of layers and networks: subclass it, make the parts in `__init__`, write `forward`.

    Attributes that are modules or `Parameter`, alone or in lists, tuples and dicts, belong to the
    module. They are found in the order of definition, and what is there twice counts once.

    Attributes
    ----------
    training : bool
        Whether the module is being trained; `train` and `eval` set it. Dropout asks for it.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import nn, functions as F
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc1 = nn.Linear(2, 8)
    ...         self.fc2 = nn.Linear(8, 3)
    ...     def forward(self, x):
    ...         return self.fc2(F.relu(self.fc1(x)))
    >>> model = Net()
    >>> model
    Net(
      (fc1): Linear(2, 8)
      (fc2): Linear(8, 3)
    )
    >>> model(np.zeros((5, 2))).shape
    (5, 3)
    >>> [name for name, _ in model.named_params()]
    ['fc1.W', 'fc1.b', 'fc2.W', 'fc2.b']
    """

    # A slot, for the memory of a call is no state: copies and pickles leave it out, and the walks
    # over the attributes never see it.
    __slots__ = ("_last_call",)
    _last_call: Any

    training = True

    def __init__(self) -> None:
        # Nothing to do: what an instance needs at first is in the class. So a subclass that forgets
        # super().__init__() works as well as one that does not.
        super().__init__()

    # ---------------------------------------------------------------- calls

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass writes its own.

        It is given Variables and may use functions, operators and other modules. Call the module,
        not `forward`: the call converts data and remembers their shapes for `plot`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no forward; define forward(self, x) and return the result"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` on Variables, arrays or lists, and return Variables.

        Plain data become constants. Floats get the dtype of the module's first parameter, so that a
        float64 batch does not turn a float32 network to float64; integers stay. Variables pass as
        they are.

        Raises
        ------
        DtypeError
            If the data are text, None or other objects, or `forward` returns such.
        """
        if HOOKED and hasattr(self, "_hooks"):
            y, self._last_call = self._hooks.call(self, args, kwargs)
            return y
        if kwargs or len(args) != 1:
            args, kwargs = as_inputs(self, args, kwargs)
            y = self.forward(*args, **kwargs)
            self._last_call = remembered(args, kwargs)
        else:
            # every layer goes this way at every step, so it notes two things and makes no Call
            x = args[0] if args[0].__class__ is Variable else as_input(args[0], self)
            y = self.forward(x)
            if x.__class__ is Variable:
                self._last_call = x._data.shape, x._data.dtype
            else:
                self._last_call = remembered((x,), {})
        return y if y.__class__ is Variable else as_outputs(y, type(self).__name__)

    @property
    def last_call(self) -> Call | None:
        """The shapes and dtypes of what the last call was given; None before the first.

        Examples
        --------
        >>> from pygrad import nn
        >>> layer = nn.Linear(2, 3)
        >>> y = layer([[1.0, 2.0]])
        >>> layer.last_call.input_shapes, layer.last_call.input_dtypes
        (((1, 2),), (dtype('float32'),))
        """
        noted = getattr(self, "_last_call", None)
        if noted is None or isinstance(noted, Call):
            return noted
        return Call((Spec(*noted),), {})

    def plot(self, to_file: str | os.PathLike[str] | None = None, dpi: float | None = None) -> Any:
        """Draw the network as the last call went through it; pygrad-viz does it.

        Parameters
        ----------
        to_file : str or path, optional
            Where to write the picture; the suffix says which kind: ``"graph.png"``.
        dpi : float, optional
            Dots per inch, for kinds that are made of dots.

        Returns
        -------
        picture
            Something that a notebook shows.

        Raises
        ------
        GraphError
            If the module has not been called yet.
        MissingPluginError
            If pygrad-viz is not installed; the message says how to get it.
        """
        return registry("plotters").get("model")(self, to_file=to_file, dpi=dpi)

    # ---------------------------------------------------------------- parts

    def params(self) -> list[Parameter]:
        """Every parameter, in the order of definition; one that is shared comes once.

        Examples
        --------
        >>> from pygrad import nn
        >>> [p.shape for p in nn.Linear(2, 3).params()]
        [(2, 3), (3,)]
        """
        return [thing for _, thing in walk(self) if isinstance(thing, Parameter)]

    def named_params(self) -> list[tuple[str, Parameter]]:
        """Every parameter with its name, as ``[("fc1.W", ...), ("layers.0.b", ...)]``."""
        return [(".".join(path), p) for path, p in walk(self) if isinstance(p, Parameter)]

    def buffers(self) -> list[Buffer]:
        """Every buffer: what is saved with the weights and not trained.

        Examples
        --------
        >>> from pygrad import nn
        >>> nn.Dropout(0.5).buffers()
        [Buffer(0.5)]
        """
        return [thing for _, thing in walk(self) if isinstance(thing, Buffer)]

    def named_buffers(self) -> list[tuple[str, Buffer]]:
        """Every buffer with its name."""
        return [(".".join(path), b) for path, b in walk(self) if isinstance(b, Buffer)]

    def modules(self) -> list[Module]:
        """This module and every one inside it, in the order of definition, each once."""
        return [module for _, module in self.named_modules()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """This module, under the empty name, and every one inside it, each once."""
        inside = [(".".join(path), m) for path, m in walk(self) if isinstance(m, Module)]
        return [("", self), *inside]

    def children(self) -> list[Module]:
        """The modules that this one holds itself, in the order of definition, each once."""
        found = {id(m): m for _, m in members(self) if isinstance(m, Module)}
        return list(found.values())

    def train(self: M, mode: bool = True) -> M:
        """Set this module and every one inside it to training; returns the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: M) -> M:
        """Set this module and every one inside it to evaluation: ``train(False)``."""
        return self.train(False)

    def apply(self: M, fn: Callable[[Module], object]) -> M:
        """Call ``fn(module)`` for every module inside, each once, and for this one at last.

        Examples
        --------
        >>> from pygrad import nn
        >>> model = nn.Sequential(nn.Linear(2, 3), nn.Dropout())
        >>> model = model.apply(lambda module: print(type(module).__name__))
        Linear
        Dropout
        Sequential
        """
        seen: set[int] = set()

        def visit(module: Module) -> None:
            seen.add(id(module))
            for child in module.children():
                if id(child) not in seen:
                    visit(child)
            fn(module)

        visit(self)
        return self

    def freeze(self: M) -> M:
        """Train the parameters no longer: no gradients, and no steps; returns the module.

        Examples
        --------
        >>> from pygrad import nn
        >>> layer = nn.Linear(2, 3).freeze()
        >>> layer([[1.0, 2.0]]).requires_grad
        False
        """
        for parameter in self.params():
            parameter.requires_grad = False
        return self

    def unfreeze(self: M) -> M:
        """Train the parameters again; returns the module."""
        for parameter in self.params():
            parameter.requires_grad = True
        return self

    def astype(self: M, dtype: npt.DTypeLike) -> M:
        """Convert the parameters and the arrays of floats among the buffers; returns the module.

        The gradients are forgotten. Make an optimizer after the conversion, not before: it keeps
        averages in the parameters' dtype. Single numbers among the buffers, such as the rate of a
        dropout, stay.

        Raises
        ------
        DtypeError
            If `dtype` is not one of floats.

        Examples
        --------
        >>> from pygrad import nn
        >>> nn.Linear(2, 3).astype("float64").W.dtype
        dtype('float64')
        """
        dtype = checked_dtype(dtype, f"{type(self).__name__}.astype")
        for parameter in self.params():
            parameter.zero_grad()
            parameter.data = parameter.data.astype(dtype)
        for buffer in self.buffers():
            if buffer.dtype.kind == "f" and buffer.ndim:
                buffer.data = buffer.data.astype(dtype)
        return self

    def multiply_adds(
        self, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]
    ) -> int | None:
        """How many multiplications with an addition a call takes, those of modules inside aside.

        `nn.summary` asks, with the shapes of the inputs and of the output. A layer that has
        parameters says it by a method of its own; None where nobody knows.

        Examples
        --------
        >>> from pygrad import nn
        >>> nn.Linear(4, 3).multiply_adds([(10, 4)], (10, 3))
        120
        """
        return None if any(isinstance(p, Parameter) for _, p in members(self)) else 0

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter: it becomes None."""
        for parameter in self.params():
            parameter.zero_grad()

    # -------------------------------------------------------------- weights

    def weight_dict(self) -> dict[str, Any]:
        """The parameters and buffers as a nested dict of arrays, in the order of definition.

        The arrays are copies. A module inside is a dict under the name of its attribute; one in a
        list has its position as its name. What is shared stands where it comes first. A module
        without weights is left out.

        Examples
        --------
        >>> from pygrad import nn
        >>> weights = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5)).weight_dict()
        >>> list(weights), list(weights["0"]), weights["1"]
        (['0', '1'], ['W', 'b'], {'dropout': array(0.5)})
        """
        return state.weight_dict(self)

    def load_weight_dict(self, weights: Mapping[str, Any], strict: bool = True) -> list[str] | None:
        """Take over what `weight_dict` of such a module gave: all of it or, on an error, nothing.

        The values are copied into the arrays that are there, and keep their dtype. Names may also
        be whole, as ``"fc1.W"``.

        Parameters
        ----------
        weights : dict
            Nested dicts of arrays.
        strict : bool
            Whether everything must fit. With False, what fits is loaded, and everything else is
            returned: a list of what is missing, unexpected or of another shape or dtype.

        Raises
        ------
        WeightsError
            It lists every name that is missing, that is unexpected, or whose array does not fit.

        Examples
        --------
        >>> from pygrad import nn
        >>> a, b = nn.Linear(2, 3), nn.Linear(2, 3)
        >>> b.load_weight_dict(a.weight_dict())
        >>> bool((a.W == b.W).all())
        True
        >>> b.load_weight_dict({"W": a.W.data, "scale": 1.0}, strict=False)
        ['missing: b', 'unexpected: scale']
        """
        return state.load_weight_dict(self, weights, strict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the weights to a file; its suffix says in which format.

        ``.npy``, which is also added where there is no suffix of a format, holds the nested
        `weight_dict` as one structured array: ``np.load(path, allow_pickle=False)`` reads it as
        well. ``.npz`` and ``.safetensors`` hold the arrays under names like ``fc1.W``; the latter
        needs the package safetensors. `nn.formats.names` has them all. The file is written beside
        its place and then moved there, so a failure or a kill leaves the old file whole.

        Raises
        ------
        WeightsFileError
            If the folder is not there or cannot be written to, or the disk is full. It is a
            WeightsError and an OSError.
        WeightsError
            If the weights cannot be stored so: 2 GiB are the limit of ``.npy``.
        """
        state.save(self, path)

    def load(
        self, path: str | os.PathLike[str], strict: bool = True, legacy: bool = False
    ) -> list[str] | None:
        """Read the weights from a file; ``.npy`` is added where there is no suffix of a format.

        Nothing in the file is ever executed. On an error the module is as it was before.

        Parameters
        ----------
        path : str or path
            The file.
        strict : bool
            Whether everything must fit. With False, what fits is loaded, and everything else is
            returned: a list of what is missing, unexpected or of another shape or dtype.
        legacy : bool
            Read also the pickled ``.npy`` files of PyGrad 0.1. Arrays, dicts, strings and numbers
            are admitted; a file that names anything else is refused.

        Raises
        ------
        MissingWeightsError
            If there is no such file. It is a WeightsError and a FileNotFoundError.
        WeightsError
            If the file is damaged, pickled, no weight file, or of another model.
        """
        return state.load(self, path, strict, legacy)

    # ----------------------------------------------------------------- text

    def extra_repr(self) -> str:
        """What `repr` puts between the brackets, such as the sizes of a layer."""
        return ""

    def __repr__(self) -> str:
        return _tree(self, ())

    if TYPE_CHECKING:
        ...  # with a __getattr__, every name would be one that is there
    else:

        def __getattr__(self, name):
            habits.refuse(self, name, habits.IN_MODULE)

    # --------------------------------------------------------------- copies

    def __getstate__(self) -> dict[str, Any]:
        # without the slot: the last call was the original's
        return self.__dict__.copy()


def _tree(module: Module, above: tuple[Module, ...]) -> str:
    name = type(module).__name__
    if any(module is other for other in above):
        return f"{name}(...)"  # it holds itself
    lines = [
        f"  ({'.'.join(path)}): " + _tree(part, (*above, module)).replace("\n", "\n  ")
        for path, part in members(module)
        if isinstance(part, Module)
    ]
    extra = module.extra_repr()
    if not lines:
        return f"{name}({extra})"
    return "\n".join([f"{name}({extra}", *lines, ")"])
