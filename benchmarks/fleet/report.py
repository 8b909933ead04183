"""The study as Markdown, and as JSON for scripts. Simulates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.fleet.ladder import Met, met
from benchmarks.fleet.lags import lags, lags_by
from benchmarks.fleet.settings import Quota, day_of_quotas, parameters, sources
from benchmarks.fleet.simulation import OUT, Outcome, Use
from benchmarks.fleet.study import SHARING, Study
from benchmarks.machine import told_of_the_machine

_WAYS = ("on the hour", "spread")
_LAGS = "planned | middle, s | 99 of 100, s | most, s | succeeded | failed | skipped | not started"


def markdown(study: Study) -> str:
    """Return the report."""
    wanted = study.wanted
    lines = [
        f"# {wanted.connections:,} connections",
        "",
        _head(study),
        "",
        "## At how many connections a quota is met",
        "",
        "In the hour in which all kinds of schedule are due; each demand as if no other quota held it back.",
        "",
        *_quota_table(study),
        "",
        "## What is met first",
        "",
        *_first_table(study),
        "",
        "## Within the quotas",
        "",
        *_held_tables(study),
        "## An ERP that is out for an hour",
        "",
        *_outage(study.held),
        "",
        f"## One application of {SHARING} that all share",
        "",
        *_sharing_table(study.sharing),
        "",
        "## Quotas",
        "",
        *_quota_sources(study.held[0].uses),
        "",
        "## What is assumed",
        "",
        *_parameter_sources(),
    ]
    return "\n".join(lines) + "\n"


def _head(study: Study) -> str:
    of, day = study.wanted, day_of_quotas()
    where = f"{told_of_the_machine()}; {of.region}; seed {of.seed}; quotas as published, read {day}"
    return f"Simulated, not measured: queueing, not AWS. {where}."


def to_json(study: Study) -> dict[str, Any]:
    """Return the report's figures."""
    return {
        "connections": study.wanted.connections,
        "region": study.wanted.region,
        "seed": study.wanted.seed,
        "met": {way: [_met_json(one) for one in met(outcomes)] for way, outcomes in _ways(study)},
        "unheld": {way: [outcome_json(one) for one in outcomes] for way, outcomes in _ways(study)},
        "held": {way: outcome_json(one) for way, one in zip(_WAYS, study.held, strict=True)},
        "sharing": [outcome_json(one) for one in study.sharing],
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return one simulation's figures."""
    return {
        "connections": outcome.scenario.connections,
        "hours": outcome.scenario.hours,
        "spread": outcome.scenario.spread,
        "planned": outcome.planned,
        "left": outcome.left,
        "states": outcome.states,
        "lags": {
            kind: {"middle": round(one.middle, 1), "p99": round(one.p99, 1), "most": round(one.most, 1)}
            | one.outcomes
            for kind, one in lags_by(outcome.runs, lambda run: run.kind).items()
        },
        "uses": {
            use.quota.name: {"peak": round(use.peak, 1), "share": round(use.share, 4), "refused": use.refused}
            for use in outcome.uses
        },
        "counts": outcome.counts,
    }


def _met_json(one: Met) -> dict[str, Any]:
    connections = None if one.connections == float("inf") else round(one.connections)
    return {"quota": one.use.quota.name, "connections": connections, "reckoned": one.reckoned}


def _ways(study: Study) -> Iterator[tuple[str, Sequence[Outcome]]]:
    return zip(_WAYS, study.climbed, strict=True)


def _quota_table(study: Study) -> Iterator[str]:
    """Yield a row for each quota: when it is met both ways, and what to do."""
    herd, spread = ({one.use.quota.name: one for one in met(outcomes)} for outcomes in study.climbed)
    order = sorted(herd, key=lambda name: herd[name].connections)
    rows = (
        [
            herd[name].use.quota.what,
            herd[name].use.quota.told(),
            *(_about(one[name]) for one in (herd, spread)),
            herd[name].use.quota.then,
            herd[name].use.quota.do,
        ]
        for name in order
    )
    return _table("quota | there is | met on the hour at | met spread at | what then | what to do", rows)


def _first_table(study: Study) -> Iterator[str]:
    rows = (
        [f"{outcome.scenario.connections:,}", way, *_fullest(outcome.uses)]
        for way, outcomes in _ways(study)
        for outcome in outcomes
    )
    return _table("connections | schedules | the fullest three, as shares of what there is", rows)


def _quota_sources(uses: Sequence[Use]) -> Iterator[str]:
    rows = ([use.quota.what, use.quota.told(), use.quota.more, use.quota.source] for use in uses)
    return _table("quota | there is | more | source", rows)


def _parameter_sources() -> Iterator[str]:
    known = parameters()
    rows = ([name, f"{getattr(known, name):g}", source] for name, source in sources().items())
    return _table("parameter | value | source", rows)


def _fullest(uses: Sequence[Use]) -> Iterator[str]:
    three = sorted(uses, key=lambda use: -use.share)[:3]
    yield "; ".join(f"{_short(use.quota)} {use.share:.0%}" for use in three)


def _held_tables(study: Study) -> Iterator[str]:
    for way, outcome in zip(_WAYS, study.held, strict=True):
        scenario = outcome.scenario
        yield f"### {scenario.connections:,} connections, {way}, {scenario.hours:g} h"
        yield ""
        by_kind = lags_by(outcome.runs, lambda run: run.kind)
        yield from _table(f"schedule | {_LAGS}", ([kind, one.row()] for kind, one in by_kind.items()))
        yield ""
        rows = (
            [use.quota.what, f"{use.peak:,.0f}", use.quota.told(), f"{use.share:.0%}", f"{use.refused:,}"]
            for use in outcome.uses
        )
        yield from _table("quota | peak | there is | used | refused, delayed", rows)
        yield ""
        counts = ", ".join(f"{name} {count:,}" for name, count in outcome.counts.items())
        each = f"{outcome.states / max(len(outcome.runs), 1):.1f} states"
        yield f"A run: {each}, {_seconds_each(outcome):.1f} seconds of Lambda. Counted: {counts}."
        yield ""


def _outage(held: Sequence[Outcome]) -> Iterator[str]:
    """Yield the runs of the ERP that was out, by when they were planned; of the fleet that had an outage."""
    had = [outcome for outcome in held if outcome.scenario.outage]
    if not had:
        yield "Not simulated: it takes three hours (--hours 3)."
        return
    runs = [run for run in had[-1].runs if run.connector == OUT]
    when = {0: "1 before", 1: "2 during"}
    by_hour = lags_by(runs, lambda run: when.get(int(run.planned // 3600), "3 after"))
    others = lags(run for run in had[-1].runs if run.connector != OUT and run.planned // 3600 == 1)
    rows = [[f"{OUT}, {name[2:]}", one.row()] for name, one in by_hour.items()]
    yield from _table(f"runs | {_LAGS}", [*rows, ["all others, during", others.row()]])


def _sharing_table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    head = (
        "connections | schedules | middle, s | most, s | failed | skipped | states a run | Lambda, s a run |"
    )
    rows = []
    for outcome in outcomes:
        one = lags(outcome.runs)
        concurrency = next(use for use in outcome.uses if use.quota.name == "lambda_concurrency")
        rows.append([
            f"{outcome.scenario.connections:,}", _WAYS[outcome.scenario.spread], f"{one.middle:,.0f}",
            f"{one.most:,.0f}", f"{one.outcomes.get('failed', 0):,}",
            f"{one.outcomes.get('already_running', 0):,}", f"{outcome.states / len(outcome.runs):.0f}",
            f"{_seconds_each(outcome):,.0f}", f"{concurrency.peak:,.0f}",
        ])  # fmt: skip
    return _table(f"{head} Lambdas at once", rows)


def _seconds_each(outcome: Outcome) -> float:
    return outcome.counts["lambda_seconds"] / max(len(outcome.runs), 1)


def _about(one: Met) -> str:
    """Return a number of connections, rounded to two digits, in words."""
    if one.connections == float("inf"):
        return "never"
    rounded = float(f"{one.connections:.2g}")
    return f"{'reckoned: ' if one.reckoned else ''}{rounded:,.0f}"


def _short(quota: Quota) -> str:
    return quota.what.split(" (")[0]


def _table(head: str, rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {head} |"
    yield "|" + "---|" * len(head.split("|"))
    for row in rows:
        yield f"| {' | '.join(row)} |"
