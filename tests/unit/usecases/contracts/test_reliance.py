"""What is relied on of a stream: from its connector and its mapping."""

from __future__ import annotations

from sluice.bootstrap.documents import catalog
from sluice.contract.reliance import Reliance
from sluice.usecases.contracts.reliance import reliance_of


def _reliance(connector: str, stream: str) -> Reliance:
    found = catalog()
    spec = found.connector(connector)
    return reliance_of(spec, spec.streams[stream], found.mapper(connector, stream))


def test_used_paths_lead_to_canonical_fields_and_say_what_becomes_of_values() -> None:
    found = _reliance("tripletex", "invoice")
    assert found.entity == "invoice"
    assert found.key == (("id",),)
    assert found.used_by(("invoiceDate",))[-1] == "invoice.issue_date"
    assert "invoice.lines.quantity" in found.used_by(("orderLines",))
    assert found.becomes["invoiceDate",] == {"date"}
    assert found.becomes["orderLines", "count"] == {"decimal"}
    assert found.becomes["customer", "id"] == {"reference"}


def test_nothing_is_said_of_values_that_a_function_reads() -> None:
    found = _reliance("tripletex", "invoice")
    assert ("invoiceNumber",) in found.used
    assert ("invoiceNumber",) not in found.becomes  # null_if
    assert ("amountCurrency",) not in found.becomes  # an amount, and part of a sum
    assert ("isCreditNote",) not in found.becomes  # a condition


def test_fields_that_nobody_reads_are_not_used() -> None:
    found = _reliance("tripletex", "customer")
    assert found.used_by(("version",)) == ()
    assert found.used_by(("id",))[0] == "key"
    assert found.declared["properties"]["id"]["type"] == "integer"


def test_what_orders_and_filters_is_taken_from_the_stream() -> None:
    spec = catalog().connector("tripletex")
    for stream in spec.streams.values():
        found = _reliance("tripletex", stream.name)
        assert found.ordered == ((tuple(stream.order),) if stream.order else ())
        checks = [one.check for one in (stream.incremental, stream.windows) if one and one.check]
        assert found.filtered == tuple(dict.fromkeys(tuple(check) for check in checks))
