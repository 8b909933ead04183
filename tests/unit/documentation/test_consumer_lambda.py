"""docs/consumers/lambda/: what its template promises, and that its handler is what the document shows."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.consumer import once

DOCS = Path(__file__).parents[3] / "docs"
FOLDER = DOCS / "consumers/lambda"
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "template.yml").read_text())["Resources"]
    return found


def properties(resources: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources[name]["Properties"]
    return found


def test_a_message_stays_hidden_for_six_times_what_the_function_may_take(resources: dict[str, Any]) -> None:
    hidden = properties(resources, "Queue")["VisibilityTimeout"]
    assert hidden >= 6 * properties(resources, "Function")["Timeout"]


def test_messages_are_kept_as_long_as_sqs_keeps_any_and_given_up_after_five_times(
    resources: dict[str, Any],
) -> None:
    for name in ("Queue", "DeadLetters"):
        assert properties(resources, name)["MessageRetentionPeriod"] == 14 * DAY
    assert properties(resources, "Queue")["RedrivePolicy"]["maxReceiveCount"] >= 5


def test_failed_messages_come_again_alone(resources: dict[str, Any]) -> None:
    assert properties(resources, "FromQueue")["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_versions_never_expire_and_what_was_done_does(resources: dict[str, Any]) -> None:
    assert "TimeToLiveSpecification" not in properties(resources, "RecordsTable")
    assert resources["RecordsTable"]["DeletionPolicy"] == "Retain"
    assert properties(resources, "DoneTable")["TimeToLiveSpecification"]["AttributeName"] == "expiration"
    assert 2 * properties(resources, "Queue")["MessageRetentionPeriod"] <= once.DAYS * DAY


def test_only_the_topic_may_send(resources: dict[str, Any]) -> None:
    statements = properties(resources, "FromTopic")["PolicyDocument"]["Statement"]
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "sns.amazonaws.com"}
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "TopicArn"}}}


def test_the_role_may_do_nothing_to_anything_else(resources: dict[str, Any]) -> None:
    (policy,) = properties(resources, "Role")["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        assert not any(action.endswith("*") for action in statement["Action"])
        assert isinstance(statement["Resource"], dict), "one resource, named"
        assert statement["Resource"] != {"Ref": "AWS::NoValue"}


def test_age_dead_letters_and_security_are_watched(resources: dict[str, Any]) -> None:
    alarms = {
        name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert {one["MetricName"] for one in alarms.values()} == {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "SecurityRefusals",
    }
    (transformation,) = properties(resources, "SecurityFilter")["MetricTransformations"]
    assert transformation["MetricName"] == "SecurityRefusals"
    # What sluice/consumer/sqs.py logs.
    assert properties(resources, "SecurityFilter")["FilterPattern"] == "{ $.security IS TRUE }"


def test_the_handler_reads_what_the_template_gives_it(resources: dict[str, Any]) -> None:
    code = ast.parse((FOLDER / "handler.py").read_text())
    read = {
        node.slice.value
        for node in ast.walk(code)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    given = set(properties(resources, "Function")["Environment"]["Variables"])
    assert read == given - {"POWERTOOLS_SERVICE_NAME"}
