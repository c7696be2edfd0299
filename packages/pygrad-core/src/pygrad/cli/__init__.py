"""The command ``pygrad``. Its subcommands are plugins, PyGrad's own included.

A subcommand is whatever `register_commands` is handed: a thing, usually a module, with
``add_arguments(parser)`` and ``run(args)``, which returns the exit code. The first line of its
docstring is its help.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence

from pygrad import __version__
from pygrad.exceptions import PluginError, PyGradError
from pygrad.plugins import PluginWarning, registry

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``pygrad`` with these arguments, by default the program's; return the exit code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", PluginWarning)
            warnings.showwarning = _plain(warnings.showwarning)
            code = _run(argv)
            sys.stdout.flush()  # here, where a closed pipe is caught
            return code
    except PyGradError as error:
        print(f"pygrad: error: {_on_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal has shown ^C: leave that line
        return 130
    except BrokenPipeError:
        # The reader has all it wants, as in `pygrad plugins | head -1`. The interpreter flushes
        # once more at exit and must not meet the pipe again; 141 is what a shell calls SIGPIPE.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="pygrad", description="PyGrad's command line.")
    parser.add_argument("--version", action="version", version=f"pygrad {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="command")
    for name in registry("commands").names():
        _add(subparsers, name)
    args = parser.parse_args(argv)
    if "run_command" not in args:
        parser.print_help()
        return 0
    return int(args.run_command(args) or 0)


def _add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], name: str) -> None:
    """Add one subcommand. One that is no good fails when it is called, and no other with it."""
    try:
        command = registry("commands").get(name)
    except PyGradError as error:
        command = _Unusable(error)
    text = (getattr(command, "__doc__", None) or "").strip().partition("\n")[0]
    text = text.replace("%", "%%")  # argparse formats it
    parser = subparsers.add_parser(name, help=text, description=text)
    try:
        command.add_arguments(parser)
        run: Callable[[argparse.Namespace], int] = command.run
    except Exception as error:
        run = _Unusable(error, registry("commands").owner(name)).run
        parser.add_argument("rest", nargs=argparse.REMAINDER)  # the reason comes before the usage
    parser.set_defaults(run_command=run)


class _Unusable:
    """(does not work; call it to see why)"""

    def __init__(self, error: Exception, owner: str = "") -> None:
        self.error = error
        self.owner = owner

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        raise self.error

    def run(self, args: argparse.Namespace) -> int:
        if isinstance(self.error, PyGradError):
            raise self.error
        raise PluginError(
            f"{self.owner} registered a command without a usable add_arguments(parser) and "
            f"run(args): {type(self.error).__name__}: {self.error}"
        ) from self.error


def _plain(show: Callable[..., None]) -> Callable[..., None]:
    """Show what plugins did wrong as lines for people, and other warnings as always."""

    def show_plainly(message: Warning | str, category: type[Warning], *place: object) -> None:
        if issubclass(category, PluginWarning):
            print(f"pygrad: warning: {_on_one_line(message)}", file=sys.stderr)
        else:
            show(message, category, *place)

    return show_plainly


def _on_one_line(message: object) -> str:
    return " ".join(str(message).split())
