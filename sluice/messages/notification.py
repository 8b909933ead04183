"""What people must know, as CloudEvents: one message, one notice."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import orjson
from msgspec import Struct, field

from sluice.ports.topic import OutgoingMessage


class Notice(StrEnum):
    """Every kind of notice; the values are the CloudEvents types that consumers filter by."""

    RUN_FINISHED = "run.finished"
    RUN_DEGRADED = "run.degraded"
    RUN_FAILED = "run.failed"
    RUN_LOST = "run.lost"
    RUN_STOPPED = "run.stopped"
    STREAM_HELD = "stream.held"
    STREAM_FAILED = "stream.failed"
    API_CHANGED = "api.changed"
    RECORDS_QUARANTINED = "records.quarantined"
    API_WILL_CHANGE = "api.will_change"
    DESCRIPTION_UNREADABLE = "description.unreadable"
    DETECTOR_FAILED = "detector.failed"
    LAKE_UNCOMPACTED = "lake.uncompacted"
    REPLAY_FINISHED = "replay.finished"
    CREDENTIALS_REJECTED = "credentials.rejected"
    ERP_UNAVAILABLE = "erp.unavailable"
    CONFIGURATION_INVALID = "configuration.invalid"
    INCIDENT_RESOLVED = "incident.resolved"


_SEVERITY = {
    Notice.RUN_FINISHED: "info",
    Notice.RUN_STOPPED: "info",
    Notice.REPLAY_FINISHED: "info",
    Notice.RUN_DEGRADED: "warning",
    Notice.API_CHANGED: "warning",
    Notice.API_WILL_CHANGE: "warning",
    Notice.DESCRIPTION_UNREADABLE: "warning",
    Notice.RECORDS_QUARANTINED: "warning",
    Notice.ERP_UNAVAILABLE: "warning",
    Notice.LAKE_UNCOMPACTED: "warning",
    Notice.INCIDENT_RESOLVED: "info",
}

BY_ERROR = {
    "ApiChanged": Notice.STREAM_HELD,
    "CredentialsRejected": Notice.CREDENTIALS_REJECTED,
    "ErpUnavailable": Notice.ERP_UNAVAILABLE,
    "ConfigurationInvalid": Notice.CONFIGURATION_INVALID,
    "DetectorFailed": Notice.DETECTOR_FAILED,
}
"""Which notice tells of an error name; any other error is told as RUN_FAILED, or RUN_LOST."""


class Notification(Struct, frozen=True):
    """One notice to people.

    ``title`` is one line; ``detail`` says what happened, ``advice`` what to do. ``time`` is ISO 8601 UTC.
    ``connection`` is the connector's name where the notice is about all connections of a connector, and
    ``lake`` where it is about what lies there.
    ``incident`` is the id under which repeats are recognised. ``facts`` holds counts, the change, the error.
    ``page`` is where the console shows what it is about (page_of), by itself the connection's; ``runbook`` is
    the place of the error's entry, empty where it is about no error.
    """

    kind: Notice
    connection: str
    run: str
    time: str
    title: str
    detail: str = ""
    advice: str = ""
    stream: str | None = None
    incident: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    runbook: str = ""

    @property
    def severity(self) -> str:
        """``info``, ``warning`` or ``error``."""
        return _SEVERITY.get(self.kind, "error")

    def to_message(self) -> OutgoingMessage:
        """Return the notice as one CloudEvent message; its id is the same when it is sent again."""
        identity = "\x1f".join((self.kind, self.connection, self.run, self.stream or "", self.incident or ""))
        event = {
            "specversion": "1.0",
            "id": hashlib.blake2b(identity.encode(), digest_size=16).hexdigest(),
            "source": f"/sluice/{self.connection}",
            "type": self.kind.value,
            "subject": self.stream or self.run,
            "time": self.time,
            "datacontenttype": "application/json",
            "dataschema": "urn:sluice:notification:1",
            "connection": self.connection,
            "severity": self.severity,
            "data": self._data(),
        }
        attributes = {"type": self.kind.value, "connection": self.connection, "severity": self.severity}
        return OutgoingMessage(body=orjson.dumps(event).decode(), attributes=attributes)

    def _data(self) -> dict[str, Any]:
        named = {"run": self.run, "stream": self.stream, "incident": self.incident}
        where: dict[str, Any] = {"page": self.page or page_of("connections", self.connection)}
        if self.runbook:
            where["runbook"] = self.runbook
        words = {"title": self.title, "detail": self.detail, "advice": self.advice}
        return {**words, **named, **where, **self.facts}


def page_of(*parts: str) -> str:
    """Return the path of a page of the console: ``page_of("runs", "acme-1")`` is ``/runs/acme-1``."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)
