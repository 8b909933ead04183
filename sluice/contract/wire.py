"""The replies of one reading held against those of earlier ones: announcements, limits, sizes, counts.

What a reading shows is collected by the connector engine (its facts); here it is compared, and learnt. No
record is looked at. What is told here does not stop a stream, but for a list that ends where it was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from sluice.contract.counts import counted, cut_at, incremental_reads_everything
from sluice.model.change import Action, Change
from sluice.model.change_kinds import change_of

Facts = Mapping[str, Any]

NEAR_DAYS = 30
_KEPT_SHARES = 8
_SHARES_NEEDED = 3
_THROTTLES = 5
_SHARE = 0.2
_GREW = 2.0
_MOSTLY = 0.8
_LASTING = (
    "version",
    "deprecation",
    "sunset",
    "links",
    "warning",
    "rate_limit",
    "token",
    "scheme",
    "asked",
    "size",
    "total",
)


def wire_changes(before: Facts, facts: Facts, *, entity: str, today: date) -> tuple[Change, ...]:
    """Return how a reading's facts differ from what was learnt (``before``; empty at first).

    ``entity`` is what relies on the stream. Actions are the table's, but for what was got round: it is told.
    """
    found: list[Change] = [*_announced(before, facts, entity, today), *_capped(before, facts, entity)]
    if before:
        found += [
            *_versions(before, facts, entity),
            *_limits(before, facts, entity),
            *_access(before, facts, entity),
            *_lists(before, facts, entity),
        ]
    return tuple(found)


def learnt_wire(before: Facts, facts: Facts) -> dict[str, Any]:
    """Return what is known after a good reading, a JSON object of 2 KB at most."""
    known = {name: facts[name] for name in _LASTING if facts.get(name)}
    kept = {name: before[name] for name in _LASTING if before.get(name)}
    learnt: dict[str, Any] = {**kept, **known, **counted(before, facts)}
    if not facts.get("size"):
        learnt.pop("size", None)
    cap = _cap(facts) or before.get("cap")
    unusual = sorted({*before.get("unusual", ()), *facts.get("unusual", ())})
    learnt |= {"cap": cap} if cap else {}
    learnt |= {"unusual": unusual[:10]} if unusual else {}
    learnt["shares"] = [*before.get("shares", ()), round(_throttled_share(facts), 3)][-_KEPT_SHARES:]
    lefts = [*before.get("lefts", ()), *([facts["left"]] if facts.get("left") else [])][-_KEPT_SHARES:]
    learnt |= {"lefts": lefts} if lefts else {}
    learnt["on"] = facts.get("on") or before.get("on", "")
    return learnt


def _announced(before: Facts, facts: Facts, entity: str, today: date) -> Iterator[Change]:
    links = {"links": dict(facts["links"])} if facts.get("links") else {}
    said, known = facts.get("deprecation", ""), before.get("deprecation", "")
    if said and said != known:
        yield _told("D16", "deprecation", (known or "none", said), entity).with_evidence(date=said, **links)
    new = sorted(set(facts.get("links", {}).items()) - set(before.get("links", {}).items()))
    for relation, address in new:
        # A link beside the day that it explains is told with it.
        code, header = ("D17", "sunset") if relation == "sunset" else ("D16", "deprecation")
        if not facts.get(header):
            yield _told(code, f"link {relation}", ("none", "announced"), entity).with_evidence(link=address)
    said, known = facts.get("sunset", ""), before.get("sunset", "")
    stage = _stage(said, today)
    if said and (not known or said < known or stage > _stage(said, _day(before.get("on", "")))):
        days = _days_to(said, today)
        change = _told("D17", "sunset", (known or "none", said), entity)
        yield change.with_evidence(
            date=said, stage=_STAGES[stage], **links, **({} if days is None else {"days": days})
        )
    said, known = _form(facts.get("warning", "")), _form(before.get("warning", ""))
    if said and said != known:
        seen = ("none" if not known else "another text", "299")
        yield _told("D17", "warning", seen, entity).with_evidence(text=facts["warning"])


_STAGES = ("announced", f"{NEAR_DAYS} days or less", "the day has passed")


def _stage(said: str, today: date | None) -> int:
    days = None if today is None else _days_to(said, today)
    if days is None:
        return 0
    return 2 if days < 0 else 1 if days < NEAR_DAYS else 0


def _days_to(said: str, today: date) -> int | None:
    day = _day(said)
    return None if day is None else (day - today).days


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _form(text: str) -> str:
    """Return the text without its digits: a warning may hold the time."""
    return "".join(char for char in text if not char.isdigit())


def _capped(before: Facts, facts: Facts, entity: str) -> Iterator[Change]:
    cap, known = _cap(facts), before.get("cap")
    if cap and (not known or cap < known):
        asked = facts["asked"]
        seen = (f"pages of {known or asked}", f"pages of {cap}")
        yield _told("D28", "page size", seen, entity).with_evidence(asked=asked, came=cap)
    size = facts.get("size")
    if size and size != before.get("size"):
        seen = (f"pages of {before.get('size') or 'the declared size'}", f"pages of {size}")
        yield _told("D29", "page size", seen, entity)


def _cap(facts: Facts) -> int | None:
    """Return the size of every page that another followed, where it is smaller than asked for."""
    least, most = (*facts.get("followed", ()), 0, 0)[:2]
    return int(most) if least == most and 0 < most < facts.get("asked", 0) else None


def _versions(before: Facts, facts: Facts, entity: str) -> Iterator[Change]:
    known = before.get("version", {})
    for name, said in sorted(facts.get("version", {}).items()):
        if known.get(name, said) != said:
            yield _told("D15", name, (known[name], said), entity)


def _limits(before: Facts, facts: Facts, entity: str) -> Iterator[Change]:
    known, limit = before.get("rate_limit", 0), facts.get("rate_limit", 0)
    if 0 < limit < known:
        seen = (f"{known} requests", f"{limit} requests")
        yield _told("D26", "rate limit", seen, entity)
    lefts, left = before.get("lefts", ()), facts.get("left", 0)
    # Others may use the same limit, so what is left tells of it only where it is far below what ever was.
    if len(lefts) >= _SHARES_NEEDED and not limit and left > 0 and _GREW * left < min(lefts):
        seen = (f"{min(lefts)} requests left at least", f"{left} left")
        yield _told("D26", "requests left", seen, entity)
    shares, share = before.get("shares", ()), _throttled_share(facts)
    usual = max(shares, default=0.0)
    often = sum(facts.get("throttled", {}).values()) >= _THROTTLES
    if len(shares) >= _SHARES_NEEDED and often and share >= max(_SHARE, _GREW * usual):
        seen = (f"{usual:.0%} of requests at most", f"{share:.0%} of requests")
        yield _told("D26", "throttling", seen, entity)
    new = sorted(set(facts.get("unusual", ())) - set(before.get("unusual", ())))
    if new:
        after = ", ".join(map(str, new))
        yield _told("D27", "throttling status", ("429 or 503", after), entity)


def _throttled_share(facts: Facts) -> float:
    times = sum(facts.get("throttled", {}).values())
    return times / (times + facts.get("pages", 0)) if times else 0.0


def _access(before: Facts, facts: Facts, entity: str) -> Iterator[Change]:
    known, token = before.get("token", 0), facts.get("token", 0)
    if token and 2 * token < known:
        yield _told("D24", "token lifetime", (f"{known} seconds", f"{token} seconds"), entity)
    known_scheme, scheme = before.get("scheme", ""), facts.get("scheme", "")
    if known_scheme and scheme and scheme != known_scheme:
        yield _told("D20", "www-authenticate", (known_scheme, scheme), entity)


def _lists(before: Facts, facts: Facts, entity: str) -> Iterator[Change]:
    total = facts.get("total", "")
    if before.get("total") == "equal" and total in {"missing", "below"}:
        after = "missing" if total == "missing" else "below the records that came"
        yield _told("D33", "total", ("the number of records", after), entity)
    cut = cut_at(before, facts)
    if cut:
        size, previous, why = cut
        seen = (f"{previous} records", f"{size} records")
        yield change_of("D39", "", seen, (entity,)).with_evidence(
            why=why, counts=_last(before.get("whole", ()))
        )
    usual = incremental_reads_everything(before, facts)
    if usual is not None:
        seen = (f"{usual} records at most", f"{facts['listed']} records, as many as there are")
        change = change_of("D35", "incremental filter", seen, (entity,))
        # Where most of them are not even changed it is the filter; else all may have been changed at once.
        idle = facts.get("unchanged", 0) >= _MOSTLY * facts["listed"]
        yield change if idle else replace(change, action=Action.NOTIFY)


def _last(counts: Sequence[int]) -> list[int]:
    return [int(count) for count in counts][-4:]


def _told(code: str, path: str, seen: tuple[str, str], entity: str) -> Change:
    """Return a change that people are told of: the reading itself went well in spite of it."""
    return replace(change_of(code, path, seen, (entity,)), action=Action.NOTIFY)
