"""List the plugins, and what each of them adds."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from pygrad.exceptions import PyGradError
from pygrad.plugins import kinds, loaded_plugins, registry

__all__ = ["add_arguments", "run"]

_SPELT_OUT = 3  # names of one kind that are listed; beyond, they are counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:
    """Print the table, and below it what does not work."""
    plugins = loaded_plugins()
    added, twice = _what_they_add()
    header = ("plugin", "from", "version", "status", "adds")
    rows = [
        (
            plugin.name,
            plugin.distribution or "(by hand)",
            plugin.version,
            plugin.status,
            "; ".join(_summary(kind, names) for kind, names in added.get(plugin.label, {}).items()),
        )
        for plugin in plugins
    ]
    for line in _table([header, *rows]):
        print(line)
    known = set(kinds())
    for plugin in plugins:
        if plugin.error:
            print(f"{plugin.name} failed to load: {plugin.error}")
        for hook in sorted(plugin.hooks):
            if hook.removeprefix("register_") not in known:
                print(f"{plugin.name} implements {hook}, which no installed package asks for")
    for line in twice:
        print(line)
    return 0


def _what_they_add() -> tuple[dict[str, dict[str, list[str]]], list[str]]:
    """Names by plugin and kind, and a line for each name that is offered twice."""
    added: dict[str, dict[str, list[str]]] = {}
    twice = []
    for kind in sorted(set(kinds()) - {"hookspecs"}):
        for name in registry(kind).names():
            try:
                registry(kind).get(name)
            except PyGradError as error:
                twice.append(str(error))
            else:
                owner = registry(kind).owner(name)
                added.setdefault(owner, {}).setdefault(kind, []).append(name)
    return added, twice


def _summary(kind: str, names: list[str]) -> str:
    many = len(names) > _SPELT_OUT
    return f"{len(names)} {kind}" if many else f"{kind}: {', '.join(names)}"


def _table(rows: list[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
