"""The handlers of `housekeeping` on the events that the state machine gives them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.flows.housekeeping.rig import LakeRig

EVENTS = Path(__file__).parent / "events"
HANDLERS = ("plan_housekeeping", "compact_partition", "record_uncompacted", "summarise_housekeeping")


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> LakeRig:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = LakeRig()
    for name in HANDLERS:
        monkeypatch.setattr(importlib.import_module(f"lambdas.{name}"), "world", lambda: rig.world)
    return rig


def _call(name: str, **given: Any) -> Any:
    event = {**json.loads((EVENTS / f"{name}.json").read_text()), **given}
    context = SimpleNamespace(
        function_name=name,
        memory_limit_in_mb="512",  # awslambdaric gives it as text
        invoked_function_arn=f"arn:aws:lambda:eu-north-1:1:function:{name}",
        aws_request_id="1",
        tenant_id=None,
        get_remaining_time_in_millis=lambda: 100_000,
    )
    handler = importlib.import_module(f"lambdas.{name}").handler
    return json.loads(json.dumps(handler(event, context)))


def test_a_housekeeping_goes_through_the_handlers(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.write(rig.event("1", 2))
    [partition] = _call("plan_housekeeping")["partitions"]
    found = _call("compact_partition", **partition)
    assert found == {"outcome": "compacted", "before": 2, "after": 2}
    assert _call("plan_housekeeping") == {"partitions": [], "waiting": 0}
    assert _call("summarise_housekeeping", partitions=[found]) == {
        "outcome": "tidied", "compacted": 1, "undone": 0, "more": 3, "told": 0,
    }  # fmt: skip


def test_a_partition_that_killed_its_worker_is_told_in_words(rig: LakeRig) -> None:
    assert _call("record_uncompacted") == {"outcome": "uncompacted"}
    found = _call("summarise_housekeeping")
    assert (found["outcome"], found["undone"], found["told"]) == ("unfinished", 1, 1)
    [notice] = rig.notices
    assert notice["type"] == "lake.uncompacted"
    assert "customer of acme. Runtime.ExitError: the worker died (out of memory" in notice["data"]["detail"]
