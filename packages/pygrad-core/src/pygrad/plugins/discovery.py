"""Which plugins are installed: the entry points of the group ``pygrad``, and which may load."""

from __future__ import annotations

import os
from importlib import metadata
from typing import NamedTuple

from pygrad.plugins.collection import Problem, cause

__all__ = ["OWN", "Announcement", "announcements"]

GROUP = "pygrad"
OWN = ("pygrad-core", "pygrad-nn", "pygrad-data", "pygrad-viz")
CHOICE = "PYGRAD_PLUGINS"


class Announcement(NamedTuple):
    """An entry point, where it comes from, and whether it may load."""

    name: str
    distribution: str
    version: str
    wanted: bool
    entry_point: metadata.EntryPoint


def announcements() -> tuple[list[Announcement], list[Problem]]:
    """Every announced plugin, PyGrad's own first, then by name.

    The environment variable PYGRAD_PLUGINS, where it is set, names the only third-party plugins
    that may load, separated by commas.
    """
    entry_points, problems = _entry_points()
    choice = os.environ.get(CHOICE)
    chosen = {name.strip() for name in (choice or "").split(",")} - {""}
    found = []
    for entry_point in entry_points:
        distribution, version = _origin(entry_point)
        wanted = choice is None or distribution in OWN or entry_point.name in chosen
        found.append(Announcement(entry_point.name, distribution, version, wanted, entry_point))
    for name in sorted(chosen - {announcement.name for announcement in found}):
        problems.append(Problem(name, f"{CHOICE} names it, but it is not installed"))
    found.sort(key=_rank)
    return found, problems


def _rank(announcement: Announcement) -> tuple[int, str, str]:
    _, distribution = announcement.name, announcement.distribution
    own = OWN.index(distribution) if distribution in OWN else len(OWN)
    return own, announcement.name, distribution


def _entry_points() -> tuple[list[metadata.EntryPoint], list[Problem]]:
    try:
        return list(metadata.entry_points(group=GROUP)), []
    except Exception:
        # one distribution with an unreadable file spoils the answer for all: ask them one by one
        pass
    found: dict[tuple[str, str], metadata.EntryPoint] = {}
    problems = []
    for distribution in metadata.distributions():
        try:
            for entry_point in distribution.entry_points:
                if entry_point.group == GROUP:
                    # the first on sys.path hides a second copy of the same distribution
                    found.setdefault((distribution.name, entry_point.name), entry_point)
        except Exception as error:
            text = f"its entry_points.txt cannot be read: {cause(error)}"
            problems.append(Problem(f"of the distribution {distribution.name}", text))
    return list(found.values()), problems


def _origin(entry_point: metadata.EntryPoint) -> tuple[str, str]:
    # a distribution without readable metadata has no name, or raises, depending on the Python
    try:
        distribution = entry_point.dist
        if distribution is not None and distribution.name:
            return distribution.name.lower().replace("_", "-"), distribution.version or ""
    except Exception:
        pass
    return "unknown distribution", ""
