"""Reads on while what was read is worked on: one item ahead, in a thread, where that gains time.

Two threads of one Python take a fifth more CPU than one, as they take turns at its lock. So nothing is read
ahead of an ERP that answers at once.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")

PATIENCE = 2.0
"""Seconds for which the request that is under way is waited for when nobody wants its reply any more."""

WORTH = 1.0
"""Seconds of waiting for items, to one of working on them, from which on the next ones are read ahead."""

NOTICEABLE = 0.02
"""Seconds of work on items that something could have been read in; before, no thread is worth it."""


class _Came(Struct, Generic[T], frozen=True):
    items: tuple[T, ...] = ()
    failed: BaseException | None = None


def ahead_if_slow(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items, as :func:`ahead` does once they were waited for longer than they were worked on."""
    waited = worked = 0.0
    while worked < NOTICEABLE or waited <= WORTH * worked:
        begun, spent = time.perf_counter(), time.thread_time()
        try:
            item = next(items)
        except StopIteration:
            return
        came = time.thread_time()
        waited += (time.perf_counter() - begun) - (came - spent)
        yield item
        worked += time.thread_time() - came
    with closing(ahead(items)) as rest:
        yield from rest


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items; each next one is made, in one thread, while the one before is worked on.

    What making one raises is raised in its place. Close it where it may be left early: the thread ends then,
    before its next item.
    """
    came: queue.SimpleQueue[_Came[T]] = queue.SimpleQueue()
    wanted = threading.Semaphore(1)
    left = threading.Event()

    def make() -> None:
        try:
            while wanted.acquire() and not left.is_set():
                came.put(_Came((next(items),)))
        except StopIteration:
            came.put(_Came())
        except BaseException as failed:  # noqa: BLE001 - raised where the item is waited for
            came.put(_Came(failed=failed))

    thread = threading.Thread(target=make, name="reading-ahead", daemon=True)
    thread.start()
    try:
        while (found := came.get()).items:
            wanted.release()
            yield found.items[0]
        if found.failed is not None:
            raise found.failed
    finally:
        left.set()
        wanted.release()
        thread.join(PATIENCE)
