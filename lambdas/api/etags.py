"""Entity tags (RFC 9110, 8.8.3) and If-Match: nobody overwrites what somebody else has changed meanwhile."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import orjson
from aws_lambda_powertools.event_handler.openapi.params import Header

from lambdas.api.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what is to be changed, as it was read. Without: 428; where it differs: 412.",
        max_length=200,
    ),
]


def etag_of(value: Any, version: int) -> str:
    """Return the tag of a stored value in its version; a value that was removed and made anew has another."""
    digest = hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    return f'"{version}-{digest}"'


def must_match(given: str | None, current: str) -> None:
    """Raise Problem: 428 without If-Match, 412 where no tag in it is the current one. ``*`` matches all."""
    if given is None:
        raise Problem(428, "if_match_missing", "right would be: If-Match with the ETag that a GET gives")
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and current not in tags:
        detail = "it is not as you have read it: read it again, then decide"
        raise Problem(412, "changed_meanwhile", detail, headers={"ETag": current})
