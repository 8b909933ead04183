"""What a replay would use: its states are known, how long they take is judged by what was kept of runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sluice.registry.usages import Usage, Used
from sluice.usecases.operating.usage import HANDING_OVER, MEMORY
from sluice.usecases.replay.plan import MAX_CHUNKS
from sluice.usecases.replay.plan_replay import MAX_CHUNKS as PAGE
from sluice.usecases.replay.waiting import Waiting

_ASSUMED_A_THOUSAND = Decimal(1)
"""Seconds that the transformer is taken to need for 1,000 records where no run has shown it."""

_ASSUMED_A_STEP = Decimal(1)
"""Seconds that planning and committing a replay are taken to need where no replay has shown it."""

_MB_OF_A_GB = 1024


def replay_of(waiting: Waiting, known: Sequence[Usage]) -> Used:
    """Return what a replay of what waits would use; how long it takes is judged by the ``known`` runs."""
    chunks = min(waiting.chunks, MAX_CHUNKS)
    pages = -(-chunks // PAGE)
    records = Decimal(waiting.records) * chunks / max(waiting.chunks, 1)
    planning, committing = _a_step(known, "PlanReplay"), _a_step(known, "CommitReplay")
    return Used(
        # For each page PlanReplay, its choice and the Map; each chunk; then plan, choice, commit and the end.
        transitions=3 * pages + chunks + 4,
        invoked={"PlanReplay": pages + 1, "ReplayChunk": chunks, "CommitReplay": 1},
        gb_seconds={
            "PlanReplay": _text(planning * (pages + 1)),
            "ReplayChunk": _text(_a_record(known) * records),
            "CommitReplay": _text(committing),
        },
        requests=_requests(known, chunks),
    )


def basis_of_replay(waiting: Waiting, known: Sequence[Usage]) -> tuple[str, ...]:
    """Return in words what :func:`replay_of` reckons with."""
    timed = [usage for usage in known if usage.records and _handing_over(usage)]
    about = "" if waiting.counted else "about "
    by = (
        f"the transformer's time for a record is that of the connection's last runs ({len(timed)})"
        if timed
        else f"the transformer is taken to need {_ASSUMED_A_THOUSAND} s for 1,000 records: no run showed it"
    )
    replays = [usage for usage in known if usage.used.invoked.get("PlanReplay")]
    steps = (
        f"planning and committing take as long as in its last replays ({len(replays)})"
        if replays
        else f"planning and committing are taken to need {_ASSUMED_A_STEP} s each, as no replay showed it"
    )
    over = (
        (f"one replay takes {MAX_CHUNKS:,} chunks; the others are for another",)
        if waiting.chunks > MAX_CHUNKS
        else ()
    )
    chunks = f"{waiting.chunks:,} chunk{'' if waiting.chunks == 1 else 's'}"
    metered = _metered(known)
    asking = (
        f"as many requests for each chunk as its last runs made ({len(metered)}), reading the ERP included"
        if metered
        else "no run has shown how many requests there are: none are counted"
    )
    return (f"{about}{waiting.records:,} records wait, in {chunks}", by, steps, asking, *over)


def _text(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.000001')):f}"


def _a_record(known: Sequence[Usage]) -> Decimal:
    """Return the GB-seconds that handing over one record took in the known runs."""
    shown = [usage for usage in known if usage.records and _handing_over(usage)]
    if not shown:
        return _ASSUMED_A_THOUSAND * MEMORY["ReplayChunk"] / _MB_OF_A_GB / 1_000
    return sum((_handing_over(usage) for usage in shown), Decimal(0)) / sum(usage.records for usage in shown)


def _metered(known: Sequence[Usage]) -> list[Used]:
    """Return what those of the known runs used that handed over chunks and say what they asked AWS for."""
    return [usage.used for usage in known if usage.used.requests and _chunks(usage.used)]


def _chunks(used: Used) -> int:
    return sum(used.invoked.get(state, 0) for state in HANDING_OVER)


def _requests(known: Sequence[Usage], chunks: int) -> dict[str, str]:
    """Return the requests of handing over so many chunks, by kind: as many for each as in the known runs."""
    shown = _metered(known)
    of_chunks = sum(map(_chunks, shown))
    kinds = sorted({kind for used in shown for kind in used.requests})
    return {
        kind: _text(
            sum((Decimal(used.requests.get(kind, "0")) for used in shown), Decimal(0)) * chunks / of_chunks
        )
        for kind in kinds
    }


def _handing_over(usage: Usage) -> Decimal:
    found = (Decimal(usage.used.gb_seconds.get(state, "0")) for state in HANDING_OVER)
    return sum(found, Decimal(0))


def _a_step(known: Sequence[Usage], state: str) -> Decimal:
    """Return the GB-seconds of one visit of a replay's state."""
    shown = [usage.used for usage in known if usage.used.invoked.get(state)]
    if not shown:
        return _ASSUMED_A_STEP * MEMORY[state] / _MB_OF_A_GB
    gb_seconds = sum((Decimal(used.gb_seconds[state]) for used in shown), Decimal(0))
    return gb_seconds / sum(used.invoked[state] for used in shown)
