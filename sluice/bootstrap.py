"""The composition root: which adapters stand behind which port. The only place that knows them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sluice.aws.client_error import AWS_FAILURES
from sluice.aws.cloudwatch_traffic import CloudWatchTraffic
from sluice.aws.cognito_users import CognitoUsers
from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.ses_mailer import SesMailer
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.aws.stack_outputs import stack_outputs
from sluice.aws.step_functions import StepFunctions
from sluice.local.folder_documents import FolderDocuments
from sluice.local.memory_table import MemoryTable
from sluice.local.system_clock import SystemClock
from sluice.ports.documents import Documents
from sluice.ports.topic import PublishFailed
from sluice.registry.catalog import Catalog
from sluice.registry.packages import Packages
from sluice.settings import LOCAL_STAGE, ApiSettings, DeliverySettings, LambdaSettings
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.pull import Pull, Puller
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.world import World

OUTSIDE_FAILURES: tuple[type[Exception], ...] = (*AWS_FAILURES, PublishFailed)
"""What adapters raise when AWS did not do its part, after their own retries."""

DESCRIPTION_LIMITS = Limits(caps=Caps(wire=32 * 1024 * 1024, decoded=32 * 1024 * 1024))
"""How large a published description may be: the largest known has 4 MB, and is parsed as a whole."""

RECEIVER_LIMITS = Limits(connect_seconds=4.0, total_seconds=10.0, caps=Caps(wire=65_536, decoded=65_536))
"""What a receiver of notifications may take; what it answers is not read by anybody."""

ROOT = Path(__file__).resolve().parent.parent
"""Where connectors/ and transformers/ lie: the repository, or the artefact inside a Lambda."""


@dataclass(frozen=True, slots=True)
class StateMachines:
    """ARNs of the state machines whose executions are started here; of Lambdas only the API starts any."""

    sync: str = ""
    replay: str = ""


def stack_name(stage: str) -> str:
    """Return the name of a stage's CloudFormation stack."""
    return f"sluice-{stage}"


def lambda_world() -> World:
    """Return the world of a Lambda; raises ConfigurationInvalid if its environment lacks anything."""
    return _world(AwsSession(), LambdaSettings.from_environment(), StateMachines())


def watching_world() -> World:
    """Return the world of a Lambda that reads published descriptions: their size is bounded closer."""
    settings = LambdaSettings.from_environment()
    sender = ErpSender(DESCRIPTION_LIMITS, allow_loopback_http=settings.allow_loopback_http)
    return replace(lambda_world(), sender=sender)


def lambda_outbox() -> Outbox:
    """Return what DeliverNotification works with; raises ConfigurationInvalid if it lacks anything."""
    session, settings, common = (
        AwsSession(),
        DeliverySettings.from_environment(),
        LambdaSettings.from_environment(),
    )
    world = replace(lambda_world(), sender=_receivers_sender(allow_loopback_http=common.allow_loopback_http))
    mailer = SesMailer(session.mail, settings.mail_from)
    return Outbox(world, SqsQueue(session.sqs, settings.queue_url), mailer, settings.console_url)


def _receivers_sender(*, allow_loopback_http: bool) -> ErpSender:
    return ErpSender(RECEIVER_LIMITS, allow_loopback_http=allow_loopback_http, public_only=True)


def api_desk() -> ConnectionDesk:
    """Return where the API's function works; raises ConfigurationInvalid if its environment lacks any."""
    session, settings = AwsSession(), ApiSettings.from_environment()
    machines = StateMachines(sync=settings.sync_arn, replay=settings.replay_arn)
    common = LambdaSettings.from_environment()
    world = _with_queues(_world(session, common, machines), session, common.stage, settings.queue_urls)
    target = ScheduleTarget(
        settings.sync_arn, settings.scheduler_role_arn, settings.triggers_dead_letters_arn
    )
    return ConnectionDesk(world, EventBridgeSchedules(session.scheduler, settings.schedule_group, target))


def catalog(connectors: Path | None = None, transformers: Path | None = None) -> Catalog:
    """Return the catalogue of the repository's connectors and mappings, or of other folders' ones."""
    roots = {
        "connectors": (connectors or ROOT / "connectors"),
        "transformers": (transformers or ROOT / "transformers"),
    }
    return Catalog(FolderDocuments(ROOT, roots))


def folder_documents(folder: Path) -> Documents:
    """Return the documents of another folder that is laid out as the repository is."""
    return FolderDocuments(folder)


@contextmanager
def puller(
    wanted: Pull, connectors: Path | None = None, transformers: Path | None = None
) -> Iterator[Puller]:
    """Give what pulls one stream without AWS; plain http is allowed to this machine only."""
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        yield Puller(catalog(connectors, transformers), sender, SystemClock(), wanted, MemoryTable())


@dataclass(frozen=True)
class Deployment:
    """A deployed Sluice as the command line reaches it: by the outputs of its stack.

    ``endpoint`` is the embedded AWS's address, None for AWS itself. ``who`` is the person that uses it.
    """

    stage: str
    region: str
    endpoint: str | None = None
    who: str = "sluice"

    @cached_property
    def session(self) -> AwsSession:
        """The AWS clients."""
        return AwsSession(self.region, self.endpoint)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs; raises StackNotFound where nothing is deployed."""
        return stack_outputs(self.session.cloudformation, stack_name(self.stage))

    @cached_property
    def world(self) -> World:
        """The same world that the deployment's Lambdas work on."""
        out = self.outputs
        settings = LambdaSettings(
            stage=self.stage,
            bucket=out["BucketName"],
            connections_table=out["ConnectionsTableName"],
            state_table=out["StateTableName"],
            runs_table=out["RunsTableName"],
            information_topic_arn=out["InformationTopicArn"],
            notification_topic_arn=out["NotificationTopicArn"],
            secrets_prefix=out["SecretsPrefix"],
            allow_loopback_http=self.stage == LOCAL_STAGE,
        )
        machines = StateMachines(sync=out["SyncStateMachineArn"], replay=out["ReplayStateMachineArn"])
        queues = [found for name, found in sorted(out.items()) if name.endswith("QueueUrl")]
        world = _with_queues(_world(self.session, settings, machines), self.session, self.stage, queues)
        return replace(world, who=self.who)

    @cached_property
    def desk(self) -> ConnectionDesk:
        """Where connections are added, paused and removed."""
        out = self.outputs
        target = ScheduleTarget(
            out["SyncStateMachineArn"], out["SchedulerRoleArn"], out["TriggersDeadLetterQueueArn"]
        )
        schedules = EventBridgeSchedules(self.session.scheduler, out["ScheduleGroupName"], target)
        return ConnectionDesk(self.world, schedules)

    @cached_property
    def outbox(self) -> Outbox:
        """What notifications are sent with."""
        out = self.outputs
        world = replace(self.world, sender=_receivers_sender(allow_loopback_http=self.stage == LOCAL_STAGE))
        mailer = SesMailer(self.session.mail, out["MailFrom"])
        console = "" if out["ConsoleUrl"] == "none" else out["ConsoleUrl"]
        return Outbox(world, self.queue("delivery"), mailer, console)

    @cached_property
    def watching(self) -> StepFunctions:
        """The state machine `watch`."""
        return StepFunctions(self.session.stepfunctions, self.outputs["WatchStateMachineArn"])

    @cached_property
    def housekeeping(self) -> StepFunctions:
        """The state machine `housekeeping`."""
        return StepFunctions(self.session.stepfunctions, self.outputs["HousekeepingStateMachineArn"])

    @cached_property
    def users(self) -> CognitoUsers:
        """Who may sign in."""
        return CognitoUsers(self.session.cognito, self.outputs["UserPoolId"])

    @property
    def api_url(self) -> str:
        """Where the API answers. The embedded AWS has no name for it that every machine could resolve."""
        if self.endpoint is None:
            return self.outputs["ApiUrl"]
        return f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}"

    def queue(self, name: str) -> SqsQueue:
        """Return a queue: ``information``, ``notification`` or ``erp_system``."""
        key = "".join(part.capitalize() for part in name.split("_")) + "QueueUrl"
        return SqsQueue(self.session.sqs, self.outputs[key])


def _with_queues(world: World, session: AwsSession, stage: str, urls: Iterable[str]) -> World:
    """Return the world with the queues at these addresses, by their names without the stack's."""
    known = {url.rpartition("/")[2]: url for url in urls}
    names = {name.removeprefix(f"{stack_name(stage)}-").lower(): name for name in known}
    queues = {short: SqsQueue(session.sqs, known[name]) for short, name in names.items()}
    return replace(world, queues=queues, traffic=CloudWatchTraffic(session.cloudwatch, names))


def _world(session: AwsSession, settings: LambdaSettings, machines: StateMachines) -> World:
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
        sender=ErpSender(allow_loopback_http=settings.allow_loopback_http),
        clock=SystemClock(),
        catalog=Catalog(FolderDocuments(ROOT), Packages(state, objects)),
        replays=StepFunctions(session.stepfunctions, machines.replay),
    )
