from __future__ import annotations

import base64
import importlib
import json

import pytest
from ministack.core import iam_evaluator

from sluice.local.embedded_server import know_principals, name_groups, remember_conditions

POOL = "eu-north-1_pool"


@pytest.mark.parametrize("kind", ["access", "id"])
def test_a_refreshed_token_names_the_groups(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cognito = importlib.import_module("ministack.services.cognito")
    pool = {"_users": {"kari": {"_groups": ["ops"]}}}
    monkeypatch.setattr(cognito, "_get_pool_unscoped", lambda _: pool)
    monkeypatch.setattr(cognito, "_fake_token", cognito._fake_token)
    name_groups(cognito)
    # As MiniStack makes one for a refresh token: without groups.
    token = cognito._fake_token("7", POOL, "client", kind, username="kari", scope="openid", origin_jti="1")
    body = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["cognito:groups"] == ["ops"]


def test_a_condition_is_taken_apart_once_and_holds_for_the_same_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dynamodb = importlib.import_module("ministack.services.dynamodb")
    for name in ("_tokenize", "_condition_syntax_error"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    items = [{"pk": {"S": "p"}, "sk": {"S": f"{'at' if at % 2 else 'id'}#{at}"}} for at in range(50)]
    values = {":pk": {"S": "p"}, ":prefix": {"S": "at#"}}

    def holding() -> list[bool]:
        condition = "pk = :pk AND begins_with(sk, :prefix)"
        return [dynamodb._evaluate_condition(condition, item, values, {}) for item in items]

    before = holding()
    remember_conditions(dynamodb)
    assert holding() == before == [at % 2 == 1 for at in range(50)]
    assert dynamodb._condition_syntax_error.cache_info().misses == 1
    with pytest.raises(ValueError, match="Syntax error"):
        dynamodb._evaluate_condition("pk = = :pk", items[0], values, {})


ROLE = "arn:aws:iam::000000000000:role/reader"
SECRET = "arn:aws:secretsmanager:eu-north-1:000000000000:secret:sluice"
OWN = f"{SECRET}/${{aws:PrincipalTag/connection}}/credentials-??????"


@pytest.fixture
def knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_first_match", "_resolve_condition_key"):
        monkeypatch.setattr(iam_evaluator, name, getattr(iam_evaluator, name))
    know_principals(iam_evaluator)


def decided(resource: str, statement: dict[str, object], tags: dict[str, str]) -> str:
    asked = iam_evaluator.EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/reader/sluice-acme",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action="secretsmanager:GetSecretValue",
        resource_arn=resource,
        region="eu-north-1",
        principal_keys={f"aws:principaltag/{name}": value for name, value in tags.items()},
    )
    said = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", **statement}
    return iam_evaluator.evaluate(asked, [iam_evaluator.parse_policy_document({"Statement": said})]).decision


@pytest.mark.usefixtures("knowing")
@pytest.mark.parametrize(
    ("of", "tags", "expected"),
    [
        ("acme", {"connection": "acme"}, "Allow"),
        ("acme", {"connection": "acme2"}, "ImplicitDeny"),
        ("acme2", {"connection": "acme"}, "ImplicitDeny"),
        ("acme", {"tenant": "acme"}, "ImplicitDeny"),
        ("acme", {}, "ImplicitDeny"),
    ],
)
def test_a_resource_may_be_named_by_a_tag_that_the_principal_has(
    of: str, tags: dict[str, str], expected: str
) -> None:
    assert decided(f"{SECRET}/{of}/credentials-a1b2c3", {"Resource": OWN}, tags) == expected
    both = [OWN, "arn:aws:s3:::sluice/*"]
    assert decided(f"{SECRET}/{of}/credentials-a1b2c3", {"Resource": both}, tags) == expected


@pytest.mark.usefixtures("knowing")
@pytest.mark.parametrize(("role", "expected"), [(ROLE, "Allow"), (f"{ROLE}2", "ImplicitDeny")])
def test_the_principal_of_a_session_is_its_role(role: str, expected: str) -> None:
    condition = {"Condition": {"ArnEquals": {"aws:PrincipalArn": role}}, "Resource": "*"}
    assert decided(SECRET, condition, {}) == expected
