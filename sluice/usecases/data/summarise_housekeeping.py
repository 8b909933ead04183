"""SummariseHousekeeping: what a housekeeping came to; of what could not be compacted people are told once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sluice.messages.notification import Notice, Notification, page_of
from sluice.registry.uncompacted import Trouble, Uncompacted
from sluice.usecases.data.outcomes import FORGOTTEN, MORE, SNAPSHOTS_WELL, WELL
from sluice.usecases.world import World, iso

_LISTED = 50
_NAMED = 8


class SummariseHousekeeping(Struct, frozen=True):
    """``outcomes`` is what became of each partition, ``waiting`` how many wait for the next time.

    ``snapshots`` is what ForgetSnapshots said: its ``outcome``, and how many objects it ``removed``.
    """

    outcomes: Sequence[str]
    waiting: int = 0
    snapshots: Mapping[str, Any] = field(default_factory=dict)


def summarise_housekeeping(world: World, wanted: SummariseHousekeeping) -> dict[str, Any]:
    """Tell people what they do not know yet; return ``outcome`` and counts.

    The outcome is tidied, or unfinished where a partition could not be compacted or snapshot indexes not be
    forgotten. What only waits for the next time (``more``, ``waiting``) leaves nothing undone.
    """
    undone = sum(outcome not in WELL for outcome in wanted.outcomes)
    is_forgotten = wanted.snapshots.get("outcome", FORGOTTEN) in SNAPSHOTS_WELL
    return {
        "outcome": "tidied" if is_forgotten and not undone else "unfinished",
        "compacted": len(wanted.outcomes) - undone,
        "undone": undone,
        "more": wanted.outcomes.count(MORE) + wanted.waiting,
        "told": _tell(world),
        "snapshots_removed": wanted.snapshots.get("removed", 0),
    }


def _tell(world: World) -> int:
    """Tell of each trouble that nobody was told of, all of one error together; return how many there are."""
    troubles = Uncompacted(world.state)
    untold = [trouble for trouble in troubles.all() if not trouble.told_at]
    for error in sorted({trouble.error for trouble in untold}):
        found = [trouble for trouble in untold if trouble.error == error]
        world.notification.publish([_notice(found).to_message()])
        for trouble in found:
            troubles.mark_told(trouble, iso(world.clock.now()))
    return len(untold)


def _notice(found: Sequence[Trouble]) -> Notification:
    """Return the notice; the same troubles give the same one, so that a repeat is recognised."""
    names = [f"{trouble.entity} of {trouble.connection}" for trouble in found]
    rest = len(names) - _NAMED
    named = ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    since = min(trouble.since for trouble in found)
    return Notification(
        kind=Notice.LAKE_UNCOMPACTED,
        connection="lake",
        run=f"housekeeping since {since}",
        time=since,
        title=f"lake: {len(names)} part{'' if len(names) == 1 else 's'} could not be compacted",
        detail=f"{named}. {found[0].error}: {found[0].cause}",
        advice="Nothing at once: no data is lost or wrong, queries only become slower, and it is tried again "
        "every hour. If it lasts, see docs/ops/housekeeping.md.",
        incident=hashlib.blake2b("\n".join(names).encode(), digest_size=6).hexdigest(),
        facts={
            "error": found[0].error,
            "partitions": [trouble.to_json() for trouble in found[:_LISTED]],
            "partitions_count": len(found),
        },
        page=page_of("data"),
        runbook="docs/ops/housekeeping.md#when-it-fails",
    )
