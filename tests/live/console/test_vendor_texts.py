"""What vendors and people wrote is shown as it stands and never runs; the policy reports nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from sandbox.server import SandboxServer
from sluice.errors import ConfigurationInvalid
from sluice.usecases.deciding.registering import Wanted, register
from tests.live.console.conftest import Enter, Place
from tests.live.console.poison import (
    CONNECTOR,
    FIELD,
    FILES,
    HOSTILE,
    LINKS,
    NAME,
    Poisoned,
    poison,
    refusing,
)
from tests.live.console.situation import PAGES

pytestmark = pytest.mark.timeout(300)  # where it runs alone, its first test starts everything
LAKE_MILLISECONDS = 90_000
"""How long it may take until the lake has what a run published."""
SEEN = re.compile(r"onerror=|window\.__xss")
"""What stands on a page that shows a hostile text, whatever part of it."""
RAN = "() => window.__xss !== undefined"
CAME_ALIVE = """() => [...document.querySelectorAll("script:not([src]), img[src='x'], [onerror], iframe")]
    .map((one) => one.outerHTML.slice(0, 200))"""
LEADS_ELSEWHERE = """() => [...document.querySelectorAll("a, area, form, button")]
    .flatMap((one) => ["href", "xlink:href", "action", "formaction"].map((name) => one.getAttribute(name)))
    .filter((there) => there !== null && there !== "")
    .filter((there) => !URL.canParse(there, location.href)
        || !["http:", "https:", "mailto:"].includes(new URL(there, location.href).protocol)
        || new URL(there, location.href).host === "evil.example")"""
"""Where links lead that are no pages of ours, of the web, or mail addresses."""

CONNECTOR_FILE = f"connectors/{NAME}/connector.yaml"
CUSTOMER = 10000000
"""The first customer of a sandbox of Tripletex."""
TABS = ("streams", "contract", "needs", "versions")
TWO = "connections=uskyldig,forgiftet"
ADDRESSES = {
    **PAGES,
    "runs": "/runs?connection=forgiftet",
    "run": "/runs/{run}",
    "refused run": "/runs/{refused}",
    "change": "/changes/{change}",
    "changes": "/changes?connection=forgiftet",
    "quarantine": "/quarantine?connection=forgiftet",
    "quarantined": "/quarantine/forgiftet/project/{aside}",
    "connection": "/connections/poisoned",
    "connection-new": f"/connections/New?connector={NAME}",
    "connector": f"/connectors/{NAME}",
    **{
        f"connector, {tab}": f"/connectors/{NAME}?tab={tab}"
        for tab in ("streams", "contract", "needs", "versions")
    },
    "table": "/data/tables/customer?connection=forgiftet",
    "record": "/data/tables/customer/forgiftet%2Fcustomer%2F{customer}",
    "compare": "/data/compare?entity=customer&by=organisation_number&here=uskyldig&there=forgiftet",
    "match": f"/data/match?{TWO}",
    "no such run": f"/runs/{quote(FIELD)}",
    "no such page": f"/{quote(HOSTILE)}",
    "audit": "/audit?action=connectors",
}
"""Every page, at what is hostile; and pages that are not there."""
SILENT = {
    *("changes", "charts", "connections", "data", "freshness", "notifications", "register", "topics"),
    "no such page",
}
"""Pages on which nothing stands that a vendor or a person has written freely."""


def look(page: Page) -> None:
    """Look at the queue's dead letters."""
    page.get_by_role("button", name="Dead letters", exact=True).click()
    page.get_by_role("button", name="Look at 10").click()
    page.get_by_role("button", name=SEEN).first.click()


BEFORE: dict[str, Callable[[Page], None]] = {
    "connection": lambda page: page.get_by_role("tab", name="Settings").click(),
    "topic": look,
}
"""What a person does on a page until it shows the text."""


@pytest.fixture(scope="module")
def poisoned(place: Place, erp: Callable[..., SandboxServer]) -> Iterator[Poisoned]:
    with refusing() as address:
        yield poison(place.deployment, erp, address)
    queue = place.deployment.queue("information_dead_letter")
    for message in queue.receive(1000, 0):
        if message.attributes.get("type") == FIELD:
            queue.delete(message)


def assert_inert(page: Page) -> None:
    """Fail where any of it has become more than text, or a link leads where no link may."""
    assert page.evaluate(CAME_ALIVE) == []
    assert page.evaluate(LEADS_ELSEWHERE) == []
    assert not page.evaluate(RAN)


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_is_seen_and_stays_inert_on(name: str, enter: Enter, poisoned: Poisoned) -> None:
    somebody = enter("admin")
    somebody.watch.expect(r"4\d\d .*/api/runs/%3C")  # there is no such run
    given = {"run": poisoned.run, "refused": poisoned.refused, "change": poisoned.change}
    page = somebody.open(ADDRESSES[name].format(**given, aside=poisoned.aside.id, customer=CUSTOMER))
    BEFORE.get(name, lambda _: None)(page)
    if name not in SILENT:
        expect(page.locator("#main")).to_contain_text(SEEN, use_inner_text=True, timeout=LAKE_MILLISECONDS)
    assert_inert(page)


def test_a_hostile_connector_is_tried_on_a_hostile_reply(enter: Enter, tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    somebody = enter("operator")
    page = somebody.open("/connectors/Register")
    page.get_by_label("Folder of the connector").set_input_files(tmp_path)
    reply = {"values": [{"id": 1, FIELD: HOSTILE}, {"id": {FIELD: 2}}, {"id": HOSTILE}]}
    page.get_by_label("Body of the reply").fill(json.dumps(reply))
    expect(page.get_by_label("Record 1 as it came")).to_contain_text(FIELD)
    expect(page.get_by_label("Record 1, canonical")).to_contain_text("window.__xss")
    assert_inert(page)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_a_connector_leads_to_https_or_is_none(
    link: str, enter: Enter, place: Place, poisoned: Poisoned
) -> None:
    # Registering refuses it; and whatever the API said, the console makes no link of it.
    files = {**FILES, CONNECTOR_FILE: json.dumps({**CONNECTOR, "documentation": link}).encode()}
    with pytest.raises(ConfigurationInvalid, match="documentation"):
        register(place.deployment.world, files, Wanted(NAME, "olga"))

    def answer(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, json={**given.json(), "documentation": link})

    somebody = enter("viewer")
    somebody.page.route(f"**/api/connectors/{NAME}", answer)
    page = somebody.open(f"/connectors/{NAME}")
    expect(page.get_by_text("not named", exact=True)).to_be_visible()
    # In its notes there are such links, too: their words are shown, and nothing leads there.
    expect(page.get_by_text(FIELD, exact=True).first).to_be_visible()
    assert page.locator("#main").get_by_role("link").filter(has_text="onerror").count() == 0
    assert_inert(page)
