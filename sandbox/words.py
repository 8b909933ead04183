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

POOL = 800
PLACES = tuple(
    tuple(pair.split(" ", 1))
    for pair in (
        "0150 Oslo,0484 Oslo,0663 Oslo,1366 Lysaker,1511 Moss,1606 Fredrikstad,1706 Sarpsborg,1776 Halden,"
        "2000 Lillestrøm,2317 Hamar,2609 Lillehammer,2815 Gjøvik,3015 Drammen,3111 Tønsberg,3211 Sandefjord,"
        "3611 Kongsberg,3717 Skien,3916 Porsgrunn,4006 Stavanger,4307 Sandnes,4515 Mandal,4611 Kristiansand,"
        "4836 Arendal,5003 Bergen,5108 Hordvik,5527 Haugesund,5700 Voss,6003 Ålesund,6413 Molde,6509 Kristiansund,"
        "6800 Førde,7011 Trondheim,7300 Orkanger,7600 Levanger,7713 Steinkjer,8006 Bodø,8514 Narvik,8622 Mo i Rana,"
        "9008 Tromsø,9405 Harstad,9510 Alta,9800 Vadsø"
    ).split(",")
)
TRADES = (
    "Bygg,Elektro,Rør,Maskin,Transport,Regnskap,Arkitekter,Consulting,Eiendom,Tømrer,Maler,Bilverksted,"
    "Renhold,Gartneri,Bakeri,Fisk,Skog,Data,Reklame,Møbler,Sport,Optikk,Trykk,Frukt og Grønt,Kulde,Stål"
).split(",")
FORMS = ("AS", "AS", "AS", "AS", "ANS", "DA", "SA", "ENK")
WORKS = "Rehabilitering,Nybygg,Oppgradering,Vedlikehold,Utbygging,Prosjektering,Montasje,Service".split(",")
SITES = "skole,barnehage,kontorbygg,hytte,lager,bolig,butikk,kai,fabrikk,sykehjem,idrettshall,bru".split(",")
WARES = (
    "Skrue,Kabel,Planke,Maling,Rør,Ventil,Lampe,Dør,Vindu,Pumpe,Bryter,Plate,List,Isolasjon,Hengsel".split(
        ","
    )
)
MEASURES = (
    "4x40;M8;12 mm;2,5 mm²;5 liter;60x120;E27;230 V;98 mm;15x90;1/2;hvit;galvanisert;eik;rustfri".split(";")
)
DEPARTMENTS = (
    "Administrasjon,Salg,Marked,Produksjon,Lager,Prosjekt,Service,Økonomi,IT,Personal,Innkjøp".split(",")
)
ACCOUNTS = (
    "Salgsinntekt høy sats,Salgsinntekt avgiftsfri,Varekjøp,Frakt,Lønn til ansatte,Feriepenger,Leie lokaler,"
    "Kundefordringer,Leverandørgjeld,Bankinnskudd,Skattetrekk,Utgående merverdiavgift,Inngående merverdiavgift,"
    "Driftsmidler,Avskrivning,Forsikring,Telefon,Reisekostnad,Diett,Renteinntekt,Rentekostnad,Aksjekapital"
).split(",")
ACTIVITIES = (
    "Fakturerbart arbeid,Prosjektledelse,Montering,Administrasjon,Ferie,Sykdom,Kurs,Reisetid,Kundemøte,Befaring,"
    "Dokumentasjon,Garantiarbeid,Planlegging,Rydding,Kontroll"
).split(",")
CLAUSES = (
    "etter avtale,i henhold til tilbud,levert og montert,inkludert rigg,se vedlegg,med forbehold om tilgang,"
    "per time,haster,gjelder andre etasje,avklart på telefon,første del,restarbeid,påbegynt,godkjent av kunden"
).split(",")
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

    def pick(self, words: list[str] | tuple[str, ...]) -> str:
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
