from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.local.memory_workflow import MemoryWorkflow
from tests.unit.cli.conftest import Said
from tests.unit.usecases.watch.rig import Rig, described

ENDING = "[DEPRECATED] This field will be removed on 2027-01-10."
FIELDS = {"id": {"type": "integer"}, "name": {"type": "string", "description": ENDING}}


class Watching(MemoryWorkflow):
    """Watches at once when it is started, and ends so."""

    def __init__(self, rig: Rig, status: str = "SUCCEEDED") -> None:
        super().__init__(rig.clock)
        self._rig, self._status = rig, status

    def start(self, name: str, payload: dict[str, object]) -> None:
        super().start(name, payload)
        self._rig.watch(str(payload["connector"]))
        error = None if self._status == "SUCCEEDED" else "OutcomeUnknown"
        self.end(name, self._status, error=error)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.connect("acme")
    rig.vendor.publish(described())
    rig.watch()
    rig.vendor.publish(described(fields=FIELDS))
    return rig


Sluice = Callable[..., Said]


@pytest.fixture
def sluice(rig: Rig, capsys: pytest.CaptureFixture[str]) -> Sluice:
    def call(*arguments: str, status: str = "SUCCEEDED") -> Said:
        reach = Reach()
        deployment = SimpleNamespace(world=rig.world, watching=Watching(rig, status))
        reach.__dict__["deployment"] = deployment
        capsys.readouterr()
        code = run(list(arguments), reach)
        return Said(code, *capsys.readouterr())

    return call


def test_a_watch_by_hand_lists_what_it_found(sluice: Sluice) -> None:
    said = sluice("watch", "run", "toy", "--json")
    assert said.code == 0
    [row] = said.json
    assert (row["code"], row["path"], row["due"], row["days_left"]) == ("D17", "name", "2027-01-10", 48)
    assert row["connections"] == ["acme"]
    shown = sluice("watch", "show", row["id"])
    assert "customer.name" in shown.out
    assert "2027-01-10" in shown.out
    assert json.loads(sluice("watch", "list", "--json").out) == said.json


def test_a_watch_that_fails_says_so(sluice: Sluice) -> None:
    said = sluice("watch", "run", status="FAILED")
    assert said.code == 1
    assert "OutcomeUnknown" in said.err


def test_sources_say_what_is_read_and_what_cannot_be(rig: Rig, sluice: Sluice) -> None:
    rig.vendor.documents.clear()
    sluice("watch", "run")
    [row] = sluice("watch", "sources", "--json").json
    assert row["address"] == "https://erp.example/v2/openapi.json"
    assert row["failing"]["error"] == "ApiChanged"
    assert len(row["history"]) == 1
    assert "404" in sluice("watch", "sources", "toy").out


@pytest.mark.parametrize("words", [("list", "nonesuch"), ("show", "nonesuch"), ("run", "nonesuch")])
def test_what_is_not_there_is_wrong_use(sluice: Sluice, words: tuple[str, ...]) -> None:
    assert sluice("watch", *words).code == 2


def test_what_is_taken_back_is_listed_on_demand(rig: Rig, sluice: Sluice) -> None:
    sluice("watch", "run")
    rig.vendor.publish(described())
    sluice("watch", "run")
    assert sluice("watch", "list", "--json").json == []
    assert [row["state"] for row in sluice("watch", "list", "--all", "--json").json] == ["over"]
