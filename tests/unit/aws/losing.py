"""Answers that are lost after the work was done, of one try of botocore's or of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ReadTimeoutError

from sluice.ports.topic import PublishFailed

ALL = 5
"""How often botocore sends a request in all (sluice.aws.session)."""

TOLD = (ReadTimeoutError, PublishFailed)


@dataclass
class Loss:
    """Loses the answers to the next ``left`` calls of ``operation`` of a client, after they were done."""

    left: int = 0
    operation: str = ""
    done: list[str] = field(default_factory=list)

    def of(self, client: Any, operation: str, times: int) -> Loss:
        """Let so many answers of this operation be lost."""
        self.operation, self.left = operation, times
        client.meta.events.register_last("before-send", self._sent)
        return self

    def _sent(self, request: Any, event_name: str, **_: Any) -> None:
        operation = event_name.rpartition(".")[2]
        if operation != self.operation:
            return
        self.done.append(operation)
        if self.left:
            self.left -= 1
            raise ReadTimeoutError(endpoint_url=request.url)


def doing(work: Callable[[], Any], loss: Loss, lost: int) -> Any:
    """Do the work; where all answers are lost the caller is told, and does it again. Return what it says."""
    try:
        found = work()
    except TOLD:
        assert lost == ALL, "one lost answer is botocore's business"
        found = work()
    else:
        assert lost == 1, "a write whose every answer was lost cannot have been told as done"
    assert len(loss.done) == lost + 1, "not every answer was lost that should have been"
    return found
