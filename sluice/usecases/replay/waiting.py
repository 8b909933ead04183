"""How much waits to be replayed: records of a held read that were not handed over, and the quarantine's."""

from __future__ import annotations

import gzip
from itertools import chain

from msgspec import Struct

from sluice.registry.cursors import Cursors
from sluice.usecases.replay.sources import Source, held_chunks, quarantine_of
from sluice.usecases.world import World

_LOOKED_INTO = 20
"""Objects that are read to count their records; the others are taken to be as large as these on average."""


class Waiting(Struct, frozen=True):
    """What waits: ``records`` in so many ``chunks``; ``counted`` says that each was looked at."""

    records: int = 0
    chunks: int = 0
    counted: bool = True


def waiting_of(world: World, where: tuple[str, str]) -> Waiting:
    """Return what a replay of the stream would find now; ``where`` is connection and stream."""
    cursor = Cursors(world.state, where[0]).get(where[1])
    held = held_chunks(world, where, cursor.begun) if cursor.held and cursor.begun else ()
    sources = list(chain(held, quarantine_of(world, where)))
    looked_into = sources[:_LOOKED_INTO]
    found = sum(_records(world, source) for source in looked_into)
    records = round(found * len(sources) / len(looked_into)) if looked_into else 0
    return Waiting(records, len(sources), counted=len(sources) == len(looked_into))


def _records(world: World, source: Source) -> int:
    return gzip.decompress(world.objects.get(source.key)).count(b"\n") + 1
