"""A secret that was pasted into a file of a connector: the file is refused, the secret is shown to nobody."""

from __future__ import annotations

from random import Random

import pytest

from sluice.connector.load import check_connector
from sluice.faults import Fault
from sluice.mapping.load import check_mapping
from tests.unit.connector.scripted import CONNECTOR, STREAM, documents
from tests.unit.mapping.documents import HEAD, OneMapping

BEARER = "auth: {kind: bearer, token: {secret: api_key}}"
CLIENT = (
    "{kind: oauth2_client_credentials, token_url: 'https://a.example', client_id: x, client_secret: hunter2"
)
ISSUER = "token_url: 'https://a.example', issuer: x, key_id: y"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def made(size: int, seed: int, letters: str = _LETTERS) -> str:
    """Return a random word; the same for the same seed, so that no credential stands in this file."""
    return "".join(Random(seed).choices(letters, k=size))  # noqa: S311 - it protects nothing


SECRETS = {
    "an AWS access key": "AKIA" + made(16, 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "a GitHub token": "ghp_" + made(36, 2),
    "a GitLab token": "glpat-" + made(20, 3),
    "a Slack token": "xoxb-" + made(30, 4),
    "a Stripe key": "sk_live_" + made(24, 5),
    "a Google key": "AIza" + made(35, 6),
    "a JSON Web Token": "eyJ" + made(20, 7) + ".eyJ" + made(40, 8) + "." + made(43, 9),
    "an npm or SendGrid token": "npm_" + made(36, 10),
    "an Authorization header": "Bearer " + made(20, 11, "abcdefghij"),
    "a private key": f"-----BEGIN RSA {'PRIVATE'} KEY-----",  # in one piece it would look like one
}
RANDOM = {
    "hexadecimal": made(32, 12, "0123456789abcdef"),
    "base 64": made(43, 13, f"{_LETTERS}+/") + "=",
    "of both cases": made(40, 14),
    "of one case": made(32, 15, "abcdefghijklmnopqrstuvwxyz0123456789"),
}
ALL = SECRETS | {f"a random key, {name}": text for name, text in RANDOM.items()}


def said(faults: list[Fault]) -> str:
    return " ".join(str(fault) for fault in faults)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("request: {headers: {X-Key: 'SECRET'}}\n", "/request/headers/X-Key"),
        ("request: {query: {a: {join: [b, 'SECRET']}}}\n", "/request/query/a/join/1"),
        ("description: the key is SECRET, says Kari\n", "/description"),
        ("# SECRET\n", ""),
        ("serects: {x: SECRET}\n", "/serects/x"),
        ("request: {query: {'SECRET': x}}\n", "/request/query"),
        ("title: 'SECRET'\ntitle: again\n", None),
        ("errors: 'SECRET'\n", "/errors"),
    ],
)
def test_what_is_pasted_is_refused_with_its_place_and_not_shown(
    kind: str, place: str, at: str | None
) -> None:
    secret = ALL[kind]
    faults = check_connector(documents(stream=STREAM + place.replace("SECRET", secret)), "toy")
    assert faults
    assert secret not in said(faults)
    assert secret[6:30] not in said(faults)
    if at is not None:
        assert [(fault.code, fault.pointer) for fault in faults] == [("secret_in_file", at)]
        assert f"holds {kind.partition(',')[0]};" in faults[0].message
        assert "{secret: NAME}" in faults[0].message
        line = STREAM.count("\n") + 1
        assert faults[0].source == f"connectors/toy/thing.yaml:{line}"


@pytest.mark.parametrize("secret", ALL.values(), ids=ALL)
def test_it_is_found_in_a_mapping_too(secret: str) -> None:
    text = f"{HEAD}fields:\n  name: {{value: '{secret}'}}\n"
    faults = check_mapping(OneMapping(text), "x", "thing")
    assert [(fault.code, fault.pointer) for fault in faults] == [("secret_in_file", "/fields/name/value")]
    assert secret not in said(faults)


@pytest.mark.parametrize(
    ("auth", "at"),
    [
        ("{kind: bearer, token: hunter2}", "/auth/token"),
        ("{kind: bearer, token: {join: [hunter2, x]}}", "/auth/token"),
        ("{kind: bearer, token: {base64: hunter2}}", "/auth/token"),
        ("{kind: basic, username: kari, password: hunter2}", "/auth/password"),
        (
            CLIENT + "}",
            "/auth/client_secret",
        ),
        (
            CLIENT + ", client_authentication: body}",
            "/auth/client_secret",
        ),
        (f"{{kind: oauth2_jwt_bearer, {ISSUER}, private_key: hunter2}}", "/auth/private_key"),
    ],
)
def test_where_a_secret_belongs_none_is_written_out_however_it_looks(auth: str, at: str) -> None:
    faults = check_connector(documents(CONNECTOR.replace(BEARER, f"auth: {auth}")), "toy")
    assert [fault.pointer for fault in faults] == [at]
    assert "{secret: NAME}" in faults[0].message
    assert "hunter2" not in said(faults)


def test_a_fixed_letter_beside_a_secret_is_none() -> None:
    basic = "auth: {kind: basic, username: {secret: api_key}, password: X}"
    assert check_connector(documents(CONNECTOR.replace(BEARER, basic)), "toy") == []
