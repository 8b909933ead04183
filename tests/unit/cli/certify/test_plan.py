from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from sandbox.erp import Sandbox
from sandbox.options import Options
from sluice.bootstrap.documents import catalog
from sluice.cli.certify.edits import GONE, OTHERWISE, edit_of, mutations_of
from sluice.cli.certify.plan import FAULTS, FEW, plan_of
from sluice.cli.certify.rules import RULES
from sluice.cli.certify.scenarios import names_of
from sluice.connector.paths import look_up, parse_path
from sluice.model.connection_faults import NAME
from sluice.model.erp_json import read

CATALOG = catalog()
CONNECTORS = ("fiken", "tripletex", "tryton")
STREAMS = [(name, stream) for name in CONNECTORS for stream in CATALOG.connector(name).streams]


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_fault_meets_a_stream_and_every_paging_has_a_second_page(name: str) -> None:
    connector = CATALOG.connector(name)
    plan = plan_of(connector)
    rules = {rule for rule, _ in plan.faults}
    assert set(plan.records) == set(connector.streams)
    assert rules >= set(FAULTS)
    assert ("session_expiry" in rules) == (connector.auth.login is not None)
    assert ("session_expiry" in plan.exempt) == (connector.auth.login is None)
    hurt = {str(order.get("stream", "")) for rule, order in plan.faults if rule in FAULTS}
    assert hurt == set(connector.streams)
    assert plan.paged
    for stream in plan.paged:
        assert plan.records[stream] == connector.streams[stream].pagination.size + FEW
    assert {plan.records[stream] for stream in plan.records if stream not in plan.paged} == {FEW}
    assert set(plan.exempt) <= set(RULES)
    for stream, count in plan.pages.items():
        assert 0 < count <= (connector.streams[stream].pagination.size or FEW)


def test_an_only_stream_does_not_fail_more_often_than_it_is_tried_again() -> None:
    connector = CATALOG.connector("tryton")
    alone = plan_of(replace(connector, streams={"customer": connector.streams["customer"]}))
    unavailable = [order for rule, order in alone.faults if rule in FAULTS and rule != "throttled"]
    assert {rule for rule, _ in alone.faults} >= set(FAULTS)
    assert sum(order["times"] for order in unavailable) == 3


def test_the_connections_names_are_allowed_and_differ() -> None:
    for connector in ("fiken", "twentyfour_seven_office", "a_very_long_name_of_an_erp_that_nobody_uses"):
        names = names_of(connector)
        assert len(set(names)) == 3
        assert all(name.startswith("certify-") and NAME.fullmatch(name) for name in names)


@pytest.fixture(scope="module")
def sandboxes() -> dict[str, Sandbox]:
    found = {}
    for name in CONNECTORS:
        connector = CATALOG.connector(name)
        found[name] = Sandbox(connector, Options(records=dict.fromkeys(connector.streams, 40)))
    return found


@pytest.mark.parametrize(("name", "stream"), STREAMS)
def test_a_record_can_be_changed_so_that_it_shows(
    sandboxes: dict[str, Sandbox], name: str, stream: str
) -> None:
    shelf, mapper = sandboxes[name].shelves[stream], CATALOG.mapper(name, stream)
    row = next(iter(shelf.rows.values()))
    edit = edit_of(shelf.stream, mapper, row.key, read(row.body))
    assert edit is not None
    before = mapper.map(read(row.body), "acme")
    shelf.change([edit.key], edit.values)
    after = mapper.map(read(shelf.rows[row.key].body), "acme")
    assert after.data is not None
    assert after.source_id == before.source_id
    assert after.data != before.data


def test_a_date_written_in_another_way_is_no_edit() -> None:
    sandbox = Sandbox(CATALOG.connector("netsuite"), Options(records={"order": 40}))
    shelf, mapper = sandbox.shelves["order"], CATALOG.mapper("netsuite", "order")
    found = [edit_of(shelf.stream, mapper, row.key, read(row.body)) for row in shelf.rows.values()]
    changed = [path for edit in found if edit for path in edit.values]
    assert changed
    assert not [path for path in changed if "date" in path]


@pytest.mark.parametrize("codes", [GONE, OTHERWISE])
@pytest.mark.parametrize(("name", "stream"), STREAMS)
def test_a_used_field_can_be_broken(
    sandboxes: dict[str, Sandbox], name: str, stream: str, codes: Sequence[str]
) -> None:
    sandbox = sandboxes[name]
    shelf, mapper = sandbox.shelves[stream], CATALOG.mapper(name, stream)
    records = [read(row.body) for row in shelf.rows.values()]
    mutation = next(mutations_of(shelf.stream, mapper, records, codes))
    assert mutation.code in codes
    assert mapper.used.fields_at(mutation.path)
    assert all(look_up(record, mutation.path) is not None for record in records)
    sandbox.mutate(mutation)
    assert [one.code for one in sandbox.active.mutations if one.stream == stream][-1] == mutation.code
    sandbox.set_mutations([])


def test_a_field_that_may_be_either_is_not_retyped() -> None:
    connector = CATALOG.connector("xledger")
    stream = connector.streams["time_entry"]
    sandbox = Sandbox(connector, Options(records={"time_entry": 40}))
    records = [read(row.body) for row in sandbox.shelves["time_entry"].rows.values()]
    hours = ("node", "workingHours")
    mapper = CATALOG.mapper("xledger", "time_entry")
    assert hours in {one.path for one in mutations_of(stream, mapper, records, GONE)}
    assert hours not in {one.path for one in mutations_of(stream, mapper, records, ["D47", "D48"])}


def test_what_decides_which_records_are_found_is_left_alone(sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["tripletex"]
    for name, shelf in sandbox.shelves.items():
        records = [read(row.body) for row in shelf.rows.values()]
        found = list(mutations_of(shelf.stream, CATALOG.mapper("tripletex", name), records, GONE))
        window = shelf.stream.sandbox.get("window_field")
        assert window is None or parse_path(window) not in {one.path for one in found}
        # The key comes last, so that a stream is broken by it only where nothing else can be.
        assert found[-1].path == shelf.stream.key[0]
        assert len(found) > 1
