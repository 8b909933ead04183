"""What records that cannot be mapped say of the ERP: single ones are exceptions, many are a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from sluice.faults import Fault
from sluice.model.change import Action, Change
from sluice.model.change_kinds import change_of

MAX_SHARE = 0.2
MIN_RECORDS = 50
MIN_ALL = 10

CHANGE_BY_FAULT = {
    "required_missing": "D42",
    "key_missing": "D57",
    "not_a_decimal": "D62",
    "not_a_date": "D60",
    "unknown_code": "D55",
    "too_long": "D70",
    "not_an_object": "D50",
    "not_a_list": "D51",
}
"""Which kind of change a fault shows; any other fault shows a change of type (D48)."""


def fault_changes(records: int, faults: Sequence[Sequence[Fault]]) -> tuple[Change, ...]:
    """Return the changes that records which cannot be mapped show, one for each kind of fault and path.

    ``faults`` holds one sequence per quarantined record of the ``records`` looked at. Each change sets its
    records aside, unless so many records cannot be mapped (above MAX_SHARE of at least MIN_RECORDS, or every
    one of at least MIN_ALL) that the ERP must have changed: then the most frequent holds the stream.
    """
    if not faults:
        return ()
    groups: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for found in faults:
        for fault in found[:1]:
            groups[CHANGE_BY_FAULT.get(fault.code, "D48"), _path(fault.pointer)].append(fault)
    changes = [_change(*key, found, records) for key, found in groups.items()]
    changes.sort(key=lambda change: (-change.share, change.code, change.path))
    if changes and _is_everywhere(records, len(faults)):
        changes[0] = replace(changes[0], action=Action.HOLD)
    return tuple(changes)


def _is_everywhere(records: int, bad: int) -> bool:
    everywhere = bad == records and records >= MIN_ALL
    return everywhere or (records >= MIN_RECORDS and bad / records > MAX_SHARE)


def _change(code: str, path: str, found: list[Fault], records: int) -> Change:
    # Whatever cannot be mapped is used: a mapping asked for it.
    change = change_of(code, path, ("records that map", found[0].message), ("mapping",))
    share = len(found) / max(records, 1)
    known = replace(change, action=Action.QUARANTINE, share=share, used_by=())
    return known.with_evidence(fault=found[0].code, records=records, affected=len(found))


def _path(pointer: str) -> str:
    """Return a pointer into a record (``/lines/3/amount``) as a path (``lines[].amount``)."""
    path = ""
    for part in pointer.split("/")[1:]:
        path += "[]" if part.isdigit() else f".{part}" if path else part
    return path
