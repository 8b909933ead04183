"""Incidents: what went wrong on a connection and is not over, so that each is told once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.policy import goes_on
from sluice.model.change import Action, Change
from sluice.model.moments import seconds_between
from sluice.model.structs import as_dict
from sluice.ports.table import Conflict, Table
from sluice.registry.incident_index import Entry, IncidentIndex

_PREFIX = "incident#"

CLAIM = 60
"""Seconds after which someone else may tell of an incident whose teller has not said that it did."""


class Incident(Struct, frozen=True):
    """One incident. ``state``: open, accepted, rejected or resolved; ``seen`` counts runs that met it.

    ``run`` met it first, ``last_run`` last. ``change`` is there for API changes. Who set ``telling_at`` tells
    people; ``told_at`` says it was done, ``announced`` that a notice of this very incident went out: people
    who know of it from another connection are told no second time. ``lost``: the run could not tell it
    itself. Times are ISO 8601 UTC. ``decided_by`` and ``reason`` are of a person.
    """

    id: str
    connection: str
    stream: str | None
    error: str
    cause: str
    opened_at: str
    last_seen_at: str
    run: str
    last_run: str = ""
    state: str = "open"
    seen: int = 1
    change: dict[str, Any] | None = None
    telling_at: str = ""
    told_at: str | None = None
    announced: bool = False
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None
    lost: bool = False

    @property
    def is_over_when_well(self) -> bool:
        """Whether a run in which all goes well ends the incident."""
        sets_aside = self.change is not None and self.change["action"] == Action.QUARANTINE
        return self.state == "open" and not sets_aside

    @property
    def is_trouble(self) -> bool:
        """Whether anything was kept back because of it; a change that was only told of kept nothing back."""
        return self.change is None or not goes_on(Action(self.change["action"]))

    @property
    def entry(self) -> Entry:
        """Where it stands in the index of all incidents."""
        return Entry(self.connection, self.id, self.opened_at)

    def to_json(self) -> dict[str, Any]:
        """Return the incident as a JSON object."""
        return as_dict(self)


class Sighting(Struct, frozen=True):
    """What a run met: ``error`` is a wire name, ``cause`` its text, ``at`` ISO 8601 UTC.

    ``lost``: the run was cut off by it, and somebody else found out.
    """

    run: str
    stream: str | None
    error: str
    cause: str
    at: str
    change: Change | None = None
    lost: bool = False

    def incident_id(self, connection: str) -> str:
        """Return the id of the incident that this belongs to: the same for the same trouble."""
        if self.change is not None:
            return self.change.fingerprint(connection, self.stream or "")
        text = "\x1f".join((connection, self.stream or "", self.error))
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


class Incidents:
    """The incidents of one connection."""

    def __init__(self, table: Table, connection: str) -> None:
        self._table = table
        self._connection = connection

    def report(self, sighting: Sighting) -> tuple[Incident, bool]:
        """Note what a run met; return the incident and whether the caller has to tell people of it.

        Of all who report the same trouble, one has to: the one who opened it, or, if that one has not told
        within CLAIM seconds (it may have died), the next.
        """
        key = sighting.incident_id(self._connection)
        item = self._table.get(self._connection, _PREFIX + key)
        known = Incident(**item.value) if item else None
        if known is None or known.state not in {"open", "rejected"}:
            incident, must_tell = self._opened(key, sighting), True
            IncidentIndex(self._table).add(incident.entry, is_change=incident.change is not None)
        else:
            must_tell = known.told_at is None and seconds_between(known.telling_at, sighting.at) > CLAIM
            incident = replace(
                known,
                last_seen_at=sighting.at,
                last_run=sighting.run,
                seen=known.seen + (known.last_run != sighting.run),
                telling_at=sighting.at if must_tell else known.telling_at,
            )
        try:
            self._table.put(
                self._connection, _PREFIX + key, incident.to_json(), expected=item.version if item else 0
            )
        except Conflict:
            return self.report(sighting)
        return incident, must_tell

    def mark_told(self, key: str, at: str, *, announced: bool) -> None:
        """Note that people know of the incident, and whether by a notice of its own."""
        self._change(key, lambda incident: replace(incident, told_at=at, announced=announced))

    def untold(self) -> list[Incident]:
        """Return the incidents of which nobody was told: who was to tell died."""
        return [incident for incident in self.all() if incident.told_at is None]

    def _opened(self, key: str, sighting: Sighting) -> Incident:
        return Incident(
            id=key,
            connection=self._connection,
            stream=sighting.stream,
            error=sighting.error,
            cause=sighting.cause,
            opened_at=sighting.at,
            last_seen_at=sighting.at,
            run=sighting.run,
            last_run=sighting.run,
            telling_at=sighting.at,
            change=sighting.change.to_json() if sighting.change else None,
            lost=sighting.lost,
        )

    def all(self) -> Iterator[Incident]:
        """Yield every incident of the connection."""
        for item in self._table.query(self._connection, _PREFIX):
            yield Incident(**item.value)

    def get(self, key: str) -> Incident | None:
        """Return the incident of this id, or None."""
        item = self._table.get(self._connection, _PREFIX + key)
        return Incident(**item.value) if item else None

    def put(self, incident: Incident) -> None:
        """Store the incident as decided."""
        self._table.put(self._connection, _PREFIX + incident.id, incident.to_json())
        if incident.state != "open":
            IncidentIndex(self._table).no_longer_open(incident.entry)

    def over(self, stream: str | None, run: str) -> list[Incident]:
        """Return the open incidents of a stream, or of the connection for None, that ``run`` did not meet.

        One whose records are set aside is not among them: they wait for a decision.
        """
        known = (found for found in self.all() if found.stream == stream and found.last_run != run)
        return [found for found in known if found.is_over_when_well]

    def close(self, key: str, at: str) -> None:
        """Note that the incident is over, unless a person decided on it meanwhile."""
        known = self.get(key)
        self._change(key, lambda found: _resolved(found, at))
        if known is not None:
            # Opened once more meanwhile, it has another entry, which stays.
            IncidentIndex(self._table).no_longer_open(known.entry)

    def forget(self) -> None:
        """Remove every incident of the connection."""
        for incident in list(self.all()):
            self._table.delete(self._connection, _PREFIX + incident.id)
            IncidentIndex(self._table).forget(incident.entry)

    def _change(self, key: str, change: Callable[[Incident], Incident]) -> None:
        """Store the incident changed; what someone else writes meanwhile is kept."""
        item = self._table.get(self._connection, _PREFIX + key)
        if item is None:
            return
        changed = change(Incident(**item.value)).to_json()
        try:
            self._table.put(self._connection, _PREFIX + key, changed, expected=item.version)
        except Conflict:
            self._change(key, change)


def incidents_at(table: Table, entries: Iterable[Entry]) -> dict[Entry, Incident]:
    """Return the incidents that entries lead to, in few requests; an entry of an earlier opening has none."""
    keys = {entry: (entry.connection, _PREFIX + entry.id) for entry in entries}
    items = table.get_many(keys.values())
    found = {entry: Incident(**items[key].value) for entry, key in keys.items() if key in items}
    return {entry: incident for entry, incident in found.items() if incident.entry == entry}


def _resolved(incident: Incident, at: str) -> Incident:
    return replace(incident, state="resolved", decided_at=at) if incident.state == "open" else incident
