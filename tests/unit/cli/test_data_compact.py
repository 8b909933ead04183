from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.usecases.data.record_uncompacted import RecordUncompacted, record_uncompacted
from sluice.usecases.failures import Failure
from tests.flows.housekeeping.rig import CONNECTION, ENTITY, LakeRig
from tests.unit.cli.conftest import Said


class Housekeeping(MemoryWorkflow):
    """Compacts at once when it is started, or fails to, and ends so."""

    def __init__(self, rig: LakeRig, status: str) -> None:
        super().__init__(rig.clock)
        self._rig, self._status = rig, status

    def start(self, name: str, payload: dict[str, object]) -> None:
        super().start(name, payload)
        assert payload == {"trigger": "manual"}
        if self._status == "SUCCEEDED":
            self._rig.compact()
            self.end(name, self._status)
            return
        failure = Failure("KeyError", "'entity'")
        record_uncompacted(self._rig.world, RecordUncompacted(ENTITY, CONNECTION, failure))
        self.end(name, self._status, error="OutcomeUnknown")


@pytest.fixture
def rig() -> LakeRig:
    return LakeRig()


Sluice = Callable[..., Said]


@pytest.fixture
def sluice(rig: LakeRig, capsys: pytest.CaptureFixture[str]) -> Sluice:
    def call(*arguments: str, status: str = "SUCCEEDED") -> Said:
        reach = Reach()
        deployment = SimpleNamespace(world=rig.world, housekeeping=Housekeeping(rig, status))
        reach.__dict__["deployment"] = deployment
        capsys.readouterr()
        code = run(["data", "compact", *arguments], reach)
        return Said(code, *capsys.readouterr())

    return call


def test_it_compacts_and_lists_what_there_is(rig: LakeRig, sluice: Sluice) -> None:
    for number in range(3):
        rig.write(rig.event(str(number), 1))
    said = sluice("--json")
    assert (said.code, "3 files have become 2" in said.err) == (0, True)
    [row] = said.json
    assert row.pop("bytes") > 1000
    assert row == {"entity": ENTITY, "connection": CONNECTION, "files": 2, "fresh": 0, "trouble": ""}


def test_it_says_what_could_not_be_compacted(rig: LakeRig, sluice: Sluice) -> None:
    rig.write(rig.event("1", 1))
    said = sluice(status="FAILED")
    assert said.code == 1
    assert "OutcomeUnknown" in said.err
    assert "KeyError: 'entity'" in said.out


def test_an_empty_lake_is_well(sluice: Sluice) -> None:
    said = sluice("--json")
    assert (said.code, said.json) == (0, [])
