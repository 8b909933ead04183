"""Values that mean something elsewhere are data here, ids stay apart, and what comes again is bounded."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.observing import line_of
from sluice.contract.detector import Detector
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource
from sluice.model.raw_records import as_raw
from sluice.model.structs import as_dict
from sluice.registry.catalog import Catalog
from sluice.registry.packages import files_of
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.transforming.judging import Judging, Transformed
from sluice.usecases.transforming.transform import transform
from tests.flows.rig import CANONICAL, CATALOG, Rig
from tests.flows.toy_erp import ToyDocuments, reply

SOURCE = EventSource("acme", "toy", "customer", "urn:sluice:customer:1", "2026-11-22T08:00:00Z")
PAYLOADS = {
    "SQL": "'; DROP TABLE customer; --",
    "HTML": '<img src=x onerror="alert(1)"></script><script>alert(2)</script>',
    "lookup of log4j": "${jndi:ldap://127.0.0.1/a}",
    "escape of a terminal": "\x1b[2J\x1b]0;owned\x07",
    "lines": "a\r\nX-Injected: b\r\n\r\n{}",
    "template": "{{7*7}}${7*7}<%= 7*7 %>{0.__class__}%s%n",
    "formula": '=HYPERLINK("https://evil.example")',
    "path": "../../etc/passwd\0.json",
    "command": "$(reboot)`reboot`|reboot",
    "other direction": "\u202egpj.exe",
}


TEXT_IDS = {
    path: text.replace(b"id: {type: integer, sample: {sequence: 1}}", b"id: {type: [string, integer]}")
    for path, text in files_of(ToyDocuments(CANONICAL), "toy").items()
}


def transformed(records: list[dict[str, Any]], catalog: Catalog = CATALOG) -> Transformed:
    """Return what becomes of customers of the toy, as they come off the wire."""
    connector = catalog.connector("toy")
    mapper: Mapper = catalog.mapper("toy", "customer")
    detector = Detector(reliance_of(connector, connector.streams["customer"], mapper), None)
    return transform(as_raw(records), Judging(mapper, detector), SOURCE, lambda _: {})


def by_text() -> Catalog:
    """Return a catalogue in which the toy's ids may be texts."""
    return CATALOG.with_files("toy", TEXT_IDS)


def data_of(result: Transformed) -> dict[str, Any]:
    return {event["subject"]: event["data"] for event in map(json.loads, result.events)}


@pytest.mark.parametrize("value", PAYLOADS.values(), ids=PAYLOADS)
def test_a_value_goes_through_a_whole_run_as_it_came(value: str, capfd: pytest.CaptureFixture[str]) -> None:
    rig = Rig()
    rig.erp.put("department", 1, value)
    rig.erp.put("department", 2, [value])
    rig.run()
    assert rig.consumer.names("department") == {1: value}
    kept = dict(_stored(rig, "quarantine/"))
    assert [json.loads(line)["record"] for text in kept.values() for line in text.splitlines()] == [
        {"id": 2, "name": [value]}
    ]
    raw = dict(_stored(rig, "raw/acme/department/"))
    assert {json.loads(line)["id"] for text in raw.values() for line in text.splitlines()} == {1, 2}
    assert all(value not in key for key in [*kept, *raw])
    for text in [*capfd.readouterr(), *(str(notice) for notice in rig.notices)]:
        assert not {sign for sign in text if not sign.isprintable() and sign != "\n"}


@pytest.mark.parametrize("value", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_what_an_erp_says_in_an_error_is_told_in_letters_that_are_seen(value: str, status: int) -> None:
    rig = Rig()
    rig.erp.put("department", 1, "x")
    rig.erp.faults = [reply(status, {"message": value, value: value}, x_error="y") for _ in range(60)]
    summary = rig.run()
    assert summary["outcome"] in {"failed", "held"}
    told = [summary, *rig.notices, *(as_dict(run) for run in rig.world.runs.of("acme"))]
    for text in _texts(told):
        assert not {sign for sign in text if not sign.isprintable()}, text


@pytest.mark.parametrize("value", PAYLOADS.values(), ids=PAYLOADS)
def test_a_line_of_the_log_is_one_line_of_plain_letters(value: str) -> None:
    line = line_of({"message": value, value: [value]})
    assert json.loads(line) == {"message": value, value: [value]}
    assert line.isascii()
    assert line.isprintable()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _stored(rig: Rig, prefix: str) -> Iterator[tuple[str, str]]:
    for key in rig.world.objects.keys(prefix):
        yield key, gzip.decompress(rig.world.objects.get(key)).decode()


def test_ids_that_look_alike_are_records_of_their_own() -> None:
    ids = [
        "007",
        "7",
        "07",
        " 7",
        "7 ",
        "\u00a07",
        "A7",
        "a7",
        "7.0",
        "7e0",
        "\uff17",
        "\u0667",
        "+7",
        "-7",
        "7\u200b",
        "\u00e5",
        "a\u030a",
    ]
    result = transformed([{"id": one, "name": f"name of {one!r}"} for one in ids], by_text())
    found = data_of(result)
    assert {source_id: data["name"] for source_id, data in found.items()} == {
        one: f"name of {one!r}" for one in ids
    }
    assert len({data["id"] for data in found.values()}) == len(ids)
    assert {one.id for one in result.seen()} == set(ids)


def test_a_number_and_its_text_are_one_id() -> None:
    result = transformed(
        [{"id": 7, "name": "a"}, {"id": "7", "name": "b"}, {"id": 7.0, "name": "c"}], by_text()
    )
    assert {source_id: data["name"] for source_id, data in data_of(result).items()} == {"7": "c"}


def test_of_an_id_that_comes_twice_the_later_content_is_published_once() -> None:
    first = [{"id": number, "name": f"old {number}"} for number in range(300)]
    result = transformed([*first, {"id": 5, "name": "new"}])
    assert (len(result.events), result.fetched, result.quarantined) == (300, 301, [])
    assert data_of(result)["5"]["name"] == "new"


def test_a_hundred_thousand_times_the_same_record_is_one_event_in_bounded_time_and_memory() -> None:
    records = [{"id": 1, "name": "the very same"}] * 100_000
    began = time.monotonic()
    result = transformed(records)
    assert time.monotonic() - began < 30
    assert (len(result.events), len(result.seen()), result.quarantined) == (1, 1, [])
    assert result.fetched == 100_000
