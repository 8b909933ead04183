"""Any order of edits, ERP troubles and killed workers: the consumer ends with what the ERP holds, once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import force_setattr

from sluice.ports.topic import OutgoingMessage
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from tests.effort import examples, thorough
from tests.flows.rig import Killed, Rig
from tests.flows.toy_erp import reply

pytestmark = thorough

STREAMS = st.sampled_from(["department", "customer"])
KEYS = st.integers(1, 40)
NAMES = st.sampled_from(["A", "B", "C"])
TROUBLES = st.sampled_from(
    [
        reply(500, {}),
        reply(503, {}),
        reply(429, {}, retry_after="30"),
        reply(429, {}, retry_after="-5"),
        "connection reset",
    ]
)


class KilledAfter:
    """A topic that hands over ``left`` messages and then dies with its worker, once."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.left: int | None = None

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        for message in messages:
            if self.left == 0:
                self.left = None
                raise Killed
            if self.left is not None:
                self.left -= 1
            self._rig.consumer.take(message)
        if self.left == 0:
            self.left = None
            raise Killed
        return len(messages)


class Chaos(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.rig = Rig()
        self.buried: set[tuple[str, int]] = set()
        self.topic = KilledAfter(self.rig)
        force_setattr(self.rig.world, "information", self.topic)
        for key in range(1, 31):
            self.rig.erp.put("department", key, "A")
            self.rig.erp.put("customer", key, "A")

    @rule(stream=STREAMS, key=KEYS, name=NAMES)
    def write(self, stream: str, key: int, name: str) -> None:
        if (stream, key) not in self.buried:
            self.rig.erp.put(stream, key, name)

    @rule(key=KEYS)
    def bury(self, key: int) -> None:
        """Delete a customer, of which a tombstone tells; its number is never given again."""
        self.rig.erp.remove("customer", key)
        self.buried.add(("customer", key))

    @rule(key=KEYS)
    def delete(self, key: int) -> None:
        self.rig.erp.remove("department", key)

    @rule()
    def clear(self) -> None:
        self.rig.erp.rows["department"].clear()

    @rule(troubles=st.lists(TROUBLES, max_size=6))
    def trouble(self, troubles: list[object]) -> None:
        self.rig.erp.faults += troubles  # type: ignore[arg-type]

    @rule(left=st.integers(0, 3))
    def kill_while_publishing(self, left: int) -> None:
        self.topic.left = left

    @rule()
    def run(self) -> None:
        summary = self.rig.run()
        assert summary["outcome"] in {"succeeded", "held", "failed"}

    @rule()
    @precondition(lambda self: any(change.state == "open" for change in list_changes(self.rig.world)))
    def accept(self) -> None:
        for change in list_changes(self.rig.world):
            accept_change(self.rig.world, change.id, "test", "")

    @invariant()
    def nothing_arrives_that_was_never_there(self) -> None:
        if hasattr(self, "rig"):
            assert set(self.rig.consumer.names("customer").values()) <= {"A", "B", "C"}

    def teardown(self) -> None:
        if not hasattr(self, "rig"):
            return
        self.rig.erp.faults.clear()
        self.topic.left = None
        for _ in range(3):
            self.rig.clock.advance(3600)
            for change in list_changes(self.rig.world):
                accept_change(self.rig.world, change.id, "test", "")
            outcome = self.rig.run()["outcome"]
        assert outcome == "succeeded"
        for stream in ("department", "customer"):
            truth = {key: row.name for key, row in self.rig.erp.rows[stream].items()}
            assert self.rig.consumer.names(stream) == truth
        # The same version is never published with two contents.
        versions = [(event["data"]["id"], event["entityversion"]) for event in self.rig.consumer.events]
        assert len(versions) == len(set(versions))


TestChaos = Chaos.TestCase
TestChaos.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)
