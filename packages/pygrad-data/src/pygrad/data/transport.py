"""Batches on their way from a worker process: through memory that has no name.

What is large goes through an anonymous file in memory, whose descriptor is handed over the
connection. Such a file lives as long as somebody holds it open, so nothing can be left behind,
whoever is killed and when. Where the system has none, all goes through the connection.

The bytes are pickled: they come from a process that this one started, never from a file.
"""

from __future__ import annotations

import os
import pickle
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

__all__ = ["receive", "send"]

SMALL = 32 * 1024  # bytes; less than a socket takes without a reader, so that nobody waits
HAS_MEMORY_FILES = hasattr(os, "memfd_create")


def send(connection: Connection, message: Any) -> None:
    """Send a message, its arrays apart from the rest so that they are copied once."""
    arrays: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=arrays.append)
    parts = [memoryview(body), *(array.raw() for array in arrays)]
    sizes = [part.nbytes for part in parts]
    if not HAS_MEMORY_FILES or sum(sizes) <= SMALL:
        connection.send(None)
        connection.send_bytes(pickle.dumps(message, protocol=5))
        return
    descriptor = os.memfd_create("pygrad-batch")
    try:
        for part in parts:
            while part.nbytes:
                part = part[os.write(descriptor, part) :]
        connection.send(sizes)
        reduction.send_handle(connection, descriptor, None)
    finally:
        os.close(descriptor)


def receive(connection: Connection) -> Any:
    """The next message. EOFError or OSError: whoever was sending it is gone."""
    sizes = connection.recv()
    if sizes is None:
        return pickle.loads(connection.recv_bytes())
    descriptor = reduction.recv_handle(connection)
    # a copy in memory of our own: a mapping would keep a descriptor open for every living batch
    with open(descriptor, "rb", buffering=0) as file:
        file.seek(0)
        parts = [memoryview(np.empty(size, np.uint8)) for size in sizes]  # type: ignore[arg-type]
        for left in parts:
            while left.nbytes:
                taken = file.readinto(left)
                if not taken:
                    raise EOFError("the memory of a batch ends too soon")
                left = left[taken:]
    return pickle.loads(parts[0], buffers=parts[1:])
