"""Ranges of keys in requests, and what comes back of them; every shipped stream that has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.options import Options
from sandbox.server import serve
from sluice.bootstrap.documents import catalog
from sluice.connector.expanding.window import Window, window_of
from sluice.connector.load import check_connector
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.errors import ApiChanged
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender
from tests.unit.connector.scripted import (
    CONNECTOR,
    NOW,
    STREAM,
    Recorder,
    documents,
    drive,
    first,
    query_of,
    reader,
    records_of,
    refused,
    reply,
    toy,
)

ROOT = Path(__file__).parents[3]
RANGES = "ranges: {query: {a: {range: from}, b: {range: to}}, field: id}\n"
RANGED = toy(stream=STREAM + RANGES)
IN_BODY = toy(
    CONNECTOR.replace("pagination: {kind: offset, ", "request: {method: POST}\npagination: {kind: offset, "),
    STREAM
    + """\
request:
  body:
    domain:
      - [own, "=", 1]
      - {if_range: [id, ">=", {range: from}]}
      - {if_range: [id, "<=", {range: last}]}
    text: {join: ["x", {if_range: {join: [" and id >= ", {range: from}]}, else: ""}]}
ranges: {field: id, body: true}
""",
)


def nothing(_: Any) -> Any:
    return reply({"items": [], "total": 0})


def test_a_range_is_asked_for_where_one_is_read_and_else_not() -> None:
    recorder = Recorder(nothing)
    assert records_of(drive(reader(RANGED, windows=[(None, 100), (100, 200), (200, None)]), recorder)) == []
    assert [(query_of(one).get("a"), query_of(one).get("b")) for one in recorder.requests] == [
        (None, "100"),
        ("100", "200"),
        ("200", None),
    ]
    assert [one.label for one in recorder.requests] == [
        "GET /thing keys before 100 page 1",
        "GET /thing keys 100 to before 200 page 1",
        "GET /thing keys from 200 page 1",
    ]
    recorder = Recorder(nothing)
    assert records_of(drive(reader(RANGED), recorder)) == []
    assert recorder.lines == ["GET /v1/thing?count=2&from=0"]


def test_in_a_body_an_item_of_a_list_is_left_out_and_text_says_otherwise() -> None:
    recorder = Recorder(nothing)
    for windows in ([(100, 200)], [(None, 200)], [(100, None)], [(None, None)], None):
        assert records_of(drive(reader(IN_BODY, windows=windows), recorder)) == []
    assert [json.loads(one.body or b"") for one in recorder.requests] == [
        {"domain": [["own", "=", 1], ["id", ">=", 100], ["id", "<=", 199]], "text": "x and id >= 100"},
        {"domain": [["own", "=", 1], ["id", "<=", 199]], "text": "x"},
        {"domain": [["own", "=", 1], ["id", ">=", 100]], "text": "x and id >= 100"},
        {"domain": [["own", "=", 1]], "text": "x"},
        {"domain": [["own", "=", 1]], "text": "x"},
    ]


@pytest.mark.parametrize(
    ("ids", "code", "words"),
    [
        ([100, 199], None, ""),
        (["100", "199"], None, ""),
        ([99, 100], "D35", "1 of 2 records lie outside the filter that was sent: keys 100 to before 200"),
        ([100, 200], "D35", "1 of 2 records lie outside"),
        (["100", "0200"], "D35", "1 of 2 records lie outside"),
        ([100, "A-1"], "D35", "1 of 2 records lie outside"),
        ([100, 150.5], "D35", "1 of 2 records lie outside"),
        ([100, True], "D35", "1 of 2 records lie outside"),
        ([], None, ""),
    ],
)
def test_each_record_is_held_against_its_range(ids: list[Any], code: str | None, words: str) -> None:
    answer = reply({"items": [{"id": one} for one in ids], "total": len(ids)})
    if code is None:
        outcome = first(RANGED, answer, windows=[(100, 200)])
        assert isinstance(outcome, Page)
        assert len(outcome.records) == len(ids)
        return
    error = refused(RANGED, answer, windows=[(100, 200)])
    assert isinstance(error, ApiChanged)
    assert (error.changes[0].code, words in str(error)) == (code, True)


def test_a_field_other_than_the_key_is_looked_at_and_asked_for() -> None:
    stream = STREAM + "    number: {type: integer}\n"
    chosen = "request: {query: {fields: {fields: commas}}}\n" + RANGES.replace("field: id", "field: number")
    connector = toy(stream=stream + chosen)
    recorder = Recorder(lambda _: reply({"items": [{"id": 1, "number": 7}, {"id": 2}], "total": 2}))
    name = Selection(frozenset({("name",)}))
    with pytest.raises(ApiChanged, match="1 of 2 records lack number, which filters the list"):
        list(drive(reader(connector, windows=[(0, 10)], selection=name), recorder))
    assert query_of(recorder.requests[0])["fields"] == "id,name,number"
    assert records_of(drive(reader(connector), recorder)) == [1, 2]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("ranges: {query: {a: {range: from}}, field: id}\n", "missing_call: says nowhere {range: to}"),
        ("ranges: {query: {a: {range: to}}, field: id}\n", "missing_call: says nowhere {range: from}"),
        ("ranges: {field: id}\n", "`query`, `headers` or `body: true`"),
        ("ranges: {query: {a: {range: from}, b: {range: to}}}\n", "lacks the key 'field'"),
        (RANGES.replace("field: id", "field: nr"), "unknown_field: the field 'nr' is not a declared field"),
        (
            '    nr: {type: [integer, "null"]}\n' + RANGES.replace("field: id", "field: nr"),
            "bad_form: is declared as integer or null; should be integer, or string where it comes as text",
        ),
        (
            "    nr: {type: number}\n" + RANGES.replace("field: id", "field: nr"),
            "bad_form: is declared as number; should be integer",
        ),
        (RANGES.replace("to}", "until}"), "not_allowed: is the text 'until'; should be from or to or last"),
        (
            "request: {query: {a: {range: from}}}\n",
            "{range: ...} has a meaning only in `ranges` or {if_range: ...}",
        ),
        (
            RANGES + "request: {query: {c: {range: from}}}\n",
            "{range: ...} has a meaning only in `ranges` or {if_range: ...}",
        ),
        (
            "ranges: {query: {a: {join: [{range: from}, '-', {range: to}]}}, field: id}\n",
            "not_allowed: says both ends of a range; say each by itself",
        ),
        (
            RANGES + "request: {query: {c: {if_range: {join: [{range: from}, '-', {range: last}]}}}}\n",
            "not_allowed: says both ends of a range; say each by itself",
        ),
        (
            "request: {query: {a: {if_range: 1, else: 2}}}\n",
            "{if_range: ...} has a meaning only in a stream with `ranges`",
        ),
        (
            RANGES + "request: {query: {c: {join: [x, {if_range: y}]}}}\n",
            "missing_key: needs `else` here: the text that is joined when all is read",
        ),
        (
            RANGES + "windows: {query: {c: {window: from, as: date}, d: {window: to, as: date}}, "
            "from: '2026-01-01', days: 3}\n",
            "not_allowed: may not stand beside `windows`: one of them only",
        ),
        (
            RANGES + "parents: {path: /p, key: nr}\npath_parameters: {p: {parent: nr}}\n",
            "not_allowed: may not stand beside `ranges`: one of them only",
        ),
    ],
)
def test_ranges_that_cannot_be_read_are_refused(more: str, fault: str) -> None:
    faults = check_connector(documents(stream=STREAM + more), "toy")
    assert fault in "\n".join(f"{one.code}: {one.message}" for one in faults)


def test_a_window_comes_back_from_json_as_it_was() -> None:
    for window in ((date(2026, 1, 1), date(2026, 1, 31)), (None, 0), (0, 20), (20, None), (None, None), None):
        span = [one.isoformat() if isinstance(one, date) else one for one in window] if window else None
        assert window_of(json.loads(json.dumps(span))) == window


def shipped() -> Iterator[tuple[str, str]]:
    for name in catalog().names():
        for stream in catalog().connector(name).streams.values():
            if stream.ranges is not None:
                yield name, stream.name


SHIPPED = list(shipped())


def test_some_are_shipped() -> None:
    assert {name for name, _ in SHIPPED} >= {"netsuite", "odoo", "tryton"}


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize("name", sorted({name for name, _ in SHIPPED}))
def test_a_shipped_stream_in_ranges_is_all_of_it_each_record_once(name: str) -> None:
    connector = catalog().connector(name)
    streams = [stream for one, stream in SHIPPED if one == name]
    server = serve(connector, 0, Options(today=date(2026, 11, 21), records=dict.fromkeys(streams, 60)))
    secrets = {one: Secret(text) for one, text in server.secrets.items()}
    session = None
    try:
        for stream in streams:
            selection = Selection.everything_declared(connector.streams[stream].schema)
            plan = ReadPlan(
                connector, connector.streams[stream], server.settings, secrets, selection, None, NOW
            )
            whole, session = read(replace(plan, session=session))
            plan = replace(plan, session=session)
            keys = sorted(map(key_of, whole))
            middle = keys[20]
            windows: list[Window] = [(None, middle), (middle, middle + 20), (middle + 20, None)]
            parts = [read(plan, window)[0] for window in windows]
            assert [len(part) for part in parts] == [20, 20, len(keys) - 40], stream
            assert sorted(key_of(record) for part in parts for record in part) == keys, stream
    finally:
        server.close()


def key_of(record: dict[str, Any]) -> int:
    return int(record["id"])


def read(plan: ReadPlan, window: Window | None = None) -> tuple[list[dict[str, Any]], Session | None]:
    """Return the records of a reading of one range, or of all, and the session that it has in the end."""
    reading = StreamReader(replace(plan, windows=[window] if window else None))
    records: list[dict[str, Any]] = []
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reading.next_request()) is not None:
            outcome = reading.receive(sender.send(request))
            if isinstance(outcome, Page):
                records += outcome.records
    return records, reading.session
