"""A deployed Sluice as the command line reaches it."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from sluice.aws.cognito_users import CognitoUsers
from sluice.aws.console_site import ConsoleSite
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.ses_mailer import SesMailer
from sluice.aws.session import AwsSession
from sluice.aws.sqs_queue import SqsQueue
from sluice.aws.stack_outputs import stack_outputs
from sluice.aws.step_functions import StepFunctions
from sluice.bootstrap.desks import stack_name, with_queues
from sluice.bootstrap.outboxes import receivers_sender
from sluice.bootstrap.worlds import StateMachines, world_of
from sluice.model.egress.reach import private_networks
from sluice.settings import LOCAL_STAGE, LambdaSettings
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.world import World


class Deployment(Struct, frozen=True, dict=True):
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
            networks=private_networks(out.get("PrivateNetworks", "none")),
        )
        machines = StateMachines(
            sync=out["SyncStateMachineArn"],
            replay=out["ReplayStateMachineArn"],
            backfill=out["BackfillStateMachineArn"],
        )
        queues = [found for name, found in sorted(out.items()) if name.endswith("QueueUrl")]
        world = with_queues(world_of(self.session, settings, machines), self.session, self.stage, queues)
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
        world = replace(self.world, sender=receivers_sender(allow_loopback_http=self.stage == LOCAL_STAGE))
        mailer = SesMailer(self.session.mail, out["MailFrom"])
        return Outbox(world, self.queue("delivery"), mailer, out["ConsoleUrl"])

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

    @cached_property
    def console_site(self) -> ConsoleSite:
        """Where the console's files are published."""
        out = self.outputs
        return ConsoleSite(
            self.session.s3,
            self.session.cloudfront,
            out["ConsoleBucketName"],
            out["ConsoleDistributionId"],
        )

    @property
    def api_url(self) -> str:
        """Where the API answers. The embedded AWS has no name for it that every machine could resolve."""
        if self.endpoint is None:
            return self.outputs["ApiUrl"]
        return f"{self.endpoint}/_aws/execute-api/{self.outputs['ApiId']}"

    def queue(self, name: str) -> SqsQueue:
        """Return a queue by its name: ``information``, ``erp_system``."""
        key = "".join(part.capitalize() for part in name.split("_")) + "QueueUrl"
        return SqsQueue(self.session.sqs, self.outputs[key])
