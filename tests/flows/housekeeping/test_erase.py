"""A person is erased: nothing that is stored holds the name any more, and no read brings it back."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.errors import ConfigurationInvalid
from sluice.ports.object_store import ObjectStore
from sluice.registry.leases import LeaseTaken
from sluice.usecases.data.compact_partition import CompactPartition, compact_partition
from sluice.usecases.data.write_lake import Message, write_lake
from sluice.usecases.erasing.erase import erase, lift
from sluice.usecases.erasing.person import Person
from tests.effort import some, thorough
from tests.flows.crashing import Crash
from tests.flows.rig import Killed, Rig

NAME = "Kari Nordmann"
WHO = Person("acme", "customer", "7")
OTHERS = {1: "Berg AS", 2: "Dahl AS"}


class Home:
    """A connection whose ERP knows Kari as customer 7; its events come to the lake after each run."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.taken = 0
        for key, name in {**OTHERS, 7: NAME}.items():
            self.rig.erp.put("customer", key, name)
            self.rig.erp.put("department", key, name if key != 7 else "Office")
        self.run()

    def run(self) -> dict[str, Any]:
        """Run, and let what was published come to the lake."""
        summary = self.rig.run()
        events = self.rig.consumer.events[self.taken :]
        self.taken = len(self.rig.consumer.events)
        if events:
            assert write_lake(self.rig.world, [Message("1", json.dumps(events))]) == []
        return summary

    def erase(self) -> dict[str, Any]:
        return erase(self.rig.world, WHO, "request 12", lambda _: None)

    def compact(self) -> None:
        compact_partition(self.rig.world, CompactPartition("customer", "acme", seconds=600, memory_mb=256))

    def known(self) -> dict[int, Any]:
        return self.rig.consumer.names("customer")


def holding(objects: ObjectStore, name: str) -> list[str]:
    """Return the keys of the objects in which the text stands, whatever they are packed in."""
    return [key for key in objects.keys("") if name.encode() in _unpacked(key, objects.get(key))]


def _unpacked(key: str, data: bytes) -> bytes:
    if key.endswith(".gz"):
        return gzip.decompress(data)
    if not key.endswith(".parquet"):
        return data
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        Path(file.name).write_bytes(data)
        return repr(duckdb.connect().execute(f"FROM '{file.name}'").fetchall()).encode()


def test_nothing_that_is_stored_holds_the_person_any_more() -> None:
    home = Home()
    home.compact()
    home.rig.erp.put("customer", 7, f"{NAME} jr")
    home.run()
    kinds = {key.split("/")[0] for key in holding(home.rig.world.objects, NAME)}
    assert kinds >= {"raw", "lake"}
    receipt = home.erase()
    assert holding(home.rig.world.objects, NAME) == []
    assert receipt["raw"]["records"] == 2
    assert receipt["lake"]["rows"] >= 2
    assert home.known() == OTHERS
    # The others are where they were.
    kept = {key.split("/")[0] for key in holding(home.rig.world.objects, "Berg AS")}
    assert kept >= {"raw", "lake"}


def test_the_receipt_is_stored_and_audited() -> None:
    home = Home()
    receipt = home.erase()
    stored = json.loads(home.rig.world.objects.get(receipt["receipt"]))
    assert stored == {name: value for name, value in receipt.items() if name != "receipt"}
    assert stored["person"] == "acme/customer/7"
    assert stored["remains"]
    entry = next(home.rig.world.audit.all())
    assert (entry.action, entry.target, entry.reason) == ("records.erase", "acme/customer/7", "request 12")
    assert entry.state == "done"
    assert NAME not in json.dumps(entry.to_json())


def test_what_the_erp_still_has_is_not_published_again() -> None:
    home = Home()
    home.erase()
    home.rig.erp.put("customer", 7, f"{NAME} jr")
    summary = home.run()
    assert summary["outcome"] == "succeeded"
    assert home.known() == OTHERS
    # It is counted, so that counts add up, and it is no delete when the ERP lets go of it.
    counts = summary["results"]["customer"]["counts"]
    assert counts["fetched"] == counts["unchanged"] + counts["published"] + counts["quarantined"]
    before = len(home.rig.consumer.events)
    home.rig.erp.remove("customer", 7)
    assert home.run()["outcome"] == "succeeded"
    assert len(home.rig.consumer.events) == before
    assert "lake" not in {key.split("/")[0] for key in holding(home.rig.world.objects, NAME)}


def test_what_cannot_be_mapped_of_an_erased_person_is_not_set_aside() -> None:
    home = Home()
    home.rig.erp.put("customer", 7, {"first": NAME})
    home.run()
    assert any(key.startswith("quarantine/") for key in holding(home.rig.world.objects, NAME))
    receipt = home.erase()
    assert receipt["quarantine"]["records"] == 1
    assert holding(home.rig.world.objects, NAME) == []
    home.rig.erp.put("customer", 7, {"first": NAME, "last": ""})
    home.run()
    assert not any(key.startswith("quarantine/") for key in holding(home.rig.world.objects, NAME))


def test_what_is_erased_again_is_told_once() -> None:
    home = Home()
    first = home.erase()
    told = len(home.rig.consumer.events)
    again = home.erase()
    assert again["events"] == first["events"]
    assert again["raw"]["records"] == again["lake"]["rows"] == 0
    assert len(home.rig.consumer.events) == told


def test_a_person_of_whom_nothing_was_published_is_kept_out() -> None:
    home = Home()
    whose = Person("acme", "customer", "9")
    assert erase(home.rig.world, whose, "", lambda _: None)["events"] == {}
    home.rig.erp.put("customer", 9, NAME)
    home.run()
    assert home.known() == {**OTHERS, 7: NAME}


def test_an_erased_record_comes_back_when_that_is_lifted() -> None:
    home = Home()
    home.erase()
    assert lift(home.rig.world, WHO) == 1
    assert lift(home.rig.world, WHO) == 0
    home.rig.erp.put("customer", 7, "Ola Nordmann")
    home.run()
    assert home.known() == {**OTHERS, 7: "Ola Nordmann"}


def test_nothing_is_erased_while_a_run_has_the_connection() -> None:
    home = Home()
    home.rig.world.leases.take("acme", "run-x", home.rig.clock.now())
    with pytest.raises(LeaseTaken, match="run-x"):
        home.erase()
    assert holding(home.rig.world.objects, NAME) != []


def test_nothing_is_erased_while_a_backfill_has_the_stream() -> None:
    home = Home()
    home.rig.world.leases.take_stream("acme", "customer", "backfill-x", home.rig.clock.now())
    with pytest.raises(LeaseTaken, match="backfill-x"):
        home.erase()
    # The connection itself is free again.
    assert home.run()["outcome"] in {"succeeded", "held"}


@pytest.mark.parametrize("text", ["acme", "acme/customer", "acme/customer/", "/customer/7", ""])
def test_what_names_no_record_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="acme/employee/17"):
        Person.named(text)


def test_an_entity_that_the_connector_does_not_have_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid, match=r"toy has no stream of costumer; .*customer"):
        erase(Home().rig.world, Person("acme", "costumer", "7"), "", lambda _: None)


def steps_of_erasing() -> int:
    home, crash = Home(), Crash()
    crash.watch(home.rig)
    home.erase()
    return crash.calls


@thorough
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", some(range(1, steps_of_erasing() + 1), 8))
def test_who_dies_anywhere_and_begins_again_has_erased_all(at: int, after: bool) -> None:
    home, crash = Home(), Crash(at=at, after=after)
    world = home.rig.world
    crash.watch(home.rig)
    with pytest.raises(Killed):
        home.erase()
    home.rig.world = world
    home.rig.clock.advance(3600)  # the dead one's lease
    home.erase()
    assert holding(world.objects, NAME) == []
    assert home.known() == OTHERS
    home.rig.erp.put("customer", 7, f"{NAME} jr")
    home.rig.hook = lambda place: None
    assert home.run()["outcome"] == "succeeded"
    assert home.known() == OTHERS
