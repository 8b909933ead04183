"""Reading botocore's one exception for every refused call. Translating is each adapter's own business."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

AWS_FAILURES: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
"""Everything that a call of AWS may raise."""


def code_of(error: ClientError) -> str:
    """Return AWS's error code: ``NoSuchKey``, ``ConditionalCheckFailedException``, ``404``."""
    return error.response.get("Error", {}).get("Code", "")


def was_sent_before(error: ClientError) -> bool:
    """Return whether botocore had sent the request before: an earlier try may have done the work."""
    return int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0


def message_of(error: ClientError) -> str:
    """Return AWS's own words."""
    return error.response.get("Error", {}).get("Message", "")
