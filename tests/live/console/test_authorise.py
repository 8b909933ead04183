"""A person lets Sluice into an ERP with the browser: added by the form, refused, agreed to, and then read."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from sandbox.server import SandboxServer
from sluice.usecases.access.credentials import known_credentials
from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer

RUN_MILLISECONDS = 90_000
"""How long a run may take on a busy machine."""
CUSTOMERS = 14
SECRETS = {"Client id": "client_id", "Client secret": "client_secret"}
ADDRESSES = {
    "Address of the API": "base_url",
    "Address of the authorization page": "authorize_url",
    "Address of the token endpoint": "token_url",
}


@pytest.fixture(scope="module")
def malmo(place: Place, erp: Callable[..., SandboxServer]) -> Customer:
    """A Fortnox that nobody is connected to yet; the tests below are one story, in this order."""
    return Customer("malmo", erp("fortnox", records={"customer": CUSTOMERS}), place.deployment)


def refresh_token(of: Customer) -> str | None:
    stored = known_credentials(of.deployment.world, of.name).get("refresh_token")
    return stored.reveal() if stored else None


def authorise(page: Page) -> None:
    """Press the button; the sandbox's page answers at once, and sends the browser back."""
    page.get_by_role("button", name="Authorise", exact=True).click()


def test_it_is_added_by_the_form_and_cannot_run_before_somebody_agreed(enter: Enter, malmo: Customer) -> None:
    page = enter("operator").open("/connections/New?connector=fortnox")
    page.get_by_label("Name of the connection").fill(malmo.name)
    expect(page.get_by_text(re.compile(r"http://\S+/authorized"))).to_be_visible()
    # What the authorisation writes is not asked for.
    expect(page.get_by_label("Refresh token")).to_have_count(0)
    for label, name in SECRETS.items():
        page.get_by_label(label).fill(malmo.erp.secrets[name])
    page.get_by_role("button", name="More settings").click()
    for label, name in ADDRESSES.items():
        page.get_by_label(label).fill(str(malmo.erp.settings[name]))
    page.get_by_role("radio", name="Only these").check()
    page.get_by_role("button", name="Tick none").click()
    page.get_by_role("checkbox", name="customer").check()
    page.get_by_role("button", name="Add the connection").click()
    expect(page.get_by_text("malmo is connected")).to_be_visible()
    expect(page.get_by_text("Nobody has let Sluice in yet")).to_be_visible()
    expect(page.get_by_role("button", name="Run now")).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("group", ["viewer", "ops"])
def test_who_may_not_authorise_it_is_not_offered_to(group: str, enter: Enter, malmo: Customer) -> None:
    page = enter(group).open(f"/connections/{malmo.name}")
    expect(page.get_by_text("Nobody has let Sluice in yet")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Authorise"))).to_have_count(0)


def test_who_says_no_is_told_so_and_can_begin_again(enter: Enter, malmo: Customer) -> None:
    malmo.order("consent", agrees=False)
    somebody = enter("operator")
    somebody.watch.expect(r"409 .*/authorizations/complete")
    page = somebody.open(f"/connections/{malmo.name}")
    authorise(page)
    expect(page.get_by_text("the ERP did not let us in: access_denied: the person said no")).to_be_visible()
    assert urlsplit(page.url).query == ""
    page.get_by_role("link", name=f"Back to {malmo.name}, to authorise it again").click()
    expect(page.get_by_text("Nobody has let Sluice in yet")).to_be_visible()
    assert refresh_token(malmo) is None


def test_an_authorisation_is_good_for_who_began_it_alone(enter: Enter, malmo: Customer) -> None:
    malmo.order("consent", agrees=True)
    olga, asked = enter("operator"), list[str]()
    page = olga.open(f"/connections/{malmo.name}")

    def stay(route: Route) -> None:
        """Stop the browser on its way, as a page does that somebody has not answered yet."""
        asked.append(route.request.url)
        route.fulfill(body="Do you let Sluice in?", content_type="text/plain")

    page.route(f"{malmo.erp.url}/**", stay)
    authorise(page)
    expect(page.get_by_text("Do you let Sluice in?")).to_be_visible()
    state = parse_qs(urlsplit(asked[0]).query)["state"][0]

    asta = enter("admin")
    other = asta.open(f"/authorized?code=made-up&state={state}")
    expect(other.get_by_text("No authorisation of this tab is under way")).to_be_visible()
    # Also where the tab is made to believe that it is its own.
    asta.watch.expect(r"409 .*/authorizations/complete")
    other.evaluate(
        "([key, name]) => sessionStorage.setItem(key, name)", [f"sluice.authorising.{state}", "malmo"]
    )
    other.goto(f"/authorized?code=made-up&state={state}")
    expect(other.get_by_text("the browser came back from no authorisation of yours")).to_be_visible()
    assert refresh_token(malmo) is None

    # It is still hers: she answers, and comes back to what she began.
    page.unroute(f"{malmo.erp.url}/**")
    page.goto(asked[0])
    expect(page.get_by_text("malmo is authorised")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/connections/malmo$"))
    assert refresh_token(malmo)


def test_what_was_authorised_is_read(enter: Enter, malmo: Customer) -> None:
    page = enter("operator").open(f"/connections/{malmo.name}")
    expect(page.get_by_text("Nobody has let Sluice in yet")).to_have_count(0)
    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(re.compile(r"/runs/malmo-"))
    expect(
        page.locator("#main").get_by_text("succeeded", exact=True).filter(visible=True).first
    ).to_be_visible(timeout=RUN_MILLISECONDS)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="customer"))
    expect(row).to_contain_text(str(CUSTOMERS))
    expect(row).to_contain_text("synced")
    # The way back is for one time.
    page.go_back()
    expect(page.get_by_role("button", name="Run now")).to_be_visible()
