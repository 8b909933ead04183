"""Two files of records side by side: learnt in three runs, judged in windows, as the pipeline judges them."""

from __future__ import annotations

import pytest

from sluice.bootstrap.documents import catalog
from sluice.errors import ConfigurationInvalid
from sluice.model.change import Action
from sluice.usecases.contracts import detect as module
from sluice.usecases.contracts.detect import Detected, StreamSpec, detect, learnt, stream_spec
from tests.unit.contract.streams import mutated, records, to, without


@pytest.fixture(scope="module")
def spec() -> StreamSpec:
    return stream_spec(catalog(), "tripletex", "customer")


def _said(found: Detected) -> list[tuple[str, str, str]]:
    return [(change.code, change.path, change.action.value) for change in found.changes]


def test_a_baseline_of_two_hundred_counts_as_three_runs(spec: StreamSpec) -> None:
    few, enough = learnt(spec, records("customer", 199)), learnt(spec, records("customer", 200))
    assert few is not None
    assert enough is not None
    assert (few.runs, enough.runs) == (1, 3)
    assert few.learnt.records == 199
    assert learnt(spec, []) is None


def test_the_same_records_show_nothing(spec: StreamSpec) -> None:
    known = records("customer", 600)
    assert detect(spec, known, known) == Detected(())
    assert not detect(spec, known, records("customer", 300, start=4000, seed=2)).blocks
    assert detect(spec, known, []).changes == ()


def test_a_change_is_found_with_share_over_all_windows(
    spec: StreamSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = records("customer", 600)
    whole = detect(spec, known, mutated(known, without("name")))
    monkeypatch.setattr(module, "WINDOW", 100)
    cut = detect(spec, known, [*known, *mutated(known, without("name"))])
    assert _said(whole) == _said(cut) == [("D42", "name", "hold")]
    assert (whole.changes[0].share, cut.changes[0].share) == (1.0, pytest.approx(0.5))
    assert cut.changes[0].evidence["affected"] == 600
    assert whole.blocks


def test_statistics_speak_of_two_hundred_records_on(spec: StreamSpec) -> None:
    invoice = stream_spec(catalog(), "tripletex", "invoice")
    known = records("invoice", 600)
    observed = mutated(records("invoice", 200), to("amountCurrency", by=lambda value: value * 100))
    codes = {change.code for change in detect(invoice, known, observed).changes}
    assert "D63" in codes
    few = {change.code for change in detect(invoice, known[:150], observed).changes}
    assert "D63" not in few


def test_records_that_cannot_be_mapped_show_as_a_change(spec: StreamSpec) -> None:
    known = records("customer", 600)
    one = mutated(known[:400], to("name", by=lambda text: text * 200), 1 / 400)
    found = detect(spec, known, one)
    assert [(code, action) for code, _, action in _said(found)] == [("D70", "quarantine")]
    assert found.blocks
    every = detect(spec, known, mutated(known, to("name", by=lambda text: text * 200)))
    assert ("D70", Action.HOLD) in [(change.code, change.action) for change in every.changes]


def test_without_a_baseline_what_is_declared_is_held(spec: StreamSpec) -> None:
    observed = records("customer", 50)
    assert detect(spec, [], observed).changes == ()
    assert _said(detect(spec, [], mutated(observed, without("id"))))[0] == ("D57", "id", "hold")


def test_an_unknown_stream_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationInvalid, match=r"tripletex has no stream 'clients'; it has: .*customer"):
        stream_spec(catalog(), "tripletex", "clients")
