"""The handlers of `watch` on the events that the state machine gives them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.errors import ErpUnavailable
from tests.unit.usecases.watch.rig import Rig, described

EVENTS = Path(__file__).parent / "events"
HANDLERS = ("plan_watch", "probe_description", "record_unread", "tell_ahead")


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    rig = Rig()
    rig.connect("acme")
    for name in HANDLERS:
        monkeypatch.setattr(importlib.import_module(f"lambdas.{name}"), "world", lambda: rig.world)
    return rig


def _call(name: str, **given: Any) -> Any:
    event = {**json.loads((EVENTS / f"{name}.json").read_text()), **given}
    context = SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=128,
        invoked_function_arn=f"arn:aws:lambda:eu-north-1:1:function:{name}",
        aws_request_id="1",
        tenant_id=None,
    )
    handler = importlib.import_module(f"lambdas.{name}").handler
    return json.loads(json.dumps(handler(event, context)))


def test_a_watch_goes_through_the_handlers(rig: Rig) -> None:
    rig.vendor.publish(described())
    [probe] = _call("plan_watch")["probes"]
    assert _call("probe_description", **probe)["outcome"] == "first"
    rig.vendor.publish(described(fields={"id": {"type": "integer"}}))
    probed = _call("probe_description", **probe)
    assert (probed["outcome"], probed["noted"]) == ("changed", 1)
    assert _call("tell_ahead", probed=[probed]) == {"outcome": "watched", "told": 1}
    assert [notice["type"] for notice in rig.notices] == ["api.will_change"]


def test_a_description_that_cannot_be_read_is_told_in_words(rig: Rig) -> None:
    [probe] = _call("plan_watch")["probes"]
    rig.vendor.replies = ["no connection came about"]
    with pytest.raises(ErpUnavailable):
        _call("probe_description", **probe)
    assert _call("record_unread", **probe) == {"outcome": "unread"}
    assert _call("tell_ahead")["told"] == 1
    [notice] = rig.notices
    assert notice["type"] == "description.unreadable"
    assert notice["data"]["detail"].startswith("ErpUnavailable: GET /openapi.json page 1 to erp.example")
    assert "stackTrace" not in notice["data"]["detail"]
