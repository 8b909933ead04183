"""Looks an error name up in the runbook."""

from __future__ import annotations

from typing import Any

from sluice.runbook.aws import AWS
from sluice.runbook.ended import ENDED, UNFORESEEN
from sluice.runbook.entry import Entry
from sluice.runbook.ours import OURS

ENTRIES: tuple[Entry, ...] = (*OURS, *ENDED, *AWS, UNFORESEEN)
"""The whole runbook, in the order of its page."""

_BY_NAME = {name: entry for entry in ENTRIES for name in entry.names}


def entry_of(error: str) -> Entry:
    """Return the entry of an error name; of a name that nobody foresaw the one for such."""
    return _BY_NAME.get(error, UNFORESEEN)


def what_to_do(error: str, connection: str = "NAME", run: str = "RUN", change: str = "ID") -> str:
    """Return in a sentence or two what a person should do about an error name, with these names put in."""
    words = entry_of(error).what_to_do
    return words.replace("NAME", connection).replace("RUN", run).replace("ID", change)


def advice_on(
    error: str | None, connection: str = "NAME", run: str = "RUN", connector: str = "CONNECTOR"
) -> dict[str, Any] | None:
    """Return ``meaning``, ``what_to_do`` and ``runbook`` (its place in the repository); None for no error."""
    if not error:
        return None
    entry = entry_of(error)
    told = what_to_do(error, connection, run).replace("CONNECTOR", connector)
    return {"meaning": entry.meaning, "what_to_do": told, "runbook": entry.place}
