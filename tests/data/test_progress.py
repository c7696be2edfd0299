"""The progress bar: on long work only, and where somebody is looking."""

import io

import numpy as np
import pytest

from pygrad.data import DataLoader
from pygrad.data import progress as module
from pygrad.data.progress import with_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves one second at each look."""
    time = iter(range(10_000))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(time)))


def test_long_work_shows_how_far_it_is_and_wipes_it_away(clock):
    out = Terminal()
    assert list(with_progress(range(10), 10, "epoch 3", out)) == list(range(10))
    drawn = out.getvalue().split("\r")
    assert drawn[1].startswith("epoch 3 [###...") or "epoch 3 [" in drawn[1]
    assert "5/10, 0.8 a second, 0:06 left" in out.getvalue()
    assert drawn[-2].strip() == drawn[-1] == ""


def test_short_work_shows_nothing():
    out = Terminal()
    assert list(with_progress(range(1000), 1000, "epoch", out)) == list(range(1000))
    assert out.getvalue() == ""


def test_where_no_terminal_is_nothing_is_shown(clock):
    out = io.StringIO()
    assert list(with_progress(range(10), 10, "epoch", out)) == list(range(10))
    assert out.getvalue() == ""


def test_of_a_stream_the_batches_are_counted(clock):
    out = Terminal()
    list(with_progress(range(10), None, "epoch", out))
    assert "epoch: 5 batches, 0.8 a second" in out.getvalue()


def test_what_was_drawn_is_wiped_away_when_the_loop_is_left(clock):
    out = Terminal()
    for i in with_progress(range(10), 10, "epoch", out):
        if i == 8:
            break
    assert out.getvalue().endswith(" \r")


def test_a_loader_shows_it_if_asked_to(clock, monkeypatch):
    out = Terminal()
    monkeypatch.setattr("sys.stderr", out)
    assert len(list(DataLoader(np.arange(10), progress=True))) == 10
    assert "epoch 0 [" in out.getvalue()
    out.truncate(0)
    assert len(list(DataLoader(np.arange(10)))) == 10
    assert out.getvalue() == ""


def test_a_loader_with_progress_ends_its_workers():
    loop = iter(DataLoader(np.arange(10), progress=True, num_workers=2, worker="process"))
    next(loop)
    loop.close()
    import multiprocessing

    assert not multiprocessing.active_children()
