"""Traffic in memory: what a test says was measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sluice.ports.traffic import QueueTraffic


class MemoryTraffic:
    """``measured`` holds what is known, by a queue's name; of any other nothing is."""

    def __init__(self, measured: Mapping[str, QueueTraffic] | None = None) -> None:
        self.measured = dict(measured or {})

    def of(self, queues: Collection[str]) -> Mapping[str, QueueTraffic]:
        """Return what is known of each of these queues."""
        return {name: self.measured.get(name, QueueTraffic()) for name in queues}
