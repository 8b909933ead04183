"""Every query, argument and field of the Xledger connector stands in our copy of a public client's metadata.

The copy is not part of this repository; where ../shared is absent the tests that need it skip. Fields that
the copy lacks, and other public clients read, are listed here one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from sluice.connector.spec import Stream
from tests.unit.connectors.harness import SHARED, harness, needs, types_of

METADATA = "specs/xledger"
XLEDGER = harness("xledger")
STREAMS = sorted(XLEDGER.streams)
ADDRESS = {"address.streetAddress", "address.zipCode", "address.place"}
BY_CLIENTS = {
    "account": set(),
    "customer": {*ADDRESS, "address.country.code", "phone", "createdAt", "creditLimit", "company.taxNumber"},
    "department": set(),
    "employee": {"contact.firstName", "contact.lastName"},
    "invoice": {"currency.code"},
    "ledger_entry": {"currency.code", "taxRule.code"},
    "order": {"currency.code"},
    "product": {"currency.code", "taxRule.code"},
    "project": {"currency.code"},
    "supplier": {*ADDRESS, "phone", "bankAccount", "notes", "company.taxNumber"},
    "time_entry": {"activity.description"},
}
"""Fields outside the metadata of the stream's own query; NOTES.md says who reads them."""

FITTING = {
    "int": {"integer", "string"},
    "int64": {"integer", "string"},
    "bool": {"boolean"},
    "boolean": {"boolean"},
    "datetime": {"string"},
    "date": {"string"},
    "string": {"string", "integer", "number", "boolean"},
}
"""What may be declared, by the metadata's type; ``string`` is its word for whatever nobody looked up."""

listed = needs(METADATA, "the metadata of Xledger's queries")


def query_of(stream: Stream) -> str:
    return stream.records[1]


@cache
def metadata(query: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHARED / METADATA / f"{query}_read_metadata.json").read_text("utf-8"))
    return found


@cache
def listed_fields(query: str) -> dict[str, str]:
    return {field["name"]: field["type"] for field in metadata(query)["fields"]}


def leaves(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield (path below the node, declared types without null) of every field that is no object."""
    for name, field in schema["properties"].items():
        if "properties" in field:
            yield from leaves(field, f"{path}{name}.")
        else:
            yield f"{path}{name}", types_of(field)


def node_fields(name: str) -> dict[str, set[str]]:
    return dict(leaves(XLEDGER.streams[name].schema["properties"]["node"]))


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(BY_CLIENTS) == STREAMS


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_every_query_answers_a_connection_with_cursors(name: str) -> None:
    stream = XLEDGER.streams[name]
    query = query_of(stream)
    text = (SHARED / METADATA / f"{query}_read_query.graphql").read_text("utf-8")
    assert re.sub(r"\s+", " ", text).startswith(f"{{ {query}() {{ pageInfo {{ hasNextPage")
    assert {"edges", "cursor", "node"} <= set(re.findall(r"\w+", text))
    assert stream.records == ("data", query, "edges")
    paging = stream.pagination
    assert metadata(query)["pagination"]["kind"] == "cursor"
    assert paging.next is not None
    assert paging.next.path == ("data", query, "edges", "-1", "cursor")
    assert paging.more is not None
    assert paging.more.path == ("data", query, "pageInfo", "hasNextPage")
    # 10,000 is the vendor's limit.
    assert metadata(query)["pagination"]["first"] <= paging.size <= 10_000


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_increments_are_asked_for_exactly_where_the_metadata_offers_them(name: str) -> None:
    stream = XLEDGER.streams[name]
    offered = metadata(query_of(stream)).get("incremental")
    assert (stream.incremental is None) == (offered is None)
    if stream.incremental is not None and offered is not None:
        assert (offered["field"], offered["filter_field"]) == ("modifiedAt", "modifiedAt_gte")
        assert stream.incremental.check == ("node", "modifiedAt")
        assert stream.incremental.lookback_minutes >= 15


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_listed_with_a_fitting_type(name: str) -> None:
    known = listed_fields(query_of(XLEDGER.streams[name]))
    absent = set()
    for path, types in node_fields(name).items():
        kind = known.get(path.replace(".", "_"))
        if kind is None:
            absent.add(path)
        else:
            fitting = FITTING[kind.partition("[")[0].removesuffix("64") if "date" in kind else kind]
            assert types <= fitting, f"{name}.{path} is {kind}"
    assert absent == BY_CLIENTS[name]


@listed
def test_what_other_clients_read_of_a_reference_is_listed_where_that_is_a_query_of_its_own() -> None:
    assert "code" in listed_fields("currencies")
    assert "taxNumber" in listed_fields("companies")
    assert {"firstName", "lastName"} <= set(listed_fields("contacts"))
    addresses = {"address_streetAddress", "address_zipCode", "address_place", "address_country_code"}
    customer = {"phone", "createdAt", "creditLimit", "bankAccount", "notes"}
    # Customers and suppliers are subledgers.
    assert addresses | customer <= set(listed_fields("subledgers"))


@pytest.mark.parametrize("name", STREAMS)
def test_a_mapping_reads_declared_fields_of_the_node(name: str) -> None:
    declared = {("node", *path.split(".")) for path in node_fields(name)}
    used = XLEDGER.used(name)
    assert used <= declared
    assert len(used) > 5


@pytest.mark.parametrize(
    ("number", "is_invoice"),
    [(None, False), ("", False), ("0", False), (0, False), ("100077", True), (100077, True)],
)
def test_a_sales_order_is_an_invoice_once_it_has_a_number(number: Any, *, is_invoice: bool) -> None:
    node = {**dict.fromkeys(node_fields("invoice")), "dbId": 1, "invoiceNumber": number}
    mapped = XLEDGER.mapper("invoice").map(
        {"cursor": "1", "node": {**node, "currency": {"code": "NOK"}}}, "acme"
    )
    assert (mapped.skipped, mapped.faults) == (not is_invoice, ())
