"""A sandbox of e-conomic: each page tells the whole address of the next one; read by the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Connector
from sluice.errors import CredentialsRejected
from sluice.model.secret import Secret
from tests.unit.sandbox.client import Client
from tests.unit.sandbox.test_relay import read

APP, GRANT = "sandbox-app_secret_token", "sandbox-agreement_grant_token"
SECRETS = {"app_secret_token": Secret(APP), "agreement_grant_token": Secret(GRANT)}
PAGES = {"account": 1, "customer": 4, "employee": 1, "invoice": 3, "product": 1, "supplier": 1}
OF_PROJECTS = ("activity", "project", "time_entry")


@pytest.fixture(scope="module")
def e_conomic() -> Connector:
    return catalog().connector("e_conomic")


@pytest.fixture
def client(start: Callable[..., Client], e_conomic: Connector) -> Client:
    found = start(e_conomic, scale=0.1, records={"customer": 320})
    found.headers = {"X-AppSecretToken": APP, "X-AgreementGrantToken": GRANT}
    return found


@pytest.mark.parametrize("stream", sorted(PAGES))
def test_every_stream_is_read_whole(client: Client, stream: str) -> None:
    records, pages = read(client, stream, secrets=SECRETS)
    assert records == client.truth(stream)
    assert pages == PAGES[stream]


@pytest.mark.parametrize("stream", OF_PROJECTS)
def test_the_streams_at_the_other_host_are_read_whole(client: Client, stream: str) -> None:
    records, _ = read(client, stream, secrets=SECRETS)
    assert len(records) == len(client.truth(stream)) > 0
    assert records == client.truth(stream)


def test_an_increment_at_the_other_host_gives_what_changed(client: Client) -> None:
    now = datetime.now(UTC)
    later = (now + timedelta(hours=36)).isoformat()
    assert read(client, "time_entry", secrets=SECRETS, since=later)[0] == []
    changed = client.admin("change", stream="time_entry", count=120, set={"text": "Nyt"})["changed"]
    records, _ = read(client, "time_entry", secrets=SECRETS, since=now.isoformat())
    found = [str(record["number"]) for record in records if record.get("text") == "Nyt"]
    assert sorted(found) == sorted(str(one) for one in changed)


@pytest.mark.parametrize("stream", sorted([*PAGES, *OF_PROJECTS]))
def test_every_record_is_mapped(client: Client, stream: str) -> None:
    mapper = catalog().mapper("e_conomic", stream)
    mapped = [mapper.map(record, "acme") for record in read(client, stream, secrets=SECRETS)[0]]
    assert [fault for one in mapped for fault in one.faults] == []


@pytest.mark.parametrize(("stream", "key"), [("customer", "customerNumber"), ("product", "productNumber")])
def test_an_increment_gives_what_changed_over_pages_too(client: Client, stream: str, key: str) -> None:
    # The look-back of a day reaches behind it, and the sandbox's records are older than that.
    since = (datetime.now(UTC) + timedelta(hours=12)).isoformat()
    assert read(client, stream, secrets=SECRETS, since=since)[0] == []
    count = 150 if stream == "customer" else 3
    changed = client.admin("change", stream=stream, count=count, set={"name": "Ny ApS"})["changed"]
    records, pages = read(client, stream, secrets=SECRETS, since=since)
    assert sorted(str(record[key]) for record in records) == sorted(str(one) for one in changed)
    assert {record["name"] for record in records} == {"Ny ApS"}
    assert pages == (2 if stream == "customer" else 1)


def test_both_tokens_are_needed(client: Client) -> None:
    for wrong in SECRETS:
        with pytest.raises(CredentialsRejected):
            read(client, "employee", secrets={**SECRETS, wrong: Secret("no")})
