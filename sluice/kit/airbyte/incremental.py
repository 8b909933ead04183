"""Turns a cursor over time into how changes are asked for, or into windows where both ends are sent."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from sluice.kit.airbyte.config import Config
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.options import option_of
from sluice.kit.airbyte.requests import Requested
from sluice.kit.airbyte.values import NotConverted, Slice, Texts, slices_in, with_slices
from sluice.kit.proposal import Notes

WHOLE_READ_HOURS = 168
_DAY = 1440
_MOST_LOOKBACK = 10080
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?"
)
_IN_SECONDS = (31_536_000, 2_678_400, 604_800, 86_400, 3600, 60, 1)
_ENDS = frozenset({"date", "datetime"})
"""Forms that the end of a span can be sent in."""
_HISTORY = "2024-01-01"
_FORMS = {
    "%Y-%m-%d": "date",
    "%s": "epoch",
    "%ms": "epoch_ms",
    "%a, %d %b %Y %H:%M:%S GMT": "http_date",
}
_WITH_ZONE = re.compile(r"%Y-%m-%dT%H:%M:%S(\.(%f|%_ms|0+))?(Z|%z|\+00:00)")
_WITHOUT_ZONE = re.compile(r"%Y-%m-%dT%H:%M:%S(\.(%f|%_ms|0+))?")


class Asked(Struct):
    """Parts of a stream's YAML, empty where there are none; ``sandbox`` is what that one needs."""

    incremental: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, Any] = field(default_factory=dict)
    sandbox: dict[str, Any] = field(default_factory=dict)


class _Sent(Struct):
    """What is sent of a slice, by place: ``query`` and ``headers`` with their values, or in the body."""

    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    in_body: bool = False

    def ends(self, body: Any) -> set[str]:
        return slices_in([*self.query.values(), *self.headers.values(), body if self.in_body else None])


class Timing(Struct):
    """Converts one stream's cursor."""

    texts: Texts
    config: Config
    where: str
    notes: Notes

    def asked(self, stream: Node, requested: Requested) -> Asked:
        """Return how to ask for changes; takes out of the request what is sent for that."""
        cursor = stream.node("incremental_sync")
        if cursor is not None and cursor.kind("DatetimeBasedCursor") != "DatetimeBasedCursor":
            cursor.tell("the stream is read whole in every run")
            cursor = None
        sent = self._sent(cursor, requested)
        if cursor is None:
            self.notes.decide(self.where, "read whole in every run: the manifest has no cursor for it")
            self._drop(sent, requested, "no cursor says what it is")
            return Asked()
        cursor.skip("cursor_granularity", "cursor_datetime_formats", "partition_field_start")
        cursor.skip("partition_field_end", "global_substream_cursor")
        form = _form_of(cursor)
        ends = sent.ends(requested.body)
        found = Asked()
        if form is None:
            self._drop(sent, requested, "its format of time is none that is known")
            self._whole(cursor)
            return found
        if "end" in ends and form not in _ENDS:
            self._drop(sent, requested, f"there is no word for the moment now as {form}", only="end")
            ends = sent.ends(requested.body)
        if "end" in ends and cursor.has("step"):
            found = self._windows(cursor, sent, requested, form)
        elif "start" in ends:
            found = self._incremental(cursor, sent, requested, form)
        else:
            self._drop(sent, requested, "the start of the time span is not sent")
            self._whole(cursor)
        return found

    def _sent(self, cursor: Node | None, requested: Requested) -> _Sent:
        sent = _Sent()
        for values, found in ((requested.query, sent.query), (requested.headers, sent.headers)):
            for name in [name for name, value in values.items() if slices_in(value)]:
                found[name] = values.pop(name)
        for key, end in (("start_time_option", "start"), ("end_time_option", "end")):
            option = option_of(cursor, key, self.texts)
            if option is None:
                continue
            place, name = option
            if place == "body":
                requested.body[name] = Slice(end)
            else:
                (sent.query if place == "query" else sent.headers)[name] = Slice(end)
        sent.in_body = bool(slices_in(requested.body))
        return sent

    def _incremental(self, cursor: Node, sent: _Sent, requested: Requested, form: str) -> Asked:
        def put(end: str) -> Any:
            # Only the start is kept between runs; the end was the time of the request.
            return {"since": form} if end == "start" else {"now": "date" if form == "date" else "datetime"}

        if sent.in_body:
            self.notes.ask(
                self.where, "incremental: the body says null where all is read; does the ERP take that?"
            )
        lookback = self._lookback(cursor, form)
        self._tell_history(cursor)
        for key in ("step", "is_compare_strictly"):
            cursor.skip(key)
        requested.body = _body(requested.body, put)
        self.notes.decide(self.where, f"changes only; whole every {WHOLE_READ_HOURS} hours for deletes")
        asked = {
            **_placed(sent, put),
            "watermark": "request_time",
            "lookback_minutes": lookback,
            "whole_read_every_hours": WHOLE_READ_HOURS,
        }
        return Asked(incremental=asked, sandbox=self._field(cursor, "changed_field"))

    def _windows(self, cursor: Node, sent: _Sent, requested: Requested, form: str) -> Asked:
        def put(end: str) -> Any:
            return {"window": "from" if end == "start" else "to", "as": form}

        if "start" not in sent.ends(requested.body):
            self._drop(sent, requested, "only the end of the time span is sent")
            return Asked()
        days = max(1, round((self._seconds(cursor, "step") or _IN_SECONDS[1]) / _IN_SECONDS[3]))
        requested.body = _body(requested.body, put)
        self.notes.ask(self.where, "windows: is the end itself left out, as is taken for granted here?")
        self.notes.decide(self.where, f"read in windows of {days} days: both ends are sent")
        cursor.skip("is_compare_strictly")
        if cursor.has("lookback_window"):
            cursor.tell("all windows are read in every run", "lookback_window")
        windows = {**_placed(sent, put), "from": self._history(cursor), "days": min(days, 3660)}
        return Asked(windows=windows, sandbox=self._field(cursor, "window_field"))

    def _field(self, cursor: Node, name: str) -> dict[str, Any]:
        """Return the cursor's field, for the sandbox; the stream says whether it is declared."""
        try:
            return {name: self.texts.name(cursor, cursor.plain("cursor_field", ""))}
        except NotConverted as err:
            cursor.tell(f"{err} is no name", "cursor_field")
            return {}

    def _lookback(self, cursor: Node, form: str) -> int:
        least = _DAY if form == "date" else 10
        seconds = self._seconds(cursor, "lookback_window")
        minutes = max(least, round((seconds or 0) / 60))
        if minutes > _MOST_LOOKBACK:
            cursor.tell(f"at most {_MOST_LOOKBACK} minutes are looked back", "lookback_window")
        return min(minutes, _MOST_LOOKBACK)

    def _seconds(self, cursor: Node, key: str) -> float | None:
        text = cursor.plain(key)
        if text is None:
            return None
        try:
            found = seconds_of(self.texts.name(cursor, text))
        except NotConverted:
            found = None
        if found is None:
            cursor.tell("is no ISO 8601 duration that is known now", key)
        return found

    def _history(self, cursor: Node) -> dict[str, str]:
        day = _HISTORY
        given = cursor.peek("start_datetime")
        given = given.get("datetime") if isinstance(given, dict) else given
        if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given[:10]):
            day = given[:10]
            cursor.skip("start_datetime")
        else:
            cursor.tell("the setting history_from says where the windows begin", "start_datetime")
        self._tell_end(cursor)
        about = {
            "type": "string",
            "format": "date",
            "default": day,
            "title": "History from",
            "description": "First day that is read of lists that are asked for by date.",
        }
        return self.config.add("history_from", about)

    def _tell_history(self, cursor: Node) -> None:
        if cursor.has("start_datetime"):
            cursor.tell("the first read is a whole one, from no date on", "start_datetime")
        self._tell_end(cursor)

    def _tell_end(self, cursor: Node) -> None:
        if "now_utc" in str(cursor.peek("end_datetime")):
            cursor.skip("end_datetime")
        elif cursor.has("end_datetime"):
            cursor.tell("a read ends now", "end_datetime")

    def _whole(self, cursor: Node) -> None:
        self.notes.decide(self.where, "read whole in every run: the manifest filters what comes, or nothing")
        cursor.skip("is_client_side_incremental", "is_data_feed", "cursor_field", "lookback_window", "step")
        self._tell_history(cursor)

    def _drop(self, sent: _Sent, requested: Requested, why: str, only: str = "") -> None:
        """Take away what needs a slice (``only`` this end of it), and tell each by its name."""
        for values in (sent.query, sent.headers, requested.body):
            needed = {name: slices_in(value) for name, value in values.items()}
            for name in [name for name, ends in needed.items() if (only in ends if only else ends)]:
                del values[name]
                self.notes.ask(self.where, f"not converted: {name} is not sent: {why}")
        sent.in_body = bool(slices_in(requested.body))


def seconds_of(text: str) -> float | None:
    """Return the seconds of an ISO 8601 duration; a month has 31 days. None where it is none."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return sum(float(part or 0) * unit for part, unit in zip(found.groups(), _IN_SECONDS, strict=True))


def _form_of(cursor: Node) -> str | None:
    text = str(cursor.plain("datetime_format", ""))
    if text in _FORMS:
        return _FORMS[text]
    if _WITH_ZONE.fullmatch(text):
        return "datetime"
    if _WITHOUT_ZONE.fullmatch(text):
        return "local_datetime"
    cursor.tell("no form of {since: ...} is written so; the stream is read whole", "datetime_format")
    return None


def _placed(sent: _Sent, put: Any) -> dict[str, Any]:
    places = {"query": sent.query, "headers": sent.headers}
    found: dict[str, Any] = {name: with_slices(values, put) for name, values in places.items() if values}
    return found | ({"body": True} if sent.in_body else {})


def _body(body: dict[str, Any], put: Any) -> dict[str, Any]:
    found: dict[str, Any] = with_slices(body, put)
    return found
