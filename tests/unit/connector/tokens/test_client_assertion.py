"""Signed client assertions, as the verifying side reads them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from urllib.parse import parse_qsl

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sluice.connector.outcomes import LoggedIn
from sluice.connector.reader import StreamReader
from sluice.errors import ConfigurationInvalid, CredentialsRejected
from tests.unit.connector.scripted import NOW, reply
from tests.unit.connector.tokens.kinds import SIGNED, TOKEN_URL, reading, sent, tokens

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NO_PASSPHRASE = serialization.NoEncryption()
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65_537, 2048)


def pem(
    key: Key,
    form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8,
    encryption: serialization.KeySerializationEncryption = NO_PASSPHRASE,
) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, encryption).decode()


def public_pem(key: Key) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def signing(algorithm: str = "ES256", key: str | None = None, extra: str = "") -> StreamReader:
    auth = SIGNED.replace("algorithm: ES256\n", f"algorithm: {algorithm}\n{extra}")
    given = pem(EC_KEY) if key is None else key
    return reading(auth, secrets={"client_id": "id-1", "key_id": "cert-1", "private_key": given})


def assertion(reader: StreamReader) -> str:
    form = dict(parse_qsl((sent(reader).body or b"").decode()))
    text = form.pop("client_assertion")
    assert form == {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    return text


def claims(reader: StreamReader, algorithm: str = "ES256", key: Key = EC_KEY) -> dict[str, Any]:
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    found: dict[str, Any] = jwt.decode(assertion(reader), key.public_key(), [algorithm], options)
    return found


@pytest.mark.parametrize(("algorithm", "key"), [("ES256", EC_KEY), ("PS256", RSA_KEY), ("RS256", RSA_KEY)])
def test_an_assertion_is_signed_by_every_algorithm(algorithm: str, key: Key) -> None:
    reader = signing(algorithm, pem(key))
    assert claims(reader, algorithm, key) == {
        "iss": "id-1",
        "scope": ["restlets", "rest_webservices"],
        "aud": TOKEN_URL,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 300,
    }
    header = jwt.get_unverified_header(assertion(reader))
    assert header == {"typ": "JWT", "alg": algorithm, "kid": "cert-1"}
    assert reader.receive(tokens()) == LoggedIn()


def test_an_assertion_may_claim_more_and_hold_longer() -> None:
    extra = "  audience: https://aud.example\n  lifetime_seconds: 60\n"
    extra += "  claims: {sub: {secret: client_id}, roles: [a, b]}\n"
    found = claims(signing(extra=extra))
    assert found["aud"] == "https://aud.example"
    assert found["exp"] - found["iat"] == 60
    assert (found["sub"], found["roles"]) == ("id-1", ["a", "b"])


@pytest.mark.parametrize(
    "key",
    [
        pem(EC_KEY).replace("\n", "\\n"),
        "\n  " + pem(EC_KEY),
        pem(EC_KEY, serialization.PrivateFormat.TraditionalOpenSSL),
    ],
    ids=["line breaks written out", "space around it", "SEC 1"],
)
def test_a_key_is_read_as_people_paste_it(key: str) -> None:
    assert claims(signing(key=key))["iss"] == "id-1"


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", "no-key-at-all"),
        ("ES256", ""),
        ("ES256", pem(RSA_KEY)),
        ("PS256", pem(EC_KEY)),
        ("ES256", pem(EC_KEY)[:120]),
        ("PS256", pem(EC_KEY).replace("PRIVATE", "PUBLIC")),
        ("PS256", public_pem(RSA_KEY)),
        ("ES256", public_pem(EC_KEY)),
        ("ES256", pem(ec.generate_private_key(ec.SECP384R1()))),
        ("PS256", pem(RSA_KEY, encryption=serialization.BestAvailableEncryption(b"passphrase"))),
    ],
)
def test_a_key_that_cannot_sign_is_told_by_the_name_of_its_secret(algorithm: str, key: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="'private_key' is no private key") as caught:
        signing(algorithm, key).next_request()
    assert [(fault.code, fault.pointer) for fault in caught.value.faults] == [
        ("bad_private_key", "/private_key")
    ]
    assert not [line for line in key.splitlines() if line and line in str(caught.value)]
    assert caught.value.__cause__ is None


def test_an_assertion_that_the_vendor_quotes_is_not_told() -> None:
    reader = signing()
    text = assertion(reader)
    quoted = assertion(reader)
    assert text != quoted
    with pytest.raises(CredentialsRejected) as caught:
        reader.receive(reply({"error": "invalid_client", "error_description": quoted}, 400))
    assert quoted.rpartition(".")[0] not in str(caught.value)


def test_nothing_is_loaded_for_signing_until_something_is_signed() -> None:
    code = "import sys, sluice.connector.load, sluice.connector.reader; "
    code += "sys.exit(any(name in sys.modules for name in ('jwt', 'cryptography')))"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603
    assert done.returncode == 0
