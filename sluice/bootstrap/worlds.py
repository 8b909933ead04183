"""The world of a function: every port with the adapter that stands behind it on AWS."""

from __future__ import annotations

import errno
import functools
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
from sluice.model.connection_faults import NAME
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


CONNECTION_TAG = "connection"
"""The tag that roles' policies name a connection by: ${aws:PrincipalTag/connection}."""


class StateMachines(Struct, frozen=True):
    """ARNs of the state machines whose executions are started here; of Lambdas only the API starts any."""

    sync: str = ""
    replay: str = ""
    backfill: str = ""


class Worlds:
    """The worlds of a Lambda: the one of all connections, and for each connection one of its own.

    A connection's own acts in the function's role tagged with its name, by which that role's policy allows
    its secrets and objects and no other's (infra/parts/own_roles.js). It is made for one invocation.
    Raises ConfigurationInvalid if the environment lacks anything.
    """

    def __init__(
        self, session: AwsSession, settings: LambdaSettings, sender: ErpSender | None = None
    ) -> None:
        self._session, self._settings = session, settings
        world = world_of(session, settings, StateMachines())
        self.shared = replace(world, sender=sender) if sender else world

    def of(self, connection: str) -> World:
        """Return the world of one connection; what is no name is nobody's, and gets the shared one.

        Raises as AwsSession.acting does.
        """
        if not self._settings.own_role or not NAME.fullmatch(connection):
            return self.shared
        # botocore makes a class for each client, and classes are cycles: those of the invocation before would
        # stay until all there is is looked through, which is seldom, and takes 30 ms. The young take two.
        gc.collect(1)
        own = self._session.acting(self._settings.own_role, {CONNECTION_TAG: connection})
        return replace(
            self.shared,
            objects=S3ObjectStore(own.s3, self._settings.bucket),
            secrets=SecretsManager(own.secretsmanager, self._settings.secrets_prefix),
        )


@functools.cache
def lambda_worlds() -> Worlds:
    """Return the worlds of this execution environment; raises ConfigurationInvalid if that lacks anything."""
    _look_for_less_garbage()
    return Worlds(AwsSession(), LambdaSettings.from_environment())


def lambda_world() -> World:
    """Return the world of a Lambda that works for no one connection; raises ConfigurationInvalid."""
    return lambda_worlds().shared


def usage_world() -> World:
    """Return the world of KeepUsage, which reads what a run did."""
    machines = UsageSettings.from_environment()
    settings = LambdaSettings.from_environment()
    return world_of(
        AwsSession(), settings, StateMachines(machines.sync_arn, machines.replay_arn, machines.backfill_arn)
    )


@functools.cache
def watching_worlds() -> Worlds:
    """Return the worlds of one that reads published descriptions: their size is bounded closer."""
    _look_for_less_garbage()
    settings = LambdaSettings.from_environment()
    return Worlds(AwsSession(), settings, erp_sender(settings, DESCRIPTION_LIMITS))


def _look_for_less_garbage() -> None:
    # Records are trees by the thousand: there are few cycles to look for, and none in what is loaded by now.
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


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
