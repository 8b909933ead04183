"""What a run is held against: the ERP's own records, the run's history, and what commands say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from sluice.bootstrap.documents import ROOT
from sluice.cli.failures import FINE
from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.model.erp_json import read
from sluice.settings import CommandLineSettings, child_environment
from sluice.usecases.operating.runs import RunView
from tests.live.pipeline.conftest import Customer

Record = dict[str, Any]
Arrived = dict[tuple[str, str, int], Record]
"""Canonical data by stream, source id and version."""

_COMMAND = (sys.executable, "-c", "from sluice.cli.main import main; main()")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody at the command line of the deployment that ``home`` knows of."""

    home: Path

    def does(self, *arguments: str) -> str:
        """Return what a command prints; it must succeed."""
        reach, printed = Reach(), StringIO()
        reach.settings = CommandLineSettings.from_environment(self._environment())
        with redirect_stdout(printed):
            assert run([*arguments], reach) == FINE, arguments
        return printed.getvalue()

    def reads(self, *arguments: str) -> Any:
        """Return what a command prints as JSON."""
        return json.loads(self.does(*arguments, "--json"))

    def does_at_once(self, *commands: tuple[str, ...]) -> list[str]:
        """Return what commands print that are started together, each in a process of its own."""
        begun = [
            subprocess.Popen(  # noqa: S603 - our own command
                [*_COMMAND, *command], cwd=ROOT, env=self._environment(), stdout=subprocess.PIPE, text=True
            )
            for command in commands
        ]
        printed = [process.communicate(timeout=120)[0] for process in begun]
        assert {process.returncode for process in begun} == {FINE}
        return printed

    def _environment(self) -> dict[str, str]:
        return child_environment(SLUICE_HOME=str(self.home))


def truth(customer: Customer, stream: str, edit: Callable[[Record], Any] = id) -> dict[str, Record]:
    """Return what the ERP's records map to by the mapping's file, by source id.

    The records come as they are before any mutation; ``edit`` does to them what the mutation does.
    """
    reply = customer.http.request("GET", f"{customer.sandbox.url}/_sandbox/records?stream={stream}")
    connector = customer.sandbox.sandbox.connector.name
    mapper = customer.deployment.world.catalog.mapper(connector, stream)
    found = {}
    for record in read(reply.data)["records"]:
        edit(record)
        mapped = mapper.map(record, customer.name)
        assert mapped.source_id is not None
        assert mapped.data is not None, mapped.faults
        found[mapped.source_id] = mapped.data
    return found


def as_arrived(stream: str, version: int, data: dict[str, Record]) -> Arrived:
    """Return the data as it is to arrive."""
    return {(stream, source_id, version): found for source_id, found in data.items()}


def received(customer: Customer) -> tuple[Arrived, list[dict[str, Any]]]:
    """Return what came for the customer since last asked: canonical data, none twice, and the incidents told.

    The notices that sum up a run or a replay are left out.
    """
    with ThreadPoolExecutor(2) as both:
        information, notification = both.submit(customer.events), both.submit(customer.notices)
        events, notices = information.result(), notification.result()
    assert {event["type"].partition(".")[2] for event in events} <= {"upserted"}
    data = {(_stream(event), event["subject"], event["entityversion"]): event["data"] for event in events}
    assert len(data) == len(events) == len({event["id"] for event in events}), "something came twice"
    return data, [notice for notice in notices if notice["data"]["incident"]]


def requests(customer: Customer) -> int:
    """Return how often the ERP was called, logins too."""
    looked = customer.http.request("GET", f"{customer.sandbox.url}/_sandbox").json()
    return int(looked["requests"] + looked["logins"])


def outcomes(view: RunView) -> dict[str, str]:
    """Return how each stream of a run ended."""
    return {stream.stream: stream.outcome for stream in view.streams}


def judgements(customer: Customer, view: RunView) -> list[tuple[str, str, list[str]]]:
    """Return what JudgeChange answered in the run's history: stream, outcome, codes that may pass.

    The outcome is what ActOnChange goes by. The answers of tasks are in the history, those of states are not.
    """
    machine = customer.deployment.outputs["SyncStateMachineArn"].replace(":stateMachine:", ":execution:")
    assert view.execution is not None
    history = customer.deployment.session.stepfunctions.get_execution_history(
        executionArn=f"{machine}:{view.execution.name}", includeExecutionData=True, maxResults=1000
    )
    told = (event.get("taskSucceededEventDetails", {}).get("output") for event in history["events"])
    answers = (json.loads(output).get("Payload") or {} for output in told if output)
    return [
        (answer["stream"], answer["outcome"], answer["accepted"])
        for answer in answers
        if "accepted" in answer
    ]


def _stream(event: dict[str, Any]) -> str:
    stream: str = event["type"].partition(".")[0]
    return stream
