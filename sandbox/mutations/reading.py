"""Reads a mutation as it is written: ``CODE[/VARIANT][:STREAM[.PATH]][=ARGUMENT][@SHARE]``.

    D42:customer.organizationNumber         D44:customer.organizationNumber=orgNumber
    D63/x100:invoice.amount                 D42:customer.email@0.05
    D28:customer=100                        D24=60

Whether the stream and the path exist is the sandbox's business.
"""

from __future__ import annotations

import re

from sandbox.mutations.catalogue import RECORD, catalogue, nearest, variants
from sandbox.mutations.mutation import Mutation
from sluice.connector.paths import parse_path

_FORM = re.compile(
    r"(?P<code>[A-Za-z]\d+)(/(?P<variant>[^:=@\s]*))?(:(?P<place>[^=]*))?(=(?P<to>.*))?", re.DOTALL
)
_SHARE = re.compile(r"@(?P<number>\d+(\.\d+)?|\.\d+)(?P<percent>%)?$")
BY_KEY = {"D57", "D58", "D59"}
"""Codes whose path may be left out where a connector says what the key is and what filters."""
FORM = "CODE[/VARIANT][:STREAM[.PATH]][=ARGUMENT][@SHARE]"


def read_mutation(text: str) -> Mutation:
    """Return the mutation that the text orders; raises ValueError with what would be right."""
    rest, share = _share(text.strip())
    found = _FORM.fullmatch(rest)
    if found is None:
        raise ValueError(f"{text!r} is not a mutation; right would be {FORM}, such as D42:customer.name")
    code, variant = found["code"].upper(), found["variant"] or ""
    known = variants(code)
    if variant and variant not in known:
        raise ValueError(f"{code} has no variant {variant!r}; {nearest(variant, list(known))}")
    stream, *path = parse_path(found["place"].replace("[]", "")) if found["place"] else ("",)
    mutation = Mutation(code, variant, tuple(path), stream, found["to"] or "", share)
    _check(text, mutation)
    return mutation


def _share(text: str) -> tuple[str, float | None]:
    found = _SHARE.search(text)
    if found is None:
        return text, None
    share = float(found["number"]) / (100 if found["percent"] else 1)
    if not 0 < share <= 1:
        raise ValueError(f"{text!r}: the share is {found['number']}; right would be above 0 and at most 1")
    return text[: found.start()], share


def _check(text: str, mutation: Mutation) -> None:
    takes = {entry.argument for entry in catalogue() if _is(entry.code, entry.variant, mutation)}
    if mutation.to and takes == {""}:
        name = f"{mutation.code}/{mutation.variant}".rstrip("/")
        raise ValueError(f"{text!r}: {name} takes no argument after =")
    if mutation.on_records and not mutation.path and mutation.code not in BY_KEY:
        raise ValueError(f"{text!r} names no field; right would be {mutation.code}:STREAM.FIELD")
    if mutation.code not in RECORD and mutation.path and mutation.code != "D53":
        raise ValueError(f"{text!r} names a field; {mutation.code} takes a stream alone")
    if mutation.code not in RECORD and mutation.share is not None:
        raise ValueError(f"{text!r}: {mutation.code} shows on the wire, so it takes no share")


def _is(code: str, variant: str, mutation: Mutation) -> bool:
    return code == mutation.code and mutation.variant in {"", variant}
