"""Every stream, read by the connector engine over a real socket, gives what the sandbox holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.outcomes import Page, ReadPlan, Throttled, TryAgain
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable
from sluice.model.secret import Secret
from sluice.ports.sender import TransportFailed
from sluice.transport.erp_sender import ErpSender
from tests.unit.sandbox.client import Client

ROOT = Path(__file__).parents[3]
STREAMS = [
    "account",
    "activity",
    "customer",
    "department",
    "employee",
    "invoice",
    "ledger_entry",
    "order",
    "product",
    "project",
    "purchase_order",
    "supplier",
    "supplier_invoice",
    "time_entry",
]


def plan_of(client: Client, stream: str, **given: Any) -> ReadPlan:
    connector = client.server.sandbox.connector
    return ReadPlan(
        **{
            "connector": connector,
            "stream": connector.streams[stream],
            "settings": client.server.settings,
            "secrets": {name: Secret(text) for name, text in client.server.secrets.items()},
            "selection": Selection(),
            "since": None,
            "started_at": datetime.now(UTC),
            **given,
        }
    )


def read(plan: ReadPlan) -> tuple[list[dict[str, Any]], list[Any]]:
    """Drive a reading to its end, or to the first wait; returns the records and every outcome."""
    reader = StreamReader(plan)
    records: list[dict[str, Any]] = []
    outcomes: list[Any] = []
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            outcomes.append(outcome)
            if isinstance(outcome, Page):
                records += outcome.records
            if isinstance(outcome, Throttled):
                break
    return records, outcomes


def by_key(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(records, key=lambda record: int(record["id"]))


@pytest.fixture(scope="module")
def tryton() -> Connector:
    return catalog().connector("tryton")


def test_every_stream_has_a_test_here(tripletex: Connector) -> None:
    assert sorted(tripletex.streams) == STREAMS


@pytest.mark.thorough(most=6)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_whole_read_gives_exactly_the_records(start: Callable[..., Client], stream: str) -> None:
    client = start(records={stream: 2300})
    records, _ = read(plan_of(client, stream))
    assert len(records) == 2300
    assert by_key(records) == client.truth(stream)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_read_of_all_declared_fields_gives_the_same(client: Client, stream: str) -> None:
    schema = client.server.sandbox.connector.streams[stream].schema
    records, _ = read(plan_of(client, stream, selection=Selection.everything_declared(schema)))
    assert by_key(records) == client.truth(stream)


TRYTON = sorted(catalog().connector("tryton").streams)


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("stream", TRYTON)
def test_a_connector_of_json_rpc_reads_as_well(
    start: Callable[..., Client], tryton: Connector, stream: str
) -> None:
    client = start(tryton, scale=1.0, records={stream: 1100})
    selection = Selection.everything_declared(tryton.streams[stream].schema)
    records, _ = read(plan_of(client, stream, selection=selection))
    assert by_key(records) == client.truth(stream)


@pytest.mark.parametrize("stream", ["customer", "supplier"])
def test_an_incremental_read_gives_what_changed(client: Client, stream: str) -> None:
    # Changed longer ago than the look-back, the first records stay behind the watermark.
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert read(plan_of(client, stream, since=since))[0] == []
    changed = client.admin("change", stream=stream, count=4, set={"name": "Ny AS"})["changed"]
    records, _ = read(plan_of(client, stream, since=since))
    assert sorted(str(record["id"]) for record in records) == sorted(changed)


def test_a_session_that_ends_in_between_is_opened_again(client: Client) -> None:
    client.admin("faults", kind="expire_tokens", stream="customer", times=1)
    records, _ = read(plan_of(client, "customer"))
    assert by_key(records) == client.truth("customer")


def test_being_throttled_is_an_outcome(client: Client) -> None:
    client.admin("faults", kind="status", status=429, retry_after=30, stream="customer")
    _, outcomes = read(plan_of(client, "customer"))
    assert isinstance(outcomes[-1], Throttled)
    assert timedelta(seconds=20) < outcomes[-1].resume_at - datetime.now(UTC) < timedelta(seconds=31)


def test_wrong_credentials_are_rejected(client: Client) -> None:
    wrong = {"consumer_token": Secret("wrong"), "employee_token": Secret("wrong")}
    with pytest.raises(CredentialsRejected):
        read(plan_of(client, "customer", secrets=wrong))


def test_a_field_that_is_gone_is_an_api_change(client: Client) -> None:
    client.admin("mutate", stream="customer", kind="rename", path="organizationNumber", to="orgNumber")
    selection = Selection(frozenset({("id",), ("organizationNumber",)}))
    with pytest.raises(ApiChanged) as caught:
        read(plan_of(client, "customer", selection=selection))
    assert caught.value.changes[0].code == "D42"


def test_a_module_that_is_refused_concerns_its_stream_alone(client: Client) -> None:
    for stream, error in (("purchase_order", ConfigurationInvalid), ("order", CredentialsRejected)):
        client.admin("faults", kind="status", status=403, stream=stream, times=2)
        with pytest.raises(error):
            read(plan_of(client, stream))


def test_a_total_that_names_too_few_loses_no_record(start: Callable[..., Client]) -> None:
    client = start(records={"customer": 2300})
    client.admin("faults", kind="short_total", times=100)
    assert by_key(read(plan_of(client, "customer"))[0]) == client.truth("customer")


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_reply_that_breaks_off_never_becomes_a_page(client: Client, kind: str) -> None:
    client.admin("faults", kind=kind, stream="customer")
    with pytest.raises(TransportFailed):
        read(plan_of(client, "customer"))


def test_a_web_page_in_place_of_data_is_tried_again(client: Client) -> None:
    client.admin("faults", kind="html", stream="customer")
    records, outcomes = read(plan_of(client, "customer"))
    assert by_key(records) == client.truth("customer")
    assert any(isinstance(outcome, TryAgain) for outcome in outcomes)


def test_a_server_error_is_the_erp_s_own(client: Client) -> None:
    client.admin("faults", kind="status", status=503, stream="customer")
    with pytest.raises(ErpUnavailable):
        read(plan_of(client, "customer"))


@pytest.mark.parametrize(
    ("kind", "code"), [("drop_list_path", "D11"), ("empty_object", "D11"), ("not_utf8", "D10")]
)
def test_replies_of_another_shape_are_api_changes(client: Client, kind: str, code: str) -> None:
    client.admin("faults", kind=kind, stream="customer", times=3)
    with pytest.raises(ApiChanged) as caught:
        read(plan_of(client, "customer"))
    assert caught.value.changes[0].code == code
