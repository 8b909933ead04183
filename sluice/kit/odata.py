"""What OData fixes for every service: how lists are paged, and how changes are asked for."""

from __future__ import annotations

from typing import Any

from sluice.description.model import Description, Schema
from sluice.kit.canonical import leaves
from sluice.kit.field_names import NAMES
from sluice.kit.proposal import Notes
from sluice.kit.words import first_in

_WHOLE_READ_HOURS = 168


def is_odata(description: Description) -> bool:
    """Return whether the description is of an OData service."""
    return description.form.startswith("OData")


def odata_paging(description: Description) -> dict[str, Any]:
    """Return the pagination: the server says where the next page is."""
    field = "d.__next" if _is_2(description) else '"@odata.nextLink"'
    return {"kind": "next_url", "next": {"body": field}}


def odata_incremental(description: Description, item: Schema, where: str, notes: Notes) -> dict[str, Any]:
    """Return how to ask for changes, by a filter on the field that says when; empty where there is none."""
    moments = [path for path, schema in leaves(description, item) if schema.format == "date-time"]
    changed = first_in(("updatedat", *NAMES["updated_at"], "lastchangedatetime", "timestamp"), moments)
    if changed is None:
        notes.decide(where, "read whole in every run: no field says when a record changed")
        return {}
    before, after = (" gt datetimeoffset'", "'") if _is_2(description) else (" gt ", "")
    parts: list[Any] = [f"{changed}{before}", {"since": "datetime"}, *([after] if after else [])]
    notes.decide(where, f"changes only, by a filter on {changed}; whole every {_WHOLE_READ_HOURS} hours")
    notes.ask(where, f"incremental: can {changed} be filtered by, and does it move with every change?")
    return {
        "query": {"$filter": {"join": parts}},
        "watermark": "request_time",
        "lookback_minutes": 10,
        "whole_read_every_hours": _WHOLE_READ_HOURS,
        "check": changed,
    }


def _is_2(description: Description) -> bool:
    return description.form.startswith(("OData 1", "OData 2", "OData 3"))
