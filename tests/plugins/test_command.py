"""The command `pygrad`: its subcommands are plugins, and what goes wrong is said in one line."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
import types

import numpy as np
import pytest

import pygrad
from pygrad import hookimpl
from pygrad.cli import main
from pygrad.cli.blas import simd, warning_of_old_kernels
from pygrad.exceptions import DataError


@pytest.fixture
def command(add):
    """Add a subcommand with this `run`, and this `add_arguments`."""

    def command(run, add_arguments=lambda parser: None, name="extra"):
        class Plugin:
            @hookimpl
            def register_commands(self, register):
                thing = types.SimpleNamespace(run=run, add_arguments=add_arguments)
                thing.__doc__ = "Do 100 % of the extra work.\n\nMore about it."
                register(name, thing)

        add(Plugin(), f"plugin {len(added)}")
        added.append(name)

    added = []
    return command


def test_without_a_command_it_shows_what_there_is(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: pygrad ")
    for name in ("demo", "info", "plugins"):
        assert f"\n    {name} " in out


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"pygrad {pygrad.__version__}\n"


def test_info_says_what_a_bug_report_needs(capsys):
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    rows = dict(line.split(maxsplit=1) for line in out.partition("\n\n")[0].splitlines())
    assert rows["pygrad"] == rows["pygrad-core"] == pygrad.__version__
    assert rows["numpy"] == np.__version__
    assert rows["python"].startswith(platform.python_version())
    assert "in BLAS" in rows["threads"]
    assert rows["blas"]
    assert "\nplugin " in out


@pytest.mark.parametrize(
    ("forced", "found", "old"),
    [
        ("Haswell", ["AVX2", "AVX512_SKX"], True),
        ("Haswell", ["X86_V3", "X86_V4"], True),
        ("Haswell", ["X86_V3"], False),
        ("Zen", ["X86_V3"], False),
        ("nehalem", ["X86_V3"], True),
        ("SkylakeX", ["X86_V4"], False),
        ("NEOVERSEN1", ["ASIMDHP"], False),
        (None, ["X86_V4"], False),
    ],
)
def test_kernels_that_are_older_than_the_processor_are_warned_of(forced, found, old):
    warning = warning_of_old_kernels({"OPENBLAS_CORETYPE": forced} if forced else {}, found)
    assert bool(warning) is old
    if old:
        assert f"OPENBLAS_CORETYPE={forced}" in warning
        assert "unset OPENBLAS_CORETYPE" in warning


def test_info_prints_the_warning_in_a_process_with_old_kernels():
    if not {"AVX2", "X86_V3"} & set(simd()):
        pytest.skip("the processor has nothing newer than the oldest kernels")
    environment = {**os.environ, "OPENBLAS_CORETYPE": "Nehalem"}
    shown = subprocess.run(
        [sys.executable, "-c", "from pygrad.cli import main; main(['info'])"],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "warning: the environment sets OPENBLAS_CORETYPE=Nehalem" in shown


def test_plugins_lists_who_adds_what(capsys, command):
    command(lambda args: 0)
    assert main(["plugins"]) == 0
    header, core, *others = capsys.readouterr().out.splitlines()
    assert header.split() == ["plugin", "from", "version", "status", "adds"]
    assert core.split()[:4] == ["core", "pygrad-core", pygrad.__version__, "loaded"]
    assert "commands: demo, info, plugins" in core
    assert " functions" in core
    by_hand = next(line for line in others if line.startswith("plugin 0"))
    assert "  (by hand)  " in by_hand
    assert by_hand.endswith("  loaded  commands: extra")


def test_plugins_tells_names_that_are_offered_twice(capsys, command):
    command(lambda args: 0, name="twice")
    command(lambda args: 0, name="twice")
    assert main(["plugins"]) == 0
    assert "commands: 'twice' is offered by plugin 0 " in capsys.readouterr().out


def test_a_plugin_adds_a_command_with_arguments(capsys, command):
    command(
        lambda args: print("times", args.times) or 5,
        lambda parser: parser.add_argument("--times", type=int, default=1),
    )
    assert main(["extra", "--times", "3"]) == 5
    assert capsys.readouterr().out == "times 3\n"
    main([])
    assert "Do 100 % of the extra work." in capsys.readouterr().out


def test_a_command_that_returns_nothing_succeeded(command):
    command(lambda args: None)
    assert main(["extra"]) == 0


def test_an_unknown_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["nope"])
    assert exit_.value.code == 2
    assert "invalid choice: 'nope'" in capsys.readouterr().err


def test_errors_of_pygrad_are_one_line(capsys, command):
    def run(args):
        raise DataError("digits.npz:\n  it is empty")

    command(run)
    assert main(["extra"]) == 1
    assert capsys.readouterr().err == "pygrad: error: digits.npz: it is empty\n"


def test_other_errors_keep_their_traceback(command):
    def run(args):
        raise ZeroDivisionError("a bug")

    command(run)
    with pytest.raises(ZeroDivisionError):
        main(["extra"])


def test_control_c_ends_cleanly(capsys, command):
    def run(args):
        raise KeyboardInterrupt

    command(run)
    assert main(["extra"]) == 130
    assert capsys.readouterr().err == "\n"


@pytest.mark.parametrize(
    "thing",
    [object(), types.SimpleNamespace(add_arguments=lambda parser: None), "text"],
)
def test_a_command_that_is_none_fails_alone(capsys, add, thing):
    class Plugin:
        @hookimpl
        def register_commands(self, register):
            register("extra", thing)

    add(Plugin(), "careless")
    assert main(["extra", "file", "--option"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("pygrad: error: careless (registered by hand) registered a command with")
    assert "AttributeError" in err
    assert err.count("\n") == 1
    assert main(["plugins"]) == 0


def test_a_command_that_is_offered_twice_fails_alone(capsys, command):
    command(lambda args: 0, name="twice")
    command(lambda args: 0, name="twice")
    assert main(["twice"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("pygrad: error: commands: 'twice' is offered by plugin 0 ")
    assert main([]) == 0


def test_a_broken_plugin_is_a_line_on_stderr(capsys, add):
    class Broken:
        @hookimpl
        def register_commands(self, register):
            raise RuntimeError("no luck")

    add(Broken(), "broken")
    assert main([]) == 0
    err = capsys.readouterr().err
    assert err.startswith("pygrad: warning: plugin broken (registered by hand): register_commands")
    assert err.count("\n") == 1


def test_as_a_module(site):
    done = site.run(
        """
        import subprocess, sys
        sys.exit(subprocess.run([sys.executable, "-m", "pygrad", "--version"]).returncode)
        """
    )
    assert done.stdout == f"pygrad {pygrad.__version__}\n"


SLEEPER = """
    import time
    from types import SimpleNamespace
    from pygrad import hookimpl

    def sleep(args):
        print("asleep", flush=True)
        time.sleep(60)

    def talk(args):
        for i in range(100_000):
            print("line", i)

    @hookimpl
    def register_commands(register):
        register("sleep", SimpleNamespace(run=sleep, add_arguments=lambda parser: None))
        register("talk", SimpleNamespace(run=talk, add_arguments=lambda parser: None))
"""


@pytest.fixture
def start(site, monkeypatch):
    """Start `python -m pygrad` with the plugin above."""
    site.install("sleeper", SLEEPER)
    monkeypatch.setenv("PYTHONPATH", str(site.folder))
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "pygrad", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as Unix terminals do")
def test_a_real_control_c(start):
    process = start("sleep")
    assert process.stdout.readline() == "asleep\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == "\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
def test_a_reader_that_has_enough(start):
    process = start("talk")
    assert process.stdout.readline() == "line 0\n"
    process.stdout.close()
    assert process.wait(timeout=20) == 141
    assert process.stderr.read() == ""
