"""What was published stays readable within its version: fields come, none goes or becomes another."""

from __future__ import annotations

import copy
import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sluice.bootstrap.documents import catalog
from tests.law.published import FILE, Table, as_text, broken, published_now, with_new
from tests.law.tree import ROOT, text

NOW = published_now(catalog().canonical)
SIDE_BY_SIDE = timedelta(days=180)
"""For how long two versions are published beside each other (docs/adr/0016)."""


def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(FILE))
    return found


def live(found: dict[str, Any]) -> Table:
    """Return the schemas that are not retired yet."""
    today = datetime.now(UTC).date().isoformat()
    return {
        name: places
        for name, places in found["schemas"].items()
        if found["retired"].get(name, {}).get("last_day", today) >= today
    }


def test_the_table_has_all_that_is_published() -> None:
    assert text(FILE) == as_text(with_new(known(), NOW)), "make generate adds what is new"


@pytest.mark.parametrize("name", sorted(live(known())))
def test_nothing_that_was_published_is_taken_away_or_changed(name: str) -> None:
    assert broken(known()["schemas"][name], NOW.get(name, {})) == [], "a new version: docs/adr/0016"


def test_the_table_only_grows() -> None:
    command = ["git", "show", f"HEAD:{FILE}"]
    committed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603
    if committed.returncode:
        pytest.skip("without git's history there is no earlier table to hold this one against")
    before = json.loads(committed.stdout)
    for name, places in live(before).items():
        assert broken(places, known()["schemas"].get(name, {})) == [], name


def test_who_retires_a_version_gives_time() -> None:
    for name, found in known()["retired"].items():
        announced, last_day = (date.fromisoformat(found[key]) for key in ("announced", "last_day"))
        assert last_day - announced >= SIDE_BY_SIDE, name
        assert f"`{name}`" in text("CHANGELOG.md"), f"{name}: nobody was told"


def test_a_new_field_breaks_nothing_and_is_held_from_then_on() -> None:
    now = copy.deepcopy(NOW["urn:sluice:customer:1"])
    now["/shoe_size"] = {"type": ["string", "null"], "always": True}
    assert broken(NOW["urn:sluice:customer:1"], now) == []
    held = with_new(known(), {"urn:sluice:customer:1": now})["schemas"]["urn:sluice:customer:1"]
    assert broken(held, NOW["urn:sluice:customer:1"]) == ["/shoe_size is gone"]


def test_what_breaks_is_not_taken_into_the_table() -> None:
    now = copy.deepcopy(NOW["urn:sluice:customer:1"])
    now["/name"] = {"type": ["string", "null"], "always": True}
    held = with_new(known(), {"urn:sluice:customer:1": now})["schemas"]["urn:sluice:customer:1"]
    assert held["/name"] == known()["schemas"]["urn:sluice:customer:1"]["/name"]


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        ("/name", None, "/name is gone"),
        ("/name", {"type": ["string", "null"]}, "/name: type was 'string', is ['string', 'null']"),
        ("/name", {"maxLength": 2_000}, "/name: maxLength was 1000, is 2000"),
        ("/id", {"pattern": "^.$"}, "/id: pattern was"),
        ("/number", {"always": False}, "/number: is not always there any more"),
        ("/created_at", {"format": "date"}, "/created_at: format was 'date-time', is 'date'"),
    ],
)
def test_what_would_break_a_consumer_is_found(place: str, change: dict[str, Any] | None, said: str) -> None:
    now = copy.deepcopy(NOW["urn:sluice:customer:1"])
    if change is None:
        del now[place]
    else:
        now[place] |= change
    [found] = broken(NOW["urn:sluice:customer:1"], now)
    assert found.startswith(said)


def test_a_member_that_is_gone_is_found() -> None:
    before = NOW["urn:sluice:account:1"]
    now = copy.deepcopy(before)
    now["/type"]["enum"] = [one for one in now["/type"]["enum"] if one != "equity"]
    assert broken(before, now) == ["/type: enum has lost ['equity']"]
    now["/type"]["enum"] = [*before["/type"]["enum"], "another"]
    assert broken(before, now) == []


def test_the_kinds_of_notices_are_held_too() -> None:
    [kinds] = [facets["enum"] for place, facets in NOW["notification"].items() if place.endswith("/type")]
    assert "run.lost" in kinds
    assert "urn:sluice:customer:1" in NOW
    assert "customer_event" in NOW
