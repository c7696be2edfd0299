"""Threads and processes that make batches: order, errors, deaths, and what they leave behind."""

import gc
import mmap
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
from pathlib import Path

import numpy as np
import pytest

import pygrad
from pygrad.data import DataLoader, Dataset, batch_rng
from pygrad.exceptions import DataError

BOTH = pytest.mark.parametrize("worker", ["thread", "process"])
MEMORY = Path("/dev/shm")
LARGE = 100_000  # values in a sample: too many for a connection alone


class Samples:
    """Samples made by a function, of nobody's class."""

    def __init__(self, n, make):
        self.n = n
        self.make = make

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return self.make(i)


def shared_memory():
    # as Python names it, and as we would; other programs' files lie there too
    names = os.listdir(MEMORY) if MEMORY.exists() else []
    return {name for name in names if name.startswith(("psm_", "pym", "pygrad"))}


def open_files():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    gc.collect()
    before, files = shared_memory(), open_files()
    yield
    gc.collect()
    assert not multiprocessing.active_children()
    assert not [t for t in threading.enumerate() if t.name.startswith("pygrad-data")]
    assert shared_memory() <= before
    assert open_files() <= files


def values(loader):
    return [np.asarray(batch).tolist() for batch in loader]


# ------------------------------------------------------------------------------ order


@BOTH
def test_the_order_does_not_depend_on_who_is_faster(worker):
    def slow(i):
        time.sleep(0.02 if i % 3 == 0 else 0)
        return i

    expected = [[i, i + 1] for i in range(0, 24, 2)]
    assert values(DataLoader(Samples(24, slow), 2, False, num_workers=3, worker=worker)) == expected


@BOTH
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_random_numbers_do_not_depend_on_the_workers(worker, workers):
    data = Samples(20, lambda i: batch_rng().random())
    expected = values(DataLoader(data, 3, seed=1))
    assert values(DataLoader(data, 3, seed=1, num_workers=workers, worker=worker)) == expected


def test_worker_processes_do_not_draw_the_same_numbers():
    def draw(i):
        return [pygrad.default_rng().random(), random.random(), np.random.random()]

    runs = []
    for workers in (1, 3):
        loader = DataLoader(Samples(12, draw), 2, seed=0, num_workers=workers, worker="process")
        runs.append(np.concatenate(list(loader)))
    assert all(len(set(column)) == 12 for column in runs[0].T.tolist())
    np.testing.assert_array_equal(*runs)


def test_what_workers_draw_leaves_this_process_alone():
    def next_after(**options):
        pygrad.seed(0)
        list(DataLoader(Samples(8, lambda i: i), 2, seed=0, **options))
        return pygrad.default_rng().random()

    assert next_after() == next_after(num_workers=2, worker="process")


@BOTH
def test_each_loop_has_workers_of_its_own(worker):
    loader = DataLoader(np.arange(8), 2, seed=0, num_workers=2, worker=worker)
    outer = []
    for batch in loader:
        assert sorted(x for inner in loader for x in inner.tolist()) == list(range(8))
        outer += batch.tolist()
    assert sorted(outer) == list(range(8))


def test_two_threads_may_each_have_processes():
    loader = DataLoader(np.arange(40), 3, seed=0, num_workers=2, worker="process")
    epochs = []

    def work():
        epochs.extend(sorted(x for batch in loader for x in batch.tolist()) for _ in range(2))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert epochs == [list(range(40))] * 4


@BOTH
def test_no_more_batches_are_made_ahead_than_prefetch_says(worker):
    made = mmap.mmap(-1, 50)  # shared with forked processes

    def count(i):
        made[i] = 1
        return i

    loop = iter(DataLoader(Samples(50, count), 1, num_workers=2, prefetch=3, worker=worker))
    for taken in range(1, 4):
        next(loop)
        time.sleep(0.15)
        assert sum(made[:]) <= taken + 2 * 3
    assert sum(made[:]) > taken
    loop.close()
    made.close()


@BOTH
def test_batches_are_made_while_the_loop_works(worker):
    def slow(i):
        time.sleep(0.05)
        return i

    loop = iter(DataLoader(Samples(20, slow), 1, num_workers=2, prefetch=2, worker=worker))
    next(loop)
    time.sleep(0.4)
    start = time.monotonic()
    for _ in range(3):
        next(loop)
    assert time.monotonic() - start < 0.05
    loop.close()


# ------------------------------------------------------------------------------ what comes through


@pytest.mark.parametrize("n", [1, LARGE])
def test_every_kind_of_batch_comes_out_of_a_process_as_it_went_in(n):
    def make(i):
        return {
            "c": np.full((n, 2), i, np.float32),
            "empty": np.zeros((0, 3)),
            "text": f"{i}" * 3,
            "point": (i, i + 0.5),
            "pair": (np.array([True]), np.array(2j)),
        }

    data = Samples(4, make)
    (expected,) = DataLoader(data, 4, False)
    (batch,) = DataLoader(data, 4, False, num_workers=1, worker="process")
    assert batch.keys() == expected.keys()
    for key in ("c", "empty", "point"):
        np.testing.assert_array_equal(batch[key], expected[key])
        assert batch[key].dtype == expected[key].dtype
        assert batch[key].flags.writeable
        assert batch[key].flags.aligned
    assert batch["text"] == expected["text"]
    for a, b in zip(batch["pair"], expected["pair"], strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_array_in_fortran_order_comes_through():
    loader = DataLoader(
        np.ones(2),
        2,
        batch_transform=lambda x: np.asfortranarray(np.arange(LARGE * 2.0).reshape(2, LARGE)),
        num_workers=1,
        worker="process",
    )
    (batch,) = loader
    np.testing.assert_array_equal(batch, np.arange(LARGE * 2.0).reshape(2, LARGE))


def test_without_memory_files_all_goes_through_the_connection(monkeypatch):
    monkeypatch.setattr("pygrad.data.transport.HAS_MEMORY_FILES", False)
    data = Samples(6, lambda i: np.full(LARGE, i))
    loader = DataLoader(data, 2, False, num_workers=2, worker="process")
    assert [batch[:, -1].tolist() for batch in loader] == [[0, 1], [2, 3], [4, 5]]


def test_batches_that_are_kept_hold_no_files_open():
    data = Samples(60, lambda i: np.full(LARGE, i))
    before = open_files()
    kept = list(DataLoader(data, 1, num_workers=2, worker="process"))
    assert open_files() <= before
    assert len(kept) == 60


def test_a_batch_that_cannot_be_sent_is_an_error():
    loader = DataLoader([1, 2], 2, collate_fn=lambda s: lambda: s, num_workers=1, worker="process")
    with pytest.raises((AttributeError, TypeError, DataError), match="pickle|sent|local object"):
        list(loader)


# ------------------------------------------------------------------------------ errors


def fail_at(k):
    def make(i):
        if i == k:
            raise KeyError("no picture")
        return i

    return make


@BOTH
def test_a_worker_that_raises_shows_its_own_traceback_once(worker):
    loader = DataLoader(Samples(9, fail_at(4)), 2, False, num_workers=2, worker=worker)
    taken = []
    with pytest.raises(KeyError, match="no picture") as caught:
        for batch in loader:
            taken.append(batch.tolist())
    assert taken == [[0, 1], [2, 3]]  # it is raised when its batch is due
    text = "".join(traceback.format_exception(caught.value))
    assert text.count('raise KeyError("no picture")') == 1
    assert text.count("KeyError: 'no picture'") == 1
    assert "Samples[4]" in text


@BOTH
def test_an_error_is_not_met_where_its_batch_is_not_wanted(worker):
    loop = iter(DataLoader(Samples(9, fail_at(6)), 2, False, num_workers=2, worker=worker))
    assert [next(loop).tolist() for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
    loop.close()


def test_the_cause_of_an_error_in_a_process_is_shown():
    def make(i):
        try:
            return {}[i]
        except KeyError as error:
            raise DataError("there is no such thing") from error

    with pytest.raises(DataError, match="no such thing") as caught:
        list(DataLoader(Samples(2, make), num_workers=1, worker="process"))
    text = "".join(traceback.format_exception(caught.value))
    assert text.count("return {}[i]") == 1
    assert "direct cause" in text


def test_an_error_that_cannot_be_sent_is_told():
    class AwkwardError(Exception):
        def __init__(self, a, b):
            super().__init__(f"{a} and {b}")

    def make(i):
        raise AwkwardError("this", "that")

    with pytest.raises(DataError, match="a worker raised .*AwkwardError: this and that") as caught:
        list(DataLoader(Samples(2, make), num_workers=1, worker="process"))
    assert "raise AwkwardError" in "".join(caught.value.__notes__)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_is_killed_is_reported(workers):
    def make(i):
        if i == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return np.full(LARGE, i)

    loader = DataLoader(Samples(12, make), 2, False, num_workers=workers, worker="process")
    start = time.monotonic()
    with pytest.raises(
        DataError, match=r"worker \d \(process \d+\) was killed by SIGKILL while it made batch 2"
    ):
        list(loader)
    assert time.monotonic() - start < 10


def test_a_worker_that_is_killed_from_outside_while_it_sends_is_reported():
    loop = iter(
        DataLoader(
            Samples(50, lambda i: np.full(LARGE, i)), 1, False, num_workers=1, worker="process"
        )
    )
    next(loop)
    (child,) = multiprocessing.active_children()
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    with pytest.raises(DataError, match="was killed by SIGKILL"):
        list(loop)


def test_a_worker_that_exits_is_reported():
    def make(i):
        os._exit(7)

    with pytest.raises(DataError, match="ended with exit code 7 while it made batch [01]"):
        list(DataLoader(Samples(3, make), num_workers=2, worker="process"))


# ------------------------------------------------------------------------------ ends


@BOTH
def test_break_ends_the_workers(worker):
    for batch in DataLoader(
        Samples(100, lambda i: np.full(LARGE, i)), 2, num_workers=2, worker=worker
    ):
        assert batch.shape == (2, LARGE)
        break  # the fixture looks for processes, memory, files and threads


@BOTH
def test_an_error_in_the_loop_ends_the_workers(worker):
    with pytest.raises(ZeroDivisionError):
        for _ in DataLoader(np.arange(100), 2, num_workers=2, worker=worker):
            1 / 0


@BOTH
def test_a_loop_that_never_begins_starts_nothing(worker):
    loop = iter(DataLoader(np.arange(9), 2, num_workers=2, worker=worker))
    assert not multiprocessing.active_children()
    assert threading.active_count() == 1 or not any(
        t.name.startswith("pygrad-data") for t in threading.enumerate()
    )
    del loop


def test_workers_without_work_end_at_once():
    loop = iter(DataLoader(np.arange(8), 2, num_workers=2, worker="process"))
    for _ in range(4):
        next(loop)
    start = time.monotonic()
    assert list(loop) == []
    assert time.monotonic() - start < 0.8  # less than they would be given to end by themselves


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_a_worker_keeps_nothing_open_of_what_it_sent():
    data = Samples(40, lambda i: np.full(LARGE, open_files()))
    counts = [int(b[0, 0]) for b in DataLoader(data, num_workers=1, worker="process")]
    assert max(counts) <= min(counts) + 1


def test_a_busy_worker_does_not_hold_up_the_end():
    def make(i):
        if i:
            time.sleep(60)
        return i

    loop = iter(DataLoader(Samples(9, make), 1, False, num_workers=2, worker="process"))
    next(loop)
    start = time.monotonic()
    loop.close()
    assert time.monotonic() - start < 5


def test_a_worker_that_will_not_end_is_killed():
    def make(i):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if i:
            time.sleep(60)
        return i

    loop = iter(DataLoader(Samples(9, make), 1, False, num_workers=1, worker="process"))
    next(loop)
    time.sleep(0.2)
    loop.close()


SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
from pygrad.data import DataLoader


class Data:
    def __len__(self):
        return 10_000

    def __getitem__(self, i):
        time.sleep(0.001)
        return np.full(100_000, i)


if __name__ == "__main__":
    import multiprocessing

    loader = DataLoader(Data(), 4, num_workers=2, worker="process")
    for number, batch in enumerate(loader):
        if number == 0:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""


def interrupted(tmp_path, how):
    """Run the script, send it a signal in the middle of the loop; its workers and its output."""
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(SCRIPT))
    running = subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    workers = [int(pid) for pid in running.stdout.readline().split()]
    time.sleep(0.3)
    how(running)
    _, errors = running.communicate(timeout=30)
    return workers, errors


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize(
    "how",
    [
        # what a terminal does: to every process of the group
        pytest.param(lambda p: os.killpg(p.pid, signal.SIGINT), id="ctrl-c"),
        pytest.param(lambda p: p.terminate(), id="terminated"),
        pytest.param(lambda p: p.kill(), id="killed"),
    ],
)
def test_however_a_program_ends_no_process_and_no_memory_stays(tmp_path, how):
    before = shared_memory()
    workers, errors = interrupted(tmp_path, how)
    assert len(workers) == 2
    until = time.monotonic() + 10
    while any(alive(pid) for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in workers if alive(pid)]
    assert shared_memory() <= before
    if "KeyboardInterrupt" in errors:
        # one traceback: the workers are quiet
        assert errors.count("Traceback (most recent call last)") == 1


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_started_afresh_do_as_well(tmp_path, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(f"""
        import multiprocessing
        import numpy as np
        from pygrad.data import DataLoader, Dataset

        if __name__ == "__main__":
            multiprocessing.set_start_method("{method}")
            data = Dataset(np.arange(20), np.arange(20) * 10)
            loader = DataLoader(data, 6, seed=2, num_workers=2, worker="process")
            alone = DataLoader(data, 6, seed=2)
            for (x, y), (a, b) in zip(loader, alone, strict=True):
                assert (x == a).all() and (y == b).all()
            print("same")
        """)
    )
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("same\n", "")


def test_transforms_of_a_dataset_run_in_the_workers():
    data = Dataset(np.zeros(8), transform=lambda x: os.getpid())
    seen = {int(x) for b in DataLoader(data, 1, num_workers=2, worker="process") for x in b}
    assert os.getpid() not in seen
