from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.settings import check_secrets, complete_settings, text_settings
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from tests.unit.connector.scripted import CONNECTOR, toy


@pytest.fixture
def connector() -> Connector:
    days = "    days: {type: integer, minimum: 1}\n    deep: {type: [boolean, 'null']}\nsecrets:\n"
    return toy(CONNECTOR.replace("secrets:\n", days + "  spare: {title: Spare, optional: true}\n"))


def test_defaults_complete_what_is_given(connector: Connector) -> None:
    assert complete_settings(connector, {"days": 3}) == {
        "base_url": "https://toy.example/v1",
        "from_day": "2026-11-01",
        "days": 3,
    }


@pytest.mark.parametrize(
    ("given", "code", "pointer", "says"),
    [
        ({"dais": 3}, "unknown_key", "/dais", "did you mean 'days'?"),
        ({"days": 0}, "out_of_range", "/days", "1 or more"),
        ({"days": "3"}, "wrong_type", "/days", "should be a whole number"),
        ({"from_day": "1.2.2026"}, "bad_form", "/from_day", "should be a date"),
        ({"base_url": "http://toy.example"}, "bad_url", "/base_url", "should start with https"),
        ({"base_url": "ftp://toy.example"}, "bad_url", "/base_url", "should be an https address"),
        ({"base_url": "file:///etc/passwd"}, "bad_url", "/base_url", "should be an https address"),
        ({"base_url": "toy.example/v1"}, "bad_url", "/base_url", "should be an https address"),
        ({"base_url": "https://user:pw@toy.example"}, "bad_url", "/base_url", "belong into the secrets"),
        ({"base_url": "https://toy.example/?a=1"}, "bad_url", "/base_url", "without '?'"),
        ({"base_url": "https://toy.example\\@evil"}, "bad_url", "/base_url", ""),
        ({"base_url": "https://toy.example:port"}, "bad_url", "/base_url", "no address"),
        ({"base_url": ""}, "bad_url", "/base_url", "should be an https address"),
    ],
)
def test_settings_that_do_not_fit(
    connector: Connector, given: dict[str, Any], code: str, pointer: str, says: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        complete_settings(connector, given)
    fault = caught.value.faults[0]
    assert (fault.code, fault.pointer) == (code, pointer)
    assert says in fault.message
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "given", "pointers"),
    [
        ("{setting: base_url}", {"base_url": "ftp://toy.example"}, ["/base_url"]),
        ('{join: ["http://", {setting: area}, ".toy.example/", {setting: from_day}]}', {}, ["/area"]),
        ('"http://toy.example"', {}, [""]),
    ],
)
def test_a_wrong_address_points_at_the_setting_that_it_is_made_of(
    address: str, given: dict[str, Any], pointers: list[str]
) -> None:
    area = "    area: {type: string, default: no}\nsecrets:\n"
    manifest = CONNECTOR.replace("secrets:\n", area).replace(
        "base_url: {setting: base_url}", f"base_url: {address}"
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        complete_settings(toy(manifest), given)
    assert [fault.pointer for fault in caught.value.faults] == pointers


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v2", "http://localhost/", "https://toy.example/v1/"])
def test_addresses_that_fit(connector: Connector, url: str) -> None:
    assert complete_settings(connector, {"base_url": url})["base_url"] == url


def test_texts_become_what_the_connector_declares(connector: Connector) -> None:
    given = {"days": "30", "deep": "true", "from_day": "2026-01-01", "other": "1"}
    assert text_settings(connector, given) == {
        "days": 30,
        "deep": True,
        "from_day": "2026-01-01",
        "other": "1",
    }
    assert text_settings(connector, {"days": "x", "deep": "null"}) == {"days": "x", "deep": None}


def test_secrets_are_asked_for_by_name(connector: Connector) -> None:
    assert check_secrets(connector, {"api_key", "spare"}) == []
    faults = check_secrets(connector, {"apikey"})
    assert [(fault.code, fault.pointer) for fault in faults] == [
        ("missing_secret", "/api_key"),
        ("unknown_secret", "/apikey"),
    ]
    assert "did you mean 'api_key'?" in faults[1].message
