"""Notices that cannot be sent are sent later, once; ten thousand times the same trouble is one notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from msgspec.structs import force_setattr

from sluice.errors import OutcomeUnknown
from sluice.local.memory_topic import MemoryTopic
from sluice.ports.topic import OutgoingMessage, Topic
from sluice.registry.incidents import Incidents, Sighting
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run
from sluice.usecases.telling.tell import report_incident, tell_untold
from sluice.usecases.world import iso
from tests.effort import THOROUGH
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

MANY = 10_000 if THOROUGH else 2_000


@dataclass
class Down:
    """A topic that takes nothing, or takes it and says that it did not; as a handler tells it."""

    behind: Topic
    takes: bool = False
    tried: list[str] = field(default_factory=list)

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        self.tried += [message.attributes["type"] for message in messages]
        if self.takes:
            self.behind.publish(messages)
        raise OutcomeUnknown("PublishFailed: no answer")


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.erp.put("department", 1, "A")
    rig.erp.put("customer", 1, "A")
    rig.run()
    rig.notices.clear()
    return rig


def cut_off(rig: Rig, *, takes: bool = False) -> Callable[[], None]:
    """Take the channel down; return what brings it back."""
    usual = rig.world.notification
    down = Down(usual, takes)
    force_setattr(rig.world, "notification", down)

    def back() -> None:
        assert down.tried
        force_setattr(rig.world, "notification", usual)

    return back


def run_untold(rig: Rig) -> None:
    """Run to an end of which EventBridge can tell nobody now."""
    with suppress(OutcomeUnknown):
        assert rig.run()["outcome"] in {"held", "failed"}
    rig.clock.advance(3600)


@pytest.mark.parametrize("takes", [False, True], ids=["nothing goes out", "it goes out unsaid"])
def test_what_could_not_be_told_is_told_by_the_next_run_once(rig: Rig, *, takes: bool) -> None:
    rig.erp.rows["department"].clear()
    back = cut_off(rig, takes=takes)
    run_untold(rig), run_untold(rig)
    back()
    # EventBridge tries for an hour; what it gave up is told by the next run.
    for _ in range(2):
        rig.end(rig.last, "FAILED")
    rig.run()
    held = [notice for notice in rig.notices if notice["type"] == "stream.held"]
    # What went out unsaid goes out again under the same id: whoever takes notices drops the second.
    assert len({notice["id"] for notice in held}) == 1
    assert len(held) == 1 or takes
    assert held[0]["data"]["stream"] == "department"
    assert rig.consumer.names("department") == {1: "A"}


def test_an_erp_that_was_down_while_nobody_could_be_told_is_told_before_its_end(rig: Rig) -> None:
    rig.erp.faults = [reply(503, {})] * 200
    back = cut_off(rig)
    run_untold(rig)
    back()
    rig.erp.faults = [reply(503, {})] * 200
    rig.run()
    rig.erp.faults = []
    assert rig.run()["outcome"] == "succeeded"
    told = [notice["type"] for notice in rig.notices if notice["data"].get("stream") == "department"]
    assert told == ["erp.unavailable", "incident.resolved"]


def test_ten_thousand_times_the_same_is_one_notice_and_a_count(rig: Rig) -> None:
    for number in range(MANY):
        at = iso(rig.clock.now())
        report_incident(rig.world, "acme", Sighting(f"run-{number}", None, "CredentialsRejected", "401", at))
        rig.clock.advance(1)
    assert [notice["type"] for notice in rig.notices] == ["credentials.rejected"]
    [incident] = [
        one for one in Incidents(rig.world.state, "acme").all() if one.error == "CredentialsRejected"
    ]
    assert (incident.seen, incident.run, incident.last_run) == (MANY, "run-0", f"run-{MANY - 1}")
    tell_untold(rig.world, "acme")
    assert len(rig.notices) == 1


def test_an_end_that_eventbridge_says_ten_times_is_told_once(rig: Rig) -> None:
    ended = EndedRun("run-x", "acme", "TIMED_OUT", iso(rig.clock.now()), "States.Timeout", "")
    told = [report_ended_run(rig.world, ended) for _ in range(10)]
    assert told.count(True) == 1
    assert len({notice["id"] for notice in rig.notices}) == len(rig.notices) == 1


def test_the_topic_of_the_rig_tells_everything(rig: Rig) -> None:
    assert isinstance(rig.world.notification, MemoryTopic)
