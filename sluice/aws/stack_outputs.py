"""The outputs of a deployed CloudFormation stack: where the command line finds the deployment's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of
from sluice.aws.stack_not_found import StackNotFound

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def stack_outputs(client: CloudFormationClient, stack: str) -> dict[str, str]:
    """Return the stack's outputs by key; raises StackNotFound, also for a stack that was deleted."""
    try:
        found = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        # CloudFormation has no code of its own for it: a ValidationError that says "does not exist".
        if code_of(error) == "ValidationError":
            raise StackNotFound(stack) from error
        raise
    if not found or found[0]["StackStatus"] == "DELETE_COMPLETE":
        raise StackNotFound(stack)
    return {output["OutputKey"]: output["OutputValue"] for output in found[0].get("Outputs", ())}
