"""Decides from a connector alone how large its streams are and which of them meets which fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sandbox.pages import DEFAULT_SIZE
from sluice.connector.spec import Connector, PageKind, Stream

FEW = 40
"""Records of a stream that is not read in several pages: enough for a contract to be learnt from."""

MOST = 6_000
"""More than so many records are not made for the sake of a second page."""

Fault = Mapping[str, Any]
FAULTS: Mapping[str, Fault] = {
    "throttled": {"kind": "status", "status": 429, "retry_after": "1", "times": 1},
    "server_errors": {"kind": "status", "status": 500, "times": 2},
    "connection_resets": {"kind": "reset", "times": 1},
    "truncated_bodies": {"kind": "truncate", "times": 1},
}
"""The faults that pass by themselves, by the rule that they prove, as a sandbox is ordered them."""


class Plan(Struct, frozen=True):
    """``records`` by stream, ``pages`` how many are one page or less; ``faults`` (rule, order) to meet.

    ``paged`` are the streams of several pages.
    """

    records: Mapping[str, int]
    pages: Mapping[str, int]
    paged: tuple[str, ...] = ()
    faults: tuple[tuple[str, Fault], ...] = ()
    exempt: Mapping[str, str] = field(default_factory=dict)


def plan_of(connector: Connector) -> Plan:
    """Return how the connector is put to the test; ``exempt`` says by rule what cannot be."""
    paged = _paged(connector)
    pages = {name: _few(connector, stream) for name, stream in connector.streams.items()}
    larger = {name: _page_size(connector, connector.streams[name]) + FEW for name in paged}
    faults, exempt = _faults(connector, paged), {}
    if not paged:
        exempt["many_pages"] = "one page only: no list of this API has a second one"
    if connector.auth.login is None:
        exempt["session_expiry"] = "no login: a token cannot expire"
    return Plan({**pages, **larger}, pages, paged, tuple(faults), exempt)


def _paged(connector: Connector) -> tuple[str, ...]:
    """Return the first stream of each way in which the connector pages; not where a page is too large."""
    found: dict[object, str] = {}
    for name, stream in connector.streams.items():
        paging = stream.pagination
        if paging.kind is not PageKind.SINGLE and _page_size(connector, stream) + FEW <= MOST:
            found.setdefault((paging.kind, paging.size), name)
    return tuple(found.values())


def _faults(connector: Connector, paged: tuple[str, ...]) -> list[tuple[str, Fault]]:
    # Every stream meets one, every fault a stream.
    rules, streams = list(FAULTS), list(connector.streams)
    met = [
        (rules[at % len(rules)], streams[at % len(streams)]) for at in range(max(len(rules), len(streams)))
    ]
    found: list[tuple[str, Fault]] = [(rule, {**FAULTS[rule], "stream": name}) for rule, name in met]
    if len(streams) == 1:
        # One request after the other fails there, and a state tries again three times.
        found = [(rule, {**fault, "times": 1}) for rule, fault in found]
    if connector.auth.login is not None:
        # Behind the first page, or where there is one page only, before the second stream.
        where = {"stream": paged[-1], "after_requests": 1} if paged else {"after_requests": 1}
        found.append(("session_expiry", {"kind": "expire_tokens", "times": 1, **where}))
    return found


def _few(connector: Connector, stream: Stream) -> int:
    if stream.pagination.kind is PageKind.SINGLE:
        return FEW
    return min(FEW, _page_size(connector, stream))


def _page_size(connector: Connector, stream: Stream) -> int:
    usual = stream.pagination.size or DEFAULT_SIZE
    return min(usual, int(connector.sandbox.get("max_page_size", usual)))
