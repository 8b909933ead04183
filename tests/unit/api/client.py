"""A client of the API: real events of an HTTP API through the real handler, on memory adapters."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from lambdas import serve_api
from sluice.local.memory_mailer import MemoryMailer
from tests.flows.rig import Rig

EVENT = json.loads((Path(__file__).parents[1] / "lambdas" / "events" / "serve_api.json").read_text())
CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 29_000,
    function_name="sluice-local-serve_api",
    memory_limit_in_mb=1769,
    invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:sluice-local-serve_api",
    aws_request_id="1",
    tenant_id=None,
)


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Calls the API as a person in a group; ``rig`` has the world behind it, ``mailer`` what was mailed."""

    rig: Rig
    mailer: MemoryMailer

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Send a request: ``group``, ``user``, ``query``, ``headers``, ``claims`` in place of the token's."""
        event = event_of(method, path, query=more.get("query"), headers=more.get("headers"))
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        claims |= {
            "cognito:groups": f"[{more.get('group', 'admin')}]",
            "username": more.get("user", "kari"),
        }
        claims |= more.get("claims", {})
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        return self.send(event)

    def send(self, event: dict[str, Any]) -> Answer:
        """Send an event as it is."""
        found = serve_api.handler(event, CONTEXT)  # type: ignore[arg-type]
        return Answer(found["statusCode"], found["headers"], found["body"])


def event_of(
    method: str, path: str, *, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the event that API Gateway makes of a request of an admin."""
    event: dict[str, Any] = copy.deepcopy(EVENT)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    event["routeKey"] = event["requestContext"]["routeKey"] = f"{method} /{{proxy+}}"
    event["pathParameters"] = {"proxy": path.lstrip("/")}
    event["headers"] |= {name.lower(): text for name, text in (headers or {}).items()}
    if query:
        event["queryStringParameters"] = query
        event["rawQueryString"] = urlencode(query)
    return event
