"""Which operation of a new description is the one of an old description, whatever the paths look like.

Upper and lower case, a slash at the end, names of path parameters and the part of the path that stands in
the address are form. It compares nothing else of the operations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from sluice.description.model import Description, Operation

_PARAMETER = re.compile(r"\{[^{}]*\}")
_HIDDEN = re.compile(r"[?#].*$")


def plain_path(path: str) -> str:
    """Return a path without what is form only: ``/Customer/{id}/`` is ``/customer/{}``."""
    text = unquote(_HIDDEN.sub("", path))
    return "/" + re.sub(r"/{2,}", "/", _PARAMETER.sub("{}", text)).strip("/").lower()


def host_of(address: str) -> str:
    """Return the host of an address, without scheme and path; empty where it has none."""
    return _parts(address).hostname or ""


def path_of_address(address: str) -> str:
    """Return the path of an address (``/v2``), empty where it has none."""
    return _parts(address).path.rstrip("/")


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address if "//" in address or address.startswith("/") else f"/{address}")
    except ValueError:  # such as brackets that hold no address: nothing can be said of it
        return SplitResult("", "", "", "", "")


class Operations:
    """A description's operations, found by method and path in any of their forms."""

    def __init__(self, description: Description) -> None:
        self._prefix = path_of_address(description.address)
        self._of_entities = description.form.startswith(("OData", "list of fields"))
        self._of_one_record = description.form == "JSON Schema" and len(description.operations) == 1
        self._whole: dict[tuple[str, str], Operation] = {}
        self._relative: dict[tuple[str, str], Operation] = {}
        self._exact: dict[tuple[str, str], Operation] = {}
        for one in description.operations.values():
            self._exact[one.method, one.path] = one
            self._whole.setdefault((one.method, plain_path(self._prefix + "/" + one.path)), one)
            self._relative.setdefault((one.method, plain_path(one.path)), one)
        self.paths = {path for _, path in (*self._whole, *self._relative)}

    def find(self, method: str, path: str, prefix: str = "") -> Operation | None:
        """Return the operation of this method and path; ``prefix`` is the path of the address that it has."""
        return (
            self._exact.get((method, path))
            or self._whole.get((method, plain_path(prefix + "/" + path)))
            or self._relative.get((method, plain_path(path)))
            or self._relative.get((method, plain_path(prefix + "/" + path)))
            or self._whole.get((method, plain_path(path)))
        )

    def find_near(self, method: str, path: str) -> Operation | None:
        """Return the operation that a connector means, whose address may hold a part of the path or more.

        Lists of entities (OData) are found by their own name: connectors reach them through others. A JSON
        Schema of one record is what any query means.
        """
        found = self.find(method, path)
        if found or not path.strip("/"):
            return found
        if self._of_one_record and method == "QUERY":
            return next(iter(self._exact.values()))
        wanted = plain_path(path)
        longer = [
            one for (verb, whole), one in self._whole.items() if verb == method and whole.endswith(wanted)
        ]
        if len(longer) == 1:
            return longer[0]
        return self.find(method, wanted.rpartition("/")[2]) if self._of_entities else None

    def has_path(self, path: str, prefix: str = "") -> bool:
        """Return whether any method answers at a path."""
        return bool({plain_path(path), plain_path(prefix + "/" + path)} & self.paths)


def matched(old: Description, new: Description) -> Iterator[tuple[Operation, Operation | None, bool]]:
    """Yield each old operation with its new one (None: gone) and whether its path is still there."""
    prefix, operations = path_of_address(old.address), Operations(new)
    for one in old.operations.values():
        found = operations.find(one.method, one.path, prefix)
        yield one, found, found is not None or operations.has_path(one.path, prefix)
