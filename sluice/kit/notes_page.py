"""Writes NOTES.md of a drafted connector: what is open, what was decided and why, what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.description.model import Description
from sluice.kit.proposal import Notes

LEFT_OUT = "left out"


def notes_page(name: str, description: Description, notes: Notes) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(name, description, notes)) + "\n"


def _lines(name: str, description: Description, notes: Notes) -> Iterator[str]:
    yield f"# {name}: what is known, and how well"
    yield ""
    form = " ".join(part for part in (description.form, description.version) if part)
    yield f"Drafted from the vendor's description ({form}). No request has been sent to the ERP itself yet."
    yield ""
    yield "## To look up or decide"
    yield from _listed(notes.open, "Nothing is open.")
    yield "## Decided, and why"
    yield from _listed([one for one in notes.decided if one[0] != LEFT_OUT], "Nothing.")
    yield "## Left out"
    yield from _listed([one for one in notes.decided if one[0] == LEFT_OUT], "No other list was found.")
    if description.unread:
        yield "## Not understood in the description"
        yield from (f"- {text}" for text in description.unread)


def _listed(notes: Sequence[tuple[str, str]], none: str) -> Iterator[str]:
    if not notes:
        yield none
    for where, what in notes:
        yield f"- {what}" if where == LEFT_OUT else f"- `{where}` {what}"
    yield ""
