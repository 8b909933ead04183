"""What infra/ promises of the API and of who may sign in, judged on the template that osls makes."""

from __future__ import annotations

import json
import re

from lambdas.api.roles import LOWEST, Role
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
    methods = {called.partition(" ")[0] for called in LOWEST}
    # OPTIONS is answered by the API's own CORS: a browser sends no token with it.
    assert {route["RouteKey"] for route in routes.values()} == {f"{method} /{{proxy+}}" for method in methods}
    for route in routes.values():
        assert route["AuthorizationType"] == "JWT"
        assert route["AuthorizerId"] == {"Ref": "ApiAuthorizer"}
    token = resources["ApiAuthorizer"]["JwtConfiguration"]
    assert token["Audience"] == [{"Ref": "UserPoolClient"}]
    assert "${UserPool}" in token["Issuer"]["Fn::Sub"]


def test_the_api_speaks_to_the_consoles_page_only(templates: Templates) -> None:
    cors = of_type(templates, "AWS::ApiGatewayV2::Api")["Api"]["CorsConfiguration"]
    assert len(cors["AllowOrigins"]) == 1
    assert "*" not in json.dumps(cors)
    assert "AllowCredentials" not in cors
    # The embedded AWS reads the same under names of its own.
    here = of_type(templates, "AWS::ApiGatewayV2::Api", "local")["Api"]["CorsConfiguration"]
    assert {name[0].upper() + name[1:]: found for name, found in here.items()} == cors


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


def test_the_api_reads_no_session_of_an_erp(templates: Templates) -> None:
    mine = [statement for holder, statement in granted(templates) if holder == "ServeApiRole"]
    reading = [one for one in mine if "secretsmanager:GetSecretValue" in one["Action"]]
    assert all("/credentials" in json.dumps(one["Resource"]) for one in reading)
    [passing] = [one for one in mine if one["Action"] == ["iam:PassRole"]]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
