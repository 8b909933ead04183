from __future__ import annotations

import base64
import importlib
import json

import pytest

from sluice.local.embedded_server import name_groups, remember_conditions

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
