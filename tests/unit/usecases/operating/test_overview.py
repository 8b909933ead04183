from __future__ import annotations

from msgspec.structs import replace

from sluice.local.memory_queue import MemoryQueue
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.topic import OutgoingMessage
from sluice.registry.incidents import Incidents, Sighting
from sluice.registry.runs import Run
from sluice.usecases.operating.overview import Need, overview
from sluice.usecases.world import iso
from tests.flows.replay.replaying import begun, rename, with_bad
from tests.flows.rig import Rig


def test_a_connection_that_is_well_needs_nobody() -> None:
    rig = begun()
    found = overview(rig.world)
    (health,) = found.connections
    assert (health.connection, health.paused, health.changes) == ("acme", False, 0)
    assert health.last_run is not None
    assert health.last_run.status == "succeeded"
    assert {(one.stream, one.lag, one.held) for one in health.streams} == {
        ("customer", 3600, None),
        ("department", 3600, None),
    }
    assert found.first == ()


def test_a_stream_never_read_has_no_lag() -> None:
    (health,) = overview(Rig().world).connections
    assert [one.lag for one in health.streams] == [None, None]
    assert health.last_run is None


def test_what_needs_a_person_comes_by_its_urgency() -> None:
    rig = with_bad(begun(), ("customer", 3))
    rename(rig, name="title")
    rig.erp.put("department", 3, "Ny")
    rig.run()
    queues = {name: MemoryQueue(rig.clock) for name in ("information", "information-dead-letters")}
    queues["information-dead-letters"].accept(OutgoingMessage("{}", {}))
    rig.world = replace(rig.world, queues=queues)
    at = iso(rig.clock.now())
    Incidents(rig.world.state, "acme").report(Sighting("run-9", None, "CredentialsRejected", "401", at))
    found = overview(rig.world)
    needs = [one.need for one in found.first]
    assert needs == sorted(needs)
    assert {Need.CREDENTIALS_REFUSED, Need.STREAM_HELD, Need.DEAD_LETTERS, Need.RECORDS_QUARANTINED} <= set(
        needs
    )
    assert found.first[0].target == "connections/acme"
    held = next(one for one in found.first if one.need is Need.STREAM_HELD)
    (health,) = found.connections
    department = next(one for one in health.streams if one.stream == "department")
    assert held.target.removeprefix("changes/")
    assert department.held
    assert health.quarantined == ("customer",)
    assert found.dead_letters == {"information": 1}


def test_the_next_run_is_told_where_it_is_known() -> None:
    rig = Rig()  # it is 08:00

    def next_run(schedule: str | None) -> str | None:
        rig.desk.add(Connection("acme", "toy", schedule=schedule), {"key": Secret("k")}, update=True)
        return overview(rig.world).connections[0].next_run

    assert next_run(None) is None
    assert next_run("cron(30 9 * * ? *)") == "2026-11-21T09:30:00Z"
    assert next_run("rate(1 hour)") is None, "it has not run yet"
    rig.world.runs.put(Run("run-1", "acme", "toy", "schedule", "2026-11-21T07:20:00Z", "succeeded"), 0)
    assert next_run("rate(1 hour)") == "2026-11-21T08:20:00Z"
    rig.desk.pause("acme")
    assert overview(rig.world).connections[0].next_run is None


def test_a_connector_that_is_gone_is_told_and_hides_no_other_connection() -> None:
    rig = begun()
    rig.world.connections.add(Connection("lost", "gone"))
    found = overview(rig.world)
    assert [one.connection for one in found.connections] == ["acme", "lost"]
    assert [(one.need, one.connection) for one in found.first] == [(Need.CONFIGURATION_INVALID, "lost")]
