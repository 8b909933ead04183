"""The description a sandbox publishes of its API: OpenAPI, or the models of Tryton's protocol.

An order can freeze it, as vendors' descriptions lag behind what is served.
"""

from __future__ import annotations

import copy
from typing import Any

from sandbox.active import Active
from sandbox.exchange import Answer, Incoming
from sandbox.problems import Refused
from sandbox.wire.models import model_asked, models_of, models_read
from sandbox.wire.openapi import OpenApi
from sluice.connector.spec import Connector

PATH = "/openapi.json"
STALE, CURRENT = "stale", "current"


class Description:
    """What is published, now or as it was when it was frozen."""

    def __init__(self, connector: Connector, active: Active) -> None:
        self._connector = connector
        self._active = active
        self._openapi = OpenApi(connector, active)
        self._models = models_read(connector)
        self._frozen: dict[str, Any] | None = None
        published = connector.published
        self._path = published.path if published and published.kind == "openapi" and published.path else PATH
        described = [one for one in connector.streams.values() if one.base_url is None]
        addresses = {(one.request.method, one.path) for one in described}
        self._described = len(addresses) == len(described)

    @property
    def state(self) -> str:
        """Return ``current`` or ``stale``; empty where nothing is published."""
        if not (self._described or self._models):
            return ""
        return CURRENT if self._frozen is None else STALE

    def needs_login(self) -> bool:
        """Return whether it is shown to logged-in clients only."""
        return bool(self._models)

    def answers(self, request: Incoming) -> bool:
        """Return whether the request asks for the description, which is at the API's own host."""
        if request.host:
            return False
        if self._models:
            return bool(model_asked(request))
        return self._described and request.method == "GET" and request.path == self._path

    def answer(self, request: Incoming, base_url: str) -> Answer:
        """Return the description, or the model's part of it that is asked for; raises Refused."""
        shown = self._made(base_url) if self._frozen is None else self._frozen
        if not self._models:
            return Answer.of_json(200, shown)
        model = model_asked(request)
        if model not in shown:
            raise Refused("unknown_field", f"{model} is no model")
        return Answer.of_json(200, {"id": request.json().get("id"), "result": shown[model]})

    def order(self, state: str, base_url: str) -> None:
        """Freeze the description, or let it follow the API again; ValueError says what would be right."""
        if not self.state:
            raise ValueError(f"{self._connector.name} publishes no description")
        if state not in {STALE, CURRENT}:
            raise ValueError(f"description is {state!r}; should be {STALE} or {CURRENT}")
        self._frozen = copy.deepcopy(self._made(base_url)) if state == STALE else None

    def follow(self) -> None:
        """Let the description follow the API again."""
        self._frozen = None

    def _made(self, base_url: str) -> dict[str, Any]:
        if not self._models:
            return self._openapi.document(base_url)
        streams, active = self._connector.streams, self._active
        return models_of(
            {
                model: [active.declared(name, streams[name].schema) for name in names]
                for model, names in self._models.items()
            }
        )
