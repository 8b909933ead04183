"""New names for fields, the way vendors rename them: other casing, a prefix, a synonym."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SYNONYMS = {
    "id": "uid",
    "name": "title",
    "number": "no",
    "organizationNumber": "organisationNumber",
    "customerNumber": "customerNo",
    "supplierNumber": "vendorNumber",
    "email": "emailAddress",
    "phoneNumber": "phone",
    "description": "text",
    "comment": "note",
    "date": "entryDate",
    "invoiceDate": "documentDate",
    "invoiceDueDate": "dueDate",
    "amount": "totalAmount",
    "currency": "currencyCode",
    "customer": "debtor",
    "supplier": "vendor",
    "employee": "resource",
    "project": "job",
    "hours": "quantity",
    "count": "quantity",
    "postalCode": "zipCode",
    "city": "postalArea",
    "addressLine1": "street",
    "orderLines": "lines",
    "code": "number",
}


def synonym(name: str) -> str:
    """Return another word for a field: a known synonym, else the name with ``Value`` behind it."""
    bare = name.removesuffix(".")
    end = name[len(bare) :]
    if bare in _SYNONYMS:
        return _SYNONYMS[bare] + end
    return f"{bare}_value{end}" if "_" in bare else f"{bare}Value{end}"


def snake(name: str) -> str:
    """Return ``organizationNumber`` as ``organization_number``."""
    return "_".join(_words(name))


def camel(name: str) -> str:
    """Return ``organization_number`` as ``organizationNumber``."""
    first, *rest = _words(name)
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """Return ``organizationNumber`` as ``OrganizationNumber``."""
    return "".join(word.capitalize() for word in _words(name))


def prefixed(name: str, prefix: str) -> str:
    """Return ``email`` as ``customerEmail``, in the casing the name has."""
    if "_" in name or name != name.casefold():
        return f"{prefix}_{name}" if "_" in name else camel(f"{prefix}_{snake(name)}")
    return f"{prefix}{name.capitalize()}"


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(name)] or [name]
