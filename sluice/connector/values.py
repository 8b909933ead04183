"""Values in a request: literals and calls of one closed list of words, evaluated for one request.

No template language: nothing here parses text into code. Reading values from YAML, with faults, is
sluice.connector.value_reader's job.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from sluice.connector.expanding.window import Window, is_of_days, is_of_keys
from sluice.connector.logins.client_assertion import signed_assertion
from sluice.connector.paths import Path, look_up
from sluice.connector.selection import Selection
from sluice.model.secret import Secret
from sluice.model.structs import shown


class Literal(Struct, frozen=True):
    """Itself."""

    value: Any


class ListOf(Struct, frozen=True):
    """A list of values."""

    items: tuple[Value, ...]


class ObjectOf(Struct, frozen=True):
    """An object of values."""

    items: Mapping[str, Value]


class Call(Struct, frozen=True):
    """A word with its argument: a name or form (text), or values; ``option`` is what its second key says."""

    word: str
    name: str = ""
    values: tuple[Value, ...] = ()
    option: Any = None


Value = Literal | ListOf | ObjectOf | Call


class Scope(Struct, frozen=True):
    """What values may refer to while one request is planned.

    ``now`` and ``since`` are aware UTC; ``since`` is a text where it is a row version. ``record`` is the
    record of a list that the request is about. ``window`` is of days or of keys, None for all of the list.
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, Secret]
    now: datetime
    captured: Mapping[str, Secret] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | str | None = None
    window: Window | None = None
    selection: Selection = field(default_factory=Selection)
    record: Mapping[str, Any] = field(default_factory=dict)
    parent: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, without={"secrets", "captured", "record", "parent"})


def evaluate(value: Value, scope: Scope) -> Any:
    """Return the value as JSON; None where it cannot be had (no watermark, no such page state)."""
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, ListOf):
        return [evaluate(item, scope) for item in value.items if not _is_left_out(item, scope)]
    if isinstance(value, ObjectOf):
        return {name: evaluate(item, scope) for name, item in value.items.items()}
    return _CALLS[value.word](value, scope)


def parts_of(value: Value) -> Iterator[Value]:
    """Yield a value and everything in it."""
    yield value
    within: Iterable[Value] = ()
    if isinstance(value, ListOf):
        within = value.items
    elif isinstance(value, ObjectOf):
        within = value.items.values()
    elif isinstance(value, Call):
        within = value.values
    for part in within:
        yield from parts_of(part)


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
    """Return a moment as ``datetime`` (ISO 8601, UTC, Z) or in another form of `{since: ...}`, to the second.

    ``local_datetime`` is ISO 8601 in UTC without zone, ``cet_datetime`` the wall time of Oslo without zone,
    ``sql_datetime`` is ``local_datetime`` with a space in place of the T,
    ``epoch`` seconds and ``epoch_ms`` milliseconds since 1970, ``http_date`` as in RFC 9110, 5.6.7.
    """
    whole = moment.astimezone(UTC).replace(microsecond=0)
    if form in _DATETIME_FORMS:
        return _DATETIME_FORMS[form](whole)
    if form == "tryton_datetime":
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{part: getattr(moment, part) for part in parts}}
    return whole.replace(tzinfo=None).isoformat() + "Z"


_OSLO = ZoneInfo("Europe/Oslo")
_DATETIME_FORMS: dict[str, Callable[[datetime], Any]] = {
    "date": lambda moment: moment.date().isoformat(),
    "epoch": lambda moment: int(moment.timestamp()),
    "epoch_ms": lambda moment: int(moment.timestamp()) * 1000,
    "local_datetime": lambda moment: moment.replace(tzinfo=None).isoformat(),
    "sql_datetime": lambda moment: moment.replace(tzinfo=None).isoformat(" "),
    "cet_datetime": lambda moment: moment.astimezone(_OSLO).replace(tzinfo=None).isoformat(),
    "http_date": lambda moment: format_datetime(moment, usegmt=True),
}


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


def _replaced(call: Call, scope: Scope) -> str | None:
    """Return the text in which what ``option`` names is written otherwise, all of it in one go."""
    text, written = text_of(evaluate(call.values[0], scope)), call.option
    named = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
    return None if text is None else re.sub(named, lambda found: str(written[found[0]]), text)


def _basic(call: Call, scope: Scope) -> str:
    user, password = (text_of(evaluate(part, scope)) or "" for part in call.values)
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _first(call: Call, scope: Scope) -> Any:
    """Return the first of the values that can be had."""
    found = (evaluate(part, scope) for part in call.values)
    return next((value for value in found if value is not None), None)


def _form_encoded(call: Call, scope: Scope) -> str | None:
    text = text_of(evaluate(call.values[0], scope))
    return None if text is None else quote_plus(text)


def _signed_jwt(call: Call, scope: Scope) -> str:
    private_key, key_id, claims = call.values
    algorithm, lifetime = call.option
    key = text_of(evaluate(private_key, scope)) or ""
    header = {"typ": "JWT", "alg": algorithm, "kid": text_of(evaluate(key_id, scope))}
    ends = scope.now + timedelta(seconds=lifetime)
    times = {"iat": int(scope.now.timestamp()), "exp": int(ends.timestamp())}
    name = private_key.name if isinstance(private_key, Call) else ""
    return signed_assertion(header, {**evaluate(claims, scope), **times}, key, name)


def _revealed(found: Secret | None) -> str | None:
    return None if found is None else found.reveal()


def _since(call: Call, scope: Scope) -> Any:
    since = scope.since
    if not isinstance(since, datetime):
        return since
    wall = since.astimezone(_OSLO)
    if call.name == "cet_datetime" and wall.utcoffset() != wall.replace(fold=1).utcoffset():
        # When clocks go back, an hour comes twice, and the ERP may take the first for the second: an hour
        # too early gives records twice, an hour too late would miss some.
        since -= timedelta(hours=1)
    return in_datetime_form(since, call.name)


def _window(call: Call, scope: Scope) -> Any:
    if not is_of_days(scope.window):
        return None
    first, end = scope.window
    days = {"from": first, "to": end, "last": end - timedelta(days=1)}
    return in_date_form(days[call.name], call.option)


def _range(call: Call, scope: Scope) -> Any:
    if not is_of_keys(scope.window):
        return None
    first, end = scope.window
    return {"from": first, "to": end, "last": None if end is None else end - 1}[call.name]


def _now(call: Call, scope: Scope) -> Any:
    return in_datetime_form(scope.now + timedelta(days=call.option or 0), call.name)


def _scalar_at(record: Mapping[str, Any], path: Path) -> Any:
    """Return the text or number at a path of a record; None where there is none."""
    found = look_up(record, path)
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None


def _if_since(call: Call, scope: Scope) -> Any:
    return evaluate(call.values[1 if scope.since is None else 0], scope)


def _if_range(call: Call, scope: Scope) -> Any:
    if _range_can_be_had(call, scope):
        return evaluate(call.values[0], scope)
    return evaluate(call.values[1], scope) if len(call.values) > 1 else None


def range_calls(value: Value) -> Iterator[Call]:
    """Yield what says an end of a range, in the value or inside it."""
    if isinstance(value, Call):
        if value.word == "range":
            yield value
        inner: Iterable[Value] = value.values
    else:
        inner = value.items.values() if isinstance(value, ObjectOf) else ()
        inner = value.items if isinstance(value, ListOf) else inner
    for below in inner:
        yield from range_calls(below)


def _range_can_be_had(call: Call, scope: Scope) -> bool:
    """Return whether a range is read, and is not open at the end that is said."""
    return is_of_keys(scope.window) and None not in (_range(one, scope) for one in range_calls(call))


def may_be_left_out(item: Value) -> bool:
    """Return whether a list goes without the item where no range is read, or one that is open there."""
    return isinstance(item, Call) and item.word == "if_range" and len(item.values) == 1


def _is_left_out(item: Value, scope: Scope) -> bool:
    return isinstance(item, Call) and may_be_left_out(item) and not _range_can_be_had(item, scope)


_CALLS: dict[str, Callable[[Call, Scope], Any]] = {
    "setting": lambda call, scope: scope.settings.get(call.name),
    "secret": lambda call, scope: _revealed(scope.secrets.get(call.name)),
    "captured": lambda call, scope: _revealed(scope.captured.get(call.name)),
    "join": _joined,
    "replace": _replaced,
    "base64": _base64,
    "basic": _basic,
    "page": lambda call, scope: scope.page.get(call.name),
    "since": _since,
    "window": _window,
    "range": _range,
    "fields": lambda call, scope: scope.selection.in_form(call.name),
    "now": _now,
    "record": lambda call, scope: _scalar_at(scope.record, call.option),
    "parent": lambda call, scope: _scalar_at(scope.parent, call.option),
    "if_since": _if_since,
    "if_range": _if_range,
    # No words of YAML: the OAuth kinds of `auth` are built of these.
    "first": _first,
    "form_encoded": _form_encoded,
    "signed_jwt": _signed_jwt,
}
