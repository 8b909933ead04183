"""What arrives on the information and notification queues, received through SQS and kept by connection."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from typing import Any

from sluice.bootstrap.deployment import Deployment


class Inbox:
    """Receives everything on both queues; what belongs to another connection is kept for it.

    What a run publishes is on the queues before it ends, so what is not there soon after does not come.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._queues = {name: deployment.queue(name) for name in ("information", "notification")}
        self._kept: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.bodies: list[str] = []

    def events(self, connection: str) -> list[dict[str, Any]]:
        """Return the events that arrived for the connection since the last call."""
        return self._take("information", connection)

    def notices(self, connection: str) -> list[dict[str, Any]]:
        """Return the notifications that arrived for the connection since the last call."""
        return self._take("notification", connection)

    def _take(self, name: str, connection: str) -> list[dict[str, Any]]:
        self._drain(name)
        return self._kept.pop((name, connection), [])

    def _drain(self, name: str) -> None:
        queue = self._queues[name]
        quiet = 0
        while quiet < 3:
            messages = queue.receive(10, 0)
            quiet = 0 if messages else quiet + 1
            for message in messages:
                self._keep(name, message.body)
                queue.delete(message)
            if not messages:
                time.sleep(0.2)

    def _keep(self, name: str, body: str) -> None:
        self.bodies.append(body)
        found = json.loads(body)
        for event in found if isinstance(found, list) else [found]:
            self._kept[(name, event["connection"])].append(event)
