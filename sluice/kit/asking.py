"""Proposes what a list is asked for with: changes only, date windows, and what else the API demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.description.model import Description, Parameter
from sluice.kit.odata import is_odata, odata_incremental
from sluice.kit.proposal import Listed, Notes
from sluice.kit.words import plain, words_of

DAYS = 31
_CHANGED = frozenset({"modified", "changed", "updated", "modify", "change", "update", "changes"})
_SINCE = frozenset({"since", "after", "from", "gt", "gte", "ge", "greater", "start", "later"})
_BARE = frozenset({"lastmodified", "lastmodifieddatetime"})
_STARTS, _ENDS = frozenset({"from", "start", "after", "since"}), frozenset({"to", "end", "before", "until"})
_LOOKBACK, _LOOKBACK_OF_DAYS = 10, 1440
_WHOLE_READ_HOURS = 168


class Asked(Struct):
    """Parts of a stream's YAML: ``query``, ``incremental`` and ``windows``; empty where there are none.

    ``settings`` are those that a connection has to give for it.
    """

    query: dict[str, Any] = field(default_factory=dict)
    incremental: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)


def propose_asking(
    listed: Listed, description: Description, paged_by: frozenset[str], where: str, notes: Notes
) -> Asked:
    """Return what to ask with; ``paged_by`` are the parameters that paging has taken."""
    asked = Asked()
    if is_odata(description):
        asked.incremental = odata_incremental(description, listed.item, where, notes)
        return asked
    free = {one.name: one for one in listed.operation.parameters if one.name not in paged_by}
    changed = _of_changes(free)
    if changed is not None:
        asked.incremental = _incremental(changed, where, notes)
        free.pop(changed.name)
    else:
        notes.decide(where, "read whole in every run: no parameter asks for changes only")
    window = _window(free)
    if window is not None:
        start, end = window
        asked.windows = {
            "query": {start.name: _edge("from"), end.name: _edge("to")},
            "from": {"setting": "history_from"},
            "days": DAYS,
        }
        asked.settings["history_from"] = _HISTORY
        notes.decide(where, f"read in windows of {DAYS} days: {start.name} and {end.name} are required")
        notes.ask(where, f"windows: is the day of {end.name} itself left out, as is taken for granted here?")
        free = {name: one for name, one in free.items() if one not in window}
    for one in free.values():
        if one.required and one.where in {"query", "header"}:
            notes.ask(where, f"the {one.where} parameter {one.name} is required: which value? (`request:`)")
    if any(plain(name) in {"sort", "sorting", "orderby", "order", "sortby"} for name in free):
        notes.ask(where, "the list can be sorted: ask for it by the key, so that no page shifts (`request:`)")
    return asked


_HISTORY = {
    "type": "string",
    "format": "date",
    "default": "2024-01-01",
    "title": "History from",
    "description": "First day that is read of lists that can only be asked for by date.",
}


def _edge(name: str) -> dict[str, str]:
    return {"window": name, "as": "date"}


def _of_changes(free: Mapping[str, Parameter]) -> Parameter | None:
    """Return the parameter that asks for what changed since; of several the one with the plainest name."""
    found = [one for one in free.values() if _asks_for_changes(one)]
    return min(found, key=lambda one: (len(words_of(one.name)), one.name), default=None)


def _asks_for_changes(one: Parameter) -> bool:
    name, words = plain(one.name), set(words_of(one.name))
    if one.where == "header":
        return name == "ifmodifiedsince"
    return one.where == "query" and (bool(words & _CHANGED and words & _SINCE) or name in _BARE)


def _incremental(changed: Parameter, where: str, notes: Notes) -> dict[str, Any]:
    form, lookback = "datetime", _LOOKBACK
    if changed.where == "header":
        form = "http_date"
    elif changed.types & {"integer", "number"}:
        form = "epoch"
        notes.ask(where, f"incremental: does {changed.name} count seconds, as assumed, or milliseconds?")
    elif "date" in words_of(changed.name) and "time" not in words_of(changed.name):
        form, lookback = "date", _LOOKBACK_OF_DAYS
        notes.ask(where, f"incremental: does {changed.name} know days only, as assumed, or moments too?")
    else:
        notes.ask(where, f"incremental: is {changed.name} in UTC, as assumed, or in another zone?")
    notes.decide(where, f"changes only, by {changed.name}; whole every {_WHOLE_READ_HOURS} hours for deletes")
    place = "headers" if changed.where == "header" else "query"
    return {
        place: {changed.name: {"since": form}},
        "watermark": "request_time",
        "lookback_minutes": lookback,
        "whole_read_every_hours": _WHOLE_READ_HOURS,
    }


def _window(free: Mapping[str, Parameter]) -> tuple[Parameter, Parameter] | None:
    """Return two required parameters that are the two ends of one range of dates."""
    needed = [one for one in free.values() if one.required and one.where == "query"]
    for start in needed:
        for end in needed:
            first, last = set(words_of(start.name)), set(words_of(end.name))
            if first & _STARTS and last & _ENDS and first - _STARTS == last - _ENDS:
                return start, end
    return None
