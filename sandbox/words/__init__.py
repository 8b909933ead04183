"""Believable Norwegian words for sandbox records: names, streets, places, phones, organisation numbers.

Pools are drawn once with Faker and then only indexed, so a word costs well under a microsecond. This module
knows no connector; which field holds which word is said by the stream's schema (see samples.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from faker import Faker

from sandbox.words.lists import (
    ACCOUNTS,
    ACTIVITIES,
    CLAUSES,
    DEPARTMENTS,
    FORMS,
    MEASURES,
    PLACES,
    SITES,
    TRADES,
    WARES,
    WORKS,
)

POOL = 800
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Pools:
    """Words drawn once."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]


@cache
def pools() -> Pools:
    """Draw the pools: the same in every process, whatever the sandbox's seed."""
    fake = Faker("no_NO")
    fake.seed_instance(20260101)
    return Pools(
        first_names=tuple(fake.first_name() for _ in range(POOL)),
        last_names=tuple(fake.last_name() for _ in range(POOL)),
        streets=tuple(fake.street_name() for _ in range(POOL)),
    )


class Scene:
    """What the words of one record share, so that a name, its e-mail and its web address fit together.

    ``lead`` shifts organisation numbers, so that two streams do not hold the same companies.
    """

    __slots__ = ("_lead", "company", "first", "index", "last", "organisation", "place", "random", "slug")

    def __init__(self, random: Random, lead: int = 0) -> None:
        self.random = random.random
        self._lead = lead
        self.place: tuple[str, str]
        self.slug: str
        self.turn(0)

    def turn(self, index: int) -> None:
        """Move to the record at ``index`` of its stream."""
        words, random = pools(), self.random
        self.index = index
        self.organisation = self._lead + index
        self.first = words.first_names[int(random() * POOL)]
        self.last = words.last_names[int(random() * POOL)]
        trade = TRADES[int(random() * len(TRADES))]
        self.company = f"{self.last} {trade} {FORMS[int(random() * len(FORMS))]}"
        self.slug = slug(f"{self.last}-{trade}")
        self.place = PLACES[int(random() * len(PLACES))]

    def pick(self, words: tuple[str, ...]) -> str:
        """Return one of the words."""
        return words[int(self.random() * len(words))]


@cache
def slug(text: str) -> str:
    """Return the text as it could stand in a domain name: ``Bjørn Ås`` is ``bjorn-as``."""
    plain = text.lower().replace("ø", "o").replace("æ", "ae").replace("å", "a")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def organisation_number(index: int) -> str:
    """Return a valid Norwegian organisation number, another for each ``index`` below ten million.

    Nine digits from 8 or 9 on, the last a check digit modulo 11 with the weights 3 2 7 6 5 4 3 2.
    """
    base = 80_000_000 + 2 * (index * 7919 % 10_000_000)
    digit = check_digit(base)
    if digit == 10:  # of two neighbours at most one has no check digit, and each index owns two
        base += 1
        digit = check_digit(base)
    return f"{base}{digit}"


def check_digit(base: int) -> int:
    """Return the check digit of eight digits, or 10 where they have none."""
    total = sum(int(digit) * weight for digit, weight in zip(str(base), WEIGHTS, strict=True))
    return -total % 11


def _landline(scene: Scene) -> str:
    return f"+47 {21_000_000 + int(scene.random() * 58_000_000)}"


def _mobile(scene: Scene) -> str:
    start = 40_000_000 if scene.random() < 0.5 else 90_000_000
    return f"+47 {start + int(scene.random() * 9_999_999)}"


def _street(scene: Scene) -> str:
    return f"{scene.pick(pools().streets)} {1 + int(scene.random() * 140)}"


def _sentence(scene: Scene) -> str:
    return f"{scene.pick(WORKS)} {scene.pick(SITES)}, {scene.pick(CLAUSES)}."


def _email(scene: Scene) -> str:
    return f"{slug(scene.first)}.{slug(scene.last)}@{scene.slug}.example"


WORDS: dict[str, Callable[[Scene], Any]] = {
    "company_name": lambda scene: scene.company,
    "person_first_name": lambda scene: scene.first,
    "person_last_name": lambda scene: scene.last,
    "person_name": lambda scene: f"{scene.first} {scene.last}",
    "email": _email,
    "phone": _landline,
    "mobile_phone": _mobile,
    "street_address": _street,
    "postal_code": lambda scene: scene.place[0],
    "city": lambda scene: scene.place[1],
    "organisation_number": lambda scene: organisation_number(scene.organisation),
    "project_name": lambda scene: f"{scene.pick(WORKS)} {scene.pick(SITES)} {scene.place[1]}",
    "product_name": lambda scene: f"{scene.pick(WARES)} {scene.pick(MEASURES)}",
    "department_name": lambda scene: f"{scene.pick(DEPARTMENTS)} {scene.place[1]}",
    "account_name": lambda scene: scene.pick(ACCOUNTS),
    "activity_name": lambda scene: scene.pick(ACTIVITIES),
    "sentence": _sentence,
    "url": lambda scene: f"https://www.{scene.slug}.example",
}
"""Every word a schema's ``sample`` may name."""
