from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.local.memory_queue import MemoryQueue
from tests.flows.rig import Rig


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """The command line on a deployment in memory: connection ``acme`` to a toy ERP."""

    rig: Rig
    capture: pytest.CaptureFixture[str]
    queues: dict[str, MemoryQueue] = field(default_factory=dict)

    def __call__(self, *arguments: str) -> Said:
        reach = Reach()
        deployment = SimpleNamespace(world=self.rig.world, desk=self.rig.desk, queue=self.queues.__getitem__)
        reach.__dict__["deployment"] = deployment
        self.capture.readouterr()
        code = run(list(arguments), reach)
        return Said(code, *self.capture.readouterr())


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    rig = Rig()
    for number in range(25):
        rig.erp.put("customer", number, f"Customer {number}")
    return Terminal(rig, capsys, {name: MemoryQueue(rig.clock) for name in ("information", "notification")})


@pytest.fixture
def runs_at_once(monkeypatch: pytest.MonkeyPatch, terminal: Terminal) -> Callable[[], None]:
    """Let a run that is started by hand be over at once."""

    def install() -> None:
        monkeypatch.setattr("sluice.cli.run.start_run", lambda world, connection: terminal.rig.run()["run"])

    return install
