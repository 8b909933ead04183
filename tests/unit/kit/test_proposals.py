"""What the kit makes of names of parameters, of fields around a list, and of ways to log in."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.description.model import Description, Field, Operation, Parameter, Schema
from sluice.kit.asking import propose_asking
from sluice.kit.identity import propose_key
from sluice.kit.lists import entity_of, lists_of
from sluice.kit.login import propose_login
from sluice.kit.paging import propose_paging
from sluice.kit.proposal import Listed, Notes
from sluice.kit.words import plain, singular, words_of

INTEGER, TEXT = frozenset({"integer"}), frozenset({"string"})
NOTHING = Description({})


def thing(**types: frozenset[str]) -> Schema:
    return Schema(frozenset({"object"}), fields={name: Field(Schema(kinds)) for name, kinds in types.items()})


def listed(*parameters: Parameter, around: Schema | None = None, logins: tuple[str, ...] = ()) -> Listed:
    operation = Operation("GET", "/things", parameters, logins=frozenset(logins))
    return Listed(operation, "items" if around else "", thing(id=INTEGER), around)


def query(name: str, types: frozenset[str] = INTEGER, **more: Any) -> Parameter:
    return Parameter(name, "query", types=types, **more)


@pytest.mark.parametrize(
    ("parameters", "around", "wanted"),
    [
        (
            (query("page", default="0"), query("pageSize", maximum=500)),
            None,
            {
                "kind": "page",
                "number": {"query": "page"},
                "size_parameter": {"query": "pageSize"},
                "size": 500,
                "start": 0,
            },
        ),
        (
            (query("$skip"), query("$top")),
            thing(count=INTEGER),
            {"kind": "offset", "offset": {"query": "$skip"}, "limit": {"query": "$top"}, "size": 100},
        ),
        (
            (query("after", TEXT), query("limit", default="50")),
            thing(next_cursor=TEXT),
            {
                "kind": "cursor",
                "cursor": {"query": "after"},
                "limit": {"query": "limit"},
                "size": 50,
                "next": {"body": "next_cursor"},
            },
        ),
        ((), thing(nextPage=TEXT), {"kind": "next_url", "next": {"body": "nextPage"}}),
        ((query("from", TEXT), query("count")), None, {"kind": "single"}),  # `from` is a date here
        ((), None, {"kind": "single"}),
    ],
)
def test_paging_is_proposed_by_names(
    parameters: tuple[Parameter, ...], around: Schema | None, wanted: dict[str, Any]
) -> None:
    assert propose_paging(NOTHING, listed(*parameters, around=around), "x", Notes()) == wanted


def test_paging_that_nothing_tells_of_is_asked() -> None:
    notes = Notes()
    propose_paging(NOTHING, listed(), "x", notes)
    assert "nothing says how the list is paged" in notes.open[0][1]


@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [
        (query("updated_after", TEXT), {"query": {"updated_after": {"since": "datetime"}}}),
        (query("changedSinceDate", TEXT), {"query": {"changedSinceDate": {"since": "date"}}}),
        (query("modifiedSince"), {"query": {"modifiedSince": {"since": "epoch"}}}),
        (
            Parameter("If-Modified-Since", "header"),
            {"headers": {"If-Modified-Since": {"since": "http_date"}}},
        ),
    ],
)
def test_changes_are_asked_for_as_the_parameter_says(parameter: Parameter, wanted: dict[str, Any]) -> None:
    asked = propose_asking(listed(parameter), NOTHING, frozenset(), "x", Notes())
    assert wanted.items() <= asked.incremental.items()


def test_a_required_range_of_days_is_read_in_windows() -> None:
    ends = (query("entryDateFrom", TEXT, required=True), query("entryDateTo", TEXT, required=True))
    notes = Notes()
    asked = propose_asking(listed(*ends, query("orgUnit", required=True)), NOTHING, frozenset(), "x", notes)
    assert asked.windows["query"] == {
        "entryDateFrom": {"window": "from", "as": "date"},
        "entryDateTo": {"window": "to", "as": "date"},
    }
    assert set(asked.settings) == {"history_from"}
    assert any("orgUnit is required" in what for _, what in notes.open)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"id": INTEGER, "number": TEXT}, "id"),
        ({"InvoiceID": TEXT, "Number": TEXT}, "InvoiceID"),
        ({"guid": TEXT, "name": TEXT}, "guid"),
        ({"invoiceNo": TEXT, "total": frozenset({"number"})}, "invoiceNo"),
        ({"contactId": INTEGER, "name": TEXT}, "contactId"),
        ({"name": TEXT}, None),
    ],
)
def test_a_key_is_proposed_by_its_name(fields: dict[str, frozenset[str]], wanted: str | None) -> None:
    notes = Notes()
    assert propose_key(NOTHING, thing(**fields), "invoice", "x", notes) == wanted
    assert bool(notes.open) is (wanted in {None, "invoiceNo"})


@pytest.mark.parametrize(
    ("logins", "kind"),
    [
        ((), "bearer"),
        (("basic",), "basic"),
        (("basic", "bearer token"), "bearer"),
        (("key in header x-secret and key in header x-grant",), "api_key"),
        (("OAuth 2",), "oauth2_client_credentials"),
        (("no login",), "none"),
        (("client certificate",), "bearer"),
    ],
)
def test_the_simplest_login_that_most_accept_is_taken(logins: tuple[str, ...], kind: str) -> None:
    notes = Notes()
    login = propose_login([listed(logins=logins)], notes)
    assert login.auth["kind"] == kind
    names = set(str(login.auth).split("'"))
    assert set(login.secrets) <= names
    assert set(login.settings) <= names


@pytest.mark.parametrize(
    ("path", "entity"),
    [
        ("/v2/customers", "customer"),
        ("/ledger/account", "account"),
        ("/timesheet/entry", "time_entry"),
        ("/salesInvoices", "invoice"),
        ("/purchase-orders", "purchase_order"),
        ("/A_Supplier", "supplier"),
        ("/weather", None),
        ("/", None),
    ],
)
def test_a_path_names_its_entity(path: str, entity: str | None) -> None:
    found = entity_of(path)
    assert (found[0] if found else None) == entity


def test_a_record_that_has_a_list_is_no_list() -> None:
    inner = Schema(frozenset({"array"}), items=thing(id=INTEGER))
    one = Schema(frozenset({"object"}), fields={"orderLines": Field(inner), "id": Field(Schema(INTEGER))})
    operations = {"GET /order": Operation("GET", "/order", response=one)}
    assert list(lists_of(Description(operations))) == []


def test_names_are_taken_apart_into_words() -> None:
    assert words_of("lastModifiedDateTime") == ("last", "modified", "date", "time")
    assert words_of("VATRegistrationNo") == ("vat", "registration", "no")
    assert plain("@odata.nextLink") == "odatanextlink"
    assert [singular(word) for word in ("companies", "addresses", "boxes", "status", "orders")] == [
        "company",
        "address",
        "box",
        "status",
        "order",
    ]
