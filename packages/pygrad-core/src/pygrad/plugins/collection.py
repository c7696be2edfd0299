"""What plugins register for one kind of thing; none can spoil it for the others."""

from __future__ import annotations

import keyword
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pygrad.exceptions import PluginError
from pygrad.plugins.registry import Offer

__all__ = ["Collection", "Problem", "cause"]


class Problem(NamedTuple):
    """Something that one plugin did wrong; it costs one warning."""

    plugin: str
    text: str


class Collection:
    """What plugins register through one hook."""

    def __init__(self, hook: str) -> None:
        self.hook = hook
        self.problems: list[Problem] = []
        self._offers: dict[str, list[Offer]] = {}

    def offers(self) -> dict[str, tuple[Offer, ...]]:
        """What was registered so far, by name."""
        return {name: tuple(offers) for name, offers in self._offers.items()}

    def call(
        self, implementation: Callable[..., object], arguments: Sequence[str], owner: str
    ) -> None:
        """Call one plugin's implementation. Whatever it does, the next one gets its turn.

        What an implementation registered before it raised is kept: those things are whole.
        """
        register = _Register(self, owner)
        try:
            result = _apply(implementation, arguments, register)
        except (Exception, SystemExit) as error:
            # any other BaseException is a message to the program, not the plugin's doing
            kept = ", ".join(register.names)
            self._complain(owner, f"failed: {cause(error)}" + (kept and f" (it keeps {kept})"))
        else:
            if result is not None:
                # a generator has not run yet, a coroutine neither, and nobody reads a dict
                self._complain(
                    owner,
                    f"returned a {type(result).__name__}, which is lost; "
                    f"a hook calls register(name, thing)",
                )
        finally:
            register.open = False

    def add(self, name: str, thing: object, owner: str) -> bool:
        """Take one thing in, unless there is something wrong with it."""
        if (fault := _fault(name, thing)) is not None:
            self._complain(owner, f"cannot register {name!r}: {fault}")
            return False
        offers = self._offers.setdefault(name, [])
        if not any(offer.thing is thing and offer.owner == owner for offer in offers):
            offers.append(Offer(thing, owner))
        return True

    def _complain(self, owner: str, text: str) -> None:
        self.problems.append(Problem(owner, f"{self.hook} {text}"))


class _Register:
    """The callable that an implementation is handed."""

    def __init__(self, collection: Collection, owner: str) -> None:
        self.names: list[str] = []
        self.open = True
        self._collection = collection
        self._owner = owner

    def __call__(self, name: str, thing: object) -> None:
        if not self.open:
            raise PluginError(
                f"{self._collection.hook}: register({name!r}, ...) was called after the hook had "
                f"returned, when nobody listens; call it inside the hook"
            )
        if self._collection.add(name, thing, self._owner):
            self.names.append(name)


def cause(error: BaseException) -> str:
    """An error on one line: its type, its text, and the place it came from."""
    if isinstance(error, SystemExit):
        text = f"it called sys.exit({'' if error.code is None else repr(error.code)})"
    else:
        text = " ".join(f"{type(error).__name__}: {error}".split())
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{f.filename}:{f.lineno}" for f in frames if not _is_way_there(f.filename)]
    return f"{text} [{places[-1]}]" if places else text


def _is_way_there(filename: str) -> bool:
    # the frames between us and the culprit
    folders = Path(filename).parts[-3:-1]
    ours = folders == ("pygrad", "plugins")
    return ours or filename.startswith("<frozen") or not {"importlib", "pluggy"}.isdisjoint(folders)


def _apply(
    implementation: Callable[..., object], arguments: Sequence[str], register: _Register
) -> object:
    # an implementation may leave arguments out, so that hooks can grow new ones
    if unknown := sorted(set(arguments) - {"register"}):
        raise PluginError(
            f"it takes {', '.join(unknown)}, but all that the hook hands over is: register"
        )
    return implementation(*(register for _ in arguments))


def _fault(name: object, thing: object) -> str | None:
    if not isinstance(name, str):
        return f"a name must be a str, not {type(name).__name__}"
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        return "a name must be a Python identifier without a leading underscore"
    return "the thing is None" if thing is None else None
