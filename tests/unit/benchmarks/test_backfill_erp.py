"""The ERP of the backfill benchmark: what lies in which days, its bytes, and Sluice reading it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import urllib3

from benchmarks.backfill.history import TEXTS, History, number_of
from benchmarks.backfill.stage import CONNECTOR, FOLDER, STREAM
from benchmarks.peers.records import FIRST_ID, customer
from benchmarks.peers.serving import Served, serving
from sluice.cli.main import run
from sluice.model.chunk import MAX_RECORDS

FIRST, UNTIL = date(2016, 1, 1), date(2016, 4, 1)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("benchmarks.backfill.erp") as running:
        yield running


def read(history: History, since: date, until: date) -> list[dict[str, Any]]:
    """Return all records of some days, page by page; no page may hold more than there were to be."""
    found: list[dict[str, Any]] = []
    while True:
        page = orjson.loads(history.page(since, until, (len(found), 7)))
        assert len(page["values"]) <= 7
        found += page["values"]
        if not page["values"]:
            assert page["total"] == len(found)
            return found


@pytest.mark.parametrize("records", [1, 30, 91, 100, 2_500])
@pytest.mark.parametrize("days", [1, 7, 91, 365])
def test_windows_hold_every_record_once_and_each_of_their_own_days(records: int, days: int) -> None:
    history = History(records, FIRST, UNTIL)
    ids = []
    for start in range(0, history.days, days):
        window = (FIRST + timedelta(days=start), min(FIRST + timedelta(days=start + days), UNTIL))
        found = read(history, *window)
        assert all(window[0].isoformat() <= one["registered"] < window[1].isoformat() for one in found)
        ids += [number_of(str(one["id"])) for one in found]
    assert ids == list(range(records))


def test_records_are_spread_evenly() -> None:
    history = History(91_000, FIRST, UNTIL)
    each = [history.before(FIRST + timedelta(days=day)) for day in range(92)]
    assert each == [1_000 * day for day in range(92)]


def test_days_outside_of_the_history_are_empty() -> None:
    history = History(100, FIRST, UNTIL)
    for window in ((date(2000, 1, 1), FIRST), (UNTIL, date(2030, 1, 1)), (UNTIL, FIRST)):
        assert orjson.loads(history.page(*window, (0, 10))) == {"total": 0, "values": []}


def test_a_record_is_a_customer_with_a_number_and_a_day_of_its_own() -> None:
    history = History(3 * TEXTS, FIRST, UNTIL)
    number = 2 * TEXTS + 7
    body = history.page(FIRST, UNTIL, (number, 1))
    found = orjson.loads(body)["values"][0]
    own = {"id": FIRST_ID + number, "customerNumber": number + 1}
    assert found == {**customer(7), **own, "registered": history.day_of(number).isoformat()}
    assert 1200 < len(history.page(FIRST, UNTIL, (0, 1000))) / 1000 < 1400


def test_no_two_records_of_a_chunk_are_made_of_one_text() -> None:
    assert TEXTS > MAX_RECORDS


@pytest.mark.parametrize(
    ("path", "days", "status"),
    [
        ("10/2016-01-01/2016-04-01/customer", "registeredFrom=2016-01-01&registeredBefore=2016-02-01", 200),
        ("10/2016-01-01/2016-04-01/customer", "registeredFrom=x&registeredBefore=y", 400),
        ("10/2016-01-01/2016-04-01/customer", "", 400),
        ("10/2016-01-01/2016-04-01/invoice", "", 404),
        ("10/2016-04-01/2016-01-01/customer", "", 404),
        ("0/2016-01-01/2016-04-01/customer", "", 404),
        ("10/customer", "", 404),
    ],
)
def test_what_it_answers(served: Served, path: str, days: str, status: int) -> None:
    address = f"http://127.0.0.1:{served.port}/{path}?{days}&offset=0&limit=5"
    assert urllib3.request("GET", address).status == status


def test_a_page_has_a_thousand_records_at_most(served: Served) -> None:
    days = "registeredFrom=2016-01-01&registeredBefore=2016-04-01"
    address = f"http://127.0.0.1:{served.port}/5000/2016-01-01/2016-04-01/customer"
    reply = urllib3.request("GET", f"{address}?{days}&offset=0&limit=5000")
    assert len(orjson.loads(reply.data)["values"]) == 1000


def test_sluice_reads_it_whole_and_notices_no_change(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    until = date.today() + timedelta(days=1)  # noqa: DTZ011 - windows end today, whichever day it is
    first = until - timedelta(days=800)
    address = f"http://127.0.0.1:{served.port}/2500/{first}/{until}"
    given = [f"base_url={address}", f"history_from={first}", "api_key=x"]
    options = [part for one in given for part in ("--set", one)]
    folders = ["--connectors", f"{FOLDER}/connectors", "--transformers", f"{FOLDER}/transformers"]
    files = ["--out", str(tmp_path / "out.jsonl"), "--contract", str(tmp_path / "contract.json")]
    for _ in range(2):
        assert run(["pull", CONNECTOR, STREAM, *options, *folders, *files, "--json"]) == 0
        told = orjson.loads(capsys.readouterr().err)
        assert told["counts"]["published"] == told["counts"]["fetched"] == 2500
        assert told["changes"] == []
    events = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [number_of(event["subject"]) for event in events] == list(range(2500))
