from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.cli import run as run_module
from sluice.cli.changes import decide as changes_decide
from sluice.model.change_kinds import change_of
from sluice.registry.incidents import Incidents, Sighting
from sluice.registry.overrides import Override, Overrides
from sluice.usecases.deciding.changes import list_changes
from tests.flows.replay.replaying import rename, replay_all
from tests.flows.toy_erp import MAPPING
from tests.unit.cli.conftest import Terminal

PATCHED = MAPPING.format(stream="department").replace("name: name", "name: title")


@pytest.fixture
def change(terminal: Terminal) -> str:
    """The departments are held, because their name has become a title."""
    rig = terminal.rig
    for key in range(1, 26):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.run()
    rename(rig, name="title")
    rig.erp.put("department", 26, "Ny")
    assert rig.run()["outcome"] == "held"
    (incident,) = [one for one in list_changes(rig.world) if (one.change or {})["code"] == "D44"]
    return incident.id


@pytest.fixture
def _replays_at_once(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> None:
    snapshots = run_module._snapshots

    def replaying(world: object, run: str) -> Iterator[object]:
        replay_all(terminal.rig)
        return snapshots(world, run)  # type: ignore[arg-type, return-value]

    monkeypatch.setattr(run_module, "_snapshots", replaying)


@pytest.mark.usefixtures("_replays_at_once")
def test_one_command_makes_the_held_data_flow(terminal: Terminal, change: str) -> None:
    before = len(terminal.rig.consumer.events)
    said = terminal("changes", "accept", change, "--apply-suggestion", "--by", "kari", "--wait")
    assert said.code == 0, said.err
    assert f"{change} is accepted by kari" in said.err
    assert "contract version 2, and its mapping is patched" in said.err
    assert "department: replayed, 26 fetched, 1 published, 25 unchanged" in said.err
    assert len(terminal.rig.consumer.events) == before + 1


def test_what_accepting_did_is_said_in_json(terminal: Terminal, change: str) -> None:
    said = terminal(
        "changes", "accept", change, "--everywhere", "--apply-suggestion", "--by", "kari", "--json"
    )
    (found,) = said.json
    assert found["decided"]["who"] == "kari"
    assert found["replay"].startswith(f"acme-replay-{change}-")
    again = terminal("changes", "accept", change, "--by", "ola", "--json").json
    assert (again[0]["decided"], again[0]["replay"]) == (found["decided"], found["replay"])


def test_rejecting_what_was_accepted_changes_nothing_and_says_so(terminal: Terminal, change: str) -> None:
    assert terminal("changes", "reject", change, "--by", "ola").code == 0
    assert terminal("changes", "accept", change, "--by", "kari").code == 0
    said = terminal("changes", "reject", change, "--by", "ola")
    assert said.code == 1
    assert "was accepted by kari" in said.err


def test_a_change_that_keeps_holding_the_stream_is_named(terminal: Terminal, change: str) -> None:
    world = terminal.rig.world
    other = change_of("D50", "id", ("a number", "an object"), ("key",))
    sighting = Sighting("run-0002", "department", "ApiChanged", "", "2026-11-21T09:00:00Z", other)
    incident, _ = Incidents(world.state, "acme").report(sighting)
    said = terminal("changes", "accept", change)
    assert f"the stream stays held by another change: sluice changes show {incident.id}" in said.err


def test_the_patched_mapping_is_printed_and_written(
    terminal: Terminal, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_decide, "ROOT", tmp_path)
    assert terminal("changes", "export", "toy", "department").code == 2
    terminal("changes", "accept", change, "--apply-suggestion")
    assert terminal("changes", "export", "toy", "department").out == PATCHED
    file = tmp_path / "transformers" / "toy" / "department.yaml"
    file.parent.mkdir(parents=True)
    said = terminal("changes", "export", "toy", "department", "--connection", "acme", "--write")
    assert (said.code, file.read_text()) == (0, PATCHED)
    assert "connectors/toy/department.yaml has to be changed with it" in said.err
    assert "does not declare 'title'" in said.err
    overrides = Overrides(terminal.rig.world.state, "acme")
    known = overrides.get("department")
    assert known is not None
    overrides.put("department", Override(PATCHED, "another file", (), "", "", "", known.version))
    said = terminal("changes", "export", "toy", "department", "--write")
    assert said.code == 1
    assert "was changed since" in said.err


@pytest.mark.usefixtures("_replays_at_once")
def test_the_quarantine_is_replayed(terminal: Terminal) -> None:
    said = terminal("quarantine", "replay", "acme")
    assert (said.code, said.err) == (0, "nothing of acme is quarantined\n")
    terminal.rig.erp.put("customer", 99, None)
    terminal.rig.run()
    text = MAPPING.format(stream="customer").replace("name: name", "name: {first: [name, {value: unnamed}]}")
    Overrides(terminal.rig.world.state, "acme").put("customer", Override(text, "", (), "", "", ""))
    said = terminal("quarantine", "replay", "acme", "customer", "--wait")
    assert said.code == 0, said.err
    assert terminal("quarantine", "list", "acme", "--json").json == []
    assert terminal.rig.consumer.names("customer")[99] == "unnamed"
    assert terminal("quarantine", "replay", "nobody").code == 2
