"""A field of an ERP gets a name that only looks the same: told, held, and once accepted read exactly."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.model.unseen import unseen
from sluice.registry.overrides import Overrides
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from tests.flows.replay.replaying import rename, replay_all
from tests.flows.rig import Rig

NAMES = {
    "zero-width space": "na\u200bme",
    "Cyrillic a": "n\u0430me",
    "turned": "\u202ename",
    "accent apart": "name\u0301",
    "other case": "Name",
    "with a blank": "name ",
    "with a dot": "na.me",
    "with brackets": "na[]me",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_it_is_held_and_once_accepted_read_by_its_very_name(name: str) -> None:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.run()
    rename(rig, name=name)
    rig.erp.put("department", 3, "Ny 3")
    published = len(rig.consumer.events)
    assert rig.run()["results"]["department"]["outcome"] == "held"
    assert len(rig.consumer.events) == published, "something of it was published"
    found: dict[str, Any] = next(
        one.change or {} for one in list_changes(rig.world) if (one.change or {})["code"] == "D44"
    )
    suggestion = found["evidence"]["suggestion"]
    assert (suggestion["kind"], suggestion["from"], suggestion["to"].strip('"')) == ("rename", "name", name)
    incident = next(one for one in list_changes(rig.world) if one.change == found)
    accept_change(rig.world, incident.id, "kari", "they told us", patch=True)
    replay_all(rig)
    assert rig.consumer.names("department")[3] == "Ny 3"
    override = Overrides(rig.world.state, "acme").get("department")
    assert override is not None
    assert unseen(override.text) is None, "nobody could see which name is meant"
