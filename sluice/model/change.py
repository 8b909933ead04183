"""A change: one difference between what a contract says and what the ERP does now.

What kinds there are and how each is judged is the business of sluice.contract.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

_PARTS = re.compile(r'"([^"]*)"|([^."\[\]*]+)')
"""The names of a dotted path; a name that holds a dot stands in double quotes, as in a mapping."""


class Action(StrEnum):
    """What Sluice does about a change, mildest first."""

    GO_ON = "go_on"
    NOTIFY = "notify"
    QUARANTINE = "quarantine"
    HOLD = "hold"
    FAIL = "fail"


class Severity(StrEnum):
    """How much a change matters, given whether the changed path is used."""

    NONE = "none"
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Change(Struct, frozen=True):
    """One observed change.

    ``code`` is the kind's stable id (``D38``), ``kind`` its name (``record_count_collapse``).
    ``path`` is the raw path in the ERP's record (``customer.id``, ``lines[].amount``), or the place in the
    reply (``values``, ``status``). ``before`` and ``after`` are short texts without personal data or secrets.
    ``share`` is the affected share of the records looked at, 0..1. ``used_by`` lists what relies on the path:
    canonical fields that a mapping reads from it (``customer.name``), ``key``, ``cursor``, ``filter``,
    ``order``, ``paging``. ``operation`` is the API's operation (``GET /customer``) where a description tells.
    """

    code: str
    kind: str
    path: str
    before: str
    after: str
    severity: Severity
    action: Action
    share: float = 1.0
    used_by: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    operation: str = ""

    def fingerprint(self, connection: str, stream: str) -> str:
        """Return a short id, the same for the same change on the same stream of a connection."""
        text = f"{connection}\x1f{stream}\x1f{self.code}\x1f{self.path}"
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def with_evidence(self, **facts: Any) -> Change:
        """Return the change with these facts (JSON values, nothing personal) added to its evidence."""
        return replace(self, evidence={**self.evidence, **facts})

    def segments(self) -> tuple[str, ...]:
        """Return the path's field names; list indices are left out."""
        if self.path.startswith("/"):
            parts = [part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")]
        else:
            parts = [quoted or plain for quoted, plain in _PARTS.findall(self.path)]
        return tuple(part for part in parts if part and not part.isdigit())

    def in_words(self) -> str:
        """Return one line: code, name, path, what was and what is."""
        return f"{self.code} {self.kind} at {self.path}: was {self.before}, is {self.after}"

    def to_json(self) -> dict[str, Any]:
        """Return the change as JSON without floats, as stores take it; ``share`` has four decimals."""
        return {
            "code": self.code,
            "kind": self.kind,
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "severity": self.severity.value,
            "action": self.action.value,
            "share": f"{self.share:.4f}",
            "used": bool(self.used_by),
            "used_by": list(self.used_by),
            "evidence": _without_floats(self.evidence),
            **({"operation": self.operation} if self.operation else {}),
        }

    def listed(self) -> dict[str, Any]:
        """Return the change as commands list it: ``id`` is its code, ``share`` a number."""
        found = self.to_json()
        return {"id": found.pop("code"), **found, "share": round(self.share, 4), "evidence": self.evidence}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Change:
        """Read what :meth:`to_json` wrote."""
        return cls(
            code=found["code"],
            kind=found["kind"],
            path=found["path"],
            before=found["before"],
            after=found["after"],
            severity=Severity(found["severity"]),
            action=Action(found["action"]),
            share=float(found["share"]),
            used_by=tuple(found["used_by"]),
            evidence=dict(found["evidence"]),
            operation=found.get("operation", ""),
        )


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return {name: _without_floats(inner) for name, inner in value.items()}
    return [_without_floats(inner) for inner in value] if isinstance(value, list | tuple) else value
