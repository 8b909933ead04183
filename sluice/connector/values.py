"""Values in a request: literals and calls of one closed list of words, evaluated for one request.

No template language: nothing here parses text into code. Reading values from YAML, with faults, is
sluice.connector.value_reader's job.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sluice.connector.selection import Selection
from sluice.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Literal:
    """Itself."""

    value: Any


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object of values."""

    items: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Call:
    """A word with its argument: a name or form (text), or values; ``option`` is what its second key says."""

    word: str
    name: str = ""
    values: tuple[Value, ...] = ()
    option: Any = None


Value = Literal | ListOf | ObjectOf | Call


@dataclass(frozen=True, slots=True)
class Scope:
    """What values may refer to while one request is planned; ``now`` and ``since`` are aware UTC."""

    settings: Mapping[str, Any]
    secrets: Mapping[str, Secret] = field(repr=False)
    now: datetime
    captured: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    page: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    window: tuple[date, date] | None = None
    selection: Selection = field(default_factory=Selection)


def evaluate(value: Value, scope: Scope) -> Any:
    """Return the value as JSON; None where it cannot be had (no watermark, no such page state)."""
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, ListOf):
        return [evaluate(item, scope) for item in value.items]
    if isinstance(value, ObjectOf):
        return {name: evaluate(item, scope) for name, item in value.items.items()}
    return _CALLS[value.word](value, scope)


def text_of(value: Any) -> str | None:
    """Return a value as it is written in a query, header or path: lists by commas; None for null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text for text in map(text_of, value) if text is not None)
    return str(value)


def in_datetime_form(moment: datetime, form: str) -> Any:
    """Return a moment as ``datetime`` (ISO 8601, Z), ``date``, ``epoch`` (seconds) or ``tryton_datetime``."""
    if form == "date":
        return moment.date().isoformat()
    if form == "epoch":
        return int(moment.timestamp())
    if form == "tryton_datetime":
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{part: getattr(moment, part) for part in parts}}
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def in_date_form(day: date, form: str) -> Any:
    """Return a day as ``date``, ``datetime`` (its first moment, UTC) or ``tryton_date``."""
    if form == "datetime":
        return f"{day.isoformat()}T00:00:00Z"
    if form == "tryton_date":
        return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}
    return day.isoformat()


def _joined(call: Call, scope: Scope) -> str | None:
    parts = [text_of(evaluate(part, scope)) for part in call.values]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _base64(call: Call, scope: Scope) -> str | None:
    text = text_of(evaluate(call.values[0], scope))
    return None if text is None else base64.b64encode(text.encode()).decode()


def _basic(call: Call, scope: Scope) -> str:
    user, password = (text_of(evaluate(part, scope)) or "" for part in call.values)
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _revealed(found: Secret | None) -> str | None:
    return None if found is None else found.reveal()


def _since(call: Call, scope: Scope) -> Any:
    return None if scope.since is None else in_datetime_form(scope.since, call.name)


def _window(call: Call, scope: Scope) -> Any:
    if scope.window is None:
        return None
    return in_date_form(scope.window[0 if call.name == "from" else 1], call.option)


def _now(call: Call, scope: Scope) -> Any:
    return in_datetime_form(scope.now + timedelta(days=call.option or 0), call.name)


def _if_since(call: Call, scope: Scope) -> Any:
    return evaluate(call.values[1 if scope.since is None else 0], scope)


_CALLS: dict[str, Callable[[Call, Scope], Any]] = {
    "setting": lambda call, scope: scope.settings.get(call.name),
    "secret": lambda call, scope: _revealed(scope.secrets.get(call.name)),
    "captured": lambda call, scope: _revealed(scope.captured.get(call.name)),
    "join": _joined,
    "base64": _base64,
    "basic": _basic,
    "page": lambda call, scope: scope.page.get(call.name),
    "since": _since,
    "window": _window,
    "fields": lambda call, scope: scope.selection.in_form(call.name),
    "now": _now,
    "if_since": _if_since,
}
