"""One change of an API at one place: what it makes of a record, of many, and where it makes sense at all.

Pure: the records given stay as they are, and the same records and seed give the same result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import orjson

from sandbox.mutations.catalogue import RECORD
from sandbox.mutations.examples import examples
from sandbox.mutations.places import values_of
from sandbox.mutations.variant import Variant
from sandbox.wire.table import WIRE
from sluice.connector.paths import MISSING, Path, look_up, path_text

Record = dict[str, Any]
Keys = Sequence[Path]
ID: Path = ("id",)
LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Mutation:
    """The change ``code`` in one of its variants, at ``path`` in the records of ``stream``.

    ``variant`` "" is the first one that changes something there. ``to`` is the argument as text, ``share``
    the share of the records that change (0 to 1; None: the variant's usual one). A mutation of the wire has
    no effect on records.
    """

    code: str
    variant: str = ""
    path: Path = ()
    stream: str = ""
    to: str = ""
    share: float | None = None

    def __str__(self) -> str:
        """Return the mutation as it is ordered: ``D44/renamed:customer.name=title@0.05``."""
        target = path_text((self.stream, *self.path)) if self.stream else path_text(self.path)
        name = f"{self.code}/{self.variant}" if self.variant else self.code
        place = f":{target}" if target else ""
        to = f"={self.to}" if self.to else ""
        return f"{name}{place}{to}" + (f"@{self.share:g}" if self.share is not None else "")

    @property
    def on_records(self) -> bool:
        """Return whether this shows in records; else it shows on the wire."""
        known = any(self.variant in {"", one.name} for one in RECORD.get(self.code, ()))
        return known and (bool(self.path) or self.code not in WIRE)

    def variant_for(self, records: Sequence[Mapping[str, Any]]) -> Variant | None:
        """Return the variant: the one named, else the first that makes sense for and changes the records."""
        for one in self._candidates():
            if self.variant or _works(one, self.path, records, self.to):
                return one
        return None

    def applies_to(self, found: Sequence[Mapping[str, Any]] | Mapping[str, Any], path: Path = ()) -> bool:
        """Return whether the mutation makes sense for these records, or for records of this JSON Schema.

        ``path`` is looked at in place of the mutation's own. False where nothing would change.
        """
        records = examples(found) if isinstance(found, Mapping) else found
        at = path or self.path
        return any(_works(one, at, records, self.to) for one in self._candidates())

    def shows_in(self, records: Sequence[Mapping[str, Any]]) -> bool:
        """Return whether any of the records would change or leave, whatever makes sense."""
        return any(_changes(one, self.path, records, self.to) for one in self._candidates())

    def prepared(self, records: Sequence[Mapping[str, Any]]) -> Mutation:
        """Return the mutation with variant, argument and share filled in from what the records hold.

        Raises ValueError where no variant of the code does anything there.
        """
        some = records[:LOOKED_AT]
        one = self.variant_for(some)
        if one is None:
            raise ValueError(f"no variant of {self.code} changes what stands there")
        to = self.to
        if not to and one.choose:
            to = one.choose([value for record in some for value in values_of(record, self.path)])
        share = one.usual if self.share is None else self.share
        return replace(self, variant=one.name, to=to, share=share)

    def apply(self, record: Record, random: Random) -> Record:
        """Return the record with the change; the same object where it has nothing to change."""
        for one in self._candidates():
            changed = one.change(record, self.path, self.to, random)
            if changed is not record:
                return changed
        return record

    def drops(self, record: Record) -> bool:
        """Return whether the record leaves the list altogether."""
        return any(
            one.drops(value)
            for one in self._candidates()
            if one.drops
            for value in values_of(record, self.path)
        )

    @property
    def is_dropping(self) -> bool:
        """Return whether records may leave the list."""
        return any(one.drops for one in self._candidates())

    def chosen(self, record: Record, seed: int, key: Keys = (ID,)) -> bool:
        """Return whether the record is one of the share, by a hash of its key."""
        share = 1.0 if self.share is None else self.share
        return share >= 1 or _draw(self._mark(record, seed, key)) < share

    def drawn(self, record: Record, original: Record, seed: int, key: Keys = (ID,)) -> Record:
        """Return the record changed, what is drawn being drawn for the ``original``'s key."""
        random = Random(self._mark(original, seed, key))  # noqa: S311 (the same again, not unguessable)
        return self.apply(record, random)

    def apply_to(
        self, records: Sequence[Record], share: float | None = None, seed: int = 1, key: Keys = (ID,)
    ) -> tuple[list[Record], list[int]]:
        """Return the new records and the indexes of those (in ``records``) that changed or left.

        Which ones is decided by a hash of each record's key; ``share`` overrides the mutation's own.
        """
        mutation = self.prepared(records) if share is None else replace(self, share=share).prepared(records)
        found: list[Record] = []
        indexes: list[int] = []
        for index, record in enumerate(records):
            chosen = mutation.chosen(record, seed, key)
            new = mutation.drawn(record, record, seed, key) if chosen else record
            dropped = chosen and mutation.drops(record)
            if dropped or new is not record:
                indexes.append(index)
            if not dropped:
                found.append(new)
        return found, indexes

    def _mark(self, record: Record, seed: int, key: Keys) -> str:
        return f"{seed}/{self.code}/{path_text(self.path)}/{_known_by(record, key)}"

    def _candidates(self) -> tuple[Variant, ...]:
        known = RECORD.get(self.code, ())
        return tuple(one for one in known if one.name == self.variant) if self.variant else known


def _works(one: Variant, path: Path, records: Sequence[Mapping[str, Any]], to: str) -> bool:
    some = records[:LOOKED_AT]
    values = [value for record in some for value in values_of(record, path)]
    if not path or not (one.fits(values) if values else one.makes_field):
        return False
    return _changes(one, path, some, to or (one.choose(values) if one.choose else ""))


def _changes(one: Variant, path: Path, records: Sequence[Mapping[str, Any]], to: str) -> bool:
    random = Random(1)  # noqa: S311 (looks whether anything changes)
    for record in map(dict, records):
        if one.drops and any(map(one.drops, values_of(record, path))):
            return True
        if one.change(record, path, to, random) is not record:
            return True
    return False


def _draw(mark: str) -> float:
    return int.from_bytes(hashlib.blake2b(mark.encode(), digest_size=8).digest()) / 2**64


def _known_by(record: Record, key: Keys) -> str:
    parts = [look_up(record, path) for path in key]
    # A record without a key is known by its content.
    return orjson.dumps(record).decode() if MISSING in parts else "/".join(map(str, parts))
