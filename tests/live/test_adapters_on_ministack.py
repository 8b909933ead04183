"""The adapters hold the ports' contracts on the embedded AWS as well, which answers otherwise than moto.

Names are new for each test, since one MiniStack serves them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import pytest

from sluice.aws.cognito_users import CognitoUsers
from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.s3_object_store import S3ObjectStore
from sluice.aws.scheduler import EventBridgeSchedules, ScheduleTarget
from sluice.aws.secrets_manager import SecretsManager
from sluice.aws.session import AwsSession
from sluice.aws.sns_topic import SnsTopic
from sluice.aws.sqs_queue import SqsQueue
from sluice.local import embedded_aws
from sluice.ports.object_store import ObjectStore
from sluice.ports.queue import Queue
from sluice.ports.schedules import Schedules
from sluice.ports.secrets import Secrets
from sluice.ports.table import Table
from sluice.ports.users import GROUPS, Users
from tests.contracts.test_object_store import ObjectStoreContract, PutMany
from tests.contracts.test_queue import QueueContract, Send
from tests.contracts.test_schedules import Kept, SchedulesContract
from tests.contracts.test_secrets import SecretsContract
from tests.contracts.test_table import TableContract
from tests.contracts.test_topic import Subscribed, TopicContract
from tests.contracts.test_users import UsersContract
from tests.contracts.test_workflow import Engine, StepFunctionsEngine, WorkflowContract

# embedded_aws lets its process outlive the Popen that started it.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")

ROLE = "arn:aws:iam::000000000000:role/test"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsSession]:
    home = tmp_path_factory.mktemp("ministack")
    running = embedded_aws.start(home, port=0)
    yield AwsSession(region="eu-north-1", endpoint=running.endpoint)
    embedded_aws.stop(home)


@pytest.fixture
def new_name() -> str:
    return f"test-{uuid4().hex[:12]}"


class TestS3ObjectStore(ObjectStoreContract):
    @pytest.fixture
    def store(self, aws: AwsSession, new_name: str) -> ObjectStore:
        place = {"LocationConstraint": "eu-north-1"}
        aws.s3.create_bucket(Bucket=new_name, CreateBucketConfiguration=place)  # type: ignore[arg-type]
        return S3ObjectStore(aws.s3, new_name)

    @pytest.fixture
    def put_many(self, store: ObjectStore) -> PutMany:
        def put(keys: Iterable[str]) -> None:
            for key in keys:
                store.put(key, b"")

        return put


class TestDynamoTable(TableContract):
    @pytest.fixture
    def table(self, aws: AwsSession, new_name: str) -> Table:
        aws.dynamodb.create_table(
            TableName=new_name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        return DynamoTable(aws.dynamodb, new_name)

    @pytest.fixture
    def expiry_of(self, aws: AwsSession, new_name: str) -> Callable[[str, str], int | None]:
        def look(partition: str, sort: str) -> int | None:
            key = {"pk": {"S": partition}, "sk": {"S": sort}}
            item = aws.dynamodb.get_item(TableName=new_name, Key=key)["Item"]
            return int(item["expires_at"]["N"]) if "expires_at" in item else None

        return look


class TestSecretsManager(SecretsContract):
    @pytest.fixture
    def secrets(self, aws: AwsSession, new_name: str) -> Secrets:
        return SecretsManager(aws.secretsmanager, f"sluice/{new_name}")


class TestSnsTopic(TopicContract):
    @pytest.fixture
    def subscribed(self, aws: AwsSession, new_name: str) -> Subscribed:
        arn = aws.sns.create_topic(Name=new_name)["TopicArn"]
        url = aws.sqs.create_queue(QueueName=new_name)["QueueUrl"]
        queue_arn = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        raw = {"RawMessageDelivery": "true"}
        aws.sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn, Attributes=raw)
        return Subscribed(SnsTopic(aws.sns, arn), SqsQueue(aws.sqs, url))


class TestSqsQueue(QueueContract):
    @pytest.fixture
    def url(self, aws: AwsSession, new_name: str) -> str:
        return aws.sqs.create_queue(QueueName=new_name, Attributes={"VisibilityTimeout": "1"})["QueueUrl"]

    @pytest.fixture
    def queue(self, aws: AwsSession, url: str) -> Queue:
        return SqsQueue(aws.sqs, url)

    @pytest.fixture
    def send(self, aws: AwsSession, url: str) -> Send:
        def call(body: str) -> None:
            kind = {"kind": {"DataType": "String", "StringValue": "events"}}
            aws.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=kind)  # type: ignore[arg-type]

        return call

    @pytest.fixture
    def wait_out_visibility(self) -> Callable[[], None]:
        return lambda: time.sleep(1.1)


class TestEventBridgeSchedules(SchedulesContract):
    @pytest.fixture
    def schedules(self, aws: AwsSession, new_name: str) -> Schedules:
        aws.scheduler.create_schedule_group(Name=new_name)
        machine = "arn:aws:states:eu-north-1:000000000000:stateMachine:sync"
        dead_letters = "arn:aws:sqs:eu-north-1:000000000000:triggers"
        return EventBridgeSchedules(aws.scheduler, new_name, ScheduleTarget(machine, ROLE, dead_letters))

    @pytest.fixture
    def kept(self, aws: AwsSession, new_name: str) -> Kept:
        def look() -> dict[str, tuple[str, bool]]:
            names = [found["Name"] for found in aws.scheduler.list_schedules(GroupName=new_name)["Schedules"]]
            found = [aws.scheduler.get_schedule(Name=name, GroupName=new_name) for name in names]
            return {one["Name"]: (one["ScheduleExpression"], one["State"] == "ENABLED") for one in found}

        return look


class MiniStackEngine(StepFunctionsEngine):
    tells_causes = True
    stops = True


class TestStepFunctions(WorkflowContract):
    @pytest.fixture
    def engine(self, aws: AwsSession, new_name: str) -> Engine:
        return MiniStackEngine(aws, new_name)


class TestCognitoUsers(UsersContract):
    @pytest.fixture
    def users(self, aws: AwsSession, new_name: str) -> Users:
        pool = aws.cognito.create_user_pool(PoolName=new_name)["UserPool"]["Id"]
        for group in GROUPS:
            aws.cognito.create_group(GroupName=group, UserPoolId=pool)
        return CognitoUsers(aws.cognito, pool)
