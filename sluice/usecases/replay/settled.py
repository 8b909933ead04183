"""Which quarantined records would go through now: their mapping was mended, or their change accepted."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.mapping.mapper import Mapper
from sluice.model.change import Change
from sluice.model.change_kinds import KINDS
from sluice.registry.contracts import Contracts
from sluice.usecases.replay.sources import Entry
from sluice.usecases.world import World

_CHANGES = frozenset(kind.name for kind in KINDS.values())


class Settled(Struct, frozen=True):
    """What holds for a stream now: its mapping, and the places at which changes were ever accepted."""

    connection: str
    mapper: Mapper
    accepted: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, world: World, where: tuple[str, str]) -> Settled:
        """Return what holds for the stream; ``where`` is connection and stream."""
        connection, stream = where
        history = Contracts(world.state, world.objects, connection).history(stream)
        places = (Change.from_json(one).segments() for entry in history for one in entry.changes)
        mapper = world.mapper_of(world.connections.get(connection), stream)
        return cls(connection, mapper, frozenset(places))

    def source_id(self, entry: Entry) -> str | None:
        """Return the record's source id, None where it has none that can be read."""
        return self.mapper.source_id(entry.record)

    def releases(self, entry: Entry) -> bool:
        """Return whether nothing would set the record aside again for what set it aside before."""
        if any(self._stands(fault) for fault in entry.faults):
            return False
        found = self.mapper.map(entry.record, self.connection)
        return found.skipped or (found.data is not None and found.source_id is not None and not found.faults)

    def _stands(self, fault: dict[str, Any]) -> bool:
        """Return whether it is a change of the ERP that nobody accepted, at a place that is still read.

        Any other fault is the mapping's, which is asked anew.
        """
        if fault["code"] not in _CHANGES:
            return False
        place = tuple(step for step in fault["pointer"].split("/") if step)
        return place not in self.accepted and bool(self.mapper.used.fields_at(place))
