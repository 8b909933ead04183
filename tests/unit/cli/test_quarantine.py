from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Terminal


def test_a_quarantined_record_is_listed_with_its_fault_and_shown_raw(terminal: Terminal) -> None:
    terminal.rig.erp.put("customer", 99, {"not": "a name"})
    terminal.rig.run()
    listed = terminal("quarantine", "list", "acme", "--json")
    assert [(row["stream"], row["source_id"]) for row in listed.json] == [("customer", "99")]
    assert listed.json[0]["faults"][0]["pointer"] == "/name"
    assert "/name: " in terminal("quarantine", "list", "acme").out
    shown = json.loads(terminal("quarantine", "show", "acme", "customer", "99").out)
    assert shown["record"] == {"id": 99, "name": {"not": "a name"}}


def test_nothing_quarantined_and_nothing_known(terminal: Terminal) -> None:
    assert terminal("quarantine", "list", "acme", "--json").json == []
    assert terminal("quarantine", "list", "nobody").code == 2
    assert terminal("quarantine", "show", "acme", "customer", "1").code == 2


@pytest.mark.parametrize("command", [("list", "acme", "--stream", "custmer"), ("replay", "acme", "custmer")])
def test_a_stream_that_there_is_not_is_named_with_the_nearest(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    said = terminal("quarantine", *command)
    assert said.code == 2
    assert "there is no stream 'custmer'; did you mean 'customer'?" in said.err
