"""Who asks: the claims of an access token that API Gateway's authorizer has checked already."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from lambdas.api.problems import Problem
from lambdas.api.roles import Role, highest


class Caller(Struct, frozen=True):
    """A signed-in person: ``name`` is the user's in the pool, ``groups`` are all that the token names."""

    name: str
    groups: tuple[str, ...]

    @property
    def role(self) -> Role | None:
        """What the groups come to; None for a person in none of ours."""
        return highest(self.groups)

    def must_be(self, lowest: Role) -> None:
        """Raise Problem (403) unless the person may do what takes at least ``lowest``."""
        if self.role is None or not self.role.may(lowest):
            have = self.role or "in none of the groups"
            detail = f"this takes at least the group {lowest}; {self.name} is {have}"
            raise Problem(403, "forbidden", detail)


def caller_of(event: Mapping[str, Any]) -> Caller:
    """Return who sent the request; raises Problem (401) where the token is no access token.

    An ID token says who somebody is, and is not meant for an API: it is refused.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    name = claims.get("username")
    if claims.get("token_use") != "access" or not isinstance(name, str) or not name:
        raise Problem(401, "unauthorized", "right would be: Authorization: Bearer ACCESS_TOKEN")
    return Caller(name, groups_of(claims.get("cognito:groups")))


def groups_of(claim: Any) -> tuple[str, ...]:
    """Return the groups of a claim: a list, or the text that API Gateway makes of one: ``[viewer ops]``."""
    if isinstance(claim, list):
        return tuple(str(group) for group in claim)
    text = str(claim or "").strip()
    try:
        listed = json.loads(text)
    except ValueError:
        listed = None
    if isinstance(listed, list):
        return tuple(str(group) for group in listed)
    return tuple(text.removeprefix("[").removesuffix("]").replace(",", " ").split())
