"""Bodies of another form: web pages, other formats and encodings, envelopes, errors: D09, D10, D11, D13, D39."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

import orjson

from sandbox.doors import placed
from sandbox.exchange import HTML_TYPE, Answer
from sandbox.wire.hook import Situation, Wire
from sandbox.wire.notices import body_of, good, with_list
from sluice.connector.paths import look_up

Made = Callable[[Situation, Answer], Answer]
_PAGES = {
    "login": "<!doctype html><html><head><title>Logg inn</title></head><body><form method=post>Logg inn</form></body></html>",
    "maintenance": "<html><head><title>Vedlikehold</title></head><body><h1>Vi er snart tilbake</h1></body></html>",
    "firewall": "<!DOCTYPE html><html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Your support ID is: 1203</body></html>",
}  # fmt: skip


def _page(name: str) -> Made:
    html = _PAGES[name].encode()
    return lambda _, answer: Answer(200, html, content_type=HTML_TYPE) if good(answer) else answer


def _written(content_type: str, write: Callable[[Situation, Answer], bytes]) -> Made:
    def answered(at: Situation, answer: Answer) -> Answer:
        return replace(answer, body=write(at, answer), content_type=content_type) if good(answer) else answer

    return answered


def _records(at: Situation, answer: Answer) -> list[Any]:
    found = look_up(body_of(answer), at.stream.records) if at.stream else None
    return found if isinstance(found, list) else []


def _xml(at: Situation, answer: Answer) -> bytes:
    rows = "".join(f"<record>{_elements(record)}</record>" for record in _records(at, answer))
    return f'<?xml version="1.0" encoding="UTF-8"?><response>{rows}</response>'.encode()


def _elements(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{_tag(name)}>{_elements(below)}</{_tag(name)}>" for name, below in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{_elements(item)}</item>" for item in value)
    return "" if value is None else escape(str(value))


def _tag(name: str) -> str:
    return name.rstrip(".").strip("_")


def _csv(at: Situation, answer: Answer) -> bytes:
    rows = [{name: _cell(value) for name, value in record.items()} for record in _records(at, answer)]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["id"], delimiter=";", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _lines(at: Situation, answer: Answer) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in _records(at, answer))


def _latin(_: Situation, answer: Answer) -> bytes:
    text = answer.body.decode()
    # A page that happens to hold nothing but ASCII gets one letter that is not.
    text = text if not text.isascii() else text.replace('": "', '": "æ', 1).replace('":"', '":"æ', 1)
    return text.encode("latin-1", "replace")


def _renamed(at: Situation, answer: Answer) -> Any:
    body, stream = body_of(answer), at.stream
    new = at.to or ("items" if not stream or stream.records[-1:] != ("items",) else "data")
    if stream is None or not stream.records:
        return {new: body}
    outer = look_up(body, stream.records[:-1])
    old = stream.records[-1]
    return placed(
        body, stream.records[:-1], {(new if key == old else key): below for key, below in outer.items()}
    )


def _missing(at: Situation, answer: Answer) -> Any:
    body, stream = body_of(answer), at.stream
    if stream is None or not stream.records:
        return {}
    outer = look_up(body, stream.records[:-1])
    old = stream.records[-1]
    return placed(body, stream.records[:-1], {key: below for key, below in outer.items() if key != old})


def _bare(at: Situation, answer: Answer) -> Any:
    records = _records(at, answer)
    return records if at.stream and at.stream.records else {"data": records}


def _envelope(change: Callable[[Situation, Answer], Any]) -> Made:
    def answered(at: Situation, answer: Answer) -> Answer:
        return replace(answer, body=orjson.dumps(change(at, answer))) if good(answer) else answer

    return answered


def _listed(change: Callable[[list[Any]], Any]) -> Made:
    def answered(at: Situation, answer: Answer) -> Answer:
        return with_list(answer, at.stream, change) if at.stream and good(answer) else answer

    return answered


def _error(at: Situation, answer: Answer) -> Answer:
    """Return an error in the vendor's own style, with status 200."""
    problem = at.problem("other", 500, "an internal error")
    if problem.content_type == HTML_TYPE:
        problem = Answer.of_json(200, {"error": {"code": 500, "message": "an internal error"}})
    return replace(problem, status=200, headers=answer.headers) if good(answer) else answer


def _broken_off(_: Situation, answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) * 2 // 3]) if good(answer) else answer


BODIES: tuple[Wire, ...] = (
    Wire("D09", "login", "A login page with status 200", answered=_page("login")),
    Wire("D09", "maintenance", "A maintenance page with status 200", answered=_page("maintenance")),
    Wire("D09", "firewall", "A firewall's page with status 200", answered=_page("firewall")),
    Wire("D10", "xml", "XML in place of JSON", answered=_written("application/xml; charset=utf-8", _xml)),
    Wire("D10", "csv", "CSV in place of JSON", answered=_written("text/csv; charset=utf-8", _csv)),
    Wire("D10", "ndjson", "JSON lines in place of JSON", answered=_written("application/x-ndjson", _lines)),
    Wire("D10", "latin1", "JSON in Latin-1", answered=_written("application/json; charset=iso-8859-1", _latin)),
    Wire("D10", "bom", "JSON after a byte order mark", answered=_written("application/json; charset=utf-8", lambda _, answer: b"\xef\xbb\xbf" + answer.body)),
    Wire("D10", "utf16", "JSON in UTF-16", answered=_written("application/json; charset=utf-16", lambda _, answer: answer.body.decode().encode("utf-16"))),
    Wire("D11", "renamed", "The list has another name", "the name (items)", answered=_envelope(_renamed)),
    Wire("D11", "bare", "The list stands alone, or one that did is in an object", answered=_envelope(_bare)),
    Wire("D11", "nested", "The body is one level deeper", "the name (data)", answered=_envelope(lambda at, answer: {at.to or "data": body_of(answer)})),
    Wire("D11", "missing", "The list is absent", answered=_envelope(_missing)),
    Wire("D11", "null", "The list is null", answered=_listed(lambda _: None)),
    Wire("D11", "single", "One record in place of a list", answered=_listed(lambda records: records[0] if records else {})),
    Wire("D11", "keyed", "An object of records by number in place of a list", answered=_listed(lambda records: {str(at): record for at, record in enumerate(records)})),
    Wire("D11", "empty_object", "{} in place of the reply", answered=_envelope(lambda *_: {})),
    Wire("D13", "error", "An error with status 200", answered=_error),
    Wire("D39", "body", "The body is cut off", answered=_broken_off),
)  # fmt: skip
