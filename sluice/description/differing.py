"""What one difference between two descriptions is, before it is known who relies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sluice.description.model import Lifecycle

LONGEST = 120


class Difference(Struct, frozen=True):
    """One difference: the code of its kind, what was, what is, and what else is known of it."""

    code: str
    before: str
    after: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def announced(before: Lifecycle, after: Lifecycle) -> Difference | None:
    """Return what is newly said of an end: a day of removal, or that something is deprecated."""
    facts = {name: said for name, said in (("since", after.since), ("text", after.text)) if said}
    if after.ends and (not before.ends or _earlier(after.ends, before.ends)):
        return Difference("D17", _stays(before), f"ends {after.ends}", {"ends": after.ends, **facts})
    if (after.deprecated or after.ends) and not (before.deprecated or before.ends or before.text):
        return Difference("D16", _stays(before), _deprecated(after), facts)
    if after.deprecated and not before.deprecated:
        return Difference("D16", _stays(before), _deprecated(after), facts)
    if after.text and not before.text and not before.deprecated:
        return Difference("D16", _stays(before), "will be removed", facts)
    return None


def _earlier(day: str, other: str) -> bool:
    # Versions are no days: any other one is news.
    return day < other if "-" in day and "-" in other else day != other


def listed(values: Sequence[str]) -> str:
    """Return values as one short text."""
    text = ", ".join(values)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _deprecated(said: Lifecycle) -> str:
    return (
        f"deprecated since {said.since}"
        if said.since
        else "deprecated"
        if said.deprecated
        else "will be removed"
    )


def _stays(said: Lifecycle) -> str:
    if said.ends:
        return f"ends {said.ends}"
    return "deprecated" if said.deprecated else "nothing said of an end"
