"""Records that are decoded by their shape become what parsed records become, whatever is among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from sandbox.erp import Sandbox
from sandbox.options import Options
from sluice.bootstrap.documents import catalog
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.reliance import Reliance
from sluice.errors import ApiChanged
from sluice.mapping.mapper import Mapper
from sluice.mapping.program import program as programs
from sluice.messages.events import EventSource
from sluice.messages.identity import content_hash
from sluice.model.erp_json import read, write
from sluice.model.raw_records import as_raw
from sluice.snapshot.receipts import Seen
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.transforming.judging import Judging, Transformed
from sluice.usecases.transforming.transform import transform

SIZE = 2_100
SOURCE = EventSource("acme", "tripletex", "customer", "urn:sluice:customer:1", "2026-11-22T08:00:00Z")
Records = list[dict[str, Any]]


@cache
def stage() -> tuple[Mapper, Reliance, Contract, bytes]:
    """Return the mapping, what is relied on, a contract, and records, as bytes: nobody changes them."""
    found = catalog()
    connector = found.connector("tripletex")
    sandbox = Sandbox(connector, Options(records={"customer": SIZE}, scale=0))
    records = sandbox.shelves["customer"].records()
    mapper = found.mapper("tripletex", "customer")
    reliance = reliance_of(connector, connector.streams["customer"], mapper)
    contract = Contract()
    for _ in range(4):
        seen = Detector(reliance, contract if contract.runs else None).observed(records)
        contract = contract.learnt_from(seen, reliance=reliance)
    return mapper, reliance, contract, write(records)


def both(records: Records, *, known: bool = True, look_up: Any = lambda _: {}) -> tuple[Any, Any]:
    """Return what becomes of parsed records, and of the same as texts; a hold as its changes."""
    return tuple(
        _outcome(way, known=known, look_up=look_up) for way in (read(write(records)), as_raw(records))
    )  # type: ignore[return-value]


def _outcome(records: Any, *, known: bool, look_up: Any) -> Any:
    mapper, reliance, contract, _ = stage()
    judging = Judging(mapper, Detector(reliance, contract if known else None, learns=known))
    try:
        return transform(records, judging, SOURCE, look_up)
    except ApiChanged as held:
        return held.changes


def clean() -> Records:
    found: Records = read(stage()[3])
    return found


def _first(records: Records, **values: Any) -> Records:
    records[17].update(values)
    return records


def _nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found]
    return found


def _twice(records: Records) -> Records:
    return [*records, {**records[5], "name": "Annet navn AS"}]


def _all(records: Records, **values: Any) -> Records:
    return [{**record, **values} for record in records]


CHANGES: dict[str, Callable[[Records], Records]] = {
    "nothing": lambda records: records,
    "a code that is none": lambda records: _first(records, currency={"code": "nok"}),
    "no name": lambda records: _first(records, name=None),
    "an id twice": _twice,
    "a field more": lambda records: _first(records, fax="1"),
    "a used field of another type": lambda records: _first(records, organizationNumber=7),
    "a used field absent everywhere": lambda records: [
        {name: value for name, value in record.items() if name != "isInactive"} for record in records
    ],
    "a text that is too long": lambda records: _first(records, name="x" * 1_001),
    "an event that is too large": lambda records: _first(
        records, description="\u00e6" * 20_000, website="y" * 990
    ),
    "characters that SQS refuses": lambda records: _first(records, name="a\ufffeb\uffff"),
    "a number with many digits": lambda records: _first(records, discountPercentage=0.1234567890123456),
    "a value nested very deep": lambda records: _first(records, fax=_nested(200)),
    "another unit": lambda records: _all(records, invoicesDueInType="MONTHS"),
}


@pytest.mark.thorough(most=8)
@pytest.mark.parametrize("known", [True, False], ids=["contract", "no contract"])
@pytest.mark.parametrize("what", CHANGES)
def test_texts_become_what_parsed_records_become(what: str, known: bool) -> None:
    parsed, texts = both(CHANGES[what](clean()), known=known)
    assert texts == parsed


def test_what_was_published_before_is_published_once_more_only_if_it_changed() -> None:
    mapper = stage()[0]
    before = {
        found.source_id: Seen(found.source_id, content_hash(found.data), 3)
        for found in (mapper.map(record, "acme") for record in clean())
        if found.source_id is not None and found.data is not None
    }
    parsed, texts = both(
        _first(clean(), name="Nytt navn AS"), look_up=lambda ids: {i: before[i] for i in ids}
    )
    assert texts == parsed
    assert len(texts.events) == 1
    assert b'"entityversion":4' in texts.events[0]


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("what", CHANGES)
def test_new_records_become_the_same_alone_and_beside_one_that_was_published(what: str) -> None:
    other = {"another": Seen("another", "0" * 64, 3)}
    alone = both(CHANGES[what](clean()))
    beside = both(CHANGES[what](clean()), look_up=lambda _: other)
    assert beside == alone


def test_what_is_as_expected_is_decoded_and_never_mapped_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def mapped(*_: object) -> None:
        raise AssertionError("a record was mapped")

    monkeypatch.setattr(Mapper, "map", mapped)
    found = _outcome(as_raw(clean()), known=True, look_up=lambda _: {})
    assert isinstance(found, Transformed)
    assert found.counts().published == SIZE


def test_a_mapping_that_cannot_be_written_takes_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwritable(*_: object) -> None:
        raise programs.NotWritable

    monkeypatch.setattr(programs, "_write", unwritable)
    stage.cache_clear()
    parsed, texts = both(clean())
    stage.cache_clear()
    assert texts == parsed
