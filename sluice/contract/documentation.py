"""docs/api-changes.md: its table is made from the kinds of change, so that it says what the code does.

The words around the table are written by hand and kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from sluice.model.change import Action
from sluice.model.change_kinds import KINDS, Judgement, Kind, Seen

NAME = "docs/api-changes.md"
BEGIN = "<!-- made from sluice/model/change_kinds by `make generate` -->"
END = "<!-- end of what is made -->"

_IN_WORDS = {
    Action.GO_ON: "go on",
    Action.NOTIFY: "go on, tell",
    Action.QUARANTINE: "set the records aside, tell",
    Action.HOLD: "hold the stream, tell",
    Action.FAIL: "fail, tell",
}


def with_table(page: str) -> str:
    """Return the page with the table between its two marks made anew; raises ValueError without the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{NAME} has no place for the table: {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{table(KINDS.values())}{END}{after}"


def table(kinds: Iterable[Kind]) -> str:
    """Return the kinds as two tables in Markdown: what is detected, and what is not."""
    listed = list(kinds)
    detected = [_row(kind, kind.how) for kind in listed if kind.how]
    others = [_row(kind, kind.instead) for kind in listed if not kind.how]
    head = "| id | what changed | seen | used | not used | {} |\n|---|---|---|---|---|---|\n"
    first = f"\n### Detected: {len(detected)} of {len(listed)}\n\n{head.format('by what')}"
    second = f"\n### Not detected as such: {len(others)}\n\n{head.format('what there is instead')}"
    return f"{first}{''.join(detected)}{second}{''.join(others)}\n"


def _row(kind: Kind, words: str) -> str:
    seen = " ".join(letter.value for letter in Seen if letter in kind.seen)
    unused = _judgement(kind.unused) if kind.unused else "-"
    title = f"{kind.title} <br> `{kind.name}`"
    return f"| {kind.code} | {title} | {seen} | {_judgement(kind.used)} | {unused} | {words} |\n"


def _judgement(judgement: Judgement) -> str:
    return f"{judgement.severity.value}: {_IN_WORDS[judgement.action]}"
