"""Customers of a sandbox Tripletex in canonical form: what everything else is planted into."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from sandbox.erp import Sandbox
from sandbox.options import Options
from sandbox.words import check_digit
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
CONNECTOR, STREAM = "tripletex", "customer"
Record = dict[str, Any]
FOREIGN_EVERY = 20
"""One company in so many is from another country."""


def customers(seed: int, count: int) -> list[Record]:
    """Return so many customers; each has a domain of its own, as companies do, and a number.

    The sandbox gives companies of one name one domain, and leaves out some numbers: what is missing is
    planted.
    """
    catalog = Catalog(FolderDocuments(ROOT))
    options = Options(seed=seed, scale=0.01, records={STREAM: count})
    made = Sandbox(catalog.connector(CONNECTOR), options).shelves[STREAM].records()
    mapper = catalog.mapper(CONNECTOR, STREAM)
    found = [copy.deepcopy(dict(mapper.map(record, "sandbox").data or {})) for record in made]
    random, seen = Random(f"{seed}/numbers"), Counter[str]()  # noqa: S311 - planted, not secret
    for record in found:
        domain = record["email"].partition("@")[2]
        seen[domain] += 1
        own = domain if seen[domain] == 1 else f"{domain.removesuffix('.example')}-{seen[domain]}.example"
        with_domain(record, own)
        record["organisation_number"] = record["organisation_number"] or any_number(random)
    for record in found[::FOREIGN_EVERY]:
        _move_abroad(record, random)
    return found


def _move_abroad(record: Record, random: Random) -> None:
    """Make a company a German one, known by its VAT number alone."""
    record["name"] = f"{record['name'].rpartition(' ')[0]} GmbH"
    record["organisation_number"], record["vat_number"] = None, f"DE{random.randrange(10**8, 10**9)}"
    for field in ("postal_address", "visiting_address"):
        if record[field]:
            record[field]["country"] = "DE"


def with_domain(record: Record, domain: str) -> None:
    """Give a record's mailboxes and website that domain."""
    for field in ("email", "invoice_email"):
        record[field] = f"{record[field].partition('@')[0]}@{domain}"
    record["website"] = f"https://www.{domain}"


def any_number(random: Random) -> str:
    """Return a Norwegian organisation number that is right, above those of the sandbox."""
    while True:
        base = random.randrange(91_000_000, 99_999_999)
        digit = check_digit(base)
        if digit < 10:
            return f"{base}{digit}"
