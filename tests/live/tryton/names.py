"""Made-up Norwegian companies, people and places for the seed: the same index gives the same data.

Knows nothing of Tryton.
"""

from __future__ import annotations

FIRST_NAMES = (
    "Anne", "Bjørn", "Cathrine", "Dag", "Eirik", "Frøydis", "Gunnar", "Hilde", "Ingrid", "Jørgen",
    "Kari", "Lars", "Marit", "Nils", "Olav", "Pål", "Ragnhild", "Silje", "Tor", "Åse",
)  # fmt: skip
LAST_NAMES = (
    "Aasen", "Bakke", "Dahl", "Eide", "Fjeld", "Grønnestad", "Haugen", "Iversen", "Kjærstad", "Lie",
    "Moen", "Nygård", "Ødegård", "Rønning", "Solbakken", "Tveit", "Vik", "Wold", "Østby", "Ås",
)  # fmt: skip
FIRST_WORDS = (
    "Blåfjell", "Dovre", "Elvebakken", "Fjord", "Granli", "Havn", "Isbre", "Kyst", "Lofot", "Myr",
    "Nord", "Ørnes", "Polar", "Røros", "Sæter", "Trollheim", "Utsikt", "Vest", "Åsgård", "Ytre",
)  # fmt: skip
TRADES = (
    "Bygg", "Drift", "Elektro", "Fisk", "Gartneri", "Handel", "Industri", "Konsult", "Møbler", "Rør",
    "Sjøtransport", "Skog", "Tømrer", "Verksted", "Vaktmester",
)  # fmt: skip
STREETS = (
    "Storgata",
    "Kirkeveien",
    "Skolegata",
    "Fjordveien",
    "Åsveien",
    "Bjørkealléen",
    "Havnegata",
    "Møllergata",
)
PLACES = (
    ("0155", "Oslo"), ("5003", "Bergen"), ("7010", "Trondheim"), ("4006", "Stavanger"), ("9008", "Tromsø"),
    ("8006", "Bodø"), ("6002", "Ålesund"), ("2815", "Gjøvik"), ("3016", "Drammen"), ("4612", "Kristiansand"),
)  # fmt: skip
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def company_name(index: int) -> str:
    """Return a company's name; names repeat after some thousands, as real ones do."""
    first = FIRST_WORDS[index % len(FIRST_WORDS)]
    trade = TRADES[index // len(FIRST_WORDS) % len(TRADES)]
    return f"{first} {trade} {'ASA' if index % 17 == 0 else 'AS'}"


def person_name(index: int) -> str:
    """Return a person's full name."""
    first = FIRST_NAMES[index % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[index * 7 // len(FIRST_NAMES) % len(LAST_NAMES)]}"


def address(index: int) -> dict[str, str]:
    """Return street, postal code and city; every fifth street has two lines."""
    street = f"{STREETS[index % len(STREETS)]} {index % 90 + 1}"
    postal_code, city = PLACES[index % len(PLACES)]
    return {
        "street": f"c/o {person_name(index)}\n{street}" if index % 5 == 0 else street,
        "postal_code": postal_code,
        "city": city,
    }


def organisation_number(index: int) -> str:
    """Return a Norwegian organisation number with a right check digit (modulus 11), unique for the index."""
    digits = f"{91_000_000 + index * 3:08d}"
    if _remainder(digits) == 1:  # no check digit exists; the neighbour's remainder is two more
        digits = f"{int(digits) + 1:08d}"
    return digits + str((11 - _remainder(digits)) % 11)


def _remainder(digits: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11


PLAIN: dict[str, str | int | None] = {"æ": "ae", "ø": "o", "å": "a", "é": "e", " ": "."}


def email(name: str) -> str:
    """Return an address under a domain that belongs to nobody."""
    plain = name.lower().translate(str.maketrans(PLAIN))
    return f"post@{plain.replace('.as', '')}.example.no"
