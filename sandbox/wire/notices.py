"""Headers and statuses on good answers: versions, deprecation, sunset, other success: D14-D17."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

import orjson

from sandbox.doors import placed
from sandbox.exchange import Answer
from sandbox.wire.hook import Situation, Wire
from sluice.connector.paths import look_up
from sluice.connector.spec import Stream

VERSION_HEADER = "X-API-Version"
VERSION = "2.75.0"
GUIDE = "https://erp.example/docs/migration"
SUNSET_DAYS = 180
SOON_DAYS = 14


def good(answer: Answer) -> bool:
    """Return whether the answer carries what was asked for."""
    return answer.status == 200 and bool(answer.body)


def with_headers(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Return the answer with more headers; a Link is added to the one there is."""
    new = dict(headers)
    if "Link" in new and "Link" in answer.headers:
        new["Link"] = f"{answer.headers['Link']}, {new['Link']}"
    return replace(answer, headers={**answer.headers, **new})


def body_of(answer: Answer) -> Any:
    """Return the answer's body as JSON."""
    return orjson.loads(answer.body)


def with_list(answer: Answer, stream: Stream, change: Callable[[list[Any]], Any]) -> Answer:
    """Return the answer with its list changed."""
    body = body_of(answer)
    found = look_up(body, stream.records)
    listed = found if isinstance(found, list) else []
    return replace(answer, body=orjson.dumps(placed(body, stream.records, change(listed))))


def _adds(headers: Callable[[Situation], Mapping[str, str]]) -> Callable[[Situation, Answer], Answer]:
    return lambda at, answer: with_headers(answer, headers(at)) if good(answer) else answer


def _version(at: Situation) -> dict[str, str]:
    name, colon, version = at.to.partition(":")
    usual = at.connector.version_header or VERSION_HEADER
    return {name: version.strip()} if colon else {usual: at.to or VERSION}


def _day(at: Situation, usual_days: int) -> datetime:
    day = date.fromisoformat(at.to) if at.to else datetime.now(UTC).date() + timedelta(days=usual_days)
    return datetime.combine(day, time(), UTC)


def _deprecated(at: Situation) -> dict[str, str]:
    """Return the headers of RFC 9745."""
    return {"Deprecation": f"@{int(_day(at, 0).timestamp())}", "Link": f'<{GUIDE}>; rel="deprecation"'}


def _deprecated_in_draft(at: Situation) -> dict[str, str]:
    return {"Deprecation": format_datetime(_day(at, 0), usegmt=True), "Link": f'<{GUIDE}>; rel="deprecation"'}


def _sunset(days: int) -> Callable[[Situation], dict[str, str]]:
    """Return what makes the headers of RFC 8594."""
    return lambda at: {
        "Sunset": format_datetime(_day(at, days), usegmt=True),
        "Link": f'<{GUIDE}>; rel="sunset"',
    }


def _warning(at: Situation) -> dict[str, str]:
    text = at.to or "This version of the resource will be removed"
    return {"Warning": f'299 - "{text}"'}


def _successor(_: Situation) -> dict[str, str]:
    return {"Link": f'<{GUIDE}/v3>; rel="successor-version"'}


def _under(status: int) -> Callable[[Situation, Answer], Answer]:
    return lambda _, answer: replace(answer, status=status) if good(answer) else answer


def _empty(status: int, headers: Mapping[str, str]) -> Callable[[Situation, Answer], Answer]:
    def answered(_: Situation, answer: Answer) -> Answer:
        return Answer(status, headers={**answer.headers, **headers}) if good(answer) else answer

    return answered


def _half(at: Situation, answer: Answer) -> Answer:
    """Return 206 with half of the page's records."""
    if at.stream is None or not good(answer):
        return answer
    return replace(with_list(answer, at.stream, lambda records: records[: len(records) // 2]), status=206)


NOTICES: tuple[Wire, ...] = (
    Wire("D14", "202", "Success is 202 without a body", answered=_empty(202, {"Retry-After": "1"})),
    Wire("D14", "204", "Success is 204 without a body", answered=_empty(204, {})),
    Wire("D14", "206", "Success is 206 with half of the page", answered=_half),
    Wire("D14", "203", "Success is 203", answered=_under(203)),
    Wire("D14", "201", "Success is 201", answered=_under(201)),
    Wire("D15", "header", "The reply names an API version", f"the version ({VERSION}), or HEADER:VERSION", answered=_adds(_version)),
    Wire("D16", "date", "A Deprecation header (RFC 9745)", "the day (today)", answered=_adds(_deprecated)),
    Wire("D16", "true", "A Deprecation header of the early draft", answered=_adds(lambda _: {"Deprecation": "true"})),
    Wire("D16", "http_date", "A Deprecation header of the later draft", "the day (today)", answered=_adds(_deprecated_in_draft)),
    Wire("D16", "successor", "A Link to a successor version", answered=_adds(_successor)),
    Wire("D17", "sunset", "A Sunset header (RFC 8594)", "the day (in 180 days)", answered=_adds(_sunset(SUNSET_DAYS))),
    Wire("D17", "soon", "A Sunset header, the day near", "the day (in 14 days)", answered=_adds(_sunset(SOON_DAYS))),
    Wire("D17", "warning", "A Warning 299 header", "the text", answered=_adds(_warning)),
)  # fmt: skip
