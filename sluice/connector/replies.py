"""What a reply means before its records are looked at: by the connector's rules, then by its status.

It decides; raising and retrying is the reader's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sluice.connector.paths import MISSING, Path, look_up
from sluice.connector.spec import ErrorRule, Meaning
from sluice.model import erp_json
from sluice.model.http import Reply

_OK = 200
_NOT_READ: Final = object()

_STATUSES: dict[int, tuple[Meaning, str]] = {
    401: (Meaning.SESSION_EXPIRED, ""),
    403: (Meaning.CREDENTIALS_REJECTED, ""),
    408: (Meaning.UNAVAILABLE, ""),
    425: (Meaning.UNAVAILABLE, ""),
    429: (Meaning.THROTTLED, ""),
    301: (Meaning.API_CHANGED, "D02"),
    308: (Meaning.API_CHANGED, "D02"),
    302: (Meaning.API_CHANGED, "D03"),
    303: (Meaning.API_CHANGED, "D03"),
    307: (Meaning.API_CHANGED, "D03"),
    400: (Meaning.API_CHANGED, "D36"),
    422: (Meaning.API_CHANGED, "D36"),
    404: (Meaning.API_CHANGED, "D01"),
    410: (Meaning.API_CHANGED, "D01"),
    405: (Meaning.API_CHANGED, "D05"),
    406: (Meaning.API_CHANGED, "D07"),
    415: (Meaning.API_CHANGED, "D07"),
    413: (Meaning.API_CHANGED, "D29"),
    426: (Meaning.API_CHANGED, "D08"),
    501: (Meaning.API_CHANGED, "D06"),
    505: (Meaning.API_CHANGED, "D06"),
}
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_ERROR_KEYS = ("error", "errors", "Error", "Errors", "fault", "Fault")


@dataclass(slots=True)
class Answer:
    """A reply with its JSON, which is read at most once."""

    reply: Reply
    _value: Any = field(default=_NOT_READ, repr=False)

    def value(self) -> Any:
        """Return the body's JSON; raises erp_json.NotJson or NotUtf8."""
        if self._value is _NOT_READ:
            self._value = erp_json.read(self.reply.body)
        return self._value

    def find(self, path: Path) -> Any:
        """Return what stands at a path of the body, or MISSING, also where the body is no JSON."""
        try:
            return look_up(self.value(), path)
        except ValueError:
            return MISSING

    def is_html(self) -> bool:
        """Return whether the body is a web page, whatever its content type says."""
        return self.reply.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_STARTS)

    def is_other_format(self) -> str | None:
        """Return the name of the format that came in place of JSON; None where it looks like JSON."""
        if self.reply.body[:200].lstrip().startswith(b"<"):
            return "XML or HTML"
        kind = (self.reply.header("content-type") or "").partition(";")[0].strip().lower()
        others = ("text/csv", "application/xml", "text/xml", "application/x-ndjson", "application/jsonlines")
        return kind if kind in others else None

    def error_key(self) -> str | None:
        """Return the key under which a reply with status 200 speaks of an error; None where it does not."""
        value = self.value()
        found = (key for key in _ERROR_KEYS if isinstance(value, Mapping) and value.get(key))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply that is no page means; ``change`` is the change's id where it is one."""

    means: Meaning
    change: str = ""
    rule: ErrorRule | None = None


def judged(answer: Answer, rules: Sequence[ErrorRule]) -> Verdict | None:
    """Return what the reply means; None where it is good by its status and no rule speaks of it."""
    for rule in rules:
        if _fits(rule, answer):
            return Verdict(rule.means, rule.change, rule)
    return by_status(answer.reply)


def by_status(reply: Reply) -> Verdict | None:
    """Return what a status means where no rule speaks of it; None for 200."""
    status = reply.status
    if status == _OK:
        return None
    if status == 503 and reply.header("retry-after") is not None:
        return Verdict(Meaning.THROTTLED)
    if status in _STATUSES:
        return Verdict(*_STATUSES[status])
    if 200 <= status < 300:
        return Verdict(Meaning.API_CHANGED, "D14")
    if status >= 500:
        return Verdict(Meaning.UNAVAILABLE)
    return Verdict(Meaning.API_CHANGED, "D12")


def _fits(rule: ErrorRule, answer: Answer) -> bool:
    if rule.statuses and answer.reply.status not in rule.statuses:
        return False
    if not rule.test:
        return True
    found = answer.find(rule.path)
    if rule.test == "exists":
        return (found is not MISSING and found is not None) is rule.wanted
    if rule.test == "contains":
        return isinstance(found, str) and rule.wanted in found
    return found is not MISSING and type(found) is type(rule.wanted) and found == rule.wanted
