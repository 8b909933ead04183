"""Publishes events, and holds what the topic acknowledged against what there was."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.errors import CountsDiffer
from sluice.ports.topic import OutgoingMessage
from sluice.usecases.world import World


def publish_all(world: World, of: str, messages: Sequence[OutgoingMessage]) -> None:
    """Publish canonical events; ``of`` says in words whose they are.

    Raises PublishFailed, and CountsDiffer unless as many messages were acknowledged as there are.
    """
    taken = world.information.publish(messages)
    if taken != len(messages):
        raise CountsDiffer(f"{of}: {len(messages)} messages were published, {taken} acknowledged")
