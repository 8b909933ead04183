"""What notifications for people are sent with, by DeliverNotification and by the API."""

from __future__ import annotations

from msgspec.structs import replace

from sluice.aws.ses_mailer import SesMailer
from sluice.aws.session import AwsSession
from sluice.aws.sqs_queue import SqsQueue
from sluice.bootstrap.worlds import lambda_world
from sluice.settings import ApiSettings, DeliverySettings, LambdaSettings
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.world import World

RECEIVER_LIMITS = Limits(connect_seconds=4.0, total_seconds=10.0, caps=Caps(wire=65_536, decoded=65_536))
"""What a receiver of notifications may take; what it answers is not read by anybody."""


def lambda_outbox() -> Outbox:
    """Return what DeliverNotification works with; raises ConfigurationInvalid if it lacks anything."""
    session, settings, common = (
        AwsSession(),
        DeliverySettings.from_environment(),
        LambdaSettings.from_environment(),
    )
    world = replace(lambda_world(), sender=receivers_sender(allow_loopback_http=common.allow_loopback_http))
    mailer = SesMailer(session.mail, settings.mail_from)
    return Outbox(world, SqsQueue(session.sqs, settings.queue_url), mailer, settings.console_url)


def receivers_sender(*, allow_loopback_http: bool) -> ErpSender:
    """Return what sends to addresses that customers name: public ones, whatever networks ERPs are in."""
    return ErpSender(RECEIVER_LIMITS, allow_loopback_http=allow_loopback_http)


def api_outbox(world: World) -> Outbox:
    """Return what the API's function tries subscriptions out with; ``world`` is its desk's."""
    settings, common = ApiSettings.from_environment(), LambdaSettings.from_environment()
    sender = receivers_sender(allow_loopback_http=common.allow_loopback_http)
    mailer = SesMailer(AwsSession().mail, settings.mail_from)
    return Outbox(replace(world, sender=sender), world.queues["delivery"], mailer, settings.console_url)
