"""A connector is registered while the pipeline stands: it holds from the next run on, and can be undone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.registry.packages import Active, Packages, files_of
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.deciding.registering import Registered, Wanted, register, roll_back, versions
from sluice.usecases.replay.starting import replay_quarantine
from tests.flows.replay.replaying import replay_one
from tests.flows.rig import CANONICAL, CATALOG, Rig
from tests.flows.toy_erp import ToyDocuments

TOY = files_of(ToyDocuments(CANONICAL), "toy")


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    documents = ToyDocuments(CANONICAL)
    packages = Packages(rig.world.state, rig.world.objects)
    rig.world = replace(rig.world, catalog=Catalog(documents, packages))
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    for key in range(1, 4):
        rig.erp.put("department", key, f"Avdeling {key}")
        rig.erp.put("customer", key, f"Kunde {key}")
    return rig


def named(name: bytes, stream: str = "customer") -> dict[str, bytes]:
    """Return the toy with a fixed value in the place of a stream's names."""
    path = f"transformers/toy/{stream}.yaml"
    return {**TOY, path: TOY[path].replace(b"name: name", b"name: {value: " + name + b"}")}


def put(rig: Rig, files: dict[str, bytes], *connections: str) -> Registered:
    return register(rig.world, files, Wanted("toy", "kari", "they told us", connections))


def back(rig: Rig, to: int | None = None, *connections: str) -> Registered:
    return roll_back(rig.world, Wanted("toy", "kari", connections=connections), to)


def test_an_erp_that_nobody_deployed_is_read_once_it_is_registered(rig: Rig) -> None:
    new = {
        path.replace("/toy/", "/new/"): text.replace(b"name: toy", b"name: new") for path, text in TOY.items()
    }
    with pytest.raises(ConfigurationInvalid):
        rig.desk.add(Connection("nova", "new"), {"key": Secret("canary-key")})
    done = register(rig.world, new, Wanted("new", "kari"))
    assert (done.version, done.before, done.connections) == (1, 0, ())
    assert rig.world.catalog.names() == ["new", "toy"]
    rig.desk.add(Connection("nova", "new"), {"key": Secret("canary-key")})
    rig.connection = "nova"
    assert rig.run()["outcome"] == "succeeded"
    assert {event["source"] for event in rig.consumer.events} == {"/sluice/nova"}
    assert rig.consumer.names("customer") == {1: "Kunde 1", 2: "Kunde 2", 3: "Kunde 3"}


def test_a_new_version_is_read_whole_by_the_next_run(rig: Rig) -> None:
    rig.run()
    done = put(rig, named(b"Hemmelig"))
    assert (done.version, done.before, done.connections) == (1, 0, ("acme",))
    assert (done.streams, done.read_again) == (("customer", "department"), ("customer",))
    rig.run()
    assert set(rig.consumer.names("customer").values()) == {"Hemmelig"}
    assert set(rig.consumer.names("department").values()) == {"Avdeling 1", "Avdeling 2", "Avdeling 3"}


def test_a_run_under_way_goes_on_with_what_it_started_with(rig: Rig) -> None:
    steps = []

    def register_in_the_middle(place: str) -> None:
        steps.append(place)
        if len(steps) == 3:
            put(rig, named(b"Hemmelig"))

    rig.hook = register_in_the_middle
    assert rig.run()["outcome"] == "succeeded"
    assert len(steps) > 3
    assert rig.consumer.names("customer") == {1: "Kunde 1", 2: "Kunde 2", 3: "Kunde 3"}
    rig.run()
    assert set(rig.consumer.names("customer").values()) == {"Hemmelig"}


def test_a_version_may_be_tried_on_one_connection(rig: Rig) -> None:
    rig.desk.add(Connection("bravo", "toy"), {"key": Secret("canary-key")})
    done = put(rig, named(b"Hemmelig"), "bravo")
    assert done.connections == ("bravo",)
    rig.run()
    assert rig.consumer.names("customer")[1] == "Kunde 1"
    rig.connection = "bravo"
    rig.run()
    assert rig.consumer.names("customer")[1] == "Hemmelig"
    assert [(one.number, holds, own) for one, holds, own in versions(rig.world, "toy")] == [
        (1, False, ("bravo",))
    ]
    # For all, which ends what one of them had of its own.
    assert put(rig, TOY).connections == ("acme", "bravo")
    assert rig.world.packages.active("toy") == Active(2, {}, 2)
    rig.run()
    assert rig.consumer.names("customer")[1] == "Kunde 1"


def test_a_connection_that_is_removed_leaves_no_version_of_its_own(rig: Rig) -> None:
    put(rig, named(b"Hemmelig"), "acme")
    rig.desk.remove("acme")
    rig.desk.add(Connection("acme", "toy"), {"key": Secret("canary-key")})
    rig.run()
    assert rig.consumer.names("customer")[1] == "Kunde 1"


def test_going_back_is_one_step(rig: Rig) -> None:
    put(rig, named(b"Hemmelig"))
    put(rig, named(b"Offentlig"))
    assert back(rig).version == 1
    rig.run()
    assert rig.consumer.names("customer")[1] == "Hemmelig"
    assert back(rig, 0).version == 0
    rig.run()
    assert rig.consumer.names("customer")[1] == "Kunde 1"
    assert back(rig, 2).before == 0
    rig.run()
    assert rig.consumer.names("customer")[1] == "Offentlig"


def test_there_is_nowhere_to_go_back_to(rig: Rig) -> None:
    with pytest.raises(ConfigurationInvalid, match="holds as it was deployed"):
        back(rig)
    put(rig, named(b"Hemmelig"))
    with pytest.raises(ConfigurationInvalid, match="toy has no version 7; there are: 1"):
        back(rig, 7)
    with pytest.raises(ConfigurationInvalid, match="holds in version 1 already"):
        back(rig, 1)


def test_what_does_not_load_is_refused_and_changes_nothing(rig: Rig) -> None:
    wrong = {
        **TOY,
        "transformers/toy/customer.yaml": b"format: 1\nstream: customer\nentity: martian\nid: id\n",
    }
    with pytest.raises(ConfigurationInvalid) as refused:
        put(rig, wrong)
    assert [fault.source for fault in refused.value.faults] == ["transformers/toy/customer.yaml:1"]
    assert list(rig.world.packages.versions("toy")) == []
    assert rig.run()["outcome"] == "succeeded"


def test_a_version_that_a_connection_would_not_fit_is_refused(rig: Rig) -> None:
    path = "connectors/toy/connector.yaml"
    demanding = {**TOY, path: TOY[path] + b"\nconcurrency: 2\n"}
    demanding[path] = demanding[path].replace(
        b"secrets:", b"secrets:\n  pin: {title: Pin, description: The pin}"
    )
    with pytest.raises(ConfigurationInvalid, match="the connection acme does not fit this version of toy"):
        put(rig, demanding)
    assert rig.world.packages.active("toy").version == 0


def test_only_connections_of_the_connector_can_have_a_version_of_it(rig: Rig) -> None:
    with pytest.raises(ConfigurationInvalid, match="nobody"):
        put(rig, TOY, "nobody")


def test_the_same_files_are_the_same_version(rig: Rig) -> None:
    assert put(rig, named(b"Hemmelig")).version == 1
    again = put(rig, named(b"Hemmelig"))
    assert (again.version, again.before, again.read_again) == (1, 1, ())
    assert len(list(rig.world.packages.versions("toy"))) == 1


def test_a_registration_that_died_half_way_is_no_version(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for kind, step in ((MemoryObjectStore, "put"), (Packages, "activate")):
        with monkeypatch.context() as patched:
            patched.setattr(kind, step, die)
            with pytest.raises(KeyboardInterrupt):
                put(rig, named(b"Hemmelig"))
        assert rig.world.packages.active("toy").version == 0
    rig.run()
    assert rig.consumer.names("customer")[1] == "Kunde 1"
    assert put(rig, named(b"Hemmelig")).version == 1


def test_two_who_register_at_once_both_get_a_version(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, others = Packages.version, [named(b"Offentlig")]

    def meanwhile(packages: Packages, connector: str, number: int) -> object:
        if others:
            put(rig, others.pop())
        return plain(packages, connector, number)

    monkeypatch.setattr(Packages, "version", meanwhile)
    put(rig, named(b"Hemmelig"))
    assert [one.number for one, _, _ in versions(rig.world, "toy")] == [2, 1]
    assert rig.world.packages.active("toy").version == 1  # who spoke last


def test_what_was_set_aside_goes_through_the_registered_mapping(rig: Rig) -> None:
    for key in range(4, 30):
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.erp.put("customer", 2, None)
    assert rig.run()["counts"]["quarantined"] == 1
    path = "transformers/toy/customer.yaml"
    put(rig, {**TOY, path: TOY[path].replace(b"name: name", b"name: {first: [name, {value: unnamed}]}")})
    (replay,) = replay_quarantine(rig.world, "acme", "customer")
    assert replay_one(rig, replay)["outcome"] == "replayed"
    assert rig.consumer.names("customer")[2] == "unnamed"


def test_what_is_deployed_needs_no_registry() -> None:
    assert CATALOG.digest("toy") == ""
    assert CATALOG.of("acme").connector("toy") is CATALOG.connector("toy")
