"""The comparison of the live tests finds what it is there to find."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from tests.live.tryton.compare import differences, expected_from, latest_of

LINE = json.dumps(
    {
        "entity": "invoice",
        "source_id": "7",
        "data": {
            "customer_id": "customer/5",
            "note": None,
            "number": "A1",
            "total": {"number": "12.50"},
            "lines": [{"source_id": "1", "quantity": {"number": "1"}}],
            "extensions": {},
        },
    }
)
EVENT: dict[str, Any] = {
    "type": "invoice.upserted",
    "subject": "7",
    "connection": "fjord",
    "entityversion": 1,
    "data": {
        "id": "fjord/invoice/7",
        "source_id": "7",
        "customer_id": "fjord/customer/5",
        "note": None,
        "number": "A1",
        "total": "12.5",
        "lines": [{"source_id": "1", "quantity": "1.0", "discount": None}],
        "other": None,
        "extensions": {},
    },
}


def test_equal_is_equal() -> None:
    assert differences([EVENT], expected_from([LINE])) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("number",), "A2"),
        (("total",), "12.51"),
        (("total",), 12.5),
        (("total",), None),
        (("customer_id",), "customer/5"),
        (("id",), "fjord/invoice/8"),
        (("other",), "x"),
        (("lines",), []),
        (("lines", 0, "quantity"), "2"),
        (("lines", 0, "discount"), "5"),
        (("extensions", "more"), 1),
        (("extensions",), None),
    ],
)
def test_any_other_field_is_a_difference(path: tuple[str | int, ...], value: Any) -> None:
    event = deepcopy(EVENT)
    holder: Any = event["data"]
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    assert len(differences([event], expected_from([LINE]))) == 1


def test_missing_unexpected_and_deleted_records_are_differences() -> None:
    expected = expected_from([LINE])
    assert differences([], expected) == ["invoice 7 did not come"]
    assert differences([EVENT], {}) == ["invoice 7 is not in Tryton"]
    deleted = {**EVENT, "type": "invoice.deleted", "entityversion": 2}
    assert differences([EVENT, deleted], expected) == ["invoice 7 did not come"]


def test_the_highest_version_counts_whatever_the_order() -> None:
    older = {**EVENT, "entityversion": 1}
    newer = {**EVENT, "entityversion": 2, "data": {"number": "A3"}}
    assert latest_of([newer, older])["invoice", "7"]["data"] == {"number": "A3"}
