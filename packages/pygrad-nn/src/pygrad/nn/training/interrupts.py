"""Ctrl-C while a network is being trained: the step is finished first."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

__all__ = ["Interrupts", "deferred_interrupts"]


class Interrupts:
    """Whether the user wants to stop."""

    asked = False


@contextlib.contextmanager
def deferred_interrupts() -> Iterator[Interrupts]:
    """Have the first Ctrl-C only leave a note inside; the second interrupts at once.

    An interrupt in the middle of an update would leave weights that are half old and half new.
    Nothing is changed outside the main thread, where no Ctrl-C arrives, nor where the program
    handles it in a way of its own.
    """
    found = Interrupts()
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or not usual:
        yield found
        return

    def note(signum: int, frame: FrameType | None) -> None:
        if found.asked:
            raise KeyboardInterrupt
        found.asked = True
        print("\nstopping after this step; Ctrl-C once more stops at once", file=sys.stderr)

    signal.signal(signal.SIGINT, note)
    try:
        yield found
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
