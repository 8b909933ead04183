"""A canonical customer as two ERPs would hold it: what a sandbox is told to have."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.matching.companies import Record

Raw = dict[str, Any]


def tripletex(record: Record) -> Raw:
    """Return the fields of a Tripletex customer that say what the record says."""
    days = record["payment_terms_days"]
    return {
        "name": record["name"],
        "organizationNumber": record["organisation_number"],
        "isPrivateIndividual": bool(record["private_individual"]),
        "isInactive": not record["active"],
        "email": record["email"] or "",
        "invoiceEmail": record["invoice_email"] or "",
        "phoneNumber": record["phone"] or "",
        "phoneNumberMobile": record["mobile_phone"] or "",
        "website": record["website"] or "",
        "invoicesDueIn": days or 1,
        "invoicesDueInType": "MONTHS" if days is None else "DAYS",
        "discountPercentage": _number(record["discount_percentage"] or "0"),
        "postalAddress": _tripletex_address(record["postal_address"]),
        "physicalAddress": _tripletex_address(record["visiting_address"]),
        "deliveryAddress": None,
    }


def poweroffice(record: Record) -> Raw:
    """Return the fields of a PowerOffice Go customer; it has one address, one telephone and no language."""
    place = record["postal_address"] or record["visiting_address"]
    return {
        "Name": record["name"],
        "OrganizationNumber": record["organisation_number"],
        "IsPerson": bool(record["private_individual"]),
        "IsActive": bool(record["active"]),
        "IsArchived": False,
        "EmailAddress": record["email"],
        "InvoiceEmailAddress": record["invoice_email"],
        "PhoneNumber": record["phone"] or record["mobile_phone"],
        "WebsiteUrl": record["website"],
        "PaymentTerm": record["payment_terms_days"],
        "Allowance": _number(record["discount_percentage"] or "0"),
        "MailAddress": place and {
            "Id": 1,
            "AddressLine1": place["line_1"],
            "AddressLine2": place["line_2"],
            "ZipCode": place["postal_code"],
            "City": place["city"],
            "CountryCode": place["country"],
        },
    }  # fmt: skip


LEDGERS: dict[str, Callable[[Record], Raw]] = {"tripletex": tripletex, "poweroffice": poweroffice}
"""By connector."""


def _tripletex_address(place: Record | None) -> Raw | None:
    return place and {
        "id": 1,
        "addressLine1": place["line_1"] or "",
        "addressLine2": place["line_2"] or "",
        "postalCode": place["postal_code"] or "",
        "city": place["city"] or "",
        "country": {"id": 161, "isoAlpha2Code": place["country"]},
    }


def _number(amount: str) -> int | float:
    """Return the number as JSON has it."""
    exact = Decimal(amount)
    return int(exact) if exact == int(exact) else float(exact)
