"""A whole manifest as a connector: what is converted, what is told, and that a sandbox of it can be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.options import Options
from sandbox.server import serve
from sluice.connector.outcomes import ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.errors import ConfigurationInvalid
from sluice.kit.airbyte.draft import draft_of_manifest
from sluice.kit.draft import Wanted
from sluice.kit.notes_page import notes_page
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from tests.unit.connector.scripted import drive
from tests.unit.connector.tokens.test_against_sandbox import send
from tests.unit.kit.airbyte.drafting import DOCUMENTS, FILE, HAVGULL, changed, drafted, faults, read, told

HAVGULLS = drafted(HAVGULL)


def test_the_streams_of_known_entities_become_a_connector_that_checks() -> None:
    assert HAVGULLS.streams == ["customer", "project", "invoice"]
    assert faults(HAVGULLS) == []


def test_what_all_streams_share_stands_in_the_connector() -> None:
    connector = read(HAVGULLS, "connectors/havgull/connector.yaml")
    assert connector["base_url"] == {"setting": "base_url"}
    assert connector["settings"]["required"] == ["company"]
    assert connector["settings"]["properties"]["company"]["pattern"] == "^[a-z]+$"
    assert connector["settings"]["properties"]["region"]["default"] == "no"
    assert connector["auth"] == {
        "kind": "oauth2_client_credentials",
        "token_url": {"setting": "token_url"},
        "client_id": {"secret": "client_id"},
        "client_secret": {"secret": "client_secret"},
        "client_authentication": "body",
        "parameters": {"audience": {"setting": "company"}},
        "scope": ["invoices.read", {"join": [{"setting": "region"}, ".read"]}],
    }
    assert connector["request"]["headers"]["X-Company"] == {"setting": "company"}
    assert connector["errors"] == [
        {"status": [429], "means": "throttled", "wait_seconds": 20},
        {"status": [503], "means": "unavailable"},
        {"status": [402], "means": "configuration_invalid"},
    ]
    assert connector["limits"] == [{"requests": 120, "seconds": 60, "per": "connection"}]
    assert connector["concurrency"] == 3


def test_changes_are_asked_for_since() -> None:
    stream = read(HAVGULLS, "connectors/havgull/customer.yaml")
    assert stream["path"] == "/clients"
    assert stream["records"] == "data.clients"
    assert stream["incremental"]["query"] == {"updated_since": {"since": "datetime"}}
    assert stream["incremental"]["lookback_minutes"] == 60
    assert stream["incremental"]["check"] == stream["sandbox"]["changed_field"] == "updated_at"
    assert "read_at" not in stream["schema"]["properties"]  # a transformation adds it, not the ERP


def test_both_ends_with_a_step_are_windows() -> None:
    stream = read(HAVGULLS, "connectors/havgull/invoice.yaml")
    assert stream["path"] == "/companies/{company}/invoices"
    assert stream["request"] == {"query": {"kind": "sale"}}
    assert stream["windows"] == {
        "query": {"from": {"window": "from", "as": "date"}, "to": {"window": "to", "as": "date"}},
        "from": {"setting": "history_from"},
        "days": 31,
    }
    assert stream["pagination"]["more"] == {"body": "meta.has_more"}


def test_a_body_says_page_and_since_itself() -> None:
    stream = read(HAVGULLS, "connectors/havgull/project.yaml")
    body = stream["request"]["body"]
    assert body["filter"] == {"changed": {"since": "epoch"}}
    assert (body["skip"], body["take"]) == ({"page": "offset"}, {"page": "limit"})
    assert stream["key"] == ["company", "number"]
    mapping = read(HAVGULLS, "transformers/havgull/project.yaml")
    assert mapping["id"] == {"join": {"of": ["company", "number"], "with": "-"}}


def test_what_was_not_converted_is_told_with_its_place() -> None:
    said = told(HAVGULLS)
    for expected in (
        "streams.0.transformations.1: RemoveFields",
        "streams.0.$parameters.colour: `red`",
        "streams.1.retriever.record_selector.record_filter: RecordFilter",
        "definitions.requester.error_handler.error_handlers.1: CustomErrorHandler",
        "definitions.requester.error_handler.error_handlers.0.response_filters.3: HttpResponseFilter",
        "api_budget.policies.1: MovingWindowCallRatePolicy",
        "spec.advanced_auth: an object",
        "definitions.never_used: nothing refers to it",
        "streams.3 DeclarativeStream: weather is the name of no entity",
        "streams.4 DeclarativeStream: items is read once for each part (SubstreamPartitionRouter)",
        "streams.5 StateDelegatingStream",
        "dynamic_streams.0 DynamicDeclarativeStream",
    ):
        assert [text for text in said if text.startswith(expected)], expected


def test_the_notes_say_it_all() -> None:
    draft, description = draft_of_manifest(FILE.read_bytes(), DOCUMENTS, Wanted("havgull"))
    page = notes_page("havgull", description, draft.notes)
    assert "Airbyte manifest 6.48.0" in page
    assert all(text in page for text in told(draft))
    assert "# TODO not converted: " in draft.files["connectors/havgull/customer.yaml"]


def test_a_stream_is_taken_by_its_name_as_any_entity() -> None:
    draft = drafted(HAVGULL, "weather=activity")
    assert draft.streams == ["activity"]
    assert any("clients is not among those asked for" in text for text in told(draft))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("client", "no such stream 'client'.*did you mean 'clients'"),
        ("items", "items is read once for each part"),
        ("weather", "right would be weather=ENTITY, with one of customer"),
        ("weather=storm", "right would be weather=ENTITY"),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused(path: str, message: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=message):
        drafted(HAVGULL, path)


@pytest.mark.thorough(most=10)
@pytest.mark.parametrize(
    "place",
    [
        "definitions.login.grant_type",
        "definitions.pages.pagination_strategy",
        "definitions.requester.request_headers",
        "spec.connection_specification.required",
        "spec.connection_specification.properties.company.type",
        "streams.2.retriever.requester.request_body_json",
        "streams.1.primary_key",
    ],
)
@pytest.mark.parametrize("value", [[], {}, 5, [[1]], {"type": ["x"]}, {"$ref": 5}], ids=str)
def test_what_has_another_form_is_told_or_refused(place: str, value: object) -> None:
    try:
        came = drafted(changed(place, value)).streams
    except ConfigurationInvalid as err:
        came = [fault.code for fault in err.faults]
    assert came


def test_streams_of_another_api_need_a_connector_of_their_own() -> None:
    manifest = changed("streams.2.retriever.requester.url_base", "https://other.example")
    draft = drafted(manifest)
    assert draft.streams == ["customer", "invoice"]
    assert any("projects has another address or way to log in" in text for text in told(draft))


@pytest.mark.parametrize("name", HAVGULLS.streams)
def test_a_sandbox_of_the_draft_is_read_with_its_login_and_paging(name: str) -> None:
    files = {path: text.encode() for path, text in HAVGULLS.files.items()}
    connector = Catalog(DOCUMENTS).with_files("havgull", files).connector("havgull")
    records = {"customer": 120, "project": 25, "invoice": 60}
    with serve(connector, 0, Options(records=records)) as server:
        secrets = {one: Secret(text) for one, text in server.secrets.items()}
        settings = complete_settings(connector, server.settings)
        stream, now = connector.streams[name], datetime.now(UTC)
        reading = StreamReader(ReadPlan(connector, stream, settings, secrets, Selection(), None, now))
        list(drive(reading, send))
    assert reading.records == records[name]
