from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.toy_erp import reply
from tests.unit.cli.conftest import Terminal
from tests.unit.usecases.data.reconciling.books import Books


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Books:
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    books = Books(tmp_path)
    for number in range(3):
        books.erp.invoice(number)
    books.erp.hours(1, 7.5, 12)
    books.run()
    return books


@pytest.fixture
def say(books: Books, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(books.rig, capsys)


def test_a_lake_that_is_equal_is_told_row_by_row(say: Terminal) -> None:
    said = say("data", "reconcile", "--fail-on-difference")
    assert said.code == 0
    lines = [line.split() for line in said.out.splitlines()]
    assert ["2026-11", "NOK", "records", "3", "3", "0", "0"] in lines
    assert ["total", "including", "tax", "300", "300", "0"] in lines
    assert ["hours", "7.5", "7.5", "0"] in lines
    assert "differing" not in said.out
    assert "0 of 1 rows differ" in said.out
    assert "acme: 3 records of invoice read" in said.err


def test_differences_end_with_exit_code_1_only_where_asked(say: Terminal, books: Books) -> None:
    books.erp.invoice(1, gross=101)
    said = say("data", "reconcile", "--entity", "invoice", "--connections", "acme")
    assert said.code == 0
    assert "differing: 2026-11, NOK" in said.out
    named = next(line for line in said.out.splitlines() if line.startswith("invoice-1"))
    assert named.split() == ["invoice-1", "differing", "no", "total_including_tax", "100", "101"]
    assert say("data", "reconcile", "--fail-on-difference").code == 1


def test_the_rows_that_differ_may_be_told_alone(say: Terminal, books: Books) -> None:
    books.erp.invoice(7, date="2026-10-31")
    said = say("data", "reconcile", "--entity", "invoice", "--differing")
    assert "1 of 2 rows differ" in said.out
    assert "2026-10" in said.out
    assert "2026-11" not in said.out.partition("1 of 2 rows")[2]
    (told,) = say("data", "reconcile", "--entity", "invoice", "--differing", "--json").json
    assert (told["rows_in_all"], told["rows_differing"]) == (2, 1)
    assert [row["month"] for row in told["rows"]] == ["2026-10"]


def test_json_has_everything(say: Terminal, books: Books) -> None:
    books.erp.invoice(1, open=7)
    (told,) = say("data", "reconcile", "--entity", "invoice", "--json").json
    assert (told["connection"], told["entity"], told["whole"]) == ("acme", "invoice", True)
    (row,) = told["rows"]
    assert row["difference"]["outstanding_amount"] == "-7"
    assert row["records"][0]["fields"] == {"outstanding_amount": {"lake": "0", "erp": "7"}}


def test_a_stream_that_is_not_read_to_its_end_is_never_fine(say: Terminal, books: Books) -> None:
    wrong = {"id": 9, "date": "soon", "currency": "NOK", "net": 1, "gross": 1, "open": 1, "changed": None}
    books.erp.answers = [reply(200, {"total": 1, "values": [wrong]}), *[reply(503, {})] * 4]
    said = say("data", "reconcile", "--entity", "invoice")
    assert said.code == 1
    assert "not every stream was read to its end" in said.out
    assert "1 quarantined records: credit_note-9" in said.out


def test_a_wrong_entity_is_wrong_use(say: Terminal) -> None:
    said = say("data", "reconcile", "--entity", "customer")
    assert said.code == 2
    assert "time_entry" in said.err


def test_ctrl_c_ends_it(say: Terminal, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(books.erp, "send", interrupted)
    assert say("data", "reconcile").code == 130
