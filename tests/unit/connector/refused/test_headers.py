"""Headers that are not a connector's to set, wherever in a connector they may stand."""

from __future__ import annotations

import pytest

from sluice.connector.load import check_connector
from tests.unit.connector.scripted import CONNECTOR, STREAM, documents, query_of, reader, toy

BEARER = "auth: {kind: bearer, token: {secret: api_key}}"
SINCE = "incremental: {query: {s: {since: date}}, watermark: request_time}\n"
OURS = (
    *("Host", "hOST", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Expect"),
    *("Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade"),
    *("Proxy-Authenticate", "Proxy-Authorization"),
)
OF_AUTH = ("Authorization", "AUTHORIZATION", "Cookie")
LOGIN = (
    "auth: {kind: session, login: {path: /l, HEADERS}, capture: {t: t}, attach: {query: {t: {captured: t}}}}"
)
TOKEN = (
    "auth: {kind: oauth2_client_credentials, token_url: 'https://a.example/t', client_id: {secret: api_key},"
    " client_secret: {secret: api_key}, HEADERS}"
)
ATTACHED = "auth: {kind: api_key, attach: {HEADERS}}"
IN_STREAM = {
    "/request": "request: {HEADERS}\n",
    "/incremental": "incremental: {query: {s: {since: date}}, HEADERS, watermark: request_time}\n",
    "/windows": "windows: {query: {f: {window: from, as: date}, t: {window: to, as: date}}, HEADERS,"
    " from: 2026-01-01, days: 7}\n",
    "/ranges": "ranges: {query: {f: {range: from}, t: {range: to}}, HEADERS, field: id}\n",
    "/details/request": "details: {path: '/t/{i}', path_parameters: {i: {record: id}}, request: {HEADERS}}\n",
    "/deletions/request": SINCE
    + "deletions: {path: /gone, key: id, request: {query: {s: {since: date}}, HEADERS}}\n",
    "/parents/request": "parents: {path: /parent, key: id, request: {HEADERS}}\n",
}


def found(at: str, headers: str) -> dict[str, tuple[str, str]]:
    """Return code and message by pointer, of a toy that has the headers at the place."""
    if at in IN_STREAM:
        files = documents(stream=STREAM + IN_STREAM[at].replace("HEADERS", headers))
    else:
        auth = {"/auth/login": LOGIN, "/auth": TOKEN, "/auth/attach": ATTACHED}[at]
        files = documents(CONNECTOR.replace(BEARER, auth.replace("HEADERS", headers)))
    return {fault.pointer: (fault.code, fault.message) for fault in check_connector(files, "toy")}


@pytest.mark.parametrize("at", [*IN_STREAM, "/auth/login", "/auth", "/auth/attach"])
@pytest.mark.parametrize("name", OURS)
def test_what_frames_a_message_or_is_for_one_hop_is_refused_everywhere(at: str, name: str) -> None:
    code, message = found(at, f"headers: {{{name}: x}}")[f"{at}/headers/{name}"]
    assert code == "not_allowed"
    assert message == f"the header {name} is set by Sluice; leave it out"


@pytest.mark.parametrize("at", IN_STREAM)
@pytest.mark.parametrize("name", OF_AUTH)
def test_who_is_asking_is_said_under_auth_alone(at: str, name: str) -> None:
    code, message = found(at, f"headers: {{{name}: {{secret: api_key}}}}")[f"{at}/headers/{name}"]
    assert code == "not_allowed"
    assert "give it under `auth`" in message


def test_the_connectors_own_request_is_no_exception() -> None:
    faults = check_connector(
        documents(CONNECTOR + "request: {headers: {Authorization: x, host: y}}\n"), "toy"
    )
    assert [fault.pointer for fault in faults] == ["/request/headers/Authorization", "/request/headers/host"]


@pytest.mark.parametrize(
    "text", ['"a\\r\\nX: b"', '{literal: "a\\nb"}', '{join: [a, "\\r", {secret: api_key}]}']
)
def test_a_header_holds_no_line_break_however_it_is_put_together(text: str) -> None:
    assert found("/request", f"headers: {{X: {text}}}")["/request/headers/X"][0] == "bad_form"


def test_one_header_is_given_once_however_it_is_written() -> None:
    code, message = found("/request", "headers: {X-Env: a, x-env: b}")["/request/headers/x-env"]
    assert code == "duplicate_key"
    assert "'X-Env'" in message


def test_a_streams_header_takes_the_place_of_its_connectors_however_it_is_written() -> None:
    connector = toy(
        CONNECTOR + "request: {headers: {X-Env: a, Y: c}}\n", STREAM + "request: {headers: {x-env: b}}\n"
    )
    request = reader(connector).next_request()
    assert request is not None
    assert {name: text for name, text in request.headers.items() if name in {"X-Env", "x-env", "Y"}} == {
        "Y": "c",
        "x-env": "b",
    }


@pytest.mark.parametrize(
    "text",
    ["{{secret}}", "${api_key}", "$(id)", "`id`", "{0.__class__}", "%(api_key)s", "<%= 7*7 %>", "{api_key}"],
)
def test_a_template_is_sent_as_the_text_that_it_is(text: str) -> None:
    request = reader(toy(stream=STREAM + f"request: {{headers: {{X: '{text}'}}, query: {{q: '{text}'}}}}\n"))
    sent = request.next_request()
    assert sent is not None
    assert sent.headers["X"] == text
    assert query_of(sent)["q"] == text


@pytest.mark.parametrize("text", ["{{secret}}", "${api_key}", "{0.__class__}", "<%= 7*7 %>"])
def test_a_template_in_a_path_is_refused(text: str) -> None:
    faults = check_connector(
        documents(stream=STREAM.replace("path: /thing", f"path: '/thing/{text}'")), "toy"
    )
    assert {fault.code for fault in faults} & {"bad_url_path", "missing_path_parameter"}
