"""How sure it is that two parties are one company, and why; looks at two, and knows nothing of the others.

Numbers come first: the same organisation number, then the same VAT number. Two numbers that are both right
and differ are two companies, whatever their names, for a parent and its branches are different customers too;
such a pair is never more than something to look at. A number whose check digit fails and that is one slip
away from the other's is a typing mistake and speaks for them.

Without numbers, each thing that both records tell adds or takes away points, which are logarithms of odds: a
thing that one of them does not tell says nothing. The points were chosen by hand on one set of planted
records and measured on others: see docs/matching.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from itertools import pairwise

from msgspec import Struct
from rapidfuzz.distance import OSA

from sluice.lake.matching.frequencies import Frequencies
from sluice.lake.matching.names import similarity
from sluice.lake.matching.numbers import Number, Standing, in_conflict, is_slip, same
from sluice.lake.matching.parties import Party, Place


class Rule(Enum):
    """What decided about a pair."""

    ORGANISATION_NUMBER = "organisation_number"
    VAT_NUMBER = "vat_number"
    MISTYPED_NUMBER = "mistyped_number"
    NAME_AND_ADDRESS = "name_and_address"
    OTHER_NUMBER = "other_number"


class Verdict(Struct, frozen=True):
    """A score from 0 to 1, what decided, and the reasons in words, the strongest first."""

    score: float
    rule: Rule
    reasons: tuple[str, ...]


class Evidence(Struct, frozen=True):
    """One thing that both records tell: points for (or, below 0, against), and what it is in words."""

    points: float
    words: str


BEGIN = -3.5
_NAME = ((1.0, 3.0), (0.9, 2.0), (0.8, 0.5), (0.7, -1.5), (0.5, -5.0), (0.0, -8.0))
"""Points by how alike the names are, straight lines between."""
UNLIKE = 0.35
"""Names less alike than this are other names: nothing else is looked at."""
OWN_NAMES = 0.65
NEVER_SURE = 0.7
"""Names less alike than the first, or a branch's and its parent's, are never surer than this."""
_MOVED = 0.4
"""What is left of another place where a telephone number, mailbox or domain is the same."""
_RARE, _COMMON = 16.0, 8.0
"""Weight of a name's words together: with the first it adds two points, with the second none, below it
takes.
"""


def judge(one: Party, other: Party, frequencies: Frequencies) -> Verdict:
    """Return the verdict about two records; the same whichever comes first."""
    alike = similarity(one.name, other.name, frequencies.weigh)
    ours, theirs = one.registered, other.registered
    if ours and theirs and same(ours, theirs):
        return _by_number(Rule.ORGANISATION_NUMBER, "organisation number", ours, alike)
    conflicting = conflict(one, other)
    if one.vat and other.vat and same(one.vat, other.vat) and not conflicting:
        return _by_number(Rule.VAT_NUMBER, "VAT number", one.vat, alike)
    if alike < UNLIKE:
        return Verdict(
            0.0, Rule.OTHER_NUMBER if conflicting else Rule.NAME_AND_ADDRESS, (_name_words(alike),)
        )
    found = sorted(_evidence(one, other, alike, frequencies), key=lambda each: -abs(each.points))
    score = _capped(_probability(found), one, other, alike)
    reasons = tuple(each.words for each in found)
    if conflicting:
        return Verdict(round(score / 2, 4), Rule.OTHER_NUMBER, (conflicting, *reasons))
    slip = ours and theirs and is_slip(ours, theirs)
    rule = Rule.MISTYPED_NUMBER if slip else Rule.NAME_AND_ADDRESS
    return Verdict(round(score, 4), rule, reasons)


def _capped(score: float, one: Party, other: Party, alike: float) -> float:
    """Return a score that joins nothing where only a number could: sisters share all but their names."""
    return min(score, NEVER_SURE) if alike < OWN_NAMES or one.name.branch != other.name.branch else score


def conflict(one: Party, other: Party) -> str | None:
    """Return which numbers say that two parties are two companies, in words; None where none do."""
    for what, ours, theirs in (
        ("organisation number", one.registered, other.registered),
        ("VAT number", one.vat, other.vat),
    ):
        if ours and theirs:
            told = f"other {what}: {ours.text} and {theirs.text} (two companies, or parent and branch)"
            # A company may have a VAT number in each of several countries.
            comparable = what != "VAT number" or ours.country == theirs.country != ""
            return told if comparable and in_conflict(ours, theirs) else None
    return None


def _by_number(rule: Rule, what: str, number: Number, alike: float) -> Verdict:
    surest = 0.9 if number.standing is Standing.WRONG else 0.98 if alike >= 0.3 else 0.93
    told = f"same {what} {number.text}"
    if number.standing is Standing.WRONG:
        told += ", whose check digit is wrong"
    return Verdict(round(surest + 0.02 * alike, 4), rule, (told, _name_words(alike)))


def _probability(found: Iterable[Evidence]) -> float:
    return 1 / (1 + math.exp(-(BEGIN + sum(each.points for each in found))))


def _evidence(one: Party, other: Party, alike: float, frequencies: Frequencies) -> Iterable[Evidence]:
    yield from _of_names(one, other, alike, frequencies)
    yield from _of_numbers(one.registered, other.registered)
    contacts = list(_of_contacts(one, other, frequencies))
    yield from contacts
    place = _of_places(one, other)
    if place and place.points < 0 and any(contact.points > 0 for contact in contacts):
        place = Evidence(place.points * _MOVED, f"{place.words}, moved perhaps")
    if place:
        yield place


def _of_names(one: Party, other: Party, alike: float, frequencies: Frequencies) -> Iterable[Evidence]:
    rarity = min(sum(map(frequencies.weigh, party.name.words)) for party in (one, other))
    rare = max(-2.0, min(2 * (rarity - _COMMON) / (_RARE - _COMMON), 2.0)) if alike >= 0.7 else 0.0
    yield Evidence(_points(alike) + rare, _name_words(alike) + (", a rare one" if rare > 1 else ""))
    if one.name.branch != other.name.branch:
        yield Evidence(-3.0, "one names a branch")
    if one.is_person or other.is_person:
        both = one.is_person and other.is_person
        yield Evidence(-1.0, "people, who share names" if both else "one is a person")


def _of_numbers(one: Number | None, other: Number | None) -> Iterable[Evidence]:
    if one is None or other is None:
        return
    if is_slip(one, other):
        yield Evidence(3.0, f"organisation numbers one slip apart: {one.text} and {other.text}")
    else:
        yield Evidence(-1.5, f"organisation number mistyped, or another: {one.text} and {other.text}")


def _of_places(one: Party, other: Party) -> Evidence | None:
    found = [
        _place_evidence(here, there)
        for here in one.places
        for there in other.places
        if here.postal_code and there.postal_code
    ]
    if found:
        return max(found, key=lambda each: each.points)
    cities = [{place.city for place in party.places if place.city} for party in (one, other)]
    if not all(cities):
        return None
    return Evidence(1.0, "same city") if cities[0] & cities[1] else Evidence(-2.0, "other city")


def _place_evidence(here: Place, there: Place) -> Evidence:
    known = bool(here.street and there.street)
    same_street = known and _same_street(here.street, there.street)
    if here.postal_code == there.postal_code:
        if same_street:
            return Evidence(4.0, "same address")
        return Evidence(1.2, "same postal code, other street") if known else Evidence(2.0, "same postal code")
    if same_street and OSA.distance(here.postal_code, there.postal_code, score_cutoff=1) == 1:
        return Evidence(3.5, "same street, postal codes one slip apart")
    if here.city == there.city:
        return Evidence(0.0, "same city, other postal code")
    return Evidence(-2.5, "other place")


def _same_street(street: str, other: str) -> bool:
    numbers = [[word for word in line.split() if word[0].isdigit()] for line in (street, other)]
    return numbers[0] == numbers[1] and OSA.normalized_similarity(street, other) >= 0.75


def _of_contacts(one: Party, other: Party, frequencies: Frequencies) -> Iterable[Evidence]:
    if one.mailboxes & other.mailboxes:
        yield Evidence(4.0, "same e-mail address")
    elif one.domains and other.domains:
        shared = one.domains & other.domains
        if own := frequencies.own(shared):
            yield Evidence(3.5, "same domain " + min(own))
        elif not shared and frequencies.own(one.domains) and frequencies.own(other.domains):
            yield Evidence(-0.7, "other domain")
    if one.phones and other.phones:
        shared = one.phones & other.phones
        if frequencies.own(shared):
            yield Evidence(4.0, "same telephone number")
        elif not shared:
            yield Evidence(-0.5, "other telephone number")


def _points(alike: float) -> float:
    for (high, most), (low, least) in pairwise(_NAME):
        if alike >= low:
            return least + (most - least) * (alike - low) / (high - low)
    return _NAME[-1][1]


def _name_words(alike: float) -> str:
    if alike == 1.0:
        return "same name"
    how = "almost the same name" if alike >= 0.9 else "similar name" if alike >= 0.7 else "other name"
    return f"{how} ({alike:.2f})"
