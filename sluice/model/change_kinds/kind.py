"""What is known of a kind of change; the kinds themselves stand in the modules beside this one."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sluice.model.change import Action, Severity


class Seen(StrEnum):
    """Where a change shows."""

    RESPONSE = "R"
    HTTP = "H"
    CALLS = "C"
    STATISTICS = "T"
    DESCRIPTION = "S"


class Judgement(Struct, frozen=True):
    """How much a change matters and what is done about it, unless a connection's policy says otherwise."""

    severity: Severity
    action: Action


class Kind(Struct, frozen=True):
    """One kind of change. ``code`` is its stable id (``D42``), ``name`` its name in listings.

    ``used`` judges it where a mapping, the key, the cursor, a filter or paging relies on what changed,
    ``unused`` where nothing does (None: the kind has no such case). ``how`` says by what it is noticed; empty
    for what is not detected, and then ``instead`` says what covers it or why nothing can.
    """

    code: str
    name: str
    title: str
    seen: frozenset[Seen]
    used: Judgement
    unused: Judgement | None
    how: str = ""
    instead: str = ""

    def judged(self, *, used: bool) -> Judgement:
        """Return the judgement of this kind of change at a path that is used, or not used."""
        return self.used if used or self.unused is None else self.unused


def kind(code: str, name: str, title: str, judged: str, *how: str) -> Kind:
    """Return a kind of the table.

    ``judged`` is ``letters: severity action; severity action``: the letters of :class:`Seen`, then the
    judgement where used and, if there is one, where unused. ``how`` may be followed by ``instead``.
    """
    letters, _, judgements = judged.partition(":")
    used, _, unused = judgements.partition(";")
    seen = frozenset(Seen(letter) for letter in letters)
    return Kind(code, name, title, seen, _judgement(used), _judgement(unused) if unused else None, *how)


def _judgement(text: str) -> Judgement:
    severity, action = text.split()
    return Judgement(Severity(severity), Action(action))
