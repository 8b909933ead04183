"""The world of a function: every port with the adapter that stands behind it on AWS."""

from __future__ import annotations

import errno
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace

from sluice.aws.client_error import AWS_FAILURES
from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.step_functions import StepFunctions
from sluice.bootstrap.documents import ROOT
from sluice.errors import OutcomeUnknown
from sluice.local.folder_documents import FolderDocuments
from sluice.local.system_clock import SystemClock
from sluice.model.egress.reach import Reach
from sluice.ports.topic import PublishFailed
from sluice.registry.catalog import Catalog
from sluice.registry.packages import Packages
from sluice.settings import LambdaSettings, UsageSettings
from sluice.transport.body import Caps
from sluice.transport.egress import Door
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.usecases.world import World

OUTSIDE_FAILURES: tuple[type[Exception], ...] = (*AWS_FAILURES, PublishFailed)
"""What adapters raise when AWS did not do its part, after their own retries."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

DESCRIPTION_LIMITS = Limits(caps=Caps(wire=32 * 1024 * 1024, decoded=32 * 1024 * 1024))
"""How large a published description may be: the largest known has 4 MB, and is parsed as a whole."""


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Raise OutcomeUnknown where the block finds no room on the disk; other failures as they are.

    It may be tried again: whoever filled it has cleared it by then, or the next worker has another disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise OutcomeUnknown(f"the function's disk is full: {error.strerror}") from error
        raise


class StateMachines(Struct, frozen=True):
    """ARNs of the state machines whose executions are started here; of Lambdas only the API starts any."""

    sync: str = ""
    replay: str = ""
    backfill: str = ""


def lambda_world() -> World:
    """Return the world of a Lambda; raises ConfigurationInvalid if its environment lacks anything."""
    # Records are trees by the thousand: there are few cycles to look for, and none in what is loaded by now.
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    return world_of(AwsSession(), LambdaSettings.from_environment(), StateMachines())


def usage_world() -> World:
    """Return the world of KeepUsage, which reads what a run did."""
    machines = UsageSettings.from_environment()
    settings = LambdaSettings.from_environment()
    return world_of(
        AwsSession(), settings, StateMachines(machines.sync_arn, machines.replay_arn, machines.backfill_arn)
    )


def watching_world() -> World:
    """Return the world of a Lambda that reads published descriptions: their size is bounded closer."""
    settings = LambdaSettings.from_environment()
    return replace(lambda_world(), sender=erp_sender(settings, DESCRIPTION_LIMITS))


def erp_sender(settings: LambdaSettings, limits: Limits | None = None) -> ErpSender:
    """Return what sends to ERPs: to the public internet, and to the networks that the deployment adds."""
    return ErpSender(limits, allow_loopback_http=settings.allow_loopback_http, networks=settings.networks)


def world_of(session: AwsSession, settings: LambdaSettings, machines: StateMachines) -> World:
    """Return the world that the settings name; what is started is named by ``machines``."""
    objects = S3ObjectStore(session.s3, settings.bucket)
    state = DynamoTable(session.dynamodb, settings.state_table)
    return World(
        bucket=settings.bucket,
        objects=objects,
        connections_table=DynamoTable(session.dynamodb, settings.connections_table),
        state=state,
        runs_table=DynamoTable(session.dynamodb, settings.runs_table),
        secrets=SecretsManager(session.secretsmanager, settings.secrets_prefix),
        information=SnsTopic(session.sns, settings.information_topic_arn),
        notification=SnsTopic(session.sns, settings.notification_topic_arn),
        workflow=StepFunctions(session.stepfunctions, machines.sync),
        sender=erp_sender(settings),
        clock=SystemClock(),
        catalog=Catalog(FolderDocuments(ROOT), Packages(state, objects)),
        replays=StepFunctions(session.stepfunctions, machines.replay),
        backfills=StepFunctions(session.stepfunctions, machines.backfill),
        addresses=Door(Reach(settings.allow_loopback_http, settings.networks)),
    )
