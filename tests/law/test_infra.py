"""What serverless.yml and infra/ promise, judged on the CloudFormation template that osls makes of them.

What keeps others out and data in is judged in template/test_policy.py, whether AWS would take it in
template/test_cfn_lint.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from sluice.local import artefact, artefact_check
from sluice.usecases.telling.people.deliver import LAST_TRY, WAITS
from tests.law.tree import ROOT, files, text

Resources = dict[str, Any]
Templates = dict[str, dict[str, Any]]

DEFINITIONS = [path for path in files() if path.endswith(".asl.json")]
DAYS_14 = 1_209_600
QUEUES = {
    "ErpSystemQueue": "ErpSystemDeadLetterQueue",
    "InformationQueue": "InformationDeadLetterQueue",
    "NotificationQueue": "NotificationDeadLetterQueue",
    "LakeQueue": "LakeDeadLetterQueue",
}


def of_type(templates: Templates, kind: str, stage: str = "dev") -> Resources:
    """Return the properties of every resource of that type."""
    found = templates[stage]["Resources"]
    return {name: found[name].get("Properties", {}) for name in found if found[name]["Type"] == kind}


def states(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (name, state) of every state of a definition, those inside Maps too."""
    for name, state in found["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


def functions(templates: Templates, stage: str = "dev") -> Resources:
    return of_type(templates, "AWS::Lambda::Function", stage)


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a role's inline policies, or of a policy."""
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
    return [statement for document in documents for statement in document["Statement"]]


def granted(templates: Templates) -> list[tuple[str, dict[str, Any]]]:
    """Return (role or policy, statement) of all that roles are granted."""
    holders = of_type(templates, "AWS::IAM::Role") | of_type(templates, "AWS::IAM::Policy")
    return [(name, statement) for name, found in holders.items() for statement in statements(found)]


def test_both_stages_have_the_same_resources(templates: Templates) -> None:
    kinds = [{name: r["Type"] for name, r in found["Resources"].items()} for found in templates.values()]
    assert kinds[0] == kinds[1]


def test_function_has_what_every_function_has(templates: Templates) -> None:
    found = functions(templates)
    declared = yaml.safe_load(text("infra/functions.yml"))
    assert set(found) == {f"{name}LambdaFunction" for name in declared}
    for function in found.values():
        assert function["Runtime"] == f"python{artefact.AWS_PYTHON}"
        assert function["Architectures"] == ["arm64"]
        assert 0 < function["Timeout"] <= 900
        assert function["MemorySize"] >= 256
        assert function["Description"]
        environment = function["Environment"]["Variables"]
        assert environment["POWERTOOLS_SERVICE_NAME"] == "sluice"


def test_function_has_a_log_group_that_forgets(templates: Templates) -> None:
    groups = of_type(templates, "AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] == 30 for group in groups.values())
    named = {group["LogGroupName"] for group in groups.values()}
    assert named >= {f"/aws/lambda/{function['FunctionName']}" for function in functions(templates).values()}


def test_function_has_a_role_of_its_own(templates: Templates) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions(templates).values()]
    assert len(set(roles)) == len(roles)
    assert [name.replace("LambdaFunction", "Role") for name in functions(templates)] == roles


def test_a_resource_that_is_named_is_one_of_ours(templates: Templates) -> None:
    for holder, statement in granted(templates):
        if statement["Resource"] != "*":
            said = json.dumps(statement["Resource"])
            assert re.search(r"Fn::GetAtt|\"Ref\"|sluice|\.Arn}", said), (holder, said)


def test_only_the_last_net_reserves_concurrency(templates: Templates) -> None:
    reserved = [
        name for name, found in functions(templates).items() if "ReservedConcurrentExecutions" in found
    ]
    assert reserved == ["ReportEndedRunLambdaFunction"]


def test_task_outlasts_its_function(templates: Templates) -> None:
    tasks = {name: state for path in DEFINITIONS for name, state in states(json.loads(text(path)))}
    found = functions(templates)
    called = {name for name, state in tasks.items() if state.get("Resource", "").endswith("lambda:invoke")}
    assert called <= {name.removesuffix("LambdaFunction") for name in found}
    for name in called:
        assert tasks[name]["TimeoutSeconds"] > found[f"{name}LambdaFunction"]["Timeout"], name


def test_visibility_is_six_times_the_functions_time(templates: Templates, resources: Resources) -> None:
    transform = functions(templates)["TransformLambdaFunction"]["Timeout"]
    assert resources["ErpSystemQueue"]["VisibilityTimeout"] >= 6 * transform
    here = of_type(templates, "AWS::SQS::Queue", "local")["ErpSystemQueue"]["VisibilityTimeout"]
    # On one machine a killed worker's chunk has to come back within a minute.
    assert functions(templates, "local")["TransformLambdaFunction"]["Timeout"] < here <= 60


def test_hand_over_waits_for_every_delivery_of_its_message(resources: Resources) -> None:
    table = json.loads(text("state_machines/sync.asl.json"))["States"]["SyncStreams"]["ItemProcessor"][
        "States"
    ]
    task = table["HandOver"]["ItemProcessor"]["States"]["HandOverChunk"]
    queue = resources["ErpSystemQueue"]
    assert task["TimeoutSeconds"] > queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]


def test_transformer_knows_its_last_try(resources: Resources) -> None:
    last = re.search(r"^LAST_TRY = (\d+)$", text("lambdas/transform.py"), re.MULTILINE)
    assert last is not None
    assert int(last[1]) == resources["ErpSystemQueue"]["RedrivePolicy"]["maxReceiveCount"]


def test_lake_is_written_from_batches_that_can_be_done_with_in_part(templates: Templates) -> None:
    mappings = of_type(templates, "AWS::Lambda::EventSourceMapping")
    [found] = [m for m in mappings.values() if m["EventSourceArn"] == {"Fn::GetAtt": ["LakeQueue", "Arn"]}]
    assert (found["BatchSize"], found["MaximumBatchingWindowInSeconds"]) == (1000, 60)
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["ScalingConfig"] == {"MaximumConcurrency": 2}
    timeout = functions(templates)["WriteLakeLambdaFunction"]["Timeout"]
    waiting = of_type(templates, "AWS::SQS::Queue")["LakeQueue"]["VisibilityTimeout"]
    assert waiting >= 6 * timeout + found["MaximumBatchingWindowInSeconds"]
    granted_here = [found for holder, found in granted(templates) if holder == "WriteLakeRole"]
    assert [found["Action"] for found in granted_here if found["Sid"] == "StoreEvents"] == [["s3:PutObject"]]
    assert not [
        found for found in granted_here if found["Sid"] not in {"Trace", "Log", "Receive", "StoreEvents"}
    ]


def test_delivery_tries_as_often_as_the_code_says(templates: Templates, resources: Resources) -> None:
    queue = resources["DeliveryQueue"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == LAST_TRY
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeliveryDeadLetterQueue", "Arn"]}
    assert (
        queue["VisibilityTimeout"] >= 6 * functions(templates)["DeliverNotificationLambdaFunction"]["Timeout"]
    )
    assert resources["DeliveryDeadLetterQueue"]["MessageRetentionPeriod"] == DAYS_14
    assert sum(WAITS) * 1.2 + queue["VisibilityTimeout"] < queue["MessageRetentionPeriod"]
    mappings = of_type(templates, "AWS::Lambda::EventSourceMapping")
    [found] = [
        m for m in mappings.values() if m["EventSourceArn"] == {"Fn::GetAtt": ["DeliveryQueue", "Arn"]}
    ]
    assert (found["BatchSize"], found["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])


def test_delivery_may_mail_from_its_identity_and_read_the_secrets_of_subscriptions_only(
    templates: Templates,
) -> None:
    own = {found["Sid"]: found for holder, found in granted(templates) if holder == "DeliverNotificationRole"}
    assert set(own) == {"Trace", "Log", "WorkOff", "KeepState", "ReadReceivers", "SendMail"}
    assert own["SendMail"]["Action"] == ["ses:SendEmail"]
    assert own["SendMail"]["Resource"]["Fn::Sub"].endswith(":identity/sluice.example")
    assert own["ReadReceivers"]["Action"] == ["secretsmanager:GetSecretValue"]
    assert own["ReadReceivers"]["Resource"]["Fn::Sub"].endswith("/_subscriptions/*/receiver-??????")


def test_only_the_lakes_functions_have_its_artefact(templates: Templates) -> None:
    modules = artefact_check.handlers(ROOT / "infra" / "functions.yml")
    for function in functions(templates).values():
        module = function["Handler"].removesuffix(".handler").replace("/", ".")
        with_lake = function["Code"]["S3Key"].endswith("lake.zip")
        assert with_lake is (module in modules["lake"]), module


def test_views_of_the_lake_name_its_database(templates: Templates) -> None:
    tables = [found["TableInput"] for found in of_type(templates, "AWS::Glue::Table").values()]
    views = [found["ViewOriginalText"]["Fn::Join"][1][1] for found in tables if "ViewOriginalText" in found]
    assert len(views) * 2 == len(tables)
    names = {json.loads(view["Fn::Base64"])["schema"] for view in views}
    database = of_type(templates, "AWS::Glue::Database")["LakeDatabase"]["DatabaseInput"]["Name"]
    assert names == {database} == {"sluice_dev"}


@pytest.mark.parametrize(("queue", "dead_letters"), QUEUES.items())
def test_queue_has_dead_letters_for_a_fortnight(queue: str, dead_letters: str, resources: Resources) -> None:
    redrive = resources[queue]["RedrivePolicy"]
    assert redrive == {"deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]}, "maxReceiveCount": 5}
    assert resources[dead_letters]["MessageRetentionPeriod"] == DAYS_14
    assert resources[queue]["VisibilityTimeout"] >= 60


def test_subscription_delivers_raw_and_keeps_what_it_could_not(templates: Templates) -> None:
    for subscription in of_type(templates, "AWS::SNS::Subscription").values():
        assert subscription["RawMessageDelivery"] is True
        assert subscription["RedrivePolicy"]["deadLetterTargetArn"]


def test_bucket_forgets(resources: Resources) -> None:
    bucket = resources["DataBucket"]
    days = {
        rule.get("Prefix"): rule.get("ExpirationInDays") for rule in bucket["LifecycleConfiguration"]["Rules"]
    }
    assert days == {
        "backfills/": 30,
        "raw/": 30, "receipts/": 30, "observed/": 30, "quarantine/": 90, "exports/": 1, None: None,
    }  # fmt: skip


def test_table_is_on_demand_and_forgets(templates: Templates) -> None:
    tables = of_type(templates, "AWS::DynamoDB::Table")
    assert set(tables) == {"ConnectionsTable", "StateTable", "RunsTable"}
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_data_outlives_the_stack_on_aws(templates: Templates) -> None:
    for stage, policy in (("dev", "Retain"), ("local", "Delete")):
        found = templates[stage]["Resources"]
        kept = {name for name in found if found[name].get("DeletionPolicy") == policy}
        assert kept == {"DataBucket", "ConsoleBucket", "ConnectionsTable", "StateTable", "RunsTable"}


@pytest.mark.parametrize("path", DEFINITIONS)
def test_machine_is_the_file_with_every_name_put_in(path: str, resources: Resources) -> None:
    name = PurePosixPath(path).name.removesuffix(".asl.json")
    machine = resources[f"{name.capitalize()}StateMachine"]
    assert json.loads(machine["DefinitionString"]) == json.loads(text(path))
    wanted = set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"]))
    assert set(machine["DefinitionSubstitutions"]) == wanted


def test_watch_runs_daily_on_its_own_and_keeps_what_could_not_start(resources: Resources) -> None:
    schedule = resources["WatchSchedule"]
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert "GroupName" not in schedule  # a connection may be called `watch`
    target = schedule["Target"]
    assert target["Arn"] == {"Ref": "WatchStateMachine"}
    assert json.loads(target["Input"])["connector"] == "*"
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["TriggersDeadLetterQueue", "Arn"]}


def test_housekeeping_runs_hourly_and_may_touch_nothing_but_the_lake(templates: Templates) -> None:
    schedule = of_type(templates, "AWS::Scheduler::Schedule")["HousekeepingSchedule"]
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["Target"]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["TriggersDeadLetterQueue", "Arn"]}
    mine = [found for holder, found in granted(templates) if holder == "CompactPartitionRole"]
    [touched] = [found for found in mine if "s3:DeleteObject" in found["Action"]]
    assert touched["Resource"] == {"Fn::Sub": "${DataBucket.Arn}/lake/*"}
    function = functions(templates)["CompactPartitionLambdaFunction"]
    assert (function["MemorySize"], function["EphemeralStorage"]) == (3008, {"Size": 10240})


def test_a_snapshot_index_is_removed_by_housekeeping_or_with_its_connection(templates: Templates) -> None:
    removing = {
        holder: found["Resource"]
        for holder, found in granted(templates)
        if "s3:DeleteObject" in found["Action"] and "/snapshots/" in json.dumps(found["Resource"])
    }
    # The API removes connections.
    assert set(removing) == {"ForgetSnapshotsRole", "ServeApiRole"}
    assert removing["ForgetSnapshotsRole"] == {"Fn::Sub": "${DataBucket.Arn}/snapshots/*"}


def test_last_net_hears_of_every_bad_end(resources: Resources) -> None:
    rule = resources["EndedRunRule"]
    assert rule["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    (target,) = rule["Targets"]
    assert target["RetryPolicy"]
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["TriggersDeadLetterQueue", "Arn"]}


def test_every_dead_letter_queue_has_an_alarm_and_every_alarm_an_action(templates: Templates) -> None:
    alarms = of_type(templates, "AWS::CloudWatch::Alarm")
    assert all(alarm["AlarmActions"] == [{"Ref": "OperatorsTopic"}] for alarm in alarms.values())
    watched = {
        alarm["Dimensions"][0]["Value"].get("Fn::GetAtt", [None])[0]
        for alarm in alarms.values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    dead = {name for name in of_type(templates, "AWS::SQS::Queue") if "DeadLetter" in name}
    assert watched == dead


def test_environment_is_what_the_settings_read(templates: Templates) -> None:
    given = functions(templates)["PlanRunLambdaFunction"]["Environment"]["Variables"]
    reading = (
        text("sluice/settings.py").partition("class LambdaSettings")[2].partition("class CommandLine")[0]
    )
    assert {name for name in given if name.startswith("SLUICE_")} == set(
        re.findall(r"SLUICE_\w+[A-Z]", reading)
    ) - {"SLUICE_"}


def test_every_output_that_the_code_reads_is_there(templates: Templates) -> None:
    read = set(re.findall(r"out(?:puts)?\[\"(\w+)\"\]", text("sluice/bootstrap/deployment.py")))
    assert read
    assert sorted(read - set(templates["dev"]["Outputs"])) == []


def test_artefact_keeps_every_service_that_is_called() -> None:
    called = set(re.findall(r"client\(\s*\"([\w-]+)\"", text("sluice/aws/session.py")))
    # Used by the command line only.
    assert called - {"cloudformation", "cloudfront", "cognito-idp"} <= set(artefact.KEPT_SERVICES)


def test_handlers_are_found_in_the_functions_file() -> None:
    modules = artefact_check.handlers(ROOT / "infra" / "functions.yml")
    assert "lambdas.fetch_pages" in modules["lambda"]
    assert "lambdas.write_lake" in modules["lake"]
    found = [module for known in modules.values() for module in known]
    assert all((ROOT / f"{module.replace('.', '/')}.py").is_file() for module in found)


def test_tools_are_pinned_and_the_lock_names_no_registry() -> None:
    wanted = json.loads(text("package.json"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    lock = text("package-lock.json")
    assert '"resolved"' not in lock
    assert "://" not in re.sub(r'"(url|funding)": "[^"]*"', "", lock)


def test_compose_listens_on_loopback_only() -> None:
    services = yaml.safe_load(text("tests/state_machines/compose.yaml"))["services"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"])
