"""A customer or supplier in the form in which two of them are compared; reads nothing and judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from sluice.lake.matching.names import Name, folded, name_of
from sluice.lake.matching.numbers import Number, organisation_number, registered_in, vat_number

ADDRESSES = ("postal_address", "visiting_address")
FIELDS = (
    "name", "organisation_number", "vat_number", "private_individual",
    "email", "invoice_email", "phone", "mobile_phone", "website", *ADDRESSES,
)  # fmt: skip
"""What is looked at of a record."""

_OPEN_DOMAINS = """
gmail.com googlemail.com hotmail.com hotmail.no hotmail.se hotmail.dk outlook.com outlook.dk live.com
live.no live.se live.dk msn.com yahoo.com yahoo.no yahoo.se icloud.com me.com mac.com aol.com gmx.de
gmx.net  web.de t-online.de online.no broadpark.no getmail.no lyse.net frisurf.no telia.com bahnhof.se
comhem.se  tele2.se jubii.dk mail.dk stofanet.dk luukku.com proton.me protonmail.com
"""
OPEN_DOMAINS = frozenset(_OPEN_DOMAINS.split())
"""Where anybody has a mailbox: says nothing about a company."""

_PHONE_DIGITS = 8
_BOX = re.compile(r"\b(?:pb|pboks|po box|box|boks)\b")
_STREET = re.compile(r"(?<=\w)(?:gaten|gatan|gata|gate|gade|gt|g)\b")
_ROAD = re.compile(r"(?<=\w)(?:veien|vegen|vagen|vei|veg|vej|vn|vg)\b")
_STRASSE = re.compile(r"(?:strasse|str)\b")


class Place(Struct, frozen=True):
    """An address, folded; empty text for what is not known."""

    street: str = ""
    postal_code: str = ""
    city: str = ""


class Party(Struct, frozen=True):
    """One record. ``registered`` is its organisation number, if need be out of the VAT number."""

    connection: str
    source_id: str
    title: str
    name: Name
    registered: Number | None
    vat: Number | None
    is_person: bool
    phones: frozenset[str]
    mailboxes: frozenset[str]
    domains: frozenset[str]
    places: tuple[Place, ...]


def party_of(connection: str, source_id: str, record: Mapping[str, Any]) -> Party:
    """Return a record's party; ``record`` has :data:`FIELDS`, addresses as objects."""
    addresses = [found for field in ADDRESSES if (found := record.get(field))]
    country = next((found["country"] for found in addresses if found.get("country")), "")
    vat = vat_number(record.get("vat_number"), country)
    registered = organisation_number(record.get("organisation_number"), country) or registered_in(vat)
    mailboxes = frozenset(_mailboxes(record.get("email"), record.get("invoice_email")))
    return Party(
        connection=connection,
        source_id=source_id,
        title=record["name"] or "",
        name=name_of(record["name"] or ""),
        registered=registered,
        vat=vat,
        is_person=bool(record.get("private_individual")),
        phones=frozenset(_phones(record.get("phone"), record.get("mobile_phone"))),
        mailboxes=mailboxes,
        domains=frozenset(_domains(mailboxes, record.get("website"))),
        places=tuple(dict.fromkeys(_place(found) for found in addresses)),
    )


def _phones(*numbers: str | None) -> Iterable[str]:
    for number in numbers:
        digits = re.sub(r"\D", "", number or "", flags=re.ASCII)
        if len(digits) >= _PHONE_DIGITS and len(set(digits[-_PHONE_DIGITS:])) > 1:
            yield digits[-_PHONE_DIGITS:]


def _mailboxes(*addresses: str | None) -> Iterable[str]:
    for address in addresses:
        plain = (address or "").strip().lower()
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", plain):
            yield plain


def _domains(mailboxes: Iterable[str], website: str | None) -> Iterable[str]:
    for mailbox in mailboxes:
        yield mailbox.partition("@")[2]
    host = re.sub(r"^[a-z]+://", "", (website or "").strip().lower()).partition("/")[0]
    if "." in host:
        yield host.removeprefix("www.").partition(":")[0]


def _place(address: Mapping[str, Any]) -> Place:
    lines = folded(" ".join(filter(None, (address.get("line_1"), address.get("line_2")))))
    return Place(
        street=_STRASSE.sub("str", _ROAD.sub("v", _STREET.sub("g", _BOX.sub("postboks", lines)))),
        postal_code=folded(address.get("postal_code")).replace(" ", ""),
        city=folded(address.get("city")),
    )
