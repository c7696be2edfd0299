"""What plugins registered, looked up by name: one `Registry` for each kind of thing."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from pygrad.exceptions import DuplicateNameError, MissingPluginError, UnknownNameError

__all__ = ["Offer", "PluginWarning", "Registry", "forget", "registry"]

# what provides each kind, for the message where nobody does; the hooks themselves are declared in
# the hookspecs of the part in question
PART_OF_KIND = {
    "batchers": "data",
    "datasets": "data",
    "initializers": "nn",
    "layers": "nn",
    "loaders": "data",
    "losses": "nn",
    "metrics": "nn",
    "optimizers": "nn",
    "plotters": "viz",
    "schedulers": "nn",
    "transforms": "data",
    "weight_formats": "nn",
}

_SHOWN = 40  # names that a message lists before it says how many more there are

_lock = threading.Lock()
_generation = 0  # of the set of plugins; what was collected from an older set is stale
_registries: dict[str, Registry] = {}


class PluginWarning(UserWarning):
    """A plugin does not do what it should; everything else goes on."""


class Offer(NamedTuple):
    """A thing, and the plugin that offers it."""

    thing: Any
    owner: str


def registry(kind: str) -> Registry:
    """The registry of one kind of thing: always the same object for the same kind.

    Parameters
    ----------
    kind : str
        In the plural, as in the hook that fills it: ``"layers"`` for ``register_layers``.

    Examples
    --------
    >>> from pygrad.plugins import registry
    >>> "info" in registry("commands").names()
    True
    """
    with _lock:
        return _registries.setdefault(kind, Registry(kind))


def forget() -> None:
    """Have every registry filled anew at its next look-up: the set of plugins has changed."""
    global _generation
    with _lock:
        _generation += 1


class Registry:
    """The things of one kind, by name, filled by the plugins at the first look-up.

    Get one from `registry`. Nothing is loaded before a name is asked for.

    Examples
    --------
    >>> from pygrad.plugins import registry
    >>> registry("commands").owner("info").split()[0]
    'core'
    """

    __slots__ = ("_offers", "_read", "kind")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._offers: dict[str, tuple[Offer, ...]] = {}
        self._read = -1  # the generation that _offers comes from

    def __repr__(self) -> str:
        return f"<Registry of {self.kind}>"

    def get(self, name: str) -> Any:
        """The thing registered under this name.

        Raises
        ------
        UnknownNameError
            Nobody registered it; the message says what is near and what is known.
        DuplicateNameError
            Several plugins did; the message names them.
        MissingPluginError
            The part of PyGrad that provides this kind is not installed.
        """
        offers = self._current().get(name, ())
        if len(offers) == 1:
            return offers[0].thing
        raise self._duplicate(name, offers) if offers else self._unknown(name)

    def names(self) -> list[str]:
        """Every registered name, sorted; one that is offered twice is among them."""
        return sorted(self._current())

    def owner(self, name: str) -> str:
        """The plugin and the distribution that a name comes from, as text for people."""
        offers = self._current().get(name, ())
        if not offers:
            raise self._unknown(name)
        return " and ".join(offer.owner for offer in offers)

    def attribute(self, name: str) -> Any:
        """`get` for a module's ``__getattr__``: an unknown name is an AttributeError.

        Names with a leading underscore are never looked up. The interpreter and its tools ask
        every module for many of those, and no plugin may register one.
        """
        if name.startswith("_"):
            raise AttributeError(f"{self.kind}: no attribute {name!r}")
        try:
            return self.get(name)
        except UnknownNameError as error:
            raise AttributeError(str(error)) from None

    def _current(self) -> dict[str, tuple[Offer, ...]]:
        return self._offers if self._read == _generation else self._fill()

    def _fill(self) -> dict[str, tuple[Offer, ...]]:
        from pygrad.plugins.manager import manager  # pluggy comes in with the first look-up

        while True:
            generation = _generation
            found = manager.collect(self.kind)
            if not found.final:
                return found.offers  # a plugin asked while plugins load: an answer not to be kept
            # No lock is held while plugins run, see manager.py. So several threads may get here,
            # each with its own collection: the first one's stands.
            with _lock:
                if self._read != generation and generation == _generation:
                    self._offers = found.offers
                    self._read = generation  # last: _current reads without the lock
                offers, stale = self._offers, self._read != _generation
            if not stale:
                manager.report(found.problems)
                return offers

    def _unknown(self, name: object) -> UnknownNameError | MissingPluginError:
        from pygrad.plugins.manager import manager

        state = manager.state()
        problem = f"{self.kind}: there is no {_singular(self.kind)} called {name!r}"
        failed = {plugin.name: plugin.error for plugin in state.plugins if plugin.error}
        if self.kind not in state.kinds:
            part = PART_OF_KIND.get(self.kind)
            if part is None:
                kinds = sorted(state.kinds)
                return UnknownNameError(
                    f"registry: there is no kind of thing called {self.kind!r}"
                    f"{_advice(self.kind, kinds)}"
                )
            if part not in failed:
                return MissingPluginError(
                    f"{problem}: pygrad-{part} is not installed; "
                    f"install it with  pip install 'pygrad[{part}]'",
                    name=f"pygrad-{part}",
                )
        text = problem + _advice(name, self.names())
        if not state.final:
            text += "; plugins are still being loaded: look it up inside a function, not on import"
        for plugin, error in failed.items():
            text += f"; the plugin {plugin} failed to load ({error})"
        if kept_out := [plugin.name for plugin in state.plugins if plugin.status == "disabled"]:
            text += f"; PYGRAD_PLUGINS keeps out: {', '.join(kept_out)}"
        return UnknownNameError(text)

    def _duplicate(self, name: str, offers: tuple[Offer, ...]) -> DuplicateNameError:
        owners = " and by ".join(offer.owner for offer in offers)
        return DuplicateNameError(
            f"{self.kind}: {name!r} is offered by {owners}; uninstall one of them, or name the "
            f"plugins that may load in the environment variable PYGRAD_PLUGINS"
        )


def _singular(kind: str) -> str:
    noun = kind.removesuffix("es") if kind.endswith("sses") else kind.removesuffix("s")
    return noun.replace("_", " ")


def _advice(name: object, known: list[str]) -> str:
    """What is near the name, and what is known."""
    import difflib

    # case aside: "linear" for Linear is the commonest slip
    spelt = {known_name.lower(): known_name for known_name in known}
    matches = difflib.get_close_matches(str(name).lower(), spelt, n=3, cutoff=0.6)
    near = " or ".join(repr(spelt[match]) for match in matches)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    listed = f"known are {', '.join(known[:_SHOWN])}{more}" if known else "none is known"
    return f"; did you mean {near}? ({listed})" if near else f"; {listed}"
