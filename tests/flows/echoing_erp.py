"""The toy ERP behind every kind of login, echoing what it is sent wherever an ERP can say something.

Every credential is a canary: what holds one of ``canaries`` in any form that texts travel in has leaked it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.usecases.connections import ConnectionDesk
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, ToyDocuments, ToyErp, reply

CANARY = "cnry/7f3a+91="
"""Every credential has it, with letters that change where they are encoded."""

LOGIN = "https://erp.example/login"
_KEY = ec.derive_private_key(7, ec.SECP256R1())
_PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()

_CLIENT = "client_id: {secret: user}, client_secret: {secret: key}"
AUTHS = {
    "header": "{kind: api_key, attach: {headers: {X-Key: {secret: key}}}}",
    "query": "{kind: api_key, attach: {query: {key: {secret: key}}}}",
    "basic": "{kind: basic, username: {secret: user}, password: {secret: key}}",
    "bearer": "{kind: bearer, token: {secret: key}}",
    "session": (
        "{kind: session, login: {url: {setting: login}, body: {user: {secret: user}, pass: {secret: key}}},"
        " capture: {token: access_token}, attach: {headers: {X-Session: {captured: token}}}}"
    ),
    "client": f"{{kind: oauth2_client_credentials, token_url: {{setting: login}}, {_CLIENT}}}",
    "client-body": (
        f"{{kind: oauth2_client_credentials, token_url: {{setting: login}}, {_CLIENT},"
        " client_authentication: body}"
    ),
    "refresh": (
        "{kind: oauth2_authorization_code, authorize_url: {setting: login}, token_url: {setting: login},"
        f" {_CLIENT}, scope: read}}"
    ),
    "signed": (
        "{kind: oauth2_jwt_bearer, token_url: {setting: login}, issuer: {secret: user}, scope: read,"
        " key_id: {secret: user}, private_key: {secret: pem}, algorithm: ES256}"
    ),
}
"""Every kind of login, each with what its connector says."""

_NAMES = {"signed": ("user", "pem"), "refresh": ("user", "key", "refresh_token")}
WITH_LOGIN = {"session", "client", "client-body", "refresh", "signed"}


def documents(auth: str) -> ToyDocuments:
    """Return the toy's documents, its connector with this login; pages name the next one's address."""
    found = ToyDocuments(CANONICAL)
    setting = f'    login: {{type: string, format: uri, default: "{LOGIN}"}}'
    lines = []
    for line in CONNECTOR.splitlines():
        if line.startswith(("auth:", "  key:", "secrets:", "pagination:")):
            continue
        lines.append(line)
        lines += [setting] if line.startswith("    base_url") else []
    lines.append("pagination: {kind: next_url, next: {body: next}}")
    lines.append("secrets:")
    lines += [
        f"  {name}: {{title: {name}, optional: true}}" for name in ("user", "key", "pem", "refresh_token")
    ]
    lines.append(f"auth: {AUTHS[auth]}")
    found._files["connectors/toy/connector.yaml"] = "\n".join(lines).encode()
    return found


def forms(canaries: Iterable[str]) -> set[str]:
    """Return the forms in which a text may travel: as it is, in URLs, JSON, base64 and hexadecimal."""
    known: set[str] = set()
    for text in canaries:
        raw = text.encode()
        known |= {
            text,
            quote(text),
            quote(text, safe=""),
            quote_plus(text),
            raw.hex(),
            json.dumps(text)[1:-1],
        }
        # Whatever stands before it in what was encoded, one of three lies in the result.
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + raw).decode()
            inner = encoded[(before * 8 + 5) // 6 : len(encoded) - 4]
            known |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    return {form for form in known if len(form) >= 8}


@dataclass
class EchoErp:
    """A Sender. ``faults`` make replies of requests for data, ``refusals`` of logins; each is met once.

    Of every request it says all that it got in the headers of its answer, and in the next page's address.
    """

    inner: ToyErp
    faults: list[Callable[[Request], Reply]] = field(default_factory=list)
    refusals: list[Callable[[Request], Reply]] = field(default_factory=list)
    given: int = 0
    seen: list[str] = field(default_factory=list)

    def send(self, request: Request) -> Reply:
        told = everything(request)
        self.seen.append(told)
        waiting = self.refusals if request.url == LOGIN else self.faults
        if waiting:
            return waiting.pop(0)(request)
        if request.url == LOGIN:
            self.given += 1
            tokens = {
                "access_token": f"{CANARY}-access-{self.given}",
                "token_type": "Bearer",
                "expires_in": 60,
            }
            return reply(200, {**tokens, "refresh_token": f"{CANARY}-refresh-{self.given}"})
        return self._page(request, told)

    def _page(self, request: Request, told: str) -> Reply:
        split = urlsplit(request.url)
        asked = parse_qs(split.query)
        start = int(asked.get("from", ["0"])[0])
        plain = "&".join(f"{name}={quote_plus(asked[name][0])}" for name in ("since",) if name in asked)
        inner = replace(request, url=f"https://erp.example{split.path}?from={start}&count=10&{plain}")
        found = json.loads(self.inner._page(inner).body)
        if start + 10 < found["total"]:
            # As vendors do who build it of the address that they were asked for.
            kept = "&".join(part for part in split.query.split("&") if part and not part.startswith("from="))
            found["next"] = f"https://erp.example{split.path}?{kept}&from={start + 10}"
        return reply(200, found, **_echoing(told))


def everything(request: Request) -> str:
    """Return all of a request as one line, what is encoded in it decoded as well."""
    body = (request.body or b"").decode()
    basic = request.headers.get("Authorization", "").removeprefix("Basic ")
    try:
        decoded = base64.b64decode(basic, validate=True).decode()
    except ValueError:
        decoded = ""
    headers = " ".join(f"{name}: {text}" for name, text in request.headers.items())
    return f"{request.method} {request.url} {headers} {body} {decoded} {json.dumps(parse_qs(body))}"


def _echoing(told: str) -> dict[str, str]:
    line = quote(told, safe=" :/?&=+,.{}[]")
    return {
        "warning": f'299 - "{line}"',
        "link": f'<https://erp.example/news?{line.replace(" ", "+")}>; rel="sunset"',
        "sunset": "Sat, 01 May 2027 00:00:00 GMT",
        "x_api_version": told[:60],
        "x_request_id": line,
        "set_cookie": f"session={line}",
    }


def refused(status: int, **headers: str) -> Callable[[Request], Reply]:
    """Return what answers with this status and says all that it was sent, as JSON."""

    def answer(request: Request) -> Reply:
        told = everything(request)
        named = {
            **_echoing(told),
            "www_authenticate": f'Bearer error="invalid_token", realm="{told}"',
            **headers,
        }
        return reply(status, {"error": "invalid_grant", "error_description": told, "message": told}, **named)

    return answer


def page(status: int) -> Callable[[Request], Reply]:
    """Return what answers with this status and a web page that says all that it was sent."""
    return lambda request: Reply(
        status, {"content-type": "text/html"}, f"<html><p>{everything(request)}</p></html>".encode()
    )


def padded(request: Request) -> Reply:
    """Refuse with all that was sent behind so many blanks that a part of it may be cut."""
    return Reply(500, {"content-type": "text/plain"}, b" " * 3980 + everything(request).encode() * 9)


def cut(request: Request) -> Reply:
    """Answer with half of a reply that says all that it was sent."""
    whole = json.dumps({"debug": everything(request), "values": [{"id": 1}]}).encode()
    return Reply(200, {"content-type": "application/json"}, whole[:-10])


def elsewhere(request: Request) -> Reply:
    """Send the client elsewhere, with all that it was sent in the address."""
    told = quote(everything(request), safe="")
    return Reply(302, {"location": f"https://collector.example/{told}?all={told}"}, b"")


@dataclass
class EchoRig(Rig):
    """A rig whose connection ``acme`` reads the echoing ERP; ``said`` is every step's output and error."""

    auth: str = "header"
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk.remove("acme")
        self.vendor = EchoErp(self.erp)
        self.world = replace(self.world, sender=self.vendor, catalog=Catalog(documents(self.auth)))
        self.desk = ConnectionDesk(self.world, self.schedules)
        names = _NAMES.get(self.auth, ("user", "key"))
        self.secrets = {name: _PEM if name == "pem" else f"{CANARY}-{name}" for name in names}
        self.desk.add(Connection("acme", "toy"), {name: Secret(text) for name, text in self.secrets.items()})
        for stream in self.erp.rows:
            for key in range(1, 26):
                self.erp.put(stream, key, f"{stream} {key}")

    def _tried(self, step: Callable[[], object]) -> object:  # type: ignore[override]
        try:
            found = super()._tried(step)
        except Exception as error:
            chain = [error, error.__cause__, error.__context__]
            self.said += [f"{one!r} {one}" for one in chain if one is not None]
            raise
        self.said.append(json.dumps(found, default=str))
        return found

    @property
    def canaries(self) -> set[str]:
        """Every text that nobody may find: what all credentials have, and the lines of the private key."""
        return {CANARY, *(line for line in _PEM.splitlines() if "-" not in line)}
