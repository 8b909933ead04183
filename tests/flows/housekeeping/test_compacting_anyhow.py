"""Whatever comes, however late and often, and wherever compaction dies or is overtaken: views are right."""

from __future__ import annotations

from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sluice.lake import holding
from sluice.usecases.world import iso
from tests.effort import examples, thorough
from tests.flows.housekeeping.rig import Event, LakeRig

pytestmark = [thorough, pytest.mark.timeout(300)]

IN_A_QUEUE = timedelta(days=28)
"""How late an event may come: 14 days in the queue, 14 among its dead letters."""

STEPS = st.integers(1, 30)


@pytest.fixture(autouse=True)
def _small_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few files are many that everything happens within some steps."""
    monkeypatch.setattr(holding, "BATCH_FILES", 3)
    monkeypatch.setattr(holding, "MOST_SMALL", 2)


class Lake(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rig = LakeRig()
        self.versions: dict[str, int] = {}
        self.published: list[Event] = []

    @rule(record=st.sampled_from("abc"), is_deleted=st.booleans())
    def publish(self, record: str, is_deleted: bool) -> None:
        """Publish the next version; it has not come to the lake yet."""
        self.versions[record] = self.versions.get(record, 0) + 1
        self.published.append(self.rig.event(record, self.versions[record], is_deleted=is_deleted))

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """Let some of what was published come, in any order, come again, or come twice at once."""
        oldest = iso(self.rig.clock.now() - IN_A_QUEUE)
        late = [event for event in self.published if event["time"] >= oldest]
        if late:
            self.rig.write(*data.draw(st.lists(st.sampled_from(late), min_size=1, max_size=4)))

    @rule(record=st.sampled_from("ab"), is_deleted=st.booleans())
    def come(self, record: str, is_deleted: bool) -> None:
        """Publish the next version, which comes at once."""
        self.publish(record, is_deleted)
        self.rig.write(self.published[-1])

    @rule(days=st.sampled_from([1, 20, 95]))
    def time_passes(self, days: int) -> None:
        self.rig.clock.advance(timedelta(days=days).total_seconds())

    @rule()
    def compact(self) -> None:
        assert self.rig.compact(self.rig.check)["outcome"] == "compacted"
        assert len(self.rig.keys("/current/")) <= 1
        assert self.rig.keys("/fresh/") == []

    @rule(at=STEPS)
    def compact_and_die(self, at: int) -> None:
        self.rig.crash(at)

    @precondition(lambda self: self.published)
    @rule(at=STEPS, dies_at=st.none() | STEPS, data=st.data())
    def two_at_once(self, at: int, dies_at: int | None, data: st.DataObject) -> None:
        """Another one compacts, and perhaps dies, while the first one stands still; events come as well."""
        left = at

        def overtaken(_: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self.deliver(data)
                self.rig.crash(dies_at) if dies_at else self.rig.compact(self.rig.check)
            self.rig.check()

        self.rig.compact(overtaken)

    @invariant()
    def views_are_right(self) -> None:
        self.rig.check()


TestLake = Lake.TestCase
TestLake.settings = settings(
    max_examples=examples(40), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
