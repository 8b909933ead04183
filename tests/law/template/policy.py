"""What a template must hold to be deployed: a table of rules, each with what it says and what breaks it.

Our own rather than Checkov's or cfn-guard's: those judge each resource by itself, and most of what counts
here is between two (a queue and the policy that names it), or is a list of reasons; and each takes long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.law.template.reading import (
    Template,
    allows,
    guarded,
    identity_statements,
    listed,
    of_type,
    resource_statements,
)
from tests.law.template.tenants import FOR_ALL, by_itself, reaching_others


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; ``broken`` gives the places of a template that break it."""

    name: str
    says: str
    broken: Callable[[Template], Iterator[str]]


WITHOUT_RESOURCE = {
    "xray:PutTraceSegments": "X-Ray knows no resources",
    "xray:PutTelemetryRecords": "X-Ray knows no resources",
    "logs:CreateLogDelivery": "a state machine's own log: CloudWatch Logs knows no resource for deliveries",
    "logs:GetLogDelivery": "as CreateLogDelivery",
    "logs:UpdateLogDelivery": "as CreateLogDelivery",
    "logs:DeleteLogDelivery": "as CreateLogDelivery",
    "logs:ListLogDeliveries": "as CreateLogDelivery",
    "logs:PutResourcePolicy": "as CreateLogDelivery",
    "logs:DescribeResourcePolicies": "as CreateLogDelivery",
    "logs:DescribeLogGroups": "as CreateLogDelivery",
    "cloudwatch:GetMetricData": "CloudWatch knows no resource for reading",
    "secretsmanager:BatchGetSecretValue": "it gives what GetSecretValue gives, which names its secrets",
}
"""The actions that may be allowed on ``*``, each with the reason: AWS takes no other resource for them."""

KEYS_OWN = {
    ("TopicKey", "Account"): "what AWS asks for in every key's policy: the account's own roles decide"
}
"""Statements of resources' policies that may allow every action, each with the reason."""

NOT_SECRET = {"SLUICE_SECRETS_PREFIX": "where secrets lie, not what they are"}
"""Variables that are named like a secret and hold none, each with the reason."""

THIS_ACCOUNT = {"kms:CallerAccount", "aws:SourceAccount", "aws:PrincipalAccount", "aws:SourceArn"}
_SECRET_NAME = re.compile(r"SECRET|PASSW|TOKEN|CREDENTIAL|API_?KEY|PRIVATE_?KEY", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{20,}$|AKIA|BEGIN [A-Z ]*PRIVATE")


def _wild_actions(template: Template) -> Iterator[str]:
    for holder, found in identity_statements(template):
        yield from (f"{holder}: {one}" for one in allows(found) if "*" in one)
        yield from [f"{holder}: NotAction"] if {"NotAction", "NotResource"} & set(found) else []
    for holder, found in resource_statements(template):
        wild = [one for one in allows(found) if one.endswith((":*", "*:*")) or one == "*"]
        if wild and (holder, found.get("Sid")) not in KEYS_OWN:
            yield f"{holder}: {', '.join(wild)}"


def _wild_resources(template: Template) -> Iterator[str]:
    for holder, found in identity_statements(template):
        if "*" in listed(found.get("Resource")):
            yield from (f"{holder}: {one}" for one in allows(found) if one not in WITHOUT_RESOURCE)


def _trusted(template: Template) -> Iterator[str]:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for found in role["AssumeRolePolicyDocument"]["Statement"]:
            services = listed(found["Principal"].get("Service"))
            by_service = set(found["Principal"]) == {"Service"} and "*" not in services
            if not by_service and not by_itself(role, found):
                yield name


def _of_others(template: Template) -> Iterator[str]:
    return (holder for holder in reaching_others(template) if holder not in FOR_ALL)


def _same_sids(template: Template) -> Iterator[str]:
    for (holder, document), names in _sids(template).items():
        if len(set(names)) < len(names):
            yield f"{holder} {document}".strip()


def _sids(template: Template) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for name, resource in template["Resources"].items():
        given = resource.get("Properties", {})
        own = given.get("Policies") if resource["Type"] == "AWS::IAM::Role" else None
        inline = [(one["PolicyName"], one["PolicyDocument"]) for one in listed(own)]
        whole = [("", given[key]) for key in ("PolicyDocument", "KeyPolicy") if key in given]
        for title, document in inline + whole:
            found[name, title] = [one["Sid"] for one in document["Statement"] if "Sid" in one]
    return found


def _open_to_all(template: Template) -> Iterator[str]:
    for holder, found in resource_statements(template):
        everybody = "*" in listed(found.get("Principal")) or "*" in listed(
            found["Principal"].get("AWS") if isinstance(found.get("Principal"), dict) else None
        )
        named = {key for condition in found.get("Condition", {}).values() for key in condition}
        if found["Effect"] == "Allow" and everybody and not named & THIS_ACCOUNT:
            yield f"{holder}: {found.get('Sid', '')}"
    for name, permission in of_type(template, "AWS::Lambda::Permission").items():
        if permission["Principal"] == "*" or not permission.get("SourceArn"):
            yield name


def _public_buckets(template: Template) -> Iterator[str]:
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        blocked = bucket.get("PublicAccessBlockConfiguration", {})
        if len(blocked) != 4 or set(blocked.values()) != {True}:
            yield name


def _lacking(kind: str, *path: str) -> Callable[[Template], Iterator[str]]:
    """Return the rule that every resource of a kind has something, and not False, at a path."""

    def broken(template: Template) -> Iterator[str]:
        for name, given in of_type(template, kind).items():
            found: Any = given
            for step in path:
                found = found.get(step) if isinstance(found, dict) else None
            if found in (None, False, "", "Inactive", "NONE", 0):
                yield name

    return broken


def _plain(kind: str, policies: str, names: str) -> Callable[[Template], Iterator[str]]:
    """Return the rule that every resource of a kind is in a policy that refuses requests without TLS."""
    return lambda template: iter(sorted(set(of_type(template, kind)) - guarded(template, policies, names)))


def _lost_messages(template: Template) -> Iterator[str]:
    queues = of_type(template, "AWS::SQS::Queue")
    for name, queue in queues.items():
        if "DeadLetter" not in name and "RedrivePolicy" not in queue:
            yield name
    for kind in ("AWS::SNS::Subscription",):
        yield from (name for name, one in of_type(template, kind).items() if "RedrivePolicy" not in one)


def _forgotten_data(template: Template) -> Iterator[str]:
    for name, resource in template["Resources"].items():
        data = resource["Type"] in {"AWS::S3::Bucket", "AWS::DynamoDB::Table"}
        # The bucket of osls holds what is built anew.
        if data and name != "ServerlessDeploymentBucket":
            kept = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
            yield from [name] if kept != {"Retain"} else []
    for name, table in of_type(template, "AWS::DynamoDB::Table").items():
        yield from [f"{name} can be deleted"] if str(table.get("DeletionProtectionEnabled")) != "true" else []
    for name, pool in of_type(template, "AWS::Cognito::UserPool").items():
        yield from [name] if pool.get("DeletionProtection") != "ACTIVE" else []


def _secrets_in_sight(template: Template) -> Iterator[str]:
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        for variable, given in function.get("Environment", {}).get("Variables", {}).items():
            named = _SECRET_NAME.search(variable) and variable not in NOT_SECRET
            if named or (isinstance(given, str) and _SECRET_TEXT.search(given)):
                yield f"{name}: {variable}"


def _data_in_logs(template: Template) -> Iterator[str]:
    for name, machine in of_type(template, "AWS::StepFunctions::StateMachine").items():
        logged = machine.get("LoggingConfiguration", {})
        if logged.get("IncludeExecutionData") is not False or not logged.get("Destinations"):
            yield name
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        known = function.get("Environment", {}).get("Variables", {})
        captured = {key for key in known if "LOG_EVENT" in key or "TRACER_CAPTURE" in key}
        if len(captured) != 3 or {known[key] for key in captured} != {"false"}:
            yield name


def _unbounded(template: Template) -> Iterator[str]:
    for name, source in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        yield from [name] if not source.get("ScalingConfig", {}).get("MaximumConcurrency") else []
    for name, stage in of_type(template, "AWS::ApiGatewayV2::Stage").items():
        limits = stage.get("DefaultRouteSettings", {})
        if not (limits.get("ThrottlingBurstLimit") and limits.get("ThrottlingRateLimit")):
            yield name


def _open_routes(template: Template) -> Iterator[str]:
    for name, route in of_type(template, "AWS::ApiGatewayV2::Route").items():
        if route.get("AuthorizationType") != "JWT" or not route.get("AuthorizerId"):
            yield name
    for name, pool in of_type(template, "AWS::Cognito::UserPool").items():
        own = pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly")
        long = pool.get("Policies", {}).get("PasswordPolicy", {}).get("MinimumLength", 0) >= 14
        yield from [name] if own is not True or not long else []


def _plain_http(template: Template) -> Iterator[str]:
    for name, given in of_type(template, "AWS::CloudFront::Distribution").items():
        config = given["DistributionConfig"]
        for one in [config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())]:
            if one["ViewerProtocolPolicy"] not in {"https-only", "redirect-to-https"}:
                yield f"{name}: {one.get('PathPattern', 'default')}"
        for origin in config["Origins"]:
            own = origin.get("CustomOriginConfig", {"OriginProtocolPolicy": "https-only"})
            yield from [f"{name}: {origin['Id']}"] if own["OriginProtocolPolicy"] != "https-only" else []


RULES = (
    Rule("actions", "Nobody is allowed actions by a pattern.", _wild_actions),
    Rule("resources", "`*` is a resource only where AWS takes no other.", _wild_resources),
    Rule("trust", "Roles are taken on by AWS's services, and by themselves for one connection.", _trusted),
    Rule("tenants", "Who works for one connection reaches nothing of another.", _of_others),
    Rule("sids", "In a policy no two statements have one name: AWS refuses that.", _same_sids),
    Rule("public", "No policy and no permission lets in the world.", _open_to_all),
    Rule("public-buckets", "No bucket can be made public.", _public_buckets),
    Rule("buckets-encrypted", "Buckets encrypt.", _lacking("AWS::S3::Bucket", "BucketEncryption")),
    Rule(
        "buckets-tls",
        "Buckets refuse plain HTTP.",
        _plain("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
    ),
    Rule("queues-encrypted", "Queues encrypt.", _lacking("AWS::SQS::Queue", "SqsManagedSseEnabled")),
    Rule(
        "queues-tls",
        "Queues refuse plain HTTP.",
        _plain("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ),
    Rule("dead-letters", "What cannot be delivered is kept.", _lost_messages),
    Rule("topics-encrypted", "Topics encrypt.", _lacking("AWS::SNS::Topic", "KmsMasterKeyId")),
    Rule(
        "topics-tls",
        "Topics refuse plain HTTP.",
        _plain("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ),
    Rule("keys", "Keys are rotated.", _lacking("AWS::KMS::Key", "EnableKeyRotation")),
    Rule(
        "tables-encrypted",
        "Tables encrypt.",
        _lacking("AWS::DynamoDB::Table", "SSESpecification", "SSEEnabled"),
    ),
    Rule(
        "tables-recoverable",
        "Tables can be put back to any second of 35 days.",
        _lacking("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"),
    ),
    Rule("data-kept", "What holds data outlives the stack.", _forgotten_data),
    Rule("logs", "Logs forget.", _lacking("AWS::Logs::LogGroup", "RetentionInDays")),
    Rule("log-data", "Neither logs nor traces hold events, inputs or results.", _data_in_logs),
    Rule("environment", "No secret stands in an environment.", _secrets_in_sight),
    Rule(
        "traced-functions",
        "Functions are traced.",
        _lacking("AWS::Lambda::Function", "TracingConfig", "Mode"),
    ),
    Rule(
        "traced-machines",
        "State machines are traced.",
        _lacking("AWS::StepFunctions::StateMachine", "TracingConfiguration", "Enabled"),
    ),
    Rule("bounded", "Whatever is called from outside is called so often at once, and no more.", _unbounded),
    Rule("signed-in", "Every route takes a token, and users are made by admins.", _open_routes),
    Rule("https", "Browsers and origins speak HTTPS.", _plain_http),
)


def broken(template: Template) -> dict[str, list[str]]:
    """Return the places that break a rule, by the names of the rules that are broken."""
    found = {rule.name: list(rule.broken(template)) for rule in RULES}
    return {name: places for name, places in found.items() if places}
