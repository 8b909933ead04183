"""What a connector and its mappings rely on is compiled into interests; every stream of ours has one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Stream
from sluice.connector.values import Literal
from sluice.description.interest import Interest
from sluice.usecases.contracts.diff import interest_of, interests_of

KNOWN = catalog()


def interest(connector: str, stream: str) -> Interest:
    spec = KNOWN.connector(connector)
    return interest_of(spec, spec.streams[stream], KNOWN.mapper(connector, stream))


def with_stream(stream: Stream) -> Interest:
    return interest_of(KNOWN.connector("tripletex"), stream, KNOWN.mapper("tripletex", stream.name))


def test_a_stream_of_rest_relies_on_its_path_fields_and_parameters() -> None:
    found = interest("tripletex", "invoice")
    assert (found.method, found.path, found.entity) == ("GET", "/invoice", "invoice")
    assert found.records == ("values",)
    assert {"from", "count", "sorting", "fields", "invoiceDateFrom", "invoiceDateTo"} <= found.parameters
    assert found.used["orderLines", "vatType", "percentage"] == ("invoice.lines.tax_percentage",)
    assert found.used["id",][0] == "key"


def test_a_stream_of_json_rpc_relies_on_the_method_in_its_body() -> None:
    found = interest("tryton", "customer")
    assert (found.method, found.path) == ("POST", "model.party.party.search_read")
    assert ("lang.", "code") in found.used


def test_a_stream_of_graphql_relies_on_a_field_of_the_query() -> None:
    stream = KNOWN.connector("tripletex").streams["customer"]
    query = Literal({"query": "query ($n: Int) { customers(first: $n) { edges { node { id } } } }"})
    asked = replace(
        stream,
        request=replace(stream.request, method="POST", body=query),
        records=("data", "customers", "edges"),
    )
    found = with_stream(asked)
    assert (found.method, found.path, found.records) == ("QUERY", "customers", ("edges",))
    assert "first" in found.parameters


def test_a_query_of_graphql_that_is_put_together_names_its_arguments_too() -> None:
    found = interest("xledger", "customer")
    assert (found.method, found.path, found.records) == ("QUERY", "customers", ("edges",))
    assert {"first", "after", "filter", "modifiedAt_gte"} <= found.parameters
    assert found.used["node", "code"] == ("customer.number",)


@pytest.mark.parametrize("name", KNOWN.names())
def test_every_stream_relies_on_something(name: str) -> None:
    found = interests_of(KNOWN.connector(name), lambda stream: KNOWN.mapper(name, stream))
    assert len(found) == len(KNOWN.connector(name).streams)
    assert all(len(one.used) > 1 and one.entity for one in found)
