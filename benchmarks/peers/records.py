"""Customers as Tripletex sends them, about 1.3 KB each: the same number gives the same bytes. Serves nothing.

The fields are those of the vendor's description of 2025-07-01, also the ones that nobody asked for. Values
differ from record to record as a register's do; some are null or empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

FIRST_ID = 10_000_000
BLOCK = 1000
"""Records that are made at a time."""
_KEPT_BLOCKS = 160
"""Blocks kept in memory: 0.2 GB at most, whatever the number of records."""

_SURNAMES = (
    "Hansen", "Johansen", "Olsen", "Larsen", "Andersen", "Pedersen", "Nilsen", "Kristiansen", "Jensen",
    "Karlsen", "Berg", "Haugen", "Hagen", "Bakke", "Lie", "Dahl", "Lund", "Moen", "Strand", "Solberg", "Bøe",
    "Ødegård", "Aas",
)  # fmt: skip
_TRADES = (
    "Bygg", "Rør", "Elektro", "Regnskap", "Transport", "Maskin", "Eiendom", "Konsult", "Maling", "Snekkeri",
    "Fisk", "Tømmer", "Anlegg", "Design", "Frisør", "Data", "Kjøkken", "Bilverksted", "Catering", "Renhold",
)  # fmt: skip
_STREETS = ("Storgata", "Kirkeveien", "Industriveien", "Sjøgata", "Skolegata", "Åsveien", "Nedre Torggate")
_CITIES = (
    ("0155", "OSLO"), ("5003", "BERGEN"), ("7010", "TRONDHEIM"), ("4006", "STAVANGER"), ("9008", "TROMSØ"),
    ("3015", "DRAMMEN"), ("1606", "FREDRIKSTAD"), ("6002", "ÅLESUND"), ("8006", "BODØ"),
    ("2609", "LILLEHAMMER"),
)  # fmt: skip
_METHODS = ("EHF", "EHF", "EHF", "EMAIL", "EMAIL", "PAPER")
_NOTES = ("", "", "", "Rammeavtale, årlig indeksregulering.", "Ønsker samlefaktura.", "Ring før levering.")
_DUE = (14, 14, 14, 30, 10)
_DISCOUNTS = (0.0, 0.0, 0.0, 5.0, 10.0, 12.5)


def page(total: int, start: int, count: int) -> bytes:
    """Return the reply that holds records ``start`` to ``start + count`` of ``total``; fewer at the end."""
    end = min(start + count, total)
    values: list[bytes] = []
    at = start
    while at < end:
        number, offset = divmod(at, BLOCK)
        taken = _block(number)[offset : offset + end - at]
        values += taken
        at += len(taken)
    head = b'{"fullResultSize":%d,"from":%d,"count":%d,"versionDigest":null,"values":[' % (
        total,
        start,
        len(values),
    )
    return head + b",".join(values) + b"]}"


@lru_cache(_KEPT_BLOCKS)
def _block(number: int) -> Sequence[bytes]:
    return [orjson.dumps(customer(at)) for at in range(number * BLOCK, (number + 1) * BLOCK)]


def customer(number: int) -> dict[str, Any]:
    """Return the customer of this number, from 0; its id grows with it."""
    mixed = number * 2_654_435_761 % 4_294_967_296  # spreads neighbours: Knuth's multiplicative hash
    surname, trade = _SURNAMES[mixed % 23], _TRADES[mixed // 23 % 20]
    name = f"{surname} {trade} {mixed // 460 % 900 + 100} AS"
    key, kept = FIRST_ID + number, 10_000 + number
    mail = f"{trade}{number}@{surname}.example".lower().translate(_PLAIN)
    return {
        "id": key, "version": mixed % 10, "url": f"tripletex.no/v2/customer/{key}",
        "name": name, "displayName": f"{name} ({kept})",
        "organizationNumber": None if mixed % 6 == 0 else f"{910_000_000 + mixed % 89_999_999}",
        "supplierNumber": 0, "customerNumber": kept,
        "isSupplier": mixed % 8 == 0, "isCustomer": True, "isInactive": mixed % 5 == 0,
        "accountManager": None if mixed % 5 < 3 else _link("employee", 500 + mixed % 40),
        "department": None if mixed % 10 < 7 else _link("department", 70 + mixed % 9),
        "email": f"post{mail}", "invoiceEmail": f"faktura{mail}", "overdueNoticeEmail": "",
        "bankAccounts": [], "phoneNumber": f"+47 {20_000_000 + mixed % 19_999_999}",
        "phoneNumberMobile": "" if mixed % 3 else f"+47 {90_000_000 + mixed % 9_999_999}",
        "description": _NOTES[mixed // 7 % 6], "language": "EN" if mixed % 4 == 0 else "NO",
        "isPrivateIndividual": mixed % 7 == 0, "singleCustomerInvoice": mixed % 30 == 0,
        "invoiceSendMethod": _METHODS[mixed // 11 % 6], "emailAttachmentType": "LINK",
        "postalAddress": None if mixed % 25 == 0 else _address(40_000_000 + number, mixed),
        "physicalAddress": None if mixed % 10 < 3 else _address(50_000_000 + number, mixed // 3),
        "deliveryAddress": None if mixed % 5 else _address(180_000_000 + number, mixed // 5),
        "invoicesDueIn": _DUE[mixed // 13 % 5], "invoicesDueInType": "DAYS",
        "currency": {"id": 1, "url": "tripletex.no/v2/currency/1", "code": "NOK"},
        "ledgerAccount": {"id": 1500}, "invoiceSendSMSNotification": False, "isFactoring": False,
        "discountPercentage": _DISCOUNTS[mixed // 17 % 6],
        "website": "" if mixed % 2 else f"https://www.{surname}-{trade}.example".lower().translate(_PLAIN),
    }  # fmt: skip


_PLAIN = str.maketrans("æøå", "eoa")


def _link(what: str, key: int) -> dict[str, Any]:
    return {"id": key, "url": f"tripletex.no/v2/{what}/{key}"}


def _address(key: int, mixed: int) -> dict[str, Any]:
    code, city = _CITIES[mixed % 10]
    return {
        "id": key, "addressLine1": f"{_STREETS[mixed % 7]} {mixed // 70 % 300 + 1}", "addressLine2": "",
        "postalCode": code, "city": city, "country": {"id": 161, "isoAlpha2Code": "NO"},
    }  # fmt: skip
