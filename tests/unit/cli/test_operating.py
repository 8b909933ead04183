"""Runs listed and ended, topics, the overview and the audit at the command line."""

from __future__ import annotations

import pytest
from msgspec.structs import force_setattr, replace

from sluice.cli.operating import topics as topics_module
from sluice.local.memory_queue import MemoryQueue
from sluice.ports.topic import OutgoingMessage
from sluice.registry.runs import Run
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.operating.runs import start_run
from sluice.usecases.operating.topics import Moved, Redriving
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.world import World, iso
from tests.flows.toy_erp import reply
from tests.unit.cli.conftest import Terminal


def started(terminal: Terminal) -> str:
    world = terminal.rig.world
    run = start_run(world, "acme")
    plan_run(world, PlanRun("acme", "manual", run, iso(world.clock.now())))
    return run


def test_runs_are_filtered_and_go_on_where_the_page_ended(terminal: Terminal) -> None:
    for number in range(6):
        status = "failed" if number % 2 else "succeeded"
        run = Run(f"run-{number}", "acme", "toy", "schedule", f"2026-11-2{number}T08:00:00Z", status)
        terminal.rig.world.runs.put(run, 0)
    failed = terminal("runs", "list", "--status", "failed", "--json")
    assert [one["id"] for one in failed.json] == ["run-5", "run-3", "run-1"]
    first = terminal("runs", "list", "--limit", "4", "--json")
    assert [one["id"] for one in first.json] == ["run-5", "run-4", "run-3", "run-2"]
    place = first.err.partition("--after '")[2].rstrip("'\n")
    rest = terminal("runs", "list", "--after", place, "--json")
    assert [one["id"] for one in rest.json] == ["run-1", "run-0"]
    assert rest.err == ""
    since = terminal("runs", "list", "acme", "--since", "2026-11-24", "--until", "2026-11-24", "--json")
    assert [one["id"] for one in since.json] == ["run-4"]
    assert terminal("runs", "list", "acme", "--after", "elsewhere").code == 2
    assert "no such runs" in terminal("runs", "list", "--text", "nothing has this").err


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("when", ["yesterday", "2026-11-31", "2026-11-21T08:00:00", "2026-11-21T08:61:00Z"])
def test_runs_are_listed_from_a_day_or_a_time_only(terminal: Terminal, option: str, when: str) -> None:
    terminal.rig.run()
    said = terminal("runs", "list", option, when)
    assert (said.code, said.out) == (2, "")
    assert f"{when!r} is no day and no time; right would be a day (2026-11-21) or a time in UTC" in said.err


def test_what_is_wrong_is_said_once(terminal: Terminal) -> None:
    for command in (["runs", "show"], ["changes", "show"]):
        assert terminal(*command, "nobody").err.count("'nobody'") == 1


def test_a_run_started_by_hand_waits_as_the_erp_asked_and_says_until_when(terminal: Terminal) -> None:
    rig, world = terminal.rig, terminal.rig.world
    rig.erp.faults = [reply(429, {}, retry_after="300")]
    first = started(terminal)
    waits = fetch_pages(world, FetchPages(first, "acme", "customer", None, 60))
    terminal("runs", "stop", first)
    asked = rig.erp.asked
    by_hand = started(terminal)
    for stream in ("customer", "department"):
        found = fetch_pages(world, FetchPages(by_hand, "acme", stream, None, 60))
        assert found["outcome"] == "throttled"
        assert found["resume_at"] >= waits["resume_at"]
    assert rig.erp.asked == asked
    shown = terminal("runs", "show", by_hand, "--json").json["streams"]
    assert {one["stream"] for one in shown if one["note"].startswith("waiting until 2026-11-21T")} == {
        "customer",
        "department",
    }
    assert "waiting until" in terminal("runs", "show", by_hand).out


def test_a_run_is_stopped_with_a_reason_and_redriven(terminal: Terminal) -> None:
    run = started(terminal)
    said = terminal("runs", "stop", run, "--reason", "wrong tenant")
    assert said.code == 0
    assert "wrong tenant" in said.err
    assert terminal("runs", "stop", run).code == 1
    shown = terminal("runs", "show", run, "--json").json
    assert (shown["status"], shown["error"]) == ("stopped", "RunStopped")
    assert terminal("runs", "redrive", run).code == 0
    assert terminal("runs", "show", run, "--json").json["status"] == "running"
    again = terminal("runs", "redrive", run)
    assert (again.code, "sluice run CONNECTION" in again.err) == (1, True)
    assert terminal("runs", "stop", "nobody").code == 2


@pytest.fixture
def queues(terminal: Terminal) -> dict[str, MemoryQueue]:
    names = ("information", "information-dead-letters")
    queues = {name: MemoryQueue(terminal.rig.clock) for name in names}
    force_setattr(terminal.rig.world, "queues", queues)
    return queues


def test_topics_are_listed_and_their_dead_letters_moved(
    terminal: Terminal, queues: dict[str, MemoryQueue], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        queues["information-dead-letters"].accept(OutgoingMessage(str(number), {}))
    (listed,) = terminal("topics", "list", "--json").json
    assert (listed["name"], listed["depth"], listed["dead_letters"]) == ("information", 0, 25)
    steps: list[int] = []
    real = topics_module.redrive

    def in_steps(world: World, queue: str, wanted: Redriving) -> Moved:
        steps.append(wanted.limit)
        return real(world, queue, replace(wanted, limit=min(wanted.limit, 10)))

    monkeypatch.setattr(topics_module, "redrive", in_steps)
    said = terminal("topics", "redrive", "information", "--limit", "22")
    assert "22 messages are back on information, about 3 dead letters are left" in said.err
    assert steps == [22, 12, 2]
    wrong = terminal("topics", "redrive", "nobody")
    assert (wrong.code, wrong.err.count("no queue 'nobody'"), "nobody-dead" in wrong.err) == (2, 1, False)


def test_the_overview_shows_connections_and_what_needs_a_person(
    terminal: Terminal, queues: dict[str, MemoryQueue]
) -> None:
    terminal.rig.run()
    said = terminal("overview")
    assert "acme" in said.out
    assert "nothing needs a person" in said.err
    queues["information-dead-letters"].accept(OutgoingMessage("{}", {}))
    found = terminal("overview", "--json").json
    assert [one["need"] for one in found["first"]] == ["dead_letters"]
    assert found["connections"][0]["last_run"]["status"] == "succeeded"
    assert "dead letters" in terminal("overview").out


def test_the_audit_is_listed_by_person_and_connection(terminal: Terminal) -> None:
    terminal.rig.clock.advance(1)
    terminal("connections", "pause", "acme")
    terminal.rig.clock.advance(1)
    terminal("connections", "resume", "acme")
    found = terminal("audit", "list", "--connection", "acme", "--json").json
    assert [one["action"] for one in found] == ["connections.resume", "connections.pause", "connections.add"]
    assert terminal("audit", "list", "--who", "nobody").err.startswith("no such entries")
    for wrong in (("--since", "yesterday"), ("--until", "2026-13-45"), ("--after", "behind")):
        said = terminal("audit", "list", *wrong)
        assert (said.code, repr(wrong[1]) in said.err) == (2, True)
    first = terminal("audit", "list", "--limit", "1")
    assert "there are more: --after" in first.err
