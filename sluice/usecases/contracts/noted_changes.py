"""Changes on their way to judgement: what each step saw is noted under its run or sweep, and read again.

An error travels through the state machine as a name and a text that may be cut; so the changes of an
ApiChanged are noted before it leaves. Changes that stop nothing are noted chunk by chunk, under the sweep,
and judged together once all of it is handed over, perhaps by another run. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.policy import strongest
from sluice.errors import ApiChanged
from sluice.model.change import Action, Change
from sluice.usecases.world import World

MAX_CHANGES = 60
"""Changes that one note holds: an item of the table takes 400 KB. The gravest are kept."""

_ORDER = list(Action)


class Noted(Struct, frozen=True):
    """What the chunks of a stream showed: ``changes`` merged over them, ``failures`` of the detectors."""

    changes: tuple[Change, ...]
    failures: tuple[str, ...]


@contextmanager
def remembering_changes(world: World, stream: str, run: str) -> Iterator[None]:
    """Note the changes of an ApiChanged that leaves the block, so that JudgeChange finds them whole."""
    try:
        yield
    except ApiChanged as changed:
        value = {"changes": [change.to_json() for change in gravest(changed.changes)]}
        world.runs_table.put(f"run#{run}", f"change#{stream}", value, expires_at=world.expiry())
        raise


def remembered_changes(world: World, run: str, stream: str) -> list[Change]:
    """Return the changes that the last ApiChanged of the run's stream carried."""
    item = world.runs_table.get(f"run#{run}", f"change#{stream}")
    return [Change.from_json(found) for found in item.value["changes"]] if item else []


def note_chunk(world: World, where: tuple[str, str, int], noted: Noted, records: int) -> None:
    """Note what a chunk showed; ``where`` is sweep, stream and the chunk's number. Again is the same."""
    if not noted.changes and not noted.failures:
        return
    sweep, stream, number = where
    value = {
        "records": records,
        "changes": [change.to_json() for change in gravest(noted.changes)],
        "failures": list(noted.failures),
    }
    world.runs_table.put(f"run#{sweep}", f"noted#{stream}#{number:06d}", value, expires_at=world.expiry())


def note_refused(world: World, sweep: str, stream: str, paths: Sequence[str]) -> None:
    """Note the fields that the ERP refused by name in the stream's sweep; again is the same."""
    if paths:
        value = {"paths": list(paths)}
        world.runs_table.put(f"run#{sweep}", f"refused#{stream}", value, expires_at=world.expiry())


def refused_of_stream(world: World, sweep: str, stream: str) -> tuple[str, ...]:
    """Return the fields that the ERP refused by name in this sweep."""
    item = world.runs_table.get(f"run#{sweep}", f"refused#{stream}")
    return tuple(item.value["paths"]) if item else ()


def noted_of_stream(world: World, sweep: str, stream: str, fetched: int) -> Noted:
    """Return what the chunks of the stream's sweep showed; a change of several chunks is one.

    Its share is of the ``fetched`` records of the stream.
    """
    merged: dict[tuple[str, str], Change] = {}
    failures: dict[str, None] = {}
    for item in world.runs_table.query(f"run#{sweep}", f"noted#{stream}#"):
        failures.update(dict.fromkeys(item.value["failures"]))
        weight = int(item.value["records"]) / max(fetched, 1)
        for found in map(Change.from_json, item.value["changes"]):
            change = replace(found, share=found.share * weight)
            key = (change.code, change.path)
            merged[key] = _together(merged[key], change) if key in merged else change
    return Noted(tuple(replace(one, share=min(one.share, 1.0)) for one in merged.values()), tuple(failures))


def gravest(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, the strongest action first, cut to what a note holds."""
    ordered = sorted(changes, key=lambda change: -_ORDER.index(change.action))
    return ordered[:MAX_CHANGES]


def _together(one: Change, other: Change) -> Change:
    return replace(one, share=one.share + other.share, action=strongest((one, other)))
