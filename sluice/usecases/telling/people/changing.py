"""A subscription is changed: what it is about, where it goes, whether anything is sent."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound
from sluice.registry.audit import Act
from sluice.registry.telling.subscriptions import Channel, Subscription, Subscriptions
from sluice.usecases.operating.auditing import audited
from sluice.usecases.telling.people.secrets import move_receiver, receiver_of
from sluice.usecases.telling.people.subscribing import (
    TOLD_BY_ITSELF,
    Wanted,
    as_read,
    faults_of,
    shown_target,
)
from sluice.usecases.world import World


class Change(Struct, frozen=True):
    """What a subscription becomes. ``target`` None keeps where it goes; its channel and keys always stay."""

    target: Secret | None = None
    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    paused: bool = False


def change_subscription(
    world: World, name: str, change: Change, *, if_match: str | None = None
) -> Subscription:
    """Replace all of the subscription but its channel and its secrets; return it as it is now.

    One that is not paused is sent to, also where its receiver had disabled it. Raises ConfigurationInvalid
    with nothing stored where anything is wrong, Conflict where ``if_match`` is the digest of another state.
    """
    before, version = as_read(world, name, if_match)
    wanted = Wanted(
        name,
        before.channel,
        change.target or _target(world, before),
        change.severities or TOLD_BY_ITSELF,
        change.kinds,
        change.connections,
    )
    if faults := faults_of(wanted):
        raise ConfigurationInvalid(f"the subscription {name!r} is wrong", faults)
    changed = replace(
        before,
        target=shown_target(wanted),
        severities=wanted.severities,
        kinds=wanted.kinds,
        connections=wanted.connections,
        paused=change.paused,
        disabled=before.disabled if change.paused else "",
    )
    act = Act(world.who, "notifications.change", name, before=before.to_json())
    with audited(world, act) as outcome:
        Subscriptions(world.state).replace(changed, version)
        if change.target is not None and before.channel is not Channel.EMAIL:
            move_receiver(world.secrets, name, change.target)
        outcome.after = changed.to_json()
    return changed


def _target(world: World, subscription: Subscription) -> Secret:
    if subscription.channel is Channel.EMAIL:
        return Secret(subscription.target)
    try:
        return receiver_of(world.secrets, subscription.name, world.clock.now()).url
    except SecretNotFound as missing:
        message = "its URL is not in the secret store; right would be to give it"
        raise ConfigurationInvalid(message, [Fault("secret_missing", "/target", message)]) from missing
