"""Who may do what: one table from operation to the lowest group that may call it.

The groups are those of the Cognito user pool (infra/users.yml). Each may do all that the ones below it may.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """The groups, the lowest first."""

    VIEWER = "viewer"
    OPS = "ops"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """How much it may: 0 for the lowest."""
        return list(Role).index(self)

    def may(self, lowest: Role) -> bool:
        """Return whether it may do what takes at least ``lowest``."""
        return self.rank >= lowest.rank


LOWEST: dict[str, Role] = {
    "GET /me": Role.VIEWER,
    "GET /openapi.json": Role.VIEWER,
    "GET /schedules/preview": Role.VIEWER,
    "GET /connections": Role.VIEWER,
    "GET /connections/{name}": Role.VIEWER,
    "GET /connections/{name}/cost": Role.VIEWER,
    "POST /connections": Role.OPERATOR,
    "POST /connections/validate": Role.OPERATOR,
    "POST /connections/test": Role.OPERATOR,
    "POST /connections/{name}/test": Role.OPERATOR,
    "POST /connections/{name}/authorizations": Role.OPERATOR,
    "POST /connections/{name}/authorizations/complete": Role.OPERATOR,
    "PUT /connections/{name}": Role.OPERATOR,
    "DELETE /connections/{name}": Role.OPERATOR,
    "POST /connections/{name}/pause": Role.OPS,
    "POST /connections/{name}/resume": Role.OPS,
    "GET /connectors": Role.VIEWER,
    "POST /connectors/drafts": Role.OPERATOR,
    "GET /connectors/{name}": Role.VIEWER,
    "GET /connectors/{name}/streams/{stream}": Role.VIEWER,
    "GET /connectors/{name}/versions": Role.VIEWER,
    "POST /connectors/{name}/versions": Role.OPERATOR,
    "POST /connectors/{name}/rollback": Role.OPERATOR,
    "POST /connectors/{name}/preview": Role.VIEWER,
    "GET /overview": Role.VIEWER,
    "GET /runs": Role.VIEWER,
    "GET /runs/{run}": Role.VIEWER,
    "GET /runs/{run}/definition": Role.VIEWER,
    "POST /connections/{name}/runs": Role.OPS,
    "POST /connections/{name}/backfills": Role.OPERATOR,
    "POST /backfills/{backfill}/resume": Role.OPS,
    "POST /runs/{run}/stop": Role.OPS,
    "POST /runs/{run}/redrive": Role.OPS,
    "GET /changes": Role.VIEWER,
    "GET /changes/{id}": Role.VIEWER,
    "GET /changes/{id}/preview": Role.VIEWER,
    "GET /changes/{id}/cost": Role.VIEWER,
    "POST /changes/{id}/accept": Role.OPERATOR,
    "POST /changes/{id}/reject": Role.OPERATOR,
    "GET /connections/{name}/quarantine": Role.VIEWER,
    "GET /connections/{name}/quarantine/{stream}/{record}": Role.VIEWER,
    "POST /connections/{name}/quarantine/replays": Role.OPS,
    "GET /topics": Role.VIEWER,
    "GET /topics/{name}/messages": Role.OPS,
    "POST /topics/{name}/redrive": Role.OPS,
    "GET /subscriptions": Role.ADMIN,
    "GET /subscriptions/{name}": Role.ADMIN,
    "POST /subscriptions": Role.ADMIN,
    "PUT /subscriptions/{name}": Role.ADMIN,
    "DELETE /subscriptions/{name}": Role.ADMIN,
    "POST /subscriptions/{name}/test": Role.ADMIN,
    "POST /subscriptions/{name}/rotate": Role.ADMIN,
    "GET /audit": Role.ADMIN,
    "GET /data/entities": Role.VIEWER,
    "GET /data/entities/{entity}/records": Role.VIEWER,
    "GET /data/entities/{entity}/records/{record}": Role.VIEWER,
    "POST /data/entities/{entity}/exports": Role.VIEWER,
    "GET /data/compare": Role.VIEWER,
    "GET /data/match": Role.VIEWER,
    "GET /data/freshness": Role.VIEWER,
    "GET /data/charts/{chart}": Role.VIEWER,
    "GET /connections/{name}/audit": Role.VIEWER,
}
"""By method and path as the OpenAPI document has them. What is not here does not exist."""


def highest(groups: Iterable[str]) -> Role | None:
    """Return the highest role that the groups give; None where none of them is one of ours."""
    found = [Role(group) for group in groups if group in set(Role)]
    return max(found, key=lambda role: role.rank, default=None)
