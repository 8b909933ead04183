"""What a careful engineer writes for one stream: fetch, map, hash, serialise an event, write it.

It maps 13 fields, or with --all the 26 that Sluice's own mapping has. It checks nothing: a field that is gone
ends it with a KeyError, a field that changed its meaning goes through.

usage: handwritten.py ADDRESS [--all]
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import urllib3

Record = dict[str, Any]
LANGUAGES = {"NO": "nb", "EN": "en"}


def some_fields(record: Record) -> Record:
    """Return the 13 fields that most receivers want."""
    at = record["postalAddress"] or {}
    return {
        "id": f"bench/customer/{record['id']}",
        "number": str(record["customerNumber"]),
        "name": record["name"],
        "organisation_number": record["organizationNumber"] or None,
        "active": not record["isInactive"],
        "email": record["email"] or None,
        "invoice_email": record["invoiceEmail"] or None,
        "phone": record["phoneNumber"] or None,
        "currency": record["currency"]["code"],
        "payment_terms_days": record["invoicesDueIn"],
        "discount_percentage": str(record["discountPercentage"]),
        "description": record["description"] or None,
        "postal_address": {
            "line_1": at.get("addressLine1"),
            "postal_code": at.get("postalCode"),
            "city": at.get("city"),
        },
    }


def all_fields(record: Record) -> Record:
    """Return the fields that Sluice's own mapping of this stream has."""
    manager, department, currency = record["accountManager"], record["department"], record["currency"]
    number = record["customerNumber"]
    return {
        "id": f"bench/customer/{record['id']}",
        "source_id": str(record["id"]),
        "number": str(number) if number else None,
        "name": record["name"],
        "organisation_number": record["organizationNumber"] or None,
        "private_individual": record["isPrivateIndividual"],
        "active": not record["isInactive"],
        "email": record["email"] or None,
        "invoice_email": record["invoiceEmail"] or None,
        "phone": record["phoneNumber"] or None,
        "mobile_phone": record["phoneNumberMobile"] or None,
        "website": record["website"] or None,
        "language": LANGUAGES.get(record["language"]),
        "currency": currency["code"] if currency else None,
        "payment_terms_days": record["invoicesDueIn"] if record["invoicesDueInType"] == "DAYS" else None,
        "discount_percentage": str(record["discountPercentage"]),
        "account_manager_id": str(manager["id"]) if manager else None,
        "department_id": str(department["id"]) if department else None,
        "postal_address": address(record["postalAddress"]),
        "visiting_address": address(record["physicalAddress"]),
        "delivery_address": address(record["deliveryAddress"]),
        "description": record["description"] or None,
        "extensions": {
            "also_supplier": record["isSupplier"],
            "invoice_send_method": record["invoiceSendMethod"],
        },
    }


def address(at: Record | None) -> Record | None:
    """Return an address of the ERP as the receivers know it."""
    if at is None:
        return None
    country = at["country"]
    return {
        "line_1": at["addressLine1"] or None,
        "line_2": at["addressLine2"] or None,
        "postal_code": at["postalCode"] or None,
        "city": at["city"] or None,
        "country": country["isoAlpha2Code"] if country else None,
    }


def event(record: Record, data: Record, time: str) -> bytes:
    """Return the CloudEvent of a record."""
    content = hashlib.blake2b(orjson.dumps(data), digest_size=16).hexdigest()
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": content,
            "source": "/bench",
            "type": "customer.upserted",
            "subject": str(record["id"]),
            "time": time,
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def main(base: str, mapped: Callable[[Record], Record]) -> None:
    """Read all customers, write their events to nowhere."""
    pool, read, total = urllib3.PoolManager(), 0, 1
    time = datetime.now(UTC).isoformat(timespec="seconds")
    with open(os.devnull, "wb") as out:  # noqa: PTH123 - a script as short as such scripts are
        while read < total:
            reply = orjson.loads(pool.request("GET", f"{base}/customer?from={read}&count=1000").data)
            for record in reply["values"]:
                out.write(event(record, mapped(record), time))
                out.write(b"\n")
            read, total = read + len(reply["values"]), reply["fullResultSize"]
    sys.stderr.write(f"{read} read\n")


if __name__ == "__main__":
    main(sys.argv[1], all_fields if "--all" in sys.argv else some_fields)
