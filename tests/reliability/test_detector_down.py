"""Where judging changes fails itself: records are delivered, people know, and structure is still judged."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from sluice.contract import statistical
from sluice.registry.contracts import Contracts
from tests.flows.rig import Rig

NEWER = gzip.compress(orjson.dumps({"format": 2, "version": 7}))
LOSSES: dict[str, Callable[[Rig, str], None]] = {
    "gone": lambda rig, key: rig.world.objects.delete(key),
    "empty": lambda rig, key: rig.world.objects.put(key, b""),
    "cut": lambda rig, key: rig.world.objects.put(key, rig.world.objects.get(key)[:40]),
    "no gzip": lambda rig, key: rig.world.objects.put(key, b"{}"),
    "no JSON": lambda rig, key: rig.world.objects.put(key, gzip.compress(b"NaN")),
    "another thing": lambda rig, key: rig.world.objects.put(key, gzip.compress(b"[]")),
    "half of it": lambda rig, key: rig.world.objects.put(key, gzip.compress(b'{"format": 1, "version": 1}')),
    "of a later version": lambda rig, key: rig.world.objects.put(key, NEWER),
}


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 41):
        rig.erp.put("department", key, f"Department {key}")
        rig.erp.put("customer", key, f"Customer {key}")
    assert rig.run()["outcome"] == "succeeded"
    rig.notices.clear()
    return rig


def told(rig: Rig) -> list[tuple[str, str | None]]:
    """Return the notices but those that a run ended well, with their streams."""
    found = [(notice["type"], notice["data"].get("stream")) for notice in rig.notices]
    return [one for one in found if one[0] != "run.finished"]


def contracts(rig: Rig) -> Contracts:
    return Contracts(rig.world.state, rig.world.objects, "acme")


def change(rig: Rig, name: str, keys: range = range(1, 41)) -> None:
    for key in keys:
        rig.erp.put("department", key, f"{name} {key}")


def test_statistics_that_fail_are_told_once_and_every_record_is_delivered(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("a value of a person")

    with monkeypatch.context() as broken:
        broken.setattr(statistical.statistics, "summarise", fail)
        for name in ("Renamed", "Again"):
            change(rig, name)
            assert rig.run()["outcome"] == "succeeded"
            assert rig.consumer.names("department") == {key: f"{name} {key}" for key in range(1, 41)}
        assert told(rig).count(("detector.failed", "department")) == 1
        assert "person" not in orjson.dumps(rig.notices).decode()
        rig.erp.names["department"] = "title"
        change(rig, "Hidden")
        assert rig.run()["outcome"] == "held"
    assert rig.consumer.names("department")[1] == "Again 1"


@pytest.mark.parametrize("loss", LOSSES)
def test_a_contract_that_is_lost_is_learnt_anew_and_people_are_told(rig: Rig, loss: str) -> None:
    before = dict(contracts(rig).streams())["department"]
    LOSSES[loss](rig, before["key"])
    change(rig, "Renamed")
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == {key: f"Renamed {key}" for key in range(1, 41)}
    assert told(rig) == [("detector.failed", "department")]
    assert before["key"] in rig.notices[0]["data"]["detail"], "the key says which object it was"
    learnt = contracts(rig).get("department")
    assert learnt is not None
    assert (learnt.version, learnt.learnt.records) == (before["version"] + 1, 40)
    [_, anew] = contracts(rig).history("department")
    assert (anew.version, anew.reason.split(":")[0]) == (learnt.version, "learnt anew")
    change(rig, "Again")
    assert rig.run()["outcome"] == "succeeded"
    assert told(rig)[1:] == [("incident.resolved", "department")]


def test_a_mapped_field_that_is_gone_is_noticed_though_the_contract_is_lost(rig: Rig) -> None:
    rig.world.objects.delete(dict(contracts(rig).streams())["department"]["key"])
    rig.erp.names["department"] = "title"
    change(rig, "Hidden")
    assert rig.run()["outcome"] == "held"
    assert rig.consumer.names("department")[1] == "Department 1"
