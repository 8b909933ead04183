"""Turns `limits` of a connector's YAML into Limits, and says which of them make no sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.limits import Limit, LimitKind
from sluice.connector.value_reader import At, Known, ValueReader

_DAY = 86_400


def build_limits(reader: ValueReader, raw: list[dict[str, Any]], known: Known) -> tuple[Limit, ...]:
    """Return what the vendor allows; faults pile up in the reader."""
    # What a login captures changes from login to login: nobody could be counted together by it.
    stable = Known(settings=known.settings, secrets=known.secrets)
    found: dict[str, int] = {}
    limits = []
    for number, one in enumerate(raw):
        at: At = ("limits", number)
        kinds = [kind for kind in LimitKind if kind in one]
        if len(kinds) != 1:
            came = " and ".join(kinds) or "none of them"
            reader.refuse("bad_form", at, f"has {came}; should have one of {', '.join(LimitKind)}")
            continue
        _check(reader, one, kinds[0], at)
        same = f"{kinds[0]} {one.get('seconds')} {one.get('per')} {one.get('shared_by')}"
        if found.setdefault(same, number) != number:
            reader.refuse(
                "bad_form", at, f"counts the same as /limits/{found[same]}; the lower one is enough"
            )
        limits.append(_limit(reader, one, kinds[0], stable, at))
    return tuple(limits)


def _limit(reader: ValueReader, raw: Mapping[str, Any], kind: LimitKind, known: Known, at: At) -> Limit:
    shared_by = [
        reader.scalar(value, (*at, "shared_by", place), known)
        for place, value in enumerate(raw.get("shared_by", []))
    ]
    return Limit(
        kind=kind,
        count=raw[kind],
        seconds=raw.get("seconds", 0),
        per=raw.get("per", "value"),
        shared_by=tuple(shared_by),
        statuses=frozenset(raw.get("statuses", [])),
        midnight="resets" in raw,
        every_host=raw.get("hosts") == "any",
    )


def _check(reader: ValueReader, raw: Mapping[str, Any], kind: LimitKind, at: At) -> None:
    if ("per" in raw) is ("shared_by" in raw):
        came = "both per and shared_by" if "per" in raw else "neither per nor shared_by"
        reader.refuse("bad_form", at, f"has {came}; should have one: who is counted together")
    if kind is LimitKind.CONCURRENT and "seconds" in raw:
        reader.refuse("not_allowed", (*at, "seconds"), "belongs to requests and errors, not to concurrent")
    if kind is not LimitKind.CONCURRENT and "seconds" not in raw:
        reader.refuse("missing_key", at, "lacks the key 'seconds': the span in which the vendor counts")
    if kind is LimitKind.ERRORS and "statuses" not in raw:
        reader.refuse(
            "missing_key", at, "lacks the key 'statuses': which replies the vendor counts as errors"
        )
    if kind is not LimitKind.ERRORS and "statuses" in raw:
        reader.refuse("not_allowed", (*at, "statuses"), "belong to errors")
    if "resets" in raw and raw.get("seconds") != _DAY:
        reader.refuse("not_allowed", (*at, "resets"), f"goes with seconds: {_DAY}, a day")
