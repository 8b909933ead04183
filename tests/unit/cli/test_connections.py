from __future__ import annotations

import io

import pytest

from sluice.usecases.access.credentials import credentials_name
from tests.unit.cli.conftest import Terminal


def test_a_connection_is_added_listed_shown_paused_and_removed(terminal: Terminal) -> None:
    added = terminal(
        "connections", "add", "beta", "toy", "--secret", "key=canary", "--schedule", "rate(1 hour)",
        "--stream", "customer", "--json",
    )  # fmt: skip
    assert added.code == 0
    assert added.json["settings"] == {"base_url": "https://erp.example"}
    assert [row["name"] for row in terminal("connections", "list", "--json").json] == ["acme", "beta"]
    assert terminal("connections", "pause", "beta").code == 0
    assert terminal("connections", "show", "beta", "--json").json["paused"] is True
    assert terminal("connections", "resume", "beta").code == 0
    assert terminal("connections", "show", "beta", "--json").json["paused"] is False
    assert terminal("connections", "remove", "beta", "--yes").code == 0
    assert [row["name"] for row in terminal("connections", "list", "--json").json] == ["acme"]


def test_a_secret_goes_to_the_store_and_nowhere_else(terminal: Terminal) -> None:
    said = terminal("connections", "add", "beta", "toy", "--secret", "key=canary=1")
    shown = terminal("connections", "show", "beta", "--json")
    assert "canary" not in said.out + said.err + shown.out
    assert shown.json["secrets"] == ["key"]
    assert terminal.rig.world.secrets.get(credentials_name("beta"))["key"].reveal() == "canary=1"


def test_everything_wrong_is_said_at_once_and_nothing_is_stored(terminal: Terminal) -> None:
    said = terminal("connections", "add", "Beta!", "toy", "--secret", "key=x", "--schedule", "hourly")
    assert said.code == 2
    assert "'Beta!'" in said.err
    assert "hourly" in said.err
    assert len(terminal("connections", "list", "--json").json) == 1


def test_a_missing_secret_and_an_unknown_setting_are_wrong_use(terminal: Terminal) -> None:
    missing = terminal("connections", "add", "beta", "toy")
    assert missing.code == 2
    assert "key" in missing.err
    unknown = terminal(
        "connections", "add", "beta", "toy", "--secret", "key=x", "--set", "bas_url=https://a.example"
    )
    assert unknown.code == 2
    assert "bas_url" in unknown.err


def test_a_connection_is_not_replaced_unless_that_is_meant(terminal: Terminal) -> None:
    assert terminal("connections", "add", "acme", "toy", "--secret", "key=x").code == 2
    assert terminal("connections", "add", "acme", "toy", "--update").code == 0
    kept = terminal.rig.world.secrets.get(credentials_name("acme"))
    assert kept["key"].reveal() == "canary-key"


def test_a_removal_says_which_run_it_ended(terminal: Terminal) -> None:
    terminal.rig.world.leases.take("acme", "run-1", terminal.rig.clock.now())
    said = terminal("connections", "remove", "acme", "--yes")
    assert said.code == 0
    assert said.err == "acme is removed; the run run-1 was under way and ends with its next step\n"


def test_a_removed_connection_leaves_no_quarantine_to_the_next_of_its_name(terminal: Terminal) -> None:
    terminal.rig.erp.put("customer", 99, {"not": "a name"})
    terminal.rig.run()
    assert len(terminal("quarantine", "list", "acme", "--json").json) == 1
    assert terminal("connections", "remove", "acme", "--yes").err == "acme is removed\n"
    assert terminal("connections", "add", "acme", "toy", "--secret", "key=x").code == 0
    assert terminal("quarantine", "list", "acme", "--json").json == []


def test_removing_asks(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    said = terminal("connections", "remove", "acme")
    assert said.code == 130
    assert len(terminal("connections", "list", "--json").json) == 1
