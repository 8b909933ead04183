"""An examination hands out every record, and says the same whoever goes through them."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from sluice.contract.contract import Contract
from sluice.contract.detector import SPARED, Detector
from tests.unit.contract.test_expected import KNOWN, NEW, RELIANCE, invoices, with_one


@pytest.mark.thorough(most=8)
@pytest.mark.parametrize("what", [None, *NEW])
@pytest.mark.parametrize("known", [KNOWN, None])
@pytest.mark.parametrize("taken", [1, SPARED])
def test_the_finding_is_the_same_however_far_somebody_went(
    what: str | None, known: Contract | None, taken: int
) -> None:
    window = with_one(NEW[what]) if what else invoices(SPARED)
    alone = Detector(RELIANCE, known).examine(window)
    examination = Detector(RELIANCE, known).examining(window)
    for _ in islice(examination, taken):
        pass
    found = examination.finding()
    assert [change.listed() for change in found.changes] == [change.listed() for change in alone.changes]
    assert (found.aside, found.observation) == (alone.aside, alone.observation)


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, SPARED, SPARED + 1])
def test_every_record_is_handed_out_once_in_order(size: int) -> None:
    window: list[dict[str, Any]] = invoices(size)
    handed_out = list(Detector(RELIANCE, KNOWN).examining(window))
    assert [id(record) for record in handed_out] == [id(record) for record in window]
