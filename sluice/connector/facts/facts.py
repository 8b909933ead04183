"""The facts of one reading of a stream, over its windows and steps: small, deterministic, without secrets.

They travel in the reader's position. Nothing is compared here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

MAX_BYTES = 1_000
"""Of the facts as JSON, whatever an ERP's headers say: their position travels through a state."""

MAX_REFUSED = 3
MAX_REFUSED_PATH = 60
_MAX_STATUSES = 5
_MAX_ENDS = 3
_LARGEST = 10**12
_LEAST_NEEDED = ("links", "warning", "version")
_OF_LISTS = ("pages", "asked", "followed", "total", "listed", "ends", "ordered")
_ROUND = frozenset({"1", "2", "25", "5"})


class Facts(Struct, frozen=True):
    """What one reading has shown so far.

    ``version`` holds version headers by name; ``deprecation`` and ``sunset`` a day (ISO 8601) or
    ``announced``; ``links`` addresses by relation; ``warning`` the text of a Warning 299. ``rate_limit`` is
    the lowest number of requests allowed that a reply named, ``left`` the highest number of them that were
    left; ``token`` the lifetime of a session in seconds;
    ``scheme`` what a 401 asked for. ``asked`` is the page size asked for, ``followed`` the sizes (smallest,
    largest) of the pages that another one followed, ``size`` the page size in use after a refusal of
    a larger one. ``total`` says how the announced total ended: equal, below, or missing. ``throttled`` counts
    by status, ``unusual`` are the statuses that were read as throttling by their Retry-After alone.
    ``listed`` counts the records of the lists read to their end, ``ends`` how many lists ended at which round
    number. ``ordered``: every page came in the declared order. ``refused`` are fields that the ERP
    refused by name, and that were asked for by a wildcard instead.
    """

    pages: int = 0
    version: Mapping[str, str] = field(default_factory=dict)
    deprecation: str = ""
    sunset: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""
    rate_limit: int = 0
    left: int = 0
    token: int = 0
    scheme: str = ""
    asked: int = 0
    followed: tuple[int, ...] = ()
    size: int = 0
    total: str = ""
    throttled: Mapping[str, int] = field(default_factory=dict)
    unusual: tuple[int, ...] = ()
    listed: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    ordered: bool = False
    refused: tuple[str, ...] = ()

    def with_throttle(self, status: int, *, unusual: bool) -> Facts:
        """Return the facts with one more request for patience; ``unusual``: by a status nobody named."""
        counted = {**self.throttled, str(status): self.throttled.get(str(status), 0) + 1}
        told = sorted({*self.unusual, status}) if unusual else self.unusual
        return replace(self, throttled=_first(counted, _MAX_STATUSES), unusual=tuple(told)[:_MAX_STATUSES])

    def with_token(self, seconds: int | None) -> Facts:
        """Return the facts with a session's lifetime; the shortest counts."""
        if seconds is None or seconds < 1:
            return self
        return replace(self, token=min(seconds, self.token or seconds, _LARGEST))

    def with_page_followed(self, size: int) -> Facts:
        """Return the facts after it showed that a page of this size was not the last one."""
        sizes = (*self.followed, size)
        return replace(self, followed=(min(sizes), max(sizes)))

    def with_list_ended(self, records: int, total: int | None, *, declared: bool, steady: bool) -> Facts:
        """Return the facts after a list of so many records came to its end.

        ``declared``: the connector says where the total stands; ``steady``: it stayed the same meanwhile.
        """
        ends = (
            {**self.ends, str(records): self.ends.get(str(records), 0) + 1}
            if is_round(records)
            else self.ends
        )
        ended = replace(self, listed=min(self.listed + records, _LARGEST), ends=_first(ends, _MAX_ENDS))
        if not declared or (records == 0 and total is None):
            return ended
        came = "missing" if total is None else "below" if steady and total < records else "equal"
        return replace(ended, total=came if self.total in {"", "equal"} or came == "missing" else self.total)

    def with_refused(self, path: str) -> Facts:
        """Return the facts with a field that the ERP refuses by its name."""
        return replace(self, refused=(*self.refused, path))

    def with_lists_of(self, other: Facts) -> Facts:
        """Return the facts with what ``other`` says of lists and their pages."""
        return replace(self, **{name: getattr(other, name) for name in _OF_LISTS})

    def to_json(self) -> dict[str, Any]:
        """Return what is known as a JSON object of at most MAX_BYTES."""
        found: dict[str, Any] = {}
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value:
                found[name] = list(value) if isinstance(value, tuple) else value
        for name in _LEAST_NEEDED:
            if len(json.dumps(found)) > MAX_BYTES:
                found.pop(name, None)
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Facts:
        """Read what :meth:`to_json` wrote; what it does not know is left out."""
        known = set(cls.__struct_fields__)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in found.items()
            if name in known
        }
        return cls(**values)


def is_round(count: int) -> bool:
    """Return whether a list of so many records may have been cut there: 100, 200, 250, 500, 1000, ..."""
    return count >= 100 and str(count).rstrip("0") in _ROUND


def _first(values: Mapping[str, Any], most: int) -> dict[str, Any]:
    return dict(sorted(values.items(), key=lambda item: int(item[0]))[:most])
