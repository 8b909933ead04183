"""What a connector is certified by: the rules, and what was seen of each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct, field

RULES = {
    "full_sync": "every record is published once, as the mapping makes it",
    "empty_streams": "streams without records end well and publish nothing",
    "one_page": "a list that fits on one page is read to its end",
    "many_pages": "a list of several pages is read to its end",
    "nothing_new": "a second run publishes nothing",
    "one_changed": "one changed record is one event",
    "deletes": "a record that is gone from a whole reading is one delete",
    "session_expiry": "a session that ends in mid-run is opened again",
    "throttled": "429 with Retry-After is waited for",
    "server_errors": "500 is tried again",
    "connection_resets": "a reset connection is tried again",
    "truncated_bodies": "a reply that breaks off is read again",
    "api_changes": "a changed API publishes nothing wrong, and the change is named",
}
"""Every rule by name, in the order in which they are shown."""


SHOWN = 10
"""Notes of one finding that are told."""


class Status(StrEnum):
    """How a rule stands; ``exempt`` says that it cannot apply."""

    DONE = "done"
    EXEMPT = "exempt"
    FAILED = "failed"


class Finding(Struct, frozen=True):
    """What became of one rule; ``notes`` are what was seen, why it cannot apply, or what is wrong."""

    rule: str
    status: Status
    notes: tuple[str, ...]

    @property
    def note(self) -> str:
        """The notes as one text; of very many the first."""
        more = len(self.notes) - SHOWN
        told = [*self.notes[:SHOWN], f"and {more} more"] if more > 0 else self.notes
        return "; ".join(told)

    @property
    def is_good(self) -> bool:
        """Whether the rule stands in no one's way."""
        return self.status is not Status.FAILED


class Findings(Struct):
    """Collects what is seen of each rule; a failure is not forgotten for something good seen later."""

    _seen: dict[str, list[str]] = field(default_factory=dict)
    _exempt: dict[str, str] = field(default_factory=dict)
    _wrong: dict[str, list[str]] = field(default_factory=dict)

    def see(self, rule: str, what: str) -> None:
        """Note that a rule held, and what was seen."""
        self._seen.setdefault(_known(rule), []).append(what)

    def exempt(self, rule: str, reason: str) -> None:
        """Note why a rule cannot apply; it counts only where nothing was seen of it."""
        self._exempt.setdefault(_known(rule), reason)

    def fail(self, rule: str, *wrong: str) -> None:
        """Note what is wrong."""
        self._wrong.setdefault(_known(rule), []).extend(wrong)

    def judge(self, rule: str, wrong: Iterable[str], seen: str) -> None:
        """Note what is wrong, or where nothing is, what was seen."""
        found = list(wrong)
        if found:
            self.fail(rule, *found)
        else:
            self.see(rule, seen)

    def all(self) -> list[Finding]:
        """Return a finding for every rule; one of which nothing is known has failed."""
        return [self._finding(rule) for rule in RULES]

    def _finding(self, rule: str) -> Finding:
        if rule in self._wrong:
            return Finding(rule, Status.FAILED, tuple(self._wrong[rule]))
        if rule in self._seen:
            return Finding(rule, Status.DONE, tuple(self._seen[rule]))
        if rule in self._exempt:
            return Finding(rule, Status.EXEMPT, (self._exempt[rule],))
        return Finding(rule, Status.FAILED, ("it was not reached",))


def _known(rule: str) -> str:
    if rule not in RULES:
        raise KeyError(f"{rule}: no rule; there are {', '.join(RULES)}")
    return rule
