from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from sluice.model.change import Action
from sluice.usecases.fetching.standing import CHUNK_EVENTS, STEP_EVENTS, STREAM_EVENTS
from tests.unit.cli.conftest import Terminal


def test_a_run_tells_its_progress_and_its_sum(terminal: Terminal, runs_at_once: Callable[[], None]) -> None:
    runs_at_once()
    said = terminal("run", "acme")
    assert said.code == 0
    assert said.out.startswith("succeeded: 2 streams, 25 records fetched, 25 published")
    assert "customer: synced, 25 fetched, 25 published" in said.err


def test_a_run_in_json_is_the_run_with_its_streams(
    terminal: Terminal, runs_at_once: Callable[[], None]
) -> None:
    runs_at_once()
    found = terminal("run", "acme", "--json").json
    assert found["status"] == "succeeded"
    assert {stream["stream"]: stream["outcome"] for stream in found["streams"]} == {
        "customer": "synced",
        "department": "synced",
    }


def test_a_run_that_goes_on_as_another_is_followed_to_its_end(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = terminal.rig
    rig.events = 2 * (STREAM_EVENTS + STEP_EVENTS + CHUNK_EVENTS)
    monkeypatch.setattr("sluice.cli.run.start_run", lambda world, connection: rig.run_on()[0]["run"])
    said = terminal("run", "acme")
    assert said.code == 0
    assert "run-0001 goes on as run-0001-part-2" in said.err
    assert said.out.startswith("succeeded: 1 streams, ")
    assert len(rig.consumer.names("customer")) == 25
    listed = terminal("runs", "list", "--json").json
    assert [(row["id"], row["trigger"]) for row in listed[-2:]] == [
        ("run-0001-part-2", "continued"),
        ("run-0001", "manual"),
    ]
    assert (listed[-1]["status"], listed[-1]["continued_as"]) == ("continued", "run-0001-part-2")
    assert terminal("runs", "show", "run-0001-part-2", "--json").json["continues"] == "run-0001"
    filtered = terminal("runs", "list", "--status", "continued", "--json").json
    assert "run-0001" in {row["id"] for row in filtered}


def test_an_unknown_connection_is_wrong_use(terminal: Terminal) -> None:
    said = terminal("run", "nobody")
    assert said.code == 2
    assert "there are: acme" in said.err


def test_runs_are_listed_and_shown(terminal: Terminal) -> None:
    run = terminal.rig.run()["run"]
    assert [row["id"] for row in terminal("runs", "list", "--json").json] == [run]
    assert run in terminal("runs", "list", "acme").out
    shown = terminal("runs", "show", run)
    assert "succeeded" in shown.out
    assert "customer" in shown.out
    assert terminal("runs", "show", run, "--json").json["path"] == []
    assert Action.HOLD not in shown.out


def test_a_run_that_failed_as_a_whole_says_why_and_what_to_do(
    terminal: Terminal, runs_at_once: Callable[[], None]
) -> None:
    rig = terminal.rig
    rig.world.connections.replace(replace(rig.world.connections.get("acme"), streams=("nothing",)))
    runs_at_once()
    said = terminal("run", "acme")
    assert said.code == 1
    assert "toy has no stream 'nothing'; it has: customer" in said.err
    advice = "what to do about ConfigurationInvalid: Correct what the faults name"
    assert advice in said.err
    (run,) = (row["id"] for row in terminal("runs", "list", "--json").json)
    shown = terminal("runs", "show", run).out
    assert shown.count("(docs/runbook.md#configurationinvalid)") == 1


def test_what_to_do_about_an_error_is_said_once_for_all_streams(
    terminal: Terminal, runs_at_once: Callable[[], None]
) -> None:
    terminal.rig.erp.key = "another"
    runs_at_once()
    said = terminal("run", "acme")
    assert (said.code, said.err.count("CredentialsRejected: ")) == (1, 3)
    assert said.err.count("what to do about") == 1
    assert "sluice connections change acme --secret KEY" in said.err
    assert "sluice connections authorize acme). (docs/runbook.md#credentialsrejected)" in said.err
