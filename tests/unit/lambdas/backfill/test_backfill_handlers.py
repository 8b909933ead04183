"""The handlers of `backfill` on the events that the state machine gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sluice.errors import ConfigurationInvalid, ErpUnavailable, OutcomeUnknown
from sluice.model.metered import Metered
from sluice.registry.backfills import Backfills
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply
from tests.unit.lambdas.calling import call, event_of, put_into

HANDLERS = ("plan_backfill", "read_window", "close_window", "sum_windows")
RUN = event_of("plan_backfill")["run"]


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    for number in range(3):
        rig.erp.put("department", number, f"Avdeling {number}")
    put_into(monkeypatch, HANDLERS, lambda: rig.world)
    return rig


def hand_over(rig: Rig, planned: dict[str, Any], fetched: dict[str, Any]) -> None:
    body = {name: planned[name] for name in ("connection", "connector", "stream", "run", "sweep")}
    for chunk in fetched["chunks"]:
        transform_chunk(rig.world, HandedOver.from_json({**body, "chunk": chunk}))


def test_a_backfill_goes_through_the_handlers(rig: Rig) -> None:
    planned = call("plan_backfill")
    assert (planned["outcome"], planned["connector"], planned["sweep"]) == ("planned", "toy", RUN)
    [window] = json.loads(rig.world.objects.get(planned["items"]["key"]))
    assert window == event_of("read_window")["window"]
    fetched = call("read_window")
    assert (fetched["outcome"], fetched["sweep"]) == ("done", RUN)
    assert sum(chunk["records"] for chunk in fetched["chunks"]) == 3
    hand_over(rig, planned, fetched)
    assert call("close_window", position=fetched["position"])["outcome"] == "done"
    summed = call("sum_windows")
    assert (summed["outcome"], summed["position"]["records"]) == ("whole", 3)


def test_each_step_answers_with_what_the_state_machine_takes_of_it(rig: Rig) -> None:
    planned = call("plan_backfill")
    fetched = call("read_window")
    hand_over(rig, planned, fetched)
    answers = {"PlanBackfill": planned, "ReadWindow": fetched}
    answers["CloseWindow"] = call("close_window", position=fetched["position"])
    answers["SumWindows"] = call("sum_windows")
    for state, answer in answers.items():
        assert selected(state) <= set(answer), state
        assert Metered.from_json(answer["used"]).mb == 512


def selected(state: str) -> set[str]:
    """Return what backfill.asl.json takes out of the answer of the function behind a state."""
    states = json.loads(Path("state_machines/backfill.asl.json").read_text())["States"]
    states |= states["ReadWindows"]["ItemProcessor"]["States"]
    paths = [str(path) for path in states[state]["ResultSelector"].values()]
    return {path.removeprefix("$.Payload.") for path in paths if path.startswith("$.Payload.")}


def test_a_window_that_fails_writes_down_why(rig: Rig) -> None:
    call("plan_backfill")
    rig.erp.faults = [reply(503, {"message": "down"})] * 50
    with pytest.raises(ErpUnavailable):
        call("read_window")
    window = Backfills(rig.world.runs_table).window(RUN, 0)
    assert window is not None
    assert (window.outcome, window.error) == ("failed", "ErpUnavailable")
    summed = call("sum_windows")
    assert (summed["outcome"], summed["failure"]["Error"]) == ("incomplete", "ErpUnavailable")
    assert summed["failure"]["Cause"].endswith(f"sluice backfill resume {RUN}")


def test_a_window_is_not_closed_before_it_was_read(rig: Rig) -> None:
    call("plan_backfill")
    with pytest.raises(OutcomeUnknown, match="before it was read"):
        call("close_window")


def test_days_that_are_none_are_refused(rig: Rig) -> None:
    asked = {"connection": "acme", "stream": "department", "since": "last year"}
    with pytest.raises(ConfigurationInvalid, match="should be a day such as"):
        call("plan_backfill", asked=asked)
    assert rig.world.runs.get(RUN) is None
