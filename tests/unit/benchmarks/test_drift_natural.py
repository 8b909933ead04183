"""The benchmark's clean data is clean: it maps, and is the same again; its own connector is right."""

from __future__ import annotations

import json

import pytest

from benchmarks.drift.natural.company import Company
from benchmarks.drift.natural.plots import PLOTS, story
from benchmarks.drift.sense import tables
from benchmarks.drift.stage import BenchDocuments, stages
from sluice.registry.catalog import Catalog, faults_of

STAGES = {stage.name: stage for stage in stages()}


def test_the_benchmarks_own_connector_is_right() -> None:
    assert faults_of(Catalog(BenchDocuments()), "nordic") == []


@pytest.mark.parametrize("name", STAGES)
def test_clean_records_can_be_mapped_whatever_happens(name: str) -> None:
    stage = STAGES[name]
    company = Company(stage, 1)
    for plot in PLOTS:
        told = story(plot, 50, 1, whole=False)
        for reading in told.readings[4:5]:
            for record in company.read(reading.which, reading.moment, told.births):
                mapped = stage.mapper.map(record, "bench")
                assert mapped.data is not None, (plot, mapped.faults)


def test_the_same_seed_gives_the_same_company() -> None:
    stage = STAGES["tryton/invoice"]
    told = story("everything", 50, 2, whole=True)
    reading = told.readings[-1]
    texts = [
        json.dumps(Company(stage, seed).read(reading.which, reading.moment, told.births))
        for seed in (2, 2, 3)
    ]
    assert texts[0] == texts[1] != texts[2]


def test_amounts_add_up() -> None:
    def value(found: dict[str, str]) -> float:
        return float(found["decimal"])

    told = story("everything", 200, 1, whole=True)
    reading = told.readings[-1]
    for record in Company(STAGES["tryton/invoice"], 1).read(reading.which, reading.moment, told.births):
        lines = sum(value(line["amount"]) for line in record["lines."])
        assert lines == pytest.approx(value(record["untaxed_amount"]))
        total = value(record["untaxed_amount"]) + value(record["tax_amount"])
        assert total == pytest.approx(value(record["total_amount"]))


def test_what_has_no_value_is_not_sent() -> None:
    told = story("gap", 50, 1, whole=True)
    reading = told.readings[4]
    text = json.dumps(Company(STAGES["nordic/product"], 1).read(reading.which, reading.moment, told.births))
    assert "null" not in text
    assert '"weight"' not in text


def test_paths_of_tables_are_found_in_mappings() -> None:
    assert ("lines", "vatCode") in tables(STAGES["nordic/invoice"])
    assert ("blocked",) in tables(STAGES["nordic/customer"])
    assert ("currencyCode",) not in tables(STAGES["nordic/customer"])
