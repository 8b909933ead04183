"""The report: what was reached beside what has to be, then by class, size, share and row, then every miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from operator import itemgetter
from typing import Any

from benchmarks.drift.bounds import JUDGED_SIZE, Results, bounds
from benchmarks.drift.cases import SHARES, SIZES
from benchmarks.drift.expected import DECOY, MEANING, STRUCTURE, UNUSED
from benchmarks.drift.measures import EXAMPLES, Measures
from benchmarks.drift.ratios import Ratio
from benchmarks.drift.wire.trials import NOT_ASKED, Trial
from sluice.model.change_kinds import KINDS

_TOP = 40
_WIDTH = 56


def lines(found: Results) -> Iterator[str]:
    """Yield the report for people, line by line."""
    yield "What ours must reach"
    for bound in bounds(found):
        mark = "ok  " if bound.holds else "MISS"
        yield f"  {mark} {bound.measure:<{_WIDTH}} {bound.wanted:<24} {bound.reached}"
    yield "  Why something is missed, as far as it is known, is said in docs/performance.md."
    yield ""
    yield from _classes(found.mutations)
    yield from _rows(found.mutations)
    yield from _wire(found)
    yield from _clean(found)
    yield from _costs(found)
    yield from _of_all_records(found.mutations)
    yield from _misses(found.mutations)


def _classes(measures: Measures) -> Iterator[str]:
    for kind in (STRUCTURE, MEANING, UNUSED, DECOY):
        quiet = kind in {UNUSED, DECOY}
        yield f"{kind}: found (blocked) [wrong records published unsaid/told], by window and share of records"
        yield "  window " + "".join(f"{share:>26.0%}" for share in SHARES)
        for size in SIZES:
            cells = [measures.cells.get((kind, size, share)) for share in SHARES]
            texts = [
                f"{cell.found} ({cell.blocked})" + ("" if quiet else f" [{cell.silent}/{cell.warned}]")
                if cell
                else "-"
                for cell in cells
            ]
            yield f"  {size:>6} " + "".join(f"{text:>26}" for text in texts)
        yield ""


def _rows(measures: Measures) -> Iterator[str]:
    yield f"decoys left alone: {measures.decoys} of {measures.decoys.total}; what was blocked is listed below"
    yield ""
    yield "by row: cases, found, own code, exact path, blocked, by the mapping alone, wrong unsaid/told"
    for (kind, code), cell in sorted(measures.rows.items(), key=itemgetter(0)):
        ratios = "".join(f"{ratio!s:>9}" for ratio in (cell.found, cell.code, cell.exact, cell.blocked))
        name = f"{kind:<10}{code} {KINDS[code].name:<26}"
        yield f"  {name}{cell.found.total:>6}{ratios}{cell.by_mapping:>6}{cell.silent:>8}/{cell.warned}"
    yield ""


def _wire(found: Results) -> Iterator[str]:
    if not found.wire:
        return
    yield "HTTP and paging: what was not found and held as the table says, or let something wrong through"
    for trial in found.wire:
        if not trial.found or trial.wrong:
            yield f"  {_trial(trial)}"
    good = sum(trial.found for trial in found.wire)
    yield f"  {good} of {len(found.wire)} found; of these are not asked for:"
    yield from (f"    {name}: {why}" for name, why in NOT_ASKED.items())
    yield ""


def _trial(trial: Trial) -> str:
    state = "found" if trial.found else "told" if trial.told else "MISSED"
    told = ", ".join((*trial.codes, *trial.errors)) or "nothing"
    wanted = KINDS[trial.code].used.action.value
    asked = "" if trial.asked_for else " (not asked for)"
    became = f"{trial.wrong} wrong, {trial.missing} missing{asked} {trial.cause} {''.join(trial.notes)}"
    return f"{trial.name:<40}{state:<7}stream {trial.outcome} (table: {wanted}), told {told}, {became}"


def _clean(found: Results) -> Iterator[str]:
    clean = found.clean
    told = 1000 * clean.told / max(clean.runs, 1)
    yield (
        f"clean: {clean.runs:,} runs, {clean.windows:,} windows, {clean.records:,} records;"
        f" blocked in {clean.blocked} runs, told in {clean.told} ({told:.1f} per 1,000)"
    )
    for plot, (runs, blocked, noticed) in clean.by_plot.items():
        if blocked or noticed:
            yield f"  {plot:<16} {runs:>6} runs, {blocked} blocked, {noticed} told"
    for title, alarms in (("blocked", clean.alarms), ("told", clean.notices)):
        kinds: dict[tuple[str, str, str], list[Any]] = {}
        for alarm in alarms:
            kinds.setdefault((alarm.where.split()[0], alarm.code, alarm.path), []).append(alarm)
        for (stream, code, path), many in sorted(kinds.items(), key=lambda one: -len(one[1]))[:_TOP]:
            one = many[0]
            yield f"  {title} {len(many):>4} x {code} {stream} {path or '-'}: {one.where} run {one.run}"
            yield f"         {one.detail[:140]}"
    yield ""


def _costs(found: Results) -> Iterator[str]:
    yield "pulled, microseconds of CPU a record: without detectors, with them; what they add, what they take"
    for pull in found.pulls:
        shares = f"{100 * pull.added:>8.1f} %{100 * pull.own:>8.1f} %"
        yield f"  {pull.what:<24}{pull.without:>8.1f}{pull.examining:>8.1f}{shares}"
    yield "records in memory, in chunks as large as a run's: reading, mapping and encoding one, examining it"
    for cost in found.costs:
        yield f"  {cost.stage:<24}{cost.work:>8.1f}{cost.examine:>8.2f}{100 * cost.share:>8.1f} %"
    yield ""


def _of_all_records(measures: Measures) -> Iterator[str]:
    """Yield what was missed though all records changed, in windows of the size by which we are judged."""
    mark = f" {JUDGED_SIZE} 100% "
    found = {key: [text for text in many if mark in text] for key, many in measures.misses.items()}
    yield f"missed though all of {JUDGED_SIZE} records changed: {sum(map(len, found.values()))}"
    for (code, variant), many in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        if many:
            yield f"  {len(many):>5} x {code}/{variant}"
            yield from (f"          {example}" for example in many[:EXAMPLES])


def _misses(measures: Measures) -> Iterator[str]:
    total = Ratio(sum(measures.missed.values()), max(sum(c.found.total for c in measures.cells.values()), 1))
    yield f"missed: {total.hits} cases; by variant, with examples"
    for (code, variant), number in measures.missed.most_common(_TOP):
        yield f"  {number:>5} x {code}/{variant}"
        yield from (f"          {example}" for example in measures.misses[code, variant][:EXAMPLES])
    for title, many in (
        ("blocked though unused or an open list", measures.forbidden),
        ("blocked elsewhere than where it changed", measures.astray),
        ("wrong records published after a change of structure", measures.wrong_structure),
        ("found, but not at the exact path", measures.inexact),
        ("a detector failed", measures.failed),
    ):
        if many:
            yield f"{title}: {len(many)}"
            yield from (f"  {example}" for example in many[:: max(len(many) // 12, 1)][:12])


def as_json(found: Results, seconds: float) -> dict[str, Any]:
    """Return everything for scripts; every miss is in it."""
    measures, clean = found.mutations, found.clean
    return {
        "seconds": round(seconds, 1),
        "bounds": [asdict(bound) for bound in bounds(found)],
        "cells": [
            {"class": kind, "window": size, "share": share, **cell.to_json()}
            for (kind, size, share), cell in sorted(measures.cells.items())
        ],
        "rows": [
            {"class": kind, "code": code, **cell.to_json()}
            for (kind, code), cell in sorted(measures.rows.items())
        ],
        "misses": {f"{code}/{name}": many for (code, name), many in sorted(measures.misses.items())},
        "forbidden": measures.forbidden,
        "astray": measures.astray,
        "wrong_structure": measures.wrong_structure,
        "inexact": measures.inexact,
        "wire": [{**asdict(trial), "found": trial.found, "told": trial.told} for trial in found.wire],
        "clean": {**asdict(clean)},
        "pulls": [asdict(pull) for pull in found.pulls],
        "costs": [{**asdict(cost), "share": cost.share} for cost in found.costs],
    }
