"""The deployed template holds every rule of the policy; and each rule refuses a template that breaks it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.law.template.policy import KEYS_OWN, NOT_SECRET, RULES, WITHOUT_RESOURCE, broken
from tests.law.template.reading import Template, allows, identity_statements, of_type, written
from tests.law.template.tenants import FOR_ALL, OWN, reaching_others

GONE = object()
"""In a mutation: what was there is there no more."""

OPEN = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
WILD = {"Sid": "Wild", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::sluice"}
ANYTHING = {"Sid": "Any", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}
REVERSED = {"Sid": "Any", "Effect": "Allow", "NotAction": ["iam:PassRole"], "Resource": "arn:aws:s3:::sluice"}
STRANGERS = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
EVERY = {"Sid": "All", "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*"}

_ROLE = "PlanRunRole/Policies/0/PolicyDocument/Statement/+"
_TRUST = "PlanRunRole/AssumeRolePolicyDocument/Statement/+"
_ITSELF = "PlanRunRole/AssumeRolePolicyDocument/Statement/1"
_READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": ["secretsmanager:GetSecretValue"],
    "Resource": "arn:aws:secretsmanager:eu-north-1:1:secret:sluice/dev/*/credentials-??????",
}
_LAKE = "LakeQueuesPolicy/PolicyDocument/Statement/0"
_VARIABLES = "PlanRunLambdaFunction/Environment/Variables"
_KEY = "TopicKey/KeyPolicy/Statement/1/Condition"

MUTATIONS: list[tuple[str, str, Any]] = [
    ("actions", _ROLE, WILD),
    ("actions", _ROLE, REVERSED),
    ("actions", "InformationQueuesPolicy/PolicyDocument/Statement/+", EVERY),
    ("resources", _ROLE, ANYTHING),
    ("trust", _TRUST, STRANGERS),
    ("trust", _TRUST, {**STRANGERS, "Principal": {"Service": "*"}}),
    ("trust", f"{_ITSELF}/Condition/ArnEquals", GONE),
    ("trust", f"{_ITSELF}/Condition/StringLike", GONE),
    ("trust", "PlanRunRole/RoleName", "another"),
    ("tenants", _ROLE, {**_READ, "Resource": {"Fn::Sub": "arn:aws:secretsmanager:a:b:secret:sluice/dev/*"}}),
    ("tenants", "CommitCursorRole/Policies/0/PolicyDocument/Statement/+", _READ),
    ("tenants", _ROLE, {**_READ, "Resource": [{"Fn::Sub": "${DataBucket.Arn}/raw/*"}]}),
    ("sids", "PlanRunRole/Policies/0/PolicyDocument/Statement/2/Sid", "Trace"),
    ("public", "PrivateQueuesPolicy/PolicyDocument/Statement/+", OPEN),
    ("public", "DataBucketPolicy/PolicyDocument/Statement/+", {**OPEN, "Principal": {"AWS": ["*"]}}),
    ("public", _KEY, {"StringEquals": {"kms:ViaService": "sns.eu-north-1.amazonaws.com"}}),
    ("public", "ApiMayCall/SourceArn", GONE),
    ("public", "ApiMayCall/Principal", "*"),
    ("public-buckets", "DataBucket/PublicAccessBlockConfiguration/BlockPublicPolicy", False),
    ("public-buckets", "ConsoleBucket/PublicAccessBlockConfiguration/IgnorePublicAcls", GONE),
    ("buckets-encrypted", "ConsoleBucket/BucketEncryption", GONE),
    ("buckets-tls", "DataBucketPolicy/PolicyDocument/Statement/0/Condition", GONE),
    ("queues-encrypted", "LakeQueue/SqsManagedSseEnabled", False),
    ("queues-tls", "LakeQueuesPolicy/Queues/0", GONE),
    ("queues-tls", f"{_LAKE}/Condition/Bool/aws:SecureTransport", "true"),
    ("dead-letters", "LakeQueue/RedrivePolicy", GONE),
    ("dead-letters", "LakeSubscription/RedrivePolicy", GONE),
    ("topics-encrypted", "OperatorsTopic/KmsMasterKeyId", GONE),
    ("topics-tls", "OutsideTopicsPolicy/PolicyDocument/Statement/0", GONE),
    ("keys", "TopicKey/EnableKeyRotation", False),
    ("tables-encrypted", "StateTable/SSESpecification/SSEEnabled", False),
    ("tables-recoverable", "RunsTable/PointInTimeRecoverySpecification", GONE),
    ("data-kept", "/StateTable/DeletionPolicy", "Delete"),
    ("data-kept", "/DataBucket/UpdateReplacePolicy", GONE),
    ("data-kept", "StateTable/DeletionProtectionEnabled", "false"),
    ("data-kept", "UserPool/DeletionProtection", "INACTIVE"),
    ("logs", "SyncLogGroup/RetentionInDays", GONE),
    ("log-data", "SyncStateMachine/LoggingConfiguration/IncludeExecutionData", True),
    ("log-data", f"{_VARIABLES}/POWERTOOLS_LOGGER_LOG_EVENT", "true"),
    ("log-data", f"{_VARIABLES}/POWERTOOLS_TRACER_CAPTURE_ERROR", GONE),
    ("environment", f"{_VARIABLES}/SLUICE_API_KEY", {"Ref": "Key"}),
    ("environment", f"{_VARIABLES}/SLUICE_SALT", "c2VjcmV0LTdmM2E5MS1jYW5hcnk9"),
    ("environment", f"{_VARIABLES}/SLUICE_OTHER", "AK" + "IAIOSFODNN7EXAMPLE"),
    ("traced-functions", "PlanRunLambdaFunction/TracingConfig", GONE),
    ("traced-machines", "SyncStateMachine/TracingConfiguration/Enabled", False),
    ("bounded", "TransformEventSourceMappingSQSErpSystemQueue/ScalingConfig", GONE),
    ("bounded", "ApiStage/DefaultRouteSettings/ThrottlingRateLimit", GONE),
    ("signed-in", "ApiRoute/AuthorizationType", "NONE"),
    ("signed-in", "UserPool/AdminCreateUserConfig/AllowAdminCreateUserOnly", False),
    (
        "https",
        "ConsoleDistribution/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy",
        "allow-all",
    ),
    (
        "https",
        "ConsoleDistribution/DistributionConfig/Origins/1/CustomOriginConfig/OriginProtocolPolicy",
        "match-viewer",
    ),
]
"""The broken rule, a place below a resource's properties (behind ``/``: below itself), what is there."""


def mutated(template: Template, place: str, value: Any) -> Template:
    """Return the template with a value put at a place, added to a list (``+``) or taken away."""
    found = copy.deepcopy(template)
    whole = place.startswith("/")
    name, *path = place.removeprefix("/").split("/")
    target: Any = found["Resources"][name] if whole else found["Resources"][name]["Properties"]
    *above, last = [int(step) if step.isdigit() else step for step in path]
    for step in above:
        target = target[step]
    if last == "+":
        target.append(value)
    elif value is GONE:
        del target[last]
    else:
        target[last] = value
    return found


def test_what_is_deployed_breaks_no_rule(templates: dict[str, Template]) -> None:
    assert broken(templates["dev"]) == {}


def test_on_one_machine_nothing_but_the_data_is_kept_less(templates: dict[str, Template]) -> None:
    assert set(broken(templates["local"])) == {"data-kept"}


@pytest.mark.parametrize(("rule", "place", "value"), MUTATIONS, ids=[f"{m[0]}:{m[1]}" for m in MUTATIONS])
def test_a_template_that_breaks_a_rule_is_refused_by_it(
    templates: dict[str, Template], rule: str, place: str, value: Any
) -> None:
    found = broken(mutated(templates["dev"], place, value))
    assert set(found) == {rule}
    assert all(found.values())


def test_every_rule_is_broken_by_a_mutation() -> None:
    assert {rule for rule, _, _ in MUTATIONS} == {rule.name for rule in RULES}


def test_every_exception_is_used_and_has_a_reason(templates: dict[str, Template]) -> None:
    granted = {
        action
        for _, found in identity_statements(templates["dev"])
        if found["Resource"] == "*"
        for action in allows(found)
    }
    assert granted == set(WITHOUT_RESOURCE)
    variables = {
        name
        for one in of_type(templates["dev"], "AWS::Lambda::Function").values()
        for name in one["Environment"]["Variables"]
    }
    assert set(NOT_SECRET) <= variables
    assert set(reaching_others(templates["dev"])) == set(FOR_ALL)
    exceptions = (WITHOUT_RESOURCE, KEYS_OWN, NOT_SECRET, FOR_ALL)
    assert all(reason for one in exceptions for reason in one.values())


def test_who_is_allowed_by_a_tag_knows_which_role_to_take_on(templates: dict[str, Template]) -> None:
    template = templates["dev"]
    by_tag = {holder for holder, found in identity_statements(template) if OWN in str(found.get("Resource"))}
    roles = of_type(template, "AWS::IAM::Role")
    own = {name: f":role/{written(roles[name].get('RoleName'))}" for name in by_tag}
    known = {
        one["Role"]["Fn::GetAtt"][0]: one["Environment"]["Variables"].get("SLUICE_OWN_ROLE", {})
        for one in of_type(template, "AWS::Lambda::Function").values()
    }
    assert len(by_tag) > 10
    assert {name for name, value in known.items() if value} >= by_tag
    assert all(written(known[name]).endswith(end) for name, end in own.items())
