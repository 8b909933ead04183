"""What infra/ promises of the API and of who may sign in, judged on the template that osls makes."""

from __future__ import annotations

import json
import re

from lambdas.api.roles import Role
from sluice.ports.users import GROUPS
from tests.law.test_infra import Resources, Templates, functions, granted, of_type
from tests.law.tree import text


def test_environment_of_the_api_is_what_its_settings_read(templates: Templates) -> None:
    given = functions(templates)["ServeApiLambdaFunction"]["Environment"]["Variables"]
    reading = text("sluice/settings.py").partition("class ApiSettings")[2].partition("\nclass ")[0]
    own = set(re.findall(r"SLUICE_\w+[A-Z]", reading))
    others = set(functions(templates)["PlanRunLambdaFunction"]["Environment"]["Variables"])
    assert own
    assert set(given) - others == own


def test_every_route_of_the_api_takes_an_access_token(templates: Templates, resources: Resources) -> None:
    routes = of_type(templates, "AWS::ApiGatewayV2::Route")
    # One for every method: browsers ask through the console's own origin, so none asks for leave (OPTIONS).
    assert {route["RouteKey"] for route in routes.values()} == {"ANY /{proxy+}"}
    for route in routes.values():
        assert route["AuthorizationType"] == "JWT"
        assert route["AuthorizerId"] == {"Ref": "ApiAuthorizer"}
    token = resources["ApiAuthorizer"]["JwtConfiguration"]
    assert token["Audience"] == [{"Ref": "UserPoolClient"}]
    assert "${UserPool}" in token["Issuer"]["Fn::Sub"]


def test_no_page_of_another_origin_may_ask_the_api(templates: Templates) -> None:
    for stage in templates:
        assert "CorsConfiguration" not in of_type(templates, "AWS::ApiGatewayV2::Api", stage)["Api"]


def test_the_api_is_throttled_and_its_log_holds_no_query(resources: Resources) -> None:
    stage = resources["ApiStage"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert not [found for found in logged.values() if "query" in found.lower() or "authorization" in found]
    assert resources["ServeApiRole"]


def test_nobody_signs_up_and_passwords_are_strong(templates: Templates, resources: Resources) -> None:
    pool = resources["UserPool"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 14
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    groups = of_type(templates, "AWS::Cognito::UserPoolGroup").values()
    ranked = sorted(groups, key=lambda group: -group["Precedence"])
    assert [group["GroupName"] for group in ranked] == [role.value for role in Role] == list(GROUPS)


def test_tokens_of_the_console_are_short_and_by_code(resources: Resources) -> None:
    client = resources["UserPoolClient"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert client["AccessTokenValidity"] <= 15
    assert client["EnableTokenRevocation"] is True


def test_the_api_reads_no_secrets_but_those_it_needs(templates: Templates) -> None:
    mine = [statement for holder, statement in granted(templates) if holder == "ServeApiRole"]
    reading = [one for one in mine if "secretsmanager:GetSecretValue" in one["Action"]]
    kinds = [json.dumps(one["Resource"]).rpartition("/")[2].partition("*")[0] for one in reading]
    # Credentials to keep those that are not given again, sessions to log in in turn with runs.
    assert sorted(kinds) == ["credentials", "receiver", "session"]
    [passing] = [one for one in mine if one["Action"] == ["iam:PassRole"]]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_only_who_logs_in_to_erps_reads_their_sessions(templates: Templates) -> None:
    """As docs/security.md and docs/adr/0013 say: the functions that read ERPs, and the API to try them."""
    reading = {
        holder
        for holder, found in granted(templates)
        if "secretsmanager:GetSecretValue" in found["Action"] and "/session" in json.dumps(found["Resource"])
    }
    of_erps = {"FetchPagesRole", "ReadWindowRole", "LookForNewsRole", "ProbeDescriptionRole"}
    assert reading == {*of_erps, "ServeApiRole"}
