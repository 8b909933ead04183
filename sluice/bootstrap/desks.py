"""Where the API and the command line change connections: the world with its queues and schedules."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from sluice.aws.cloudwatch_traffic import CloudWatchTraffic
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.session import AwsSession
from sluice.aws.sqs_queue import SqsQueue
from sluice.bootstrap.worlds import StateMachines, erp_sender, world_of
from sluice.settings import ApiSettings, LambdaSettings
from sluice.transport.body import Caps
from sluice.transport.erp_sender import Limits
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.world import World

ANSWERED_LIMITS = Limits(
    connect_seconds=4.0, total_seconds=6.0, caps=Caps(wire=16 * 1024 * 1024, decoded=64 * 1024 * 1024)
)
"""What one exchange with an ERP may take where a person waits for the API's answer."""


def stack_name(stage: str) -> str:
    """Return the name of a stage's CloudFormation stack."""
    return f"sluice-{stage}"


def api_desk() -> ConnectionDesk:
    """Return where the API's function works; raises ConfigurationInvalid if its environment lacks any."""
    session, settings = AwsSession(), ApiSettings.from_environment()
    machines = StateMachines(settings.sync_arn, settings.replay_arn, settings.backfill_arn)
    common = LambdaSettings.from_environment()
    world = with_queues(world_of(session, common, machines), session, common.stage, settings.queue_urls)
    sender = erp_sender(common, ANSWERED_LIMITS)
    world = replace(world, sender=sender, console=settings.console_url)
    target = ScheduleTarget(
        settings.sync_arn, settings.scheduler_role_arn, settings.triggers_dead_letters_arn
    )
    return ConnectionDesk(world, EventBridgeSchedules(session.scheduler, settings.schedule_group, target))


def with_queues(world: World, session: AwsSession, stage: str, urls: Iterable[str]) -> World:
    """Return the world with the queues at these addresses, by their names without the stack's."""
    known = {url.rpartition("/")[2]: url for url in urls}
    names = {name.removeprefix(f"{stack_name(stage)}-").lower(): name for name in known}
    queues = {short: SqsQueue(session.sqs, known[name]) for short, name in names.items()}
    return replace(world, queues=queues, traffic=CloudWatchTraffic(session.cloudwatch, names))
