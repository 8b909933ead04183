"""Signs a JSON Web Token with a private key: how a client says who it is without a password (RFC 7523, 2.2).

What the token claims is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of


def signed_assertion(header: Mapping[str, Any], claims: Mapping[str, Any], key: str, secret: str) -> str:
    """Return the signed token in its compact form; ``header`` names the algorithm (``alg``).

    ``key`` is a private key in PEM. Raises ConfigurationInvalid, which names the ``secret`` that holds it and
    never its text, where it cannot be read or is of another sort than the algorithm needs.
    """
    # Loaded here: it takes 70 ms, which every Lambda would pay at its start for the few connectors that sign.
    jwt, pem = import_module("jwt"), import_module("cryptography.hazmat.primitives.serialization")
    unsupported = import_module("cryptography.exceptions").UnsupportedAlgorithm
    algorithm = str(header["alg"])
    needed = "an elliptic curve key (P-256)" if algorithm.startswith("ES") else "an RSA key"
    try:
        # Line breaks that are written out are how a PEM survives an environment variable or a JSON file.
        private = pem.load_pem_private_key(key.replace("\\n", "\n").strip().encode(), None)
        return str(jwt.encode(dict(claims), private, algorithm=algorithm, headers=dict(header)))
    except (jwt.PyJWTError, unsupported, ValueError, TypeError) as err:
        kind = type(err).__name__
    message = f"the secret {secret!r} is no private key that can sign with {algorithm} ({kind}); should be "
    message += f"{needed} in PEM, without a passphrase"
    fault = Fault("bad_private_key", pointer_of(secret), message, "secrets")
    raise ConfigurationInvalid("a token cannot be asked for with the private key that is configured", [fault])
