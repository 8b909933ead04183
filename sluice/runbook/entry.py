"""The form of the runbook: one entry for each error name, or for several that ask for the same."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from sluice.errors import SluiceError

PAGE = "docs/runbook.md"


class Verdict(StrEnum):
    """What an error name asks of people, in a word."""

    WAIT = "wait"
    DECIDE = "decide"
    FIX = "fix"
    CALL = "call a developer"


class Entry(Struct, frozen=True):
    """One entry. ``names`` are error names as a run has them; ``title`` is theirs where there are several.

    ``what_to_do`` is a sentence or two and goes into notices; ``more`` are further steps, in the page only.
    ``look`` are the steps that find the cause, ``did`` is what Sluice has done by itself, ``wake`` when to
    wake somebody, ``over`` how people see that it is over. In all of them NAME, STREAM, RUN and ID stand for
    the connection, its stream, the run and the change.
    """

    names: tuple[str, ...]
    verdict: Verdict
    meaning: str
    did: str
    look: tuple[str, ...]
    what_to_do: str
    wake: str
    over: str
    more: tuple[str, ...] = ()
    title: str = ""

    @property
    def heading(self) -> str:
        """The entry's title in the page."""
        return self.title or self.names[0]

    @property
    def place(self) -> str:
        """Where the entry stands in the repository: ``docs/runbook.md#erpunavailable``."""
        anchor = re.sub(r"[^\w -]", "", self.heading.lower()).replace(" ", "-")
        return f"{PAGE}#{anchor}"


def meaning_of(error: type[SluiceError]) -> str:
    """Return what an error of ours means: the first sentence of its docstring."""
    first, _, _ = (error.__doc__ or "").strip().partition("\n\n")
    return " ".join(first.split())
