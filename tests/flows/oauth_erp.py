"""The toy ERP behind OAuth 2.0 with rotating refresh tokens, and a rig of a connection to it.

It keeps an old refresh token until what it gave instead was used, as vendors do who think of lost replies;
``grace`` False: it never does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from msgspec.structs import replace

from sluice.connector.outcomes import ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.ports.sender import TransportFailed
from sluice.registry.catalog import Catalog
from sluice.usecases.access.credentials import credentials_of, load_session
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.fetching.reading import Event, read_pages
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import CONNECTOR, MAPPING, ToyDocuments, ToyErp, reply

NAME = "fjord"
SECRETS = {name: Secret(f"canary-{name}") for name in ("client_id", "client_secret", "refresh_token")}
LIFETIME = 1800

_AUTH = """
auth:
  kind: oauth2_authorization_code
  authorize_url: {setting: authorize_url}
  token_url: {setting: token_url}
  client_id: {secret: client_id}
  client_secret: {secret: client_secret}
  scope: read
"""
_ADDRESSES = """
    authorize_url: {type: string, format: uri, default: "https://erp.example/authorize"}
    token_url: {type: string, format: uri, default: "https://erp.example/token"}"""
_SECRETS = """
secrets:
  client_id: {title: Client id, description: Its name}
  client_secret: {title: Client secret, description: Its secret}
  refresh_token: {title: Refresh token, description: Written by authorising, optional: true}
"""


def oauth_documents(further: str = "") -> ToyDocuments:
    """Return the toy's documents, and those of the same ERP behind OAuth: the connector ``rotor``.

    ``further`` is YAML to add to its connector.yaml.
    """
    documents = ToyDocuments(CANONICAL)
    lines = [line for line in CONNECTOR.splitlines() if not line.startswith(("secrets", "  key:", "auth"))]
    lines = [line + _ADDRESSES if line.startswith("    base_url") else line for line in lines]
    text = "\n".join(lines).replace("name: toy", "name: rotor") + _SECRETS + _AUTH + further
    documents._files["connectors/rotor/connector.yaml"] = text.encode()
    for stream in ("department", "customer"):
        documents._files[f"connectors/rotor/{stream}.yaml"] = documents.read(f"connectors/toy/{stream}.yaml")
        documents._files[f"transformers/rotor/{stream}.yaml"] = MAPPING.format(stream=stream).encode()
    return documents


@dataclass
class OAuthErp:
    """A Sender. ``granted`` and ``refused`` count refreshes; ``faults`` are met by refreshes, in order.

    ``meanwhile`` is called once a refresh was granted, before its answer arrives; ``seen`` with the access
    token of each request for data, before it is answered.
    """

    inner: ToyErp
    grace: bool = True
    granted: int = 0
    refused: int = 0
    faults: list[Reply | str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    seen: Callable[[str], None] = lambda token: None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._before = {SECRETS["refresh_token"].reveal(): ""}
        self._spent = {""}
        self._access: dict[str, tuple[datetime, str]] = {}

    def send(self, request: Request) -> Reply:
        if request.url == "https://erp.example/token":
            return self._token(request)
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.seen(token)
        with self._lock:
            ends, refresh = self._access.get(token, (self.inner.clock.now(), ""))
            if ends <= self.inner.clock.now():
                return reply(401, {"message": "the access token has expired"})
            self._spent.add(self._before[refresh])
            return self.inner._page(request)

    def end_sessions(self) -> None:
        """Let no access token hold any more."""
        self._access.clear()

    def authorised(self, refresh_token: str) -> None:
        """A person lets us in anew: only this refresh token holds."""
        self._spent |= self._before.keys()
        self._spent.discard(refresh_token)
        self._before[refresh_token] = ""

    def _token(self, request: Request) -> Reply:
        form = dict(parse_qsl((request.body or b"").decode()))
        if form["grant_type"] == "authorization_code":
            # The person who agreed takes the consent of before back.
            self.authorised(form["code"])
            return self._granted(form["code"])
        with self._lock:
            answer = self._granted(form["refresh_token"])
        self.meanwhile()
        fault = self.faults.pop(0) if self.faults else answer
        if isinstance(fault, str):
            raise TransportFailed(f"{request.label}: {fault}")
        return fault

    def _granted(self, spent: str) -> Reply:
        if spent in self._spent or spent not in self._before:
            self.refused += 1
            return reply(400, {"error": "invalid_grant", "error_description": f"{spent} is spent"})
        self.granted += 1
        access, refresh = f"access-{self.granted}", f"refresh-{self.granted}"
        self._before[refresh] = spent
        self._spent.add(self._before[spent] if self.grace else spent)
        self._access[access] = self.inner.clock.now() + timedelta(seconds=LIFETIME), refresh
        told = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer"}
        return reply(200, {**told, "expires_in": LIFETIME})


@dataclass
class OAuthRig(Rig):
    """A rig whose connection ``fjord`` reads the toy ERP behind OAuth, with 25 records in each stream."""

    connection: str = NAME

    def __post_init__(self) -> None:
        super().__post_init__()
        self.vendor = OAuthErp(self.erp)
        self.world = replace(self.world, sender=self.vendor, catalog=Catalog(oauth_documents()))
        self.desk = ConnectionDesk(self.world, self.schedules)
        self.desk.add(Connection(NAME, "rotor"), SECRETS)
        for stream in self.erp.rows:
            for key in range(1, 26):
                self.erp.put(stream, key, f"{stream} {key}")

    def session(self) -> Session | None:
        """Return the session that is stored."""
        return load_session(self.world, NAME)

    def synced(self) -> bool:
        """Run once; return whether every stream was read and arrived whole."""
        return self.run()["outcome"] == "succeeded" and all(
            self.consumer.names(stream) == {key: row.name for key, row in rows.items()}
            for stream, rows in self.erp.rows.items()
        )


@dataclass
class Reading:
    """One reader of the departments, as a Lambda has it."""

    rig: OAuthRig
    rotating: bool = True

    def __post_init__(self) -> None:
        world = self.rig.world
        connection = world.connections.get(NAME)
        found = world.connector_of(connection)
        connector = replace(found, auth=replace(found.auth, rotating=self.rotating))
        self.login = SharedLogin(world, connection, connector)
        plan = ReadPlan(
            connector=connector,
            stream=connector.streams["department"],
            settings=complete_settings(connector, connection.settings),
            secrets=credentials_of(world, connection, connector),
            selection=Selection(),
            since=None,
            started_at=world.clock.now(),
            session=self.login.session,
            now=world.clock.now,
        )
        self.reader = StreamReader(plan)

    def events(self) -> Iterator[Event]:
        world = self.rig.world
        return read_pages(self.reader, world.sender, world.clock, login=self.login)

    def to_end(self) -> list[type]:
        """Return the kinds of what happened."""
        return [type(event) for event in self.events()]
