"""A reply with its JSON, read at most once, and in what form the body comes. It judges nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from sluice.connector.paths import MISSING, Path, look_up
from sluice.connector.replies.raw_lists import split
from sluice.model import erp_json
from sluice.model.http import Reply
from sluice.model.structs import shown

_NOT_READ: Final = object()
_OK = 200
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_OTHER_TYPES = frozenset(
    {"text/csv", "application/xml", "text/xml", "application/x-ndjson", "application/jsonlines"}
    | {"application/x-jsonlines", "application/msgpack", "application/pdf", "text/yaml", "application/yaml"}
)
_ERROR_KEYS = ("error", "errors", "Error", "Errors", "fault", "Fault", "exception", "odata.error")
_LINES = re.compile(rb"\}\s*\n\s*\{")


class Answer(Struct):
    """A reply with its JSON, which is read at most once.

    ``raw_at`` is where a list of records stands that may stay RawRecords in a good reply.
    """

    reply: Reply
    raw_at: Path | None = None
    _value: Any = _NOT_READ

    def __repr__(self) -> str:
        return shown(self, without={"_value"})

    def value(self) -> Any:
        """Return the body's JSON; raises erp_json.NotJson, NotUtf8 or Ambiguous."""
        if self._value is _NOT_READ:
            found = None
            if self.raw_at is not None and self.reply.status == _OK:
                found = split(self.reply.body, self.raw_at)
            self._value = erp_json.read_reply(self.reply.body) if found is None else found
        return self._value

    def find(self, path: Path) -> Any:
        """Return what stands at a path of the body, or MISSING, also where the body is no JSON."""
        try:
            return look_up(self.value(), path)
        except ValueError:
            return MISSING

    def is_html(self) -> bool:
        """Return whether the body is a web page, whatever its content type says."""
        start = self.reply.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return start.startswith(_HTML_STARTS) or (start.startswith(b"<") and self._kind() == "text/html")

    def is_other_format(self) -> str | None:
        """Return the name of the format that came in place of JSON; None where it looks like JSON."""
        start = self.reply.body[:200].lstrip()
        if start.startswith(b"<"):
            return "XML or HTML"
        return self._kind() if self._kind() in _OTHER_TYPES else None

    def what_no_json_is(self) -> str | None:
        """Return what a body that is no JSON is instead; None where it may be JSON that was cut short."""
        body = self.reply.body.strip()
        if body and not body.startswith((b"{", b"[")):
            return "text"
        return "one JSON text a line" if _LINES.search(body) and _one_json_a_line(body) else None

    def error_key(self) -> str | None:
        """Return the key under which a reply with status 200 speaks of an error; None where it does not."""
        value = self.value()
        if not isinstance(value, Mapping):
            return None
        found = (key for key in _ERROR_KEYS if value.get(key))
        return next(found, "success" if value.get("success") is False else None)

    def _kind(self) -> str:
        return (self.reply.header("content-type") or "").partition(";")[0].strip().lower()


def _one_json_a_line(body: bytes) -> bool:
    first, _, rest = body.partition(b"\n")
    try:
        return all(isinstance(json.loads(line), dict) for line in (first, rest.partition(b"\n")[0]))
    except ValueError:
        return False
