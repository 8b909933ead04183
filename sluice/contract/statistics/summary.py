"""What the values of one path look like in one window: counts that can be added up, and nothing personal.

Values themselves are kept only while they are few, short and repeated, as the members of a code list.
Making a summary from values is the business of sluice.contract.statistics.summarise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.contract.statistics.numbers import Numbers, added

MAX_CODES = 24
_MAX_BYTES = 600

Counts = Mapping[str, int]


class Summary(Struct, frozen=True):
    """Counts over the sampled places of one path.

    ``places`` are all of them, ``absent`` those where the field was not there. ``blanks`` counts ``null``,
    ``empty`` (text) and ``hollow`` (an empty object or list); ``forms`` what each other value looks like
    (see sluice.contract.statistics.forms). ``codes`` counts each value, or is None where they are too many
    or too long for a code list. ``distinct`` and ``top`` are the number of distinct values, and how often the
    most frequent one came, summed over windows. ``marks`` counts signs of a wrong encoding, ``hours``
    times of day by the hour, ``midnight`` those at 00:00:00; ``digits`` is how many digits the texts that are
    digits alone have together, about.
    """

    places: int = 0
    absent: int = 0
    blanks: Counts = field(default_factory=dict)
    forms: Counts = field(default_factory=dict)
    codes: Counts | None = field(default_factory=dict)
    distinct: int = 0
    top: int = 0
    marks: Counts = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    hours: Counts = field(default_factory=dict)
    midnight: int = 0
    digits: int = 0

    @property
    def filled(self) -> int:
        """How many places hold a value: not absent, null, empty or hollow; zero counts as a value."""
        return self.places - self.absent - sum(self.blanks.values())

    def merged(self, other: Summary) -> Summary:
        """Return the summary of both; in which order several are merged makes no difference."""
        return Summary(
            self.places + other.places,
            self.absent + other.absent,
            added(self.blanks, other.blanks),
            added(self.forms, other.forms),
            _few(self.codes, other.codes),
            self.distinct + other.distinct,
            self.top + other.top,
            added(self.marks, other.marks),
            self.numbers.merged(other.numbers),
            added(self.hours, other.hours),
            self.midnight + other.midnight,
            self.digits + other.digits,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object, mostly of less than 0.5 KB and hardly of 1.5; what is empty is left out."""
        found: dict[str, Any] = {
            "places": self.places,
            "absent": self.absent,
            "blanks": _sorted(self.blanks),
            "forms": _sorted(self.forms),
            "codes": None if self.codes is None else _sorted(self.codes),
            "distinct": self.distinct,
            "top": self.top,
            "marks": _sorted(self.marks),
            "numbers": self.numbers.to_json() if self.numbers.count else None,
            "hours": _sorted(self.hours),
            "midnight": self.midnight,
            "digits": self.digits,
        }
        return {name: value for name, value in found.items() if value or (name == "codes" and value is None)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Summary:
        """Read what :meth:`to_json` wrote."""
        numbers = Numbers.from_json(found["numbers"]) if "numbers" in found else Numbers()
        return cls(**{"codes": {}, **found, "numbers": numbers})


def _few(one: Counts | None, other: Counts | None) -> Counts | None:
    """Return the counts of both, None once they are too many: adding more can never make them few again."""
    if one is None or other is None:
        return None
    return few(added(one, other))


def few(codes: Counts) -> Counts | None:
    """Return the codes, or None where they are too many or too long to be kept."""
    small = len(codes) <= MAX_CODES and len("".join(codes).encode("utf-8", "replace")) <= _MAX_BYTES
    return codes if small else None


def _sorted(counts: Counts) -> dict[str, int]:
    return dict(sorted(counts.items()))
