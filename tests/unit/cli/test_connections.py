from __future__ import annotations

import io
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.model.connection import Connection
from sluice.usecases.access.credentials import credentials_name
from sluice.usecases.connections import ConnectionDesk
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


def test_where_there_is_no_connection_yet_it_is_said_how_to_make_one(terminal: Terminal) -> None:
    assert "there are: acme" in terminal("connections", "show", "beta").err
    terminal("connections", "remove", "acme", "--yes")
    said = terminal("connections", "show", "beta")
    assert (said.code, said.err.count("sluice connections add makes one")) == (2, 1)


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


WHOLE = (
    "--set", "base_url=https://one.example", "--schedule", "rate(1 hour)", "--stream", "customer",
    "--policy", "D45=notify", "--events-per-message", "10",
)  # fmt: skip


def whole(terminal: Terminal) -> dict[str, object]:
    added = terminal("connections", "add", "beta", "toy", "--secret", "key=canary", *WHOLE, "--json")
    assert added.code == 0, added.err
    found: dict[str, object] = added.json
    return found


def without_stamp(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if name != "created_at"}


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (("--schedule", "rate(2 hours)"), {"schedule": "rate(2 hours)"}),
        (("--set", "base_url=https://two.example"), {"settings": {"base_url": "https://two.example"}}),
        (("--stream", "department"), {"streams": ["department"]}),
        (("--policy", "D52=hold"), {"policy": {"D45": "notify", "D52": "hold"}}),
        (("--events-per-message", "7"), {"events_per_message": 7}),
        (("--secret", "key=other"), {}),
        ((), {}),
    ],
)
@pytest.mark.parametrize("way", [("change", "beta"), ("add", "beta", "toy", "--update")])
def test_what_is_not_given_stays(
    terminal: Terminal, way: tuple[str, ...], options: tuple[str, ...], changed: dict[str, object]
) -> None:
    before = whole(terminal)
    found = terminal("connections", *way, *options, "--json")
    assert found.code == 0, found.err
    assert without_stamp(found.json) == without_stamp({**before, **changed})
    wanted = "other" if "key=other" in options else "canary"
    assert terminal.rig.world.secrets.get(credentials_name("beta"))["key"].reveal() == wanted


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (("--no-schedule",), {"schedule": None}),
        (("--all-streams",), {"streams": None}),
        (("--unset", "base_url"), {"settings": {"base_url": "https://erp.example"}}),
        (("--no-policy", "D45", "--policy", "D52=hold"), {"policy": {"D52": "hold"}}),
        (("--any-events-per-message",), {"events_per_message": None}),
    ],
)
def test_what_is_there_can_be_taken_away(
    terminal: Terminal, options: tuple[str, ...], changed: dict[str, object]
) -> None:
    before = whole(terminal)
    found = terminal("connections", "change", "beta", *options, "--json")
    assert found.code == 0, found.err
    assert without_stamp(found.json) == without_stamp({**before, **changed})
    shown = terminal("connections", "show", "beta", "--json").json
    assert {name: shown[name] for name in changed} == changed
    assert ("beta" in terminal.rig.schedules.kept) == (shown["schedule"] is not None)


def test_a_paused_connection_stays_paused_when_it_is_changed(terminal: Terminal) -> None:
    whole(terminal)
    terminal("connections", "pause", "beta")
    assert terminal("connections", "change", "beta", "--schedule", "rate(2 hours)").code == 0
    assert terminal("connections", "show", "beta", "--json").json["paused"] is True


def test_a_change_that_is_wrong_changes_nothing(terminal: Terminal) -> None:
    before = whole(terminal)
    wrong = terminal("connections", "change", "beta", "--schedule", "hourly", "--stream", "nothing")
    assert wrong.code == 2
    assert "hourly" in wrong.err
    both = terminal("connections", "change", "beta", "--schedule", "rate(1 day)", "--no-schedule")
    assert (both.code, "--schedule and --no-schedule exclude each other" in both.err) == (2, True)
    assert terminal("connections", "change", "nobody", "--no-schedule").code == 2
    shown = terminal("connections", "show", "beta", "--json").json
    assert {name: shown[name] for name in before if name != "note"} == {
        name: found for name, found in before.items() if name != "note"
    }


def test_of_two_who_change_at_once_the_second_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(terminal)
    add = ConnectionDesk.add

    def meanwhile(desk: ConnectionDesk, *given: Any, **more: Any) -> Connection:
        known = desk.world.connections.get("beta")
        desk.world.connections.replace(replace(known, schedule="rate(5 hours)"))
        return add(desk, *given, **more)

    monkeypatch.setattr(ConnectionDesk, "add", meanwhile)
    said = terminal("connections", "change", "beta", "--stream", "department")
    assert (said.code, "somebody else has changed beta" in said.err) == (1, True)
    shown = terminal("connections", "show", "beta", "--json").json
    assert (shown["schedule"], shown["streams"]) == ("rate(5 hours)", ["customer"])
