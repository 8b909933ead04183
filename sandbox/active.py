"""The mutations that are on in a sandbox: what each request meets, in records and on the wire.

Not thread-safe by itself; the sandbox holds its lock around every call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.doors import Door
from sandbox.mutations import RECORD, Mutation
from sandbox.mutations.schemas import declared_after, united
from sandbox.rates import RateGate
from sandbox.wire.hook import Describes, Wire
from sandbox.wire.table import wire_variant
from sluice.connector.spec import RateLimit

FEW_A_MINUTE = 60
SHORT_SECONDS = 60


@dataclass(slots=True)
class Met:
    """A mutation of the wire that is on, and how many requests it has met."""

    mutation: Mutation
    wire: Wire
    turns: int = 0


@dataclass(slots=True)
class Active:
    """What is on, in the order it was ordered."""

    mutations: list[Mutation] = field(default_factory=list)
    _met: list[Met] = field(default_factory=list)

    def replace(self, mutations: list[Mutation]) -> None:
        """Replace all that is on; what stays on keeps its count of requests."""
        before = {str(met.mutation): met for met in self._met}
        self.mutations = mutations
        self._met = [
            before.get(str(one), Met(one, wire)) for one in mutations if (wire := _wire_of(one)) is not None
        ]

    def without(self, mutation: Mutation) -> list[Mutation]:
        """Return what is on but for this mutation, whatever its argument and share; no variant means all."""
        return [one for one in self.mutations if not _same(mutation, one)]

    def on_records(self, stream: str) -> list[Mutation]:
        """Return what changes the records of a stream."""
        return [one for one in self.mutations if one.on_records and one.stream == stream]

    def on_wire(self, stream: str, *, login: bool = False) -> list[tuple[Wire, str, int]]:
        """Return the variants a request for a stream meets, each with its argument and turn, counted on."""
        if not self._met:
            return []
        found = [
            met for met in self._met if met.mutation.stream in {"", stream} and (met.wire.login or not login)
        ]
        turns = [(met.wire, met.mutation.to, met.turns) for met in found]
        for met in found:
            met.turns += 1
        return turns

    def setting(self, name: str) -> list[Mutation]:
        """Return the mutations that set this of the ERP."""
        return [met.mutation for met in self._met if met.wire.sets == name]

    def describing(self) -> list[tuple[Mutation, Describes]]:
        """Return what changes the description alone."""
        return [(met.mutation, met.wire.describes) for met in self._met if met.wire.describes]

    def served(self, stream: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema by which selected fields are checked and cut.

        A field that has gone from the API's model is not in it; one that is left out silently is.
        """
        for mutation in self.on_records(stream):
            after = declared_after(schema, mutation)
            schema = after if _refuses(mutation) else united(schema, after)
        return schema

    def declared(self, stream: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema that a truthful description gives."""
        for mutation in self.on_records(stream):
            schema = declared_after(schema, mutation)
        return schema


def rate_gate(active: Active, limit: RateLimit | None, usual: int | None, before: RateGate) -> RateGate:
    """Return the rate limit as the mutations set it; the one before where nothing is different."""
    lowered = next(iter(active.setting("rate")), None)
    per_minute = usual if lowered is None else int(float(lowered.to or FEW_A_MINUTE))
    enforced = per_minute is not None and (lowered is None or lowered.variant == "enforced")
    now = RateGate(limit, per_minute, enforced=enforced)
    return before if before.terms == now.terms else now


def set_door(door: Door, active: Active, usual_ttl: float) -> None:
    """Set how long new sessions live and what logins tell of it; end all where logins are over."""
    shortened = next(iter(active.setting("token_ttl")), None)
    door.ttl = usual_ttl if shortened is None else float(shortened.to or SHORT_SECONDS)
    door.told_ttl = door.ttl if shortened is not None and shortened.variant == "told" else None
    if active.setting("sessions_end"):
        door.expire_all()


def _wire_of(mutation: Mutation) -> Wire | None:
    return None if mutation.on_records else wire_variant(mutation.code, mutation.variant)


def _refuses(mutation: Mutation) -> bool:
    whole = mutation.share is None or mutation.share >= 1
    return whole and any(one.refuses for one in RECORD[mutation.code] if one.name == mutation.variant)


def _same(ordered: Mutation, on: Mutation) -> bool:
    here = (ordered.code, ordered.stream) == (on.code, on.stream) and ordered.path in {(), on.path}
    return here and ordered.variant in {"", on.variant}
