"""The handlers of `watch` on the events that the state machine gives them."""

from __future__ import annotations

import pytest

from sluice.errors import ErpUnavailable
from tests.unit.lambdas.calling import call, put_into
from tests.unit.usecases.watch.rig import Rig, described

HANDLERS = ("plan_watch", "probe_description", "record_unread", "tell_ahead")


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    rig.connect("acme")
    put_into(monkeypatch, HANDLERS, lambda: rig.world)
    return rig


def test_a_watch_goes_through_the_handlers(rig: Rig) -> None:
    rig.vendor.publish(described())
    [probe] = call("plan_watch")["probes"]
    assert call("probe_description", **probe)["outcome"] == "first"
    rig.vendor.publish(described(fields={"id": {"type": "integer"}}))
    probed = call("probe_description", **probe)
    assert (probed["outcome"], probed["noted"]) == ("changed", 1)
    assert call("tell_ahead", probed=[probed]) == {"outcome": "watched", "told": 1}
    assert [notice["type"] for notice in rig.notices] == ["api.will_change"]


def test_a_description_that_cannot_be_read_is_told_in_words(rig: Rig) -> None:
    [probe] = call("plan_watch")["probes"]
    rig.vendor.replies = ["no connection came about"]
    with pytest.raises(ErpUnavailable):
        call("probe_description", **probe)
    assert call("record_unread", **probe) == {"outcome": "unread"}
    assert call("tell_ahead")["told"] == 1
    [notice] = rig.notices
    assert notice["type"] == "description.unreadable"
    assert notice["data"]["detail"].startswith("ErpUnavailable: GET /openapi.json page 1 to erp.example")
    assert "stackTrace" not in notice["data"]["detail"]
