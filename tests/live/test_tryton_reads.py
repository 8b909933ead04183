"""Every stream of the Tryton connector, read from a real server, equals a read through proteus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.connector.expanding.window import Window
from sluice.connector.load import load_connector
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector, Stream
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender
from tests.live.tryton.compare import Key, differences, expected_from
from tests.live.tryton.server import Tryton

pytestmark = pytest.mark.timeout(900)

CONNECTION = "fjord"
DOCUMENTS = FolderDocuments(Path(__file__).parents[2])
STREAMS = (
    "customer", "supplier", "employee", "project", "product", "account", "invoice", "time_entry",
    "supplier_invoice", "ledger_entry", "order", "purchase_order",
)  # fmt: skip


class Reading:
    """Reads streams of one Tryton as a run would: engine, sender, mapping."""

    def __init__(self, tryton: Tryton, **changed: Any) -> None:
        self.connector: Connector = load_connector(DOCUMENTS, "tryton")
        given = {
            "base_url": tryton.url,
            "database": tryton.database,
            "user": tryton.user,
            "customer_domain": [["categories.name", "=", "Customer"]],
            "supplier_domain": [["categories.name", "=", "Supplier"]],
        }
        self.settings = complete_settings(self.connector, {**given, **changed})
        self.secrets = {"password": Secret(tryton.password)}
        self.sender = ErpSender(allow_loopback_http=True)
        self.requests = 0

    def records(self, name: str, since: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Yield a stream's raw records."""
        stream = self.connector.streams[name]
        mapper = load_mapping(DOCUMENTS, "tryton", name)
        yield from self.pages(stream, Selection(mapper.used.paths()), since)

    def pages(
        self,
        stream: Stream,
        selection: Selection,
        since: datetime | None = None,
        window: Window | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of a stream, or of a window of it, page by page."""
        watermark = since.isoformat() if since else None
        plan = ReadPlan(
            self.connector, stream, self.settings, self.secrets, selection, watermark, datetime.now(UTC)
        )
        reader = StreamReader(replace(plan, windows=[window] if window else None))
        while (request := reader.next_request()) is not None:
            self.requests += 1
            outcome = reader.receive(self.sender.send(request))
            if isinstance(outcome, Page):
                yield from outcome.records

    def events(self, name: str, since: datetime | None = None) -> list[dict[str, Any]]:
        """Return a stream's records as the events that a first run would publish."""
        mapper = load_mapping(DOCUMENTS, "tryton", name)
        found = []
        for record in self.records(name, since):
            mapped = mapper.map(record, CONNECTION)
            assert not mapped.faults, mapped.faults
            assert not mapped.skipped
            found.append(
                {
                    "type": f"{mapper.entity}.upserted",
                    "subject": mapped.source_id,
                    "connection": CONNECTION,
                    "entityversion": 1,
                    "data": mapped.data,
                }
            )
        return found


@pytest.fixture(scope="module")
def reading(tryton: Tryton) -> Reading:
    return Reading(tryton)


@pytest.fixture(scope="module")
def expected(tryton: Tryton) -> dict[Key, dict[str, Any]]:
    return expected_from(tryton.read())


def test_there_is_enough_to_read(expected: dict[Key, dict[str, Any]]) -> None:
    counts = Counter(entity for entity, _ in expected)
    assert counts["customer"] + counts["supplier"] >= 1_000
    assert counts["project"] >= 1_000
    assert counts["time_entry"] >= 1_000
    assert counts["invoice"] >= 100
    assert counts["ledger_entry"] >= 500
    assert min(counts["supplier_invoice"], counts["order"], counts["purchase_order"]) >= 50
    assert set(counts) == set(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_equals_what_proteus_reads(
    reading: Reading, expected: dict[Key, dict[str, Any]], stream: str
) -> None:
    wanted = {key: data for key, data in expected.items() if key[0] == stream}
    events = reading.events(stream)
    assert len(events) == len(wanted)
    assert differences(events, wanted) == []


def test_whatever_the_connector_declares_can_be_asked_for(reading: Reading) -> None:
    for stream in reading.connector.streams.values():
        first = next(reading.pages(stream, Selection.everything_declared(stream.schema), None))
        assert set(stream.schema["properties"]) <= set(first), stream.name


CHANGES: dict[str, tuple[dict[str, Any], ...]] = {
    "customer": (
        {"model": "party.party", "id": 11, "set": {"name": "Nytt navn AS"}},
        {"model": "party.party", "id": 13, "set": {"active": False}},
    ),
    "employee": (
        {"model": "company.employee", "id": 5, "set": {"supervisor": {"model": "company.employee", "id": 4}}},
    ),
    "project": ({"model": "project.work", "id": 21, "set": {"name": "Omdøpt", "comment": None}},),
    "product": ({"model": "product.template", "id": 7, "set": {"list_price": {"decimal": "1234.50"}}},),
    "account": ({"model": "account.account", "id": 4, "set": {"code": "2400"}},),
    "time_entry": ({"model": "timesheet.line", "id": 77, "set": {"description": "Rettet"}},),
    "supplier_invoice": ({"model": "account.invoice", "id": 260, "set": {"comment": "Sjekket"}},),
    "order": (
        {"model": "sale.sale", "id": 8, "set": {"reference": "Bestilling 8"}},
        {"model": "sale.line", "id": 30, "set": {"note": "Kun på linjen"}},
        {"model": "sale.sale", "id": 9, "click": "cancel"},
    ),
    "purchase_order": ({"model": "purchase.purchase", "id": 8, "set": {"comment": "Haster"}},),
}
CHANGED: dict[str, set[str]] = {
    "customer": {"11", "13"},
    "employee": {"5"},
    "project": {"21"},
    "product": {"7"},
    "account": {"4"},
    "time_entry": {"77"},
    "supplier_invoice": {"260"},
    "order": {"8", "9", "21"},
    "purchase_order": {"8"},
}


@pytest.mark.parametrize("stream", CHANGES)
def test_an_incremental_read_finds_exactly_what_changed(
    tryton: Tryton, reading: Reading, stream: str
) -> None:
    since = just_before(reading, stream)
    assert reading.events(stream, since) == []
    tryton.change(*CHANGES[stream])
    found = reading.events(stream, since)
    assert {event["subject"] for event in found} == CHANGED[stream]
    wanted = expected_from(tryton.read())
    assert differences(found, {(stream, key): wanted[stream, key] for key in CHANGED[stream]}) == []


def test_a_change_of_what_belongs_to_a_party_is_a_change_of_the_party(
    tryton: Tryton, reading: Reading
) -> None:
    addresses = {
        record["id"]: record["addresses."][0]["id"]
        for record in reading.records("customer")
        if record["addresses."]
    }
    since = just_before(reading, "customer")
    tryton.change({"model": "party.address", "id": addresses[15], "set": {"city": "Vardø"}})
    found = {event["subject"]: event["data"] for event in reading.events("customer", since)}
    assert set(found) == {"15"}
    assert found["15"]["postal_address"]["city"] == "Vardø"


def test_a_payment_is_a_change_of_the_invoice(tryton: Tryton, reading: Reading) -> None:
    opened = [
        (event["subject"], event["data"]["outstanding_amount"])
        for event in reading.events("invoice")
        if (event["data"]["status"], event["data"]["type"], event["data"]["currency"])
        == ("open", "invoice", "NOK")
    ]
    (part, _), (whole, amount) = opened[-2:]
    since = just_before(reading, "invoice")
    tryton.change(
        {"model": "account.invoice", "id": int(part), "pay": "10.00"},
        {"model": "account.invoice", "id": int(whole), "pay": amount},
    )
    found = reading.events("invoice", since)
    wanted = expected_from(tryton.read())
    assert differences(found, {("invoice", key): wanted["invoice", key] for key in (part, whole)}) == []
    assert wanted["invoice", whole]["status"] == "paid"


def test_what_a_payment_books_is_found(tryton: Tryton, reading: Reading) -> None:
    events = reading.events("supplier_invoice")
    unpaid = next(one["subject"] for one in events if one["data"]["status"] == "open")
    before = expected_from(tryton.read())
    since = just_before(reading, "ledger_entry")
    assert reading.events("ledger_entry", since) == []
    tryton.change({"model": "account.invoice", "id": int(unpaid), "pay": "10.00"})
    now = expected_from(tryton.read())
    booked = {key: data for key, data in now.items() if key[0] == "ledger_entry" and before.get(key) != data}
    assert [data["amount"] for data in booked.values()] == [{"number": "10.00"}, {"number": "-10.00"}]
    assert differences(reading.events("ledger_entry", since), booked) == []


@pytest.mark.parametrize("stream", STREAMS)
def test_ranges_of_keys_are_the_stream_each_record_once(reading: Reading, stream: str) -> None:
    spec, mapper = reading.connector.streams[stream], load_mapping(DOCUMENTS, "tryton", stream)
    selection = Selection(mapper.used.paths())
    keys = sorted(record["id"] for record in reading.pages(spec, selection))
    first, last = keys[len(keys) // 3], keys[len(keys) // 2]
    # The server obeys both ends: the reader refuses a record outside of its range.
    parts = [(None, first), (first, last), (last, None)]
    found = [[record["id"] for record in reading.pages(spec, selection, window=part)] for part in parts]
    assert min(map(len, found)) > 0
    assert [key for part in found for key in part] == keys


def test_a_wrong_password_is_said_once(tryton: Tryton) -> None:
    reading = Reading(tryton)
    reading.secrets = {"password": Secret("wrong-canary-password")}
    with pytest.raises(CredentialsRejected) as refused:
        reading.events("customer")
    assert reading.requests == 1
    assert "wrong-canary" not in str(refused.value)


def test_a_wrong_database_is_a_wrong_configuration(tryton: Tryton) -> None:
    with pytest.raises(ConfigurationInvalid):
        Reading(tryton, database="nowhere").events("customer")


def test_an_unknown_field_is_a_change_of_the_api(reading: Reading) -> None:
    stream = reading.connector.streams["customer"]
    with pytest.raises(ApiChanged, match="nofield"):
        list(reading.pages(stream, Selection(frozenset({("nofield",)})), None))


def just_before(reading: Reading, stream: str) -> datetime:
    """Return a watermark whose lookback ends now: what changes from here on is found, and nothing else."""
    incremental = reading.connector.streams[stream].incremental
    assert incremental is not None
    return datetime.now(UTC) + timedelta(minutes=incremental.lookback_minutes)
