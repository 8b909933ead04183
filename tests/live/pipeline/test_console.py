"""The console as it is served: built by Vite, before the API and the user pool's own sign-in page."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from sluice.aws.cognito_users import random_password
from sluice.aws.console_site import SiteObject
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.cli.console.config import config_of
from sluice.console import background
from sluice.console.build import build
from sluice.console.files import all_files
from sluice.console.headers import security_headers
from sluice.console.server import Site
from sluice.model.secret import Secret

USER = "live-console"
SCOPE = "openid aws.cognito.signin.user.admin"


@pytest.fixture(scope="module")
def built() -> Path:
    return build(ROOT)


@pytest.fixture(scope="module")
def console(home: Path, deployment: Deployment, built: Path) -> Iterator[str]:
    """Serve the console in the background, as `sluice up` does; give its address on this machine."""
    assert built.is_dir()
    port = background.port_for(home)
    origin = background.start(home, Site(str(ROOT), config_of(deployment), deployment.api_url), port)
    assert origin == f"http://localhost:{port}"
    yield f"http://127.0.0.1:{port}"
    background.stop(home)


@pytest.fixture
def password(deployment: Deployment) -> Iterator[Secret]:
    found = random_password()
    deployment.users.add(USER, "viewer")
    deployment.users.set_password(USER, found, permanent=True)
    yield found
    deployment.users.remove(USER)


class Browser:
    """What the console's page and the sign-in page make a browser send; keeps PKCE's verifier."""

    def __init__(self, console: str, redirect: str) -> None:
        self.console = console
        self.redirect = redirect
        self.verifier = secrets.token_urlsafe(48)
        self._http = urllib3.PoolManager(retries=False)
        self.config: dict[str, Any] = self.get("/config.json").json()

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """Ask the console by the name that its origin has."""
        named = {"Host": "localhost", **headers}
        return self._http.request("GET", self.console + path, headers=named, redirect=False)

    def sign_in_page(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.config["clientId"],
            "redirect_uri": self.redirect,
            "scope": SCOPE,
            "state": "s",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return self._http.request("GET", self.config["authorize"], fields=asked, redirect=False).data.decode()

    def submit(self, page: str, **typed: str) -> urllib3.BaseHTTPResponse:
        """Fill the page's form and send it."""
        action = re.search(r'<form method="POST" action="([^"]+)"', page)
        assert action is not None, page
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page))
        fields = {name: html.unescape(value) for name, value in hidden.items()} | typed
        address = urlsplit(self.config["authorize"])._replace(path=action[1], query="").geturl()
        return self._http.request_encode_body(
            "POST", address, fields=fields, encode_multipart=False, redirect=False
        )

    def tokens(self, **form: str) -> urllib3.BaseHTTPResponse:
        fields = {"client_id": self.config["clientId"], **form}
        headers = {"Origin": "http://localhost:4173"}
        return self._http.request_encode_body(
            "POST", self.config["token"], fields=fields, headers=headers, encode_multipart=False
        )

    def redeem(self, came_back: urllib3.BaseHTTPResponse, verifier: str) -> urllib3.BaseHTTPResponse:
        """Change the code that the browser came back with for tokens."""
        assert came_back.status == 302, came_back.data
        assert came_back.headers["Location"].startswith(f"{self.redirect}?")
        [code] = parse_qs(urlsplit(came_back.headers["Location"]).query)["code"]
        return self.tokens(
            grant_type="authorization_code", code=code, redirect_uri=self.redirect, code_verifier=verifier
        )


@pytest.fixture
def browser(console: str, deployment: Deployment) -> Browser:
    return Browser(console, f"{deployment.outputs['ConsoleUrl']}/")


def test_the_page_and_all_it_names_come_with_the_policy(browser: Browser, deployment: Deployment) -> None:
    page = browser.get("/runs")
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    expected = security_headers(ROOT, str(deployment.endpoint))
    assert {name: page.headers[name] for name in expected} == expected
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page.data.decode())
    assert any(path.endswith(".js") for path in named)
    for path in named:
        asset = browser.get(path)
        assert asset.status == 200
        assert asset.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]
        # What the policy would keep a browser from loading.
        assert b"url(data:" not in asset.data
    assert browser.get("/config.json").json() == config_of(deployment)


def test_a_person_signs_in_with_a_code_and_asks_the_api_through_the_console(
    browser: Browser, password: Secret
) -> None:
    assert browser.get("/api/me").status == 401
    came_back = browser.submit(browser.sign_in_page(), username=USER, password=password.reveal())
    assert browser.redeem(came_back, "wrong" * 10).status == 400
    given = browser.redeem(came_back, browser.verifier)
    assert given.status == 200, given.data
    assert given.headers["Access-Control-Allow-Origin"] == "*"  # the page may read it from its own origin
    me = browser.get("/api/me", Authorization=f"Bearer {given.json()['access_token']}")
    assert (me.status, me.json()["name"], me.json()["role"]) == (200, USER, "viewer")
    again = browser.tokens(grant_type="refresh_token", refresh_token=given.json()["refresh_token"])
    assert again.status == 200
    renewed = browser.get("/api/me", Authorization=f"Bearer {again.json()['access_token']}")
    assert renewed.json()["role"] == "viewer"


def test_a_temporary_password_is_changed_at_the_first_sign_in(
    browser: Browser, password: Secret, deployment: Deployment
) -> None:
    deployment.users.set_password(USER, password, permanent=False)
    asked = browser.submit(browser.sign_in_page(), username=USER, password=password.reveal())
    assert asked.status == 200
    weak = browser.submit(asked.data.decode(), new_password="short", confirm_password="short")
    assert weak.status == 200
    other = random_password().reveal()
    came_back = browser.submit(asked.data.decode(), new_password=other, confirm_password=other)
    assert browser.redeem(came_back, browser.verifier).status == 200


def test_no_code_is_sent_to_another_address(console: str) -> None:
    refused = Browser(console, "http://localhost:9999/").sign_in_page()
    assert "redirect_uri is not allowed" in refused


@pytest.fixture
def without_tls_rule(deployment: Deployment) -> Iterator[None]:
    """MiniStack asks its own S3 without TLS, which the bucket's policy refuses."""
    s3, bucket = deployment.session.s3, deployment.outputs["ConsoleBucketName"]
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    kept = json.loads(policy)
    kept["Statement"] = [one for one in kept["Statement"] if one["Sid"] != "TlsOnly"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(kept))
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


@pytest.mark.usefixtures("without_tls_rule")
def test_what_is_published_comes_through_cloudfront(deployment: Deployment, built: Path) -> None:
    objects = [SiteObject(f.path, f.body, f.content_type, f.cache_control) for f in all_files(built)]
    deployment.console_site.publish(objects, deployment.world.clock.now())
    http = urllib3.PoolManager(retries=False)
    viewer = {"Host": deployment.outputs["ConsoleDistributionDomain"], "X-Forwarded-Proto": "https"}

    def get(path: str) -> urllib3.BaseHTTPResponse:
        return http.request("GET", f"{deployment.endpoint}{path}", headers=viewer, redirect=False)

    for path in ("/", "/runs", "/connections/acme.de"):
        page = get(path)
        assert (page.status, page.data) == (200, (built / "index.html").read_bytes())
        sign_in = deployment.outputs["SignInUrl"]
        expected = security_headers(ROOT, sign_in)
        assert {name: page.headers[name] for name in expected} == expected
        assert page.headers["Cache-Control"] == "no-store"
    [script] = re.findall(r'src="(/assets/[^"]+)"', page.data.decode())
    assert get(script).headers["Cache-Control"].endswith("immutable")
    assert get("/assets/missing.js").status in {403, 404}
