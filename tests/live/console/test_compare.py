"""Two ERPs held against each other: what was planted in them is told, to the record, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from benchmarks.matching.companies import Record
from sandbox.server import SandboxServer
from tests.live.console.conftest import Enter, Place
from tests.live.console.planting import Ledger, company, filled, number_of, wait_for_the_lake
from tests.live.console.situation import run_side_by_side

SAME = ("Alvdal Trelast", "Brekke Regnskap", "Eidsvoll Bakeri", "Grimstad Seil")
OTHER_EMAIL = ("Hamar Glass", "Jessheim Maskin", "Kragerø Fisk")
OTHER_PHONE = ("Kragerø Fisk", "Moss Kabel")
HERE_ONLY = ("Narvik Transport", "Orkanger Stål")
THERE_ONLY = ("Porsgrunn Keramikk", "Risør Båtbygg", "Tynset Ysteri")
TWICE_HERE, TWICE_THERE = "Ulvik Frukt", "Voss Ski"
UNNUMBERED = "Ytre Arna Tekstil"
"""It has no number here, and another legal form in its name there."""
NAMESAKE = "Sandnes Ull"
"""There another company of that name at that address: it has a number of its own."""
NAMES = (
    *SAME, *OTHER_EMAIL, "Moss Kabel", *HERE_ONLY, *THERE_ONLY, TWICE_HERE, TWICE_THERE, UNNUMBERED, NAMESAKE,
)  # fmt: skip
NAMESAKE_PLACE = 90
COMPARED = ("Name", "E-mail", "Phone")


@dataclass(frozen=True)
class Two:
    """A Tripletex and a PowerOffice Go with what was planted."""

    here: Ledger
    there: Ledger


def planted() -> tuple[dict[str, Record], dict[str, Record]]:
    """Return what each of the two holds, by label."""
    all_of_them = {name: company(place, name) for place, name in enumerate(NAMES)}
    here = {name: one for name, one in all_of_them.items() if name not in THERE_ONLY}
    there = {name: one for name, one in all_of_them.items() if name not in HERE_ONLY}
    for name in OTHER_EMAIL:
        there[name] = {**there[name], "email": f"firma@{there[name]['email'].partition('@')[2]}"}
    for name in OTHER_PHONE:
        there[name] = {**there[name], "phone": "+47 55 00 00 01"}
    here[f"{TWICE_HERE} again"] = here[TWICE_HERE]
    there[f"{TWICE_THERE} again"] = there[TWICE_THERE]
    here[UNNUMBERED] = {**here[UNNUMBERED], "organisation_number": None}
    there[UNNUMBERED] = {**there[UNNUMBERED], "name": f"{UNNUMBERED} A/S"}
    there[NAMESAKE] = {**there[NAMESAKE], "organisation_number": number_of(NAMESAKE_PLACE)}
    return here, there


@pytest.fixture(scope="module")
def two(place: Place, erp: Callable[..., SandboxServer]) -> Two:
    here, there = planted()
    ledgers = Two(
        filled(place.deployment, erp, "vestby", "tripletex", here),
        filled(place.deployment, erp, "skien", "poweroffice", there),
    )
    run_side_by_side(ledgers.here.customer, ledgers.there.customer)
    wait_for_the_lake([ledgers.here, ledgers.there])
    return ledgers


def choose(page: Page, field: str, *names: str) -> None:
    """Choose one or several in a field of the page."""
    page.locator("#main").get_by_role("button", name=re.compile(rf"^{field}\b")).first.click()
    for name in names:
        page.get_by_role("option", name=name, exact=True).click()
    if len(names) > 1:
        page.keyboard.press("Escape")


def rows(page: Page, table: str) -> list[list[str]]:
    """Return the rows of a table, cell by cell."""
    found = page.get_by_role("table", name=table, exact=True).get_by_role("row").all()[1:]
    return [[text.strip() for text in row.locator("th, td").all_inner_texts()] for row in found]


def listed(page: Page, words: str, ends: str) -> list[list[str]]:
    """List the records of a kind, by its name with its number; return the rows, whose last heading is so."""
    choose(page, "Kind of records", words)
    records = page.get_by_role("table", name="Records", exact=True)
    expect(records.get_by_role("columnheader").last).to_have_text(ends)
    expect(records.get_by_role("link").first).to_be_visible()
    return rows(page, "Records")


def figures(page: Page) -> dict[str, str]:
    """Return the numbers of the comparison by what they are of."""
    main = page.locator("#main")
    terms, values = (main.get_by_role(role).all_inner_texts() for role in ("term", "definition"))
    return dict(zip(terms, values, strict=True))


@pytest.fixture
def page(enter: Enter, two: Two) -> Page:
    """The two compared, as somebody chooses them."""
    page = enter("viewer").open("/data/compare")
    choose(page, "Here", two.here.name)
    choose(page, "There", two.there.name)
    choose(page, "Joined by", "Organisation number")
    page.keyboard.press("Escape")
    choose(page, "Compared", *COMPARED)
    expect(page.get_by_role("button", name=f"Compare {COMPARED[-1]} only")).to_be_visible()
    expect(page.get_by_role("columnheader", name="vestby → skien")).to_be_visible()
    return page


def test_what_differs_is_counted_and_named_with_both_values(page: Page, two: Two) -> None:
    assert figures(page) == {
        "Records in vestby": "15",
        "Records in skien": "16",
        "The same in both": str(len(SAME)),
        "Differing": "4",
        "Only in vestby": str(len(HERE_ONLY) + 1),
        "Only in skien": str(len(THERE_ONLY) + 2),
        "Not compared: doubles": "2",
        "Without a key": "1",
    }
    assert rows(page, "Fields that differ") == [["E-mail", "3", "0", "0"], ["Phone", "2", "0", "0"]]
    here, there = planted()
    wanted = []
    for name in sorted({*OTHER_EMAIL, *OTHER_PHONE}):
        one, other = here[name], there[name]
        told = [
            f"{title}: {one[field]} → {other[field]}"
            for field, title in (("email", "E-mail"), ("phone", "Phone"))
            if one[field] != other[field]
        ]
        ids = [two.here.ids[name], two.there.ids[name]]
        wanted.append([one["name"], one["organisation_number"], *ids, "\n".join(told)])
    assert sorted(rows(page, "Records")) == wanted
    page.get_by_role("button", name="Compare Phone only").click()
    expect(page.get_by_role("table", name="Records").get_by_role("row")).to_have_count(1 + len(OTHER_PHONE))
    assert figures(page)["Differing"] == "2"


def test_what_only_one_has_twice_or_without_a_number_is_named(page: Page, two: Two) -> None:
    here, there = two.here.ids, two.there.ids
    kinds = {
        "Only in vestby (3)": sorted(here[name] for name in (*HERE_ONLY, NAMESAKE)),
        "Only in skien (5)": sorted(there[name] for name in (*THERE_ONLY, NAMESAKE, UNNUMBERED)),
        "Doubles in vestby (1)": [f"{here[TWICE_HERE]}, {here[f'{TWICE_HERE} again']}"],
        "Doubles in skien (1)": [f"{there[TWICE_THERE]}, {there[f'{TWICE_THERE} again']}"],
        "Without a key in vestby (1)": [here[UNNUMBERED]],
    }
    for words, ids in kinds.items():
        side = "vestby" if "vestby" in words else "skien"
        found = listed(page, words, f"In {side}")
        assert sorted(row[-1] for row in found) == ids, words
    assert found[0][:2] == [f"{UNNUMBERED} AS", "none"]


def test_companies_are_found_under_other_names_with_score_and_reason(enter: Enter, two: Two) -> None:
    page = enter("viewer").open("/data/match")
    choose(page, "Of these connections", two.here.name, two.there.name)
    expect(page.get_by_text("Among 16 of skien, 15 of vestby; 2 companies are there twice")).to_be_visible()
    # The doubles are one company of three records each; what only one of them has is none.
    both = [name for name in NAMES if name not in (*HERE_ONLY, *THERE_ONLY, NAMESAKE)]
    page.get_by_role("button", name=f"One company ({len(both)})").click()
    expect(page.get_by_role("table", name="Companies").get_by_role("rowheader")).to_have_count(len(both))
    found = {re.split(r" A/?S ", row[1])[0]: row for row in rows(page, "Companies")}
    assert set(found) == set(both)
    for name in (TWICE_HERE, TWICE_THERE):
        assert found[name][1].count("double") == 2
    score, records, why = found[UNNUMBERED]
    number = number_of(NAMES.index(UNNUMBERED))
    assert records.split("\n") == [f"{UNNUMBERED} A/S skien, {number}", f"{UNNUMBERED} AS vestby"]
    assert why.startswith("Name and address\nsame name")
    assert 85 <= int(score.strip(">%")) <= 100

    page.get_by_role("button", name="To look at (1)").click()
    pairs = page.get_by_role("table", name="To look at")
    expect(pairs.get_by_role("link")).to_have_text([f"{NAMESAKE} AS"] * 2)
    [[score, records, why]] = rows(page, "To look at")
    assert score == "50%"
    assert why.startswith("Other number\nother organisation number")
    assert why.endswith("Not joined: below the threshold")
