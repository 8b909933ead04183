"""Finds the stream that a request is for, by method, path and literal parts, and reads what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.details import Address, single
from sandbox.doors import named_headers
from sandbox.exchange import Incoming
from sandbox.matching import Asked, Matcher, calls_only
from sandbox.options import host_of
from sandbox.problems import Refused
from sandbox.shelves import Filter, day_of, moment_of
from sluice.connector.spec import Stream
from sluice.connector.values import Literal


@dataclass(frozen=True, slots=True)
class Route:
    """A list and its path as it stands in requests; ``stream`` is whose list it is, or its tombstones'.

    ``one``: not the list, but a record of it; ``parents``: the list of its parents.
    """

    stream: Stream
    address: Address
    listing: Stream
    one: bool = False
    parents: bool = False


class Routes:
    """Every stream of a connector by where it is asked for."""

    def __init__(self, streams: Mapping[str, Stream], matcher: Matcher) -> None:
        self._matcher = matcher
        self._routes = [
            Route(stream, Address(listing.path, listing.path_parameters, matcher), listing)
            for stream in streams.values()
            for listing in (stream, *([stream.deletions.list] if stream.deletions else []))
        ]
        self._routes += [
            Route(stream, Address(one.path, one.path_parameters, matcher), one, one=True)
            for stream in streams.values()
            for one in single(stream)
        ]
        self._routes += [
            Route(stream, Address(listed.path, listed.path_parameters, matcher), listed, parents=True)
            for stream in streams.values()
            for listed in ([stream.parents.list] if stream.parents else [])
        ]

    def find(self, request: Incoming) -> tuple[Stream, Asked]:
        """Return the stream asked for; raises Refused where there is none.

        Of streams that share a path the one whose literal query parameters fit best is meant, and of those
        that fit as well the one that has more of them.
        """
        found = [
            (asked.strange, -_literals(route.listing), number, route.stream, asked)
            for number, route in enumerate(self._routes)
            if (asked := self._read(route, request)) is not None
        ]
        if not found:
            raise Refused("not_found", f"nothing answers {request.method} {request.path}")
        *_, stream, asked = min(found, key=lambda one: one[:3])
        return stream, asked

    def _read(self, route: Route, request: Incoming) -> Asked | None:
        listing = route.listing
        template = listing.request
        named = route.address.read(request.path)
        if named is None or request.method != template.method or request.host != host_of(listing):
            return None
        asked = Asked(tombstones=listing is not route.stream and not route.one and not route.parents)
        record, parent = named
        asked.record, asked.parents = (record if route.one else None), route.parents
        asked.parent |= parent
        if template.body is not None and not self._matcher.value(template.body, request.json(), asked):
            return None
        replaced = self._replaced(listing, request)
        kept = {name for name in template.query if name not in replaced}
        for part in (template, listing.windows, listing.ranges, listing.incremental):
            if part is not None:
                left_out = replaced if part is template else kept
                query = {name: value for name, value in part.query.items() if name not in left_out}
                self._matcher.pairs(query, request.query, asked)
                self._matcher.pairs(calls_only(part.headers), named_headers(part.headers, request), asked)
        return None if asked.refused else asked

    def _replaced(self, stream: Stream, request: Incoming) -> set[str]:
        """Return the query parameters that a window or an increment says in place of the request itself."""
        parts = (part for part in (stream.windows, stream.ranges, stream.incremental) if part is not None)
        return {
            name
            for part in parts
            for name, value in part.query.items()
            if name in request.query and self._matcher.value(value, request.query[name], Asked())
        }


def _literals(stream: Stream) -> int:
    return sum(isinstance(value, Literal) for value in stream.request.query.values())


def wanted(stream: Stream, asked: Asked) -> Filter:
    """Return what the request leaves of the stream; raises Refused where a window is missing."""
    if stream.incremental and stream.incremental.highest:
        return Filter(above=_version(asked.since), keys=_keys(asked.range))
    try:
        since = moment_of(asked.since, asked.since_form) if stream.incremental else None
    except ValueError:
        raise Refused("parameter_missing", f"{str(asked.since)[:40]} is not a date and time") from None
    if stream.windows is None:
        return Filter(changed_since=since, keys=_keys(asked.range))
    last = day_of(asked.window.get("last"))
    end = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else asked.window.get("to")
    for name, given in (("from", asked.window.get("from")), ("to", end)):
        if not given:
            raise Refused("parameter_missing", _window_parameter(stream, name))
    return Filter(day_of(asked.window["from"]), day_of(end), since)


def _keys(said: Mapping[str, Any]) -> tuple[int | None, int | None] | None:
    """Return the range of keys that is asked for: from the first to before the second; an end may be open."""
    try:
        ends = {name: int(value) for name, value in said.items()}
    except (TypeError, ValueError):
        raise Refused("parameter_missing", "an end of a range of keys is no whole number") from None
    if "last" in ends:
        ends["to"] = ends["last"] + 1
    return (ends.get("from"), ends.get("to")) if ends else None


def _version(value: object) -> int | None:
    if value is None or value == "":
        return None
    if not str(value).isdecimal():
        raise Refused("parameter_missing", f"{str(value)[:40]} is no row version")
    return int(str(value))


def _window_parameter(stream: Stream, end: str) -> str:
    named = stream.windows.query if stream.windows else {}
    return next((name for name, value in named.items() if getattr(value, "name", "") == end), f"window {end}")
