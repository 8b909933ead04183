"""What is wrong with a form stands at the field that it is about, and what was typed stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Locator, Page, expect

from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer, Situation

TYPED = {
    "Name of the connection": "larvik",
    "Consumer token": "a consumer's token",
    "Employee token": "an employee's token",
    "Address of the API": "https://tripletex.example/v2",
    "Expression": "cron(0/15 6-18 ? * MON-FRI *)",
    "Events in a message": "25",
    "Code": "D45",
}
"""By label; all of it is right."""
WRONG = {
    "Name of the connection": ("Larvik AS", "should"),
    "Address of the API": ("tripletex", "should"),
    "Expression": ("cron(0 99 * * ? *)", "99"),
    "Events in a message": ("5000", "1000"),
    "Code": ("D99", "D99"),
}
"""What is typed in its place, and what is then said of it."""


def unfolded(page: Page) -> Page:
    """Open all that is folded, and begin to set what is seldom set."""
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("radio", name="By an expression").check()
    page.get_by_role("button", name="Seldom set").click()
    page.get_by_role("button", name="Add a rule").click()
    return page


def field_of(page: Page, label: str) -> Locator:
    """Return the field of this label; what is optional says so behind it."""
    labelled = page.get_by_label(re.compile(rf"^{re.escape(label)}\b"))
    return page.locator("#main input").and_(labelled)


def fill(page: Page, typed: dict[str, str]) -> None:
    for label, text in typed.items():
        field_of(page, label).fill(text)


def typed_in(page: Page, labels: dict[str, str]) -> dict[str, str]:
    return {label: field_of(page, label).input_value() for label in labels}


def said_of(page: Page, label: str) -> str:
    """Return what stands at a field as an error, as it is read to who cannot see it."""
    ids = field_of(page, label).get_attribute("aria-describedby") or ""
    texts = [page.locator(f"[id='{one}']").inner_text() for one in ids.split()]
    return " ".join(texts)


def test_everything_that_is_wrong_is_told_at_once_and_where_it_is(enter: Enter) -> None:
    somebody = enter("operator")
    somebody.watch.expect(r"422 .*/api/(connections|schedules/preview\?.*)\)")
    page = unfolded(somebody.open("/connections/New?connector=tripletex"))
    wrong = {label: text for label, (text, _) in WRONG.items()}
    fill(page, TYPED | wrong)
    page.get_by_role("button", name="Add the connection").click()
    for label, (_, said) in WRONG.items():
        expect(field_of(page, label), label).to_have_attribute("aria-invalid", "true")
        assert said in said_of(page, label), (label, said_of(page, label))
    expect(field_of(page, "Consumer token")).not_to_have_attribute("aria-invalid", "true")
    # The first of them has the focus, and each is over as soon as it is right.
    expect(field_of(page, "Name of the connection")).to_be_focused()
    for label in WRONG:
        field_of(page, label).fill(TYPED[label])
        expect(field_of(page, label), label).not_to_have_attribute("aria-invalid", "true")
    assert typed_in(page, TYPED) == TYPED


def test_a_name_that_was_taken_meanwhile_is_told_at_the_name(enter: Enter, situation: Situation) -> None:
    somebody = enter("operator")
    somebody.watch.expect(r"409 .*/api/connections\)")
    page = unfolded(somebody.open("/connections/New?connector=tripletex"))
    taken = TYPED | {"Name of the connection": situation.customer.name}
    fill(page, taken)
    page.get_by_role("button", name="Add the connection").click()
    name = field_of(page, "Name of the connection")
    expect(name).to_have_attribute("aria-invalid", "true")
    assert "exists; remove it first, or choose another name" in said_of(page, "Name of the connection")
    expect(name).to_be_focused()
    assert typed_in(page, taken) == taken


@pytest.fixture
def changed(situation: Situation, place: Place) -> Iterator[Customer]:
    """A connection that is changed by two people at once, and is as it was afterwards."""
    before = place.deployment.world.connections.get(situation.other.name)
    yield situation.other
    place.deployment.desk.add(before, {}, update=True)


def test_what_two_people_change_at_once_is_nobodys_by_chance(enter: Enter, changed: Customer) -> None:
    olga = enter("operator")
    olga.watch.expect(rf"412 .*/api/connections/{changed.name}\)")
    page = olga.open(f"/connections/{changed.name}/change")
    page.get_by_label("How many").fill("2")
    world = changed.deployment.world
    theirs = replace(world.connections.get(changed.name), schedule="rate(3 hours)")
    changed.deployment.desk.add(theirs, {}, update=True)
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text(re.compile("has changed this connection while you were at it"))).to_be_visible()
    assert world.connections.get(changed.name).schedule == "rate(3 hours)"
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text(re.compile("has changed this connection"))).to_have_count(0)
    expect(page.get_by_label("How many")).to_have_value("2")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text(f"{changed.name} was changed")).to_be_visible()
    assert world.connections.get(changed.name).schedule == "rate(2 hours)"
