from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import urllib3

from benchmarks.peers.peer import PEERS, named
from benchmarks.peers.records import BLOCK, customer, page
from benchmarks.peers.serving import Served, serving
from benchmarks.peers.turns import FEW, Course, take_turns
from benchmarks.peers.usage import Broken
from sluice.cli.main import run


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


def pull(served: Served, records: int, folder: Path) -> list[str]:
    """Return the arguments of a pull that is held against a contract."""
    given = [f"base_url={served.address(records)}", "consumer_token=a", "employee_token=b"]
    options = [part for one in given for part in ("--set", one)]
    files = ["--out", str(folder / "out.jsonl"), "--contract", str(folder / "contract.json")]
    return ["pull", "tripletex", "customer", *options, *files, "--json"]


def test_pages_hold_every_record_once_in_the_order_of_ids_wherever_they_begin() -> None:
    pages = [orjson.loads(page(2500, start, count)) for start, count in ((0, 999), (999, 1000), (1999, 1000))]
    ids = [record["id"] for one in pages for record in one["values"]]
    assert ids == sorted(set(ids))
    assert len(ids) == 2500
    assert [one["count"] for one in pages] == [999, 1000, 501]
    assert {one["fullResultSize"] for one in pages} == {2500}
    assert orjson.loads(page(2500, 2500, 1000))["values"] == []


def test_a_record_is_the_same_whatever_page_holds_it_and_has_about_1300_bytes() -> None:
    assert orjson.loads(page(5000, BLOCK + 7, 1))["values"] == [customer(BLOCK + 7)]
    assert 1200 < len(page(5000, 0, 1000)) / 1000 < 1400


@pytest.mark.parametrize("path", ["served/x", "x/customer", "10/invoice"])
def test_what_it_does_not_have_is_not_found(served: Served, path: str) -> None:
    reply = urllib3.request("GET", f"http://127.0.0.1:{served.port}/{path}")
    assert (reply.status == 404) is (path != "served/x")


def test_nothing_ever_changes(served: Served) -> None:
    reply = urllib3.request("GET", f"{served.address(10)}/customer?changedSince=2026-01-01T00:00:00Z")
    assert orjson.loads(reply.data)["values"] == []


def test_sluice_reads_it_and_notices_no_change(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(pull(served, 2500, tmp_path)) == 0
        told = orjson.loads(capsys.readouterr().err)
        assert told["counts"]["published"] == told["counts"]["fetched"] == 2500
        assert told["changes"] == []
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 2500


def test_readers_take_turns_and_must_read_everything(served: Served, tmp_path: Path) -> None:
    said: list[str] = []
    course = Course(served, {"": Path(sys.executable)}, tmp_path, said.append)
    floor, by_hand = take_turns(course, named("floor,handwritten"), FEW + 50, 1)
    assert [one.peer.name for one in (floor, by_hand)] == ["floor", "handwritten"]
    assert floor.few.user > 0
    assert len(said) == 2
    lazy = type(PEERS[0])("lazy", "reads nothing", ("-c", "'{address}'"))
    with pytest.raises(Broken, match="lazy read 0 of 5 records"):
        course.run(lazy, 5)
