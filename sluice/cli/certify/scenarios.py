"""What is done to a connector to certify it: four rounds of runs on connections side by side.

`calm` meets an ERP that behaves, `storm` one in trouble, `empty` one without records. Later rounds change,
delete and break. What was seen of each rule goes to the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Any

from msgspec import Struct, field

from sandbox.mutations import Mutation
from sluice.bootstrap.deployment import Deployment
from sluice.cli.certify.breaking import break_streams, judge_breaks
from sluice.cli.certify.candidates import Candidate, Subject, candidates_of, run_all
from sluice.cli.certify.edits import GONE, OTHERWISE, edit_of
from sluice.cli.certify.listening import listening
from sluice.cli.certify.plan import Plan, plan_of
from sluice.cli.certify.rules import Finding, Findings
from sluice.cli.certify.truth import Key, State, Truth, differences
from sluice.cli.words import say
from sluice.model.erp_json import read
from sluice.usecases.operating.runs import RunView

LONGEST_NAME = 34
"""Of a connection's name, so that what tells one from the other fits behind it."""


def certify(deployment: Deployment, subject: Subject) -> list[Finding]:
    """Return a finding for every rule; what was made on the deployment for it is gone again."""
    plan = plan_of(subject.connector)
    calm, storm, empty = names_of(subject.connector.name)
    records = {calm: plan.records, storm: plan.records, empty: plan.pages}
    with (
        listening(deployment, calm, list(records)) as ears,
        candidates_of(deployment, subject, records, ears) as made,
    ):
        rounds = Rounds(plan, made[calm], made[storm], made[empty])
        rounds.all()
    return rounds.findings.all()


def names_of(connector: str) -> tuple[str, str, str]:
    """Return the names of the connections that a connector is certified with."""
    base = f"certify-{connector.replace('_', '-')}"[:LONGEST_NAME].rstrip("-")
    return base, f"{base}-storm", f"{base}-empty"


class Rounds(Struct):
    """The rounds of one certification, in the order of :meth:`all`."""

    plan: Plan
    calm: Candidate
    storm: Candidate
    empty: Candidate
    findings: Findings = field(default_factory=Findings)
    unbroken: set[str] = field(default_factory=set)

    def all(self) -> None:
        """Run them all."""
        self.unbroken = set(self.plan.records)
        for rule, reason in self.plan.exempt.items():
            self.findings.exempt(rule, reason)
        say("1 of 4: everything is read; once in trouble, once where there is nothing")
        self.first()
        say("2 of 4: nothing new; records are gone; the first records come")
        self.second()
        say("3 of 4: one record changed; used fields are gone")
        self.third()
        say("4 of 4: used fields have another name, place or type")
        self.fourth()
        if self.unbroken:
            names = ", ".join(sorted(self.unbroken))
            self.findings.fail("api_changes", f"nothing that is used could be broken in {names}")

    def first(self) -> None:
        """Read everything: in good weather, in trouble, and where there is nothing."""
        for _, order in self.plan.faults:
            self.storm.server.sandbox.mishaps.order(order)
        _clear(self.empty)
        calm, storm, empty = run_all([self.calm, self.storm, self.empty])
        self._judge_full(calm)
        self._judge_faults(storm)
        events, wrong = self.empty.heard(empty)
        surplus = [f"{len(events)} events came of nothing"] if events else []
        self.findings.judge(
            "empty_streams",
            [*_not_well(empty), *wrong, *surplus],
            f"{_counted(empty.streams)} without records: nothing published",
        )

    def second(self) -> None:
        """Read again: nothing new; one record of each stream gone; a page of each where none was."""
        whole, before = self._read_whole(), self.storm.truth()
        for name in whole:
            _delete_one(self.storm, name)
        gone = _missing(before, self.storm.truth(), whole)
        self.storm.make_whole_reads_due()
        _fill(self.empty, self.plan.pages)
        calm, storm, filled = run_all([self.calm, self.storm, self.empty])
        self._judge_filled(filled)
        events, wrong = self.calm.heard(calm)
        again = [f"{len(events)} records were published again"] if events else []
        self.findings.judge(
            "nothing_new", [*_not_well(calm), *wrong, *again], "a second run published nothing"
        )
        self._judge_deletes(storm, gone)

    def third(self) -> None:
        """Change one record of each stream; break each stream of the other connection."""
        before = self.calm.truth().all
        for name in self.calm.subject.mappers:
            _change_one(self.calm, name)
        after = self.calm.truth().all
        changed = [key for key, data in after.items() if before.get(key) != data]
        broken = break_streams(self.storm, dict.fromkeys(self.plan.records, GONE))
        calm, storm = run_all([self.calm, self.storm])
        self._judge_changed(calm, changed)
        self._judge_broken(self.storm, storm, broken)

    def fourth(self) -> None:
        """Break each stream in another way, where it has been read in peace until now."""
        turns = {name: _from(OTHERWISE, at) for at, name in enumerate(self.plan.records)}
        broken = break_streams(self.calm, turns)
        (calm,) = run_all([self.calm])
        self._judge_broken(self.calm, calm, broken)

    def _judge_full(self, view: RunView) -> None:
        events, wrong = self.calm.heard(view)
        truth, state = self.calm.truth(), self.calm.consumer.state
        wrong = [*_not_well(view), *truth.wrong, *wrong, *differences(state, truth.all)]
        seen = f"{len(events)} records of {_counted(truth.by_stream)}, each as it is in the ERP"
        self.findings.judge("full_sync", wrong, seen)
        asked = self.calm.server.sandbox.counts
        for name, records in truth.by_stream.items():
            if name not in self.plan.paged:
                continue
            wrong = differences(_of(state, records), records)
            if asked[name] < 2:
                wrong.append(f"{name} was read with {asked[name]} request")
            seen = f"{name}: {self.plan.records[name]} records with {asked[name]} requests"
            self.findings.judge("many_pages", wrong, seen)

    def _judge_filled(self, view: RunView) -> None:
        events, wrong = self.empty.heard(view)
        truth = self.empty.truth()
        wrong += [*_not_well(view), *truth.wrong, *differences(self.empty.consumer.state, truth.all)]
        seen = f"{len(events)} records of {_counted(view.streams)}, the first that these ever had"
        self.findings.judge("one_page", wrong, seen)

    def _judge_faults(self, view: RunView) -> None:
        _, wrong = self.storm.heard(view)
        truth, state = self.storm.truth(), self.storm.consumer.state
        waiting = self.storm.server.sandbox.mishaps.waiting()
        for rule, order in self.plan.faults:
            name = str(order.get("stream", ""))
            records = truth.by_stream[name] if name else truth.all
            found = [*_not_well(view, name), *wrong, *differences(_of(state, records), records)]
            if any(_same(order, one) for one in waiting):
                found.append(f"{name or 'the connection'} never met it")
            met = "once" if order["times"] == 1 else f"{order['times']} times"
            where = f"{name}, met {met}" if name else f"met {met}, in mid-run"
            if rule == "session_expiry":
                where = f"{where}, {self.storm.server.sandbox.door.logins} logins"
            self.findings.judge(rule, found, f"{where}: all {len(records)} records arrived once")

    def _read_whole(self) -> list[str]:
        streams = self.storm.subject.connector.streams
        never = [
            name
            for name, one in streams.items()
            if one.incremental and one.incremental.whole_read_every_hours is None and one.deletions is None
        ]
        if len(never) == len(streams):
            self.findings.exempt("deletes", "no stream is read whole, or has tombstones")
        return [name for name in streams if name not in never]

    def _judge_deletes(self, view: RunView, gone: Sequence[Key]) -> None:
        events, wrong = self.storm.heard(view)
        if not gone:
            return
        kinds = {event["type"].partition(".")[2] for event in events}
        if len(events) != len(gone) or kinds != {"deleted"}:
            wrong.append(f"{len(events)} events ({', '.join(sorted(kinds))}) for {len(gone)} deletes")
        wrong += [*_not_well(view), *differences(self.storm.consumer.state, self.storm.truth().all)]
        self.findings.judge("deletes", wrong, f"{len(gone)} records, missed or told: each is one delete")

    def _judge_changed(self, view: RunView, changed: Sequence[Key]) -> None:
        events, wrong = self.calm.heard(view)
        if len(events) != len(changed) or not changed:
            wrong.append(f"{len(events)} events for {len(changed)} changed records")
        wrong += [*_not_well(view), *differences(self.calm.consumer.state, self.calm.truth().all)]
        self.findings.judge("one_changed", wrong, f"{len(changed)} records changed: each is one event")

    def _judge_broken(self, candidate: Candidate, view: RunView, broken: dict[str, Mutation]) -> None:
        self.unbroken -= set(broken)
        for wrong, seen in judge_breaks(candidate, view, broken):
            self.findings.judge("api_changes", wrong, seen)


def _not_well(view: RunView, stream: str = "") -> list[str]:
    """Return what is wrong with a run that should have gone well, or with one stream of it."""
    if not view.streams:
        cause = view.execution.cause if view.execution else None
        return [f"the run did nothing: {cause or 'no further word'}"]
    return [
        f"{one.stream} is {one.outcome}: {one.error or ''} {one.cause or one.note}".rstrip()
        for one in view.streams
        if stream in {"", one.stream} and (one.outcome != "synced" or one.counts.get("quarantined"))
    ]


def _missing(before: Truth, after: Truth, streams: Iterable[str]) -> list[Key]:
    """Return what is gone of the streams; with a parent goes all below it, with a document its rows."""
    return [key for name in streams for key in before.by_stream[name] if key not in after.by_stream[name]]


def _change_one(candidate: Candidate, stream: str) -> None:
    sandbox = candidate.server.sandbox
    shelf, mapper = sandbox.shelves[stream], candidate.subject.mappers[stream]
    with sandbox.lock:
        for row in list(shelf.rows.values()):
            edit = edit_of(shelf.stream, mapper, row.key, read(row.body))
            if edit is not None:
                shelf.change([edit.key], edit.values)
                return


def _delete_one(candidate: Candidate, stream: str) -> None:
    sandbox = candidate.server.sandbox
    shelf, mapper = sandbox.shelves[stream], candidate.subject.mappers[stream]
    with sandbox.lock:
        for row in list(shelf.rows.values()):
            if mapper.map(read(row.body), candidate.name).data is not None:
                shelf.delete([row.key])
                return


def _counted(streams: Sized) -> str:
    return f"{len(streams)} stream{'' if len(streams) == 1 else 's'}"


def _clear(candidate: Candidate) -> None:
    """Empty every stream. A sandbox that began empty would later make records that refer to nothing."""
    sandbox = candidate.server.sandbox
    with sandbox.lock:
        for shelf in sandbox.shelves.values():
            shelf.delete(list(shelf.rows))


def _fill(candidate: Candidate, records: Mapping[str, int]) -> None:
    sandbox = candidate.server.sandbox
    with sandbox.lock:
        for name, count in records.items():
            sandbox.shelves[name].add(count)


def _same(order: Mapping[str, Any], waiting: Mapping[str, Any]) -> bool:
    """Return whether a fault still waits to be met; how often, and behind which request, counts down."""
    told = {"stream": "", "status": 500, **order}
    return all(told[name] == waiting[name] for name in ("kind", "stream", "status"))


def _of(state: State, records: State) -> State:
    """Return the part of a consumer's state that is of these records."""
    return {key: data for key, data in state.items() if key in records}


def _from(codes: Sequence[str], at: int) -> Sequence[str]:
    turn = at % len(codes)
    return [*codes[turn:], *codes[:turn]]
