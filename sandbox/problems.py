"""Error answers in the vendor's style, as the connector's ``sandbox.problems`` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.exchange import HTML_TYPE, Answer

STATUSES = {
    "unauthorised": 401,
    "parameter_missing": 422,
    "unknown_field": 400,
    "not_found": 404,
    "throttled": 429,
    "other": 500,
}
_PLAIN = {"status": {"reply": "status"}, "message": {"reply": "message"}}


class Refused(Exception):
    """The request cannot be answered; ``kind`` is one of STATUSES, the message says why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Manners:
    """How one connector's vendor says that something is wrong."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self._described = described

    def answer(
        self, kind: str, message: str, *, status: int = 0, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer to a problem; ``status`` 0 is the kind's own."""
        described = self._described.get(kind) or self._described.get("other") or {}
        own = described.get("status", STATUSES[kind]) if kind in self._described else STATUSES[kind]
        code = status or own
        if "html" in described:
            return Answer(code, described["html"].encode(), headers or {}, HTML_TYPE)
        facts = {"status": code, "message": message}
        return Answer.of_json(code, filled(described.get("body", _PLAIN), facts), headers)


def filled(template: Any, facts: Mapping[str, Any]) -> Any:
    """Return the template with every ``{reply: NAME}`` replaced by that fact, null where there is none."""
    if isinstance(template, Mapping):
        if set(template) == {"reply"}:
            return facts.get(template["reply"])
        return {name: filled(below, facts) for name, below in template.items()}
    if isinstance(template, list):
        return [filled(item, facts) for item in template]
    return template
