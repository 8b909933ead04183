from __future__ import annotations

from typing import Any

import pytest

from sandbox.erp import Sandbox
from sandbox.options import Options
from sluice.bootstrap.documents import catalog
from sluice.cli.certify.truth import Consumer, differences, truth_of, untrue

CATALOG = catalog()
STREAMS = ("product", "department")
RECORDS = 12
Event = dict[str, Any]


@pytest.fixture
def sandbox() -> Sandbox:
    connector = CATALOG.connector("tripletex")
    sizes = {name: RECORDS if name in STREAMS else 0 for name in connector.streams}
    return Sandbox(connector, Options(records=sizes))


@pytest.fixture
def consumer() -> Consumer:
    return Consumer(CATALOG.canonical)


def truth(sandbox: Sandbox) -> Any:
    mappers = {name: CATALOG.mapper("tripletex", name) for name in STREAMS}
    return truth_of(sandbox, mappers, "acme")


def upserted(key: tuple[str, str], data: Any, version: int = 1) -> Event:
    entity, source_id = key
    return {
        "id": f"{entity}/{source_id}/{version}",
        "type": f"{entity}.upserted",
        "subject": source_id,
        "entityversion": version,
        "data": data,
    }


def deleted(key: tuple[str, str], version: int) -> Event:
    event = upserted(key, {"id": f"acme/{key[0]}/{key[1]}", "source_id": key[1]}, version)
    return {**event, "type": f"{key[0]}.deleted"}


def test_a_consumer_who_got_everything_holds_the_truth(sandbox: Sandbox, consumer: Consumer) -> None:
    there = truth(sandbox)
    assert there.wrong == ()
    assert {name: len(state) for name, state in there.by_stream.items()} == dict.fromkeys(STREAMS, RECORDS)
    events = [upserted(key, data) for key, data in there.all.items()]
    assert consumer.take(events) == []
    assert differences(consumer.state, there.all) == []
    assert untrue(events, there.all) == []


def test_what_is_lost_changed_or_too_much_is_seen(sandbox: Sandbox, consumer: Consumer) -> None:
    there = truth(sandbox).all
    lost, changed, *rest = list(there)
    wrong = {**there[changed], "name": "Someone else"}
    events = [upserted(key, there[key]) for key in rest]
    events += [upserted(changed, wrong), upserted(("product", "999"), {**there[changed], "source_id": "999"})]
    consumer.take(events)
    assert differences(consumer.state, there) == [
        f"1 records not published: {' '.join(lost)}",
        "1 records published though not there: product 999",
        f"1 records published otherwise: {' '.join(changed)}",
    ]
    (said,) = untrue(events, there)
    assert said.startswith("2 records were published wrongly")


def test_an_event_that_comes_twice_or_is_not_valid_is_seen(sandbox: Sandbox, consumer: Consumer) -> None:
    key, data = next(iter(truth(sandbox).all.items()))
    event = upserted(key, data)
    assert consumer.take([event, event]) == [f"{' '.join(key)} came twice"]
    (said,) = consumer.take([upserted(key, {**data, "name": 7}, 2)])
    assert "not valid against its canonical schema" in said


def test_the_newest_version_stands_and_a_delete_forgets(sandbox: Sandbox, consumer: Consumer) -> None:
    key, data = next(iter(truth(sandbox).all.items()))
    new = {**data, "name": "Newer"}
    consumer.take([upserted(key, new, 2), upserted(key, data, 1)])
    assert consumer.state == {key: new}
    consumer.take([deleted(key, 3)])
    assert consumer.state == {}


def test_the_truth_is_that_before_any_mutation_and_says_what_does_not_map(sandbox: Sandbox) -> None:
    before = truth(sandbox).all
    keys = list(sandbox.shelves["product"].rows)
    sandbox.shelves["product"].change(keys[:1], {"id": None})
    after = truth(sandbox)
    assert len(after.wrong) == 1
    assert after.wrong[0].startswith("product: record None of the sandbox does not map")
    assert len(after.all) == len(before) - 1


def test_records_below_a_parent_that_is_gone_are_not_there() -> None:
    connector = CATALOG.connector("xero")
    sandbox = Sandbox(connector, Options(records={"project": 4, "activity": 12}))
    mappers = {name: CATALOG.mapper("xero", name) for name in ("project", "activity")}
    before = truth_of(sandbox, mappers, "acme").by_stream["activity"]
    assert len(before) == 12
    shelf = sandbox.shelves["project"]
    gone = next(iter(shelf.rows))
    shelf.delete([gone])
    after = truth_of(sandbox, mappers, "acme").by_stream["activity"]
    left = {key: data for key, data in before.items() if data["extensions"]["project_id"] != gone}
    assert 0 < len(left) < 12
    assert after == left
