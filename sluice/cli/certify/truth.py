"""What a consumer holds against what the ERP holds: events applied, and records mapped in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sandbox.erp import Sandbox
from sandbox.shelves import Row
from sluice.connector.paths import look_up
from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.mapper import Mapper
from sluice.model.erp_json import read

Key = tuple[str, str]
"""Entity and source id."""

State = dict[Key, Mapping[str, Any]]
Event = Mapping[str, Any]
SHOWN = 3


class Truth(Struct, frozen=True):
    """What the ERP's records map to: ``by_stream``; ``wrong`` are records that the mapping refuses."""

    by_stream: Mapping[str, State]
    wrong: tuple[str, ...] = ()

    @property
    def all(self) -> State:
        """The whole state, of every stream."""
        return {key: data for state in self.by_stream.values() for key, data in state.items()}


def truth_of(sandbox: Sandbox, mappers: Mapping[str, Mapper], connection: str) -> Truth:
    """Return what a consumer of the connection must hold, by the records as they are before any mutation.

    Records below a parent that is not there cannot be asked for, and are none of them.
    """
    found: dict[str, State] = {}
    wrong: list[str] = []
    with sandbox.lock:
        rows = {name: list(shelf.rows.values()) for name, shelf in sandbox.shelves.items()}
    for name, mapper in mappers.items():
        state = found.setdefault(name, {})
        for row in _within_reach(sandbox, name, rows):
            mapped = mapper.map(read(row.body), connection)
            if mapped.data is not None and mapped.source_id is not None:
                state[mapper.entity, mapped.source_id] = mapped.data
            elif not mapped.skipped:
                wrong.append(f"{name}: record {row.key} of the sandbox does not map: {mapped.faults[0]}")
    return Truth(found, tuple(wrong))


def _within_reach(sandbox: Sandbox, name: str, rows: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
    """Yield the rows of a stream that can be read: of those below a parent, where some stream lists it."""
    streams = sandbox.connector.streams
    parents = streams[name].parents
    lists = [one.name for one in streams.values() if parents and one.path == parents.list.path]
    if parents is None or not lists:
        yield from rows[name]
        return
    key = parents.list.key
    there = {tuple(look_up(read(row.body), path) for path in key) for row in rows[lists[0]]}
    for row in rows[name]:
        parent = read(row.body).get(parents.name)
        if tuple(look_up(parent, path) for path in key) in there:
            yield row


class Consumer(Struct):
    """Somebody who keeps what the events say: the newest data of each record, nothing of one deleted."""

    model: CanonicalModel
    state: State = field(default_factory=dict)
    _versions: dict[Key, int] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)

    def take(self, events: Iterable[Event]) -> list[str]:
        """Apply the events; return what is wrong with them as such."""
        return [wrong for event in events for wrong in self._took(event)]

    def _took(self, event: Event) -> list[str]:
        entity, _, what = event["type"].partition(".")
        key = (entity, str(event["subject"]))
        wrong = [f"{entity} {key[1]} came twice"] if event["id"] in self._ids else []
        self._ids.add(event["id"])
        if event["entityversion"] < self._versions.get(key, 0):
            return wrong
        self._versions[key] = event["entityversion"]
        if what == "deleted":
            self.state.pop(key, None)
            return wrong
        self.state[key] = event["data"]
        if not self.model.entity(entity).is_valid(event["data"]):
            wrong.append(f"{entity} {key[1]} is not valid against its canonical schema")
        return wrong


def differences(state: State, truth: State) -> list[str]:
    """Return in words how a consumer's state differs from the ERP's: nothing where it is the same."""
    missing = [key for key in truth if key not in state]
    beyond = [key for key in state if key not in truth]
    other = [key for key in truth if key in state and state[key] != truth[key]]
    found = [
        (missing, "not published"),
        (beyond, "published though not there"),
        (other, "published otherwise"),
    ]
    return [f"{len(keys)} records {words}: {_named(keys)}" for keys, words in found if keys]


def untrue(events: Iterable[Event], truth: State) -> list[str]:
    """Return the events that say something else than the ERP's own records, in words."""
    keys = [
        (event["type"].partition(".")[0], str(event["subject"]))
        for event in events
        if truth.get((event["type"].partition(".")[0], str(event["subject"]))) != event.get("data")
    ]
    return [f"{len(keys)} records were published wrongly: {_named(keys)}"] if keys else []


def _named(keys: list[Key]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(f"{entity} {source_id}" for entity, source_id in keys[:SHOWN]) + more
