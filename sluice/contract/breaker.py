"""The quarantine breaker: when much of a chunk is wrong in one way, the ERP has changed, not the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sluice.faults import Fault
from sluice.model.change import Action, Change, Severity

MAX_SHARE = 0.2
MIN_RECORDS = 50
MIN_ALL = 10

CHANGE_BY_FAULT = {
    "required_missing": ("D42", "field_absent"),
    "key_missing": ("D57", "key_absent"),
    "not_a_decimal": ("D62", "number_format_changed"),
    "not_an_integer": ("D48", "type_changed"),
    "not_a_boolean": ("D48", "type_changed"),
    "not_a_date": ("D60", "date_format_changed"),
    "unknown_code": ("D55", "enum_value_unknown"),
    "too_long": ("D70", "value_too_long"),
}
"""Which kind of change a fault shows when it is everywhere; any other fault shows a change of type (D48)."""


def tripped(records: int, faults: Sequence[Sequence[Fault]]) -> Change | None:
    """Return the change that the quarantined records show together, or None while they are exceptions.

    ``faults`` holds one sequence per quarantined record of the chunk's ``records``. It trips above
    MAX_SHARE of at least MIN_RECORDS records, or when each of at least MIN_ALL records fails.
    """
    bad = len(faults)
    everywhere = bad == records and records >= MIN_ALL
    too_many = records >= MIN_RECORDS and bad / records > MAX_SHARE
    if not (everywhere or too_many):
        return None
    counted = Counter((fault.code, fault.pointer) for found in faults for fault in found[:1])
    (code, pointer), times = counted.most_common(1)[0]
    example = next(fault for found in faults for fault in found if fault.code == code)
    number, kind = CHANGE_BY_FAULT.get(code, ("D48", "type_changed"))
    return Change(
        code=number,
        kind=kind,
        path=pointer,
        before="records that map",
        after=example.message,
        severity=Severity.CRITICAL,
        action=Action.HOLD,
        share=times / records,
        evidence={"fault": code, "records": records, "quarantined": bad},
    )
