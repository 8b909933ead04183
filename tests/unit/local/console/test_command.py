"""What the command line says and does of the console, short of starting one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.cli.console.config import config_of
from sluice.cli.demo import where_to_look
from sluice.cli.embedded import BroughtUp
from sluice.cli.main import run
from sluice.cli.reach import Reach

OUTPUTS = {"SignInUrl": "https://sluice-dev-1.auth.eu-north-1.amazoncognito.com", "UserPoolClientId": "c"}


def deployment(stage: str, endpoint: str | None) -> Deployment:
    found = Deployment(stage, "eu-north-1", endpoint)
    found.__dict__["outputs"] = OUTPUTS
    return found


def test_on_aws_people_sign_in_at_cognito() -> None:
    assert config_of(deployment("dev", None)) == {
        "authorize": f"{OUTPUTS['SignInUrl']}/oauth2/authorize",
        "token": f"{OUTPUTS['SignInUrl']}/oauth2/token",
        "logout": f"{OUTPUTS['SignInUrl']}/logout",
        "clientId": "c",
        "stage": "dev",
        "region": "eu-north-1",
        "awsConsole": True,
    }


def test_on_one_machine_people_sign_in_at_the_embedded_aws() -> None:
    found = config_of(deployment("local", "http://127.0.0.1:4566"))
    assert found["token"] == "http://127.0.0.1:4566/oauth2/token"
    assert (found["stage"], found["awsConsole"]) == ("local", False)


def test_on_aws_nothing_is_served_from_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLUICE_STAGE", "dev")
    assert run(["console"], Reach()) == 2
    assert "sluice console publish" in capsys.readouterr().err


def test_without_an_embedded_aws_the_way_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    reach = Reach()
    settings = {"home": tmp_path_factory.mktemp("home"), "is_local": True, "stage": "local", "endpoint": None}
    reach.__dict__["settings"] = SimpleNamespace(**settings)
    assert run(["console"], reach) == 1
    assert "sluice up" in capsys.readouterr().err


def test_the_last_lines_of_the_demo_are_the_address_and_a_login() -> None:
    first = where_to_look(BroughtUp("http://localhost:4173", "a-Password1")).splitlines()
    assert first[-2:] == [
        "The console: http://localhost:4173",
        "Sign in as admin with the password a-Password1",
    ]
    later = where_to_look(BroughtUp("http://localhost:4173", None))
    assert later.endswith("sluice users password admin --permanent")
    assert "no console" in where_to_look(BroughtUp(None, None))
