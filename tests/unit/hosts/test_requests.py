"""A stream with a base URL of its own: where its requests go, what they carry, and where they never go."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.load import check_connector
from sluice.connector.outcomes import Page
from sluice.connector.reader import StreamReader
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.kit.connector_page import pages
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_table import MemoryTable
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.registry.budgets.sending import Caller, MustWait, budgeted
from tests.unit.connector.scripted import (
    CANARY,
    GOOD,
    NOW,
    SESSION_AUTH,
    MemoryDocuments,
    Recorder,
    drive,
    open_session,
    reader,
    records_of,
    reply,
    things,
)
from tests.unit.hosts.two_hosts import (
    BELOW,
    DEAL,
    DELETED,
    DETAILED,
    HERE,
    SETTINGS,
    THERE,
    two_hosts,
)

BEARER = "auth: {kind: bearer, token: {secret: api_key}}\n"
OAUTH = """\
auth:
  kind: oauth2_client_credentials
  token_url: https://login.example/token
  client_id: toy
  client_secret: {secret: api_key}
"""
NEXT = "pagination: {kind: next_url, next: {body: next}}\n"
LINK = "pagination: {kind: link_header}\n"


def deals(connector: Connector, **changes: Any) -> StreamReader:
    return reader(connector, stream=connector.streams["deal"], **changes)


def addresses(reading: StreamReader, server: Any) -> list[str]:
    """Return where each request of a whole read goes, without its query."""
    recorder = Recorder(server)
    list(drive(reading, recorder))
    return [request.url.partition("?")[0] for request in recorder.requests]


def test_each_stream_is_asked_for_at_its_own_base_url() -> None:
    connector = two_hosts()
    for stream, address in (("thing", HERE), ("deal", THERE)):
        reading = reader(connector, stream=connector.streams[stream])
        assert addresses(reading, lambda _: reply(GOOD)) == [f"{address}/thing"]


def test_a_connection_may_name_another_address_for_either_host() -> None:
    connector = two_hosts()
    given = {"deals_url": "http://127.0.0.1:8000/deals/"}
    reading = deals(connector, settings=given)
    assert addresses(reading, lambda _: reply(GOOD)) == ["http://127.0.0.1:8000/deals/thing"]
    reading = reader(connector, settings=given)
    assert addresses(reading, lambda _: reply(GOOD)) == [f"{HERE}/thing"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://deals.example", "should start with https"),
        ("deals.example", "should be an https address"),
        ("https://deals.example?key=1", "without '?'"),
        ("https://user:pw@deals.example", "belong into the secrets"),
    ],
)
def test_an_address_that_is_none_is_a_fault_of_the_settings(url: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        complete_settings(two_hosts(), {"deals_url": url})
    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == ("bad_url", "/deals_url")
    assert says in fault.message


def test_a_default_that_is_no_address_is_found_by_the_check() -> None:
    files = {
        "connectors/toy/connector.yaml": SETTINGS.replace(THERE, "http://deals.example"),
        "connectors/toy/deal.yaml": DEAL,
    }
    (fault,) = check_connector(MemoryDocuments(files), "toy")
    assert (fault.code, fault.pointer) == ("bad_url", "/base_url")
    assert fault.source == f"connectors/toy/deal.yaml:{len(DEAL.splitlines())}"
    assert "should start with https" in fault.message


def test_the_key_of_a_bearer_login_goes_to_the_other_host_too() -> None:
    request = deals(two_hosts()).next_request()
    assert request is not None
    assert request.headers["Authorization"] == f"Bearer {CANARY}"


def test_a_session_is_opened_at_the_base_url_and_carried_to_the_other_host() -> None:
    reading = deals(two_hosts(connector=SETTINGS.replace(BEARER, SESSION_AUTH)))
    login = reading.next_request()
    assert login is not None
    assert login.url == f"{HERE}/login"
    reading.receive(reply({"token": "t-7"}))
    request = reading.next_request()
    assert request is not None
    assert request.url.startswith(f"{THERE}/thing?")
    assert request.headers["Authorization"] == "Session t-7"


def test_a_token_is_fetched_where_it_always_is_and_carried_to_the_other_host() -> None:
    reading = deals(two_hosts(connector=SETTINGS.replace(BEARER, OAUTH)))
    login = reading.next_request()
    assert login is not None
    assert login.url == "https://login.example/token"
    reading.receive(reply({"access_token": "a-7", "token_type": "Bearer", "expires_in": 3600}))
    request = reading.next_request()
    assert request is not None
    assert request.url.startswith(f"{THERE}/thing?")
    assert request.headers["Authorization"] == "Bearer a-7"


def paged_by(pagination: str) -> Connector:
    """Return the connector with this way of paging at both hosts."""
    offset = next(line for line in SETTINGS.splitlines(keepends=True) if line.startswith("pagination"))
    return two_hosts(connector=SETTINGS.replace(offset, pagination))


def one_of_two_pages(address: str) -> Reply:
    body = {"items": things(0, 2), "next": address}
    return reply(body, link=f'<{address}>; rel="next"')


@pytest.mark.parametrize("paging", [NEXT, LINK])
@pytest.mark.parametrize("stream", ["thing", "deal"])
def test_a_next_page_is_followed_on_the_streams_own_host(stream: str, paging: str) -> None:
    connector, address = paged_by(paging), {"thing": HERE, "deal": THERE}[stream]
    server = Recorder(_two_pages(f"{address}/thing?after=2"))
    reading = reader(connector, stream=connector.streams[stream])
    assert records_of(drive(reading, server)) == [0, 1, 2, 3]
    assert server.requests[1].url == f"{address}/thing?after=2"


@pytest.mark.parametrize("paging", [NEXT, LINK])
@pytest.mark.parametrize("stream", ["thing", "deal"])
@pytest.mark.parametrize("changed", ["host", "port", "scheme"])
def test_a_next_page_on_another_host_is_refused_even_if_other_streams_are_there(
    stream: str, paging: str, changed: str
) -> None:
    connector = paged_by(paging)
    here, other = (THERE, HERE) if stream == "deal" else (HERE, THERE)
    host = here.split("/")[2]
    wrong = {
        "host": other,
        "port": here.replace(host, f"{host}:8443"),
        "scheme": here.replace("https", "http"),
    }[changed]
    reading = reader(connector, stream=connector.streams[stream])
    assert reading.next_request() is not None
    with pytest.raises(ApiChanged, match="credentials go nowhere else"):
        reading.receive(one_of_two_pages(f"{wrong}/thing?after=2"))


def test_a_redirect_to_the_other_host_is_not_followed() -> None:
    reading = deals(two_hosts())
    assert reading.next_request() is not None
    with pytest.raises(ApiChanged, match="D02"):
        reading.receive(reply(status=301, location=f"{HERE}/thing"))


def test_single_records_are_where_the_stream_is() -> None:
    recorder = Recorder(lambda request: reply(GOOD if "?" in request.url else {"id": 1, "name": "a"}))
    list(drive(deals(two_hosts(DETAILED)), recorder))
    assert len(recorder.requests) == 3
    assert {request.url.rpartition("/thing")[0] for request in recorder.requests} == {THERE}


def test_parents_are_where_the_stream_is() -> None:
    groups = [f"{THERE}/group", f"{THERE}/group/0/thing", f"{THERE}/group/1/thing"]
    assert addresses(deals(two_hosts(BELOW)), lambda _: reply(GOOD)) == groups


def test_tombstones_are_where_the_stream_is() -> None:
    reading = deals(two_hosts(DELETED), since="2026-11-20T00:00:00Z")
    assert addresses(reading, lambda _: reply(GOOD)) == [f"{THERE}/thing", f"{THERE}/gone"]


def test_a_reading_goes_on_at_its_own_host() -> None:
    connector = two_hosts()
    one = deals(connector)
    server = _pages_of_two
    first = one.next_request()
    assert first is not None
    assert isinstance(one.receive(server(first)), Page)
    other = deals(connector, position=one.position())
    assert addresses(other, server) == [f"{THERE}/thing"]


def test_a_session_that_the_other_host_refuses_is_opened_anew_at_the_base_url() -> None:
    reading = deals(two_hosts(connector=SETTINGS.replace(BEARER, SESSION_AUTH)), session=open_session())
    assert reading.next_request() is not None
    reading.receive(reply({}, 401))
    login = reading.next_request()
    assert login is not None
    assert login.url == f"{HERE}/login"


def test_requests_to_both_hosts_count_under_the_limits_of_the_connection() -> None:
    connector = two_hosts(connector=f"{SETTINGS}limits: [{{requests: 1, seconds: 3600, per: connection}}]\n")
    clock = FixedClock(NOW)
    scope = Scope(complete_settings(connector, {}), {"api_key": Secret(CANARY)}, NOW)
    for first, second in ((HERE, THERE), (THERE, HERE)):
        sender = budgeted(Everywhere(), clock, MemoryTable(), Caller("acme", connector, scope))
        assert sender.send(Request("GET", f"{first}/thing")).status == 200
        assert sender.send(Request("GET", "https://login.example/token")).status == 200
        with pytest.raises(MustWait):
            sender.send(Request("GET", f"{second}/thing"))


def test_the_page_of_the_connector_says_which_setting_holds_the_address() -> None:
    connector = two_hosts()
    mapper = catalog().mapper("fiken", "customer")
    text = pages([(connector, {"thing": mapper, "deal": mapper})], [])["docs/connectors/toy.md"]
    lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    assert "GET `/thing`, at `deals_url` |" in lines["deal"]
    assert "GET `/thing` |" in lines["thing"]


class Everywhere:
    """Answers every request with 200."""

    def send(self, request: Request) -> Reply:
        return reply({"for": request.url})


def _two_pages(following: str) -> Any:
    def answer(request: Request) -> Reply:
        if "after=2" in request.url:
            return reply({"items": things(2, 4), "next": None})
        return one_of_two_pages(following)

    return answer


def _pages_of_two(request: Request) -> Reply:
    first = 2 if "from=2" in request.url or "from=1" in request.url else 0
    shown = things(1, 4) if "from=1" in request.url else things(first, first + 2)
    return reply({"items": shown, "total": 4})
