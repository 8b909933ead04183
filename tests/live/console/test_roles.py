"""Each group sees and may do its own: what it may not do is not offered, and refused all the same."""

from __future__ import annotations

import re

import pytest
import urllib3
from playwright.sync_api import expect

from lambdas.api.roles import LOWEST, Role
from tests.live.console.conftest import Enter, Person, Place
from tests.live.console.situation import Situation

OFFERED = {
    "runs": {"Start a run": Role.OPS},
    "run": {"Start another run": Role.OPS},
    "topic": {"Look at 10": Role.OPS, "Move dead letters back": Role.OPS},
    "connections": {"Add a connection": Role.OPERATOR},
    "connection": {"Run now": Role.OPS, "Pause": Role.OPS, "Actions": Role.OPERATOR},
    "connection-new": {"Add the connection": Role.OPERATOR},
    "connectors": {"Register a connector": Role.OPERATOR},
    "connector": {"Add a connection": Role.OPERATOR},
    "change": {"Accept": Role.OPERATOR, "Reject": Role.OPERATOR},
    "quarantine": {"Replay the chosen": Role.OPS, "Replay all": Role.OPS},
    "quarantined": {"Replay it": Role.OPS},
    "table": {"Export": Role.VIEWER},
}
"""What can be done on a page, by what its button or link is called, and who may at least."""
HTTP = urllib3.PoolManager()


@pytest.fixture(scope="module")
def tokens(place: Place, people: dict[str, Person]) -> dict[str, str]:
    """Return an access token of each group."""
    deployment = place.deployment
    return {
        group: deployment.session.cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=deployment.outputs["UserPoolClientId"],
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )["AuthenticationResult"]["AccessToken"]
        for group, (name, password) in people.items()
    }


@pytest.mark.parametrize("group", [role for role in Role if role is not Role.ADMIN])
def test_what_a_group_may_not_is_refused_at_the_consoles_own_address(
    group: Role, place: Place, tokens: dict[str, str]
) -> None:
    above = [called for called, lowest in LOWEST.items() if not group.may(lowest)]
    assert above
    answered = {}
    for called in above:
        method, _, path = called.partition(" ")
        there = place.origin + "/api" + re.sub(r"\{\w+\}", "nordlys", path)
        headers = {"Authorization": f"Bearer {tokens[group]}", "If-Match": '"1"'}
        answered[called] = HTTP.request(method, there, headers=headers, json={}, retries=False).status
    assert answered == dict.fromkeys(above, 403)


@pytest.mark.parametrize("page", OFFERED)
@pytest.mark.parametrize("group", Role)
def test_a_group_is_offered_what_it_may_and_no_more(
    group: Role, page: str, enter: Enter, situation: Situation
) -> None:
    somebody = enter(group)
    main = somebody.open(situation.address(page)).locator("#main")
    for name, lowest in OFFERED[page].items():
        offered = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        if group.may(lowest):
            expect(offered.first).to_be_visible()
        else:
            expect(offered).to_have_count(0)


@pytest.mark.parametrize("group", Role)
def test_pages_that_show_a_group_nothing_are_not_there_for_it(
    group: Role, enter: Enter, situation: Situation
) -> None:
    somebody = enter(group)
    for name in ("notifications", "audit"):
        title = somebody.open(situation.address(name)).locator("h1")
        expect(title).to_have_text("Nothing here" if group is not Role.ADMIN else name.capitalize())
