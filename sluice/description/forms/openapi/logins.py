"""Says in words how one logs in, the same for OpenAPI 2 and 3. Scopes are not looked at."""

from __future__ import annotations

from typing import Any

from sluice.description.forms.openapi.references import References


def logins_of(security: Any, schemes: dict[str, Any], references: References) -> frozenset[str]:
    """Return each way to log in that suffices; none where the description says nothing."""
    if not isinstance(security, list):
        return frozenset()
    return frozenset(
        " and ".join(sorted(_words(references.target(schemes.get(name)), name) for name in one)) or "no login"
        for one in security
        if isinstance(one, dict)
    )


def _words(scheme: Any, name: str) -> str:
    said = scheme if isinstance(scheme, dict) else {}
    kind, place = str(said.get("type", "")).lower(), str(said.get("in", "")).lower()
    if kind == "basic" or (kind == "http" and str(said.get("scheme", "")).lower() == "basic"):
        return "basic"
    # OpenAPI 2 has no word for a bearer token: it is written as a key in the header Authorization.
    is_authorization = kind == "apikey" and str(said.get("name", "")).lower() == "authorization"
    if is_authorization or (kind == "http" and str(said.get("scheme", "")).lower() == "bearer"):
        return "bearer token"
    if kind == "apikey":
        return (
            f"key in {place} {said.get('name')}"
            if place != "header"
            else f"key in header {said.get('name', '')}".lower()
        )
    return {"oauth2": "OAuth 2", "openidconnect": "OpenID Connect", "mutualtls": "client certificate"}.get(
        kind, name
    )
