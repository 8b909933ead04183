"""API changes made to order, one of a used field in each stream, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sandbox.mutations import Mutation
from sluice.cli.certify.candidates import Candidate
from sluice.cli.certify.edits import mutations_of
from sluice.cli.certify.truth import State, differences, untrue
from sluice.connector.paths import path_text
from sluice.model.erp_json import read
from sluice.registry.incidents import Incident
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.runs import RunView

TOUCHED = 0.75
"""The share of a stream's records that count as changed before it breaks: the others need not be read."""

Judged = tuple[list[str], str]
"""What is wrong, and what was seen."""


def break_streams(candidate: Candidate, codes: Mapping[str, Sequence[str]]) -> dict[str, Mutation]:
    """Order one mutation for each stream, of the first code that fits; return them by stream."""
    return {name: found for name in codes if (found := _break(candidate, name, codes[name]))}


def judge_breaks(candidate: Candidate, view: RunView, broken: Mapping[str, Mutation]) -> Iterator[Judged]:
    """Yield for each broken stream what came of it."""
    events, wrong = candidate.heard(view)
    truth = candidate.truth()
    wrong += untrue(events, truth.all)
    if wrong:
        yield wrong, ""
    outcomes = {one.stream: one for one in view.streams}
    incidents = list_changes(candidate.deployment.world, candidate.name)
    for name, mutation in broken.items():
        one = outcomes.get(name)
        if one is None:
            yield [f"{name}: {mutation.code} was not met: the run did not reach the stream"], ""
            continue
        aside = bool(one.counts.get("quarantined"))
        what = "records set aside" if aside and one.outcome == "synced" else one.outcome
        named = [found for found in incidents if found.stream == name and _names(found, mutation)]
        found = [] if named else [_not_named(name, mutation, what, incidents)]
        if what == "synced":
            found += _went_on(name, mutation, candidate.consumer.state, truth.by_stream[name])
        told = ", ".join(f"{(one.change or {})['code']} at {(one.change or {})['path']}" for one in named)
        yield found, f"{mutation}: {what}, named {told}"


def _went_on(name: str, mutation: Mutation, state: State, records: State) -> list[str]:
    """Return what a stream lacks that went on."""
    mine = {key: data for key, data in state.items() if key in records}
    return [f"{name} went on in spite of {mutation}: {one}" for one in differences(mine, records)]


def _break(candidate: Candidate, stream: str, codes: Sequence[str]) -> Mutation | None:
    sandbox = candidate.server.sandbox
    shelf, mapper = sandbox.shelves[stream], candidate.subject.mappers[stream]
    with sandbox.lock:
        keys = list(shelf.rows)
        if not keys:
            return None
        shelf.change(keys[: round(len(keys) * TOUCHED)], {})
        records = [read(row.body) for row in shelf.rows.values()]
        for mutation in mutations_of(shelf.stream, mapper, records, codes):
            try:
                sandbox.mutate(mutation)
            except ValueError:
                continue  # it cannot show there; the next one may
            return next(one for one in sandbox.active.mutations if one.stream == stream)
    return None


def _names(incident: Incident, mutation: Mutation) -> bool:
    """Return whether an incident is about the mutated field, what is above it or what is below it."""
    path = str((incident.change or {}).get("path", "")).replace("[]", "")
    ordered = path_text(mutation.path)
    return path == ordered or path.startswith(f"{ordered}.") or ordered.startswith(f"{path}.")


def _not_named(name: str, mutation: Mutation, what: str, incidents: Sequence[Incident]) -> str:
    said = [
        f"{(one.change or {})['code']} at {(one.change or {})['path']}"
        for one in incidents
        if one.stream == name
    ]
    return f"{name}: {mutation} ended {what} and was not named; named were {', '.join(said) or 'none'}"
