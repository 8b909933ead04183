"""Date windows and watermarks in requests."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sluice.errors import (
    ConfigurationInvalid,
)
from tests.unit.connector.scripted import (
    NOW,
    STREAM,
    Recorder,
    drive,
    query_of,
    reader,
    records_of,
    reply,
    things,
    toy,
)

WINDOWS = "windows: {query: {a: {window: from, as: date}, b: {window: to, as: date}}"


def test_windows_are_read_one_after_the_other_without_gap_or_overlap() -> None:
    windows = (
        "windows: {query: {a: {window: from, as: date}, b: {window: to, as: datetime}}, "
        "from: {setting: from_day}, to_days_ahead: 1, days: 10}\n"
    )
    recorder = Recorder(lambda _: reply({"items": [], "total": 0}))
    reading = reader(toy(stream=STREAM + windows))
    assert records_of(drive(reading, recorder)) == []
    assert [query_of(request)["a"] + " " + query_of(request)["b"] for request in recorder.requests] == [
        "2026-11-01 2026-11-11T00:00:00Z",
        "2026-11-11 2026-11-21T00:00:00Z",
        "2026-11-21 2026-11-23T00:00:00Z",
    ]
    assert recorder.requests[0].label == "GET /thing 2026-11-01..2026-11-11 page 1"


def test_windows_of_a_reading_stay_those_of_its_start() -> None:
    windows = WINDOWS + ", from: '2026-11-20', days: 1}\n"
    connector = toy(stream=STREAM + windows)
    one = reader(connector)
    one.next_request()
    one.receive(reply({"items": things(0, 1), "total": 1}))
    other = reader(connector, position=one.position(), started_at=NOW + timedelta(days=40))
    recorder = Recorder(lambda _: reply({"items": things(0, 1), "total": 1}))
    assert records_of(drive(other, recorder)) == [0]
    assert recorder.lines == ["GET /v1/thing?a=2026-11-21&b=2026-11-22&count=2&from=0"]


def test_a_first_day_in_the_future_is_a_fault_of_the_settings() -> None:
    windows = WINDOWS + ", from: {setting: from_day}, days: 1}\n"
    with pytest.raises(ConfigurationInvalid, match="lies behind the last"):
        reader(toy(stream=STREAM + windows), settings={"from_day": "2027-01-01"})


@pytest.mark.parametrize(
    ("form", "text"),
    [("datetime", "2026-11-20T23:50:00Z"), ("date", "2026-11-20"), ("epoch", "1795218600")],
)
def test_an_incremental_read_asks_from_the_watermark_less_the_lookback(form: str, text: str) -> None:
    incremental = f"incremental: {{query: {{changed: {{since: {form}}}}}, watermark: request_time}}\n"
    connector = toy(stream=STREAM + incremental)
    for since in ("2026-11-21T00:00:00Z", "2026-11-21T01:00:00+01:00", "2026-11-21T00:00:00"):
        request = reader(connector, since=since).next_request()
        assert request is not None
        assert query_of(request)["changed"] == text
    whole = reader(connector).next_request()
    assert whole is not None
    assert "changed" not in query_of(whole)


def test_if_since_chooses_between_an_incremental_and_a_whole_read() -> None:
    stream = STREAM + (
        "request: {method: POST, body: {d: {if_since: [[w, '>', {since: tryton_datetime}]], else: []}}}\n"
        "incremental: {body: true, watermark: request_time, lookback_minutes: 0}\n"
    )
    bodies = []
    for since in (None, "2026-11-21T00:00:00Z"):
        request = reader(toy(stream=stream), since=since).next_request()
        assert request is not None
        bodies.append(json.loads(request.body or b""))
    moment = {"__class__": "datetime", "year": 2026, "month": 11, "day": 21} | dict.fromkeys(
        ("hour", "minute", "second", "microsecond"), 0
    )
    assert bodies == [{"d": []}, {"d": [["w", ">", moment]]}]
