from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.unit.cli.conftest import Said, Terminal
from tests.unit.contract.streams import Record, mutated, records, to, without


def _file(path: Path, found: list[Record]) -> str:
    path.write_bytes(b"\n".join(orjson.dumps(record) for record in found) + b"\n")
    return str(path)


@pytest.fixture
def detect(terminal: Terminal, tmp_path: Path) -> Any:
    baseline = _file(tmp_path / "a.jsonl", records("customer", 300))

    def run(observed: list[Record] | str, *more: str, stream: str = "customer") -> Said:
        file = observed if isinstance(observed, str) else _file(tmp_path / "b.jsonl", observed)
        words = ("--connector", "tripletex", "--stream", stream, "--baseline", baseline, "--observed", file)
        return terminal("changes", "detect", *words, *more)

    return run


def test_nothing_found_is_an_empty_list_and_fine(detect: Any) -> None:
    said = detect(records("customer", 100), "--json")
    assert (said.code, said.json) == (0, [])
    assert "no change found" in detect(records("customer", 100)).err


def test_a_blocking_change_is_listed_whole_and_ends_with_three(detect: Any) -> None:
    said = detect(mutated(records("customer", 100), without("name")), "--json")
    assert said.code == 3
    (change,) = said.json
    assert set(change) == {
        "id", "kind", "path", "before", "after", "severity", "action", "share", "used", "used_by", "evidence",
    }  # fmt: skip
    assert (change["id"], change["kind"], change["path"]) == ("D42", "field_absent", "name")
    assert (change["share"], change["used"], change["used_by"]) == (1.0, True, ["customer.name"])
    assert (change["severity"], change["action"]) == ("critical", "hold")


def test_a_record_set_aside_blocks_too_and_what_is_unused_does_not(detect: Any) -> None:
    assert detect(mutated(records("customer", 200), without("name"), 1 / 200)).code == 3
    said = detect(mutated(records("customer", 100), without("version")))
    assert said.code == 0
    assert "D42" in said.out
    assert "notify" in said.out


@pytest.fixture
def compare(terminal: Terminal, tmp_path: Path) -> Any:
    def run(baseline: list[Record], observed: list[Record]) -> Said:
        words = ["--connector", "tripletex", "--stream", "customer", "--json"]
        for name, found in (("baseline", baseline), ("observed", observed)):
            words += [f"--{name}", _file(tmp_path / f"{name}.jsonl", found)]
        return terminal("changes", "detect", *words)

    return run


NOT_LEARNT = "nothing was learnt from the baseline (0 records); only the declared schema and the mapping"
NOT_OBSERVED = "nothing was observed (0 records), so nothing was judged"
FEW = "only structure was judged: what values look like is learnt from 200 records or more, the baseline has "
FEW_OBSERVED = "what values look like is judged of 10 records or more, "


@pytest.mark.parametrize(
    ("baseline", "observed", "told"),
    [
        (0, 20, [NOT_LEARNT]),
        (200, 0, [NOT_OBSERVED]),
        (0, 0, [NOT_LEARNT, NOT_OBSERVED]),
        (1, 20, [FEW + "1\n"]),
        (199, 20, [FEW + "199\n"]),
        (199, 0, [NOT_OBSERVED]),
        (200, 10, []),
        (200, 9, [FEW_OBSERVED + "9 were observed\n"]),
    ],
)
def test_too_few_records_are_told_beside_the_list(
    compare: Any, baseline: int, observed: int, told: list[str]
) -> None:
    said = compare(records("customer", baseline), records("customer", observed))
    assert (said.code, said.json) == (0, [])
    assert said.err.count("warning: ") == len(told)
    assert [text for text in told if text not in said.err] == []


def test_what_is_told_as_needed_is_what_statistics_need(compare: Any) -> None:
    late = mutated(records("customer", 10), to("invoicesDueIn", by=lambda days: days * 100))
    assert [change["id"] for change in compare(records("customer", 200), late).json] == ["D63"]
    assert compare(records("customer", 199), late).json == []
    assert compare(records("customer", 200), late[:9]).json == []


def test_a_blocking_change_shows_also_without_a_baseline(compare: Any) -> None:
    said = compare([], mutated(records("customer", 20), without("name")))
    assert said.code == 3
    assert NOT_LEARNT in said.err


def test_money_is_read_without_losing_a_digit(detect: Any, tmp_path: Path) -> None:
    # More digits than a float keeps: still a decimal, and no change.
    lines = [
        orjson.dumps(record).replace(
            b'"discountPercentage":', b'"discountPercentage":0.12345678901234567890, "x":'
        )
        for record in mutated(records("customer", 100), to("version", by=lambda _: 1))
    ]
    (tmp_path / "long.jsonl").write_bytes(b"\n".join(lines))
    said = detect(str(tmp_path / "long.jsonl"), "--json")
    assert [change["path"] for change in said.json if change["action"] == "hold"] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": 1}\n[1]\n', "line 2 is a list"),
        (b'{"id": 1}\n\n7\n', "line 3 is a single value"),
        (b'{"id": 1}\n{"id"\n', "line 2 is not JSON"),
        (b'{"id": 1}\n\xff\n', "line 2 is not UTF-8"),
    ],
)
def test_a_line_that_is_no_record_is_wrong_use(
    detect: Any, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "wrong.jsonl"
    file.write_bytes(content)
    said = detect(str(file))
    assert said.code == 2
    assert "wrong.jsonl" in said.err
    assert told in said.err
    assert "one JSON object per line" in said.err


def test_files_streams_and_connectors_that_are_not_there_are_wrong_use(detect: Any) -> None:
    assert detect("nowhere.jsonl").code == 2
    said = detect(records("customer", 1), stream="clients")
    assert said.code == 2
    assert "it has: " in said.err


def test_other_folders_may_hold_connector_and_mapping(detect: Any, tmp_path: Path) -> None:
    folders = ("--connectors", str(tmp_path), "--transformers", str(tmp_path))
    said = detect(records("customer", 1), *folders)
    assert said.code == 2
    assert "tripletex" in said.err
