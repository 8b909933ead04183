"""What keeps connections apart by IAM: roles that act for one connection, and what of others they reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.law.template.reading import Statement, Template, allows, identity_statements, listed, written

OWN = "/${!aws:PrincipalTag/connection}/"
"""How a role names what is of the one connection that its function acts for."""

FOR_ALL = {
    "ServeApiRole": "people list, change, test and look into all connections through it",
    "TellAheadRole": "a vendor's change is told once, with all the connections that it hurts",
    "ForgetSnapshotsRole": "it looks through the snapshots of all, and reads no record",
    "BackfillRolePolicy": "a machine's own role has no tags; it reads which windows there are",
}
"""The roles that may reach what is of any connection, each with the reason."""

_ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
_SECRET = re.compile(r":secret:(?!.*/_subscriptions/)")
_OBJECT = re.compile(r"DataBucket\.Arn}/(raw|receipts|observed|quarantine|snapshots|contracts|backfills)/")


def by_itself(role: dict[str, Any], found: Statement) -> bool:
    """Return whether a statement lets a role take on itself, with the tag of one connection and no other."""
    itself = {"Fn::Sub": f"{_ACCOUNT}:role/{written(role.get('RoleName'))}"}
    condition = {
        "ArnEquals": {"aws:PrincipalArn": itself},
        "StringLike": {"aws:RequestTag/connection": "?*"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["connection"]},
    }
    trusted = {"AWS": {"Fn::Sub": f"{_ACCOUNT}:root"}}
    return bool(found["Principal"] == trusted and found.get("Condition") == condition)


def reaching_others(template: Template) -> Iterator[str]:
    """Yield the roles that are allowed secrets or objects of connections that they do not act for."""
    for holder, found in identity_statements(template):
        named = [written(one) for one in listed(found.get("Resource"))]
        if allows(found) and any(_of_others(one) for one in named):
            yield holder


def _of_others(resource: str) -> bool:
    return OWN not in resource and bool(_SECRET.search(resource) or _OBJECT.search(resource))
