"""A service that answers JSON in place of AWS, where moto has none or forgives what AWS does not.

A service is a function of an operation's name and its parameters; it returns the answer's body, or raises
Refused. A Loss that is registered after it loses answers to what was done.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.awsrequest import AWSResponse

Service = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class Refused(Exception):
    """The service answers with this error code."""


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def answering(client: Any, service: Service) -> None:
    """Let the service answer what the client asks for; nothing leaves this process."""

    def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
        status, headers = 200, {"Content-Type": "application/x-amz-json-1.1"}
        try:
            found = service(event_name.rpartition(".")[2], json.loads(request.body))
        except Refused as refused:
            status, found = 400, {"__type": str(refused), "message": "refused"}
        return AWSResponse(request.url, status, headers, _Raw(json.dumps(found).encode()))

    client.meta.events.register_first("before-send", answer)
