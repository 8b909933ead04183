"""Companies that look like others and are not: each a company of its own in truth."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from random import Random

from benchmarks.matching.companies import Record, any_number, with_domain

CHAINS = ("Byggmakker", "Elkompaniet", "Rørgruppen", "Kafé Norden", "Kiwi 365", "Mekonomen Service")
TOWNS = (
    ("0212", "Skøyen"), ("1337", "Sandvika"), ("5003", "Bergen"), ("7011", "Trondheim"),
    ("1606", "Fredrikstad"), ("3015", "Drammen"), ("4006", "Stavanger"), ("9008", "Tromsø"),
    ("1706", "Sarpsborg"), ("6003", "Ålesund"),
)  # fmt: skip
FIRST = ("Per", "Kari", "Anne", "Ole", "Jan", "Ingrid", "Lars", "Marit")
LAST = ("Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Nilsen", "Berg", "Haugen")


def lookalikes(companies: Sequence[Record], random: Random) -> Iterator[Record]:
    """Yield further companies, some per cent of those that are there, and the shops of some chains."""
    yield from _chains(companies, random)
    for company in companies:
        drawn = random.random()
        if drawn < 0.03:
            yield _namesake(company, random)
        elif drawn < 0.05:
            yield _branch(company, random)
        elif drawn < 0.08:
            yield _neighbour(company, random.choice(companies), random)
        elif drawn < 0.10:
            yield _sister(company, random)
        elif drawn < 0.13:
            yield _person(company, random)


def _chains(companies: Sequence[Record], random: Random) -> Iterator[Record]:
    """Yield shops of one chain: a town of its own each, one domain for all."""
    for chain in CHAINS:
        for code, town in TOWNS:
            shop = _another(random.choice(companies), random)
            shop["name"] = f"{chain} {town} AS"
            shop["postal_address"] = {**_address(shop), "postal_code": code, "city": town}
            shop["visiting_address"] = None
            with_domain(shop, f"{chain.split()[0].lower().replace('ø', 'o').replace('é', 'e')}.example")
            yield shop


def _namesake(company: Record, random: Random) -> Record:
    """Return a company of the same name in another town."""
    found = _another(company, random)
    there = _address(company)["postal_code"]
    code, town = random.choice([place for place in TOWNS if place[0] != there])
    street = f"Parkveien {random.randrange(1, 90)}"
    found["postal_address"] = {**_address(found), "line_1": street, "postal_code": code, "city": town}
    found["visiting_address"] = None
    with_domain(
        found, f"{company['email'].partition('@')[2].removesuffix('.example')}-{town[:3].lower()}.example"
    )
    return found


def _branch(company: Record, random: Random) -> Record:
    """Return a branch: a number of its own, the parent's domain, another town."""
    code, town = random.choice(TOWNS)
    found = _another(company, random)
    found["name"] = f"{company['name']} {random.choice(('avd', 'avd.', 'avdeling', 'filial'))} {town}"
    found["postal_address"] = {**_address(found), "line_1": "Torget 2", "postal_code": code, "city": town}
    found["visiting_address"] = None
    with_domain(found, company["email"].partition("@")[2])
    return found


def _neighbour(company: Record, other: Record, random: Random) -> Record:
    """Return another company at the same address, sometimes behind the same switchboard."""
    found = _another(other, random)
    found["name"] = f"{random.choice(LAST)}by {other['name'].split(' ', 1)[1]}"
    found["postal_address"], found["visiting_address"] = (
        company["postal_address"],
        company["visiting_address"],
    )
    if random.random() < 0.3:
        found["phone"] = company["phone"]
    with_domain(found, f"nabo-{found['organisation_number']}.example")
    return found


def _sister(company: Record, random: Random) -> Record:
    """Return another company of the same owners: the family's name, address, telephone and domain."""
    found = _another(company, random)
    words = company["name"].split()
    trade = random.choice([word for word in ("Eiendom", "Invest", "Holding", "Drift") if word not in words])
    found["name"] = f"{words[0]} {trade} AS"
    found["phone"] = company["phone"]
    with_domain(found, company["email"].partition("@")[2])
    return found


def _person(company: Record, random: Random) -> Record:
    """Return a private person with a name that many have: no number, a mailbox where everybody has one."""
    found = _another(company, random)
    found["name"] = f"{random.choice(FIRST)} {random.choice(LAST)}"
    found["private_individual"], found["organisation_number"], found["website"] = True, None, None
    plain = found["name"].lower().replace(" ", ".")
    found["email"], found["invoice_email"] = f"{plain}{random.randrange(1000)}@gmail.com", None
    code, town = random.choice(TOWNS)
    street = f"Granveien {random.randrange(1, 200)}"
    found["postal_address"] = {**_address(found), "line_1": street, "postal_code": code, "city": town}
    found["visiting_address"] = None
    return found


def _another(company: Record, random: Random) -> Record:
    """Return a company with a number and telephone numbers of its own."""
    found = copy.deepcopy(company)
    found["organisation_number"], found["vat_number"] = any_number(random), None
    found["phone"] = f"+47 {random.randrange(21_000_000, 79_000_000)}"
    found["mobile_phone"] = f"+47 {random.randrange(90_000_000, 99_999_999)}"
    return found


def _address(record: Record) -> Record:
    empty = dict.fromkeys(("line_1", "line_2", "postal_code", "city", "region", "country"))
    return dict(record["postal_address"] or record["visiting_address"] or {**empty, "country": "NO"})
