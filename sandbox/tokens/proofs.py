"""The private key that a sandbox gives out, and whether a client's assertion was signed with it (RFC 7523).

The key is made of fixed numbers: the same in every process, and worth nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sandbox.matching import Matcher
from sluice.connector.values import Call, evaluate

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
LONGEST = 3_600
_EXPONENT = 65_537
# From these on after a number made of the name, the next prime: finding one takes a second.
_PRIMES = {"p": 1_092, "q": 294}


class ProofRefused(Exception):
    """The assertion does not show that the client is who it says; the message says why."""


def pem_of(algorithm: str) -> str:
    """Return the private key for an algorithm in PEM on one line, as it stands in an environment variable."""
    pem = _key(algorithm).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode().strip().replace("\n", "\\n")


def check_assertion(expected: Call, assertion: str, matcher: Matcher, path: str) -> None:
    """Raise ProofRefused unless the assertion is signed and claims what the connector's template says.

    The audience has to be the token endpoint at ``path``, at whatever address the sandbox is.
    """
    private_key, key_id, template = expected.values
    algorithm, _ = expected.option
    given = (matcher.text(private_key) or "").replace("\\n", "\n").encode()
    options = {"verify_aud": False, "require": ["iss", "aud", "iat", "exp"]}
    try:
        public = serialization.load_pem_private_key(given, None).public_key()
        claims = jwt.decode(assertion, public, [algorithm], options)  # type: ignore[arg-type]
        kid = jwt.get_unverified_header(assertion).get("kid")
    except (jwt.PyJWTError, ValueError) as error:
        raise ProofRefused(f"the assertion is not good: {error}") from None
    if kid != matcher.text(key_id):
        raise ProofRefused("kid is not that of the sandbox's certificate")
    if claims["exp"] - claims["iat"] > LONGEST:
        raise ProofRefused(f"the assertion is good for more than {LONGEST} seconds")
    _check_claims(evaluate(template, matcher.scope), claims, path)


def _check_claims(wanted: Mapping[str, Any], claims: Mapping[str, Any], path: str) -> None:
    different = sorted(name for name, value in wanted.items() if name != "aud" and claims.get(name) != value)
    if different:
        raise ProofRefused(f"the claims {', '.join(different)} are not the sandbox's")
    if urlsplit(str(claims["aud"])).path != path:
        raise ProofRefused("the audience is another one than this token endpoint")


@cache
def _key(algorithm: str) -> PrivateKey:
    if algorithm.startswith("ES"):
        return ec.derive_private_key(_number("ec", 31), ec.SECP256R1())
    p, q = (_number(name, 128) | 3 << 1022 | 1 for name in _PRIMES)
    p, q = p + _PRIMES["p"], q + _PRIMES["q"]
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()


def _number(name: str, size: int) -> int:
    return int.from_bytes(hashlib.shake_256(f"sandbox/rsa/{name}".encode()).digest(size))
