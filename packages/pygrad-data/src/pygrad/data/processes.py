"""Batches made ahead by worker processes, handed over in order.

    this process   ->  numbers of batches  ->  worker
    this process   <-  batches, or errors  <-  worker

Each worker has a connection of its own, and no lock is shared: a worker that is killed takes
nothing with it. Which worker makes which batch depends on who is free; the order in which batches
are handed over does not.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

from pygrad.data.drawing import seed_everything
from pygrad.data.making import End
from pygrad.data.transport import receive, send
from pygrad.exceptions import DataError

__all__ = ["in_processes"]

GRACE = 1.0  # seconds that a worker has to end by itself
LOOK_UP = 2.0  # seconds after which a worker without work looks whether its parent is still there

# two loops that fork at once would each inherit the other's ends of connections
_starting = threading.Lock()


class Failure(NamedTuple):
    """What a worker answers where a batch could not be made."""

    error: Exception | None  # None: it cannot be sent
    text: str
    frames: str


def in_processes(
    make: Any, first: int, stop: int | None, workers: int, ahead: int
) -> Iterator[Any]:
    """Batches made by processes, at most `ahead` of them before they are asked for.

    An error is raised when its batch is due; a note on it shows the traceback of the worker.
    """
    pool = _Pool(make, first, stop, workers, ahead)
    try:
        pool.start()
        yield from pool.batches()
    finally:
        pool.close()


class _Worker:
    """A process, its connection, and the numbers of the batches it has been asked for."""

    def __init__(self, context: Any, make: Any, rank: int) -> None:
        self.rank = rank
        self.asked: deque[int] = deque()
        self.connection, far_end = context.Pipe()
        # a forked child has a copy of our end, and would not notice when we are gone
        ours = self.connection if context.get_start_method() == "fork" else None
        self.process = context.Process(
            target=_serve, args=(far_end, ours, make), name=f"pygrad-data-{rank}", daemon=True
        )
        try:
            with warnings.catch_warnings():
                # of forking beside threads: those that NumPy's BLAS keeps are ready for it
                warnings.simplefilter("ignore", DeprecationWarning)
                self.process.start()
        except BaseException:
            self.connection.close()
            raise
        finally:
            far_end.close()


class _Pool:
    """The workers of one loop."""

    def __init__(self, make: Any, first: int, stop: int | None, workers: int, ahead: int) -> None:
        self.make = make
        self.due = self.next = first
        self.stop = stop
        self.count = workers
        self.ahead = ahead
        self.workers: list[_Worker] = []
        self.ready: dict[int, Any] = {}
        self.owner = os.getpid()

    def start(self) -> None:
        context = multiprocessing.get_context()
        with _starting:
            for rank in range(self.count):
                self.workers.append(_Worker(context, self.make, rank))

    def batches(self) -> Iterator[Any]:
        while self.due != self.stop:
            self.ask()
            while self.due not in self.ready:
                self.collect()
                self.ask()
            answer = self.ready.pop(self.due)
            self.due += 1
            if type(answer) is End:
                return
            if isinstance(answer, Failure):
                raise _error_of(answer, self.due - 1)
            yield answer
            del answer  # not kept alive while the next one is made

    def ask(self) -> None:
        """Give out numbers, as long as the batches are not too far ahead."""
        share = -(-self.ahead // self.count)
        while self.next != self.stop and self.next - self.due < self.ahead:
            worker = min(self.workers, key=lambda w: len(w.asked))
            if len(worker.asked) >= share:
                return
            worker.asked.append(self.next)
            try:
                worker.connection.send(self.next)
            except OSError:
                raise self.death_of(worker) from None
            self.next += 1

    def collect(self) -> None:
        """Wait until some worker has answered, or has died."""
        busy = {worker.connection: worker for worker in self.workers if worker.asked}
        answered = wait(list(busy), timeout=1.0)
        for connection in answered:
            worker = busy[connection]
            try:
                answer = receive(worker.connection)
            except (EOFError, OSError):
                raise self.death_of(worker) from None
            self.ready[worker.asked.popleft()] = answer
        if not answered:
            # its connection may live on, in something that it started itself
            for worker in busy.values():
                if worker.process.exitcode is not None and not worker.connection.poll():
                    raise self.death_of(worker)

    def death_of(self, worker: _Worker) -> DataError:
        worker.process.join(GRACE)
        code = worker.process.exitcode
        if code is None:
            how = "no longer answers"
        elif code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit code {code}"
        return DataError(
            f"DataLoader: worker {worker.rank} (process {worker.process.pid}) {how} while it made "
            f"batch {worker.asked[0]}; a worker must live until its loop ends (one that is killed "
            f"has often run out of memory: try fewer workers, or a smaller prefetch)"
        )

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        if os.getpid() != self.owner:
            return  # a child that was forked during the loop has a copy of this pool
        for worker in self.workers:
            worker.connection.close()  # a worker that waits for work takes this as the end
        until = time.monotonic() + GRACE
        for worker in self.workers:
            worker.process.join(max(0.0, until - time.monotonic()))
        for end in ("terminate", "kill"):
            left = [worker.process for worker in self.workers if worker.process.is_alive()]
            for process in left:
                getattr(process, end)()
            for process in left:
                process.join(GRACE)
        for worker in self.workers:
            with contextlib.suppress(ValueError):  # one that even this has not ended
                worker.process.close()
        self.workers = []


def _error_of(failure: Failure, number: int) -> Exception:
    where = f"(raised in a worker process, while batch {number} was being made:\n{failure.frames})"
    error = failure.error
    if error is None:
        error = DataError(
            f"DataLoader: a worker raised {failure.text}, an error that cannot be sent from one "
            f"process to another"
        )
    error.add_note(where)
    return error


# ------------------------------------------------------------------------------ in the worker


def _serve(connection: Connection, far_end: Connection | None, make: Any) -> None:
    """Make the batches whose numbers come in, until nobody is there who could ask."""
    if far_end is not None:
        far_end.close()
    # Ctrl-C reaches every process of the terminal; the parent decides what becomes of its workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    with contextlib.suppress(EOFError, OSError):
        while True:
            while not connection.poll(LOOK_UP):
                if os.getppid() != parent:
                    return
            _answer(connection, make, connection.recv())


def _answer(connection: Connection, make: Callable[[int], Any], number: int) -> None:
    try:
        seed_everything(make.draws, number)  # type: ignore[attr-defined]
        batch = make(number)
    except Exception as error:
        batch = _failure(error)
    try:
        send(connection, batch)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        send(connection, _failure(error))


def _failure(error: Exception) -> Failure:
    lines = traceback.format_exception(error)
    last = traceback.format_exception_only(error)
    frames = "".join(lines[: -len(last)]).rstrip()  # the error itself is shown by the parent
    text = "".join(last).strip()
    try:
        # there are errors that can be pickled, but not unpickled
        sendable = type(pickle.loads(pickle.dumps(error))) is type(error)
    except Exception:
        sendable = False
    return Failure(error if sendable else None, text, frames)
