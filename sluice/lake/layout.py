"""Where the lake's files lie: keys below ``lake/``, by entity, then by what they are, then by connection.

    lake/invoice/events/acme/fresh/<digest>.parquet     as they came, in small files; an event may come twice
    lake/invoice/events/acme/2026-11/<digest>.parquet   compacted, by the month of the event
    lake/invoice/current/acme/<digest>.parquet          the newest version of each record, deleted ones too

A file is never changed: what replaces it has another name, is written first, and what it replaces is removed
after. So a reader may see an event twice, never miss one, and a copy of a file stays right for ever. The
connection is a column as well: a table over all connections needs no partitions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from msgspec import Struct

ROOT = "lake/"
FRESH = "fresh"
_FILE = re.compile(
    r"lake/(?P<entity>[a-z_]+)/(?:events/(?P<of>[^/]+)/(?P<part>fresh|\d{4}-\d{2})|current/(?P<now>[^/]+))/"
    r"(?P<digest>[0-9a-f]{32})\.parquet"
)


class Partition(Struct, frozen=True, order=True):
    """One entity of one connection: what is written and compacted at a time."""

    entity: str
    connection: str

    def fresh(self, digest: str) -> str:
        """Return the key of a file of events as they came."""
        return f"{self.events_prefix}{FRESH}/{digest}.parquet"

    def events(self, month: str, digest: str) -> str:
        """Return the key of a compacted file of events; ``month`` is ``2026-11``."""
        return f"{self.events_prefix}{month}/{digest}.parquet"

    def current(self, digest: str) -> str:
        """Return the key of a file of newest versions."""
        return f"{self.current_prefix}{digest}.parquet"

    @property
    def events_prefix(self) -> str:
        """What the keys of all events begin with."""
        return f"{ROOT}{self.entity}/events/{self.connection}/"

    @property
    def fresh_prefix(self) -> str:
        """What the keys of events that are not compacted begin with."""
        return f"{self.events_prefix}{FRESH}/"

    @property
    def current_prefix(self) -> str:
        """What the keys of newest versions begin with."""
        return f"{ROOT}{self.entity}/current/{self.connection}/"


class LakeFile(Struct, frozen=True):
    """What a key says: ``part`` is ``fresh`` or a month, None for newest versions."""

    key: str
    partition: Partition
    part: str | None

    @property
    def is_fresh(self) -> bool:
        """Whether its events are not compacted yet."""
        return self.part == FRESH


def read_key(key: str) -> LakeFile | None:
    """Return what a key says, None for one that is no file of the lake."""
    found = _FILE.fullmatch(key)
    if found is None:
        return None
    partition = Partition(found["entity"], found["of"] or found["now"])
    return LakeFile(key, partition, found["part"])


def entity_prefix(entity: str) -> str:
    """Return what all keys of an entity begin with."""
    return f"{ROOT}{entity}/"


def digest_of(names: Iterable[str]) -> str:
    """Return the 32 hex digits that name a file by what is in it: event ids, or the files it was made of."""
    return hashlib.blake2b("\n".join(sorted(names)).encode(), digest_size=16).hexdigest()
