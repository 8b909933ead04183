from __future__ import annotations

import json

import pytest

from sluice.cli.output import cell, print_fields, print_rows

ROWS = [{"name": "acme", "records": 12_000, "streams": ["customer", "invoice"], "note": None}]


def test_json_holds_everything_and_a_table_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, ("name",), as_json=True, none="-")
    assert json.loads(capsys.readouterr().out) == ROWS
    print_rows(ROWS, ("name", "records"), as_json=False, none="-")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["name", "records"],
        ["acme", "12,000"],
    ]


def test_a_table_in_a_pipe_is_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"cause": "x" * 500}], ("cause",), as_json=False, none="-")
    assert "x" * 500 in capsys.readouterr().out


def test_nothing_to_list_is_an_empty_list_or_a_word_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], ("name",), as_json=True, none="nothing yet")
    assert json.loads(capsys.readouterr().out) == []
    print_rows([], ("name",), as_json=False, none="nothing yet")
    assert capsys.readouterr() == ("", "nothing yet\n")


def test_fields_without_a_value_are_left_out_of_words_not_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields(ROWS[0], as_json=False)
    assert "note" not in capsys.readouterr().out
    print_fields(ROWS[0], as_json=True)
    assert json.loads(capsys.readouterr().out) == ROWS[0]


def test_what_an_erp_sent_can_neither_draw_nor_mark_up() -> None:
    assert cell("[bold]a\x1b[31mb\r\nc").plain == "[bold]a [31mb  c"


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (True, "yes"), (1234, "1,234"), (["a", "b"], "a, b"), ({"fetched": 3}, "fetched 3")],
)
def test_values_in_words(value: object, words: str) -> None:
    assert cell(value).plain == words
