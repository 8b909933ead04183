"""A stack's outputs by key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from sluice.aws.session import AwsSession
from sluice.aws.stack_not_found import StackNotFound
from sluice.aws.stack_outputs import stack_outputs


def stack(status: str, **outputs: str) -> dict[str, Any]:
    return {
        "StackName": "sluice-test",
        "CreationTime": datetime(2026, 11, 21, tzinfo=UTC),
        "StackStatus": status,
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }


def test_outputs_by_key(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    found = {"Stacks": [stack("UPDATE_COMPLETE", BucketName="b", SecretsPrefix="sluice/test")]}
    script(session.cloudformation).add_response("describe_stacks", found, {"StackName": "sluice-test"})
    outputs = stack_outputs(session.cloudformation, "sluice-test")
    assert outputs == {"BucketName": "b", "SecretsPrefix": "sluice/test"}


def test_a_deleted_stack_is_not_there(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    script(session.cloudformation).add_response("describe_stacks", {"Stacks": [stack("DELETE_COMPLETE")]})
    with pytest.raises(StackNotFound):
        stack_outputs(session.cloudformation, "sluice-test")
