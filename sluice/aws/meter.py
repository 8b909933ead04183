"""The meter: counts, in each invocation of a function, what AWS bills for it.

Requests are counted where botocore sends them, each try for itself, in the units that AWS bills: 64 KB of a
message, 1 KB of an item that is written, 4 KB of one that is read. What is free (removing objects, task
tokens) is not counted. Of time it knows what passed since the handler began: neither starting the environment
nor what the runtime does beside it. The units are billing.py's, the prices somebody else's.
"""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from botocore.hooks import BaseEventHooks

from sluice.aws.billing import asked, brought_along, capacity_wanted, units_of
from sluice.model.metered import Metered

_KEPT = "sluice_asked"
"""Under which a request's context keeps, from one try to the next, what its parameters say of its units."""


class Meter:
    """Counts of one invocation at a time; threads of it may count at once.

    Nothing is counted before the first one has begun: neither the command line nor the API is metered, and
    both are spared the work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.begin(0)
        self.is_counting = False

    def begin(self, memory_mb: int, records: Iterable[Mapping[str, Any]] = ()) -> None:
        """Begin a new invocation of a function of so much memory: everything is nought again.

        ``records`` are messages that it was invoked with. Lambda has received them from their queue, and
        removes them after it: these requests are billed as the function's own would be.
        """
        with self._lock:
            self._memory = memory_mb
            self._units: defaultdict[str, Decimal] = defaultdict(Decimal)
            self._began = time.perf_counter()
            self._worked = time.process_time()
            self.is_counting = True
        brought = brought_along(records)
        if brought:
            self.count(*brought)

    def count(self, kind: str, units: Decimal) -> None:
        """Count so many billable units of a kind."""
        with self._lock:
            self._units[kind] += units

    def so_far(self) -> Metered:
        """Return what this invocation has used until now; both times are rounded up to whole ms."""
        with self._lock:
            passed = math.ceil((time.perf_counter() - self._began) * 1000)
            worked = math.ceil((time.process_time() - self._worked) * 1000)
            requests = {kind: f"{units.normalize():f}" for kind, units in sorted(self._units.items())}
        return Metered(max(passed, 1), self._memory, worked, requests)


METER = Meter()
"""That of this process: whatever clients it makes, its functions are invoked one after the other."""


def put_meter_on(events: BaseEventHooks, meter: Meter) -> None:
    """Have ``meter`` count what clients send that are made with these hooks from now on."""

    def before(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if meter.is_counting:
            capacity_wanted(model.service_model.service_name, model.name, params)
            context[_KEPT] = asked(model.service_model.service_name, model.name, params)

    def after(event_name: str, context: dict[str, Any], parsed_response: Any = None, **_: Any) -> None:
        kept = context.get(_KEPT)
        found = units_of(event_name.rpartition(".")[2], kept, parsed_response) if kept else None
        if found:
            meter.count(*found)

    events.register("before-parameter-build", before)
    events.register("response-received", after)
