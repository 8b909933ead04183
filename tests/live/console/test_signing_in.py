"""People come in by the user pool's own page, and stay in; nobody else sees anything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from sluice.ports.users import GROUPS
from tests.live.console.conftest import Enter, Person, Place
from tests.live.console.driving import sign_in


def test_whoever_comes_must_sign_in_and_arrives_where_they_wanted(
    enter: Enter, place: Place, people: dict[str, Person]
) -> None:
    guest = enter(None)
    guest.page.goto("/topics")
    expect(guest.page.get_by_label("Username")).to_be_visible()
    sign_in(guest.page, people["viewer"][0], "wrong-Password-1")
    expect(guest.page.get_by_text("Incorrect username or password")).to_be_visible()
    sign_in(guest.page, *people["viewer"])
    guest.settled()
    expect(guest.page).to_have_url(f"{place.origin}/topics")
    guest.page.get_by_role("button", name="Account").click()
    guest.page.get_by_role("menuitem", name="Sign out").click()
    expect(guest.page.get_by_label("Username")).to_be_visible()


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_is_greeted_as_what_it_is(group: str, enter: Enter) -> None:
    somebody = enter(group)
    page = somebody.open("/overview")
    expect(page).to_have_title(re.compile("Sluice"))
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text(f"{group} · stage local").filter(visible=True)).to_have_count(1)
    expect(page.get_by_role("link", name="Audit")).to_have_count(1 if group == "admin" else 0)
