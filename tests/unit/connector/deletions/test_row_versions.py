"""Streams that go by row versions: the next read asks from the highest that was seen."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.checks.row_versions import versions_of
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import STREAM, drive, query_of, reader, records_of, refused, reply, toy

VERSIONED = f"""{STREAM}    version: {{type: [integer, string], sample: {{sequence: 1}}}}
incremental:
  watermark: {{highest: version}}
  query: {{filter: {{join: ["version gt ", {{since: raw}}, "L"]}}}}
"""


def versioned() -> Connector:
    return toy(stream=VERSIONED)


def listed(*versions: Any) -> dict[str, Any]:
    items = [{"id": number, "version": version} for number, version in enumerate(versions)]
    return {"items": items, "total": len(items)}


@pytest.mark.parametrize(
    ("versions", "highest"),
    [
        ([7, 12, 9], "12"),
        (["7", "12", "9"], "12"),
        (["0x0A", "0x0F", "0x0C"], "0x0F"),
        ([9_007_199_254_740_993, 9_007_199_254_740_992], "9007199254740993"),
    ],
)
def test_the_highest_version_is_kept(versions: list[Any], highest: str) -> None:
    reading = reader(versioned())
    assert records_of(drive(reading, lambda _: reply(listed(*versions)))) == list(range(len(versions)))
    assert reading.position()["highest"] == highest


def test_a_whole_read_leaves_the_filter_out_and_the_next_one_asks_from_the_version() -> None:
    whole = reader(versioned()).next_request()
    assert whole is not None
    assert "filter" not in query_of(whole)
    changes = reader(versioned(), since="12").next_request()
    assert changes is not None
    assert query_of(changes)["filter"] == "version gt 12L"


def test_where_nothing_came_the_version_stays() -> None:
    reading = reader(versioned(), since="12")
    assert records_of(drive(reading, lambda _: reply(listed()))) == []
    assert reading.position()["highest"] == "12"


def test_the_highest_of_all_pages_counts_also_for_another_worker() -> None:
    versions = [5, 40, 6, 7]

    def serve(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        whole = listed(*versions)
        return reply({**whole, "items": whole["items"][start : start + 2]})

    reading = reader(versioned())
    request = reading.next_request()
    assert request is not None
    reading.receive(serve(request))
    after = reader(versioned(), position=reading.position())
    list(drive(after, serve))
    assert after.position()["highest"] == "40"


@pytest.mark.parametrize(
    ("came", "since", "code"),
    [
        (None, None, "D58"),
        ("", None, "D58"),
        (1.5, None, "D48"),
        (True, None, "D48"),
        (-3, None, "D48"),
        ("0x0123", "0x01", "D48"),
        (11, "12", "D35"),
    ],
)
def test_a_version_that_cannot_be_gone_on_from_is_a_change(came: Any, since: str | None, code: str) -> None:
    error = refused(versioned(), reply(listed(came)), since=since)
    assert isinstance(error, ApiChanged)
    assert (error.changes[0].code, error.changes[0].path) == (code, "version")


def test_texts_of_digits_are_compared_as_numbers() -> None:
    found = versions_of([{"v": "0099"}, {"v": "100"}], ("v",), None, None)
    assert found.highest == "100"
