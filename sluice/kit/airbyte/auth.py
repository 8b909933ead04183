"""Turns authenticators into ``auth``; the simplest one that is converted, where a connection may choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from sluice.kit.airbyte.config import WHERE, Config
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.oauth import oauth
from sluice.kit.airbyte.options import option_of
from sluice.kit.airbyte.session import session
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.proposal import Notes

_ATTACHED = {"query": "query", "header": "headers"}
Auth = dict[str, Any]


class Login(Struct):
    """Converts the authenticator that the streams share."""

    texts: Texts
    config: Config
    notes: Notes

    def auth(self, requester: Node) -> Auth:
        """Return the connector's ``auth``; a bearer token, with a question, where it was not converted."""
        node = requester.node("authenticator")
        if node is None:
            self.notes.decide(WHERE, "auth: none, as in the manifest")
            return {"kind": "none"}
        self.config.in_login = True
        found = self._converted(node)
        self.config.in_login = False
        if found is not None:
            self.notes.decide(WHERE, f"auth: {found['kind']}, as in the manifest")
            return found
        self.notes.ask(WHERE, "auth: it was not converted; a bearer token is assumed")
        self.config.secrets.setdefault("token", {"title": "API token"})
        return {"kind": "bearer", "token": {"secret": "token"}}

    def _converted(self, node: Node) -> Auth | None:
        kinds: dict[str, Callable[[Node], Auth | None]] = {
            "NoAuth": lambda _: {"kind": "none"},
            "BearerAuthenticator": self._bearer,
            "ApiKeyAuthenticator": self._api_key,
            "BasicHttpAuthenticator": self._basic,
            "OAuthAuthenticator": lambda one: oauth(one, self.texts, self.config, self.notes),
            "SessionTokenAuthenticator": lambda one: session(one, self.texts, self.config),
            "SelectiveAuthenticator": self._selected,
        }
        convert = kinds.get(node.kind())
        if convert is None:
            node.tell("no kind of `auth` does this")
            return None
        try:
            return convert(node)
        except NotConverted as err:
            node.tell(f"{err} is more than a value can say")
            return None

    def _bearer(self, node: Node) -> Auth:
        return {"kind": "bearer", "token": self.texts.value(node, node.plain("api_token", ""))}

    def _basic(self, node: Node) -> Auth:
        user, password = (self.texts.value(node, node.plain(key, "")) for key in ("username", "password"))
        return {"kind": "basic", "username": user, "password": password}

    def _api_key(self, node: Node) -> Auth | None:
        value = self.texts.value(node, node.plain("api_token", ""))
        place: tuple[str, str] | None = option_of(node, "inject_into", self.texts)
        if node.has("header") and place is None:
            place = "header", self.texts.name(node, node.plain("header"))
        if place is None or place[0] not in _ATTACHED:
            node.tell("a key goes into a header or a parameter")
            return None
        return {"kind": "api_key", "attach": {_ATTACHED[place[0]]: {place[1]: value}}}

    def _selected(self, node: Node) -> Auth | None:
        inner = node.node("authenticators")
        node.tell("one way to log in is taken for all connections", "authenticator_selection_path")
        ways = [one for name in (inner.keys() if inner else []) if inner and (one := inner.node(name))]
        # What a client may do by itself lasts; a token that a person pastes may be gone tomorrow.
        ways.sort(key=lambda one: one.peek("grant_type") != "client_credentials")
        found: Auth | None = None
        for one in ways:
            if found is None:
                found = self._converted(one)
            else:
                one.tell("another way to log in is taken")
        return found
