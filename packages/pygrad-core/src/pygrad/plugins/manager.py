"""Loads plugins, keeps them, and calls their hooks; the only file that imports pluggy.

`import pygrad` never imports this file: the first look-up of a name does.

No lock is held while a plugin's code runs. It may import modules, and a lock of ours held across an
import would wait for ever on another thread that is importing that very module and looks up a name.
So threads that arrive at once all do the work, and the first to finish is the one that counts.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Literal, NamedTuple

import pluggy

from pygrad.exceptions import PluginError
from pygrad.plugins import hookspecs
from pygrad.plugins.collection import Collection, Problem, cause
from pygrad.plugins.discovery import GROUP, Announcement, announcements
from pygrad.plugins.registry import PART_OF_KIND, Offer, PluginWarning, forget

__all__ = ["Found", "Manager", "Plugin", "State", "hookimpl", "manager"]

hookimpl = pluggy.HookimplMarker(GROUP)


@dataclasses.dataclass(frozen=True, slots=True)
class Plugin:
    """What became of one plugin.

    Attributes
    ----------
    name : str
        Of its entry point, or the one it was registered under by hand.
    distribution, version : str
        Where it comes from; empty for a plugin registered by hand.
    status : {"loaded", "failed", "disabled"}
        Disabled: kept out by the environment variable PYGRAD_PLUGINS.
    error : str
        Why it failed to load.
    hooks : mapping of str to its implementations
        What it implements, by the name of the hook.
    thing : object
        The module, or whatever else it is.
    pages : tuple
        The hookspecs that it brings, a module a page.
    problems : tuple of Problem
        What it did wrong when it was loaded.
    """

    name: str
    distribution: str = ""
    version: str = ""
    status: Literal["loaded", "failed", "disabled"] = "loaded"
    error: str = ""
    hooks: Mapping[str, Sequence[pluggy.HookImpl]] = dataclasses.field(default_factory=dict)
    thing: object = None
    pages: tuple[ModuleType, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def label(self) -> str:
        """Name and origin, as messages give them."""
        origin = f"{self.distribution} {self.version}".strip()
        return f"{self.name} ({origin or 'registered by hand'})"


class State(NamedTuple):
    """The plugins as they stand, and the kinds of thing that there is a hook for."""

    plugins: tuple[Plugin, ...]
    kinds: frozenset[str]
    problems: tuple[Problem, ...]
    final: bool  # False in the middle of loading: true for now, not to be kept


class Found(NamedTuple):
    """What the plugins offer of one kind."""

    offers: dict[str, tuple[Offer, ...]]
    problems: tuple[Problem, ...]
    final: bool


class _Loaded(NamedTuple):
    plugins: tuple[Plugin, ...]
    problems: tuple[Problem, ...]
    final: bool


class _Here(threading.local):
    """What this thread is in the middle of, so that a plugin may look up names meanwhile."""

    def __init__(self) -> None:
        self.loading: list[Plugin] | None = None
        self.collecting: dict[str, Collection] = {}


class Manager:
    """The plugins of this process. There is one, `manager`; the registries ask it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._installed: _Loaded | None = None
        self._by_hand: tuple[Plugin, ...] = ()
        self._state: State | None = None
        self._reported: set[Problem] = set()
        self._here = _Here()

    def state(self) -> State:
        """Every plugin, loaded now if it was not before."""
        if self._state is not None:
            return self._state
        if self._here.loading is not None:
            return _state_of(_Loaded(tuple(self._here.loading), (), final=False), ())
        installed, by_hand = self._installed or self._load(), self._by_hand
        state = _state_of(installed, by_hand)
        if state.final:
            with self._lock:
                self._installed = self._installed or installed
                if self._installed is installed and self._by_hand is by_hand:
                    self._state = state
            self.report(state.problems)
        return state

    def collect(self, kind: str) -> Found:
        """Call everybody's ``register_<kind>``, one by one."""
        hook = f"register_{kind}"
        collecting = self._here.collecting
        if kind in collecting:  # asked by a plugin in the middle of this very collection
            return Found(collecting[kind].offers(), (), final=False)
        state = self.state()
        collection = collecting[kind] = Collection(hook)
        try:
            for plugin in state.plugins:
                for implementation in plugin.hooks.get(hook, ()):
                    collection.call(implementation.function, implementation.argnames, plugin.label)
        finally:
            del collecting[kind]
        # inside another collection, a plugin may have built on the half of that one
        final = state.final and not collecting
        return Found(collection.offers(), tuple(collection.problems), final)

    def register(self, thing: object, name: str | None = None) -> None:
        """See `pygrad.plugins.register`."""
        name = name or str(getattr(thing, "__name__", type(thing).__name__))
        try:
            plugin = _inspected(Plugin(name, thing=thing))
        except Exception as error:
            raise PluginError(f"plugins.register: {name}: {cause(error)}") from error
        if not plugin.hooks:
            raise PluginError(
                f"plugins.register: {name} has no hook; mark its functions with @hookimpl "
                f"(from pygrad import hookimpl)"
            )
        with self._lock:
            for other in self._by_hand:
                if other.name == name or other.thing is thing:
                    raise PluginError(
                        f"plugins.register: {other.name!r} is registered already; "
                        f"call pygrad.plugins.unregister({other.name!r}) first"
                    )
            self._by_hand += (plugin,)
            self._changed(plugin)

    def unregister(self, thing: object) -> None:
        """See `pygrad.plugins.unregister`."""
        with self._lock:
            for plugin in self._by_hand:
                if plugin.thing is thing or plugin.name == thing:
                    self._by_hand = tuple(other for other in self._by_hand if other is not plugin)
                    self._changed(plugin)
                    return
            names = ", ".join(plugin.name for plugin in self._by_hand) or "none"
        raise PluginError(
            f"plugins.unregister: {thing!r} was not registered by hand; what was: {names}"
        )

    def report(self, problems: Iterable[Problem]) -> None:
        """Warn, once for each problem. Called last: a filter may turn the warning into an error."""
        for problem in problems:
            with self._lock:
                known = problem in self._reported
                self._reported.add(problem)
            if not known:
                warnings.warn(f"plugin {problem.plugin}: {problem.text}", PluginWarning, 2)

    def _changed(self, plugin: Plugin) -> None:
        self._state = None
        # mended and registered again, it deserves to be heard again
        self._reported = {p for p in self._reported if p.plugin != plugin.label}
        forget()

    def _load(self) -> _Loaded:
        plugins: list[Plugin] = []
        found, problems = announcements()
        final = True
        self._here.loading = plugins
        try:
            for announcement in found:
                plugin = _loaded(announcement, plugins)
                if plugin is None:
                    final = False
                else:
                    plugins.append(plugin)
        finally:
            self._here.loading = None
        return _Loaded(tuple(plugins), tuple(problems), final)


manager = Manager()


def _loaded(announcement: Announcement, others: Sequence[Plugin]) -> Plugin | None:
    """Import one plugin; None if it is just being imported, further up in this thread."""
    entry_point = announcement.entry_point
    plugin = Plugin(announcement.name, announcement.distribution, announcement.version)
    if not announcement.wanted:
        return dataclasses.replace(plugin, status="disabled")
    try:
        plugin = dataclasses.replace(plugin, thing=entry_point.load())
        for other in others:
            if other.thing is plugin.thing:
                raise PluginError(f"{entry_point.value} is loaded already, as {other.label}")
        inspected = _inspected(plugin)
    except (Exception, SystemExit) as error:
        # any other BaseException is a message to the program, not the plugin's doing
        if _is_half_imported(entry_point.value):
            return None
        problem = Problem(plugin.label, f"failed to load: {cause(error)}")
        return dataclasses.replace(plugin, status="failed", error=cause(error), problems=(problem,))
    return None if _is_half_imported(entry_point.value) else inspected


def _is_half_imported(value: str) -> bool:
    # EntryPoint.module would raise for a value that is malformed
    module = value.partition(":")[0].strip()
    # the import system's own test; another thread's import has been waited for by then
    spec = getattr(sys.modules.get(module), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


def _inspected(plugin: Plugin) -> Plugin:
    """The plugin with its hooks, and with the pages of hookspecs that it brings."""
    pm = pluggy.PluginManager(GROUP)
    pm.register(plugin.thing, plugin.label)
    callers = pm.get_hookcallers(plugin.thing) or []
    hooks = {caller.name: tuple(caller.get_hookimpls()) for caller in callers}
    collection = Collection("register_hookspecs")
    for implementation in hooks.get("register_hookspecs", ()):
        collection.call(implementation.function, implementation.argnames, plugin.label)
    problems = collection.problems
    pages = []
    for name, offers in collection.offers().items():
        for offer in offers:
            if isinstance(offer.thing, ModuleType):
                pages.append(offer.thing)
            else:
                text = f"register_hookspecs cannot register {name!r}: a page of hooks is a module"
                problems.append(Problem(plugin.label, text))
    return dataclasses.replace(plugin, hooks=hooks, pages=tuple(pages), problems=tuple(problems))


def _state_of(installed: _Loaded, by_hand: tuple[Plugin, ...]) -> State:
    plugins = (*installed.plugins, *by_hand)
    pages = [hookspecs, *(page for plugin in plugins for page in plugin.pages)]
    hooks = {
        name
        for page in pages
        for name, thing in vars(page).items()
        if name.startswith("register_") and inspect.isfunction(thing)
    }
    problems = [*installed.problems]
    for plugin in plugins:
        problems += plugin.problems
        if plugin.status == "loaded":
            problems += _slips(plugin, hooks)
    kinds = frozenset(hook.removeprefix("register_") for hook in hooks)
    return State(plugins, kinds, tuple(problems), installed.final)


def _slips(plugin: Plugin, hooks: set[str]) -> list[Problem]:
    """Hooks that are misspelt, and functions that look like hooks but are not marked."""
    known = {hook.removeprefix("register_") for hook in hooks} | PART_OF_KIND.keys()
    texts = []
    if not plugin.hooks:
        texts.append("has no hook; mark its functions with @hookimpl")
    for hook, implementations in plugin.hooks.items():
        kind = hook.removeprefix("register_")
        optional = all(implementation.optionalhook for implementation in implementations)
        if kind in known or optional:
            continue
        # without the prefix, which would make any two hooks look alike
        if near := difflib.get_close_matches(kind, known, n=1, cutoff=0.7):
            texts.append(f"there is no hook {hook}; did you mean register_{near[0]}?")
    for hook in sorted(hooks - plugin.hooks.keys()):
        if inspect.isroutine(inspect.getattr_static(plugin.thing, hook, None)):
            texts.append(f"{hook} is not marked, so it is never called; put @hookimpl above it")
    return [Problem(plugin.label, text) for text in texts]
