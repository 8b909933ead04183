"""Holds an ordered mutation against a connector: is there such a stream, such a field, can it show there.

A wrong order is refused with what would be right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sandbox.mutations.catalogue import RECORD, nearest
from sandbox.mutations.examples import examples
from sandbox.mutations.mutation import LOOKED_AT, Mutation
from sandbox.wire.hook import Wire
from sandbox.wire.table import wire_variant
from sluice.connector.paths import parse_path, path_text
from sluice.connector.spec import Connector, Stream

LEFT_BEHIND = {("D71", "soft"), ("D71", "status")}
_DAYS = {"D16", "D17"}
Records = Callable[[str], Sequence[Mapping[str, Any]]]


def checked(mutation: Mutation, connector: Connector, records: Records) -> Mutation:
    """Return the mutation with all filled in that the stream's records tell.

    ``records`` gives what a stream holds. Raises ValueError with what would be right.
    """
    if mutation.stream and mutation.stream not in connector.streams:
        known = nearest(mutation.stream, list(connector.streams))
        raise ValueError(f"{mutation}: {connector.name} has no stream {mutation.stream!r}; {known}")
    keyed = mutation.code in RECORD and wire_variant(mutation.code, mutation.variant) is None
    if not (mutation.on_records or keyed):
        return _on_wire(mutation, connector)
    if not mutation.stream:
        raise ValueError(f"{mutation}: names no stream; there are {', '.join(sorted(connector.streams))}")
    return _on_records(mutation, connector.streams[mutation.stream], records)


def _on_wire(mutation: Mutation, connector: Connector) -> Mutation:
    one = wire_variant(mutation.code, mutation.variant)
    if one is None:
        raise ValueError(f"{mutation}: there is no such variant on the wire")
    streams = [connector.streams[mutation.stream]] if mutation.stream else list(connector.streams.values())
    if one.fits and not one.whole:
        reasons = [reason for stream in streams if (reason := one.fits(stream))]
        if len(reasons) == len(streams):
            raise ValueError(f"{mutation}: {mutation.stream or connector.name} cannot show it: {reasons[0]}")
    if one.sets in {"token_ttl", "sessions_end"} and connector.auth.login is None:
        raise ValueError(f"{mutation}: {connector.name} has no login")
    _check_argument(mutation, one)
    if mutation.code == "D53":
        _check_path(mutation, connector.streams[mutation.stream].schema if mutation.stream else {})
    return of_connection(replace(mutation, variant=one.name))


def of_connection(mutation: Mutation) -> Mutation:
    """Return the mutation without its stream where it is a matter of the whole connection."""
    one = None if mutation.path else wire_variant(mutation.code, mutation.variant)
    return replace(mutation, stream="") if one and one.whole else mutation


def _check_argument(mutation: Mutation, one: Wire) -> None:
    if not mutation.to:
        return
    readable = True
    if one.number:
        readable = _is_positive(mutation.to)
    elif mutation.code in _DAYS and one.argument.startswith("the day"):
        readable = _is_day(mutation.to)
    if not readable:
        raise ValueError(f"{mutation}: {mutation.to!r} is not {one.argument}")
    if not one.argument:
        raise ValueError(f"{mutation}: {mutation.code}/{one.name} takes no argument after =")


def _is_positive(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and float(text) > 0


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _on_records(mutation: Mutation, stream: Stream, records: Records) -> Mutation:
    mutation = replace(mutation, path=mutation.path or _usual_path(mutation, stream))
    _check_path(mutation, stream.schema)
    held = list(records(stream.name)) or examples(stream.schema)
    try:
        found = mutation.prepared(held)
        shows = found.shows_in([*held[:LOOKED_AT], *examples(stream.schema)])
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{mutation}: {error}") from None
    if not shows:
        raise ValueError(f"{mutation}: {found.code}/{found.variant} changes nothing there")
    # Which records are deleted is known here, so no others are told to be, unless a share of them is.
    left = (found.code, found.variant) in LEFT_BEHIND and mutation.share is None
    return replace(found, share=None) if left else found


def _usual_path(mutation: Mutation, stream: Stream) -> tuple[str, ...]:
    if mutation.code != "D58":
        return stream.key[0]
    named = stream.sandbox.get("window_field") or stream.sandbox.get("changed_field")
    if named is None:
        raise ValueError(
            f"{mutation}: {stream.name} names no field that filters it; right would be a field's path"
        )
    return parse_path(named)


def _check_path(mutation: Mutation, schema: Mapping[str, Any]) -> None:
    here = schema
    for at, name in enumerate(mutation.path):
        here = _inside(here)
        properties = here.get("properties", {})
        last = at == len(mutation.path) - 1
        if name not in properties and not (last and mutation.code in {"D45", "D71"}):
            where = path_text((mutation.stream, *mutation.path[:at]))
            known = nearest(name, list(properties)) if properties else "it has no fields"
            raise ValueError(f"{mutation}: {where} has no field {name!r}; {known}")
        if last and mutation.code == "D45" and name in properties:
            raise ValueError(f"{mutation}: the field is there already; right would be a new name")
        here = properties.get(name, {})


def _inside(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "items" in schema:
        schema = schema["items"]
    return schema
