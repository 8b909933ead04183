"""The console's server, asked over real sockets; in the API's place a small server says what came."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sluice.bootstrap.documents import ROOT
from sluice.console.files import FOREVER, NEVER
from sluice.console.headers import SOURCE
from sluice.console.server import LARGEST_BODY, ConsoleServer, Site
from tests.unit.local.console.upstream import running, upstream

CONFIG = {"token": "http://127.0.0.1:4566/oauth2/token", "clientId": "c"}


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Sends what it is told to, without making a path or a header nicer."""

    port: int
    host: str = field(init=False)

    def __post_init__(self) -> None:
        self.host = f"localhost:{self.port}"

    def __call__(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"Host": self.host} | named).items():
            connection.putheader(name, value)
        if body is not None and "Content-Length" not in named:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        found = Answered(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()
        return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    dist = folder / "console" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<h1>the page</h1>")
    (dist / "sluice.svg").write_text("<svg/>")
    (dist / "assets" / "index-1.js").write_text("go()")
    (folder / "console" / "package.json").write_text("not for browsers")
    (dist / "assets" / "way-out.js").symlink_to(folder / "console" / "package.json")
    (folder / SOURCE).parent.mkdir(parents=True)
    shutil.copy(ROOT / SOURCE, folder / SOURCE)
    return folder


@pytest.fixture
def browser(project: Path) -> Iterator[Browser]:
    with upstream() as api:
        server = ConsoleServer(Site(str(project), CONFIG, api), 0, answer_seconds=0.3)
        with running(server) as port:
            yield Browser(port)


def test_pages_are_the_index_and_are_kept_by_nobody(browser: Browser) -> None:
    for path in ("/", "/runs/acme?tab=1", "/connections/acme.de"):
        page = browser(path)
        assert (page.status, page.body) == (200, b"<h1>the page</h1>")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Cache-Control"] == NEVER


def test_assets_are_kept_for_ever_and_have_their_type(browser: Browser) -> None:
    asset = browser("/assets/index-1.js")
    assert (asset.body, asset.headers["Cache-Control"]) == (b"go()", FOREVER)
    assert asset.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert browser("/sluice.svg").headers["Content-Type"] == "image/svg+xml"
    assert browser("/assets/missing.js").status == 404


def test_every_answer_of_its_own_bears_the_policy(browser: Browser) -> None:
    answers = [browser("/"), browser("/assets/none.js"), browser("/config.json"), browser("/", "POST")]
    answers.append(browser("/", Host="elsewhere.example"))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self' http://127.0.0.1:4566;" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_config_is_what_it_was_started_with(browser: Browser) -> None:
    found = browser("/config.json")
    assert found.json == CONFIG
    assert (found.headers["Content-Type"], found.headers["Cache-Control"]) == ("application/json", NEVER)


def test_head_says_how_long_the_page_is_and_sends_none_of_it(browser: Browser) -> None:
    head = browser("/", "HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, "17", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../package.json",
        "/assets/..%2f..%2fpackage.json",
        "/assets/%2e%2e/%2e%2e/package.json",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/way-out.js",
        "/assets/index-1.js%00.svg",
        f"/assets/{'a' * 5000}.js",
        "/..%2fpackage.json",
    ],
)
def test_no_path_leads_out_of_the_built_files(path: str, browser: Browser) -> None:
    found = browser(path)
    assert b"not for browsers" not in found.body
    assert (found.status, found.body) == (404, b"no such file\n")


def test_files_are_only_read(browser: Browser) -> None:
    refused = browser("/", "PUT", body="x")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_the_api_is_asked_without_the_prefix_and_answers_as_it_is(browser: Browser) -> None:
    found = browser(
        "/api/connections/a%2Fb?limit=5&x=%20",
        "PUT",
        body='{"a": 1}',
        Authorization="Bearer t",
        If_Match='"6"',
        Idempotency_Key="k",
        Content_Type="application/json",
    )
    assert (found.status, found.headers["ETag"], found.headers["Location"]) == (201, '"7"', "/runs/7")
    asked = found.json
    assert asked["method"] == "PUT"
    assert asked["path"] == "/prefix/connections/a%2Fb?limit=5&x=%20"
    assert asked["body"] == '{"a": 1}'
    sent = {"authorization": "Bearer t", "if-match": '"6"', "idempotency-key": "k"}
    assert asked["headers"].items() >= sent.items()


def test_the_api_hears_no_more_of_a_browser_than_it_needs(browser: Browser) -> None:
    heard = browser("/api/me", Cookie="a=b", Referer="http://x", X_Forwarded_For="1.2.3.4", Origin="http://x")
    assert not {"cookie", "referer", "x-forwarded-for", "origin"} & set(heard.json["headers"])
    assert "Content-Security-Policy" not in heard.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_reaches_the_api(method: str, browser: Browser) -> None:
    found = browser("/api/me", method)
    assert found.status == 201
    if method != "HEAD":
        assert found.json["method"] == method


def test_an_answer_without_a_body_has_none(browser: Browser) -> None:
    found = browser("/api/me", If_None_Match='"7"')
    assert (found.status, found.body) == (304, b"")


@pytest.mark.parametrize(("path", "status"), [("/api/slow", 504), ("/api/gone", 502)])
def test_an_api_that_does_not_answer_is_told_as_it_words_its_own_errors(
    path: str, status: int, browser: Browser
) -> None:
    found = browser(path)
    assert (found.status, found.headers["Content-Type"]) == (status, "application/problem+json")
    assert (found.json["type"], found.json["status"]) == ("urn:sluice:problem:upstream", status)


@pytest.mark.parametrize("path", ["/api/../x", "/api/a/%2E%2e/x", "/api/a/./b", "/api/a/.."])
def test_no_path_leads_out_of_the_api(path: str, browser: Browser) -> None:
    assert browser(path).status == 400


def test_another_host_name_is_refused(browser: Browser) -> None:
    for host in ("elsewhere.example", "elsewhere.example:4173", "", "localhost.evil.example"):
        assert browser("/api/me", Host=host).status == 421


def test_a_page_asked_for_by_number_is_sent_to_the_one_origin(browser: Browser) -> None:
    found = browser("/runs?x=1", Host=f"127.0.0.1:{browser.port}")
    assert (found.status, found.headers["Location"]) == (302, f"http://localhost:{browser.port}/runs?x=1")
    assert browser("/api/me", Host=f"127.0.0.1:{browser.port}").status == 201


def test_a_body_that_is_too_large_or_of_no_length_is_not_read(browser: Browser) -> None:
    assert browser("/api/x", "POST", Content_Length=str(LARGEST_BODY + 1)).status == 413
    assert browser("/api/x", "POST", Content_Length="-1").status == 400
    chunked = browser("/api/x", "POST", Transfer_Encoding="chunked")
    assert (chunked.status, chunked.headers["Connection"]) == (411, "close")


def test_it_listens_on_this_machine_only(project: Path) -> None:
    with ConsoleServer(Site(str(project), CONFIG, "http://127.0.0.1:1"), 0) as server:
        assert server.server_address[0] == "127.0.0.1"
