"""What is no change: first readings, optional fields, nulls that are declared, growth, wider numbers."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.reliance import Reliance
from tests.unit.contract.streams import (
    Record,
    blocking,
    contract,
    examined,
    learnt,
    mutated,
    records,
    reliance,
    renamed,
    said,
    to,
    without,
)

STREAMS = [
    ("tripletex", "customer"),
    ("tripletex", "invoice"),
    ("tripletex", "product"),
    ("tryton", "customer"),
    ("tryton", "invoice"),
]


@pytest.mark.thorough(most=6)
@pytest.mark.parametrize(("connector", "stream"), STREAMS)
@pytest.mark.parametrize("size", [1, 10, 50, 200, 1000])
def test_other_records_of_the_same_kind_are_no_change(connector: str, stream: str, size: int) -> None:
    known = contract(stream, 1200, connector=connector)
    for seed in range(3):
        window = records(stream, size, start=5000 + 300 * seed, seed=seed, connector=connector)
        assert blocking(Detector(_relied(connector, stream), known).examine(window)) == []


@pytest.mark.parametrize(("connector", "stream"), STREAMS)
@pytest.mark.parametrize("size", [1, 60, 400])
def test_a_first_reading_is_held_to_what_is_declared_only(connector: str, stream: str, size: int) -> None:
    window = records(stream, size, connector=connector)
    for known in (None, Contract()):
        finding = Detector(_relied(connector, stream), known).examine(window)
        assert said(finding) == []


def _relied(connector: str, stream: str) -> Reliance:
    return reliance(stream, connector)


@pytest.mark.parametrize(
    ("stream", "mutation"),
    [
        ("customer", to("organizationNumber", by=lambda _: None)),
        ("customer", to("currency", by=lambda _: None)),
        ("customer", to("description", by=lambda text: text * 20)),
        ("customer", to("discountPercentage", by=lambda _: 12)),
        ("customer", to("invoicesDueIn", by=lambda _: 0)),
        ("customer", lambda record: record.update(responsible={"id": 1, "name": "x"})),
        ("invoice", to("currency", "code", by=lambda _: "EUR")),
        ("invoice", to("amountCurrency", by=round)),
        ("invoice", to("kid", by=lambda _: None)),
        ("customer", to("accountManager", by=lambda _: None)),
    ],
)
def test_what_is_natural_in_single_records_is_not_even_told(stream: str, mutation: Any) -> None:
    finding = examined(stream, mutated(records(stream, 400), mutation, 1 / 100))
    assert [change for change in finding.changes if change.action.value != "go_on"] == []


def _plain(count: int, **fields: Any) -> list[Record]:
    return [
        {"id": number, **{name: make(number) for name, make in fields.items()}} for number in range(count)
    ]


def _reliance(**more: Any) -> Reliance:
    used = {("id",): ("thing.id",), ("a",): ("thing.a",), ("o", "x"): ("thing.x",), ("d",): ("thing.d",)}
    return Reliance("thing", used, key=(("id",),), **more)


def _sparse(record: Record) -> Record:
    if record["id"] % 5 < 2:
        del record["a"]
    return record


def test_a_sparse_field_that_a_small_window_lacks_is_no_change_and_one_that_a_large_lacks_is_told() -> None:
    known = learnt([_sparse(one) for one in _plain(600, a=str, d=lambda _: None)], _reliance())
    detector = Detector(_reliance(), known)
    assert said(detector.examine([{"id": 5 * one, "d": None} for one in range(8)])) == []
    assert said(detector.examine(_plain(100, d=lambda _: None))) == [("D43", "a", "notify")]


def test_presence_learnt_from_few_records_is_weak() -> None:
    known = learnt(_plain(30, a=str), _reliance(), runs=1)
    one = [*_plain(19, a=str), {"id": 99}]
    assert said(Detector(_reliance(), known).examine(one)) == []
    declared = {"properties": {"a": {"type": "string"}}, "required": ["a"]}
    strict = _reliance(declared=declared)
    assert blocking(Detector(strict, known).examine(one)) == [("D42", "a", "quarantine")]
    assert blocking(Detector(_reliance(), known).examine(_plain(20))) == [("D42", "a", "hold")]


def test_a_stream_that_leaves_out_empty_fields_may_leave_out_one_more() -> None:
    records_without_nulls = [_sparse(one) for one in _plain(600, a=str, d=str)]
    known = learnt(records_without_nulls, _reliance())
    some = _plain(100, a=str, d=str)
    del some[3]["d"]
    assert said(Detector(_reliance(), known).examine(some)) == []
    none = _plain(100, a=str)
    assert blocking(Detector(_reliance(), known).examine(none)) == [("D42", "d", "hold")]


@pytest.mark.parametrize("role", ["filtered", "ordered"])
@pytest.mark.parametrize("omits", [True, False])
def test_what_filters_or_orders_is_required_even_where_empty_fields_are_left_out(
    role: str, *, omits: bool
) -> None:
    relied_on = _reliance(omits_empty=omits, **{role: (("d",),)})
    known = learnt([_sparse(one) for one in _plain(600, a=str, d=str)], relied_on)
    for lacking, action in ((1, "quarantine"), (2, "quarantine"), (3, "hold"), (200, "hold")):
        window = _plain(200, a=str, d=str)
        for record in window[:lacking]:
            del record["d"]
        finding = Detector(relied_on, known).examine(window)
        assert blocking(finding) == [("D58", "d", action)]
        assert list(finding.aside) == list(range(lacking))


def test_a_filter_field_that_may_be_null_may_be_left_out() -> None:
    declared = {"properties": {"d": {"type": ["string", "null"]}}}
    relied_on = _reliance(omits_empty=True, filtered=(("d",),), declared=declared)
    known = learnt(_plain(600, a=str, d=str), relied_on)
    window = _plain(200, a=str, d=str)
    del window[3]["d"]
    assert blocking(Detector(relied_on, known).examine(window)) == []


@pytest.mark.parametrize(("size", "action"), [(1, "notify"), (20, "notify"), (49, "notify"), (50, "hold")])
def test_a_list_that_may_be_empty_is_so_by_chance_in_few_records(size: int, action: str) -> None:
    relied_on = Reliance("thing", {("id",): ("thing.id",), ("l", "x"): ("thing.x",)}, key=(("id",),))
    known = learnt(_plain(900, l=lambda n: [{"x": n}] if n % 100 else []), relied_on)
    said_of_all = said(Detector(relied_on, known).examine(_plain(size, l=lambda _: [])))
    assert said_of_all == ([("D40", "l", action)] if size > 1 else [])


def test_a_field_is_not_missed_where_its_object_is_missing() -> None:
    known = learnt(_plain(300, o=lambda n: {"x": n} if n % 3 else None), _reliance())
    window = _plain(200, o=lambda n: {"x": n} if n % 4 else None)
    assert said(Detector(_reliance(), known).examine(window)) == []


def test_null_where_only_nulls_were_seen_is_no_change_and_a_value_there_is_none_either() -> None:
    known = learnt(_plain(300, a=lambda _: None), _reliance())
    assert said(Detector(_reliance(), known).examine(_plain(100, a=lambda _: None))) == []
    assert said(Detector(_reliance(), known).examine(_plain(100, a=str))) == []


def test_null_left_out_is_told_only() -> None:
    known = learnt(_plain(300, a=lambda n: None if n % 4 == 0 else str(n)), _reliance())
    window = _plain(100, a=lambda n: None if n % 4 == 0 else str(n))
    for record in window:
        if record["a"] is None:
            del record["a"]
    assert said(Detector(_reliance(), known).examine(window)) == [("D54", "a", "notify")]


def test_a_map_of_data_has_no_fields() -> None:
    known = learnt(_plain(300, o=lambda n: {f"key {n}": 1, f"key {n + 1}": 2}), _reliance())
    window = _plain(200, o=lambda n: {f"other {n}": 1})
    assert said(Detector(_reliance(), known).examine(window)) == []
    assert len(known.learnt.columns) < 10


def test_integers_where_decimals_were_and_the_other_way_round_when_declared() -> None:
    declared = {"properties": {"a": {"type": "number"}}}
    known = learnt(_plain(300, a=lambda n: n), _reliance(declared=declared))
    assert said(Detector(_reliance(declared=declared), known).examine(_plain(50, a=lambda n: n + 0.5))) == []
    known = learnt(_plain(300, a=lambda n: n / 2 if n % 2 else n), _reliance())
    assert blocking(Detector(_reliance(), known).examine(_plain(50, a=lambda n: n))) == []


def test_a_first_reading_notices_what_is_not_as_declared() -> None:
    window = records("customer", 40)
    assert blocking(examined("customer", mutated(window, without("name")), contract=None)) == [
        ("D42", "name", "hold")
    ]
    assert said(examined("customer", mutated(window[:9], without("name")), contract=None)) == []
    assert blocking(examined("customer", mutated(window, to("name", by=lambda v: [v])), contract=None)) == [
        ("D51", "name", "hold")
    ]
    assert said(examined("customer", mutated(window, to("customerNumber", by=float)), contract=None)) == [
        ("D49", "customerNumber", "notify")
    ]
    assert said(examined("customer", mutated(window, renamed("id", "key")), contract=None)) == [
        ("D57", "id", "hold")
    ]
    assert said(examined("customer", mutated(window, without("version")), contract=None)) == []


def test_a_removal_beside_an_unlike_addition_is_no_rename() -> None:
    def mutation(record: Record) -> None:
        del record["organizationNumber"]
        record["sentAt"] = "2026-01-31T12:00:00Z"

    finding = examined("customer", mutated(records("customer", 200), mutation))
    assert said(finding) == [("D42", "organizationNumber", "hold"), ("D45", "sentAt", "go_on")]
