"""What came of a history: each record by its number, in memory of eight bytes a record, and off the queue.

Doubles and gaps are seen exactly, and a record that came twice as the same event is told from one that came
as two: a consumer recognises the first, and would take the second for a change.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from benchmarks.backfill.history import number_of
from sluice.ports.queue import Queue, ReceivedMessage

_EVERY = 0.1
_TYPE = "customer.upserted"
_SHOWN = 5


class _Event(msgspec.Struct):
    id: str
    type: str
    subject: str


_events = msgspec.json.Decoder(list[_Event]).decode


@dataclass(frozen=True, slots=True)
class Tally:
    """Of ``records`` so many ``came``; ``twice`` counts further arrivals of an event that was there already.

    ``differing`` counts arrivals of a record as another event than before, ``strange`` events of no record.
    ``missing`` names the first records that did not come.
    """

    records: int
    came: int
    twice: int
    differing: int
    strange: int
    missing: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every record came, and none of them as two events."""
        return self.came == self.records and not self.differing and not self.strange

    def to_json(self) -> dict[str, Any]:
        """Return the tally as a JSON object."""
        return asdict(self)

    def in_words(self) -> str:
        """Return it as a sentence."""
        gaps = ", ".join(map(str, self.missing))
        return (
            f"{self.came:,} of {self.records:,} records came, {self.twice:,} events twice, "
            f"{self.differing:,} records as another event, {self.strange:,} events of no record"
            + (f"; missing: {gaps}{', ...' if self.records - self.came > _SHOWN else ''}" if gaps else "")
        )


class Arrivals:
    """Which records came, and as which event; nothing of an event is kept but eight bytes of its id."""

    def __init__(self, records: int) -> None:
        self._ids = array("Q", bytes(8 * records))
        self.came = self._twice = self._differing = self._strange = 0

    def take(self, body: str | bytes) -> int:
        """Note the events of a message; return how many records had not come before."""
        before = self.came
        for event in _events(body):
            self._note(event)
        return self.came - before

    def tally(self) -> Tally:
        """Return what came so far."""
        return Tally(
            len(self._ids),
            self.came,
            self._twice,
            self._differing,
            self._strange,
            tuple(number for number, _ in zip(self._missing(), range(_SHOWN), strict=False)),
        )

    def _missing(self) -> Iterator[int]:
        return (number for number, event in enumerate(self._ids) if not event)

    def _note(self, event: _Event) -> None:
        number = number_of(event.subject) if event.subject.isdecimal() else -1
        if event.type != _TYPE or not 0 <= number < len(self._ids):
            self._strange += 1
            return
        # Nought stands for none: an id that begins like that is one of 2**64.
        came, known = int(event.id[:16], 16) or 1, self._ids[number]
        if not known:
            self._ids[number] = came
            self.came += 1
        elif known == came:
            self._twice += 1
        else:
            self._differing += 1


class Receiver(threading.Thread):
    """Takes events off a queue as they come; ``last`` is when the last new record came.

    ``delete`` removes the messages of one call: a consumer of millions does not ask for each.
    """

    def __init__(
        self, queue: Queue, arrivals: Arrivals, delete: Callable[[Sequence[ReceivedMessage]], object]
    ) -> None:
        super().__init__(daemon=True)
        self._queue, self._arrivals, self._remove = queue, arrivals, delete
        self._done = threading.Event()
        self.failed: Exception | None = None
        self.last = time.monotonic()

    def run(self) -> None:
        """Receive until it is stopped; what it fails with is kept for who waits."""
        try:
            while not self._done.is_set():
                self._receive()
        except Exception as error:  # noqa: BLE001 - of a thread: raised where it is waited for
            self.failed = error

    def wait_for(self, records: int, patience: float) -> bool:
        """Wait until so many records came; False where ``patience`` seconds brought none."""
        while self._arrivals.came < records:
            if self.failed is not None:
                raise self.failed
            if time.monotonic() - self.last > patience:
                return False
            time.sleep(_EVERY)
        return True

    def stop(self) -> None:
        """Take what is in the queue yet, and end."""
        self._done.set()
        self.join()
        if self.failed is not None:
            raise self.failed
        while self._receive():
            pass

    def _receive(self) -> bool:
        messages = self._queue.receive(10, 1)
        if not messages:
            return False
        news = sum(self._arrivals.take(message.body) for message in messages)
        self._remove(messages)
        if news:
            self.last = time.monotonic()
        return True
