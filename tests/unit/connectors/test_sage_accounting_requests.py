"""What the Sage Accounting connector asks for: login, first reads, increments, tombstones and next pages."""

from __future__ import annotations

import pytest

from sluice.connector.outcomes import LoggedIn, Page
from sluice.connector.values import Scope
from sluice.errors import ConfigurationInvalid
from sluice.model.secret import Secret
from tests.unit.connectors.harness import (
    NOW,
    TOKEN,
    Record,
    asked_by,
    form_of,
    harness,
    query_of,
    received,
    replied,
)

SAGE = harness(
    "sage_accounting",
    {"business_id": "b0551e", "department_analysis_type": "dep7", "project_analysis_type": "pro9"},
    session={"access_token": TOKEN},
)
API = "https://api.accounting.sage.com/v3.1"
SINCE = "2026-11-20T12:30:45.250000+00:00"
ASKED = "2026-11-20T12:20:45Z"
PAGE = {"page": "1", "items_per_page": "200"}
IN_ORDER = {"sort": "created_at"}
ADDRESSES = {"nested_attributes": "all"}
# Path and query of every stream, without `attributes` and the page.
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "account": ("/ledger_accounts", {}),
    "credit_note": ("/sales_credit_notes", IN_ORDER),
    "customer": ("/contacts", {"contact_type_id": "CUSTOMER", **ADDRESSES}),
    "department": ("/analysis_types/dep7", {}),
    "invoice": ("/sales_invoices", IN_ORDER),
    "ledger_entry": ("/ledger_entries", {}),
    "product": ("/products", {}),
    "project": ("/analysis_types/pro9", {}),
    "quick_entry": ("/sales_quick_entries", IN_ORDER),
    "service": ("/services", {}),
    "stock_item": ("/stock_items", {}),
    "supplier": ("/contacts", {"contact_type_id": "VENDOR", **ADDRESSES}),
    "supplier_credit_note": ("/purchase_credit_notes", IN_ORDER),
    "supplier_invoice": ("/purchase_invoices", IN_ORDER),
    "supplier_quick_entry": ("/purchase_quick_entries", IN_ORDER),
}
WHOLE_ALWAYS = {"department", "project"}
NO_TOMBSTONES = {*WHOLE_ALWAYS, "account", "ledger_entry"}
INCREMENTAL = sorted(set(LISTS) - WHOLE_ALWAYS)
WITH_TOMBSTONES = sorted(set(LISTS) - NO_TOMBSTONES)
DOCUMENTS = sorted(name for name, (_, query) in LISTS.items() if query == IN_ORDER)

GONE = {"id": "gone", "deleted_at": "2026-11-20T18:00:00Z", "status": {"id": "DRAFT"}}


def answer(*records: Record, page: int = 1, total: int | None = None) -> Record:
    """Return a list as Sage sends it."""
    more = total is not None and page * 200 < total
    following = f"/contacts?page={page + 1}&items_per_page=200" if more else None
    total = len(records) if total is None else total
    return {
        "$total": total, "$page": page, "$next": following, "$back": None, "$itemsPerPage": 200,
        "$items": list(records),
    }  # fmt: skip


def test_every_stream_is_tested_here() -> None:
    assert sorted(SAGE.streams) == sorted(LISTS)


def test_the_login_spends_the_refresh_token_and_keeps_the_next() -> None:
    reader = SAGE.logged_out().reader("customer")
    request = asked_by(reader)
    assert (request.method, request.url) == ("POST", "https://oauth.accounting.sage.com/token")
    assert form_of(request) == {
        "grant_type": "refresh_token",
        "client_id": "canary-client_id",
        "client_secret": "canary-client_secret",
        "refresh_token": "canary-refresh_token",
    }
    token = {"token_type": "bearer", "expires_in": 300, "access_token": "new", "refresh_token": "next"}
    assert isinstance(reader.receive(replied(token)), LoggedIn)
    assert asked_by(reader).headers["Authorization"] == "Bearer new"


@pytest.mark.parametrize("name", LISTS)
def test_a_first_read_asks_for_all_attributes_of_one_business(name: str) -> None:
    path, query = LISTS[name]
    request = SAGE.request(name)
    assert (request.method, request.url.split("?")[0]) == ("GET", f"{API}{path}")
    assert query_of(request) == {"attributes": "all", **query, **({} if name in WHOLE_ALWAYS else PAGE)}
    assert request.headers["Authorization"] == "Bearer canary-token"
    assert request.headers["X-Business"] == "b0551e"
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize("name", INCREMENTAL)
def test_an_increment_asks_for_what_changed_since(name: str) -> None:
    assert SAGE.query(name, SINCE) == {**SAGE.query(name), "updated_or_created_since": ASKED}


@pytest.mark.parametrize("name", sorted(WHOLE_ALWAYS))
def test_an_analysis_type_comes_whole_and_at_once(name: str) -> None:
    assert SAGE.streams[name].incremental is None
    reader = SAGE.reader(name)
    page = received(reader, {"id": "dep7", "analysis_type_categories": [{"id": "c1", "name": "Office"}]})
    assert isinstance(page, Page)
    assert [one["id"] for one in page.records] == ["c1"]
    assert reader.next_request() is None


@pytest.mark.parametrize("name", WITH_TOMBSTONES)
def test_what_was_deleted_is_asked_for_after_what_changed(name: str) -> None:
    reader = SAGE.reader(name, SINCE)
    received(reader, answer())
    request = asked_by(reader)
    whole = SAGE.request(name)
    assert request.url.split("?")[0] == whole.url.split("?")[0]
    plain = {key: text for key, text in query_of(whole).items() if key != "nested_attributes"}
    attributes = "status" if name in DOCUMENTS else "deleted_at"
    assert query_of(request) == {**plain, "attributes": attributes, "deleted_since": ASKED}
    found, asked = SAGE.recognised(request)
    assert (found.name, asked.tombstones, asked.since) == (name, True, ASKED)
    page = reader.receive(replied(answer(GONE)))
    assert isinstance(page, Page)
    assert page.tombstones
    assert list(page.records) == [{"id": "gone"}]
    assert reader.next_request() is None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_voided_document_is_no_deleted_one(name: str) -> None:
    reader = SAGE.reader(name, SINCE)
    received(reader, answer())
    listed = answer({"id": "void", "status": {"id": "VOID"}}, {"id": "gone", "status": {"id": "DRAFT"}})
    page = received(reader, listed)
    assert isinstance(page, Page)
    assert list(page.records) == [{"id": "gone"}]


@pytest.mark.parametrize("name", sorted(set(WITH_TOMBSTONES) - set(DOCUMENTS)))
def test_what_has_no_moment_of_deletion_is_no_deleted_one(name: str) -> None:
    # As if deleted_since were passed over, and all records came.
    reader = SAGE.reader(name, SINCE)
    received(reader, answer())
    page = received(reader, answer({"id": "alive", "deleted_at": None}, {"id": "too"}, GONE))
    assert isinstance(page, Page)
    assert list(page.records) == [{"id": "gone"}]


@pytest.mark.parametrize("name", sorted(NO_TOMBSTONES - WHOLE_ALWAYS))
def test_lists_without_a_filter_for_deleted_ones_end_with_what_changed(name: str) -> None:
    reader = SAGE.reader(name, SINCE)
    received(reader, answer())
    assert reader.next_request() is None


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    found, asked = SAGE.recognised(SAGE.request(name, since))
    assert found.name == name
    assert not asked.tombstones
    assert asked.since == (ASKED if since and name in INCREMENTAL else None)


def test_pages_go_on_to_the_total_and_not_beyond() -> None:
    # Beyond the last page Sage shows the last one again.
    reader = SAGE.reader("customer")
    first = [{"id": f"c{number}"} for number in range(200)]
    assert isinstance(received(reader, answer(*first, total=201)), Page)
    request = asked_by(reader)
    assert query_of(request) == {**SAGE.query("customer"), "page": "2"}
    last = reader.receive(replied(answer({"id": "c200"}, page=2, total=201)))
    assert isinstance(last, Page)
    assert [one["id"] for one in last.records] == ["c200"]
    assert reader.next_request() is None


def test_an_empty_list_is_read() -> None:
    reader = SAGE.reader("product")
    page = received(reader, answer())
    assert isinstance(page, Page)
    assert list(page.records) == []
    assert reader.next_request() is None


def test_one_app_and_one_business_share_the_limit() -> None:
    (limit,) = SAGE.connector.limits
    assert str(limit) == "100 requests in 60 s"
    scopes = [
        Scope({**SAGE.settings, "business_id": business}, {"client_id": Secret(client)}, NOW)
        for business, client in (("1", "a"), ("1", "a"), ("2", "a"), ("1", "b"))
    ]
    keys = [limit.key("sage_accounting", str(number), scope) for number, scope in enumerate(scopes)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("name", ["department", "project"])
def test_the_streams_of_an_analysis_type_need_its_setting(name: str) -> None:
    without = SAGE.with_settings(**{f"{name}_analysis_type": None})
    assert without.request("customer").url.startswith(API)
    with pytest.raises(ConfigurationInvalid, match="has a placeholder without a value"):
        without.request(name)
