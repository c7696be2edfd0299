"""Optimizer, the base of all optimizers: which parameters there are, and when they are updated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

import numpy as np

from pygrad import Variable, enable_grad
from pygrad.engine.function import Leaf
from pygrad.exceptions import ArgumentError
from pygrad.nn import habits
from pygrad.nn.optim import saving
from pygrad.nn.optim.groups import Group, part_of, parts_of

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Optimizer", "checked_betas", "checked_number", "checked_numbers", "evaluated"]

L = TypeVar("L")
Hook: TypeAlias = "Callable[[Optimizer], object]"


class Optimizer:
    """The base of all optimizers: subclass it and write `numbers` and `update`.

    Parameters
    ----------
    params : iterable of Parameter or Variable, or of dict
        What is to be trained, as ``model.params()``; what is there twice counts once. Or groups
        with settings of their own: ``[{"params": ..., "lr": 0.1}, {"params": ...}]``.

    Attributes
    ----------
    params : list of Variable
    state_names : tuple of str
        The arrays that the update remembers of each parameter. They begin as zeros.
    weight_decay : float
        Pulls the parameters towards 0: times their values, it is added to their gradients. With
        `decoupled_weight_decay` they shrink by ``lr * weight_decay`` of themselves instead.

    Raises
    ------
    ArgumentError
        If there are no parameters, or something among them cannot be trained.
    DtypeError
        If a parameter does not consist of floats.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import Variable, nn
    >>> class SignDescent(nn.optim.Optimizer):
    ...     def __init__(self, params, lr=0.1):
    ...         super().__init__(params)
    ...         self.lr = lr
    ...     def numbers(self, step):
    ...         return (self.lr,)
    ...     def update(self, out, g, scratch, lr):
    ...         np.sign(g, out=out)
    ...         np.multiply(out, lr, out=out)
    >>> x = Variable([3.0, -2.0])
    >>> optimizer = SignDescent([x])
    >>> (x * x).sum().backward()
    >>> optimizer.step()
    >>> x
    Variable([ 2.9 -1.9])
    """

    state_names: ClassVar[tuple[str, ...]] = ()
    weight_decay: float = 0.0
    decoupled_weight_decay: bool = False
    # whether `finish` wants to see each parameter as a whole, in its shape
    whole: ClassVar[bool] = False

    params: list[Variable]

    def __init__(self, params: Iterable[Variable] | Iterable[Mapping[str, Any]]) -> None:
        self._parts = parts_of(params, self)
        self._hooks: list[Hook] = []
        self.params = [p for part in self._parts for p in part.params]

    def __setattr__(self, name: str, value: Any) -> None:
        # a new value counts for every group; the first, in __init__, for those without their own
        if name in self.__dict__ and name[0] != "_":
            for part in self._parts:
                part.own.pop(name, None)
        super().__setattr__(name, value)

    if TYPE_CHECKING:
        ...  # with a __getattr__, every name would be one that is there
    else:

        def __getattr__(self, name):
            habits.refuse(self, name, habits.IN_OPTIMIZER)

    # ------------------------------------------------------------ for subclasses

    def numbers(self, step: int) -> tuple[float, ...]:
        """The numbers that `update` needs in step number `step`, which counts from 1.

        They reach it as 0-d arrays of the parameters' dtype.
        """
        raise NotImplementedError(f"{type(self).__name__} must define numbers(self, step)")

    def update(self, out: Any, g: Any, scratch: Any, *args: Any, **kwargs: Any) -> None:
        """Write to `out` what is to be subtracted from the parameters.

        `g` holds their gradients and `scratch` is free to use; the arrays of `state_names` and the
        `numbers` follow, each as an argument. All arrays are flat and of one length, and hold a
        part of a parameter or several of them together. So the update must be elementwise, and it
        must write where things are: ``np.multiply(g, lr, out=out)``.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(self, out, g, ...)")

    def start(self, name: str) -> float:
        """What the array of this name, of `state_names`, is filled with at first: 0."""
        return 0.0

    def decay(self) -> tuple[float, float]:
        """What is added to the gradient of each value, and what each is multiplied with before."""
        if not self.weight_decay:
            return 0.0, 1.0
        if self.decoupled_weight_decay:
            return 0.0, 1 - self.lr * self.weight_decay  # type: ignore[attr-defined]
        return self.weight_decay, 1.0

    def finish(self, out: Any, p: Any, scratch: Any) -> None:
        """Where `whole` is set: change `out`, of the shape of the parameter `p`, in place."""

    def settings(self) -> dict[str, Any]:
        """The settings by name: the attributes that are neither parameters nor private."""
        return {k: v for k, v in vars(self).items() if k != "params" and k[0] != "_"}

    def with_settings(self, own: Mapping[str, Any]) -> Self:
        """This optimizer as a group with settings of its own sees it."""
        if not own:
            return self
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.__dict__.update(own)
        return twin

    # ------------------------------------------------------------------ training

    def step(self, closure: Callable[[], L] | None = None) -> L | None:
        """Update every parameter that has a gradient, in place.

        Parameters
        ----------
        closure : callable, optional
            Is called first, with recording on: it forgets the gradients, computes the loss, calls
            `backward`, and returns the loss, which `step` returns.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> x = Variable([1.0])
        >>> optimizer = nn.optim.SGD([x], lr=0.1)
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = (x * x).sum()
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure), x
        (Variable(1.0), Variable([0.8]))
        """
        loss = None if closure is None else evaluated(closure)
        for hook in self._hooks:
            hook(self)
        for part in self._parts:
            owner = self.with_settings(part.own) if part.own else self
            for bucket in list(part.buckets):
                gradients = bucket.gradients()
                if not gradients:
                    continue
                if len(gradients) < len(bucket.params):
                    # from here on they have different histories
                    place = part.buckets.index(bucket)
                    part.buckets[place : place + 1] = bucket.split()
                    bucket = part.buckets[place]
                bucket.update(gradients, owner)
        return loss

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter: it becomes None, and its graph is freed."""
        for p in self.params:
            if isinstance(leaf := p._node, Leaf):  # frozen parameters have none
                leaf.grad = None

    @property
    def param_groups(self) -> list[Group]:
        """The groups of parameters, each a mapping with its params and its settings.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> optimizer = nn.optim.SGD([Variable([1.0])], lr=0.1)
        >>> optimizer.param_groups[0]["lr"] = 0.01
        >>> optimizer.lr
        0.01
        """
        return [Group(self, part) for part in self._parts]

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Train further parameters, with settings of their own if the group has such.

        Raises
        ------
        ArgumentError
            If there is no ``"params"`` in it, or one that is trained already, or a setting that
            this optimizer does not have.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> optimizer = nn.optim.SGD([Variable([1.0])], lr=0.1)
        >>> optimizer.add_param_group({"params": [Variable([2.0])], "lr": 0.01})
        >>> len(optimizer.param_groups), len(optimizer.params)
        (2, 2)
        """
        where = f"{type(self).__name__}.add_param_group: group"
        part = part_of(group, self, where, self._parts)
        self._parts.append(part)
        self.params.extend(part.params)

    def add_hook(self, hook: Hook) -> Hook:
        """Have ``hook(optimizer)`` called before each update, after those that were added before.

        `nn.optim.hooks` has some: weight decay, clipping, freezing. Returns the hook.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> x = Variable([3.0])
        >>> optimizer = nn.optim.SGD([x], lr=1.0)
        >>> hook = optimizer.add_hook(nn.optim.hooks.ClipGradValue(0.5))
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x
        Variable([2.5])
        """
        if not callable(hook):
            raise ArgumentError(
                f"{type(self).__name__}.add_hook: {hook!r} cannot be called; a hook is a function "
                f"of the optimizer, as nn.optim.hooks.ClipGradNorm(1.0) is"
            )
        self._hooks.append(hook)
        return hook

    def remove_hook(self, hook: Hook) -> None:
        """Call a hook no longer.

        Raises
        ------
        ArgumentError
            If it was not added.
        """
        if hook not in self._hooks:
            raise ArgumentError(f"{type(self).__name__}.remove_hook: {hook!r} was not added")
        self._hooks.remove(hook)

    # ------------------------------------------------------------------- weights

    def weight_dict(self) -> dict[str, Any]:
        """The whole state, as nested dicts of arrays: settings, step counts and averages.

        The parameters themselves are not in it, they are the model's.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> x = Variable([1.0])
        >>> optimizer = nn.optim.SGD([x], lr=0.1)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> optimizer.weight_dict()["params"]
        {'0': {'steps': array(1), 'velocity': array([2.])}}
        """
        return saving.weight_dict(self)

    def load_weight_dict(self, weights: Mapping[str, Any]) -> None:
        """Go on from what `weight_dict` of such an optimizer gave, to the bit.

        Raises
        ------
        WeightsError
            It lists every name that is missing, that is unexpected, or whose array does not fit;
            then the optimizer is as it was.

        Examples
        --------
        >>> from pygrad import Variable, nn
        >>> a, b = nn.optim.Adam([Variable([1.0])], lr=0.1), nn.optim.Adam([Variable([1.0])])
        >>> b.load_weight_dict(a.weight_dict())
        >>> b.lr
        0.1
        """
        saving.load_weight_dict(self, weights)

    def __repr__(self) -> str:
        # what is switched off is left out
        shown = [f"{k}={v!r}" for k, v in self.settings().items() if v or k == "lr"]
        if len(self._parts) > 1:
            shown.append(f"groups={len(self._parts)}")
        return f"{type(self).__name__}({', '.join(shown)})"


def evaluated(closure: Callable[[], L] | None) -> L | None:
    """The loss that a closure computes, with recording on."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


def checked_number(
    owner: Optimizer, name: str, value: Any, *, below: float = math.inf, at_most: float = math.inf
) -> float:
    """The value of a setting, if it is a number from 0 up to `at_most`, or just below `below`."""
    number = float(value) if isinstance(value, (int, float, np.number)) else math.nan
    if 0 <= number < below and number <= at_most:  # NaN fails every comparison
        return number
    upper = f"within [0, {below:g})" if below < math.inf else "of at least 0"
    upper = f"within [0, {at_most:g}]" if at_most < math.inf else upper
    raise ArgumentError(
        f"{type(owner).__name__}: {name} is {value!r}; it must be a finite number {upper}"
    )


def checked_numbers(owner: Optimizer, name: str, values: Any, n: int) -> tuple[float, ...]:
    """The values of a setting that consists of `n` finite numbers of at least 0."""
    if isinstance(values, (tuple, list)) and len(values) == n:
        return tuple(checked_number(owner, name, value) for value in values)
    raise ArgumentError(f"{type(owner).__name__}: {name} is {values!r}; it must be {n} numbers")


def checked_betas(owner: Optimizer, beta_1: Any, beta_2: Any, betas: Any) -> tuple[float, float]:
    """The two settings of Adam and its kin, given one by one or as PyTorch's `betas`."""
    if betas is not None:
        beta_1, beta_2 = checked_numbers(owner, "betas", betas, 2)
    return (
        checked_number(owner, "beta_1", beta_1, below=1),
        checked_number(owner, "beta_2", beta_2, below=1),
    )
